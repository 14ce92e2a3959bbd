"""The API's addresses. `tests/test_access.py` declares who may reach each, and tries them with everyone's token."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from pydantic import TypeAdapter

from relations.access import Verb
from relations.api import openapi
from relations.api.answers import (
    PAGING,
    answer_one,
    answer_page,
    days_readable,
    filtered,
    page_of,
    read_days,
    refuse_unknown,
)
from relations.api.nouns import DESK_NOUNS, SHARED_NOUNS, DeskNoun, SharedNoun
from relations.api.openapi import DeskAPI, told
from relations.api.problems import add_handlers, not_here, only_reading
from relations.api.tokens import Token, TokenThrottle, enter
from relations.forms.past_view import DAYS
from relations.reports import other_records as other
from relations.reports.notifications import watches_of
from relations.reports.records import CopyTextRecord, copy_text_record, copy_texts

api = DeskAPI(
    title="Relations desk",
    version="1.0.0",
    description=(
        "What the token’s owner may read at the desks that she chose for it, as she may at this moment. Reading only. "
        "Lists come in pages: follow “next” until it is null. Send a copy’s ETag as If-None-Match to be told 304 where "
        "nothing changed. What goes wrong is told as a problem document (RFC 9457)."
    ),
    urls_namespace="api",
    docs_url=None,
    auth=Token(),
    throttle=[TokenThrottle()],
)
add_handlers(api)


def _tell(address: str, name: str, summary: Any, answers: Any, parameters: list[Any], view: Callable[..., Any]) -> None:
    """Tell at `address` what `view` answers with."""
    api.get(
        address,
        response=answers,
        operation_id=name,
        url_name=name,
        summary=summary,
        description=answers.__doc__ or "",
        openapi_extra=told(parameters),
    )(view)


def _tell_of_desk(noun: DeskNoun) -> None:
    """Tell a noun of a desk: all of them, and one."""
    days = DAYS if noun.has_past else ()
    day_parameters = openapi.DAYS if noun.has_past else []
    page_type = page_of(noun.record)
    adapter = TypeAdapter(noun.record)

    def met(request: Any, desk: str) -> Any:
        if noun.has_past:
            read_days(request)
        with days_readable():
            return enter(request, desk, noun.verb)

    def index(request: Any, desk: str) -> HttpResponse:
        here = met(request, desk)
        rows = noun.rows(request.auth.user, here)
        offered = [*PAGING, *days]
        if noun.find is not None:
            found = noun.find(request.GET, rows, here)
            refuse_unknown(request, [*found.filters, *offered])
            rows = filtered(found)
        else:
            refuse_unknown(request, offered)
        return answer_page(request, page_type, rows, noun.order, lambda rows: noun.records(rows, here))

    def detail(request: Any, desk: str, ref: str) -> HttpResponse:
        here = met(request, desk)
        refuse_unknown(request, days)
        row = noun.rows(request.auth.user, here).filter(**{noun.key: ref}).first()
        return answer_one(request, adapter, row, lambda row: noun.records([row], here)[0])

    address = f"/desks/{{desk}}/{noun.name}/"
    parameters = [*openapi.of_filters(noun.filters), *day_parameters, *openapi.PAGING]
    _tell(address, noun.name, noun.title, page_type, parameters, index)
    _tell(f"{address}{{ref}}/", noun.one, noun.one_title, noun.record, day_parameters, detail)


def _tell_shared(noun: SharedNoun) -> None:
    """Tell a noun that all desks share: all of them, and one."""
    page_type = page_of(noun.record)
    adapter = TypeAdapter(noun.record)

    def index(request: Any) -> HttpResponse:
        refuse_unknown(request, ["q", *PAGING])
        rows = noun.rows(request.GET.get("q", "")[:200])
        return answer_page(request, page_type, rows, noun.order, lambda rows: [noun.record_of(row) for row in rows])

    def detail(request: Any, ref: str) -> HttpResponse:
        refuse_unknown(request, ())
        return answer_one(request, adapter, noun.rows("").filter(**{noun.key: ref}).first(), noun.record_of)

    _tell(f"/{noun.name}/", noun.name, noun.title, page_type, [*openapi.WORDS, *openapi.PAGING], index)
    _tell(f"/{noun.name}/{{ref}}/", noun.one, noun.one_title, noun.record, [], detail)


def token(request: Any) -> HttpResponse:
    """Tell of the token itself."""
    refuse_unknown(request, ())
    return answer_one(request, TypeAdapter(other.TokenRecord), request.auth, other.token_record)


def desks(request: Any) -> HttpResponse:
    """Tell the desks that the token reads and its owner is at."""
    refuse_unknown(request, PAGING)
    rows = other.desks(request.auth.user, request.auth.desks)
    return answer_page(
        request,
        page_of(other.DeskRecord),
        rows,
        "relationship__slug",
        lambda rows: [other.desk_record(row) for row in rows],
    )


def desk(request: Any, desk: str) -> HttpResponse:
    """Tell one desk."""
    enter(request, desk, Verb.READ)
    refuse_unknown(request, ())
    row = other.desks(request.auth.user, [desk]).first()
    return answer_one(request, TypeAdapter(other.DeskRecord), row, other.desk_record)


def copy(request: Any, desk: str, ref: str, number: int) -> HttpResponse:
    """Tell the text of one stored copy of a document."""
    read_days(request)
    with days_readable():
        here = enter(request, desk, Verb.READ)
    refuse_unknown(request, DAYS)
    row = copy_texts(request.auth.user, here).filter(document__ref=ref, number=number).first()
    return answer_one(request, TypeAdapter(CopyTextRecord), row, copy_text_record)


def watches(request: Any) -> HttpResponse:
    """Tell what the token's owner follows, as far as the token reads it."""
    refuse_unknown(request, PAGING)
    here = Q(person__isnull=False)
    for subject in ("issue", "statement", "saved_view"):
        here |= Q(**{f"{subject}__relationship__slug__in": request.auth.desks})
    rows = watches_of(request.auth.user).filter(here)
    return answer_page(
        request, page_of(other.WatchRecord), rows, "-since", lambda rows: [other.watch_record(row) for row in rows]
    )


