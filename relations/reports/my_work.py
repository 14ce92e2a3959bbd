"""One page of what is mine to do, at all my desks: the same number of queries however much there is."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from relations.access import Verb
from relations.choices import Decision, Happening, ReviewState
from relations.models import DeskMembership, Issue, Review, Statement, StatusChange
from relations.reports.notifications import Told, notifications_of, told

SHOWN = 50  # of each kind


@dataclass(frozen=True)
class CameBack:
    """What a reviewer returned to me, with what she said."""

    subject: Any
    review: Review


@dataclass(frozen=True)
class MyWork:
    """What waits for me."""

    mentions: list[Told]
    came_back: list[CameBack]
    to_review: list[Review]
    overdue: list[Issue]
    drafts: list[Any]

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all waits."""
        return not any((self.mentions, self.came_back, self.to_review, self.overdue, self.drafts))


def my_work(user: Any) -> MyWork:
    """Return what waits for `user` at her desks."""
    mine = list(DeskMembership.objects.filter(user=user).values_list("relationship", "role"))
    writing = [desk for desk, role in mine if role in Verb.WRITE.roles]
    reviewing = [desk for desk, role in mine if role in Verb.REVIEW.roles]
    unpublished = [row for rows in _unpublished(user, writing) for row in rows]
    unread = notifications_of(user).unread().filter(happening=Happening.MENTIONED).order_by("-at", "-pk")
    return MyWork(
        mentions=told(unread[:SHOWN]),
        came_back=list(_came_back(unpublished)),
        to_review=list(_to_review(user, reviewing)),
        overdue=_overdue(user, writing),
        drafts=[row for row in unpublished if row.state() == ReviewState.DRAFT],
    )


def _unpublished(user: Any, desks: list[int]) -> Iterator[QuerySet[Any]]:
    """Yield the statements and the status changes of the user's that are drafts or came back, the latest edited first."""
    for model, related in ((Statement, ()), (StatusChange, ("issue",))):
        column = model.review_column
        latest = Review.objects.filter(**{column: OuterRef("pk")}, decision=Decision.RETURNED).order_by("-decided_at")
        yield (
            model.objects.filter(author=user, published_at__isnull=True, relationship__in=desks)
            .with_review_state()
            .annotate(last_return=Subquery(latest.values("pk")[:1]))
            .filter(review_state__in=[ReviewState.DRAFT, ReviewState.RETURNED])
            .select_related("relationship__first_party", "relationship__second_party", *related)
            .order_by("-edited_at", "-pk")[:SHOWN]
        )


def _came_back(unpublished: list[Any]) -> Iterator[CameBack]:
    returned = [row for row in unpublished if row.state() == ReviewState.RETURNED]
    reviews = Review.objects.select_related("decided_by").in_bulk([row.last_return for row in returned])
    for row in returned:
        yield CameBack(row, reviews[row.last_return])


def _to_review(user: Any, desks: list[int]) -> QuerySet[Review]:
    return (
        Review.objects.filter(relationship__in=desks)
        .open_for(user)
        .select_related(
            "relationship__first_party", "relationship__second_party", "statement", "status_change__issue",
            "submitted_by",
        )[:SHOWN]
    )  # fmt: skip


def _overdue(user: Any, desks: list[int]) -> list[Issue]:
    """Return the issues of the user's whose review day is past, as each desk's own day has it."""
    tomorrow = timezone.now().date() + datetime.timedelta(days=1)  # somewhere it is today already
    issues = Issue.objects.filter(owner=user, relationship__in=desks, review_due__lte=tomorrow)
    issues = issues.select_related("relationship__first_party", "relationship__second_party").order_by(
        "review_due", "pk"
    )
    return [issue for issue in issues[:SHOWN] if issue.review_due and issue.review_due < issue.relationship.today()]
