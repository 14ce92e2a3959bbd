"""Add and mend what all desks share: people, organisations, posts, mandates, publishers; and rate publishers (R7)."""

from typing import Any

from django.db.models import Model
from django.db.models.deletion import ProtectedError
from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.actions.refusal import Refused, Stale, recorded
from relations.models import Person, ReliabilityRating
from relations.models.versions import revision_of


def refuse_stale(row: Model, revision: int | None) -> None:
    """Refuse where `row` is no longer what was opened at `revision`: as these rows count none, its record in the history."""
    stored = type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
    if stored is None:
        raise Refused(_("Someone removed this meanwhile."), rule="removed")
    if revision_of(stored) != revision:
        raise Stale(stored)


def _refuse_circle(person: Person) -> None:
    """Refuse two entries joined to each other, which would leave neither in the list; locked in one order."""
    both = Person.objects.select_for_update().filter(pk__in=[person.pk, person.merged_into_id]).order_by("pk")
    if any(each.merged_into_id == person.pk for each in both):
        raise Refused(_("That entry is joined to this one already."), field="merged_into", rule="circle")


def save_reference(*, actor: Any, row: Model, revision: int | None = None) -> None:
    """Store a new row, or mend the one opened at `revision`, as `revision_of` counts.

    Raises `NotAllowed` below analyst or reviewer, `Stale` where the row changed meanwhile, `Refused` where a rule
    says no.
    """
    adding = row._state.adding
    access.require(actor, Verb.ADD_REFERENCE if adding else Verb.MEND_REFERENCE)
    with recorded(actor, f"{'add' if adding else 'mend'}_{row._meta.model_name}"):
        if isinstance(row, Person) and row.merged_into_id:
            _refuse_circle(row)
        if not adding:
            refuse_stale(row, revision)
        row.save()


def remove_reference(*, actor: Any, row: Model) -> None:
    """Remove a row that nothing cites. Raises `NotAllowed` below reviewer, `Refused` where it is cited."""
    access.require(actor, Verb.MEND_REFERENCE)
    try:
        with recorded(actor, f"remove_{row._meta.model_name}"):
            row.delete()
    except ProtectedError as error:
        raise Refused(_("This is cited, so it stays."), rule="cited") from error


def rate_publisher(*, actor: Any, row: ReliabilityRating, revision: int | None = None) -> None:
    """Store a desk's judgement of a publisher, or change the one opened at `revision`.

    Raises `NotAllowed` below reviewer, `Stale` where it changed meanwhile, `Refused` where a rule says no.
    """
    access.require(actor, Verb.RATE, row.relationship)
    with recorded(actor, "rate_publisher"):
        if not row._state.adding:
            refuse_stale(row, revision)
        row.save()
