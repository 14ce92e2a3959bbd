"""Month by month: how each issue stood, and how much each side said on it."""

import calendar
import datetime
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth

from relations.choices import Side, Status, Trend
from relations.models import Bearing, Issue, Relationship, StatusChange
from relations.models.moments import NOW, AnyMoment, Moment
from relations.reports.spoken import spoken

SPANS = (12, 24, 60)  # months that one can look at together


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @classmethod
    def of(cls, day: datetime.date) -> "Month":
        """Return the month that `day` lies in."""
        return cls(day.year, day.month)

    def plus(self, months: int) -> "Month":
        """Return the month that comes so many later, or earlier. Raises ValueError before year 1 and after 9999."""
        years, number = divmod(self.number - 1 + months, 12)
        return Month.of(datetime.date(self.year + years, number + 1, 1))

    @cached_property
    def first(self) -> datetime.date:
        """Its first day."""
        return datetime.date(self.year, self.number, 1)

    @cached_property
    def last(self) -> datetime.date:
        """Its last day."""
        return self.first.replace(day=calendar.monthrange(self.year, self.number)[1])


def months_until(last: Month, span: int) -> list[Month]:
    """Return the `span` months that end with `last`, earliest first; fewer where the calendar begins."""
    lived = (last.year - 1) * 12 + last.number
    return [last.plus(-back) for back in reversed(range(min(span, lived)))]


@dataclass(frozen=True)
class Run:
    """Months in a row that ended with one status and trend; no status before anything is known of the issue."""

    status: str
    trend: str
    first: Month
    last: Month
    length: int

    @property
    def status_label(self) -> str:
        """The status in words; empty before anything is known."""
        return str(Status(self.status).label) if self.status else ""

    @property
    def trend_label(self) -> str:
        """The trend in words; empty before anything is known."""
        return str(Trend(self.trend).label) if self.trend else ""


@dataclass(frozen=True)
class Said:
    """How many standing statements of one month bear on an issue, by side."""

    month: Month
    first: int
    second: int
    neither: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.first + self.second + self.neither


@dataclass(frozen=True)
class IssueMonths:
    """One issue over the months."""

    issue: Issue
    runs: list[Run]
    said: list[Said]


def issue_runs(
    issues: Iterable[Issue],
    months: Mapping[int, list[Month]],
    at: AnyMoment = NOW,
    first_words: Mapping[int, datetime.date | None] | None = None,
) -> list[tuple[Issue, list[Run]]]:
    """Return how each issue stood over the months of its desk, in two queries: what stands as of `at`.

    One query where it is known when each of them was first spoken on.
    """
    issues = list(issues)
    keys = [issue.pk for issue in issues]
    changes: dict[int, list[Any]] = defaultdict(list)
    standing = StatusChange.objects.filter(issue__in=keys).standing(at).order_by("effective", "published_at", "pk")
    for change in standing.values_list("issue", "to_status", "to_trend", "effective", named=True):
        changes[change.issue].append(change)
    if first_words is None:
        first_words = {key: words.first for key, words in spoken(keys, at).items()}
    return [
        (issue, runs_of(changes[issue.pk], first_words.get(issue.pk), months[issue.relationship_id]))
        for issue in issues
    ]


def runs_of(changes: Iterable[Any], first_word: datetime.date | None, months: list[Month]) -> list[Run]:
    """Return how an issue stood over the months; `changes` are its standing ones, in order."""
    changes = [change for change in changes if change.effective <= months[-1].last]
    return _runs(changes, months, _first_known(changes, first_word))


def issue_months(
    relationship: Relationship, issues: Iterable[Issue], months: list[Month], at: Moment = NOW
) -> list[IssueMonths]:
    """Return each issue over these months, in three queries: what stands as of `at`, counted by the days it is of.

    A statement counts in the month of the last day that it can be of; a status in the month that it ended.
    """
    said = _said(relationship, months, at)
    return [
        IssueMonths(
            issue=issue,
            runs=runs,
            said=[
                Said(month, *(said[issue.pk][month].get(side, 0) for side in (Side.FIRST, Side.SECOND, Side.NEITHER)))
                for month in months
            ],
        )
        for issue, runs in issue_runs(issues, {relationship.pk: months}, at)
    ]


def _said(relationship: Relationship, months: list[Month], at: Moment) -> dict[int, dict[Month, dict[Side, int]]]:
    """Return how many statements bear on each issue, by month and side."""
    sides = {relationship.first_party_id: Side.FIRST, relationship.second_party_id: Side.SECOND}
    rows = (
        Bearing.objects.filter(relationship=relationship, statement__latest__range=(months[0].first, months[-1].last))
        .standing(at)
        .annotate(month=TruncMonth("statement__latest"))
        .order_by()
        .values_list("issue", "month", "statement__on_behalf_of")
        .annotate(Count("statement", distinct=True))
    )
    said: dict[int, dict[Month, dict[Side, int]]] = defaultdict(lambda: defaultdict(dict))
    for issue, day, party, number in rows:
        side = sides.get(party, Side.NEITHER)
        of_month = said[issue][Month.of(day)]
        of_month[side] = of_month.get(side, 0) + number
    return said


def _first_known(changes: list[Any], first_word: datetime.date | None) -> Month | None:
    """Return the month in which the first thing is known of the issue: its first move or the first word on it."""
    days = [changes[0].effective] if changes else []
    days += [first_word] if first_word else []
    return min(map(Month.of, days), default=None)


def _runs(changes: list[Any], months: list[Month], known_from: Month | None) -> list[Run]:
    days = [change.effective for change in changes]
    ended = []
    for month in months:
        passed = bisect_right(days, month.last)
        ended.append((month, *_ended(changes[passed - 1] if passed else None, month, known_from)))
    runs = []
    for (status, trend), members in groupby(ended, key=lambda each: each[1:]):
        run = [each[0] for each in members]
        runs.append(Run(status, trend, run[0], run[-1], len(run)))
    return runs


def _ended(latest: Any, month: Month, known_from: Month | None) -> tuple[str, str]:
    """Return the status and trend at the end of `month`, from the latest change, if any; empty where nothing was known yet."""
    if known_from is None or month < known_from:
        return "", ""
    return (latest.to_status, latest.to_trend) if latest else (Status.OPEN, Trend.NOT_ASSESSED)
