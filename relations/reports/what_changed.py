"""What changed at a desk between two moments: of what it published by then, not of the days that it speaks of."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import DateTimeField, Exists, Max, Min, OuterRef, Q, QuerySet

from relations.choices import Agreement, Side, Status, Trend
from relations.models import Bearing, Issue, Party, Relationship, Statement, StatusChange
from relations.models.moments import NOW, AnyMoment, Moment, stood_published
from relations.models.reviewed import Reviewed
from relations.reports.each_desk import by_desk, counts, firsts
from relations.reports.intervals import Asked, Interval, asked_of_each
from relations.reports.keys import among
from relations.reports.shifts import is_shift

LINES = 5  # statements shown of each issue
SHOWN = 50  # corrections, and withdrawals
MOST = 10_000  # statements looked at, the latest published


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
    renewed = _renewed([Asked(relationship, interval)])
    return _new(interval, renewed, issue, at).filter(relationship=relationship)


def what_changed(
    relationship: Relationship,
    interval: Interval,
    issues: Sequence[Issue],
    *,
    only: Issue | None = None,
    at: Moment = NOW,
) -> WhatChanged:
    """Return what changed in the interval on the desk's `issues`, in their order, or on one of them; nine queries."""
    changed = changed_in_short([Asked(relationship, interval, issues)], only=only, at=at, lines=LINES)[relationship.pk]
    statements = Statement.objects.at(relationship).filter(_effective(at, "latest"))
    corrections = _touching(statements.filter(interval.within("published_at"), supersedes__isnull=False), only)
    withdrawals = _touching(statements.filter(interval.within("withdrawn_at")), only)
    return replace(
        changed,
        corrections=_with_statements(changed.corrections, corrections, "published_at"),
        withdrawals=_with_statements(changed.withdrawals, withdrawals, "withdrawn_at"),
    )


def changed_in_short(
    asked: Sequence[Asked], *, only: Issue | None = None, at: AnyMoment = NOW, lines: int = 0
) -> dict[int, WhatChanged]:
    """Return by desk what changed there, with `lines` statements of each issue; six queries whatever the desks.

    It is without the statements that were corrected or withdrawn, which are counted.
    """
    desks, interval = asked_of_each(asked)
    changes = _by_desk(_touched_changes(desks, interval, only, at))
    renewed = _renewed(asked)
    said = _keys_by_issue(desks, _new(interval, renewed, only, at), only)
    touched = {issue: keys for of_desk in said.values() for issue, keys in of_desk.items()}
    before, after = _positions(asked, touched, renewed, at)
    statements = Statement.objects.filter(_effective(at, "latest"))
    corrected = _touching(statements.filter(interval.within("published_at"), supersedes__isnull=False), only)
    withdrawn = _touching(statements.filter(interval.within("withdrawn_at")), only)
    numbers = counts(desks, (corrected.order_by("-published_at"), withdrawn.order_by("-withdrawn_at")), MOST)
    rows = _rows({key for keys in touched.values() for key in keys[:lines]}, at) if lines else {}
    return {
        desk: _told(each, changes[desk], said[desk], numbers[desk], _shifted(each, before, after), rows, lines)
        for each in asked
        for desk in [each.relationship.pk]
    }


def statuses_moved(relationship: Relationship, interval: Interval) -> list[Moved]:
    """Return the issues whose status the desk moved in the interval; one query."""
    asked = Asked(relationship, interval)
    return _moved(asked, _touched_changes(*asked_of_each([asked]), None, NOW))


