"""The desk's own side of an issue, which readers never see: its notes, and who last confirmed that it stands so."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from relations.access import Verb, may
from relations.models import Confirmation, DeskMembership, Issue, Mention, Note
from relations.models.moments import NOW, Moment
from relations.models.versions import recorded_by, row_of
from relations.reports.paging import KeyPage, key_page

NOTES_A_PAGE = 20


@dataclass(frozen=True)
class DeskSide:
    """What the desk keeps for itself on an issue."""

    notes: KeyPage[Note]
    confirmation: Confirmation | None


def desk_side(user: Any, issue: Issue, cursor: str = "", at: Moment = NOW) -> DeskSide:
    """Return the notes on `issue`, newest first, and its last confirmation, as of `at`, as `user` may see them.

    Three queries; four as of a past day, where the notes are as they were written by then, those removed since included.
    """
    confirmation = last_confirmation(user, issue, at)
    if at.known_until is not None:
        return DeskSide(_notes_by(user, issue, cursor, at.known_until), confirmation)
    notes = (
        Note.objects.visible_to(user)
        .filter(issue=issue)
        .select_related("author", "edited_by")
        .prefetch_related(Prefetch("mentions", Mention.objects.select_related("user")))
    )
    return DeskSide(key_page(notes, "-created_at", cursor, size=NOTES_A_PAGE), confirmation)


def _notes_by(user: Any, issue: Issue, cursor: str, until: datetime.datetime) -> KeyPage[Note]:
    """Return the notes on `issue` as they were just before `until`, where `user` writes at its desk."""
    if not may(user, Verb.READ_WORK, issue.relationship):
        return KeyPage([], "", "")
    told = recorded_by(Note, until, issue_id=issue.pk, created_at__lt=until)
    page = key_page(told, "-created_at", cursor, size=NOTES_A_PAGE)
    notes = [row_of(Note, event) for event in page.rows]
    prefetch_related_objects(notes, "author", "edited_by")
    return KeyPage(notes, page.previous, page.next)


def last_confirmation(user: Any, issue: Issue, at: Moment = NOW) -> Confirmation | None:
    """Return who had confirmed `issue` last, as of `at`; None where nobody had, or where `user` only reads."""
    return Confirmation.objects.visible_to(user, at).filter(issue=issue).select_related("confirmed_by").first()


def names_to_tell(issue: Issue) -> list[str]:
    """Return the usernames that a note on `issue` can name with an @."""
    members = DeskMembership.objects.filter(
        relationship=issue.relationship_id, role__in=Verb.WRITE.roles, user__is_active=True
    )
    return list(members.order_by("user__username").values_list("user__username", flat=True))
