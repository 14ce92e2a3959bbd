"""What the pages of reference data share: who may add and mend, and how one form is answered (R7)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.actions.reference import save_reference
from relations.actions.refusal import Refused, Stale
from relations.forms.reference import ReferenceForm
from relations.models import Statement
from relations.models.versions import Version
from relations.reports.paging import key_page
from relations.views.conflicts import settled, show_conflict
from relations.views.responses import respond, show_refusal


def allowed(request: HttpRequest) -> dict[str, bool]:
    """Return whether the reader may add to what all desks share, and mend it."""
    return {
        "may_add": access.may(request.user, Verb.ADD_REFERENCE),
        "may_mend": access.may(request.user, Verb.MEND_REFERENCE),
    }


@dataclass(frozen=True)
class Listed:
    """A list of what all desks share: how it is called, where it is, and the template of the cells after the name."""

    url_name: str
    export_name: str
    new_url_name: str
    cells: str
    title: str | Promise
    heads: tuple[str | Promise, ...]
    new: str | Promise
    add: str | Promise
    none_yet: str | Promise
    none_found: str | Promise
    show_all: str | Promise
    searched: str | Promise


def answer_list(request: HttpRequest, listed: Listed, rows: QuerySet, words: str) -> HttpResponse:
    """Answer with a page of `rows` in the order of their names; `words` are what they were searched for."""
    page = key_page(rows, "sort_key", request.GET.get("page", ""))
    context = {
        "listed": listed,
        "may_add": access.may(request.user, Verb.ADD_REFERENCE),
        "page": page,
        "words": words,
    }
    return respond(request, "relations/reference/list.html", context, partial="results")


def searched(request: HttpRequest) -> str:
    """Return the words that a list is searched for."""
    return request.GET.get("q", "")[:200]


def held(request: HttpRequest, condition: Any) -> Any:
    """Return the page of the statements under `condition` that the reader's desks hold."""
    at = access.moments(request.user)
    statements = Statement.objects.visible_to(request.user, at).filter(condition).with_people().with_review_state(at)
    return key_page(statements.with_passage_flag(at), "-latest", request.GET.get("page", ""))


def answer_form(
    request: HttpRequest,
    form_class: type[ReferenceForm],
    row: Model,
    *,
    heading: str,
    back: str,
    save: Callable[..., None] = save_reference,
    template: str = "relations/reference/form.html",
    shown: dict[str, Any] | None = None,
) -> HttpResponse:
    """Store what was typed of `row` and go to its page, or show the form; over a newer row both sides are shown (R5).

    `template` shows the form, and what is `shown` beside it.
    """

    def build(version: Version, data: Any = None) -> list[Any]:
        return [form_class(data, instance=version.row)]

    [form] = build(Version(row), settled(request, row, build))
    conflict = None
    if form.is_bound and form.is_valid():
        try:
            save(actor=request.user, row=form.save(commit=False), revision=form.cleaned_data["revision"])
        except Stale as stale:
            conflict = show_conflict(stale, [form], build)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("“%(row)s” is saved.") % {"row": row})
            return redirect(cast("Any", row))
    context = {**(shown or {}), "form": form, "heading": heading, "back": back, "conflict": conflict}
    status = 409 if conflict else 422 if form.errors else 200
    return respond(request, template, context, status=status)
