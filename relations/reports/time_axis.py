"""The axis of a timeline: which days it shows, how finely it tells them apart, and what is written beneath them."""

import calendar
import datetime
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language

from relations.reports.lettering import width_of

LETTERS = 13  # px, the size of a picture's words
COLUMN = 24  # px, the least width of a stretch: a sign, or a number of three digits


@lru_cache(maxsize=10_000)
def _written(day: datetime.date, _language: str | None) -> str:
    return date_format(day, "j M Y")


def written(day: datetime.date) -> str:
    """Return a day as people read it: `24 Mar 2025`. A picture says the same few days many times."""
    return _written(day, get_language())


@dataclass(frozen=True)
class Days:
    """Days in a row, first and last included."""

    first: datetime.date
    last: datetime.date

    @property
    def words(self) -> str:
        """As people read them: `24 Mar 2025 – 30 Mar 2025`, or one day."""
        first = written(self.first)
        return first if self.first == self.last else f"{first} – {written(self.last)}"


@dataclass(frozen=True)
class Grain:
    """A stretch of the calendar that a picture does not look into: a number of days, or of months."""

    days: int = 0
    months: int = 0

    def start(self, day: datetime.date) -> datetime.date:
        """Return the first day of the stretch that `day` is in."""
        if self.days:
            # The first day of the calendar is a Monday, so weeks start on Mondays.
            return datetime.date.fromordinal((day.toordinal() - 1) // self.days * self.days + 1)
        months = (day.year * 12 + day.month - 1) // self.months * self.months
        return datetime.date(max(months // 12, 1), months % 12 + 1, 1)

    def end(self, day: datetime.date) -> datetime.date:
        """Return the last day of the stretch that `day` is in; the calendar's own last day where that comes first."""
        start = self.start(day)
        if self.days:
            return datetime.date.fromordinal(min(start.toordinal() + self.days - 1, datetime.date.max.toordinal()))
        # A stretch of years that would begin before year 1 ends where it would anyway.
        months = (day.year * 12 + day.month - 1) // self.months * self.months + self.months - 1
        if months // 12 > datetime.MAXYEAR:
            return datetime.date.max
        year, month = months // 12, months % 12 + 1
        return datetime.date(year, month, calendar.monthrange(year, month)[1])

    def stretches(self, days: Days, at_most: int) -> list[Days]:
        """Return the whole stretches that hold these days; one more than `at_most` says that there are too many."""
        found: list[Days] = []
        day = days.first
        while len(found) <= at_most:
            found.append(Days(self.start(day), self.end(day)))
            if found[-1].last >= days.last:
                break
            day = found[-1].last + datetime.timedelta(days=1)
        return found


GRAINS = [
    Grain(days=1),
    Grain(days=7),
    *(Grain(months=number) for number in (1, 3, 6)),
    *(Grain(months=12 * years) for years in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
]


@dataclass(frozen=True)
class Tick:
    """A line or word at the axis."""

    x: int
    word: str  # empty where there is no room for it


@dataclass(frozen=True)
class Axis:
    """Days laid out from `left` to `right`, in stretches of one grain."""

    stretches: list[Days]
    grain: Grain
    left: int
    right: int

    @cached_property
    def days(self) -> Days:
        """All the days it shows: whole stretches, so as many as were asked for or some more."""
        return Days(self.stretches[0].first, self.stretches[-1].last)

    @cached_property
    def _first(self) -> int:
        return self.days.first.toordinal()

    @cached_property
    def _pixels(self) -> float:
        return (self.right - self.left) / (self.days.last.toordinal() + 1 - self._first)

    def x(self, day: datetime.date) -> int:
        """Return where `day` begins, within the picture."""
        return self._at(day.toordinal())

    def end(self, day: datetime.date) -> int:
        """Return where `day` ends, within the picture."""
        return self._at(day.toordinal() + 1)

    def middle(self, earliest: datetime.date, latest: datetime.date) -> int:
        """Return the middle of these days, as far as they are shown."""
        return (self.x(earliest) + self.end(latest)) // 2

    def _at(self, ordinal: int) -> int:
        x = self.left + (ordinal - self._first) * self._pixels
        return round(min(max(x, self.left), self.right))

    def bounds(self, number: int) -> tuple[int, int]:
        """Return where the stretch of this number begins and ends."""
        return self.x(self.stretches[number].first), self.end(self.stretches[number].last)

    @cached_property
    def ticks(self) -> list[Tick]:
        """A tick at each stretch; as many of them say what it is as have room."""
        pattern = "j" if self.grain.days else "M" if self.grain.months < 12 else "Y"
        words = [date_format(stretch.first, pattern) for stretch in self.stretches]
        broadest = max(width_of(word, LETTERS) for word in words) + 4
        narrowest = min(self.bounds(number)[1] - self.bounds(number)[0] for number in range(len(words)))
        step = int(-(-broadest // max(narrowest, 1)))
        return [
            Tick(self.x(stretch.first), word if number % step == 0 and self._fits(stretch, word) else "")
            for number, (stretch, word) in enumerate(zip(self.stretches, words, strict=True))
        ]

    def _fits(self, stretch: Days, word: str) -> bool:
        return self.x(stretch.first) + width_of(word, LETTERS) <= self.right

    @cached_property
    def rules(self) -> list[int]:
        """Where lines go down through the lanes: at months or years, or at the ticks that bear a word where those are years."""
        return [tick.x for tick in self.heads or self.ticks if tick.word or self.heads]

    @cached_property
    def heads(self) -> list[Tick]:
        """Where a month begins, above days and weeks, or a year, above months; nothing above years."""
        if self.grain.months >= 12:
            return []
        outer, pattern = (Grain(months=1), "M Y") if self.grain.days else (Grain(months=12), "Y")
        starts = [self.days.first]
        starts += [
            stretch.first
            for before, stretch in zip(self.stretches, self.stretches[1:], strict=False)
            if outer.start(stretch.first) != outer.start(before.first)
        ]
        ends = [*(self.x(start) for start in starts[1:]), self.right]
        return [
            Tick(self.x(start), word if self.x(start) + width_of(word, LETTERS) + 4 <= end else "")
            for start, end in zip(starts, ends, strict=True)
            for word in [date_format(start, pattern)]
        ]


def axis_of(days: Days, left: int, right: int) -> Axis:
    """Return the finest axis between `left` and `right` on which a stretch is still wide enough to draw in."""
    room = (right - left) // COLUMN
    for grain in GRAINS:
        stretches = grain.stretches(days, room)
        if len(stretches) <= room:
            break
    return Axis(stretches, grain, left, right)
