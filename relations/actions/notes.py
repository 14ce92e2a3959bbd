"""Write notes on issues, name members in them, and confirm that an issue still stands so."""

import datetime
import re
import uuid
from typing import Any

from django.utils.translation import gettext as _

from relations import access
from relations.access import NotAllowed, Verb
from relations.actions.notices import tell_confirmed, tell_noted
from relations.actions.refusal import Refused, Stale, action
from relations.models import Confirmation, DeskMembership, Issue, Mention, Note, User
from relations.models.base import moment

# Not inside a word, so that an e-mail address names nobody.
_NAMED = re.compile(r"(?<![\w@/.])@([\w.@+-]+)")


@action(Note)
def save_note(*, actor: Any, note: Note, revision: int | None = None, token: uuid.UUID | None = None) -> Note:
    """Store a new note, or the next revision of one's own opened at `revision`; whom it names is told.

    Raises `NotAllowed` below analyst and for another's note, `Stale` where a newer revision stands (R5), `Refused`.
    """
    access.require(actor, Verb.WRITE, note.relationship)
    is_new = note.pk is None
    note.edited_by = actor
    note.edited_at = moment()
    if is_new:
        note.author = actor
        note.created_at = note.edited_at
    else:
        stored = _lock_own(actor, note)
        if stored.revision != revision:
            raise Stale(stored)
        note.revision = stored.revision + 1
    note.save()
    tell_noted(actor=actor, note=note, named=_keep_mentions(note), is_new=is_new)
    return note


@action(Note)
def remove_note(*, actor: Any, note: Note) -> Note:
    """Remove one's own note; the history keeps it. Raises `NotAllowed`, and `Refused` where it is gone already."""
    access.require(actor, Verb.WRITE, note.relationship)
    _lock_own(actor, note).delete()
    return note


@action(Confirmation)
def confirm_issue(
    *, actor: Any, issue: Issue, review_due: datetime.date | None = None, token: uuid.UUID | None = None
) -> Confirmation:
    """Record that `actor` read the issue through and it still stands so; with `review_due`, move its review on.

    It is no edit: who edited it last, and when, stays. Raises `NotAllowed` below analyst, and `Refused` for a review
    day that is past.
    """
    access.require(actor, Verb.WRITE, issue.relationship)
    if review_due is not None:
        if review_due <= issue.relationship.today():
            raise Refused(_("Give a day to come."), field="review_due", rule="review_due_to_come")
        stored = Issue.objects.select_for_update().get(pk=issue.pk)
        stored.review_due = review_due
        # A form opened before holds the old day, so it has to be told (R5).
        stored.revision += 1
        stored.save(update_fields=["review_due", "revision"])
    confirmation = Confirmation.objects.create(relationship=issue.relationship, issue=issue, confirmed_by=actor)
    tell_confirmed(actor=actor, confirmation=confirmation)
    return confirmation


def _lock_own(actor: Any, note: Note) -> Note:
    stored = Note.objects.select_for_update().filter(pk=note.pk).first()
    if stored is None:
        raise Refused(_("This note was removed meanwhile."), rule="gone")
    if stored.author_id != actor.pk:
        raise NotAllowed(_("Only who wrote a note edits or removes it."))
    return stored


def _keep_mentions(note: Note) -> set[int]:
    """Keep a mention of each member whom the note names; what names nobody stays text. Return who is newly named."""
    named = {user.pk for user in _members_named(note)}
    stored = {mention.user_id: mention for mention in note.mentions.all()}
    for user, mention in stored.items():
        if user not in named:
            mention.delete()
    for user in sorted(named - stored.keys()):
        Mention.objects.create(relationship=note.relationship, note=note, user_id=user)
    return named - stored.keys()


def _members_named(note: Note) -> list[User]:
    """Return the members who may read notes and whose username follows an @ in the text, case ignored."""
    # A name may be followed by the stop that ends the sentence.
    names = {name.lower() for match in _NAMED.findall(note.text) for name in (match, match.rstrip(".-+@"))}
    if not names:
        return []
    members = DeskMembership.objects.filter(
        relationship=note.relationship_id, role__in=Verb.WRITE.roles, user__is_active=True
    )
    return [member.user for member in members.select_related("user") if member.user.username.lower() in names]
