"""Each side's latest position on each issue: its own word, else as the other tells it, else the source's own report."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Case, F, IntegerField, Q, Value, When

from relations.choices import Act, StatementKind
from relations.models import Bearing, Party, Relationship
from relations.models.bearings import BearingQuerySet
from relations.models.moments import NOW, Moment

How = Literal["own", "told", "reported"]
HOW: tuple[How, ...] = ("own", "told", "reported")  # by `rank`


@dataclass(frozen=True)
class Held:
    """What the desk holds of a side on an issue, and how it comes to know it."""

    party: Party
    bearing: Bearing
    how: How


def told(relationship: Relationship, issues: Iterable[Any] | None = None, at: Moment = NOW) -> BearingQuerySet:
    """Return what stood of the sides' positions as of `at`, with `rank`: 0 their own, 1 told by the other, 2 reported."""
    bearings = Bearing.objects.filter(relationship=relationship).standing(at).exclude(act=Act.CONSULT)
    if issues is not None:
        bearings = bearings.filter(issue__in=issues)
    own = Q(statement__on_behalf_of=F("position_of"), stated=True) | Q(statement__kind=StatementKind.JOINT, stated=True)
    rank = Case(
        When(statement__kind=StatementKind.REPORTED, then=Value(2)),
        When(own, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return bearings.filter(position_of__in=[party.pk for party in relationship.parties]).annotate(rank=rank)


def held_positions(
    relationship: Relationship, issues: Iterable[Any] | None = None, at: Moment = NOW
) -> dict[tuple[int, int], Held]:
    """Return what is held by issue id and party id as of `at`, in one query; `issues` narrows it to these."""
    bearings = told(relationship, issues, at)
    # Which ones is found by their few columns: sorted with all that is told of them, a large desk's go to disk.
    newest = bearings.order_by(
        "issue_id", "position_of_id", "rank", "-statement__latest", "-statement__published_at", "-pk"
    ).distinct("issue_id", "position_of_id")
    latest = (
        bearings.filter(pk__in=newest.values("pk"))
        .order_by()
        .select_related(
            "statement__on_behalf_of",
            "statement__speaker_person",
            "statement__speaker_organisation",
            "statement__relayer_person",
            "statement__relayer_organisation",
            "statement__mandate__post",
            "statement__document__publisher",
        )
    )
    parties = {party.pk: party for party in relationship.parties}
    held = {}
    for bearing in latest:
        bearing.statement.relationship = relationship
        party = parties[bearing.position_of_id]
        held[bearing.issue_id, party.pk] = Held(party, bearing, HOW[bearing.rank])
    return held
