"""What a desk holds besides statements, as it leaves: issues, documents, meetings, commitments, notes, what waits."""

import datetime
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from django.db.models import Count, Max, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce

from relations.choices import CommitmentState, MeetingState
from relations.columns import ParticipantCell
from relations.models import (
    AgendaItem,
    Bearing,
    Capture,
    Commitment,
    Evidence,
    IssueLink,
    Participant,
    Readout,
    Statement,
)
from relations.reports.exports import Noun, Record, Sending, code_of, ref_of, span_of
from relations.reports.positions import Held, held_positions


@dataclass(frozen=True)
class _OnIssues:
    """What is told of a desk's issues besides themselves, as those who will see the file may know it."""

    parties: tuple[int, int]
    positions: dict[tuple[int, int], Held]
    last_words: dict[int, datetime.date]
    withheld: set[str]  # refs of status changes that rest on what they may not see


def _resting_on_more(sending: Sending) -> Any:
    """Return the evidence that those who will see the file may not see."""
    return Evidence.objects.at(sending.relationship).exclude(
        sending.marked("statement__marking", "statement__document__marking")
    )


def _on_issues(sending: Sending) -> _OnIssues:
    desk, at = sending.relationship, sending.audience
    if desk is None:
        raise ValueError("Issues belong to a desk.")
    said = Bearing.objects.at(desk).standing(at).order_by().values_list("issue").annotate(Max("statement__latest"))
    first, second = (party.pk for party in desk.parties)
    return _OnIssues(
        parties=(first, second),
        positions=held_positions(desk, None, at),
        last_words=dict(said),
        withheld=set(_resting_on_more(sending).values_list("status_change__ref", flat=True)),
    )


def _issues_may_go(sending: Sending) -> Q:
    """Leave out what a filter or order by status would tell of an issue whose status those who see the file may not know."""
    asked = parse_qs(sending.filters)
    sort = asked.get("sort", [""])[0].removeprefix("-")
    if not asked.keys() & {"status", "trend", "since"} and sort not in ("status", "trend", "moved"):
        return Q()
    return ~Q(status_change_ref__in=_resting_on_more(sending).values("status_change__ref"))


def _links(sending: Sending) -> Prefetch:
    links = IssueLink.objects.filter(sending.moment.recorded()).select_related("to_issue")
    return Prefetch("links", links.order_by("pk"))


def _issue(issue: Any, told: _OnIssues) -> Record:
    withheld = issue.status_change_ref in told.withheld
    positions = [told.positions.get((issue.pk, party)) for party in told.parties]
    first, second = ("" if held is None else held.bearing.statement.text for held in positions)
    return {
        "slug": issue.slug,
        "title": issue.title,
        "summary": issue.summary,
        "topic": issue.topic,
        "impact": issue.impact,
        "scope": issue.scope,
        "owner": issue.owner.username if issue.owner else "",
        "review_due": issue.review_due,
        "links": tuple(f"{link.kind} {link.to_issue.slug}" for link in issue.links.all()),
        "status": "" if withheld else issue.status,
        "trend": "" if withheld else issue.trend,
        "agreement": "" if withheld else issue.agreement,
        "status_since": None if withheld else issue.status_since,
        "first_says": first,
        "second_says": second,
        "last_word": told.last_words.get(issue.pk),
        "created_at": issue.created_at,
    }


def _issue_terms(issue: Record) -> dict[str, Any]:
    return {
        "@type": "CreativeWork",
        "identifier": issue["slug"],
        "name": issue["title"],
        "abstract": issue["summary"],
        "genre": issue["topic"],
        "creativeWorkStatus": issue["status"],
        "dateCreated": issue["created_at"].isoformat(),
        "desk:impact": issue["impact"],
        "desk:scope": issue["scope"],
        "desk:owner": issue["owner"],
        "desk:reviewDue": _day(issue["review_due"]),
        "desk:links": list(issue["links"]),
        "desk:trend": issue["trend"],
        "desk:agreement": issue["agreement"],
        "desk:statusSince": _day(issue["status_since"]),
        "desk:firstSays": issue["first_says"],
        "desk:secondSays": issue["second_says"],
        "desk:lastWord": _day(issue["last_word"]),
    }


