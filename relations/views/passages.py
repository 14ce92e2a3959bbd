"""Passages that a later copy moved or lost: a person says what became of each."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import ngettext

from relations import access
from relations.access import Verb
from relations.actions.passages import settle_passages
from relations.actions.refusal import Refused
from relations.forms.base import ActionForm
from relations.forms.passages import SettleForm
from relations.models import Statement
from relations.reports.passages import Settling, settling
from relations.views.responses import desk_context, respond, show_refusal


def settle(request: HttpRequest, desk: str, ref: str, number: int) -> HttpResponse:
    """Show a passage in the copy it was taken from and in the newest, and settle what became of it."""
    here = access.enter(request.user, desk, Verb.WRITE)
    statements = Statement.objects.visible_to(request.user).at(here.relationship).with_people().with_review_state()
    statement = get_object_or_404(statements, ref=ref)
    statement.relationship = here.relationship
    shown = settling(request.user, statement, number)
    if shown is None:
        raise Http404
    form = _form(request, shown)
    if request.method == "POST" and form.is_valid():
        typed: dict[str, Any] = form.cleaned_data
        try:
            together = shown.moved_too if typed.pop("together", False) else []
            settle_passages(actor=request.user, passages=[shown.passage, *together], **typed)
        except Refused as refused:
            show_refusal(form, refused)
            form.data = {**request.POST.dict(), "copy": str(shown.check.capture.number) if shown.check else ""}
        else:
            settled = ngettext("The passage is settled.", "%(number)d passages are settled.", len(together) + 1)
            messages.success(request, settled % {"number": len(together) + 1})
            following = next((other.passage for other in shown.others if other.passage not in together), None)
            if following is None:
                return redirect(statement.document)
            return redirect("passage_settle", desk, following.statement.ref, following.number)
    context = {
        **desk_context(here),
        "shown": shown,
        "statement": statement,
        "state": statement.state(),
        "form": form,
        "action_form": ActionForm(initial={"revision": statement.revision}),
    }
    return respond(request, "relations/passages/settle.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, shown: Settling) -> SettleForm:
    check = shown.check
    return SettleForm(
        request.POST if request.method == "POST" else None,
        state=check.state if check else "",
        moved_too=len(shown.moved_too),
        initial={"copy": check.capture.number if check else None},
    )
