"""Propose, read, revise, correct and withdraw a status change."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from relations import access
from relations.access import Desk, Verb
from relations.actions.issues import (
    correct_status_change,
    discard_status_change,
    propose_status,
    revise_status_change,
)
from relations.actions.refusal import Refused, Stale
from relations.actions.reviews import submit as submit_for_review
from relations.actions.reviews import withdraw_status_change
from relations.choices import ReviewState
from relations.forms.base import ActionForm, ReasonForm
from relations.forms.reviews import show_comments
from relations.forms.status_changes import StatusChangeForm
from relations.models import Issue, StatusChange
from relations.reports.issue_page import moves_of
from relations.reports.reviews import came_back, rounds_of
from relations.reports.versions import Version, version_now
from relations.views.conflicts import settled, show_conflict
from relations.views.responses import desk_context, respond, show_refusal, tell_submitted

FORM = "relations/status_changes/form.html"


def _change(request: HttpRequest, here: Desk, ref: str) -> StatusChange:
    changes = StatusChange.objects.visible_to(request.user).at(here.relationship).with_review_state()
    change = get_object_or_404(changes.select_related("issue", "author", "withdrawn_by", "supersedes"), ref=ref)
    change.relationship = change.issue.relationship = here.relationship
    return change


def _effect(issue: Issue, form: StatusChangeForm) -> dict[str, Any] | None:
    """Return what the move would change, for the page to show before it is sent."""
    if not form.is_valid():
        return None
    now = Issue.objects.filter(pk=issue.pk).with_standing(effective=form.cleaned_data["effective"]).get()
    return {
        "from_status": now.status,
        "from_trend": now.trend,
        "to_status": form.cleaned_data["to_status"],
        "to_trend": form.cleaned_data["to_trend"],
    }


def propose(request: HttpRequest, desk: str, slug: str) -> HttpResponse:
    """Propose a move of the issue's status; `preview` shows its effect and sends nothing."""
    here = access.enter(request.user, desk, Verb.WRITE)
    issues = Issue.objects.visible_to(request.user).at(here.relationship).with_standing()
    issue = get_object_or_404(issues, slug=slug)
    issue.relationship = here.relationship
    posted = request.method == "POST"
    form = StatusChangeForm(
        request.POST if posted else None,
        issue=issue,
        initial={"to_status": issue.status, "to_trend": issue.trend, "effective": here.relationship.today()},
    )
    effect = _effect(issue, form) if posted else None
    if posted and "preview" not in request.POST and form.is_valid():
        typed = form.cleaned_data
        change = StatusChange(
            relationship=here.relationship,
            issue=issue,
            **{name: typed[name] for name in ("to_status", "to_trend", "effective", "rationale")},
        )
        try:
            review = propose_status(
                actor=request.user, change=change, evidence=list(typed["evidence"]), token=typed["token"]
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            tell_submitted(request, review.subject)
            return redirect(review.subject)
    context = {**desk_context(here), "issue": issue, "form": form, "effect": effect}
    return respond(request, FORM, context, status=422 if form.errors else 200)


def detail(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Show a move, its reason and evidence, and what stood before."""
    here = access.enter(request.user, desk)
    change = _change(request, here, ref)
    move = moves_of([change])[0]
    context = {
        **desk_context(here),
        "change": change,
        "move": move,
        "before": change.previous(),
        "successor": change.corrections.filter(published_at__isnull=False).first(),
        "reviews": rounds_of(change) if here.may(Verb.WRITE) else [],
        "came_back": came_back(change) if here.may(Verb.WRITE) else None,
        "action_form": ActionForm(initial={"revision": change.revision}),
        "state": change.state(),
        "states": ReviewState,
    }
    return respond(request, "relations/status_changes/detail.html", context)


def _form(issue: Issue, version: Version, data: Any) -> StatusChangeForm:
    """Return the form of a status change at a version."""
    names = ("to_status", "to_trend", "effective", "rationale", "correction_note", "revision")
    initial = {name: getattr(version.row, name) for name in names}
    initial["evidence"] = [row.statement_id for row in version.parts["evidence"]]
    return StatusChangeForm(data, issue=issue, corrects=version.row.supersedes_id is not None, initial=initial)


def edit(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Revise a status change that is not published."""
    here = access.enter(request.user, desk, Verb.WRITE)
    change = _change(request, here, ref)
    posted = request.method == "POST"

    def build(version: Version, data: Any = None) -> list[Any]:
        return [_form(change.issue, version, data)]

    [form] = build(version_now(change), settled(request, change, build))
    current, sides = None, []
    if posted and "preview" not in request.POST and form.is_valid():
        typed = form.cleaned_data
        for name in ("to_status", "to_trend", "effective", "rationale", "correction_note"):
            if name in typed:
                setattr(change, name, typed[name])
        try:
            revise_status_change(
                actor=request.user,
                change=change,
                evidence=list(typed["evidence"]),
                revision=typed["revision"] or 0,
                token=typed["token"],
            )
        except Stale as stale:
            current = stale.current
            sides = show_conflict(stale, [form], build)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The status change is saved."))
            return redirect(change)
    returned = came_back(change)
    if returned is not None:
        show_comments(form, list(returned.comments.all()))
    context = {
        **desk_context(here),
        "issue": change.issue,
        "change": change,
        "form": form,
        "current": current,
        "conflict": sides,
        "came_back": returned,
        "effect": _effect(change.issue, form) if posted and not current else None,
    }
    return respond(request, FORM, context, status=409 if current else 422 if form.errors else 200)


def _act(request: HttpRequest, desk: str, ref: str, action: Any) -> HttpResponse:
    """Do a one-button action on a status change and go to what it answers with."""
    here = access.enter(request.user, desk, Verb.WRITE)
    change = _change(request, here, ref)
    form = ActionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This form cannot be read. Open the page again."))
        return redirect(change)
    try:
        return redirect(action(change, form.cleaned_data))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(change)


@require_POST
def submit(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Send a status change to review, again after it came back."""

    def action(change: StatusChange, typed: dict[str, Any]) -> StatusChange:
        submit_for_review(actor=request.user, subject=change, revision=typed["revision"] or 0, token=typed["token"])
        tell_submitted(request, change)
        return change

    return _act(request, desk, ref, action)


@require_POST
def correct(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Start the correction of a published status change, or go to the one under way."""

    def action(change: StatusChange, typed: dict[str, Any]) -> Any:
        return correct_status_change(actor=request.user, change=change, token=typed["token"])

    return _act(request, desk, ref, action)


@require_POST
def discard(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Throw away a status change that was never submitted."""

    def action(change: StatusChange, typed: dict[str, Any]) -> Any:
        issue = change.issue
        discard_status_change(actor=request.user, change=change)
        messages.success(request, _("The draft is thrown away."))
        return issue

    return _act(request, desk, ref, action)


def withdraw(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Withdraw a published status change, with the reason."""
    here = access.enter(request.user, desk, Verb.WITHDRAW)
    change = _change(request, here, ref)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_status_change(actor=request.user, subject=change, **form.args("reason"))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The status change is withdrawn; what stood before it stands again."))
            return redirect(change)
    context = {**desk_context(here), "subject": change, "form": form}
    return respond(request, "relations/reviews/withdraw.html", context, status=422 if form.errors else 200)
