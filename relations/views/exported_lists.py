"""The lists that can be exported: of each, its rows as the address filters and sorts them, and who has it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from relations import access
from relations.access import Desk, Verb
from relations.filters import documents, issues, meetings, statements
from relations.filters.commitments import CommitmentFilter
from relations.filters.documents import DocumentFilter
from relations.filters.found import FoundFilter
from relations.filters.issues import IssueFilter
from relations.filters.meetings import MeetingFilter
from relations.filters.named import NamedFilter, NoteFilter
from relations.filters.orders import Order, ordered
from relations.filters.reviews import ReviewFilter
from relations.filters.statements import StatementFilter
from relations.models import (
    Commitment,
    Document,
    Issue,
    Meeting,
    Note,
    Organisation,
    Person,
    Post,
    Publisher,
    Statement,
)
from relations.reports import exported_desk, exported_shared
from relations.reports.export_files import CITATIONS
from relations.reports.exported_search import SEARCH
from relations.reports.exported_statements import STATEMENTS
from relations.reports.exports import Noun
from relations.reports.review_queue import waiting
from relations.reports.spoken import with_last_word

TABLES = ("csv", "xlsx", "json")


@dataclass(frozen=True)
class Found:
    """What a list shows: its filters, whose form says what is wrong with them, and its rows in their order."""

    filters: Any
    rows: QuerySet


@dataclass(frozen=True)
class Exported:
    """A list that can be exported: the noun it is of, how it is found, how it is called, in which formats it goes.

    `verb` is what whoever has the list may do at the desk; None of what all desks share.
    """

    noun: Noun
    find: Callable[..., Found]
    title: str | Promise
    url_name: str
    formats: tuple[str, ...] = (*TABLES, "fixture")
    verb: Verb | None = Verb.READ
    is_marked: bool = True  # whether one says who will see the file


def _in_order(request: HttpRequest, found: Any, orders: Mapping[str, Order]) -> Found:
    return Found(found, ordered(orders, request.GET.get("sort", ""), 0).order.sorted(found))


def _statements(request: HttpRequest, here: Desk) -> Found:
    rows = Statement.objects.visible_to(request.user, here.at).at(here.relationship).with_people()
    found = StatementFilter(
        request.GET,
        queryset=rows.with_review_state(here.at),
        relationship=here.relationship,
        drafts=here.may(Verb.WRITE),
        at=here.at,
    )
    return _in_order(request, found, statements.ORDERS)


def _issues(request: HttpRequest, here: Desk) -> Found:
    rows = Issue.objects.visible_to(request.user, here.at).at(here.relationship).with_standing(here.at)
    rows = with_last_word(rows, here.at)
    found = IssueFilter(request.GET, queryset=rows, relationship=here.relationship, at=here.at)
    return _in_order(request, found, issues.ORDERS)


def _documents(request: HttpRequest, here: Desk) -> Found:
    found = DocumentFilter(
        request.GET, documents=Document.objects.visible_to(request.user, here.at).at(here.relationship)
    )
    return _in_order(request, found, documents.ORDERS)


def _meetings(request: HttpRequest, here: Desk) -> Found:
    rows = Meeting.objects.visible_to(request.user, here.at).at(here.relationship).with_state_then(here.at)
    found = MeetingFilter(request.GET, queryset=rows, relationship=here.relationship, at=here.at)
    return _in_order(request, found, meetings.ORDERS)


def _commitments(request: HttpRequest, here: Desk) -> Found:
    rows = Commitment.objects.visible_to(request.user, here.at).at(here.relationship).with_due_key()
    found = CommitmentFilter(request.GET, queryset=rows, relationship=here.relationship, at=here.at)
    return Found(found, found.qs.order_by("due_key", "pk"))


def _notes(request: HttpRequest, here: Desk) -> Found:
    rows = Note.objects.visible_to(request.user).at(here.relationship)
    found = NoteFilter(request.GET, queryset=rows, relationship=here.relationship)
    return Found(found, found.qs.order_by("-created_at", "-pk"))


def _queue(request: HttpRequest, here: Desk) -> Found:
    rows = waiting(request.user, here.relationship, here.at)
    found = ReviewFilter(request.GET, queryset=rows, one_desk=True, now=here.at.known_until or timezone.now())
    return Found(found, found.qs)


def _search(request: HttpRequest, _here: None) -> Found:
    found = FoundFilter(request.GET, user=request.user, at=access.moments(request.user))
    return Found(found, found.qs)


def _named(rows: Callable[[], Any]) -> Callable[..., Found]:
    def find(request: HttpRequest, _here: None) -> Found:
        found = NamedFilter(request.GET, queryset=rows())
        return Found(found, found.qs.by_name())

    return find


def _shared(noun: Noun, rows: Callable[[], Any], title: Promise) -> Exported:
    return Exported(noun, _named(rows), title, noun.name, verb=None, is_marked=False)


LISTS = {
    each.noun.name: each
    for each in (
        Exported(STATEMENTS, _statements, _("Statements"), "statement_list", formats=(*TABLES, "fixture", *CITATIONS)),
        Exported(exported_desk.ISSUES, _issues, _("Issues"), "board"),
        Exported(exported_desk.DOCUMENTS, _documents, _("Documents"), "document_list"),
        Exported(exported_desk.MEETINGS, _meetings, _("Meetings"), "meeting_list"),
        Exported(exported_desk.COMMITMENTS, _commitments, _("Commitments"), "commitment_list", verb=Verb.READ_WORK),
        Exported(exported_desk.NOTES, _notes, _("Notes"), "board", verb=Verb.WRITE),
        Exported(exported_desk.QUEUE, _queue, _("Review"), "review_queue", formats=TABLES, verb=Verb.READ_WORK),
        Exported(SEARCH, _search, _("Search"), "search", formats=TABLES, verb=None),
        _shared(exported_shared.PEOPLE, lambda: Person.objects.filter(merged_into=None), _("People")),
        _shared(exported_shared.POSTS, Post.objects.all, _("Posts")),
        _shared(exported_shared.ORGANISATIONS, Organisation.objects.all, _("Organisations")),
        _shared(exported_shared.PUBLISHERS, Publisher.objects.all, _("Publishers")),
    )
}
