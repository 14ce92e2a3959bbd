"""What every page's frame shows: the reader's desks, and how much she was told and has not read."""

from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from relations.access import Verb
from relations.models import DeskMembership, Notification, Relationship


def desks(request: HttpRequest) -> dict[str, Any]:
    """Return the relationships whose desk the user is at, as `desks`; asked for only where a template shows them.

    `administers` says whether she may enter the administration; `unread` how many notifications she has not read,
    counted desk by desk in the one query that fetches the desks.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"desks": [], "administers": False, "unread": 0}
    mine = DeskMembership.objects.filter(user=user, relationship=OuterRef("pk")).values("role")[:1]
    unread = Notification.objects.of(user).unread().filter(relationship=OuterRef("pk")).order_by()
    numbers = unread.values("relationship").annotate(number=Count("pk")).values("number")
    found = Relationship.objects.visible_to(user).annotate(
        my_role=Subquery(mine), unread=Coalesce(Subquery(numbers), 0)
    )
    found = found.select_related("first_party", "second_party")
    # Asked in templates alone, of the rows that the frame fetches anyway.
    return {
        "desks": found,
        "administers": lambda: user.is_superuser or any(desk.my_role in Verb.WRITE.roles for desk in found),
        "unread": lambda: sum(desk.unread for desk in found),
    }