_tell("/token/", "token", _("This token"), other.TokenRecord, [], token)
_tell("/desks/", "desks", _("Desks"), page_of(other.DeskRecord), openapi.PAGING, desks)
_tell("/desks/{desk}/", "desk", _("One desk"), other.DeskRecord, [], desk)
for each_of_desk in DESK_NOUNS:
    _tell_of_desk(each_of_desk)
_tell(
    "/desks/{desk}/documents/{ref}/copies/{int:number}/",
    "copy",
    _("The text of one copy"),
    CopyTextRecord,
    openapi.DAYS,
    copy,
)
for each_shared in SHARED_NOUNS:
    _tell_shared(each_shared)
_tell("/watches/", "watches", _("What you follow"), page_of(other.WatchRecord), openapi.PAGING, watches)


def door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return `view` as it is entered: without a sign-in, for reading, and kept by nobody but who asked."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.method
        if asked in ("GET", "HEAD"):
            request.method = "GET"  # ninja knows no HEAD; the server leaves the body out
            try:
                response = view(request, *args, **kwargs)
            finally:
                request.method = asked
        else:
            response = only_reading()
        patch_cache_control(response, private=True, no_cache=True)
        patch_vary_headers(response, ["Authorization"])
        return response

    return login_not_required(csrf_exempt(entered))  # without a cookie there is nothing to forge


def nothing(_request: HttpRequest) -> HttpResponse:
    """Answer an address under the API's that leads nowhere, before a desk of its name is looked for."""
    return not_here()


_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    _pattern.callback = door(cast("Any", _pattern.callback))

urlpatterns = [
    path("v1/", (_patterns, _app, _namespace)),
    re_path(r"^(?:.*/)?$", door(nothing), name="api_nothing"),
]
