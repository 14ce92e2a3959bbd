"""How the API answers: a page of records by key, or one record, with what a copy is known by (ETag)."""

import base64
import hashlib
import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from pydantic import BaseModel, TypeAdapter

from relations import access
from relations.api.problems import Unreadable
from relations.forms.past_view import DAYS, DaysForm
from relations.reports.paging import COUNT_CAP, PAGE_SIZE, capped_count, key_page

R = TypeVar("R")

PAGING = ("limit", "page")
MOST_ROWS = 200  # of one page


class Page(BaseModel, Generic[R]):
    """Some rows, and the addresses of the rows before and after them; null where there are none."""

    items: list[R]
    next: str | None
    previous: str | None


def page_of(record: Any) -> Any:
    """Return the type of a page of these records."""
    return Page.__class_getitem__(record)


def refuse_unknown(request: HttpRequest, offered: Collection[str]) -> None:
    """Raise `Unreadable` for a parameter that is not offered: a filter that is misspelt must not find everything."""
    unknown = [name for name in request.GET if name not in offered]
    if unknown:
        words = _("There is no such parameter here. There are: %(names)s.") % {"names": ", ".join(sorted(offered))}
        if not offered:
            words = _("Nothing can be asked for here.")
        raise Unreadable([(name, words) for name in unknown])


@contextmanager
def days_readable() -> Iterator[None]:
    """Tell a day that cannot be looked back to at its parameter."""
    try:
        yield
    except access.NoSuchDay as no_such_day:
        raise Unreadable([(no_such_day.field, str(no_such_day))]) from no_such_day


def read_days(request: HttpRequest) -> None:
    """Meet every desk as of the days that the address gives, for the rest of this request (R9).

    `PastViewMiddleware` ends it.
    """
    if not any(request.GET.get(name) for name in DAYS):
        return
    form = DaysForm(request.GET)
    if not form.is_valid():
        raise _of_form(form)
    access.read_as_of(form.moment)


def filtered(found: Any) -> Any:
    """Return the rows that a filter finds. Raises `Unreadable` with what its form says of its values."""
    if not found.form.is_valid():
        raise _of_form(found.form)
    return found.qs


def _of_form(form: Any) -> Unreadable:
    return Unreadable([(name, message) for name, messages in form.errors.items() for message in messages])


def answer_page(
    request: HttpRequest, page_type: Any, rows: Any, order: str, records: Callable[[list[Any]], list[Any]]
) -> HttpResponse:
    """Answer with the page of `rows` that the address names, ordered by `order`."""
    cursor = request.GET.get("page", "")
    if cursor and not _reads_as_cursor(cursor):
        raise Unreadable([("page", _("Take this from “next” or “previous” of an answer."))])
    # Of rows told apart by what is typed PostgreSQL cannot tell beforehand how many fit: they are counted, up to the cap.
    is_few = any(request.GET.get(name) for name in ("text", "speaker")) and capped_count(rows) <= COUNT_CAP
    found = key_page(rows, order, cursor, size=_limit(request), is_few=is_few)
    links = {name: _link(request, getattr(found, name)) for name in ("next", "previous")}
    page = page_type(items=records(found.rows), **links)
    response = answer(request, page.model_dump_json().encode())
    given = [f'<{url}>; rel="{name}"' for name, url in links.items() if url]
    if given:
        response["Link"] = ", ".join(given)
    return response


def _reads_as_cursor(text: str) -> bool:
    """Say whether `text` can be a cursor; a page of the program shows its first page instead, a program would start anew."""
    try:
        read = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return False
    return isinstance(read, list) and bool(read) and read[0] in ("next", "previous")


def _limit(request: HttpRequest) -> int:
    asked = request.GET.get("limit", "")
    if not asked:
        return PAGE_SIZE
    if not (asked.isascii() and asked.isdigit() and len(asked) <= 3 and 1 <= int(asked) <= MOST_ROWS):
        raise Unreadable([("limit", _("Give a number from 1 to %(most)s.") % {"most": MOST_ROWS})])
    return int(asked)


def _link(request: HttpRequest, cursor: str) -> str | None:
    if not cursor:
        return None
    query = request.GET.copy()
    query["page"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def answer_one(request: HttpRequest, adapter: TypeAdapter, row: Any, record: Callable[[Any], Any]) -> HttpResponse:
    """Answer with the record of `row`. Raises Http404 where there is none."""
    if row is None:
        raise Http404
    return answer(request, adapter.dump_json(record(row)))


def answer(request: HttpRequest, body: bytes) -> HttpResponse:
    """Answer with `body`; with 304 where the program's copy holds the same.

    A copy is known by the hash of all that it says, so it is the same only if everything that this token may see of it
    is, a role, a name or another desk's word among it included.
    """
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    held = parse_etags(request.headers.get("If-None-Match", ""))
    response: HttpResponse
    if "*" in held or etag in held or f"W/{etag}" in held:  # a proxy that packs an answer calls its copy weak
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(body, content_type="application/json")
    response["ETag"] = etag
    return response
