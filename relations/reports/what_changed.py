"""What changed at a desk between two moments: of what it published by then, not of the days that it speaks of."""

import datetime
import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet

from relations.choices import Agreement, Side, Status, Trend
from relations.models import Bearing, DeskVisit, Issue, Party, Relationship, Statement, StatusChange
from relations.models.moments import NOW, Moment, stood_published
from relations.models.reviewed import Reviewed
from relations.reports.paging import capped_count
from relations.reports.shifts import is_shift

LINES = 5  # statements shown of each issue
SHOWN = 50  # corrections, and withdrawals
MOST = 10_000  # statements looked at, the latest published
WITHOUT_VISIT = 30  # days that one sees who has not been here before


@dataclass(frozen=True)
class Interval:
    """The time from `since` on until just before `until`; None is now."""

    since: datetime.datetime
    until: datetime.datetime | None = None

    @classmethod
    def of_days(cls, relationship: Relationship, first: datetime.date, last: datetime.date) -> "Interval":
        """Return the interval of these days, both included, in the desk's time zone."""
        known = Moment(known=last, time_zone=relationship.time_zone)
        zone = zoneinfo.ZoneInfo(relationship.time_zone)
        return cls(datetime.datetime.combine(first, datetime.time.min, zone), known.known_until)

    @classmethod
    def since_visit(
        cls, relationship: Relationship, visited: datetime.datetime | None, today: datetime.date
    ) -> "Interval":
        """Return the time since a visit ended; where there was none the last days until `today`."""
        if visited is not None:
            return cls(visited)
        first = datetime.date.fromordinal(max(1, today.toordinal() - WITHOUT_VISIT + 1))
        return cls.of_days(relationship, first, today)

    def holds(self, moment: datetime.datetime | None) -> bool:
        """Say whether it holds `moment`."""
        return moment is not None and self.since <= moment and (self.until is None or moment < self.until)

    def within(self, column: str) -> Q:
        """Return the condition that it holds what `column` tells."""
        found = Q(**{f"{column}__gte": self.since})
        return found if self.until is None else found & Q(**{f"{column}__lt": self.until})

    def stood(self, row: str = "") -> Q:
        """Return the condition that a reviewed row, at the end of the path `row`, stood published when it ended."""
        return stood_published(self.until, row)


@dataclass(frozen=True)
class Stood:
    """Where an issue stood."""

    status: str = Status.OPEN
    trend: str = Trend.NOT_ASSESSED
    agreement: str = Agreement.NOT_JUDGED


@dataclass(frozen=True)
class Moved:
    """An issue whose status the desk moved: where it stood before and after, and the moves that did it, latest first.

    Without a move, the one that had brought it where it stood was withdrawn.
    """

    issue: Issue
    before: Stood
    after: Stood
    moves: list[StatusChange]


@dataclass(frozen=True)
class Shifted:
    """A side whose latest position on an issue is a shift from the latest one that the desk held before."""

    issue: Issue
    party: Party
    side: Side
    before: Bearing
    after: Bearing


@dataclass(frozen=True)
class NewWords:
    """How many statements on an issue are new, and the latest of them."""

    issue: Issue
    number: int
    statements: list[Statement]


@dataclass(frozen=True)
class Mended:
    """Statements and status changes that were corrected, or withdrawn: how many, and the latest of them."""

    number: int
    rows: list[Any]
    is_cut: bool = False  # there are more, which nobody counted


@dataclass(frozen=True)
class WhatChanged:
    """What changed in an interval."""

    interval: Interval
    moved: list[Moved]
    shifted: list[Shifted]
    new: list[NewWords]
    statements: int  # new ones
    is_cut: bool  # there are more, which nobody looked at
    corrections: Mended  # what stands in place of something else now
    withdrawals: Mended

    @property
    def is_nothing(self) -> bool:
        """Whether nothing changed at all."""
        return not (self.moved or self.shifted or self.new or self.corrections.number or self.withdrawals.number)


def last_visits(user: Any) -> dict[int, datetime.datetime]:
    """Return when the user's visit before the one under way ended, by relationship id; no desk where it is her first."""
    visits = DeskVisit.objects.of(user).with_since().filter(since__isnull=False)
    return dict(visits.values_list("relationship", "since"))


def published_days(relationship: Relationship, at: Moment = NOW) -> tuple[datetime.date | None, datetime.date | None]:
    """Return the days on which the desk first and last published a statement, as of `at`; None where it never did."""
    statements = Statement.objects.at(relationship).published().order_by()
    if at.known_until is not None:
        statements = statements.filter(published_at__lt=at.known_until)
    found = statements.aggregate(first=Min("published_at"), last=Max("published_at"))
    if found["first"] is None:
        return None, None
    return relationship.day_of(found["first"]), relationship.day_of(found["last"])


