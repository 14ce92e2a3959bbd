"""What a desk published, as its feeds tell it: to readers outside the program, so nothing strictly marked is quoted."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from relations.models import Bearing, Evidence, FeedAddress, Issue, Relationship, Statement, StatusChange
from relations.reports.exports import attributed
from relations.reports.notifications import GUARDED

ENTRIES = 50


def absolute(path: str) -> str:
    """Return the whole address of a page, for where no request says which site this is."""
    return f"{settings.SITE_URL}{path}"


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


def entries(user: Any, relationship: Relationship, issue: Issue | None = None) -> list[Entry]:
    """Return what was published last at the desk, or on one issue of it, as `user` may see it; two queries.

    A correction stands in place of what it corrects; what was withdrawn says so and no more.
    """
    statements = (
        Statement.objects.visible_to(user)
        .at(relationship)
        .published()
        .filter(superseded_at__isnull=True)
        .annotate(told_at=Coalesce("withdrawn_at", "published_at"))
        .with_people()
    )
    moves = (
        StatusChange.objects.visible_to(user)
        .at(relationship)
        .published()
        .filter(superseded_at__isnull=True)
        .annotate(
            told_at=Coalesce("withdrawn_at", "published_at"),
            rests_on_guarded=Exists(
                Evidence.objects.filter(status_change=OuterRef("pk"), statement__marking__in=GUARDED)
            ),
        )
        .select_related("issue")
    )
    if issue is not None:
        statements = statements.filter(Exists(Bearing.objects.filter(statement=OuterRef("pk"), issue=issue)))
        moves = moves.filter(issue=issue)
    found = [_statement(row) for row in statements.order_by("-told_at", "-pk")[:ENTRIES]]
    found += [_move(row, relationship) for row in moves.order_by("-told_at", "-pk")[:ENTRIES]]
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:ENTRIES]


def _statement(row: Any) -> Entry:
    if row.withdrawn_at:
        title, summary = _("A statement was withdrawn"), ""
    elif row.marking in GUARDED:
        title, summary = _("A statement was published"), ""
    else:
        title = str(row)
        summary = ", ".join(filter(None, [attributed(row, row.speaker), row.when]))
    return Entry(title, summary, absolute(row.get_absolute_url()), row.told_at)


def _move(row: Any, relationship: Relationship) -> Entry:
    row.relationship = relationship
    if row.withdrawn_at:
        title, summary = _("A status change of “%(issue)s” was withdrawn") % {"issue": row.issue}, ""
    elif row.rests_on_guarded:
        title, summary = _("The status of “%(issue)s” moved") % {"issue": row.issue}, ""
    else:
        title, summary = str(row), row.rationale
    return Entry(title, summary, absolute(row.get_absolute_url()), row.told_at)
