"""The band beneath a timeline: how an issue stood, from the first that is known of it to the day looked from."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relations.choices import Status, Trend
from relations.models import Issue, StatusChange
from relations.reports.lettering import width_of, wrapped
from relations.reports.time_axis import LETTERS, Axis, Days
from relations.reports.timeline_view import View

BAND = 24  # px, its height
LINE = 18  # px, a line of the title above it
SIGN = 18  # px, a status or a trend with the space beside it
DASHES: dict[str, str] = {Status.OPEN: "2 2", Status.DORMANT: "2 2", Status.STALLED: "6 3"}
LEAST = 4  # px; moves that follow each other more closely are drawn as one stretch


@dataclass(frozen=True)
class Stood:
    """From when to when an issue had one status and trend; `change` is what brought it, None where it opened so."""

    status: str
    trend: str
    first: datetime.date
    last: datetime.date
    change: StatusChange | None


@dataclass(frozen=True)
class Segment:
    """A stretch of the band as it is drawn: one status, or several moves too close together to tell apart."""

    stood: Stood  # the last of them
    first: datetime.date
    moves: int
    x: int
    width: int
    issue: str
    url: str

    @cached_property
    def status_label(self) -> str:
        """The status in words."""
        return str(Status(self.stood.status).label)

    @cached_property
    def trend_label(self) -> str:
        """The trend in words; empty where it was not assessed."""
        return str(Trend(self.stood.trend).label) if self.has_trend else ""

    @property
    def has_trend(self) -> bool:
        """Whether the trend was assessed."""
        return self.stood.trend != Trend.NOT_ASSESSED

    @cached_property
    def what(self) -> str:
        """The status and trend in words; of several moves, how many and where they led."""
        said = ", ".join(filter(None, [self.status_label, self.trend_label]))
        if self.moves <= 1:
            return said
        moved = ngettext("%(number)s move", "%(number)s moves", self.moves) % {"number": self.moves}
        return _("%(moves)s, at last: %(status)s") % {"moves": moved, "status": said}

    @cached_property
    def when(self) -> str:
        """From when to when."""
        return Days(self.first, self.stood.last).words

    @property
    def title(self) -> str:
        """All of it in one line."""
        return f"{self.issue} · {self.when} · {self.what}"

    @property
    def dashes(self) -> str:
        """How the line above it is broken, as in the bars of "Month by month"; empty where it is whole."""
        return DASHES.get(self.stood.status, "")

    @property
    def sign_x(self) -> int:
        """Where the sign of the status stands."""
        return self.x + 2

    @property
    def word_x(self) -> int:
        """Where the word beside it begins."""
        return self.x + SIGN

    @property
    def has_sign(self) -> bool:
        """Whether there is room for the sign of the status."""
        return self.width >= SIGN

    @property
    def has_arrow(self) -> bool:
        """Whether there is room for the trend's arrow too, and a trend."""
        return self.has_trend and self.width >= 2 * SIGN

    @cached_property
    def word(self) -> str:
        """The status in words where there is room for it; else nothing."""
        taken = SIGN + (SIGN if self.has_arrow else 0)
        return self.status_label if taken + width_of(self.status_label, LETTERS) + 2 <= self.width else ""

    @property
    def arrow_x(self) -> int:
        """Where the trend's arrow stands: after the word."""
        return self.x + SIGN + (round(width_of(self.word, LETTERS)) + 2 if self.word else 0)


@dataclass(frozen=True)
class Band:
    """One issue's band; `title` is its name in lines, or what it shows where there is but one."""

    issue: Issue
    title: list[str]
    segments: list[Segment]
    y: int  # its top, beneath the title

    @property
    def lines(self) -> list[tuple[int, str]]:
        """The title's lines, each with its place."""
        top = self.y - LINE * len(self.title)
        return [(top + LINE * number + LINE - 5, line) for number, line in enumerate(self.title)]

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.y + BAND


def stood(changes: Sequence[StatusChange], first_word: datetime.date | None, until: datetime.date) -> list[Stood]:
    """Return how an issue stood up to and with the day `until`; `changes` are its standing ones, in order.

    It is open from the first word on it on; before that, and before its first move, nothing is known. Of two moves on
    one day the later published counts.
    """
    by_day = {change.effective: change for change in changes if change.effective <= until}
    starts: list[tuple[datetime.date, StatusChange | None]] = [*by_day.items()]
    if first_word is not None and first_word <= until and (not starts or first_word < starts[0][0]):
        starts.insert(0, (first_word, None))
    ends = [start.toordinal() for start, _move in starts[1:]]
    if starts:
        ends.append(until.toordinal() + 1)
    return [
        Stood(
            move.to_status if move else Status.OPEN,
            move.to_trend if move else Trend.NOT_ASSESSED,
            start,
            datetime.date.fromordinal(end - 1),
            move,
        )
        for (start, move), end in zip(starts, ends, strict=True)
    ]


def band(axis: Axis, issue: Issue, history: list[Stood], view: View, top: int) -> Band:
    """Return how the band of `history` is drawn on `axis`, from `top` on downwards."""
    name = str(issue) if view.issue is None else _("Where it stands")
    title = wrapped(name, axis.right, LETTERS)
    shown = [each for each in history if each.last >= axis.days.first and each.first <= axis.days.last]
    return Band(issue, title, _segments(axis, issue, shown, view), top + LINE * len(title))


def _segments(axis: Axis, issue: Issue, shown: list[Stood], view: View) -> list[Segment]:
    groups: list[list[Stood]] = []
    for each in shown:
        narrow = axis.end(each.last) - axis.x(each.first) < LEAST
        if groups and narrow and axis.end(groups[-1][-1].last) - axis.x(groups[-1][-1].first) < LEAST:
            groups[-1].append(each)
        else:
            groups.append([each])
    edges = [axis.x(group[0].first) for group in groups] + [axis.end(shown[-1].last) if shown else 0]
    return [
        Segment(
            group[-1],
            group[0].first,
            sum(each.change is not None for each in group),
            left,
            max(right - left - 1, 1),
            str(issue),
            _url(view, issue, group[-1], len(group)),
        )
        for group, (left, right) in zip(groups, pairwise(edges), strict=True)
    ]


def _url(view: View, issue: Issue, last: Stood, moves: int) -> str:
    """Return where to read why: the move that brought the status, or the issue with all its moves."""
    if last.change is None or moves > 1:
        return view.address("issue", issue.slug)
    return view.address("status_change", last.change.ref)
