"""A past view (R9): `?effective=` and `?known=` in the address of whatever one reads of a desk.

All of it is done here, so that no view and no template has to think of it: the days are read from the address and told
to `access`, which gives them to each view as `here.at` and lets it do nothing but read; every link of the answer that
leads to what can be read so keeps them, and so does a redirect; whatever else is asked for with them is refused in words.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from html import escape, unescape
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from relations import access
from relations.forms.past_view import DAYS, DaysForm
from relations.models.moments import NOW, Moment

# Every page of a desk (`<slug:desk>/`) can be read as of a day, unless its verb is more than reading; and of what is no
# desk's, or all of one's desks', these.
SHARED = {
    "home", "reviews", "feed", "issue_feed", "meeting_feed",
    "search", "palette", "people", "person", "posts", "post", "organisations", "organisation", "publishers", "publisher",
    "search_export", "people_export", "posts_export", "organisations_export", "publishers_export",
    "person_history", "post_history", "organisation_history", "publisher_history", "party_history",
}  # fmt: skip
# What one does to one's own things, which takes no more than a reader's role.
OWN = {
    "issue_follow", "statement_follow", "person_follow", "view_follow",
    "saved_view_edit", "saved_view_overwrite", "saved_view_default", "saved_view_remove",
}  # fmt: skip
# What is read, but of today alone; each with the reason, which its refusal tells.
OF_NOW = {
    "changes": _("It tells what is new since a page was opened, and nothing new comes to a past day."),
    "review": _("Drafts are kept as they are today alone: what waited for review then is in the queue of that day."),
    "my_work": _("What is yours to do is of today: “My desks” shows what waited for you on an earlier day."),
    "notifications": _("What you were told is a list of your own, and shows its days itself."),
    "drafts": _("What is half typed is of today."),
    "tokens": _("Your tokens are those of today."),
    "api_reference": _("It tells what the program offers today."),
    "note_export": _("Notes are exported as they are today alone; those of a past day are on its issue’s page."),
    "choose": _("It is a part of a form."),
    "table_import_report": _("What a file would change is of today."),
}
_SAFE = ("GET", "HEAD", "OPTIONS")
_PAGES = ("text/html", "image/svg+xml")
_TAG = re.compile(r"<(?P<name>[a-z][a-z0-9-]*)\s[^<>]*>")
_LINK = re.compile(r'(?<=\s)(?P<attribute>href|hx-get)="(?P<url>[^"]*)"')
_ACTION = re.compile(r'\saction="(?P<url>[^"]*)"')


def can_be_read_as_of(match: ResolverMatch) -> bool:
    """Say whether what an address leads to can be read as of a past day, as far as the address tells."""
    name = match.url_name or ""
    if name in OF_NOW or name in OWN or not _is_ours(match.func):
        return False
    return "desk" in match.kwargs or name in SHARED


def _is_ours(view: Any) -> bool:
    return view.__module__.startswith("relations.views.")


@dataclass(frozen=True)
class AsOf:
    """How a page is read: the days, the form to change them, and what leads out of the past."""

    form: DaysForm
    asked: Moment
    address: str  # of this page as it is now
    others: list[tuple[str, str]]  # what else the address asks for
    desk: str  # its slug; empty on what all desks share
    why: str | Promise = ""  # it is of today alone, where it is

    @property
    def is_past(self) -> bool:
        """Whether a past day is asked for."""
        return self.asked.is_past

    @property
    def days(self) -> list[tuple[str, str]]:
        """The days as an address gives them."""
        return self.asked.days

    @property
    def board(self) -> str:
        """The address of the desk's board on these days; empty on what all desks share."""
        return f"{reverse('board', args=[self.desk])}?{urlencode(self.days)}" if self.desk else ""


def _as_of(request: HttpRequest, form: DaysForm, asked: Moment, match: ResolverMatch) -> AsOf:
    query = request.GET.copy()
    for name in DAYS:
        query.pop(name, None)
    address = f"{request.path}?{query.urlencode()}" if query else request.path
    others = [(name, value) for name, values in query.lists() for value in values]
    return AsOf(form, asked, address, others, match.kwargs.get("desk", ""), OF_NOW.get(match.url_name or "", ""))


