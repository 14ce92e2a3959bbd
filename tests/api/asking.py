"""How the tests ask the API, and who may be told what: each address by its name."""

import datetime
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from relations.actions.tokens import PREFIX, token_hash
from relations.choices import Role
from relations.models import ApiToken, Relationship, User

ANY_TOKEN = "any token"  # of whoever, at no desk too
OF_DESK = {
    "issues": ("issue", Role.READER),
    "statements": ("statement", Role.READER),
    "status-changes": ("status-change", Role.READER),
    "documents": ("document", Role.READER),
    "meetings": ("meeting", Role.READER),
    "commitments": ("commitment", Role.ANALYST),
    "notes": ("note", Role.ANALYST),
    "briefs": ("brief", Role.READER),
    "reviews": ("review", Role.ANALYST),
    "ratings": ("rating", Role.READER),
}
SHARED = {
    "parties": "party",
    "people": "person",
    "posts": "post",
    "organisations": "organisation",
    "publishers": "publisher",
}
RULES: dict[str, str | Role] = {
    "token": ANY_TOKEN,
    "desks": ANY_TOKEN,
    "desk": Role.READER,
    "copy": Role.READER,
    "watches": ANY_TOKEN,
    **{name: rule for several, (one, rule) in OF_DESK.items() for name in (several, one)},
    **{name: ANY_TOKEN for pair in SHARED.items() for name in pair},
}


def make_token(user: User, *desks: Relationship, **fields: Any) -> str:
    """Store a token, whether or not its user is at these desks. Return its secret."""
    secret = f"{PREFIX}{user.username}-{ApiToken.objects.count()}"
    values = {"name": "A test", "expires_at": timezone.now() + datetime.timedelta(days=1), **fields}
    ApiToken.objects.create(user=user, sha256=token_hash(secret), **values).relationships.set(desks)
    return secret


def asking(user: User, *desks: Relationship) -> Client:
    """Return a client that sends a token of the user's for these desks."""
    return Client(headers={"Authorization": f"Bearer {make_token(user, *desks)}"})


def address(name: str, *args: Any) -> str:
    """Return the address of this name."""
    return reverse(f"api:{name}", args=args)
