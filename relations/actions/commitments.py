"""Record what a side said it will do, and what became of it."""

import datetime
import uuid
from typing import Any

from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.actions.notices import tell_commitment_recorded, tell_commitment_settled
from relations.actions.refusal import Refused, Stale, action
from relations.choices import CommitmentState
from relations.models import Bearing, Commitment, Issue, Statement
from relations.models.base import moment

_SHOWN = (CommitmentState.KEPT, CommitmentState.BROKEN)


@action(Commitment)
def record_commitment(*, actor: Any, commitment: Commitment, token: uuid.UUID | None = None) -> Commitment:
    """Store what a side said it will do, from the published statement that says so.

    Raises `NotAllowed` below analyst, and `Refused` where the statement does not stand published on the issue, or who
    owes it is neither side.
    """
    access.require(actor, Verb.WRITE, commitment.relationship)
    _check_owed(commitment)
    if not _stands_on(commitment.statement, commitment.issue):
        raise Refused(
            _("A commitment is taken from a statement that stands published on this issue. This one does not."),
            field="issue",
            rule="commitment_statement_published",
        )
    commitment.author = commitment.edited_by = actor
    commitment.save(force_insert=True)
    tell_commitment_recorded(actor=actor, commitment=commitment)
    return commitment


@action(Commitment)
def revise_commitment(
    *, actor: Any, commitment: Commitment, revision: int, token: uuid.UUID | None = None
) -> Commitment:
    """Store the next revision of what is owed, by whom and by when; what became of it is left as it is.

    Raises `NotAllowed` below analyst, `Stale` where a newer revision stands (R5), `Refused` where a rule says no.
    """
    access.require(actor, Verb.WRITE, commitment.relationship)
    stored = _locked(commitment, revision)
    _check_owed(commitment)
    for name in ("text", "party", "due_earliest", "due_latest", "due_precision"):
        setattr(stored, name, getattr(commitment, name))
    return _saved(stored, actor)


@action(Commitment)
def settle_commitment(
    *,
    actor: Any,
    commitment: Commitment,
    state: str,
    revision: int,
    settled_by: Statement | None = None,
    settled_on: datetime.date | None = None,
    note: str = "",
    token: uuid.UUID | None = None,
) -> Commitment:
    """Say what became of it: kept or broken, as a published statement shows; lapsed, with the reason; or open again.

    Without `settled_on` it is settled on the last day of that statement, a lapsed one today. Raises `NotAllowed`
    below analyst, `Stale` where a newer revision stands (R5), and `Refused`, at the field, without such a statement
    or reason, or for a day to come.
    """
    access.require(actor, Verb.WRITE, commitment.relationship)
    stored = _locked(commitment, revision)
    if state not in CommitmentState.values:
        raise Refused(_("Choose what became of it."), field="state", rule="commitment_state_known")
    note = note.strip()
    if state in _SHOWN:
        settled_by = _check_shown(stored, settled_by)
    elif state == CommitmentState.LAPSED and not note:
        raise Refused(_("Say why it lapsed."), field="note", rule="commitment_lapsed_with_note")
    settles = state != CommitmentState.OPEN
    today = stored.relationship.today()
    stored.state = state
    stored.settled_by = settled_by if state in _SHOWN else None
    stored.settled_on = settled_on or (settled_by.latest if state in _SHOWN and settled_by else today)
    if not settles:
        stored.settled_on = None
    elif stored.settled_on > today:
        raise Refused(_("This day lies in the future."), field="settled_on", rule="commitment_settled_not_in_future")
    stored.settler = actor if settles else None
    stored.settling_note = note
    saved = _saved(stored, actor)
    if settles:
        tell_commitment_settled(actor=actor, commitment=saved)
    return saved


def _locked(commitment: Commitment, revision: int) -> Commitment:
    stored: Commitment = (
        Commitment.objects.select_for_update(of=("self",)).select_related("relationship").get(pk=commitment.pk)
    )
    if stored.revision != revision:
        raise Stale(stored)
    return stored


def _saved(stored: Commitment, actor: Any) -> Commitment:
    stored.revision += 1
    stored.edited_by = actor
    stored.edited_at = moment()
    stored.save()
    return stored


def _check_owed(commitment: Commitment) -> None:
    sides = (commitment.relationship.first_party_id, commitment.relationship.second_party_id)
    if commitment.party_id not in sides:
        raise Refused(_("One of the two sides owes it. Choose which."), field="party", rule="commitment_of_a_side")


def _check_shown(commitment: Commitment, statement: Statement | None) -> Statement:
    """Return the statement that shows what became of it. Raises `Refused` where it cannot show that."""
    if statement is None:
        raise Refused(
            _("Kept or broken is shown by a published statement. Choose it."),
            field="settled_by",
            rule="commitment_settled_by_statement",
        )
    if statement.pk == commitment.statement_id:
        raise Refused(
            _("This is the statement that it was taken from. Choose the one that shows what became of it."),
            field="settled_by",
            rule="commitment_settled_by_another",
        )
    if not _stands_on(statement, commitment.issue):
        raise Refused(
            _("What became of it is shown by a statement that stands published on this issue."),
            field="settled_by",
            rule="commitment_settled_by_published",
        )
    if statement.latest < commitment.statement.earliest:
        raise Refused(
            _("This was said before the commitment was made, so it cannot show what became of it."),
            field="settled_by",
            rule="commitment_settled_after",
        )
    return statement


def _stands_on(statement: Statement, issue: Issue) -> bool:
    """Say whether the statement stands published, as it is now, on the issue."""
    return Bearing.objects.standing().filter(statement=statement.pk, issue=issue.pk).exists()