def new_statements(
    relationship: Relationship, interval: Interval, issue: Issue | None = None, at: Moment = NOW
) -> QuerySet[Statement]:
    """Return the statements that came up in the interval and stood at its end; a correction is new as what it corrects is."""
    return _new(relationship, interval, _renewed(relationship, interval), issue, at)


def what_changed(
    relationship: Relationship,
    interval: Interval,
    issues: Sequence[Issue],
    *,
    only: Issue | None = None,
    in_short: bool = False,
    at: Moment = NOW,
) -> WhatChanged:
    """Return what changed in the interval on the desk's `issues`, in their order, or on one of them; ten queries.

    In short is without the statements, corrections and withdrawals themselves: seven.
    """
    by_key = {issue.pk: issue for issue in issues}
    changes = _touched_changes(relationship, interval, only, at)
    renewed = _renewed(relationship, interval)
    on_issue = _keys_by_issue(_new(relationship, interval, renewed, only, at))
    if only is not None:
        on_issue = {only.pk: on_issue[only.pk]} if only.pk in on_issue else {}
    number = len({key for keys in on_issue.values() for key in keys})
    shifted = _shifted(relationship, interval, by_key, on_issue, renewed, at)
    corrected = [change for change in changes if interval.holds(change.published_at) and change.supersedes_id]
    withdrawn = [change for change in changes if interval.holds(change.withdrawn_at)]
    statements = Statement.objects.at(relationship).filter(_effective(at, "latest"))
    corrections = _touching(statements.filter(interval.within("published_at"), supersedes__isnull=False), only)
    withdrawals = _touching(statements.filter(interval.within("withdrawn_at")), only)
    return WhatChanged(
        interval=interval,
        moved=sorted(_moved(relationship, changes, interval), key=lambda moved: list(by_key).index(moved.issue.pk)),
        shifted=shifted,
        new=_new_words(by_key, on_issue, 0 if in_short else LINES, at),
        statements=min(number, MOST),
        is_cut=number > MOST,
        corrections=_mended(corrected, corrections.order_by("-published_at", "-pk"), "published_at", in_short),
        withdrawals=_mended(withdrawn, withdrawals.order_by("-withdrawn_at", "-pk"), "withdrawn_at", in_short),
    )


def statuses_moved(relationship: Relationship, interval: Interval) -> list[Moved]:
    """Return the issues whose status the desk moved in the interval; one query."""
    return _moved(relationship, _touched_changes(relationship, interval, None, NOW), interval)


def _effective(at: Moment, day: str) -> Q:
    return Q() if at.effective is None else Q(**{f"{day}__lte": at.effective})


def _stood(row: Reviewed, until: datetime.datetime | None) -> bool:
    """Say of a row what `Interval.stood` asks the database, of any moment."""

    def came(moment: datetime.datetime | None) -> bool:
        return moment is not None and (until is None or moment < until)

    return came(row.published_at) and not came(row.superseded_at) and not came(row.withdrawn_at)


# Statuses


def _touched_changes(
    relationship: Relationship, interval: Interval, only: Issue | None, at: Moment
) -> list[StatusChange]:
    """Return all published status changes, in the order they count in, of each issue that one moved in the interval."""
    changes: Any = StatusChange.objects.at(relationship).published()
    if only is not None:
        changes = changes.filter(issue=only)
    # What superseded a change was published in that moment.
    touched = changes.filter(interval.within("published_at") | interval.within("withdrawn_at"))
    return list(
        changes.filter(_effective(at, "effective"), issue__in=touched.order_by().values("issue"))
        .with_evidence_flag(at)
        .select_related("issue", "relationship", "supersedes", "withdrawn_by")
        .order_by("effective", "published_at", "pk")
    )


def _moved(relationship: Relationship, changes: list[StatusChange], interval: Interval) -> list[Moved]:
    by_issue: dict[int, list[StatusChange]] = {}
    for change in changes:
        by_issue.setdefault(change.issue_id, []).append(change)
    found = []
    for rows in by_issue.values():
        issue = rows[0].issue
        issue.relationship = relationship
        before = _where([row for row in rows if _stood(row, interval.since)])
        standing = [row for row in rows if _stood(row, interval.until)]
        moves = [row for row in standing if interval.holds(row.published_at) and not _says_the_same(row)]
        if moves or before != _where(standing):
            found.append(Moved(issue, before, _where(standing), moves[::-1]))
    return found


def _where(standing: list[StatusChange]) -> Stood:
    if not standing:
        return Stood()
    latest = standing[-1]
    return Stood(latest.to_status, latest.to_trend, latest.to_agreement)


def _says_the_same(row: StatusChange) -> bool:
    """Whether it corrects how a move is told and not the move: that is no move."""
    old: Any = row.supersedes
    said = ("to_status", "to_trend", "to_agreement", "effective")
    return old is not None and all(getattr(old, name) == getattr(row, name) for name in said)


# Statements


