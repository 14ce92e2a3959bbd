"""The review queue: what waits at which desk, for whom, how long; and the way through it, one item after another."""

import datetime
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from relations.access import Verb
from relations.choices import Role
from relations.models import DeskMembership, Relationship, Review, StatusChange
from relations.models.moments import NOW, AnyMoment
from relations.models.reviews import no_hand_of
from relations.models.rounds import CLAIM_LASTS
from relations.reports.keys import among

LIMIT = 100  # items that a list shows; the longest waiting come first, so the rest comes up by itself
WALK = 1000  # items that a walk through the queue looks ahead


def waiting(user: Any, relationship: Relationship | None = None, at: AnyMoment = NOW) -> QuerySet[Review]:
    """Return what waits for review, as of `at`, where `user` sees drafts (at one desk, if given), the longest first."""
    reviews = Review.objects.visible_to(user, at).open(at)
    return reviews.at(relationship) if relationship is not None else reviews


def waiting_for(user: Any, reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Return those of the `reviews` that `user` may decide on: her role allows it, and she had no hand in them (R3)."""
    return reviews.filter(_for(user))


def _for(user: Any) -> Q:
    return Q(Exists(_memberships(user, Verb.REVIEW.roles))) & no_hand_of(user)


@dataclass(frozen=True)
class AuthorWait:
    """How much of one author's waits, and how long."""

    name: str
    count: int
    oldest: datetime.datetime
    median: datetime.datetime


@dataclass(frozen=True)
class Waits:
    """Since when things wait: the oldest, the middle one, and each author's. Moments, told as ages."""

    count: int
    oldest: datetime.datetime
    median: datetime.datetime
    authors: list[AuthorWait]


@dataclass(frozen=True)
class Queue:
    """What waits: for this reader, for others; status changes whose evidence was shaken; for a lead, who waits how long."""

    mine: list[Review]
    others: list[Review]
    mine_count: int
    others_count: int
    shaken: list[StatusChange]
    waits: Waits | None


def queue(user: Any, reviews: QuerySet[Review], relationship: Relationship | None = None, at: AnyMoment = NOW) -> Queue:
    """Return the queue of `reviews` (of `waiting` as of `at`, filtered or not); two queries, three for a lead."""
    rows: list[Any] = list(
        # Of as few as there are, each is asked for its hands; of a guessed thousand, all that the user ever wrote are read.
        reviews.filter(among(reviews.order_by().values("pk")))
        .select_related(
            "relationship__first_party",
            "relationship__second_party",
            "statement",
            "status_change__issue",
            "submitted_by",
            "claim__user",
        )
        .annotate(
            is_mine=Case(When(_for(user), then=True), default=False),
            is_led=Exists(_memberships(user, [Role.LEAD])),
            # Of each half the first and how many there are, without asking again who may review what.
            place=Window(RowNumber(), partition_by="is_mine", order_by=["submitted_at", "pk"]),
            number=Window(Count("pk"), partition_by="is_mine"),
            leads=Window(BoolOr("is_led")),
        )
        .filter(place__lte=LIMIT)
        .order_by("submitted_at", "pk")
    )
    mine = [review for review in rows if review.is_mine]
    others = [review for review in rows if not review.is_mine]
    shaken = StatusChange.objects.visible_to(user, at).standing(at).with_evidence_flag(at).filter(evidence_flagged=True)
    if relationship is not None:
        shaken = shaken.at(relationship)
    shown = shaken.filter(Exists(_memberships(user, Verb.WRITE.roles)))
    return Queue(
        mine=mine,
        others=others,
        mine_count=mine[0].number if mine else 0,
        others_count=others[0].number if others else 0,
        shaken=list(shown.select_related("issue", "relationship")[:LIMIT]),
        waits=_waits(reviews.filter(Exists(_memberships(user, [Role.LEAD])))) if rows and rows[0].leads else None,
    )


def _memberships(user: Any, roles: Iterable[Role]) -> QuerySet[DeskMembership]:
    return DeskMembership.objects.filter(user=user, relationship=OuterRef("relationship"), role__in=roles)


def _waits(reviews: QuerySet[Review]) -> Waits | None:
    """Return how long the `reviews` wait, in all and by author; None where none does."""
    rows = [(review.submitted_at, str(review.submitted_by)) for review in reviews.select_related("submitted_by")]
    if not rows:
        return None
    by_author: dict[str, list[datetime.datetime]] = {}
    for moment, author in rows:
        by_author.setdefault(author, []).append(moment)
    authors = [AuthorWait(name, len(moments), min(moments), _median(moments)) for name, moments in by_author.items()]
    moments = [moment for moment, _author in rows]
    return Waits(len(rows), min(moments), _median(moments), sorted(authors, key=lambda each: each.oldest))


def _median(moments: list[datetime.datetime]) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(statistics.median(moment.timestamp() for moment in moments), datetime.UTC)


@dataclass(frozen=True)
class Place:
    """Where an item stands in the queue that its reader walks through, and what comes after it."""

    number: int  # 0 where it is not in it
    count: int
    after: tuple[str, str] | None  # desk and ref of the next one that nobody else is reading


def place_of(user: Any, review: Review, reviews: QuerySet[Review]) -> Place:
    """Return the place of `review`, decided or not, among those of `reviews` that wait for `user`; one query."""
    rows = list(
        waiting_for(user, reviews).values_list(
            "pk", "submitted_at", "relationship__slug", "ref", "claim__user", "claim__renewed_at"
        )[:WALK]
    )
    fresh = timezone.now() - CLAIM_LASTS
    after = None
    number = 0
    for index, (pk, submitted_at, slug, ref, reader, renewed_at) in enumerate(rows, start=1):
        if pk == review.pk:
            number = index
        taken = reader is not None and reader != user.pk and renewed_at > fresh
        if after is None and (submitted_at, pk) > (review.submitted_at, review.pk) and not taken:
            after = (slug, ref)
    return Place(number, len(rows), after)
