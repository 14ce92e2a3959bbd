"""The nouns that the API tells, each with its query, record, order and filters: those of the pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from relations.access import Desk, Verb
from relations.filters.commitments import CommitmentFilter
from relations.filters.documents import DocumentFilter
from relations.filters.issues import IssueFilter
from relations.filters.meetings import MeetingFilter
from relations.filters.notes import NoteFilter
from relations.filters.reviews import ReviewFilter
from relations.filters.statements import StatementFilter
from relations.filters.status_changes import StatusChangeFilter
from relations.reports import other_records as other
from relations.reports import records, reference_records, statement_records


def each(record: Callable[[Any, Desk], Any]) -> Callable[[list[Any], Desk], list[Any]]:
    """Return what makes the records of rows that need nothing but themselves."""
    return lambda rows, here: [record(row, here) for row in rows]


@dataclass(frozen=True)
class DeskNoun:
    """What one desk holds."""

    name: str  # as addresses and operations call several
    one: str
    title: str | Promise
    one_title: str | Promise
    record: Any
    rows: Callable[[Any, Desk], Any]
    records: Callable[[list[Any], Desk], list[Any]]
    order: str
    verb: Verb = Verb.READ
    key: str = "ref"  # by which one is named
    filters: Any = None  # the filter set
    find: Callable[[Any, Any, Desk], Any] | None = None  # the filter set of an address, over rows
    has_past: bool = True


@dataclass(frozen=True)
class SharedNoun:
    """What all desks share, found by words in its name."""

    name: str
    one: str
    title: str | Promise
    one_title: str | Promise
    record: Any
    rows: Callable[[str], Any]
    record_of: Callable[[Any], Any]
    order: str = "sort_key"
    key: str = "ref"


DESK_NOUNS = (
    DeskNoun(
        name="issues",
        one="issue",
        title=_("Issues"),
        one_title=_("One issue"),
        record=records.IssueRecord,
        rows=records.issues,
        records=each(records.issue_record),
        order="slug",
        key="slug",
        filters=IssueFilter,
        find=lambda data, rows, here: IssueFilter(data, queryset=rows, relationship=here.relationship),
    ),
    DeskNoun(
        name="statements",
        one="statement",
        title=_("Statements"),
        one_title=_("One statement"),
        record=statement_records.StatementRecord,
        rows=statement_records.statements,
        records=statement_records.statement_records,
        order="-latest",
        filters=StatementFilter,
        find=lambda data, rows, here: StatementFilter(
            data, queryset=rows, relationship=here.relationship, drafts=here.may(Verb.WRITE), at=here.at
        ),
    ),
    DeskNoun(
        name="status-changes",
        one="status-change",
        title=_("Status changes"),
        one_title=_("One status change"),
        record=records.StatusChangeRecord,
        rows=records.status_changes,
        records=each(records.status_change_record),
        order="-effective",
        filters=StatusChangeFilter,
        find=lambda data, rows, here: StatusChangeFilter(
            data, queryset=rows, relationship=here.relationship, at=here.at
        ),
    ),
    DeskNoun(
        name="documents",
        one="document",
        title=_("Documents"),
        one_title=_("One document"),
        record=records.DocumentRecord,
        rows=records.documents,
        records=each(records.document_record),
        order="-date_published",
        filters=DocumentFilter,
        find=lambda data, rows, here: DocumentFilter(data, documents=rows),
    ),
    DeskNoun(
        name="meetings",
        one="meeting",
        title=_("Meetings"),
        one_title=_("One meeting"),
        record=records.MeetingRecord,
        rows=records.meetings,
        records=each(records.meeting_record),
        order="-day_key",
        filters=MeetingFilter,
        find=lambda data, rows, here: MeetingFilter(data, queryset=rows, relationship=here.relationship, at=here.at),
    ),
    DeskNoun(
        name="commitments",
        one="commitment",
        title=_("Commitments"),
        one_title=_("One commitment"),
        record=records.CommitmentRecord,
        rows=records.commitments,
        records=each(records.commitment_record),
        order="due_key",
        verb=Verb.READ_WORK,
        filters=CommitmentFilter,
        find=lambda data, rows, here: CommitmentFilter(data, queryset=rows, relationship=here.relationship, at=here.at),
    ),
    DeskNoun(
        name="notes",
        one="note",
        title=_("Notes"),
        one_title=_("One note"),
        record=other.NoteRecord,
        rows=other.notes,
        records=each(other.note_record),
        order="-created_at",
        verb=Verb.READ_WORK,
        has_past=False,
        filters=NoteFilter,
        find=lambda data, rows, here: NoteFilter(data, queryset=rows, relationship=here.relationship),
    ),
    DeskNoun(
        name="briefs",
        one="brief",
        title=_("Briefs"),
        one_title=_("One brief"),
        record=other.BriefRecord,
        rows=other.briefs,
        records=each(other.brief_record),
        order="-created_at",
    ),
    DeskNoun(
        name="reviews",
        one="review",
        title=_("What waits for review"),
        one_title=_("One that waits for review"),
        record=other.ReviewRecord,
        rows=other.reviews,
        records=each(other.review_record),
        order="submitted_at",
        verb=Verb.READ_WORK,
        filters=ReviewFilter,
        find=lambda data, rows, here: ReviewFilter(
            data, queryset=rows, one_desk=True, now=here.at.known_until or timezone.now()
        ),
    ),
    DeskNoun(
        name="ratings",
        one="rating",
        title=_("How far publishers are trusted"),
        one_title=_("How far one publisher is trusted"),
        record=other.RatingRecord,
        rows=other.ratings,
        records=each(other.rating_record),
        order="publisher__sort_key",
        key="publisher__ref",
        has_past=False,
    ),
)

SHARED_NOUNS = (
    SharedNoun(
        name="parties",
        one="party",
        title=_("Parties"),
        one_title=_("One party"),
        record=reference_records.PartyRecord,
        rows=reference_records.parties,
        record_of=reference_records.party_record,
        order="code",
        key="code",
    ),
    SharedNoun(
        name="people",
        one="person",
        title=_("People"),
        one_title=_("One person"),
        record=reference_records.PersonRecord,
        rows=reference_records.people,
        record_of=reference_records.person_record,
    ),
    SharedNoun(
        name="posts",
        one="post",
        title=_("Posts"),
        one_title=_("One post"),
        record=reference_records.PostRecord,
        rows=reference_records.posts,
        record_of=reference_records.post_record,
    ),
    SharedNoun(
        name="organisations",
        one="organisation",
        title=_("Organisations"),
        one_title=_("One organisation"),
        record=reference_records.OrganisationRecord,
        rows=reference_records.organisations,
        record_of=reference_records.organisation_record,
    ),
    SharedNoun(
        name="publishers",
        one="publisher",
        title=_("Publishers"),
        one_title=_("One publisher"),
        record=reference_records.PublisherRecord,
        rows=reference_records.publishers,
        record_of=reference_records.publisher_record,
    ),
)