def _told(
    asked: Asked,
    changes: list[StatusChange],
    said: dict[int, list[int]],
    numbers: tuple[int, ...],
    shifted: list[Shifted],
    rows: dict[int, Statement],
    lines: int,
) -> WhatChanged:
    interval, order = asked.interval, {issue.pk: place for place, issue in enumerate(asked.issues)}
    number = len({key for keys in said.values() for key in keys})
    corrected = [change for change in changes if interval.holds(change.published_at) and change.supersedes_id]
    withdrawn = [change for change in changes if interval.holds(change.withdrawn_at)]
    return WhatChanged(
        interval=interval,
        moved=sorted(_moved(asked, changes), key=lambda moved: order[moved.issue.pk]),
        shifted=shifted,
        new=[
            NewWords(issue, len(said[issue.pk]), [rows[key] for key in said[issue.pk][:lines]])
            for issue in asked.issues
            if issue.pk in said
        ],
        statements=min(number, MOST),
        is_cut=number > MOST,
        corrections=_mended(corrected, numbers[0]),
        withdrawals=_mended(withdrawn, numbers[1]),
    )


def _by_desk(changes: Iterable[StatusChange]) -> dict[int, list[StatusChange]]:
    found: dict[int, list[StatusChange]] = defaultdict(list)
    for change in changes:
        found[change.relationship_id].append(change)
    return found


def _effective(at: AnyMoment, day: str) -> Q:
    return at.each(lambda moment: Q() if moment.effective is None else Q(**{f"{day}__lte": moment.effective}))


def _stood(row: Reviewed, until: datetime.datetime | None) -> bool:
    """Say of a row what `Interval.stood` asks the database, of any moment."""

    def came(moment: datetime.datetime | None) -> bool:
        return moment is not None and (until is None or moment < until)

    return came(row.published_at) and not came(row.superseded_at) and not came(row.withdrawn_at)


# Statuses


def _touched_changes(
    desks: QuerySet[Relationship], interval: Interval, only: Issue | None, at: AnyMoment
) -> list[StatusChange]:
    """Return all published status changes, in the order they count in, of each issue that one moved in the interval."""
    changes: Any = StatusChange.objects.published()
    if only is not None:
        changes = changes.filter(issue=only)
    # What superseded a change was published in that moment.
    touched = changes.filter(interval.within("published_at") | interval.within("withdrawn_at")).order_by()
    return list(
        changes.filter(among(firsts(desks, touched, None, "issue"), "issue"), _effective(at, "effective"))
        .with_evidence_flag(at)
        .select_related("issue", "relationship", "supersedes", "withdrawn_by")
        .order_by("effective", "published_at", "pk")
    )


def _moved(asked: Asked, changes: list[StatusChange]) -> list[Moved]:
    interval = asked.interval
    by_issue: dict[int, list[StatusChange]] = {}
    for change in changes:
        by_issue.setdefault(change.issue_id, []).append(change)
    found = []
    for rows in by_issue.values():
        issue = rows[0].issue
        issue.relationship = asked.relationship
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


def _renewed(asked: Sequence[Asked]) -> set[int]:
    """Return the statements published in the interval that correct, at one remove or more, one published before it."""
    desks, interval = asked_of_each(asked)
    corrections = Statement.objects.filter(interval.within("published_at"), supersedes__isnull=False)
    latest = firsts(desks, corrections.order_by("-published_at", "-pk"), MOST)
    since = {each.relationship.pk: each.interval.since for each in asked}
    renewed: set[int] = set()
    for key, desk, old, old_published_at in (
        Statement.objects.filter(among(latest))
        .order_by("published_at", "pk")
        .values_list("pk", "relationship", "supersedes", "supersedes__published_at")
    ):
        if old_published_at < since[desk] or old in renewed:
            renewed.add(key)
    return renewed


def _new(interval: Interval, renewed: set[int], issue: Issue | None, at: AnyMoment) -> QuerySet[Statement]:
    statements = Statement.objects.filter(interval.within("published_at"), interval.stood(), _effective(at, "latest"))
    if issue is not None:
        statements = statements.filter(Exists(Bearing.objects.filter(statement=OuterRef("pk"), issue=issue)))
    return statements.exclude(pk__in=renewed)