def with_days(page: str, path: str, days: list[tuple[str, str]]) -> str:
    """Return `page`, which answers at `path`, with the days in every link and form that can be read as of them.

    What is marked `data-now` is left as it is: it leads back to now, or chooses other days.
    """

    keeps = cache(_can_be_read_as_of)

    def link(found: re.Match[str]) -> str:
        url = unescape(found["url"])
        return f'{found["attribute"]}="{escape(_with(url, days))}"' if _leads_on(url, path, keeps) else found[0]

    def tag(found: re.Match[str]) -> str:
        text = found[0]
        if " data-now" in text:
            return text
        if found["name"] == "form":  # a form that gets puts its fields in place of its address's own
            action = _ACTION.search(text)
            if 'method="get"' in text and keeps(urljoin(path, unescape(action["url"]) if action else "")):
                text += "".join(f'<input type="hidden" name="{name}" value="{day}">' for name, day in days)
            return text
        return _LINK.sub(link, text) if found["name"] == "a" or " hx-get=" in text else text

    return _TAG.sub(tag, page)


def _can_be_read_as_of(path: str) -> bool:
    try:
        return can_be_read_as_of(resolve(path))
    except Resolver404:
        return False


def _leads_on(url: str, path: str, keeps: Callable[[str], bool]) -> bool:
    """Say whether an address in what answers at `path` leads to what keeps the days."""
    parts = urlsplit(url)
    inside = not parts.scheme and not parts.netloc and (parts.path or parts.query)
    return bool(inside) and keeps(urljoin(path, parts.path))


def _with(url: str, days: list[tuple[str, str]]) -> str:
    """Return an address with these days in place of any."""
    parts = urlsplit(url)
    query = QueryDict(parts.query, mutable=True)
    for name in DAYS:
        query.pop(name, None)
    query.update(dict(days))
    return parts._replace(query=query.urlencode()).geturl()


class PastViewMiddleware:
    """Let a request read as of the days in its address, and nothing more; see above."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the view does, with the days in what leads on."""
        # What `process_view` and `access.enter` change ends here: the days read as of, and the desk's clock.
        with access.reading_as_of(NOW), timezone.override(None):
            response = self.get_response(request)
        as_of: AsOf | None = getattr(request, "as_of", None)
        if as_of is not None and as_of.days:
            _lead_on(response, request.path, as_of.days)
        is_page = not response.streaming and response.get("Content-Type", "").startswith(_PAGES)
        if as_of is not None and as_of.days and is_page:
            response.content = with_days(response.content.decode(response.charset), request.path, as_of.days)
        return response

    def process_view(self, request: Any, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        """Note as of when the page is to be read; refuse what cannot be read so."""
        match = request.resolver_match
        asks = any(request.GET.getlist(name) != [""] for name in DAYS if name in request.GET)
        if not _is_ours(view) or not (asks or can_be_read_as_of(match)):
            return None
        form = DaysForm(request.GET if asks else None, auto_id="as-of-%s")
        readable = asks and form.is_valid()
        asked = form.moment if readable else NOW
        request.as_of = _as_of(request, form, asked, match)
        if not asks:
            return None
        if request.method not in _SAFE or not can_be_read_as_of(match):
            return _refused(request, 403)
        if not readable:
            return _refused(request, 422)
        access.read_as_of(asked)
        if "desk" not in kwargs:
            try:
                access.moments(request.user)
            except access.NoSuchDay as no_such_day:
                return _no_such_day(request, no_such_day)
        return None

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        """Say in words why what was asked for cannot be had as of these days."""
        if isinstance(exception, access.OfNowAlone):
            return _refused(request, 403)
        if isinstance(exception, access.NoSuchDay):
            return _no_such_day(request, exception)
        return None


def _lead_on(response: HttpResponse, path: str, days: list[tuple[str, str]]) -> None:
    """Have a redirect keep the days where it leads to what can be read so."""
    url = response.get("Location", "")
    if url and _leads_on(url, path, _can_be_read_as_of):
        response["Location"] = _with(url, days)


def _no_such_day(request: Any, exception: access.NoSuchDay) -> HttpResponse:
    request.as_of.form.add_error(exception.field, str(exception))
    request.as_of = replace(request.as_of, asked=NOW)
    return _refused(request, 422)


def _refused(request: Any, status: int) -> HttpResponse:
    response = render(request, "relations/past_view/refused.html", status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
