"""The home page: for each desk what waits for me, what moved, what is ahead, what is quiet."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from relations.access import Verb
from relations.choices import MeetingState, ReviewState, Role
from relations.models import Commitment, DeskMembership, Issue, Meeting, Relationship, Review, Statement, StatusChange
from relations.reports.board import with_last_word
from relations.reports.passages import DocumentToSettle, documents_to_settle

QUIET_AFTER = 30  # days without a word
DUE_WITHIN = datetime.timedelta(days=14)


@dataclass(frozen=True)
class QuietIssue:
    """An issue nobody has spoken on for a while; `days` is None where nobody ever did."""

    issue: Issue
    days: int | None


@dataclass(frozen=True)
class DeskSummary:
    """What one member sees of one desk at a glance."""

    relationship: Relationship
    role: Role
    to_review: list[Review]
    mine: list[Statement]  # drafts and what came back
    to_settle: list[DocumentToSettle]  # passages that a later copy moved or lost
    moved: list[StatusChange]
    ahead: list[Meeting]
    overdue: list[Meeting]  # their day has gone by, and nobody has said whether they were held
    due: list[Commitment]  # overdue, or due within a fortnight
    quiet: list[QuietIssue]


def dashboard(user: Any) -> list[DeskSummary]:
    """Return a summary of each desk that `user` is at, in the order of display."""
    memberships = (
        DeskMembership.objects.filter(user=user)
        .select_related("relationship__first_party", "relationship__second_party")
        .order_by("relationship__order", "relationship__slug")
    )
    return [_summary(user, membership.relationship, Role(membership.role)) for membership in memberships]


def _summary(user: Any, relationship: Relationship, role: Role) -> DeskSummary:
    today = relationship.today()
    writes = role in Verb.WRITE.roles
    reviews = role in Verb.REVIEW.roles
    return DeskSummary(
        relationship=relationship,
        role=role,
        to_review=_to_review(user, relationship) if reviews else [],
        mine=_mine(user, relationship) if writes else [],
        to_settle=documents_to_settle(relationship) if writes else [],
        moved=list(
            StatusChange.objects.at(relationship)
            .standing()
            .with_evidence_flag()
            .select_related("issue__relationship", "relationship")
            .order_by("-published_at", "-pk")[:5]
        ),
        ahead=list(_to_come(relationship).filter(Q(latest=None) | Q(latest__gte=today))[:5]),
        overdue=list(_to_come(relationship).filter(latest__lt=today)[:5]) if writes else [],
        due=_due(user, relationship, today) if writes else [],
        quiet=_quiet(relationship, today),
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
        .select_related("relationship", "statement", "status_change__issue", "submitted_by")[:10]
    )


def _mine(user: Any, relationship: Relationship) -> list[Statement]:
    return list(
        Statement.objects.at(relationship)
        .filter(author=user, published_at__isnull=True)
        .with_review_state()
        .filter(review_state__in=[ReviewState.DRAFT, ReviewState.RETURNED])
        .select_related("relationship")
        .order_by("-edited_at")[:10]
    )


def _due(user: Any, relationship: Relationship, today: datetime.date) -> list[Commitment]:
    commitments: Any = Commitment.objects.visible_to(user).at(relationship).due_by(today + DUE_WITHIN)
    return list(commitments.with_names().select_related("relationship").order_by("due_latest", "pk")[:10])


def _quiet(relationship: Relationship, today: datetime.date) -> list[QuietIssue]:
    issues: Any = with_last_word(Issue.objects.at(relationship).select_related("relationship"))
    waiting = [QuietIssue(issue, (today - issue.last_word).days if issue.last_word else None) for issue in issues]
    quiet = [entry for entry in waiting if entry.days is None or entry.days >= QUIET_AFTER]
    return sorted(quiet, key=lambda entry: (entry.days is not None, -(entry.days or 0)))[:5]
