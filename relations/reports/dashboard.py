"""The home page: for each desk what waits for me, what changed, what is ahead, what is quiet, and how its issues stood."""

import datetime
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import F, Q, QuerySet

from relations.access import Verb
from relations.choices import MeetingState, ReviewState, Role
from relations.models import Commitment, DeskMembership, Issue, Meeting, Relationship, Review, Statement
from relations.models.moments import NOW, Moment, Moments
from relations.reports.passages import DocumentToSettle, documents_to_settle
from relations.reports.quiet import Quiet, gone_quiet
from relations.reports.ribbon import Ribbon, ribbons
from relations.reports.what_changed import Interval, WhatChanged, last_visits, what_changed

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


NONE: Few[Any] = Few([], more=False)


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

    Two queries, and for each desk twelve of what every member sees, four of what writing leaves to do, one of reviews.
    """
    memberships = (
        DeskMembership.objects.filter(user=user)
        .select_related("relationship__first_party", "relationship__second_party")
        .order_by("relationship__order", "relationship__slug")
    )
    at = moments or Moments()
    visits = {} if at.is_past else last_visits(user)
    return [
        _summary(
            user,
            membership.relationship,
            Role(membership.role),
            visits.get(membership.relationship_id),
            at.of(membership.relationship_id),
        )
        for membership in memberships
    ]


def _summary(
    user: Any, relationship: Relationship, role: Role, visited: datetime.datetime | None, at: Moment
) -> DeskSummary:
    today = at.day(relationship.today())
    writes = role in Verb.WRITE.roles
    drafts = writes and not at.is_past
    issues = list(Issue.objects.visible_to(user, at).at(relationship).in_board_order())
    for issue in issues:
        issue.relationship = relationship
    drawn = ribbons(relationship, issues[:RIBBONS], at)
    return DeskSummary(
        relationship=relationship,
        role=role,
        to_review=Few.of(_to_review(user, relationship, at), WAITING) if role in Verb.REVIEW.roles else NONE,
        mine=Few.of(_mine(user, relationship), WAITING) if drafts else NONE,
        to_settle=Few.of(documents_to_settle(relationship, WAITING + 1), WAITING) if drafts else NONE,
        overdue=Few.of(_to_come(user, relationship, at).filter(latest__lt=today), WAITING) if writes else NONE,
        due=Few.of(_due(user, relationship, today, at), WAITING) if writes else NONE,
        visited=visited,
        changed=what_changed(
            relationship,
            Interval.since_visit(relationship, visited, at.known or relationship.today()),
            issues,
            in_short=True,
            at=at,
        ),
        ahead=Few.of(_to_come(user, relationship, at).filter(Q(latest=None) | Q(latest__gte=today)), LINES),
        quiet=gone_quiet(relationship, user, confirms=writes, at=at),
        ribbons=[(issue, drawn[issue.pk]) for issue in issues[:RIBBONS]],
        issues=len(issues),
        at=at,
    )


def _to_come(user: Any, relationship: Relationship, at: Moment) -> QuerySet[Meeting]:
    """Return the meetings not said to be held or cancelled, the next first, those without a day last."""
    meetings: Any = Meeting.objects.visible_to(user, at) if at.is_past else Meeting.objects.all()
    return (
        meetings.at(relationship)
        .with_state_then(at)
        .filter(state_then__in=[MeetingState.EXPECTED, MeetingState.SCHEDULED])
        .select_related("relationship")
        .order_by(F("earliest").asc(nulls_last=True), "pk")
    )


def _to_review(user: Any, relationship: Relationship, at: Moment) -> QuerySet[Review]:
    reviews: Any = Review.objects.at(relationship).open_for(user, at)
    return reviews.select_related("relationship", "statement", "status_change__issue", "submitted_by")


def _mine(user: Any, relationship: Relationship) -> QuerySet[Statement]:
    return (
        Statement.objects.at(relationship)
        .filter(author=user, published_at__isnull=True)
        .with_review_state()
        .filter(review_state__in=[ReviewState.DRAFT, ReviewState.RETURNED])
        .select_related("relationship")
        .order_by("-edited_at")
    )


def _due(user: Any, relationship: Relationship, today: datetime.date, at: Moment) -> QuerySet[Commitment]:
    commitments: Any = Commitment.objects.visible_to(user, at).at(relationship).due_by(today + DUE_WITHIN, at)
    return commitments.with_names().select_related("relationship").order_by("due_latest", "pk")
