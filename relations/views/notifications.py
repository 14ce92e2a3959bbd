"""What one was told: read it, mark it read; and how else one wants to be told: e-mail, feeds, what one follows."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from relations.actions.following import make_feed_address, mark_read, revoke_feed_address, set_digest
from relations.actions.refusal import Refused
from relations.forms.following import DigestForm, FeedAddressForm, ReadForm
from relations.models import DigestSetting, FeedAddress
from relations.reports.feeds import absolute
from relations.reports.notifications import followed_by, told, told_page
from relations.views.responses import respond, show_refusal, wants_partial

SETTINGS = "relations/notifications/settings.html"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what happened and why one was told, newest first."""
    return _list(request)


def _list(request: HttpRequest, announce: str = "") -> HttpResponse:
    page = told_page(request.user, request.GET.get("page", ""))
    context = {
        "page": page,
        "lines": told(page.rows),
        "newest": max((row.pk for row in page.rows), default=0),
        "announce": announce,
    }
    return respond(request, "relations/notifications/list.html", context, partial="results")


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark one notification read, or all that one had before one when the page was opened."""
    form = ReadForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This form cannot be read. Open the page again."))
        return redirect("notifications")
    number = mark_read(actor=request.user, **form.cleaned_data)
    said = ngettext("%(number)s marked read.", "%(number)s marked read.", number) % {"number": number}
    if wants_partial(request):
        return _list(request, announce=said)
    messages.success(request, said)
    return redirect("notifications")


def settings(request: HttpRequest) -> HttpResponse:
    """Show and set how else one is told."""
    form = DigestForm(request.POST or None, initial={"every": _digest(request)})
    if request.method == "POST" and form.is_valid():
        set_digest(actor=request.user, every=form.cleaned_data["every"])
        messages.success(request, _("Your e-mail digest is set."))
        return redirect("notification_settings")
    return _settings(request, digest_form=form, status=422 if form.errors else 200)


def _digest(request: HttpRequest) -> str | None:
    return DigestSetting.objects.of(request.user).values_list("every", flat=True).first()


def _settings(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    addresses = FeedAddress.objects.of(request.user).filter(revoked_at__isnull=True)
    context = {
        "digest_form": DigestForm(initial={"every": _digest(request)}),
        "feed_form": FeedAddressForm(user=request.user),
        "addresses": addresses.select_related("relationship__first_party", "relationship__second_party"),
        "followed": followed_by(request.user),
        **more,
    }
    return respond(request, SETTINGS, context, status=status)


@require_POST
def new_feed_address(request: HttpRequest) -> HttpResponse:
    """Make the personal address of a desk's feed, and show it this once."""
    form = FeedAddressForm(request.POST, user=request.user)
    if form.is_valid():
        relationship = form.cleaned_data["relationship"]
        try:
            key = make_feed_address(actor=request.user, relationship=relationship)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            made = absolute(reverse("feed", args=[key, relationship.slug]))
            return _settings(request, made=made, made_for=relationship, status=201)
    return _settings(request, feed_form=form, status=422)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a feed's address lead nowhere from now on."""
    revoke_feed_address(actor=request.user, pk=pk)
    messages.success(request, _("The address leads nowhere now."))
    return redirect("notification_settings")
