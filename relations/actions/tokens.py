"""What a user does with the keys of her own programs: make one, revoke it; and that one was used."""

import datetime
import hashlib
import secrets
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from relations import access
from relations.access import NotAllowed, Verb
from relations.actions.refusal import Refused
from relations.models import ApiToken, Relationship
from relations.models.base import moment

MOST_TOKENS = 10  # that a user has at a time
PREFIX = "desk_"  # by which people and scanners for leaked secrets know one
_USE_NOTED_EVERY = datetime.timedelta(minutes=1)


def token_hash(secret: str) -> str:
    """Return what is kept of a token.

    A fast hash is right here: a password is guessable and wants a slow one, but a token is 256 random bits, which
    nobody tries out however fast the hash is; and it is asked for at every request.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def make_token(*, actor: Any, name: str, desks: Iterable[Relationship], days: int) -> tuple[ApiToken, str]:
    """Make a token of the actor's that reads these desks for so many days. Return it with its secret.

    Only the secret's hash is kept: show it now or never. Raises `NotAllowed` where the actor is not at one of the
    desks, `Refused` where she has many tokens already.
    """
    desks = list(desks)
    for desk in desks:
        access.require(actor, Verb.READ, desk)
    if ApiToken.objects.of(actor).live().count() >= MOST_TOKENS:
        raise Refused(
            _("You have %(number)s tokens. Revoke one first.") % {"number": MOST_TOKENS}, field="name", rule="tokens"
        )
    secret = PREFIX + secrets.token_urlsafe(32)
    made = moment()
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=actor,
            name=name,
            sha256=token_hash(secret),
            created_at=made,
            expires_at=made + datetime.timedelta(days=days),
        )
        token.relationships.set(desks)
    return token, secret


def revoke_token(*, actor: Any, pk: int) -> None:
    """Let a token of the actor's open nothing from now on."""
    ApiToken.objects.filter(user=actor, pk=pk, revoked_at=None).update(revoked_at=moment())


def revoke_anyones(*, actor: Any, tokens: Iterable[int]) -> int:
    """Let these tokens open nothing from now on, whosever they are. Return how many did until now.

    Raises `NotAllowed` unless the actor administers the installation.
    """
    if not (actor.is_active and actor.is_superuser):
        raise NotAllowed(_("Only an administrator revokes another’s token."))
    return ApiToken.objects.filter(pk__in=tokens, revoked_at=None).update(revoked_at=moment())


def note_token_use(*, token: ApiToken) -> None:
    """Keep when a token was last used, to the minute: its owner sees which ones live."""
    now = moment()
    if token.last_used_at is None or token.last_used_at < now - _USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
