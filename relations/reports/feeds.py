"""What a desk published, as its feeds tell it: to readers outside the program, so nothing strictly marked is quoted."""

import datetime
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Case, Exists, OuterRef, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from relations.models import Bearing, Evidence, FeedAddress, Issue, Relationship, Statement, StatusChange
from relations.models.moments import NOW, Moment
from relations.reports.exports import attributed
from relations.reports.notifications import GUARDED

ENTRIES = 50


def absolute(path: str, at: Moment = NOW) -> str:
    """Return the whole address of a page as of `at`, for where no request says which site this is."""
    return f"{settings.SITE_URL}{path}" + (f"?{urlencode(at.days)}" if at.is_past else "")


def titled(title: str, at: Moment) -> str:
    """Return the title of what is told as of `at`, which says so where that is past."""
    told = {name: date_format(day, "j M Y") for name, day in (("effective", at.effective), ("known", at.known)) if day}
    if len(told) > 1:
        return _("%(title)s: what stood on %(effective)s, as known by %(known)s") % {"title": title, **told}
    if at.known:
        return _("%(title)s: as known by %(known)s") % {"title": title, **told}
    return _("%(title)s: what stood on %(effective)s") % {"title": title, **told} if told else title


@dataclass(frozen=True)
class Entry:
    """One thing that was published or withdrawn."""

    title: str
    summary: str
    url: str
    at: datetime.datetime


def open_address(key_sha256: str, slug: str) -> FeedAddress | None:
    """Return the address with this key of the desk `slug`; None where it was revoked or its user is no longer there."""
    address = (
        FeedAddress.objects.filter(key_sha256=key_sha256, relationship__slug=slug, revoked_at__isnull=True)
        .select_related("user", "relationship__first_party", "relationship__second_party")
        .first()
    )
    if address is None or not Relationship.objects.visible_to(address.user).filter(pk=address.relationship_id).exists():
        return None
    return address


def entries(user: Any, relationship: Relationship, issue: Issue | None = None, at: Moment = NOW) -> list[Entry]:
    """Return what was published last at the desk, or on one issue of it, as `user` may see it as of `at`; two queries.

    A correction stands in place of what it corrects; what was withdrawn says so and no more.
    """
    told_at = Case(When(at.came("withdrawn_at"), then="withdrawn_at"), default="published_at")
    statements = (
        Statement.objects.visible_to(user, at)
        .at(relationship)
        .published()
        .filter(at.was_to_come("superseded_at"))
        .annotate(told_at=told_at)
        .with_people()
    )
    moves = (
        StatusChange.objects.visible_to(user, at)
        .at(relationship)
        .published()
        .filter(at.was_to_come("superseded_at"))
        .annotate(
            told_at=told_at,
            rests_on_guarded=Exists(
                Evidence.objects.filter(status_change=OuterRef("pk"), statement__marking__in=GUARDED)
            ),
        )
        .select_related("issue")
    )
    if issue is not None:
        statements = statements.filter(Exists(Bearing.objects.filter(statement=OuterRef("pk"), issue=issue)))
        moves = moves.filter(issue=issue)
    found = [_statement(row, at) for row in statements.order_by("-told_at", "-pk")[:ENTRIES]]
    found += [_move(row, relationship, at) for row in moves.order_by("-told_at", "-pk")[:ENTRIES]]
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:ENTRIES]


def _statement(row: Any, at: Moment) -> Entry:
    if row.withdrawn_at:
        title, summary = _("A statement was withdrawn"), ""
    elif row.marking in GUARDED:
        title, summary = _("A statement was published"), ""
    else:
        title = str(row)
        summary = ", ".join(filter(None, [attributed(row, row.speaker), row.when]))
    return Entry(title, summary, absolute(row.get_absolute_url(), at), row.told_at)


def _move(row: Any, relationship: Relationship, at: Moment) -> Entry:
    row.relationship = relationship
    if row.withdrawn_at:
        title, summary = _("A status change of “%(issue)s” was withdrawn") % {"issue": row.issue}, ""
    elif row.rests_on_guarded:
        title, summary = _("The status of “%(issue)s” moved") % {"issue": row.issue}, ""
    else:
        title, summary = str(row), row.rationale
    return Entry(title, summary, absolute(row.get_absolute_url(), at), row.told_at)
