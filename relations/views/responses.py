"""How a view answers: the whole page, or the named partial of the same template for an htmx request."""

import copy
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from relations import access
from relations.access import Desk, Verb
from relations.actions.refusal import Refused
from relations.models.versions import Version, content, version_of
from relations.reports.past_view import before_everything


class NothingStored(HttpResponseRedirect):
    """A redirect of a form that could not be stored at all; what was half typed in it stays kept (middleware.py)."""

    status_code = HTTPStatus.SEE_OTHER


def wants_partial(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part: not where it boosts a link or restores its history."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def respond(
    request: HttpRequest, template: str, context: dict[str, Any], *, partial: str = "", status: int = 200
) -> HttpResponse:
    """Render `template`, or its `partial` where htmx asks for a part. Check permission before calling this."""
    name = f"{template}#{partial}" if partial and wants_partial(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def desk_context(desk: Desk) -> dict[str, Any]:
    """Return what every page of a desk shows: the desk, what its member may do there, the way to a past day."""
    return {
        "desk": desk.relationship,
        "desk_role": desk.role,
        "can_write": desk.may(Verb.WRITE),
        "reads_work": desk.may(Verb.READ_WORK),
        "can_review": desk.may(Verb.REVIEW),
        "looks_back": desk.reads and not desk.at.is_past,
        "before_everything": before_everything(desk.relationship, desk.at) if desk.at.is_past else "",
    }


def show_refusal(form: forms.BaseForm, refused: Refused) -> None:
    """Put a refusal at the form's field that it is about, or above the form."""
    form.add_error(refused.field if refused.field in form.fields else None, str(refused))


def with_revision(request: HttpRequest, revision: int) -> Any:
    """Return what was typed with the revision that stands now, so that saving again is a choice, not an accident."""
    data = request.POST.copy()
    data["revision"] = str(revision)
    return data


def tell_submitted(request: HttpRequest, subject: Any) -> None:
    """Say that it waits, and why it could not be published where nobody else at the desk may approve it."""
    messages.success(request, _("It waits for review."))
    if not access.second_readers(subject):
        messages.warning(
            request, _("No one else at this desk can approve it. Ask the administrator for a second reviewer.")
        )


def opened_version(request: HttpRequest, row: Model) -> Version | None:
    """Return the version that the address asks to open (`version`), over the present revision; None where it asks none.

    Raises `Http404` where the record holds no such version of `row`.
    """
    number = request.GET.get("version", "")
    if not number or request.method == "POST":
        return None
    earlier = version_of(row, number)
    if earlier is None:
        raise Http404
    filled = copy.copy(row)
    for column, value in content(earlier.row).items():
        setattr(filled, column, value)
    return replace(earlier, row=filled)
