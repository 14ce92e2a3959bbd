"""The review queue: what waits at which desk, for whom, how long; and the way through it, one item after another."""

import datetime
import statistics
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext as _

from relations.access import Desk, Verb
from relations.choices import Role
from relations.models import DeskMembership, Relationship, Review, ReviewClaim, StatusChange
from relations.models.addresses import address
from relations.models.hands import no_hand_of
from relations.models.moments import NOW, AnyMoment
from relations.models.rounds import CLAIM_LASTS
from relations.reports.keys import among

LIMIT = 100  # items that a list shows; the longest waiting come first, so the rest comes up by itself
WALK = 1000  # items that a walk through the queue looks ahead
# What a row shows, and forgets as of a past day: of seven tables all columns take longer to ask for than to find.
_OF_A_ROW = (
    "relationship", "ref", "submitted_at", "submitted_by__name", "submitted_by__username", "decision", "decided_by",
    "decided_at", "comment", "statement__relationship", "statement__text", "statement__edited_at", "statement__supersedes",
    "status_change__relationship", "status_change__issue__title", "status_change__to_status", "status_change__to_trend",
    "status_change__to_agreement",
    "status_change__edited_at", "status_change__supersedes", "claim__renewed_at", "claim__user__name",
    "claim__user__username",
)  # fmt: skip
_OF_A_CHANGE = (
    "ref", "relationship__slug", "issue__title", "to_status", "to_trend", "to_agreement", "superseded_at", "withdrawn_at",
)  # fmt: skip
_OF_A_DESK = (
    "relationship__slug",
    "relationship__first_party__name",
    "relationship__first_party__short_name",
    "relationship__second_party__name",
    "relationship__second_party__short_name",
)


def waiting(user: Any, relationship: Relationship | None = None, at: AnyMoment = NOW) -> QuerySet[Review]:
    """Return what waits for review, as of `at`, where `user` sees drafts (at one desk, if given), the longest first."""
    reviews = Review.objects.visible_to(user, at).open(at)
    return reviews.at(relationship) if relationship is not None else reviews


def waiting_for(user: Any, reviews: QuerySet[Review]) -> QuerySet[Review]:
    """Return those of the `reviews` that `user` may decide on: her role allows it, and she had no hand in them (R3)."""
    return reviews.filter(_for(user))


def _for(user: Any, desk: Desk | None = None) -> Q:
    return _where(user, Verb.REVIEW.roles, desk) & no_hand_of(user)


def _where(user: Any, roles: Collection[Role], desk: Desk | None) -> Q:
    """Return the condition that a row is of a desk where `user` has one of these roles; of the one desk it is known."""
    if desk is None:
        return Q(
            Exists(DeskMembership.objects.filter(user=user, relationship=OuterRef("relationship"), role__in=roles))
        )
    return Q() if desk.role in roles else Q(pk__in=[])


@dataclass(frozen=True)
class Item:
    """A review that waits, as a line of the queue."""

    review: Review
    url: str
    words: str  # empty where they were written anew since the moment that it is read as of
    kind: str
    claim: ReviewClaim | None  # of who is reading it just now

    @classmethod
    def of(cls, review: Review) -> "Item":
        """Return the line of a review that comes with its desk, its subject and its claim."""
        claim = getattr(review, "claim", None)
        return cls(
            review=review,
            url=address("review", review.relationship.slug, review.ref),
            words=review.words,
            kind=_kind(review),
            claim=claim if claim and claim.is_live else None,
        )


def _kind(review: Review) -> str:
    corrects = review.subject.supersedes_id is not None
    if review.status_change_id:
        return _("correction of a status change") if corrects else _("status change")
    return _("correction") if corrects else _("statement")


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

    mine: list[Item]
    others: list[Item]
    mine_count: int
    others_count: int
    shaken: list[StatusChange]
    waits: Waits | None


def queue(user: Any, reviews: QuerySet[Review], desk: Desk | None = None, at: AnyMoment = NOW) -> Queue:
    """Return the queue of `reviews` (of `waiting` as of `at`, filtered or not), at one desk or at all of the user's.

    Two queries, three for a lead.
    """
    rows = _rows(user, reviews, desk, at)
    mine = [review for review in rows if review.is_mine]
    others = [review for review in rows if not review.is_mine]
    shaken = StatusChange.objects.visible_to(user, at).standing(at).with_evidence_flag(at).filter(evidence_flagged=True)
    shown = shaken.filter(_where(user, Verb.WRITE.roles, desk))
    if desk is not None:
        shown = shown.at(desk.relationship)
    return Queue(
        mine=[Item.of(review) for review in mine],
        others=[Item.of(review) for review in others],
        mine_count=mine[0].number if mine else 0,
        others_count=others[0].number if others else 0,
        shaken=list(shown.select_related("issue", "relationship").only(*_OF_A_CHANGE)[:LIMIT]),
        waits=_waits(reviews.filter(_where(user, [Role.LEAD], desk))) if rows and rows[0].leads else None,
    )


def _rows(user: Any, reviews: QuerySet[Review], desk: Desk | None, at: AnyMoment) -> list[Any]:
    """Return the longest waiting of those that are the user's to decide, and of the others, with how many there are."""
    # Of as few as there are, each is asked for its hands; of a guessed thousand, all that the user ever wrote are read.
    rows = Review.objects.filter(among(reviews.order_by().values("pk"))).rewound(at)
    rows = rows.select_related("statement", "status_change__issue", "submitted_by", "claim__user").only(*_OF_A_ROW)
    rows = rows.annotate(
        is_mine=Case(When(_for(user, desk), then=True), default=False),
        # Of each half the first and how many there are, without asking again who may review what.
        place=Window(RowNumber(), partition_by="is_mine", order_by=["submitted_at", "pk"]),
        number=Window(Count("pk"), partition_by="is_mine"),
    )
    if desk is None:
        rows = rows.select_related("relationship__first_party", "relationship__second_party")
        rows = rows.only(*_OF_A_ROW, *_OF_A_DESK).annotate(leads=Window(BoolOr(_where(user, [Role.LEAD], None))))
    found: list[Any] = list(rows.filter(place__lte=LIMIT).order_by("submitted_at", "pk"))
    if desk is not None:
        for row in found:
            row.relationship = desk.relationship
            row.leads = desk.role == Role.LEAD
    return found


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
