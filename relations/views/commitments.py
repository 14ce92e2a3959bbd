"""Commitments: those of a desk, one, and recording, revising and settling them. Readers see none of them."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relations import access
from relations.access import Desk, Verb
from relations.actions.commitments import record_commitment, revise_commitment, settle_commitment
from relations.actions.refusal import Refused, Stale
from relations.choices import CommitmentState
from relations.filters.commitments import CommitmentFilter
from relations.forms.commitments import CommitmentForm, SettlementForm
from relations.models import Commitment, Statement
from relations.reports.paging import capped_count, key_page
from relations.views.responses import desk_context, respond, show_refusal, with_revision

FORM = "relations/commitments/form.html"
SETTLE = "relations/commitments/settle.html"


def _commitment(request: HttpRequest, here: Desk, ref: str) -> Commitment:
    commitments = Commitment.objects.visible_to(request.user).at(here.relationship).with_names()
    commitment = get_object_or_404(commitments.select_related("author", "settler"), ref=ref)
    commitment.relationship = here.relationship
    return commitment


def index(request: HttpRequest, desk: str) -> HttpResponse:
    """List the desk's commitments by the day they fall due, filtered as the address says."""
    here = access.enter(request.user, desk, Verb.WRITE)
    commitments = Commitment.objects.visible_to(request.user).at(here.relationship).with_names().with_due_key()
    commitment_filter = CommitmentFilter(request.GET, queryset=commitments, relationship=here.relationship)
    page = key_page(commitment_filter.qs, "due_key", request.GET.get("page", ""))
    for commitment in page.rows:
        commitment.relationship = here.relationship
    count = capped_count(commitment_filter.qs)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        **desk_context(here),
        "filter": commitment_filter,
        "page": page,
        "query": query.urlencode(),
        "announce": ngettext("%(number)s commitment", "%(number)s commitments", count) % {"number": count},
    }
    return respond(request, "relations/commitments/list.html", context, partial="results")


def detail(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Show a commitment: who owes what by when, who said so, and what became of it."""
    here = access.enter(request.user, desk, Verb.WRITE)
    commitment = _commitment(request, here, ref)
    statements = Statement.objects.visible_to(request.user).with_people().with_review_state()
    cited = {row.pk: row for row in statements.filter(pk__in=[commitment.statement_id, commitment.settled_by_id])}
    context = {
        **desk_context(here),
        "commitment": commitment,
        "said_in": [cited[commitment.statement_id]],
        "shown_by": [cited[commitment.settled_by_id]] if commitment.settled_by_id else [],
    }
    return respond(request, "relations/commitments/detail.html", context)


def new(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Record a commitment from the statement that says so."""
    here = access.enter(request.user, desk, Verb.WRITE)
    statements = Statement.objects.visible_to(request.user).at(here.relationship).with_people()
    statement = get_object_or_404(statements, ref=ref)
    statement.relationship = here.relationship
    commitment = Commitment(relationship=here.relationship, statement=statement)
    form = CommitmentForm(
        request.POST if request.method == "POST" else None,
        commitment=commitment,
        initial={"token": uuid.uuid4(), "party": statement.on_behalf_of_id},
    )
    if form.is_bound and form.is_valid():
        try:
            recorded = record_commitment(
                actor=request.user, commitment=form.fill(commitment), token=form.cleaned_data["token"]
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The commitment is recorded."))
            return redirect(recorded)
    context = {**desk_context(here), "form": form, "statement": statement}
    return respond(request, FORM, context, status=422 if form.errors else 200)


def edit(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Revise what is owed, by whom and by when."""
    here = access.enter(request.user, desk, Verb.WRITE)
    commitment = _commitment(request, here, ref)
    names = ("text", "party", "due_earliest", "due_latest", "due_precision", "revision")
    form = CommitmentForm(
        request.POST if request.method == "POST" else None,
        commitment=commitment,
        initial={name: getattr(commitment, name) for name in names},
    )
    current = None
    if form.is_bound and form.is_valid():
        try:
            revise_commitment(
                actor=request.user,
                commitment=form.fill(_commitment(request, here, ref)),
                revision=form.cleaned_data["revision"] or 0,
                token=form.cleaned_data["token"],
            )
        except Stale as stale:
            current = _stale(request, form, stale)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The commitment is saved."))
            return redirect(commitment)
    context = {
        **desk_context(here),
        "form": form,
        "statement": commitment.statement,
        "commitment": commitment,
        "current": current,
    }
    return respond(request, FORM, context, status=_status(form, current))


def settle(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Say what became of it: kept or broken with the statement that shows it, lapsed with the reason, or open again."""
    here = access.enter(request.user, desk, Verb.WRITE)
    commitment = _commitment(request, here, ref)
    form = SettlementForm(
        request.POST if request.method == "POST" else None,
        commitment=commitment,
        initial={
            "revision": commitment.revision,
            "state": "" if commitment.is_open else commitment.state,
            "settled_by": commitment.settled_by_id,
            "settled_on": commitment.settled_on,
            "note": commitment.settling_note,
        },
    )
    current = None
    if form.is_bound and form.is_valid():
        typed: dict[str, Any] = form.cleaned_data
        try:
            settle_commitment(
                actor=request.user,
                commitment=commitment,
                revision=typed["revision"] or 0,
                **form.args("state", "settled_by", "settled_on", "note"),
            )
        except Stale as stale:
            current = _stale(request, form, stale)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            reopened = typed["state"] == CommitmentState.OPEN
            messages.success(
                request, _("The commitment is open again.") if reopened else _("The commitment is settled.")
            )
            return redirect(commitment)
    context = {**desk_context(here), "form": form, "commitment": commitment, "current": current}
    return respond(request, SETTLE, context, status=_status(form, current))


def _stale(request: HttpRequest, form: Any, stale: Stale) -> Commitment:
    """Say that a newer revision stands, keep what was typed, and return what stands (R5)."""
    form.add_error(None, str(stale))
    form.data = with_revision(request, stale.current.revision)
    return stale.current


def _status(form: Any, current: Commitment | None) -> int:
    return 409 if current else 422 if form.errors else 200
