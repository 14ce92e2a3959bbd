"""What a desk holds, row by row, as other programs read it: named as in the tables that go out and come in.

Each noun has a query of what a user may see of it as of the desk's moment, with all that a record of it tells, and the
record. Rows stand at one desk and carry it; parties are told by their codes, all else by slug or ref. Nothing is told
in a past view that was not known then (R9).
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from relations.access import Desk
from relations.models import (
    AgendaItem,
    Capture,
    Commitment,
    Document,
    Evidence,
    Issue,
    IssueLink,
    Meeting,
    Participant,
    Readout,
    StatusChange,
)
from relations.reports.feeds import absolute
from relations.reports.spoken import with_last_word


def of_desk(rows: Any, user: Any, here: Desk) -> Any:
    """Return the rows of this desk that `user` may see as of its moment."""
    return rows.visible_to(user, here.at).at(here.relationship)


def page_of(row: Any, here: Desk) -> str:
    """Return the whole address of the page that shows `row`."""
    row.relationship = here.relationship
    return absolute(row.get_absolute_url())


def code(party: Any) -> str:
    """Return a party's code; empty for none."""
    return party.code if party else ""


@dataclass(frozen=True)
class LinkRecord:
    """How an issue hangs on another of the desk."""

    kind: str
    issue: str


@dataclass(frozen=True)
class IssueRecord:
    """An open file between the two parties, and where it stands."""

    slug: str
    title: str
    summary: str
    topic: str
    impact: str
    scope: str
    owner: str
    review_due: datetime.date | None
    links: tuple[LinkRecord, ...]
    status: str
    trend: str
    agreement: str
    status_since: datetime.date | None
    status_change: str | None
    last_word: datetime.date | None
    created_at: datetime.datetime
    page: str


def issues(user: Any, here: Desk) -> QuerySet[Issue]:
    """Return the desk's issues."""
    links = IssueLink.objects.visible_to(user, here.at).select_related("to_issue").order_by("pk")
    rows = of_desk(Issue.objects, user, here).with_standing(here.at).select_related("owner")
    return with_last_word(rows, here.at).prefetch_related(Prefetch("links", links))


def issue_record(row: Any, here: Desk) -> IssueRecord:
    """Return an issue's record."""
    return IssueRecord(
        slug=row.slug,
        title=row.title,
        summary=row.summary,
        topic=row.topic,
        impact=row.impact,
        scope=row.scope,
        owner=row.owner.username if row.owner else "",
        review_due=row.review_due,
        links=tuple(LinkRecord(link.kind, link.to_issue.slug) for link in row.links.all()),
        status=row.status,
        trend=row.trend,
        agreement=row.agreement,
        status_since=row.status_since,
        status_change=row.status_change_ref,
        last_word=row.last_word,
        created_at=row.created_at,
        page=page_of(row, here),
    )


@dataclass(frozen=True)
class StatusChangeRecord:
    """One dated move of an issue's status, trend or agreement, with the statements that are its evidence."""

    ref: str
    issue: str
    status: str
    trend: str
    agreement: str
    effective: datetime.date
    rationale: str
    evidence: tuple[str, ...]
    evidence_flagged: bool
    state: str
    corrects: str
    correction_note: str
    published_at: datetime.datetime | None
    superseded_at: datetime.datetime | None
    withdrawn_at: datetime.datetime | None
    withdrawal_reason: str
    page: str


def status_changes(user: Any, here: Desk) -> QuerySet[StatusChange]:
    """Return the moves of the desk's issues."""
    evidence = Evidence.objects.visible_to(user, here.at).select_related("statement").order_by("pk")
    rows = of_desk(StatusChange.objects, user, here).with_review_state(here.at).with_evidence_flag(here.at)
    return rows.select_related("issue", "supersedes").prefetch_related(Prefetch("evidence", evidence))


def status_change_record(row: Any, here: Desk) -> StatusChangeRecord:
    """Return a status change's record."""
    return StatusChangeRecord(
        ref=row.ref,
        issue=row.issue.slug,
        status=row.to_status,
        trend=row.to_trend,
        agreement=row.to_agreement,
        effective=row.effective,
        rationale=row.rationale,
        evidence=tuple(each.statement.ref for each in row.evidence.all()),
        evidence_flagged=row.evidence_flagged,
        state=row.review_state,
        corrects=row.supersedes.ref if row.supersedes else "",
        correction_note=row.correction_note,
        published_at=row.published_at,
        superseded_at=row.superseded_at,
        withdrawn_at=row.withdrawn_at,
        withdrawal_reason=row.withdrawal_reason,
        page=page_of(row, here),
    )


@dataclass(frozen=True)
class CopyRecord:
    """One stored copy of a document's text, without the text."""

    number: int
    extent: str
    sha256: str
    retrieved_at: datetime.datetime
    recorded_at: datetime.datetime


@dataclass(frozen=True)
class DocumentRecord:
    """A source that the desk holds, and its copies, the newest first."""

    ref: str
    title: str
    publisher: str
    publisher_ref: str
    url: str
    date_published: datetime.date
    language: str
    marking: str
    reprints: str
    copies: tuple[CopyRecord, ...]
    recorded_at: datetime.datetime
    page: str


