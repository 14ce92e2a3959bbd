"""Statements: the list, one, and the composer."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from relations import access
from relations.access import Desk, Verb
from relations.actions.bulk import BULK_LIMIT
from relations.actions.refusal import Refused, was_done
from relations.actions.reviews import submit as submit_for_review
from relations.actions.reviews import withdraw_statement
from relations.actions.statements import correct_statement, discard_statement
from relations.filters.facets import facets
from relations.filters.lists import STATEMENTS
from relations.filters.orders import Ordered, ordered
from relations.filters.statement_facets import DIMENSIONS
from relations.filters.statements import ORDERS, StatementFilter
from relations.forms.base import ActionForm, ReasonForm
from relations.models import Document, Statement, Watch
from relations.models.statements import StatementQuerySet
from relations.reports.citations import statement_citation
from relations.reports.origins import claims
from relations.reports.paging import KeyPage, key_page
from relations.reports.reviews import came_back, rounds_of
from relations.reports.statement_page import bearings_of, commitments_by, moves_by, passages_of, with_what_is_told
from relations.reports.statement_rows import statement_rows, with_line
from relations.views.compose import compose, credibility_asked
from relations.views.listing import facet_opened, listing
from relations.views.responses import NothingStored, desk_context, respond, show_refusal, tell_submitted


@require_safe
def index(request: HttpRequest, desk: str) -> HttpResponse:
    """List the desk's statements, filtered and ordered as the address says; or, for htmx, what one facet offers."""
    here = access.enter(request.user, desk)
    shown = listing(request, here, STATEMENTS)
    if shown.instead:
        return redirect(shown.instead)
    visible = Statement.objects.visible_to(request.user, here.at).at(here.relationship)
    statement_filter = StatementFilter(
        request.GET, queryset=visible, relationship=here.relationship, drafts=here.may(Verb.WRITE), at=here.at
    )
    opened = facet_opened(request, DIMENSIONS)
    told = facets(statement_filter, visible.newest_first(), DIMENSIONS, request.GET, only=opened)
    if opened:
        group = next(group for group in told.groups if group.name == opened)
        return respond(request, "relations/includes/facets.html", {"group": group}, partial="group")
    order = ordered(ORDERS, request.GET.get("sort", ""), told.number)
    page = _page(request, here, statement_filter, order, is_few=shown.is_filtered and not told.is_capped)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        **desk_context(here),
        "filter": statement_filter,
        "facets": told,
        "typed": [statement_filter.form[name] for name in ("text", "speaker", "since", "until")],
        "between": [statement_filter.form[name] for name in ("intensity_min", "intensity_max")],
        "listing": shown,
        "order": order,
        "orders": ORDERS,
        "page": page,
        "rows": statement_rows(here.relationship, page.rows),
        "count": told.number,
        "counted": told.counted,
        "query": query.urlencode(),
        "bulk_limit": BULK_LIMIT,
    }
    return respond(request, "relations/statements/list.html", context, partial="results")


def _page(
    request: HttpRequest, here: Desk, asked: StatementFilter, order: Ordered, *, is_few: bool
) -> KeyPage[Statement]:
    fields = order.order.fields
    rows, by = (order.order.of(asked.qs, asked), fields) if order.name else asked.by_day(asked.queryset)
    along = partial(with_line, at=here.at)
    return key_page(rows, by, request.GET.get("page", ""), called=fields, is_few=is_few, along=along)


def _statements(request: HttpRequest, here: Desk) -> StatementQuerySet:
    return Statement.objects.visible_to(request.user, here.at).at(here.relationship).with_review_state(here.at)


def _statement(request: HttpRequest, here: Desk, ref: str) -> Statement:
    statements = _statements(request, here).with_speakers()
    statements = statements.select_related("meeting", "author", "edited_by", "withdrawn_by", "supersedes")
    return _at_desk(here, get_object_or_404(statements, ref=ref))


def _at_desk(here: Desk, statement: Statement) -> Statement:
    """Return the statement, which knows the desk that it and what it names are of."""
    for row in (statement, statement.document, statement.meeting, statement.supersedes):
        if row is not None:
            row.relationship = here.relationship
    return statement


