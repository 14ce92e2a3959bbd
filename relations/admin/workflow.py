"""The way of statements and status changes through review: the same actions as the pages, each with its confirmation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations import access
from relations.access import NotAllowed, Verb
from relations.actions import reviews
from relations.actions.issues import correct_status_change, discard_status_change
from relations.actions.refusal import Refused, Stale
from relations.actions.statements import correct_statement, discard_statement
from relations.admin.base import DeskAdmin
from relations.admin.standing import standing
from relations.choices import ReviewState
from relations.forms.base import TEXT_LIMIT, ActionForm, ReasonForm
from relations.forms.reviews import DecisionForm, field_comments
from relations.models import Review, Statement
from relations.templatetags.signs import desk_date, state_label


class CommentForm(ActionForm):
    """What a reviewer says as she approves."""

    comment = forms.CharField(
        label=_("Comment"), widget=forms.Textarea(attrs={"rows": 3}), max_length=TEXT_LIMIT, required=False
    )


class NoteForm(ActionForm):
    """What was wrong with what is corrected."""

    note = forms.CharField(
        label=_("What was wrong"), widget=forms.Textarea(attrs={"rows": 3}), max_length=TEXT_LIMIT, required=False
    )


@dataclass(frozen=True)
class Step:
    """One action on a statement or status change, from one state to another."""

    key: str
    label: Any
    sentence: Any
    done: Any
    verb: Verb
    states: tuple[ReviewState, ...]
    form: type[ActionForm]
    run: Callable[[Any, Any, dict[str, Any]], Any]  # actor, subject, what was typed; the row to go to, or None


def _submit(actor: Any, subject: Any, typed: dict[str, Any]) -> Any:
    return reviews.submit(actor=actor, subject=subject, revision=typed["revision"] or 0, token=typed["token"]).subject


def _newest_review(subject: Any) -> Review:
    review = Review.objects.filter(**{subject.review_column: subject}).order_by("-submitted_at", "-pk").first()
    if review is None:
        raise Refused(_now("This was not submitted yet."), rule="not_submitted")
    return review


def _approve(actor: Any, subject: Any, typed: dict[str, Any]) -> Any:
    args = {name: typed[name] for name in ("token", "comment")}
    return reviews.approve(actor=actor, review=_newest_review(subject), revision=typed["revision"] or 0, **args).subject


def _return(actor: Any, subject: Any, typed: dict[str, Any]) -> Any:
    args = {name: typed[name] for name in ("token", "comment", "comments")}
    return reviews.return_(actor=actor, review=_newest_review(subject), revision=typed["revision"] or 0, **args).subject


def _withdraw(actor: Any, subject: Any, typed: dict[str, Any]) -> Any:
    args = {name: typed[name] for name in ("token", "reason")}
    if isinstance(subject, Statement):
        return reviews.withdraw_statement(actor=actor, subject=subject, **args)
    return reviews.withdraw_status_change(actor=actor, subject=subject, **args)


def _correct(actor: Any, subject: Any, typed: dict[str, Any]) -> Any:
    args = {name: typed[name] for name in ("token", "note")}
    if isinstance(subject, Statement):
        return correct_statement(actor=actor, statement=subject, **args)
    return correct_status_change(actor=actor, change=subject, **args)


def _discard(actor: Any, subject: Any, typed: dict[str, Any]) -> None:
    if isinstance(subject, Statement):
        discard_statement(actor=actor, statement=subject)
    else:
        discard_status_change(actor=actor, change=subject)


_OPEN = (ReviewState.DRAFT, ReviewState.RETURNED)
STEPS = {
    step.key: step
    for step in (
        Step(
            "submit", _("Submit"), _("A second person reads it before it is published."), _("It waits for review."),
            Verb.WRITE, _OPEN, ActionForm, _submit,
        ),
        Step(
            "approve", _("Approve"), _("This publishes it as it stands below."), _("It is published."),
            Verb.REVIEW, (ReviewState.IN_REVIEW,), CommentForm, _approve,
        ),
        Step(
            "return", _("Return"), _("It goes back to its author with what you say, of the whole or at a field."),
            _("It is returned."),
            Verb.REVIEW, (ReviewState.IN_REVIEW,), DecisionForm, _return,
        ),
        Step(
            "correct", _("Correct"), _("A new draft is made; this one stays until the correction is approved."),
            _("This is the draft of the correction."), Verb.WRITE, (ReviewState.PUBLISHED,), NoteForm, _correct,
        ),
        Step(
            "withdraw", _("Withdraw"), _("It stays readable, marked as withdrawn, with your reason."),
            _("It is withdrawn."), Verb.WITHDRAW, (ReviewState.PUBLISHED, ReviewState.SUPERSEDED), ReasonForm, _withdraw,
        ),
        Step(
            "discard", _("Throw away"), _("The draft is removed. Only a draft that was never submitted can be."),
            _("The draft is thrown away."), Verb.WRITE, (ReviewState.DRAFT,), ActionForm, _discard,
        ),
    )
}  # fmt: skip


def _comments(step: Step, subject: Any, data: Any = None) -> Any:
    """Return the rows of what is said of single fields, where the step takes any."""
    return field_comments(data, subject) if step.form is DecisionForm else None


class StateFilter(admin.SimpleListFilter):
    """Where on its way a row is."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return the states."""
        return ReviewState.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list."""
        return queryset.filter(review_state=self.value()) if self.value() in ReviewState.values else queryset


class ReviewedAdmin(DeskAdmin):
    """An admin of what a second person reads: drafts are edited, what was published is looked at and corrected."""

    list_filter: Any = (StateFilter,)
    actions = ("submit_selected",)
    way_fields = ("state", "ref", "written", "edited", "corrects", "published", "corrected", "withdrawn")

    # What is seen

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the rows with where each stands."""
        return super().get_queryset(request).with_review_state()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the user may edit it: what was published is not edited, by nobody (R4)."""
        if obj is not None and obj.published_at:
            return False
        return super().has_change_permission(request, obj)

    def correction(self, obj: Any) -> list[str]:
        """Return the field that says what was wrong, of a correction."""
        return ["correction_note"] if obj is not None and obj.supersedes_id else []

    def way(self, obj: Any) -> list[Any]:
        """Return the fieldset that tells where a row is on its way."""
        return [(_("State"), {"fields": self.way_fields})] if obj is not None else []

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Fix what the workflow sets."""
        return (*super().get_readonly_fields(request, obj), *(self.way_fields if obj is not None else ()))

    @admin.display(description=_("state"))
    def state(self, row: Any) -> Any:
        """Say where it stands."""
        return state_label(row.state().value)

    @admin.display(description=_("written by"))
    def written(self, row: Any) -> Any:
        """Return who wrote it and when."""
        return format_html("{}, {}", row.author, desk_date(row.created_at, "time"))

    @admin.display(description=_("last edited by"))
    def edited(self, row: Any) -> Any:
        """Return who edited it last, when, and the revision."""
        when = desk_date(row.edited_at, "time")
        return format_html("{}, {} ({})", row.edited_by, when, _now("revision %(number)s") % {"number": row.revision})

    @admin.display(description=_("corrects"))
    def corrects(self, row: Any) -> Any:
        """Link to what it corrects."""
        if row.supersedes_id is None:
            return ""
        return format_html('<a href="{}">{}</a>', self._change_url(row.supersedes), row.supersedes)

    @admin.display(description=_("published"), ordering="published_at")
    def published(self, row: Any) -> Any:
        """Return the moment."""
        return desk_date(row.published_at, "time")

    @admin.display(description=_("corrected"))
    def corrected(self, row: Any) -> Any:
        """Return the moment."""
        return desk_date(row.superseded_at, "time")

    @admin.display(description=_("withdrawn"))
    def withdrawn(self, row: Any) -> Any:
        """Return the moment, who, and why."""
        if not row.withdrawn_at:
            return ""
        when = desk_date(row.withdrawn_at, "time")
        return format_html("{}, {}: {}", when, row.withdrawn_by, row.withdrawal_reason)

    # What is done

    def get_urls(self) -> list[Any]:
        """Add the address of the steps."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_step"
        step = self.admin_site.admin_view(self.step_view)
        return [path("<int:pk>/do/<slug:key>/", step, name=name), *super().get_urls()]

    def _change_url(self, row: Any) -> str:
        return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])

    def steps(self, request: HttpRequest, subject: Any) -> list[Step]:
        """Return what this user may do with it now; nobody decides on her own work (R3)."""
        state, here = subject.state(), standing(request)
        possible = [
            step for step in STEPS.values() if state in step.states and here.may(step.verb, subject.relationship_id)
        ]
        if any(step.verb is Verb.REVIEW for step in possible) and request.user.pk in access.contributors(subject):
            possible = [step for step in possible if step.verb is not Verb.REVIEW]
        return possible

    def tools(self, request: HttpRequest, obj: Any) -> list[tuple[str, str]]:
        """Link to the steps."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_step"
        return [(reverse(name, args=[obj.pk, step.key]), str(step.label)) for step in self.steps(request, obj)]

    def step_view(self, request: HttpRequest, pk: int, key: str) -> HttpResponse:
        """Ask for confirmation, then act, as the pages do."""
        subject, step = self.get_object(request, str(pk)), STEPS.get(key)
        if subject is None or step is None or not standing(request).may(step.verb, subject.relationship_id):
            raise Http404
        if request.method != "POST":
            form = step.form(initial={"revision": subject.revision})
            return self._confirmation(request, subject, step, form, _comments(step, subject), 200)
        form, comments = step.form(request.POST), _comments(step, subject, request.POST)
        status = 422
        if all([form.is_valid(), comments is None or not comments.is_bound or comments.is_valid()]):
            said = comments.said() if comments is not None else []
            try:
                target = step.run(request.user, subject, {**form.cleaned_data, "comments": said})
            except Stale as stale:
                form.add_error(None, _now("The text moved since you opened it. Read it again below, then decide."))
                form.data = {**request.POST.dict(), "revision": str(stale.current.revision)}
                subject, status = self.get_object(request, str(pk)), 409
            except (Refused, NotAllowed) as refused:
                field = getattr(refused, "field", "")
                form.add_error(field if field in form.fields else None, str(refused))
            else:
                self.message_user(request, str(step.done), messages.SUCCESS)
                self._warn_desk_of_one(request, step, target)
                if target is None:
                    return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
                return redirect(self._change_url(target))
        return self._confirmation(request, subject, step, form, comments, status)

    def _warn_desk_of_one(self, request: HttpRequest, step: Step, subject: Any) -> None:
        if step.key == "submit" and not access.second_readers(subject):
            sentence = _now("No one else at this desk can approve it. Ask the administrator for a second reviewer.")
            self.message_user(request, sentence, messages.WARNING)

    def _confirmation(
        self, request: HttpRequest, subject: Any, step: Step, form: ActionForm, comments: Any, status: int
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": step.label,
            "subtitle": str(subject),
            "opts": self.opts,
            "original": subject,
            "step": step,
            "form": form,
            "comments": comments,
            "reading": self.reading(subject),
        }
        return TemplateResponse(request, "admin/relations/step.html", context, status=status)

    def reading(self, subject: Any) -> dict[str, Any]:
        """Return what is read before a decision."""
        if isinstance(subject, Statement):
            return {
                "words": subject.text,
                "who": str(subject.speaker),
                "when": subject.when,
                "passages": list(subject.passages.all()),
                "bearings": list(subject.bearings.select_related("issue", "position_of")),
            }
        return {
            "words": subject.rationale,
            "move": subject,
            "evidence": [each.statement for each in subject.evidence.select_related("statement")],
        }

    @admin.action(description=_("Submit the chosen drafts to review"), permissions=["change"])
    def submit_selected(self, request: HttpRequest, queryset: Any) -> None:
        """Submit each; say what a rule refused."""
        sent = 0
        for subject in queryset[: self.list_per_page]:
            try:
                reviews.submit(actor=request.user, subject=subject, revision=subject.revision)
            except (Refused, NotAllowed) as refused:
                self.message_user(request, f"{subject}: {refused}", messages.ERROR)
            else:
                sent += 1
        if sent:
            self.message_user(request, _now("Waiting for review now: %(count)s.") % {"count": sent}, messages.SUCCESS)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> Any:
        """Go to the row, where its steps are."""
        return redirect(self._change_url(obj))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> Any:
        """Stay at the row, where its steps are."""
        return redirect(self._change_url(obj))
