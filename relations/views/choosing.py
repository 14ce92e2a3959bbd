"""What type-aheads ask for, and the small forms that add what they did not find."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from relations import access
from relations.access import Verb
from relations.actions.refusal import Refused
from relations.forms.additions import ADDITIONS
from relations.models import Relationship
from relations.reports.choosing import KINDS, WORDS_LIMIT, offered
from relations.views.responses import respond, show_refusal, wants_partial


@require_safe
def choose(request: HttpRequest, kind: str) -> HttpResponse:
    """Offer the rows of `kind` that `q` finds; of the desk named by `desk` where they are a desk's own."""
    asked = KINDS.get(kind)
    if asked is None:
        raise Http404
    desk = access.enter(request.user, request.GET.get("desk", "")).relationship if asked.of_desk else None
    words = request.GET.get("q", "")[:WORDS_LIMIT].strip()
    options, more = offered(asked, asked.narrowed(asked.rows(request.user, desk), request.GET), words)
    context = {
        "kind": asked,
        "options": options,
        "more": more,
        "words": words,
        "can_add": "add" in request.GET and kind in ADDITIONS and access.may(request.user, Verb.ADD_REFERENCE),
    }
    return render(request, "relations/choosing/typeahead.html#options", context)


def add(request: HttpRequest, kind: str) -> HttpResponse:
    """Add what a type-ahead did not find; in its dialogue the new row is then chosen."""
    form_class = ADDITIONS.get(kind)
    if form_class is None or not access.may(request.user, Verb.ADD_REFERENCE):
        raise Http404
    desk = Relationship.objects.visible_to(request.user).filter(slug=request.GET.get("desk", "")).first()
    form: Any = form_class(request.POST or None, initial=_initial(request), desk=desk)
    if request.method == "POST" and form.is_valid():
        try:
            row = form.store(actor=request.user)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            if wants_partial(request):
                return trigger_client_event(HttpResponse(), "added", {"value": row.pk, "label": str(row)})
            messages.success(request, _("“%(row)s” is added.") % {"row": row})
            return redirect(row.get_absolute_url() if hasattr(row, "get_absolute_url") else "home")
    context = {
        "form": form,
        "title": form_class.title,
        "address": request.get_full_path(),
        "in_dialogue": wants_partial(request),
    }
    return respond(
        request, "relations/choosing/add.html", context, partial="dialogue", status=422 if form.errors else 200
    )


def _initial(request: HttpRequest) -> dict[str, Any]:
    """Return what the address proposes: the name that was typed, the person, the day."""
    return {
        name: request.GET[name][:200]
        for name in ("name", "person", "day")
        if "\x00" not in request.GET.get(name, "\x00")
    }
