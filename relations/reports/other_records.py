"""Records of what comes beside a desk's content: its notes, briefs, reviews and trust, the desks, what one follows."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from relations.access import Desk
from relations.models import Brief, DeskMembership, Note, ReliabilityRating, Review, Watch
from relations.reports.feeds import absolute
from relations.reports.records import of_desk, page_of


@dataclass(frozen=True)
class NoteRecord:
    """A note of the desk's own on an issue, in Markdown; its judgement where `kind` says so."""

    ref: str
    issue: str
    text: str
    kind: str
    likelihood: str
    confidence: str
    marking: str
    author: str
    created_at: datetime.datetime
    edited_at: datetime.datetime
    page: str


def notes(user: Any, here: Desk) -> QuerySet[Note]:
    """Return the desk's notes."""
    return of_desk(Note.objects, user, here).select_related("issue", "author")


def note_record(row: Any, here: Desk) -> NoteRecord:
    """Return a note's record."""
    row.issue.relationship = here.relationship
    return NoteRecord(
        ref=row.ref,
        issue=row.issue.slug,
        text=row.text,
        kind=row.kind,
        likelihood=row.likelihood,
        confidence=row.confidence,
        marking=row.marking,
        author=row.author.username,
        created_at=row.created_at,
        edited_at=row.edited_at,
        page=page_of(row, here),
    )


@dataclass(frozen=True)
class BriefRecord:
    """A brief as it was made; its page sends it as Word, PDF, Markdown and web page."""

    ref: str
    title: str
    kind: str
    marking: str
    author: str
    created_at: datetime.datetime
    known: datetime.datetime
    sha256: str
    withdrawn_at: datetime.datetime | None
    page: str


def briefs(user: Any, here: Desk) -> QuerySet[Brief]:
    """Return the desk's briefs."""
    return of_desk(Brief.objects, user, here).made_by(here.at).defer("content").select_related("author")


def brief_record(row: Any, here: Desk) -> BriefRecord:
    """Return a brief's record."""
    return BriefRecord(
        ref=row.ref,
        title=row.title,
        kind=row.kind,
        marking=row.marking,
        author=row.author.username,
        created_at=row.created_at,
        known=row.known,
        sha256=row.sha256,
        withdrawn_at=row.withdrawn_at,
        page=page_of(row, here),
    )


@dataclass(frozen=True)
class ReviewRecord:
    """What waits for a second reader: a statement or a status change."""

    ref: str
    statement: str
    status_change: str
    revision: int
    submitted_by: str
    submitted_at: datetime.datetime
    page: str


def reviews(user: Any, here: Desk) -> QuerySet[Review]:
    """Return what waits for review at the desk."""
    rows = of_desk(Review.objects, user, here).open(here.at)
    return rows.select_related("statement", "status_change", "submitted_by")


def review_record(row: Any, here: Desk) -> ReviewRecord:
    """Return a review's record."""
    return ReviewRecord(
        ref=row.ref,
        statement=row.statement.ref if row.statement else "",
        status_change=row.status_change.ref if row.status_change else "",
        revision=row.revision,
        submitted_by=row.submitted_by.username,
        submitted_at=row.submitted_at,
        page=absolute(reverse("review", args=[here.relationship.slug, row.ref])),
    )


@dataclass(frozen=True)
class RatingRecord:
    """How far the desk trusts a publisher, on the Admiralty scale from A to F."""

    publisher: str
    publisher_ref: str
    reliability: str


def ratings(user: Any, here: Desk) -> QuerySet[ReliabilityRating]:
    """Return the desk's judgements of publishers."""
    return ReliabilityRating.objects.visible_to(user).at(here.relationship).select_related("publisher")


def rating_record(row: Any, here: Desk) -> RatingRecord:
    """Return the record of a judgement of a publisher."""
    return RatingRecord(row.publisher.name, row.publisher.ref, row.reliability)


@dataclass(frozen=True)
class DeskRecord:
    """A pair of parties whose desk one is at, and in which role."""

    slug: str
    title: str
    first_party: str
    second_party: str
    own_side: str
    time_zone: str
    quiet_after: int
    role: str
    page: str


def desks(user: Any, slugs: list[str]) -> QuerySet[DeskMembership]:
    """Return the user's roles at those of her desks that are among `slugs`."""
    rows = DeskMembership.objects.filter(user=user, user__is_active=True, relationship__slug__in=slugs)
    return rows.select_related("relationship__first_party", "relationship__second_party")


def desk_record(row: Any) -> DeskRecord:
    """Return the record of a desk."""
    desk = row.relationship
    return DeskRecord(
        slug=desk.slug,
        title=desk.title,
        first_party=desk.first_party.code,
        second_party=desk.second_party.code,
        own_side=desk.own_side,
        time_zone=desk.time_zone,
        quiet_after=desk.quiet_after,
        role=row.role,
        page=absolute(desk.get_absolute_url()),
    )


@dataclass(frozen=True)
class TokenRecord:
    """Whose token it is, for which desks, until when; at a desk it reads what its owner may read there now."""

    name: str
    owner: str
    desks: tuple[str, ...]
    expires_at: datetime.datetime


def token_record(row: Any) -> TokenRecord:
    """Return the record of a token, which carries `with_desks`."""
    return TokenRecord(row.name, row.user.username, tuple(sorted(row.desks)), row.expires_at)


@dataclass(frozen=True)
class WatchRecord:
    """What the token's owner follows: one of the four."""

    issue: str
    statement: str
    person: str
    saved_view: str
    desk: str  # empty of a person
    since: datetime.datetime
    page: str


def watch_record(row: Watch) -> WatchRecord:
    """Return the record of what is followed."""
    subject: Any = row.subject
    return WatchRecord(
        issue=row.issue.slug if row.issue else "",
        statement=row.statement.ref if row.statement else "",
        person=row.person.ref if row.person else "",
        saved_view=row.saved_view.ref if row.saved_view else "",
        desk="" if row.person else subject.relationship.slug,
        since=row.since,
        page=absolute(subject.get_absolute_url()),
    )
