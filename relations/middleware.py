"""Sign-in is wanted everywhere but where a view says otherwise; pages are read and sent to; visits are noted; NUL bytes are
turned away at the door; what was kept of a form is forgotten once it is stored."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from relations.actions.drafts import ADDRESS_LIMIT, forget_form
from relations.actions.visits import NOTED_EVERY, note_visit

PAGE_METHODS = ("GET", "HEAD", "POST")


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Django's own, which also sends a partial's whole page to sign-in and back to where the reader was."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> Any:
        """Redirect to sign-in; a partial by `HX-Redirect`, with the page it is on as the way back."""
        htmx = getattr(request, "htmx", None)
        if not htmx:
            return super().handle_no_permission(request, view_func)
        back = htmx.current_url_abs_path or "/"
        return HttpResponseClientRedirect(redirect_to_login(back, resolve_url(self.get_login_url(view_func))).url)


class PageMethodsMiddleware:
    """Let our pages be read and sent to; what else HTTP knows, none of them does.

    A view that asks only whether it was sent something would answer a DELETE with the page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the view does."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Answer 405 to another method."""
        is_page = view.__module__.startswith("relations.views.")  # the administration answers for itself
        if request.method in PAGE_METHODS or not is_page:
            return None
        return HttpResponseNotAllowed(PAGE_METHODS)


class VisitMiddleware:
    """Note that a member is at a desk when she opens one of its pages, so that what moved since can be told.

    At most once in five minutes (the cache knows); parts of a page, past views and what is refused are no visit, nor is
    what a program of hers reads.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then note the visit."""
        response = self.get_response(request)
        match = request.resolver_match
        slug = match.kwargs.get("desk") if match and "api" not in match.namespaces else None
        opened = request.method == "GET" and response.status_code == HTTPStatus.OK and not self._is_part(request)
        if slug and opened and not self._is_past(request):
            key = f"desk-visit:{request.user.pk}:{slug}"
            if cache.add(key, "noted", NOTED_EVERY.total_seconds()):
                note_visit(actor=request.user, slug=slug)
        return response

    @staticmethod
    def _is_part(request: HttpRequest) -> bool:
        htmx: Any = getattr(request, "htmx", None)
        return bool(htmx) and not htmx.boosted

    @staticmethod
    def _is_past(request: HttpRequest) -> bool:
        as_of: Any = getattr(request, "as_of", None)
        return as_of is not None and as_of.is_past


class NoNullBytesMiddleware:
    """Refuse an address that holds a NUL byte, which PostgreSQL cannot store or compare. Forms refuse theirs by field."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 400 to such an address."""
        if "\x00" in request.path or any("\x00" in "".join([key, *values]) for key, values in request.GET.lists()):
            raise BadRequest(_("The address holds a character that cannot be read."))
        return self.get_response(request)


class KeptFormsMiddleware:
    """Forget what was kept of a form, by the address in its field `kept`, once the form is stored: it leads elsewhere, or
    says that it created something (201) where the page stays.

    A cookie tells the browser, for what it kept itself (static/js/keep.js).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the view does."""
        response = self.get_response(request)
        if request.method == "POST" and request.user.is_authenticated and (kept := request.POST.get("kept")):
            leads_on = "HX-Redirect" in response or "HX-Refresh" in response
            stored = response.status_code in (HTTPStatus.FOUND, HTTPStatus.CREATED) or leads_on
            if stored and "\x00" not in kept:
                forget_form(actor=request.user, address=kept)
                response.set_cookie("stored", quote(kept[:ADDRESS_LIMIT], safe=""), max_age=600, samesite="Lax")
        return response
