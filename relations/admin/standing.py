"""What the user of a request may do at which desk, asked of the database once a request."""

from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest

from relations.access import Verb
from relations.choices import Role
from relations.models import DeskMembership


@dataclass(frozen=True)
class Standing:
    """A user's roles, by the desk's relationship."""

    is_superuser: bool
    memberships: tuple[DeskMembership, ...]

    def may(self, verb: Verb, relationship_id: int | None = None) -> bool:
        """Say whether she may `verb` at this desk; at any desk where none is given."""
        return any(
            Role(each.role) in verb.roles
            for each in self.memberships
            if relationship_id is None or each.relationship_id == relationship_id
        )

    def desks(self, verb: Verb) -> list[int]:
        """Return the relationships at whose desk she may `verb`."""
        return [each.relationship_id for each in self.memberships if Role(each.role) in verb.roles]

    def desk_names(self) -> list[str]:
        """Return her desks, with her role at each."""
        return [f"{each.relationship} ({each.get_role_display()})" for each in self.memberships]


def standing(request: HttpRequest) -> Standing:
    """Return the standing of the request's user."""
    found = getattr(request, "_desk_standing", None)
    if found is None:
        user: Any = request.user
        memberships = DeskMembership.objects.filter(user=user, user__is_active=True).select_related(
            "relationship__first_party", "relationship__second_party"
        )
        found = Standing(bool(user.is_active and user.is_superuser), tuple(memberships))
        cast("Any", request)._desk_standing = found
    return found
