"""What a head of desk decides for the desk."""

from typing import Any

from relations import access
from relations.access import Verb
from relations.actions.reference import refuse_stale
from relations.actions.refusal import recorded
from relations.models import Relationship


def save_desk(*, actor: Any, row: Relationship, revision: int | None = None) -> None:
    """Store after how many days an issue counts as gone quiet, of the desk as opened at `revision`.

    Raises `NotAllowed` below head of desk, `Stale` where the desk changed meanwhile, `Refused` where a rule says no.
    """
    access.require(actor, Verb.OVERSEE, row)
    with recorded(actor, "save_desk"):
        refuse_stale(row, revision)
        row.save(update_fields=["quiet_after"])
