"""Saved views: save, rename, share, open a list with one, remove."""

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from relations import access
from relations.access import Desk, Verb
from relations.actions.notices import FOLLOWED_LISTS
from relations.actions.refusal import Refused
from relations.actions.saved_views import (
    change_view,
    open_with,
    open_with_all,
    overwrite_view,
    remove_view,
    save_view,
)
from relations.filters.lists import open_to
from relations.forms.saved_views import OverwriteForm, SaveViewForm, ViewNameForm
from relations.models import DefaultView, SavedView, Watch
from relations.views.responses import desk_context, respond, show_refusal


def index(request: HttpRequest, desk: str) -> HttpResponse:
    """Show the views one may use at this desk, to tend them; a post saves the list it came from as a view."""
    here = access.enter(request.user, desk)
    if request.method == "POST":
        return _save(request, here)
    views = _views(request, here)
    opens = set(DefaultView.objects.filter(user=request.user).values_list("view_id", flat=True))
    rows = [
        {
            "view": view,
            "is_told": view.page in FOLLOWED_LISTS.values(),
            "is_followed": view.is_followed,
            "is_default": view.pk in opens,
            "is_own": view.owner_id == request.user.pk,
            "may_remove": view.owner_id == request.user.pk or (view.shared and here.may(Verb.OVERSEE)),
        }
        for view in views.select_related("owner", "relationship")
        .annotate(is_followed=Exists(Watch.objects.of(request.user).filter(saved_view=OuterRef("pk"))))
        .order_by("page", "name", "pk")
    ]
    return respond(request, "relations/saved_views/list.html", {**desk_context(here), "rows": rows})


def _save(request: HttpRequest, here: Desk) -> HttpResponse:
    form = SaveViewForm(request.POST, pages=open_to(here), may_share=here.may(Verb.WRITE))
    if form.is_valid():
        typed: dict[str, Any] = form.cleaned_data
        try:
            view = save_view(
                actor=request.user,
                relationship=here.relationship,
                query=typed["kept"].query,
                columns=typed["kept"].columns,
                shared=form.is_shared,
                **form.args("page", "name"),
            )
            if typed["default"]:
                open_with(actor=request.user, view=view)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The view “%(name)s” is saved.") % {"name": view})
            return redirect(view)
    return respond(request, "relations/saved_views/form.html", {**desk_context(here), "form": form}, status=422)


@require_POST
def overwrite(request: HttpRequest, desk: str) -> HttpResponse:
    """Have a view of one's own show what its list shows now."""
    here = access.enter(request.user, desk)
    own = _views(request, here).filter(owner=request.user).select_related("relationship")
    form = OverwriteForm(request.POST, views=own)
    if form.is_valid():
        typed: dict[str, Any] = form.cleaned_data
        try:
            view = overwrite_view(
                actor=request.user,
                view=form.views[typed["view"]],
                query=typed["kept"].query,
                columns=typed["kept"].columns,
                token=typed["token"],
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The view “%(name)s” shows this from now on.") % {"name": view})
            return redirect(view)
    return respond(request, "relations/saved_views/form.html", {**desk_context(here), "form": form}, status=422)


def _views(request: HttpRequest, here: Desk) -> QuerySet[SavedView]:
    return SavedView.objects.visible_to(request.user).at(here.relationship).filter(page__in=open_to(here))


def _view(request: HttpRequest, here: Desk, ref: str) -> SavedView:
    return get_object_or_404(_views(request, here).select_related("owner"), ref=ref)


def edit(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Rename one's own view, share it or stop sharing it."""
    here = access.enter(request.user, desk)
    view = _view(request, here, ref)
    form = ViewNameForm(
        request.POST or None,
        may_share=here.may(Verb.WRITE),
        initial={"name": view.name, "shared": view.shared},
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_view(actor=request.user, view=view, shared=form.is_shared, **form.args("name"))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The view is saved."))
            return redirect("saved_view_list", desk)
    context = {**desk_context(here), "form": form, "view": view}
    return respond(request, "relations/saved_views/form.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, desk: str, ref: str, action: Any, said: str) -> HttpResponse:
    here = access.enter(request.user, desk)
    view = _view(request, here, ref)
    try:
        action(actor=request.user, view=view)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said % {"name": view.name})
    return redirect("saved_view_list", desk)


@require_POST
def remove(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Remove one's own view, or as a lead a shared one."""
    if "remove" not in request.POST:  # no stray post takes a view away
        return _act(request, desk, ref, lambda **_act: None, "")
    return _act(request, desk, ref, remove_view, _("The view “%(name)s” is removed."))


@require_POST
def default(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Open the list with this view, or (`all` in the form) with everything again."""
    if "all" in request.POST:
        return _act(request, desk, ref, open_with_all, _("The list opens with everything again."))
    return _act(request, desk, ref, open_with, _("The list opens with “%(name)s” from now on."))
