"""The desk's own side of an issue, which readers never see: its notes, and who last confirmed that it stands so."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from relations.access import Verb
from relations.models import Confirmation, DeskMembership, Issue, Mention, Note
from relations.reports.paging import KeyPage, key_page

NOTES_A_PAGE = 20


@dataclass(frozen=True)
class DeskSide:
    """What the desk keeps for itself on an issue."""

    notes: KeyPage[Note]
    confirmation: Confirmation | None


def desk_side(user: Any, issue: Issue, cursor: str = "") -> DeskSide:
    """Return the notes on `issue`, newest first, and its last confirmation, as `user` may see them; three queries."""
    notes = (
        Note.objects.visible_to(user)
        .filter(issue=issue)
        .select_related("author", "edited_by")
        .prefetch_related(Prefetch("mentions", Mention.objects.select_related("user")))
    )
    return DeskSide(key_page(notes, "-created_at", cursor, size=NOTES_A_PAGE), last_confirmation(user, issue))


def last_confirmation(user: Any, issue: Issue) -> Confirmation | None:
    """Return who confirmed `issue` last; None where nobody did, or where `user` only reads."""
    return Confirmation.objects.visible_to(user).filter(issue=issue).select_related("confirmed_by").first()


def names_to_tell(issue: Issue) -> list[str]:
    """Return the usernames that a note on `issue` can name with an @."""
    members = DeskMembership.objects.filter(
        relationship=issue.relationship_id, role__in=Verb.WRITE.roles, user__is_active=True
    )
    return list(members.order_by("user__username").values_list("user__username", flat=True))
