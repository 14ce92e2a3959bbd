"""The home page: for each desk what waits for me, what changed, what is ahead, what is quiet, and how its issues stood."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from relations.access import Verb
from relations.choices import MeetingState, ReviewState, Role
from relations.models import Commitment, DeskMembership, Issue, Meeting, Relationship, Review, Statement
from relations.reports.passages import DocumentToSettle, documents_to_settle
from relations.reports.quiet import Quiet, gone_quiet
from relations.reports.ribbon import Ribbon, ribbons
from relations.reports.what_changed import Interval, WhatChanged, last_visits, what_changed

DUE_WITHIN = datetime.timedelta(days=14)
LINES = 5  # of each kind
RIBBONS = 12  # the issues that the board shows first


@dataclass(frozen=True)
class DeskSummary:
    """What one member sees of one desk at a glance."""

    relationship: Relationship
    role: Role
    to_review: list[Review]
    mine: list[Statement]  # drafts and what came back
    to_settle: list[DocumentToSettle]  # passages that a later copy moved or lost
    overdue: list[Meeting]  # their day has gone by, and nobody has said whether they were held
    due: list[Commitment]  # overdue, or due within a fortnight
    visited: datetime.datetime | None  # when her last visit ended; at the first one what changed is that of some days
    changed: WhatChanged  # in short
    ahead: list[Meeting]
    quiet: Quiet
    ribbons: list[tuple[Issue, Ribbon]]
    issues: int  # of which these ribbons are some

    @property
    def writes(self) -> bool:
        """Whether she does more here than read."""
        return self.role in Verb.WRITE.roles

    @property
    def waits(self) -> bool:
        """Whether anything waits for her."""
        return any((self.to_review, self.mine, self.to_settle, self.overdue, self.due))


def dashboard(user: Any) -> list[DeskSummary]:
    """Return a summary of each desk that `user` is at, in the order of display.

    Two queries, and for each desk twelve of what every member sees, four of what writing leaves to do, one of reviews.
    """
    memberships = (
        DeskMembership.objects.filter(user=user)
        .select_related("relationship__first_party", "relationship__second_party")
        .order_by("relationship__order", "relationship__slug")
    )
    visits = last_visits(user)
    return [
        _summary(user, membership.relationship, Role(membership.role), visits.get(membership.relationship_id))
        for membership in memberships
    ]


def _summary(user: Any, relationship: Relationship, role: Role, visited: datetime.datetime | None) -> DeskSummary:
    today = relationship.today()
    writes = role in Verb.WRITE.roles
    issues = list(Issue.objects.visible_to(user).at(relationship).in_board_order())
    for issue in issues:
        issue.relationship = relationship
    drawn = ribbons(relationship, issues[:RIBBONS])
    return DeskSummary(
        relationship=relationship,
        role=role,
        to_review=_to_review(user, relationship) if role in Verb.REVIEW.roles else [],
        mine=_mine(user, relationship) if writes else [],
        to_settle=documents_to_settle(relationship, LINES) if writes else [],
        overdue=list(_to_come(relationship).filter(latest__lt=today)[:LINES]) if writes else [],
        due=_due(user, relationship, today) if writes else [],
        visited=visited,
        changed=what_changed(relationship, Interval.since_visit(relationship, visited, today), issues, in_short=True),
        ahead=list(_to_come(relationship).filter(Q(latest=None) | Q(latest__gte=today))[:LINES]),
        quiet=gone_quiet(relationship, user, confirms=writes),
        ribbons=[(issue, drawn[issue.pk]) for issue in issues[:RIBBONS]],
        issues=len(issues),
    )


def _to_come(relationship: Relationship) -> QuerySet[Meeting]:
    """Return the meetings not said to be held or cancelled, the next first, those without a day last."""
    return (
        Meeting.objects.at(relationship)
        .filter(state__in=[MeetingState.EXPECTED, MeetingState.SCHEDULED])
        .select_related("relationship")
        .order_by(F("earliest").asc(nulls_last=True), "pk")
    )


def _to_review(user: Any, relationship: Relationship) -> list[Review]:
    return list(
        Review.objects.at(relationship)
        .open_for(user)
        .select_related("relationship", "statement", "status_change__issue", "submitted_by")[:LINES]
    )


def _mine(user: Any, relationship: Relationship) -> list[Statement]:
    return list(
        Statement.objects.at(relationship)
        .filter(author=user, published_at__isnull=True)
        .with_review_state()
        .filter(review_state__in=[ReviewState.DRAFT, ReviewState.RETURNED])
        .select_related("relationship")
        .order_by("-edited_at")[:LINES]
    )


def _due(user: Any, relationship: Relationship, today: datetime.date) -> list[Commitment]:
    commitments: Any = Commitment.objects.visible_to(user).at(relationship).due_by(today + DUE_WITHIN)
    return list(commitments.with_names().select_related("relationship").order_by("due_latest", "pk")[:LINES])
