"""The keys of one's own programs: those one has, a new one, revoking one; and what the API offers them."""

from functools import cache
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from relations.actions.refusal import Refused
from relations.actions.tokens import make_token, revoke_token
from relations.api.urls import api
from relations.forms.tokens import TokenForm
from relations.models import ApiToken, Relationship
from relations.reports.feeds import absolute
from relations.views.responses import respond, show_refusal


def index(request: HttpRequest) -> HttpResponse:
    """List one's tokens that still open something or did until lately."""
    return _list(request)


def _list(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    tokens = ApiToken.objects.of(request.user).filter(revoked_at=None).prefetch_related("relationships__first_party")
    context = {
        "tokens": tokens.prefetch_related("relationships__second_party"),
        "has_desks": Relationship.objects.visible_to(request.user).exists(),
        "example": absolute("/api/v1/desks/"),
        **more,
    }
    return respond(request, "relations/tokens/list.html", context, status=status)


@never_cache
@reauthentication_required
def new(request: HttpRequest) -> HttpResponse:
    """Make a token, once the password was given again, and show it this once."""
    form = TokenForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = make_token(actor=request.user, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return _list(request, made=token, secret=secret, status=201)
    return respond(request, "relations/tokens/new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a token open nothing from now on."""
    revoke_token(actor=request.user, pk=pk)
    messages.success(request, _("The token opens nothing now."))
    return redirect("tokens")


@cache
def _offered() -> list[dict[str, Any]]:
    """Return what the OpenAPI document tells of each address, as the page shows it."""
    paths = api.get_openapi_schema(path_prefix="")["paths"]
    return [
        {
            "address": address,
            "name": methods["get"]["operationId"],
            "title": methods["get"]["summary"],
            "asked": [_parameter(each) for each in methods["get"]["parameters"] if each["in"] == "query"],
        }
        for address, methods in paths.items()
    ]


def _parameter(told: dict[str, Any]) -> dict[str, Any]:
    several = told["schema"]["type"] == "array"
    value = told["schema"]["items"] if several else told["schema"]
    return {
        "name": told["name"],
        "description": told["description"],
        "several": several,
        "values": value.get("enum", []),
    }


def reference(request: HttpRequest) -> HttpResponse:
    """Show what the API offers: each address with its parameters."""
    return respond(request, "relations/tokens/reference.html", {"offered": _offered(), "version": api.version})
