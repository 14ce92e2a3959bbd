"""What every page's frame shows: the reader's desks."""

from typing import Any

from django.http import HttpRequest

from relations.models import Relationship


def desks(request: HttpRequest) -> dict[str, Any]:
    """Return the relationships whose desk the user is at, as `desks`; asked for only where a template shows them."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"desks": []}
    return {"desks": Relationship.objects.visible_to(user).select_related("first_party", "second_party")}
