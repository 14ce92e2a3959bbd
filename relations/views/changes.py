"""What others changed since a page was opened: asked for every little while, and mostly answered by a 304."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Desk
from relations.models import Issue, Statement, StatusChange
from relations.reports.changes import desk_stamp, issue_stamp, subject_stamp


@require_safe
def changes(request: HttpRequest, desk: str, kind: str, name: str) -> HttpResponse:
    """Say whether the board, an issue, a statement or a status change moved since `since`, a stamp of it."""
    here = access.enter(request.user, desk)
    stamp = _stamp(request, here, kind, name)
    etag = quote_etag(stamp)
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        since = request.GET.get("since", "")
        context = {"desk": here.relationship, "kind": kind, "name": name, "stamp": stamp}
        response = render(request, "relations/changes.html", {**context, "changed": bool(since) and since != stamp})
    response.headers["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _issue_stamp(here: Desk, name: str) -> str:
    try:
        return issue_stamp(here.relationship, name)  # who may enter the desk may see each of its issues
    except Issue.DoesNotExist as error:
        raise Http404 from error


def _stamp(request: HttpRequest, here: Desk, kind: str, name: str) -> str:
    if kind == "board":
        return desk_stamp(here.relationship)
    if kind == "issue":
        return _issue_stamp(here, name)
    models: dict[str, Any] = {"statement": Statement, "status": StatusChange}
    if kind not in models:
        raise Http404
    return subject_stamp(
        get_object_or_404(models[kind].objects.visible_to(request.user).at(here.relationship), ref=name)
    )