def _day(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


def _documents(rows: Any, sending: Sending) -> Any:
    cited = Statement.objects.visible_to(sending.user, sending.at).filter(
        sending.marked("marking", "document__marking"), document=OuterRef("pk")
    )
    copies = Capture.objects.filter(sending.moment.recorded(), document=OuterRef("pk")).order_by("-number")
    return rows.select_related("publisher", "reprints").annotate(
        cited=Coalesce(Subquery(cited.order_by().values("document").annotate(number=Count("pk")).values("number")), 0),
        retrieved=Subquery(copies.values("retrieved_at")[:1]),
    )


def _document(document: Any, _along: None) -> Record:
    return {
        "ref": document.ref,
        "title": document.title,
        "publisher": document.publisher.name,
        "publisher_ref": document.publisher.ref,
        "url": document.url,
        "date_published": document.date_published,
        "language": document.language,
        "marking": document.marking,
        "reprints": ref_of(document.reprints),
        "retrieved": document.retrieved,
        "statements": document.cited,
        "recorded_at": document.recorded_at,
    }


def _document_terms(document: Record) -> dict[str, Any]:
    return {
        "@type": "Article",
        "identifier": document["ref"],
        "name": document["title"],
        "url": document["url"],
        "inLanguage": document["language"],
        "datePublished": document["date_published"].isoformat(),
        "publisher": {
            "@type": "Organization",
            "identifier": document["publisher_ref"],
            "name": document["publisher"],
        },
        "isBasedOn": document["reprints"],
        "dateCreated": document["recorded_at"].isoformat(),
        "desk:retrieved": document["retrieved"] and document["retrieved"].isoformat(),
        "desk:marking": document["marking"],
        "desk:statements": document["statements"],
    }


def _meetings(rows: Any, sending: Sending) -> Any:
    tellings = Readout.objects.filter(sending.marked("document__marking")).select_related("side", "document")
    return rows.prefetch_related(None).prefetch_related(
        Prefetch("participants", Participant.objects.select_related("person", "party").order_by("number")),
        Prefetch("agenda", AgendaItem.objects.select_related("issue").order_by("pk")),
        Prefetch("readouts", tellings.order_by("pk")),
    )


def _meeting(meeting: Any, _along: None) -> Record:
    return {
        "ref": meeting.ref,
        "title": meeting.title,
        "kind": meeting.kind,
        "state": meeting.state,
        "earliest": meeting.earliest,
        "latest": meeting.latest,
        "precision": meeting.precision,
        "place": meeting.place,
        "summary": meeting.summary,
        "participants": tuple(
            ParticipantCell(each.party.code, str(each), ref_of(each.person)) for each in meeting.participants.all()
        ),
        "issues": tuple(item.issue.slug for item in meeting.agenda.all()),
        "readouts": tuple(f"{each.side.code}: {each.document.ref}" for each in meeting.readouts.all()),
        "recorded_at": meeting.recorded_at,
    }


_EVENT_STATUS = {MeetingState.CANCELLED: "https://schema.org/EventCancelled"}


def _meeting_terms(meeting: Record) -> dict[str, Any]:
    return {
        "@type": "Event",
        "identifier": meeting["ref"],
        "name": meeting["title"],
        "description": meeting["summary"],
        "temporalCoverage": span_of(meeting["earliest"], meeting["latest"], meeting["precision"]),
        "eventStatus": _EVENT_STATUS.get(meeting["state"], "https://schema.org/EventScheduled"),
        "location": {"@type": "Place", "name": meeting["place"]} if meeting["place"] else None,
        "attendee": [_attendee(each) for each in meeting["participants"]],
        "about": list(meeting["issues"]),
        "dateCreated": meeting["recorded_at"].isoformat(),
        "desk:kind": meeting["kind"],
        "desk:state": meeting["state"],
        "desk:readouts": list(meeting["readouts"]),
    }


def _attendee(each: ParticipantCell) -> dict[str, str]:
    named = {"@type": "Person", "identifier": each.person} if each.person else {}
    return {**named, "name": each.name, "desk:onBehalfOf": each.party}


@dataclass(frozen=True)
class _Shown:
    """Which commitments were settled by what those who will see the file may see."""

    markings: set[str]

    def of(self, statement: Statement | None) -> bool:
        return statement is None or {statement.marking, statement.document.marking} <= self.markings


def _commitments(rows: Any, _sending: Sending) -> Any:
    return rows.select_related("party", "issue", "statement", "settled_by__document")


def _commitment(commitment: Commitment, shown: _Shown) -> Record:
    settled = commitment if shown.of(commitment.settled_by) else None
    return {
        "ref": commitment.ref,
        "issue": commitment.issue.slug,
        "text": commitment.text,
        "party": code_of(commitment.party),
        "due_earliest": commitment.due_earliest,
        "due_latest": commitment.due_latest,
        "due_precision": commitment.due_precision,
        "state": settled.state if settled else "",
        "statement": commitment.statement.ref,
        "settled_by": ref_of(settled.settled_by) if settled else "",
        "settled_on": settled.settled_on if settled else None,
        "settling_note": settled.settling_note if settled else "",
        "created_at": commitment.created_at,
    }


_ACTION_STATUS = {
    CommitmentState.OPEN: "https://schema.org/PotentialActionStatus",
    CommitmentState.KEPT: "https://schema.org/CompletedActionStatus",
    CommitmentState.BROKEN: "https://schema.org/FailedActionStatus",
    CommitmentState.LAPSED: "https://schema.org/FailedActionStatus",
}


def _commitment_terms(commitment: Record) -> dict[str, Any]:
    return {
        "@type": "Action",
        "identifier": commitment["ref"],
        "description": commitment["text"],
        "agent": {"desk:party": commitment["party"]},
        "about": commitment["issue"],
        "actionStatus": _ACTION_STATUS.get(commitment["state"]),
        "desk:due": span_of(commitment["due_earliest"], commitment["due_latest"], commitment["due_precision"]),
        "desk:state": commitment["state"],
        "desk:saidIn": commitment["statement"],
        "desk:shownBy": commitment["settled_by"],
        "desk:settledOn": _day(commitment["settled_on"]),
        "desk:why": commitment["settling_note"],
        "dateCreated": commitment["created_at"].isoformat(),
    }


def _note(note: Any, _along: None) -> Record:
    return {
        "ref": note.ref,
        "issue": note.issue.slug,
        "text": note.text,
        "kind": note.kind,
        "likelihood": note.likelihood,
        "confidence": note.confidence,
        "marking": note.marking,
        "author": note.author.username,
        "created_at": note.created_at,
        "edited_at": note.edited_at,
    }


def _note_terms(note: Record) -> dict[str, Any]:
    return {
        "@type": "Comment",
        "identifier": note["ref"],
        "about": note["issue"],
        "text": note["text"],
        "author": note["author"],
        "dateCreated": note["created_at"].isoformat(),
        "dateModified": note["edited_at"].isoformat(),
        "desk:kind": note["kind"],
        "desk:likelihood": note["likelihood"],
        "desk:confidence": note["confidence"],
        "desk:marking": note["marking"],
    }


def _waiting(rows: Any, _sending: Sending) -> Any:
    return rows.select_related("relationship", "statement", "status_change__issue", "submitted_by")


def _waits(review: Any, _along: None) -> Record:
    subject = review.subject
    kind = "statement" if review.statement_id else "status change"
    return {
        "ref": review.ref,
        "desk": review.relationship.slug,
        "kind": f"correction of a {kind}" if subject.supersedes_id else kind,
        "item": subject.ref,
        "text": subject.text if review.statement_id else f"{subject}: {subject.rationale}",
        "author": review.submitted_by.username,
        "waiting_since": review.submitted_at,
    }


def _waiting_terms(waits: Record) -> dict[str, Any]:
    return {
        "@type": "ReviewAction",
        "identifier": waits["ref"],
        "actionStatus": "https://schema.org/PotentialActionStatus",
        "object": {"identifier": waits["item"], "text": waits["text"], "desk:kind": waits["kind"]},
        "participant": waits["author"],
        "startTime": waits["waiting_since"].isoformat(),
        "desk:desk": waits["desk"],
    }


def _waiting_may_go(sending: Sending) -> Q:
    said = sending.marked("statement__marking", "statement__document__marking")
    rests = _resting_on_more(sending).values("status_change")
    return said | (Q(statement=None) & ~Q(status_change__in=rests))


ISSUES = Noun(
    "issues",
    fetched=lambda rows, sending: rows.select_related("owner").prefetch_related(_links(sending)),
    record=_issue,
    described=_issue_terms,
    may_go=_issues_may_go,
    along=_on_issues,
)
DOCUMENTS = Noun(
    "documents",
    fetched=_documents,
    record=_document,
    described=_document_terms,
    may_go=lambda sending: sending.marked("marking"),
)
MEETINGS = Noun("meetings", fetched=_meetings, record=_meeting, described=_meeting_terms)
COMMITMENTS = Noun(
    "commitments",
    fetched=_commitments,
    record=_commitment,
    described=_commitment_terms,
    may_go=lambda sending: sending.marked("statement__marking", "statement__document__marking"),
    along=lambda sending: _Shown(set(sending.markings)),
)
NOTES = Noun(
    "notes",
    fetched=lambda rows, _sending: rows.select_related("issue", "author"),
    record=_note,
    described=_note_terms,
    may_go=lambda sending: sending.marked("marking"),
)
QUEUE = Noun("queue", fetched=_waiting, record=_waits, described=_waiting_terms, may_go=_waiting_may_go)
