"""Atom feeds of a desk and of an issue, and its calendar, behind a personal address instead of a sign-in."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from relations import access
from relations.actions.following import key_hash, note_feed_use
from relations.models import FeedAddress, Issue
from relations.models.moments import Moment
from relations.reports.calendars import ical, meeting_calendar
from relations.reports.feeds import Entry, absolute, entries, open_address, titled


class _Entries(Feed):
    """Entries that are at hand, under a title."""

    feed_type = Atom1Feed

    def __init__(self, title: str, link: str, found: list[Entry]) -> None:
        self.title = title
        self.link = link
        self.found = found

    def items(self) -> list[Entry]:
        return self.found

    def item_title(self, item: Any) -> str:
        return item.title

    def item_description(self, item: Any) -> str:
        return item.summary

    def item_link(self, item: Any) -> str:
        return item.url

    def item_updateddate(self, item: Any) -> Any:
        return item.at


def _address(key: str, slug: str) -> FeedAddress:
    address = open_address(key_hash(key), slug)
    if address is None:
        raise Http404
    note_feed_use(address=address)
    return address


def _answer(request: HttpRequest, title: str, link: str, found: list[Entry], at: Moment) -> HttpResponseBase:
    """Answer with the feed as of `at`, which its title tells where that is past."""
    title = titled(title, at)
    return _unless_held(request, [title, found], lambda: _Entries(title, absolute(link, at), found)(request))


def _unless_held(request: HttpRequest, told: object, write: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Answer with what `write` makes of `told`; with 304 where the reader's copy holds the same."""
    etag = f'"{hashlib.sha256(repr(told).encode()).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag) or write()
    response["ETag"] = etag
    patch_cache_control(response, private=True)
    return response


@login_not_required
@require_safe
def desk(request: HttpRequest, key: str, rel: str) -> HttpResponseBase:
    """Tell what a desk published, to who holds the key of someone at that desk."""
    address = _address(key, rel)
    here = address.relationship
    at = access.moment_at(here)
    return _answer(request, here.title, here.get_absolute_url(), entries(address.user, here, at=at), at)


@login_not_required
@require_safe
def issue(request: HttpRequest, key: str, rel: str, slug: str) -> HttpResponseBase:
    """Tell what a desk published on one issue, as for the desk."""
    address = _address(key, rel)
    here = address.relationship
    at = access.moment_at(here)
    row = get_object_or_404(Issue.objects.visible_to(address.user, at).at(here), slug=slug)
    row.relationship = here
    title = _("%(issue)s · %(desk)s") % {"issue": row, "desk": here}
    return _answer(request, title, row.get_absolute_url(), entries(address.user, here, row, at), at)


@login_not_required
@require_safe
def meetings(request: HttpRequest, key: str, rel: str) -> HttpResponseBase:
    """Tell a desk's meetings as a calendar, as for the desk."""
    address = _address(key, rel)
    calendar = meeting_calendar(address.user, address.relationship, access.moment_at(address.relationship))

    def write() -> HttpResponse:
        name = f"{address.relationship.slug}-meetings.ics"
        return HttpResponse(
            ical(calendar),
            content_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": f'inline; filename="{name}"'},
        )

    return _unless_held(request, calendar, write)
