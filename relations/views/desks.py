"""My desks, and the board of one."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Verb
from relations.actions.desks import save_desk
from relations.filters.facets import facets
from relations.filters.issues import DIMENSIONS, HEADS, ORDERS, IssueFilter
from relations.filters.lists import BOARD
from relations.filters.orders import ordered
from relations.forms.desks import DeskForm
from relations.models import Issue
from relations.reports.board import board_rows, grouped, since_visit, with_line
from relations.reports.dashboard import dashboard
from relations.reports.intervals import Interval
from relations.reports.paging import key_page
from relations.reports.spoken import with_last_word
from relations.reports.what_changed import statuses_moved
from relations.views.listing import listing, sort_heads
from relations.views.reference import answer_form
from relations.views.responses import desk_context, respond, wants_partial

BOARD_SIZE = 100  # issues on a page: most desks have them all on one


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show each of my desks: what waits for me, what changed, what is ahead, what is quiet, how its issues stood."""
    at = access.moments(request.user)
    context = {"summaries": dashboard(request.user, at), "looks_back": not at.is_past}
    return respond(request, "relations/desks/home.html", context)


@require_safe
def board(request: HttpRequest, desk: str) -> HttpResponse:
    """Show every issue of the desk, filtered and sorted as the address says."""
    here = access.enter(request.user, desk)
    shown = listing(request, here, BOARD)
    if shown.instead:
        return redirect(shown.instead)
    standing = Issue.objects.visible_to(request.user, here.at).at(here.relationship).with_standing(here.at)
    issues = with_last_word(standing.select_related("owner"), here.at)
    issue_filter = IssueFilter(request.GET, queryset=issues, relationship=here.relationship, at=here.at)
    told = facets(issue_filter, standing.order_by("pk"), DIMENSIONS, request.GET)
    order = ordered(ORDERS, request.GET.get("sort", ""), told.number)
    found = order.order.of(issue_filter.qs, issue_filter)
    along = partial(with_line, at=here.at)
    page = key_page(found, order.order.fields, request.GET.get("page", ""), size=BOARD_SIZE, along=along)
    for issue in page.rows:
        issue.relationship = here.relationship
    rows = board_rows(here.relationship, page.rows, here.at)
    query = request.GET.copy()
    query.pop("page", None)
    visited, waits = None, 0
    if not (wants_partial(request) or here.at.is_past):  # the part has no head, which tells this
        visited, waits = since_visit(request.user, here.relationship, reviews=here.may(Verb.REVIEW))
    context = {
        **desk_context(here),
        "today": here.at.day(here.relationship.today()),
        "facets": told,
        "typed": [issue_filter.form[name] for name in ("text", "speaker", "since")],
        "listing": shown,
        "groups": [{"title": "", "rows": rows}] if order.name else grouped(rows),
        "columns": sort_heads(request, HEADS, order.name),
        "has_reported": any(held and held.how == "reported" for row in rows for held in (row.first, row.second)),
        "announce": ngettext("%(number)s issue", "%(number)s issues", told.number) % {"number": told.counted},
        "order": order,
        "page": page,
        "query": query.urlencode(),
        "waiting": waits,
        "moved": len(statuses_moved(here.relationship, Interval(visited))) if visited else 0,
        "rows": rows,
    }
    return respond(request, "relations/desks/board.html", context, partial="results")


def settings(request: HttpRequest, desk: str) -> HttpResponse:
    """Let the head of desk decide what is the desk's own to decide."""
    here = access.enter(request.user, desk, Verb.OVERSEE)
    return answer_form(
        request,
        DeskForm,
        here.relationship,
        heading=_("Settings of the desk"),
        back=here.relationship.get_absolute_url(),
        save=save_desk,
        template="relations/desks/settings.html",
        shown=desk_context(here),
    )