def _keys_by_issue(
    desks: QuerySet[Relationship], statements: QuerySet[Statement], only: Issue | None
) -> dict[int, dict[int, list[int]]]:
    """Return by desk the keys of the latest published statements by the issue they are on, the latest said first."""
    pairs = (
        Statement.objects.filter(among(firsts(desks, statements.order_by("-published_at", "-pk"), MOST + 1)))
        .order_by("-latest", "-published_at", "-pk")
        .values_list("relationship", "bearings__issue", "latest", "published_at", "pk")
        .distinct()
    )
    found: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for desk, issue, _latest, _published, key in pairs:
        if only is None or issue == only.pk:
            found[desk][issue].append(key)
    return found


def _rows(keys: set[int], at: AnyMoment) -> dict[int, Statement]:
    rows = Statement.objects.filter(pk__in=keys).with_people()
    return {row.pk: as_known(row, at.of(row.relationship_id)) for row in rows}


def as_known(row: Any, at: Moment) -> Any:
    """Return the row, which is not to be stored, without what became of it after the day `known`."""
    if at.known_until is not None:
        if row.superseded_at and row.superseded_at >= at.known_until:
            row.superseded_at = None
        if row.withdrawn_at and row.withdrawn_at >= at.known_until:
            row.withdrawn_at = None
    return row


Positions = dict[tuple[int, int], Bearing]  # by issue and party


def _positions(
    asked: Sequence[Asked], issues: Iterable[int], renewed: set[int], at: AnyMoment
) -> tuple[Positions, Positions]:
    """Return the parties' latest positions that stood at the end: of the old alone, and of all."""
    since, until = (
        {each.relationship.pk: getattr(each.interval, name) for each in asked} for name in ("since", "until")
    )
    end: Any = by_desk(until, DateTimeField(), "relationship") if any(until.values()) else None
    positions: Any = (
        Bearing.objects.positions()
        .filter(
            stood_published(end, "statement__"),
            _effective(at, "statement__latest"),
            issue__in=list(issues),
            position_of__in={party.pk for each in asked for party in each.relationship.parties},
        )
        .order_by("issue_id", "position_of_id", "-statement__latest", "-statement__published_at", "-pk")
        .distinct("issue_id", "position_of_id")
        .values("pk")
    )
    start = by_desk(since, DateTimeField(), "relationship")
    old = positions.filter(Q(statement__published_at__lt=start) | Q(statement__in=renewed))
    # Found by their few columns: sorted with all that is told of them, a large desk's go to disk.
    shown = Bearing.objects.select_related("statement__relationship", "statement__on_behalf_of")
    before, after = (
        {(row.issue_id, row.position_of_id): row for row in shown.filter(among(newest))} for newest in (old, positions)
    )
    return before, after


def _shifted(asked: Asked, before: Positions, after: Positions) -> list[Shifted]:
    """Return the sides whose position shifted: what stood at the end, the new against the latest of the old.

    So neither a correction of an old position nor the withdrawal of one is a shift.
    """
    return [
        Shifted(issue, party, side, before[issue.pk, party.pk], after[issue.pk, party.pk])
        for issue in asked.issues
        for side, party in zip((Side.FIRST, Side.SECOND), asked.relationship.parties, strict=True)
        if (issue.pk, party.pk) in after and is_shift(before.get((issue.pk, party.pk)), after[issue.pk, party.pk])
    ]


# Corrections and withdrawals


def _mended(changes: list[StatusChange], statements: int) -> Mended:
    """Return both kinds counted together, no more than `MOST`, with the rows of one."""
    number = statements + len(changes)
    return Mended(min(number, MOST), changes, number > MOST)


def _with_statements(mended: Mended, statements: QuerySet[Statement], column: str) -> Mended:
    """Return it with the rows of both kinds, the latest by `column` first."""
    related = ("relationship", "supersedes__relationship", "withdrawn_by", "on_behalf_of")
    latest = statements.select_related(*related).order_by(f"-{column}", "-pk")[:SHOWN]
    rows = sorted([*mended.rows, *latest], key=lambda row: getattr(row, column), reverse=True)
    return replace(mended, rows=rows[:SHOWN])
