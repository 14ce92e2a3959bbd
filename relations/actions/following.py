"""What a user keeps for herself: what she follows, what she has read, her digest and the addresses of her feeds."""

import datetime
import hashlib
import secrets
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from relations import access
from relations.access import NotAllowed, Verb
from relations.actions.notices import FOLLOWED_LISTS
from relations.actions.refusal import Refused
from relations.choices import Digest
from relations.models import (
    DigestSetting,
    FeedAddress,
    Issue,
    Notification,
    Person,
    Relationship,
    SavedView,
    Statement,
    Watch,
)
from relations.models.base import moment

_USE_NOTED_EVERY = datetime.timedelta(hours=1)
MOST_ADDRESSES = 10  # of one user's feeds at one desk
Followed = Issue | Statement | Person | SavedView
_COLUMNS: dict[type, str] = {
    Issue: "issue",
    Statement: "statement",
    Person: "person",
    SavedView: "saved_view",
}


def follow(*, actor: Any, subject: Followed) -> None:
    """Follow an issue, a statement, a person or a saved view; following twice is following.

    Raises `NotAllowed` for what the actor may not see, `Refused` for a view of a list of which nothing is told.
    """
    if not isinstance(subject, Person) and not type(subject).objects.visible_to(actor).filter(pk=subject.pk).exists():
        raise NotAllowed(_("What one may not see one cannot follow."))
    if isinstance(subject, SavedView) and subject.page not in FOLLOWED_LISTS.values():
        raise Refused(_("Only views of the board and of statements can be followed."), rule="view_is_told_of")
    followed: dict[str, Any] = {_COLUMNS[type(subject)]: subject}
    Watch.objects.get_or_create(user=actor, **followed)


def unfollow(*, actor: Any, subject: Followed) -> None:
    """Follow it no longer; what was told stays."""
    Watch.objects.filter(user=actor, **{_COLUMNS[type(subject)]: subject}).delete()


def mark_read(*, actor: Any, one: int | None = None, until: int | None = None) -> int:
    """Mark `one` notification of the actor's read, or all up to and with the one numbered `until`. Return how many."""
    told = Notification.objects.filter(user=actor, read_at__isnull=True)
    wanted = Q(pk=one) if one is not None else Q(pk__lte=until or 0)
    return told.filter(wanted).update(read_at=moment())


def set_digest(*, actor: Any, every: str) -> DigestSetting:
    """Have what the actor is told sent by e-mail daily, weekly or never.

    Who begins with it is sent what comes from now on: what she was told before waits for her in the program alone.
    """
    with transaction.atomic():
        setting, _new = DigestSetting.objects.select_for_update().get_or_create(user=actor)
        if setting.every == Digest.NEVER:
            Notification.objects.filter(user=actor, sent_at__isnull=True).update(sent_at=moment())
        setting.every = every
        setting.save(update_fields=["every"])
    return setting


def key_hash(key: str) -> str:
    """Return what is kept of a feed's key."""
    return hashlib.sha256(key.encode()).hexdigest()


def make_feed_address(*, actor: Any, relationship: Relationship) -> str:
    """Make a personal address of a desk's feeds. Return its key, of which only the hash is kept: show it now or never.

    Raises `NotAllowed` where the actor is not at the desk, `Refused` where she has many there already.
    """
    access.require(actor, Verb.READ, relationship)
    live = FeedAddress.objects.filter(user=actor, relationship=relationship, revoked_at__isnull=True)
    if live.count() >= MOST_ADDRESSES:
        raise Refused(
            _("You have %(number)s addresses for this desk. Revoke one first.") % {"number": MOST_ADDRESSES},
            field="relationship",
            rule="feed_addresses",
        )
    key = secrets.token_urlsafe(32)
    FeedAddress.objects.create(user=actor, relationship=relationship, key_sha256=key_hash(key))
    return key


def revoke_feed_address(*, actor: Any, pk: int) -> None:
    """Let an address of the actor's lead nowhere from now on."""
    FeedAddress.objects.filter(user=actor, pk=pk, revoked_at__isnull=True).update(revoked_at=moment())


def note_feed_use(*, address: FeedAddress) -> None:
    """Keep when an address was last used, to the hour: its owner sees which ones live."""
    now = moment()
    if address.last_used_at is None or address.last_used_at < now - _USE_NOTED_EVERY:
        FeedAddress.objects.filter(pk=address.pk).update(last_used_at=now)
