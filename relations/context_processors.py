"""What every page's frame shows: the reader's desks, and how much she was told and has not read."""

from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from relations.access import Verb
from relations.models import DeskMembership, Notification


def desks(request: HttpRequest) -> dict[str, Any]:
    """Return the relationships whose desk the user is at, as `desks`; asked for only where a template shows them.

    `administers` says whether she may enter the administration; `unread` how many notifications she has not read,
    counted desk by desk in the one query that fetches the desks.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"desks": [], "administers": False, "unread": 0}
    found = SimpleLazyObject(lambda: _memberships(user))
    return {
        "desks": SimpleLazyObject(lambda: [membership.relationship for membership in found]),
        "administers": lambda: user.is_superuser or any(each.role in Verb.WRITE.roles for each in found),
        "unread": lambda: sum(each.unread for each in found),
    }


def _memberships(user: Any) -> list[Any]:
    """Return at which desks `user` is, in the order of display, each with how much she has not read; one query."""
    unread = Notification.objects.of(user).unread().filter(relationship=OuterRef("relationship")).order_by()
    numbers = unread.values("relationship").annotate(number=Count("pk")).values("number")
    return list(
        DeskMembership.objects.filter(user=user, user__is_active=True)
        .select_related("relationship__first_party", "relationship__second_party")
        .annotate(unread=Coalesce(Subquery(numbers), 0))
        .order_by("relationship__order", "relationship__slug")
    )