@require_safe
def detail(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Show a statement with its source, what it means on each issue, and what became of it."""
    here = access.enter(request.user, desk)
    statements = with_what_is_told(_statements(request, here))
    followed = Watch.followed_by(request.user, "statement")
    statement = _at_desk(here, get_object_or_404(statements.annotate(followed=followed), ref=ref))
    writes = here.may(Verb.WRITE)
    rounds = list(rounds_of(statement)) if writes else []
    context = {
        **desk_context(here),
        "statement": statement,
        "state": statement.state(),
        "passages": passages_of(statement, here.at),
        "bearings": bearings_of(statement),
        # It is superseded in the moment that its correction is published (R4).
        "successor": statement.corrections.filter(here.at.came("published_at")).first()
        if statement.superseded_at
        else None,
        "moves": moves_by(request.user, statement, here.at),
        "commitments": commitments_by(request.user, statement, here.at) if writes else [],
        "reviews": rounds,
        "came_back": came_back(rounds),
        "action_form": ActionForm(initial={"revision": statement.revision}),
        "claim": claims(request.user, [statement], here.at).get(statement.pk),
        "citation": _citation(request, here, statement),
    }
    return respond(request, "relations/statements/detail.html", context)


def _citation(request: HttpRequest, here: Desk, statement: Statement) -> str:
    """Return how the page is cited; a draft is not."""
    return statement_citation(statement, request.build_absolute_uri(), here.at) if statement.published_at else ""


def new(request: HttpRequest, desk: str) -> HttpResponse:
    """Write a statement from a document; without one, ask which document."""
    here = access.enter(request.user, desk, Verb.WRITE)
    documents = Document.objects.visible_to(request.user).at(here.relationship)
    ref = request.GET.get("document", "")
    if not ref:
        context = {
            **desk_context(here),
            "documents": documents.select_related("publisher")[:100],
            "issue": request.GET.get("issue", ""),
        }
        return respond(request, "relations/statements/choose_document.html", context)
    document = get_object_or_404(documents.select_related("publisher"), ref=ref)
    document.relationship = here.relationship
    return compose(request, here, Statement(), document)


def edit(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Edit a draft, or what came back; what is published is corrected instead."""
    here = access.enter(request.user, desk, Verb.WRITE)
    statement = _statement(request, here, ref)
    if statement.published_at:
        messages.error(request, _("This is published. Correct it instead of changing it."))
        return NothingStored(statement.get_absolute_url())
    document = statement.document
    document.relationship = here.relationship
    return compose(request, here, statement, document)


def _act(request: HttpRequest, desk: str, ref: str, action: Any) -> HttpResponse:
    """Do a one-button action on a statement and go where it says."""
    here = access.enter(request.user, desk, Verb.WRITE)
    statement = _statement(request, here, ref)
    form = ActionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This form cannot be read. Open the page again."))
        return redirect(statement)
    try:
        return action(statement, form.cleaned_data)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(statement)


@require_POST
def submit(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Send a draft to review."""

    def action(statement: Statement, typed: dict[str, Any]) -> HttpResponse:
        submit_for_review(actor=request.user, subject=statement, revision=typed["revision"] or 0, token=typed["token"])
        tell_submitted(request, statement)
        return redirect(statement)

    return _act(request, desk, ref, action)


@require_POST
def correct(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Start the correction of a published statement, or go to the one under way.

    A `credibility` that the origins of its claim suggest is filled in there, for the analyst to save or to leave.
    """
    suggested = credibility_asked(request.POST)

    def action(statement: Statement, typed: dict[str, Any]) -> HttpResponse:
        note = _("Its independent origins were counted.") if suggested else ""
        draft = correct_statement(actor=request.user, statement=statement, note=note, token=typed["token"])
        address = reverse("statement_edit", args=[desk, draft.ref])
        return redirect(f"{address}?credibility={suggested}" if suggested else address)

    return _act(request, desk, ref, action)


@require_POST
def discard(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Throw away a draft that was never submitted; asked twice by one form, it is gone."""
    if was_done(request.POST.get("token", ""), request.user, "discard_statement", ref):
        return redirect("statement_list", desk)

    def action(statement: Statement, typed: dict[str, Any]) -> HttpResponse:
        discard_statement(actor=request.user, statement=statement, token=typed["token"])
        messages.success(request, _("The draft is thrown away."))
        return redirect("statement_list", desk)

    return _act(request, desk, ref, action)


def withdraw(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Withdraw a published statement, with the reason."""
    here = access.enter(request.user, desk, Verb.WITHDRAW)
    statement = _statement(request, here, ref)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_statement(actor=request.user, subject=statement, **form.args("reason"))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The statement is withdrawn."))
            return redirect(statement)
    context = {**desk_context(here), "subject": statement, "form": form}
    return respond(request, "relations/reviews/withdraw.html", context, status=422 if form.errors else 200)
