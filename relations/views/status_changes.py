"""Propose, read, revise, correct and withdraw a status change."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from relations import access
from relations.access import Desk, Verb
from relations.actions.issues import (
    check_move,
    correct_status_change,
    discard_status_change,
    propose_status,
    revise_status_change,
)
from relations.actions.refusal import Refused, Stale, was_done
from relations.actions.reviews import submit as submit_for_review
from relations.actions.reviews import withdraw_status_change
from relations.choices import ReviewState
from relations.filters.statements import EvidenceFilter
from relations.forms.base import ActionForm, ReasonForm, is_key
from relations.forms.conflicts import Conflict
from relations.forms.reviews import show_comments
from relations.forms.status_changes import StatusChangeForm
from relations.models import Issue, Review, StatusChange
from relations.models.versions import Version, version_now
from relations.reports.citations import status_change_citation
from relations.reports.issue_page import moves_of
from relations.reports.reviews import came_back, rounds_of
from relations.reports.status_effect import Effect, effect_of, may_be_cited, offered
from relations.views.conflicts import settled, show_conflict
from relations.views.responses import desk_context, respond, show_refusal, tell_submitted

FORM = "relations/status_changes/form.html"


def _change(request: HttpRequest, here: Desk, ref: str) -> StatusChange:
    changes = StatusChange.objects.visible_to(request.user, here.at).at(here.relationship).with_review_state(here.at)
    change = get_object_or_404(changes.select_related("issue", "author", "withdrawn_by", "supersedes"), ref=ref)
    change.relationship = change.issue.relationship = here.relationship
    return change


def _typed(request: HttpRequest, form: StatusChangeForm) -> StatusChangeForm:
    """Return the form as it was typed, not judged yet: for a search among the evidence."""
    data = request.POST
    return form.unjudged({name: data.get(name, "") for name in form.fields if name != "evidence"})


def _effect(form: StatusChangeForm, issue: Issue, change: StatusChange | None) -> Effect | None:
    """Return what the move would change, and note at its field what keeps it from being sent."""
    typed = form.cleaned_data
    if not all(typed.get(name) for name in ("to_status", "to_trend", "to_agreement", "effective")):
        return None
    evidence = list(typed.get("evidence") or [])
    if not form.errors:
        move = StatusChange(
            relationship=issue.relationship,
            issue=issue,
            supersedes=change.supersedes if change else None,
            **form.move(),
        )
        try:
            check_move(move, evidence)
        except Refused as refused:
            show_refusal(form, refused)
    return effect_of(
        issue,
        status=typed["to_status"],
        trend=typed["to_trend"],
        agreement=typed["to_agreement"],
        effective=typed["effective"],
        evidence=evidence,
        change=change,
    )


def _answer(
    request: HttpRequest,
    here: Desk,
    form: StatusChangeForm,
    *,
    issue: Issue,
    change: StatusChange | None = None,
    conflict: Conflict | None = None,
    returned: Review | None = None,
) -> HttpResponse:
    """Show the form; the whole, or for htmx what a search found (`find`) or what the move changes (`preview`)."""
    posted = request.method == "POST"
    finds = posted and "find" in request.POST
    effect = None
    if finds:
        form = _typed(request, form)
    elif posted and not conflict:
        form.is_valid()
        effect = _effect(form, issue, change)
    data: Any = form.data if form.is_bound else request.POST
    keys = data.getlist("evidence") if posted else list(form.initial.get("evidence", []))
    finder = EvidenceFilter(
        request.POST if posted else None,
        queryset=may_be_cited(issue),
        relationship=here.relationship,
        drafts=False,
        prefix="find",
    )
    statements = offered(finder.qs, issue, [int(key) for key in keys if is_key(key)])
    for statement in (*statements.chosen, *statements.gone, *statements.found):
        statement.relationship = here.relationship
    context = {
        **desk_context(here),
        "issue": issue,
        "change": change,
        "form": form,
        "conflict": conflict,
        "came_back": returned,
        "effect": effect,
        "finder": finder.form,
        "offered": statements,
        "announce": ngettext("%(number)s statement", "%(number)s statements", statements.shown)
        % {"number": statements.shown},
    }
    status = 409 if conflict else 422 if posted and not finds and form.errors else 200
    return respond(request, FORM, context, partial="found" if finds else "effect", status=status)


def propose(request: HttpRequest, desk: str, slug: str) -> HttpResponse:
    """Propose a move of the issue's status; `preview` shows its effect, `find` narrows the evidence, neither sends."""
    here = access.enter(request.user, desk, Verb.WRITE)
    issues = Issue.objects.visible_to(request.user).at(here.relationship).with_standing()
    issue = get_object_or_404(issues, slug=slug)
    issue.relationship = here.relationship
    form = StatusChangeForm(
        request.POST if request.method == "POST" else None,
        issue=issue,
        initial={
            "to_status": issue.status,
            "to_trend": issue.trend,
            "to_agreement": issue.agreement,
            "effective": here.relationship.today(),
        },
    )
    if _sends(request) and form.is_valid():
        change = StatusChange(relationship=here.relationship, issue=issue, **form.move())
        try:
            review = propose_status(
                actor=request.user,
                change=change,
                evidence=list(form.cleaned_data["evidence"]),
                token=form.cleaned_data["token"],
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            tell_submitted(request, review.subject)
            return redirect(review.subject)
    return _answer(request, here, form, issue=issue)


def _sends(request: HttpRequest) -> bool:
    return request.method == "POST" and not {"preview", "find"} & request.POST.keys()


@require_safe
def detail(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Show a move, its reason and evidence, and what stood before."""
    here = access.enter(request.user, desk)
    change = _change(request, here, ref)
    move = moves_of([change], here.at)[0]
    rounds = list(rounds_of(change)) if here.may(Verb.WRITE) else []
    context = {
        **desk_context(here),
        "change": change,
        "move": move,
        "before": change.previous(here.at),
        "successor": change.corrections.filter(here.at.came("published_at")).first(),
        "reviews": rounds,
        "came_back": came_back(rounds),
        "action_form": ActionForm(initial={"revision": change.revision}),
        "state": change.state(),
        "states": ReviewState,
        "citation": _citation(request, here, change),
    }
    return respond(request, "relations/status_changes/detail.html", context)


def _citation(request: HttpRequest, here: Desk, change: StatusChange) -> str:
    """Return how the page is cited; a proposal is not."""
    return status_change_citation(change, request.build_absolute_uri(), here.at) if change.published_at else ""


def _form(issue: Issue, version: Version, data: Any) -> StatusChangeForm:
    """Return the form of a status change at a version."""
    names = ("to_status", "to_trend", "to_agreement", "effective", "rationale", "correction_note", "revision")
    initial = {name: getattr(version.row, name) for name in names}
    initial["evidence"] = [row.statement_id for row in version.parts["evidence"]]
    return StatusChangeForm(data, issue=issue, corrects=version.row.supersedes_id is not None, initial=initial)


def edit(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Revise a status change that is not published."""
    here = access.enter(request.user, desk, Verb.WRITE)
    change = _change(request, here, ref)

    def build(version: Version, data: Any = None) -> list[Any]:
        return [_form(change.issue, version, data)]

    [form] = build(version_now(change), settled(request, change, build))
    conflict = None
    if _sends(request) and form.is_valid():
        for name, value in form.move().items():
            setattr(change, name, value)
        try:
            revise_status_change(
                actor=request.user,
                change=change,
                evidence=list(form.cleaned_data["evidence"]),
                revision=form.cleaned_data["revision"] or 0,
                token=form.cleaned_data["token"],
            )
        except Stale as stale:
            conflict = show_conflict(stale, [form], build)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The status change is saved."))
            return redirect(change)
    returned = came_back(rounds_of(change)[:1])
    if returned is not None:
        show_comments(form, list(returned.comments.all()))
    return _answer(request, here, form, issue=change.issue, change=change, conflict=conflict, returned=returned)


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
    """Throw away a status change that was never submitted; asked twice by one form, it is gone."""
    if was_done(request.POST.get("token", ""), request.user, "discard_status_change", ref):
        return redirect("board", desk)

    def action(change: StatusChange, typed: dict[str, Any]) -> Any:
        issue = change.issue
        discard_status_change(actor=request.user, change=change, token=typed["token"])
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
