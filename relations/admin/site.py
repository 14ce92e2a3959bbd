"""The admin site: who may enter, one way to sign in, and an index in the desk's own order."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from relations.access import Verb
from relations.admin.standing import standing

# What the index shows and in which order; a noun that is not named stands in the last group.
GROUPS: list[tuple[Any, str, list[str]]] = [
    (
        _("The desk’s work"),
        "work",
        ["issue", "statement", "statuschange", "document", "meeting", "commitment", "note", "review"],
    ),
    (
        _("Who is who, for all desks"),
        "reference",
        ["person", "mandate", "post", "organisation", "publisher", "reliabilityrating", "party"],
    ),
    (_("Desks and accounts"), "accounts", ["relationship", "deskmembership", "user", "apitoken", "accessattempt"]),
    (_("Parts, to look things up in"), "parts", []),
]


class DeskAutocomplete(AutocompleteJsonView):
    """Offers what the user may choose, which for colleagues is more than what she may administer."""

    def has_perm(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask the model's own admin."""
        may_choose = getattr(self.model_admin, "may_choose", None)
        return may_choose(request) if may_choose else super().has_perm(request, obj)


class DeskAdminSite(admin.AdminSite):
    """The administration of the relations desk. Everyone who may write at some desk may enter it, and superusers."""

    site_header = _("Relations desk: administration")
    site_title = _("Relations desk")
    index_title = _("Administration")
    empty_value_display = "–"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def has_permission(self, request: HttpRequest) -> bool:
        """Say whether the user may enter: by role at a desk, not by a flag on the account."""
        if not request.user.is_authenticated or not request.user.is_active:
            return False
        here = standing(request)
        return here.is_superuser or here.may(Verb.WRITE)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Wrap a view: what the user may not see or do answers 404, as on the pages; the anonymous sign in."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404
            try:
                return inner(request, *args, **kwargs)
            except PermissionDenied as denied:
                raise Http404 from denied

        return update_wrapper(guarded, inner)

    def get_urls(self) -> list[Any]:
        """Return the admin's addresses without its redirect to any object's page, which tells what exists."""
        urls = [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]
        for url in urls:
            if isinstance(url, URLPattern) and hasattr(url.callback, "login_url"):
                del url.callback.login_url  # type: ignore[attr-defined]  # sign-in is the site's, in one step
        return urls

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send to the one sign-in page, and back to where the user was going."""
        target = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
            target = reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(target)
        if not self.has_permission(request):
            raise Http404
        return redirect(target if target != request.path else "admin:index")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Sign out, as the pages do."""
        if request.method == "POST":
            logout(request)
        return redirect("account_login" if request.method == "POST" else "account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Send to the one page that changes a password."""
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Send to the one page that changes a password."""
        return redirect("account_change_password")

    def autocomplete_view(self, request: HttpRequest) -> Any:
        """Answer a chooser's search."""
        try:
            return DeskAutocomplete.as_view(admin_site=self)(request)
        except (ValueError, NotRegistered) as bad:
            raise Http404 from bad

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the nouns in the desk's own groups, each group as the templates know an app."""
        found = {
            model["object_name"].lower(): model
            for app in self._build_app_dict(request, app_label).values()  # type: ignore[attr-defined]
            for model in app["models"]
        }
        groups = []
        for title, key, names in GROUPS:
            wanted = names or [name for name in found if not any(name in group[2] for group in GROUPS)]
            models = [found[name] for name in wanted if name in found]
            if models:
                groups.append(
                    {
                        "name": title,
                        "app_label": key,
                        "app_url": f"{reverse('admin:index')}#{key}",
                        "has_module_perms": True,
                        "models": models,
                    }
                )
        return groups

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Show the nouns, and what the user's desks are."""
        here = standing(request)
        context = {
            "subtitle": None,
            "desk_names": here.desk_names(),
            "no_desk": _now("You administer the installation but are at no desk, so no desk’s content is shown."),
        }
        return super().index(request, {**context, **(extra_context or {})})
