"""What each list can be asked for: its filters, orders and columns. A saved view keeps this much of an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from relations.access import Desk, Verb
from relations.choices import ListPage
from relations.filters import documents, issues, meetings, statements
from relations.filters.reviews import ReviewFilter
from relations.models import SavedView
from relations.models.saved_views import list_query


@dataclass(frozen=True)
class Kept:
    """What of an address a saved view keeps, always written the same way, so that two can be compared."""

    query: str
    columns: list[str]  # empty: the list's usual ones

    @property
    def asking(self) -> str:
        """The query string that opens the list so."""
        return list_query(self.query, self.columns)


@dataclass(frozen=True)
class DeskList:
    """One list of a desk. Its first column always stays; the `extra` ones are shown only where they are asked for."""

    page: ListPage
    url_name: str
    filters: tuple[str, ...]
    columns: Mapping[str, str | Promise]
    export_name: str  # of the address that exports it
    extra: frozenset[str] = frozenset()
    sorts: frozenset[str] = frozenset()
    verb: Verb = Verb.READ  # whoever may, has the list at all

    @property
    def first(self) -> str:
        """The column that stays."""
        return next(iter(self.columns))

    @property
    def usual(self) -> list[str]:
        """The columns of a list that nobody chose columns for."""
        return [key for key in self.columns if key not in self.extra]

    def kept(self, address: QueryDict) -> Kept:
        """Return what a view keeps of this address: known filters that are set, the order, columns; no page, no more."""
        asked = [(name, value) for name in self.filters for value in dict.fromkeys(address.getlist(name))]
        sort = address.get("sort", "")
        if sort.removeprefix("-") in self.sorts:
            asked.append(("sort", sort))
        return Kept(
            urlencode([(name, value) for name, value in asked if value]), self.chosen(address.getlist("columns"))
        )

    def chosen(self, columns: list[str]) -> list[str]:
        """Return the columns chosen here, in the list's order, the first among them; none where they are the usual ones."""
        known = [key for key in self.columns if key in columns]
        if not known:
            return []
        if self.first not in known:
            known.insert(0, self.first)
        return [] if known == self.usual else known

    def is_filtered(self, address: QueryDict) -> bool:
        """Say whether this address asks for fewer rows than all."""
        return any(value for name in self.filters for value in address.getlist(name))


def _names(filter_set: Any) -> tuple[str, ...]:
    return tuple(filter_set.base_filters)


BOARD = DeskList(
    page=ListPage.BOARD,
    url_name="board",
    export_name="issues_export",
    filters=_names(issues.IssueFilter),
    columns={
        "issue": _("Issue"),
        "status": _("Where it stands"),
        "first": _("%(first)s says"),
        "second": _("%(second)s says"),
        "last": _("Last word"),
        "owner": _("Owner"),
        "due": _("Review due"),
    },
    extra=frozenset({"owner", "due"}),
    sorts=frozenset(issues.HEADS),
)
STATEMENTS = DeskList(
    page=ListPage.STATEMENTS,
    url_name="statement_list",
    export_name="statement_export",
    filters=_names(statements.StatementFilter),
    columns={
        "words": _("Words"),
        "party": _("Speaking for"),
        "byline": _("Who said it and where"),
        "issues": _("Issues"),
    },
    sorts=frozenset(name.removeprefix("-") for name in statements.ORDERS),
)
DOCUMENTS = DeskList(
    page=ListPage.DOCUMENTS,
    url_name="document_list",
    export_name="document_export",
    filters=_names(documents.DocumentFilter),
    columns={
        "title": _("Title"),
        "publisher": _("Publisher"),
        "published": _("Published"),
        "language": _("Language"),
        "file": _("File"),
        "statements": _("Statements"),
    },
    sorts=frozenset(name.removeprefix("-") for name in documents.ORDERS),
)
MEETINGS = DeskList(
    page=ListPage.MEETINGS,
    url_name="meeting_list",
    export_name="meeting_export",
    filters=_names(meetings.MeetingFilter),
    columns={
        "meeting": _("Meeting"),
        "day": _("Day"),
        "state": _("State"),
        "place": _("Place"),
        "people": _("Who takes part"),
        "kind": _("Kind"),
    },
    extra=frozenset({"kind"}),
    sorts=frozenset(meetings.HEADS),
)
# The queue has its one order, in which reviewers walk through it: the longest waiting first.
QUEUE = DeskList(
    page=ListPage.QUEUE,
    url_name="review_queue",
    export_name="review_export",
    filters=tuple(name for name in _names(ReviewFilter) if name != "desk"),
    columns={
        "item": _("Item"),
        "kind": _("Kind"),
        "author": _("From"),
        "age": _("Waiting"),
    },
    verb=Verb.WRITE,
)
LISTS = {str(each.page): each for each in (BOARD, STATEMENTS, DOCUMENTS, MEETINGS, QUEUE)}


def open_to(here: Desk) -> list[str]:
    """Return the lists of a desk that its member has."""
    return [page for page, each in LISTS.items() if here.may(each.verb)]


def kept_in(view: SavedView) -> Kept:
    """Return what a saved view keeps."""
    return Kept(view.query, view.columns)
