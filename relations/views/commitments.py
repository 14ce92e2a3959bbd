"""Commitments: those of a desk, one, and recording, revising and settling them. Readers see none of them."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Desk, Verb
from relations.actions.commitments import record_commitment, revise_commitment, settle_commitment
from relations.actions.refusal import Refused, Stale
from relations.choices import CommitmentState
from relations.filters.commitments import CommitmentFilter
from relations.forms.commitments import CommitmentForm, SettlementForm
from relations.forms.conflicts import Conflict
from relations.models import Commitment, Statement
from relations.models.versions import Version
from relations.reports.paging import capped_count, key_page
from relations.views.conflicts import settled, show_conflict
from relations.views.responses import desk_context, respond, show_refusal

FORM = "relations/commitments/form.html"
SETTLE = "relations/commitments/settle.html"
# What a form of what is owed starts with.
_OWED = ("text", "party", "due_earliest", "due_latest", "due_precision", "revision")


def _commitment(request: HttpRequest, here: Desk, ref: str) -> Commitment:
    commitments = Commitment.objects.visible_to(request.user, here.at).at(here.relationship).with_names()
    commitment = get_object_or_404(commitments.select_related("author", "settler"), ref=ref)
    commitment.relationship = here.relationship
    return commitment


@require_safe
def index(request: HttpRequest, desk: str) -> HttpResponse:
    """List the desk's commitments by the day they fall due, filtered as the address says."""
    here = access.enter(request.user, desk, Verb.READ_WORK)
    commitments = Commitment.objects.visible_to(request.user, here.at).at(here.relationship)
    commitment_filter = CommitmentFilter(
        request.GET,
        queryset=commitments.with_names().with_due_key(),
        relationship=here.relationship,
        at=here.at,
    )
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


@require_safe
def detail(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Show a commitment: who owes what by when, who said so, and what became of it."""
    here = access.enter(request.user, desk, Verb.READ_WORK)
    commitment = _commitment(request, here, ref)
    statements = Statement.objects.visible_to(request.user, here.at).with_people().with_review_state(here.at)
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

    def build(version: Version, data: Any = None) -> list[Any]:
        return [
            CommitmentForm(data, commitment=version.row, initial={name: getattr(version.row, name) for name in _OWED})
        ]

    [form] = build(Version(commitment), settled(request, commitment, build))
    conflict = None
    if form.is_bound and form.is_valid():
        try:
            revise_commitment(
                actor=request.user,
                commitment=form.fill(_commitment(request, here, ref)),
                revision=form.cleaned_data["revision"] or 0,
                token=form.cleaned_data["token"],
            )
        except Stale as stale:
            conflict = show_conflict(stale, [form], build)
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
        "conflict": conflict,
    }
    return respond(request, FORM, context, status=_status(form, conflict))


def settle(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Say what became of it: kept or broken with the statement that shows it, lapsed with the reason, or open again."""
    here = access.enter(request.user, desk, Verb.WRITE)
    commitment = _commitment(request, here, ref)

    def build(version: Version, data: Any = None) -> list[Any]:
        return [SettlementForm(data, commitment=version.row, initial=_settlement(version.row))]

    [form] = build(Version(commitment), settled(request, commitment, build))
    conflict = None
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
            conflict = show_conflict(stale, [form], build)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            reopened = typed["state"] == CommitmentState.OPEN
            messages.success(
                request, _("The commitment is open again.") if reopened else _("The commitment is settled.")
            )
            return redirect(commitment)
    context = {**desk_context(here), "form": form, "commitment": commitment, "conflict": conflict}
    return respond(request, SETTLE, context, status=_status(form, conflict))


def _settlement(commitment: Commitment) -> dict[str, Any]:
    """Return what became of it as its form starts; of an open one nothing is chosen."""
    return {
        "revision": commitment.revision,
        "state": "" if commitment.is_open else commitment.state,
        "settled_by": commitment.settled_by_id,
        "settled_on": commitment.settled_on,
        "note": commitment.settling_note,
    }


def _status(form: Any, conflict: Conflict | None) -> int:
    return 409 if conflict else 422 if form.errors else 200
