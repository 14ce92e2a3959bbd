"""Add and mend what all desks share: people, organisations, posts, mandates, publishers; and rate publishers (R7)."""

from typing import Any

from django.db.models import Model
from django.db.models.deletion import ProtectedError
from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.actions.refusal import Refused, recorded
from relations.models import ReliabilityRating


def save_reference(*, actor: Any, row: Model) -> None:
    """Store a new row, or mend one. Raises `NotAllowed` below analyst or reviewer, `Refused` where a rule says no."""
    adding = row._state.adding
    access.require(actor, Verb.ADD_REFERENCE if adding else Verb.MEND_REFERENCE)
    with recorded(actor, f"{'add' if adding else 'mend'}_{row._meta.model_name}"):
        row.save()


def remove_reference(*, actor: Any, row: Model) -> None:
    """Remove a row that nothing cites. Raises `NotAllowed` below reviewer, `Refused` where it is cited."""
    access.require(actor, Verb.MEND_REFERENCE)
    try:
        with recorded(actor, f"remove_{row._meta.model_name}"):
            row.delete()
    except ProtectedError as error:
        raise Refused(_("This is cited, so it stays."), rule="cited") from error


def rate_publisher(*, actor: Any, rating: ReliabilityRating) -> None:
    """Store a desk's judgement of a publisher. Raises `NotAllowed` below reviewer, `Refused` where a rule says no."""
    access.require(actor, Verb.RATE, rating.relationship)
    with recorded(actor, "rate_publisher"):
        rating.save()
