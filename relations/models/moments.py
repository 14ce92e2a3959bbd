"""The day that a desk is read as of (R9): what stood then, of what the desk had published by then."""

import datetime
import zoneinfo
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Q


def came(until: datetime.datetime | None, path: str) -> Q:
    """Return the condition that the moment at `path`, which may be empty, had come before `until`; None is now."""
    return Q(**{f"{path}__isnull": False}) if until is None else Q(**{f"{path}__lt": until})


def was_to_come(until: datetime.datetime | None, path: str) -> Q:
    """Return the condition that the moment at `path` is empty, or had not come before `until`; None is now."""
    empty = Q(**{f"{path}__isnull": True})
    return empty if until is None else empty | Q(**{f"{path}__gte": until})


def stood_published(until: datetime.datetime | None, row: str = "") -> Q:
    """Return the condition that a reviewed row, at the end of the path `row`, stood published before `until`."""
    standing = was_to_come(until, f"{row}superseded_at") & was_to_come(until, f"{row}withdrawn_at")
    return came(until, f"{row}published_at") & standing


@dataclass(frozen=True)
class Moment:
    """What stood at the end of the day `effective`, as the desk knew it at the end of the day `known`; None is now.

    `time_zone` is the desk's, which says when the day `known` ends. The conditions below are on a row's own columns;
    `row` is the path to the row.
    """

    effective: datetime.date | None = None
    known: datetime.date | None = None
    time_zone: str = "UTC"

    @property
    def is_past(self) -> bool:
        """Whether it is not simply now."""
        return self.effective is not None or self.known is not None

    @property
    def is_kept(self) -> bool:
        """Whether what stood then is what is kept beside the content (`PublishedBearing`): all that stands now."""
        return not self.is_past

    @property
    def days(self) -> list[tuple[str, str]]:
        """The days as an address gives them."""
        given = [("effective", self.effective), ("known", self.known)]
        return [(name, day.isoformat()) for name, day in given if day]

    @property
    def known_until(self) -> datetime.datetime | None:
        """The moment that the day `known` ends; None where that is now."""
        if self.known is None:
            return None
        after = self.known + datetime.timedelta(days=1)
        return datetime.datetime.combine(after, datetime.time.min, zoneinfo.ZoneInfo(self.time_zone))

    @property
    def last_day(self) -> datetime.date | None:
        """The day after which nothing can have happened yet: the earlier of the two; None where that is now."""
        return min((day for day in (self.effective, self.known) if day), default=None)

    def day(self, today: datetime.date) -> datetime.date:
        """Return the day that silences and due days are counted to, `today` where none is asked for."""
        return self.effective or self.known or today

    def came(self, column: str, row: str = "") -> Q:
        """Return the condition that the moment in `column`, which may be empty, had come."""
        return came(self.known_until, f"{row}{column}")

    def was_to_come(self, column: str, row: str = "") -> Q:
        """Return the condition that the moment in `column` is empty, or had not come."""
        return was_to_come(self.known_until, f"{row}{column}")

    def has_come(self, moment: datetime.datetime | None) -> bool:
        """Say whether `moment` is one that had come."""
        until = self.known_until
        return moment is not None and (until is None or moment < until)

    def was_published(self, day: str, row: str = "") -> Q:
        """Return the condition that a reviewed row had been published, corrected and withdrawn ones included.

        `day` is the column of the last day that it can be of, which must have come too.
        """
        return self.came("published_at", row) & self._of_its_day(day, row)

    def _of_its_day(self, day: str, row: str) -> Q:
        return Q() if self.effective is None else Q(**{f"{row}{day}__lte": self.effective})

    def stood(self, day: str, row: str = "") -> Q:
        """Return the condition that a reviewed row stood: it was published, neither corrected nor withdrawn."""
        return stood_published(self.known_until, row) & self._of_its_day(day, row)

    def recorded(self, row: str = "", column: str = "recorded_at") -> Q:
        """Return the condition that what is not reviewed, such as a meeting or a document, had been recorded."""
        until = self.known_until
        return Q() if until is None else Q(**{f"{row}{column}__lt": until})

    def each(self, condition: Callable[["Moment"], Q], desk: str = "relationship") -> Q:
        """Return the condition, as `Moments` do for the desks that they are of."""
        return condition(self)

    def of(self, desk: int | None) -> "Moment":
        """Return itself, as `Moments` do for one of their desks."""
        return self


NOW = Moment()


@dataclass(frozen=True)
class Moments:
    """The days that several desks are read as of together: of each, by its key, its own moment; none is now."""

    of_desk: dict[int, Moment] = field(default_factory=dict)

    @property
    def is_past(self) -> bool:
        """Whether it is not simply now."""
        return bool(self.of_desk)

    @property
    def is_kept(self) -> bool:
        """Whether what stood then is what is kept beside the content, as of one moment."""
        return not self.is_past

    def each(self, condition: Callable[[Moment], Q], desk: str = "relationship") -> Q:
        """Return the condition that holds of a row as of its own desk's moment; `desk` is the path to that."""
        if not self.of_desk:
            return condition(NOW)
        desks = defaultdict(list)  # by their moments: those of one time zone share theirs
        for key, at in self.of_desk.items():
            desks[at].append(key)
        anywhere = Q(pk__in=[])
        for at, keys in desks.items():
            anywhere |= Q(**{f"{desk}__in": keys}) & condition(at)
        return anywhere

    def of(self, desk: int | None) -> Moment:
        """Return the moment of one desk."""
        return self.of_desk.get(desk, NOW) if desk is not None else NOW


AnyMoment = Moment | Moments