def documents(user: Any, here: Desk) -> QuerySet[Document]:
    """Return the desk's documents."""
    copies = Capture.objects.visible_to(user, here.at).defer("text").order_by("-number")
    reprinted = Document.objects.visible_to(user, here.at).filter(pk=OuterRef("reprints")).values("ref")
    rows = of_desk(Document.objects, user, here).select_related("publisher")
    return rows.annotate(reprints_ref=Subquery(reprinted)).prefetch_related(Prefetch("captures", copies))


def document_record(row: Any, here: Desk) -> DocumentRecord:
    """Return a document's record."""
    return DocumentRecord(
        ref=row.ref,
        title=row.title,
        publisher=row.publisher.name,
        publisher_ref=row.publisher.ref,
        url=row.url,
        date_published=row.date_published,
        language=row.language,
        marking=row.marking,
        reprints=row.reprints_ref or "",
        copies=tuple(_copy(copy) for copy in row.captures.all()),
        recorded_at=row.recorded_at,
        page=page_of(row, here),
    )


@dataclass(frozen=True)
class CopyTextRecord(CopyRecord):
    """One stored copy of a document, with its text."""

    text: str


def copy_texts(user: Any, here: Desk) -> QuerySet[Capture]:
    """Return the copies of the desk's documents."""
    return of_desk(Capture.objects, user, here)


def copy_text_record(copy: Any) -> CopyTextRecord:
    """Return the record of a copy with its text."""
    return CopyTextRecord(**vars(_copy(copy)), text=copy.text)


def _copy(copy: Any) -> CopyRecord:
    return CopyRecord(copy.number, copy.extent, copy.sha256, copy.retrieved_at, copy.recorded_at)


@dataclass(frozen=True)
class ParticipantRecord:
    """Who took part, in which office: a person by name and ref, or those whom the source describes."""

    party: str
    name: str
    person: str
    office: str


@dataclass(frozen=True)
class ReadoutRecord:
    """One side's telling of a meeting."""

    side: str
    teller: str
    document: str


@dataclass(frozen=True)
class MeetingRecord:
    """A call, visit or talks; its day may be unknown or to come."""

    ref: str
    title: str
    kind: str
    state: str
    earliest: datetime.date | None
    latest: datetime.date | None
    precision: str
    place: str
    summary: str
    participants: tuple[ParticipantRecord, ...]
    issues: tuple[str, ...]
    readouts: tuple[ReadoutRecord, ...]
    recorded_at: datetime.datetime
    page: str


def meetings(user: Any, here: Desk) -> QuerySet[Meeting]:
    """Return the desk's meetings, with `day_key` to page by: the first day; for those without one the end of time."""
    rows = of_desk(Meeting.objects, user, here).with_state_then(here.at)
    return rows.annotate(day_key=Coalesce("earliest", Value(datetime.date.max))).prefetch_related(
        Prefetch("participants", Participant.objects.select_related("party", "person", "mandate__post")),
        Prefetch(
            "agenda",
            AgendaItem.objects.filter(here.at.recorded("issue__", "created_at")).select_related("issue").order_by("pk"),
        ),
        Prefetch(
            "readouts",
            Readout.objects.filter(here.at.recorded("document__"))
            .select_related("side", "teller_person", "document")
            .order_by("pk"),
        ),
    )


def meeting_record(row: Any, here: Desk) -> MeetingRecord:
    """Return a meeting's record."""
    return MeetingRecord(
        ref=row.ref,
        title=row.title,
        kind=row.kind,
        state=row.state_then,
        earliest=row.earliest,
        latest=row.latest,
        precision=row.precision,
        place=row.place,
        summary=row.summary,
        participants=tuple(
            ParticipantRecord(
                party=each.party.code,
                name=str(each),
                person=each.person.ref if each.person else "",
                office=each.mandate.post.name if each.mandate else "",
            )
            for each in row.participants.all()
        ),
        issues=tuple(item.issue.slug for item in row.agenda.all()),
        readouts=tuple(ReadoutRecord(each.side.code, each.teller, each.document.ref) for each in row.readouts.all()),
        recorded_at=row.recorded_at,
        page=page_of(row, here),
    )


@dataclass(frozen=True)
class CommitmentRecord:
    """What a side said it will do, by when, and what became of it."""

    ref: str
    issue: str
    text: str
    party: str
    due_earliest: datetime.date | None
    due_latest: datetime.date | None
    due_precision: str
    state: str
    statement: str
    settled_by: str
    settled_on: datetime.date | None
    settling_note: str
    created_at: datetime.datetime
    page: str


def commitments(user: Any, here: Desk) -> QuerySet[Commitment]:
    """Return the desk's commitments, with `due_key` to page by."""
    rows = of_desk(Commitment.objects, user, here).with_due_key()
    return rows.select_related("party", "issue", "statement", "settled_by")


def commitment_record(row: Any, here: Desk) -> CommitmentRecord:
    """Return a commitment's record."""
    return CommitmentRecord(
        ref=row.ref,
        issue=row.issue.slug,
        text=row.text,
        party=row.party.code,
        due_earliest=row.due_earliest,
        due_latest=row.due_latest,
        due_precision=row.due_precision,
        state=row.state,
        statement=row.statement.ref,
        settled_by=row.settled_by.ref if row.settled_by else "",
        settled_on=row.settled_on,
        settling_note=row.settling_note,
        created_at=row.created_at,
        page=page_of(row, here),
    )
