"""Check passages against later copies, and settle what a copy moved or lost. No passage ever moves itself (R1)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.actions.refusal import Refused, action
from relations.choices import PassageState
from relations.models import Capture, Document, Passage, PassageCheck, PassageSettlement, Statement


def check_passage(*, passage: Passage, capture: Capture) -> PassageCheck:
    """Record whether `passage` stands at its place in `capture`, elsewhere (the nearest place), or not at all."""
    places = capture.places_of(passage.exact, exactly=True)
    if passage.start in places:
        state, start = PassageState.VERIFIED, passage.start
    elif places:
        state, start = PassageState.MOVED, min(places, key=lambda place: abs(place - passage.start))
    else:
        state, start = PassageState.LOST, None
    return PassageCheck.objects.create(
        relationship=passage.relationship, passage=passage, capture=capture, state=state, found_start=start
    )


def hold_copies(statement: Statement) -> None:
    """Let no new copy of the statement's document come in before this transaction ends; to be called before its passages
    are written, as a new copy is checked against them.
    """
    Document.objects.select_for_update(no_key=True).get(pk=statement.document_id)


def check_passages(*, statement: Statement) -> None:
    """Check the passages of `statement` that stand in an older copy against the newest, where that was not done yet.

    Such are the passages that a correction takes over from what it corrects.
    """
    newest = Capture.objects.filter(document=statement.document_id).aggregate(number=Max("number"))["number"]
    if newest is None:
        return
    unchecked = statement.passages.filter(capture__number__lt=newest).exclude(checks__capture__number=newest)
    if unchecked.exists():
        capture = Capture.objects.get(document=statement.document_id, number=newest)
        for passage in unchecked:
            check_passage(passage=passage, capture=capture)


@action(PassageSettlement)
def settle_passage(*, actor: Any, passage: Passage, copy: int, outcome: str, note: str = "") -> PassageSettlement:
    """Record what `actor` found where the copy of number `copy`, the one she read, moved or lost `passage`.

    That ends the flag; the passage stays as it is. Settling the same twice the same way answers with what stands.
    Raises `NotAllowed` below analyst, `Refused` where the passage stands, another copy came, or someone else settled.
    """
    access.require(actor, Verb.WRITE, passage.relationship)
    newest = (
        PassageCheck.objects.select_for_update(of=("self",))
        .filter(passage=passage, capture__number__gt=passage.capture.number)
        .select_related("capture")
        .order_by("-capture__number")
        .first()
    )
    if newest is None:
        raise Refused(_("This passage stands where it stood, so there is nothing to settle."), rule="settlement_needed")
    if newest.capture.number != copy:
        raise Refused(_("A newer copy came meanwhile. Read it and settle the passage there."), rule="newer_copy")
    settled = PassageSettlement.objects.filter(check_row=newest).select_related("settled_by").first()
    if settled is not None:
        if (settled.settled_by_id, settled.outcome, settled.note) == (actor.pk, outcome, note.strip()):
            return settled
        raise Refused(
            _("%(who)s settled this before you: %(outcome)s.")
            % {"who": settled.settled_by, "outcome": settled.get_outcome_display()},
            rule="settled_once",
        )
    return PassageSettlement.objects.create(
        relationship=passage.relationship, check_row=newest, outcome=outcome, note=note.strip(), settled_by=actor
    )


@action(PassageSettlement)
def settle_passages(
    *, actor: Any, passages: Sequence[Passage], copy: int, outcome: str, note: str = ""
) -> list[PassageSettlement]:
    """Settle several passages the same way, all or none; raises as `settle_passage` does."""
    return [settle_passage(actor=actor, passage=passage, copy=copy, outcome=outcome, note=note) for passage in passages]
