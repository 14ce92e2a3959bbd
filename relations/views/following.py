"""Follow an issue, a statement, a person or a saved view, or follow it no longer: a button on each one's page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from relations import access
from relations.actions.following import follow, unfollow
from relations.actions.refusal import Refused
from relations.forms.following import FollowForm
from relations.models import Issue, Person, SavedView, Statement
from relations.views.responses import respond, wants_partial


def _answer(request: HttpRequest, subject: Any, follow_url: str, back: str) -> HttpResponse:
    """Follow or unfollow as the form says; answer with the button as it is then, or go back to the page."""
    form = FollowForm(request.POST)
    go_back = HttpResponseClientRedirect if wants_partial(request) else redirect
    if not form.is_valid():
        messages.error(request, _("This form cannot be read. Open the page again."))
        return go_back(back)
    follows = form.cleaned_data["follow"]
    try:
        (follow if follows else unfollow)(actor=request.user, subject=subject)
    except Refused as refused:
        messages.error(request, str(refused))
        return go_back(back)
    if wants_partial(request):
        context = {"followed": follows, "follow_url": follow_url, "swapped": True}
        return respond(request, "relations/includes/follow.html", context)
    messages.success(request, _("You follow this.") if follows else _("You no longer follow this."))
    return redirect(back)


@require_POST
def issue(request: HttpRequest, desk: str, slug: str) -> HttpResponse:
    """Follow an issue, or no longer."""
    here = access.enter(request.user, desk)
    row = get_object_or_404(Issue.objects.visible_to(request.user).at(here.relationship), slug=slug)
    row.relationship = here.relationship
    return _answer(request, row, request.path, row.get_absolute_url())


@require_POST
def statement(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Follow a statement, or no longer."""
    here = access.enter(request.user, desk)
    row = get_object_or_404(Statement.objects.visible_to(request.user).at(here.relationship), ref=ref)
    row.relationship = here.relationship
    return _answer(request, row, request.path, row.get_absolute_url())


@require_POST
def person(request: HttpRequest, ref: str) -> HttpResponse:
    """Follow a person, or no longer: what is said by them is told at the follower's own desks."""
    row = get_object_or_404(Person, ref=ref)
    return _answer(request, row, request.path, row.get_absolute_url())


@require_POST
def saved_view(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Follow a saved view, or no longer."""
    here = access.enter(request.user, desk)
    views = SavedView.objects.visible_to(request.user).at(here.relationship)
    row = get_object_or_404(views.select_related("relationship"), ref=ref)
    return _answer(request, row, request.path, row.get_absolute_url())
