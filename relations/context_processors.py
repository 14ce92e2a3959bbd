"""What every page's frame shows: the reader's desks."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest

from relations.access import Verb
from relations.models import DeskMembership, Relationship


def desks(request: HttpRequest) -> dict[str, Any]:
    """Return the relationships whose desk the user is at, as `desks`; asked for only where a template shows them.

    `administers` says whether she may enter the administration.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"desks": [], "administers": False}
    mine = DeskMembership.objects.filter(user=user, relationship=OuterRef("pk")).values("role")[:1]
    found = Relationship.objects.visible_to(user).annotate(my_role=Subquery(mine))
    found = found.select_related("first_party", "second_party")
    # Asked in templates alone, of the rows that the frame fetches anyway.
    return {
        "desks": found,
        "administers": lambda: user.is_superuser or any(desk.my_role in Verb.WRITE.roles for desk in found),
    }