def _touching(statements: QuerySet[Statement], only: Issue | None) -> QuerySet[Statement]:
    """Narrow to the statements that are on this issue, or correct what was."""
    if only is None:
        return statements
    bearings = Bearing.objects.filter(issue=only)
    return statements.filter(
        Exists(bearings.filter(statement=OuterRef("pk"))) | Exists(bearings.filter(statement=OuterRef("supersedes")))
    )


def _renewed(relationship: Relationship, interval: Interval) -> set[int]:
    """Return the statements published in the interval that correct, at one remove or more, one published before it."""
    corrections = (
        Statement.objects.at(relationship)
        .filter(interval.within("published_at"), supersedes__isnull=False)
        .order_by("-published_at", "-pk")
        .values_list("pk", "supersedes", "supersedes__published_at")[:MOST]
    )
    renewed: set[int] = set()
    for key, old, old_published_at in reversed(corrections):
        if old_published_at < interval.since or old in renewed:
            renewed.add(key)
    return renewed


def _new(
    relationship: Relationship, interval: Interval, renewed: set[int], issue: Issue | None, at: Moment
) -> QuerySet[Statement]:
    statements = Statement.objects.at(relationship).filter(
        interval.stood(), _effective(at, "latest"), published_at__gte=interval.since
    )
    if issue is not None:
        statements = statements.filter(Exists(Bearing.objects.filter(statement=OuterRef("pk"), issue=issue)))
    return statements.exclude(pk__in=renewed)


def _keys_by_issue(statements: QuerySet[Statement]) -> dict[int, list[int]]:
    """Return the keys of the latest published statements by the issue they are on, the latest said first."""
    looked_at = statements.order_by("-published_at", "-pk")[: MOST + 1]
    pairs = (
        Statement.objects.filter(pk__in=looked_at.values("pk"))
        .order_by("-latest", "-published_at", "-pk")
        .values_list("bearings__issue", "latest", "published_at", "pk")
        .distinct()
    )
    found: dict[int, list[int]] = {}
    for issue, _latest, _published, key in pairs:
        found.setdefault(issue, []).append(key)
    return found


def _new_words(issues: dict[int, Issue], on_issue: dict[int, list[int]], lines: int, at: Moment) -> list[NewWords]:
    shown = {key for keys in on_issue.values() for key in keys[:lines]}
    rows = {row.pk: as_known(row, at) for row in Statement.objects.filter(pk__in=shown).with_people()} if lines else {}
    return [
        NewWords(issue, len(on_issue[key]), [rows[each] for each in on_issue[key][:lines]])
        for key, issue in issues.items()
        if key in on_issue
    ]


def as_known(row: Any, at: Moment) -> Any:
    """Return the row, which is not to be stored, without what became of it after the day `known`."""
    if at.known_until is not None:
        if row.superseded_at and row.superseded_at >= at.known_until:
            row.superseded_at = None
        if row.withdrawn_at and row.withdrawn_at >= at.known_until:
            row.withdrawn_at = None
    return row


def _shifted(
    relationship: Relationship,
    interval: Interval,
    issues: dict[int, Issue],
    touched: Iterable[int],
    renewed: set[int],
    at: Moment,
) -> list[Shifted]:
    """Return the sides whose position shifted: what stood at the end, the new against the latest of the old.

    So neither a correction of an old position nor the withdrawal of one is a shift.
    """
    positions: Any = (
        Bearing.objects.at(relationship)
        .positions()
        .filter(
            interval.stood("statement__"),
            _effective(at, "statement__latest"),
            issue__in=list(touched),
            position_of__in=relationship.parties,
        )
        .order_by("issue_id", "position_of_id", "-statement__latest", "-statement__published_at", "-pk")
        .distinct("issue_id", "position_of_id")
        .select_related("statement__relationship", "statement__on_behalf_of")
    )
    old = Q(statement__published_at__lt=interval.since) | Q(statement__in=renewed)
    before = {(row.issue_id, row.position_of_id): row for row in positions.filter(old)}
    after = {(row.issue_id, row.position_of_id): row for row in positions}
    return [
        Shifted(issue, party, side, before[key, party.pk], after[key, party.pk])
        for key, issue in issues.items()
        for side, party in zip((Side.FIRST, Side.SECOND), relationship.parties, strict=True)
        if (key, party.pk) in after and is_shift(before.get((key, party.pk)), after[key, party.pk])
    ]


# Corrections and withdrawals


def _mended(changes: list[StatusChange], statements: QuerySet[Statement], column: str, in_short: bool) -> Mended:
    """Return both kinds together, the latest by `column` first; no more than `MOST` are counted."""
    number = capped_count(statements, MOST) + len(changes)
    if in_short:
        return Mended(min(number, MOST), [], number > MOST)
    related = ("relationship", "supersedes__relationship", "withdrawn_by", "on_behalf_of")
    rows: list[Any] = [*changes, *statements.select_related(*related)[:SHOWN]]
    latest = sorted(rows, key=lambda row: getattr(row, column), reverse=True)[:SHOWN]
    return Mended(min(number, MOST), latest, number > MOST)
