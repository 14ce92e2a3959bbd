"""The home page: for each desk what waits for me, what changed, what is ahead, what is quiet, and how its issues stood."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import DateField, F, OuterRef, Q, QuerySet

from relations.access import Verb
from relations.choices import ReviewState, Role
from relations.models import Commitment, DeskMembership, Issue, Meeting, Relationship, Review, Statement
from relations.models.meetings import AHEAD
from relations.models.moments import NOW, Moment, Moments
from relations.reports.each_desk import by_desk, firsts
from relations.reports.intervals import Asked, Interval, last_visits
from relations.reports.keys import among
from relations.reports.passages import DocumentToSettle, documents_to_settle
from relations.reports.quiet import Quiet, quiet_among, with_silence
from relations.reports.ribbon import Ribbon, ribbons_until
from relations.reports.what_changed import WhatChanged, changed_in_short

T = TypeVar("T")

DUE_WITHIN = datetime.timedelta(days=14)
WAITING, LINES = 3, 5  # shown of each kind of what waits, and of what does not
RIBBONS = 12  # the issues that the board shows first


@dataclass(frozen=True)
class Few(Generic[T]):
    """The first rows of a kind, and whether there are more."""

    rows: list[T]
    more: bool

    @classmethod
    def of(cls, rows: Any, number: int) -> "Few[T]":
        """Return the first `number` of these rows."""
        found = list(rows[: number + 1])
        return cls(found[:number], len(found) > number)


@dataclass(frozen=True)
class DeskSummary:
    """What one member sees of one desk at a glance."""

    relationship: Relationship
    role: Role
    to_review: Few[Review]
    mine: Few[Statement]  # drafts and what came back
    to_settle: Few[DocumentToSettle]  # passages that a later copy moved or lost
    overdue: Few[Meeting]  # their day has gone by, and nobody has said whether they were held
    due: Few[Commitment]  # overdue, or due within a fortnight
    visited: datetime.datetime | None  # when her last visit ended; at the first one what changed is that of some days
    changed: WhatChanged  # in short
    ahead: Few[Meeting]
    quiet: Quiet
    ribbons: list[tuple[Issue, Ribbon]]
    issues: int  # of which these ribbons are some
    at: Moment = NOW

    @property
    def writes(self) -> bool:
        """Whether she does more here than read."""
        return self.role in Verb.WRITE.roles

    @property
    def waits(self) -> bool:
        """Whether anything waits for her."""
        kinds = (self.to_review, self.mine, self.to_settle, self.overdue, self.due)
        return any(kind.rows for kind in kinds)


def dashboard(user: Any, moments: Moments | None = None) -> list[DeskSummary]:
    """Return a summary of each desk that `user` is at, in the order of display, as of its moment.

    Of a past day are left out the drafts and the passages to settle, of which nothing but today's is kept.

    The number of queries is the same whatever the desks: eighteen at most.
    """
    memberships = (
        DeskMembership.objects.filter(user=user)
        .select_related("relationship__first_party", "relationship__second_party")
        .order_by("relationship__order", "relationship__slug")
    )
    roles = {each.relationship: Role(each.role) for each in memberships}
    return _summaries(user, roles, moments or Moments()) if roles else []


def _summaries(user: Any, roles: dict[Relationship, Role], at: Moments) -> list[DeskSummary]:
    days = {desk.pk: at.of(desk.pk).day(desk.today()) for desk in roles}
    due = {desk: day + DUE_WITHIN for desk, day in days.items()}
    desks = Relationship.objects.annotate(today=by_desk(days, DateField()), due=by_desk(due, DateField()))
    here = desks.filter(pk__in=days)
    writes = {desk.pk for desk, role in roles.items() if role in Verb.WRITE.roles}
    writing = desks.filter(pk__in=writes)
    reviewing = desks.filter(pk__in=[desk.pk for desk, role in roles.items() if role in Verb.REVIEW.roles])
    drafting = writes if not at.is_past else set()

    by_title = _by_desk(roles, _issues(user, days, at))
    issues = {desk: sorted(found, key=_board_rank) for desk, found in by_title.items()}
    drawn = ribbons_until(days, [issue for found in issues.values() for issue in found[:RIBBONS]], at)
    to_review = _by_desk(roles, _to_review(user, reviewing, at))
    mine = _by_desk(roles, _mine(user, desks.filter(pk__in=drafting)))
    to_settle = documents_to_settle(drafting, WAITING + 1)
    meetings = _by_desk(roles, _to_come(user, here, writing, at))
    commitments = _by_desk(roles, _due(user, writing, at))
    visits = {} if at.is_past else last_visits(user)
    changed = changed_in_short(
        [Asked(desk, _interval(desk, visits.get(desk.pk), at.of(desk.pk)), issues[desk.pk]) for desk in roles], at=at
    )

    def summary(desk: Relationship, role: Role) -> DeskSummary:
        key = desk.pk
        overdue = [meeting for meeting in meetings[key] if meeting.latest and meeting.latest < days[key]]
        return DeskSummary(
            relationship=desk,
            role=role,
            to_review=Few.of(to_review[key], WAITING),
            mine=Few.of(mine[key], WAITING),
            to_settle=Few.of(to_settle.get(key, []), WAITING),
            overdue=Few.of(overdue, WAITING),
            due=Few.of(commitments[key], WAITING),
            visited=visits.get(key),
            changed=changed[key],
            ahead=Few.of([meeting for meeting in meetings[key] if meeting not in overdue], LINES),
            quiet=quiet_among(desk, by_title[key], confirms=key in writes, at=at.of(key)),
            ribbons=[(issue, drawn[issue.pk]) for issue in issues[key][:RIBBONS]],
            issues=len(issues[key]),
            at=at.of(key),
        )

    return [summary(desk, role) for desk, role in roles.items()]


def _by_desk(desks: Iterable[Relationship], rows: Iterable[Any]) -> dict[int, list[Any]]:
    """Return by desk the rows, which get it from here."""
    here = {desk.pk: desk for desk in desks}
    found: dict[int, list[Any]] = {key: [] for key in here}
    for row in rows:
        row.relationship = here[row.relationship_id]
        found[row.relationship_id].append(row)
    return found


def _interval(desk: Relationship, visited: datetime.datetime | None, at: Moment) -> Interval:
    interval = Interval.since_visit(desk, visited, at.known or desk.today())
    # Nothing is published later than now: so that all desks are asked alike, of whichever day theirs ends.
    return interval if at.known else Interval(interval.since)


def _issues(user: Any, desks: Iterable[int], at: Moments) -> QuerySet[Issue]:
    """Return the desks' issues by name, with what the board's order goes by, and what tells whether they went quiet."""
    issues = Issue.objects.visible_to(user, at).filter(relationship__in=desks).with_status(at).in_board_order()
    return with_silence(issues, user, at).only("relationship", "title", "slug", "created_at").order_by("title", "pk")


def _board_rank(issue: Any) -> tuple[int, int]:
    return issue.scope_rank, issue.impact_rank


def _to_come(
    user: Any, desks: QuerySet[Relationship], writing: QuerySet[Relationship], at: Moments
) -> QuerySet[Meeting]:
    """Return the meetings not said to be held or cancelled, the next first, those without a day last.

    Those whose day has gone by are for who could say whether they were held.
    """
    next_first = (F("earliest").asc(nulls_last=True), "pk")
    then = next(iter(at.of_desk.values()), NOW)  # its days are those of every desk
    meetings: Any = Meeting.objects.visible_to(user, at) if at.is_past else Meeting.objects.all()
    meetings = meetings.with_state_then(then).filter(state_then__in=AHEAD).order_by(*next_first)
    ahead = meetings.filter(Q(latest=None) | Q(latest__gte=OuterRef("today")))
    gone_by = meetings.filter(latest__lt=OuterRef("today"))
    few = firsts(desks, ahead, LINES + 1).union(firsts(writing, gone_by, WAITING + 1), all=True)
    return Meeting.objects.filter(among(few)).rewound(at).order_by(*next_first)


def _to_review(user: Any, desks: QuerySet[Relationship], at: Moments) -> QuerySet[Review]:
    few = firsts(desks, Review.objects.open_for(user, at), WAITING + 1)
    reviews = Review.objects.filter(among(few)).rewound(at).order_by("submitted_at", "pk")
    return reviews.select_related("statement", "status_change__issue", "submitted_by")


def _mine(user: Any, desks: QuerySet[Relationship]) -> QuerySet[Statement]:
    drafts = Statement.objects.filter(author=user, published_at__isnull=True)
    drafts = drafts.in_review_states([ReviewState.DRAFT, ReviewState.RETURNED]).order_by("-edited_at")
    few = firsts(desks, drafts, WAITING + 1)
    return Statement.objects.filter(among(few)).with_review_state().order_by("-edited_at")


def _due(user: Any, desks: QuerySet[Relationship], at: Moments) -> QuerySet[Commitment]:
    next_first = ("due_latest", "pk")
    due = Commitment.objects.visible_to(user, at).due_by(OuterRef("due"), at).order_by(*next_first)
    few = firsts(desks, due, WAITING + 1)
    return Commitment.objects.filter(among(few)).rewound(at).with_names().order_by(*next_first)
