"""Each side's latest position on each issue: its own word, else as the other tells it, else the source's own report."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from relations.choices import Act, StatementKind
from relations.models import Bearing, Issue, Party, PublishedBearing, Relationship
from relations.models.bearings import BearingQuerySet
from relations.models.moments import NOW, Moment
from relations.reports.keys import among

_WORDS = (
    "relationship", "issue", "position_of", "statement__relationship", "statement__ref", "statement__kind",
    "statement__text", "statement__superseded_at", "statement__withdrawn_at", "statement__on_behalf_of__name",
    "statement__on_behalf_of__short_name",
)  # fmt: skip
_SAID = (
    "statement__on_behalf_of",
    "statement__speaker_person",
    "statement__speaker_organisation",
    "statement__relayer_person",
    "statement__relayer_organisation",
    "statement__mandate__post",
    "statement__document__publisher",
)
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
    return _ranked(bearings.filter(position_of__in=[party.pk for party in relationship.parties]))


def _ranked(bearings: BearingQuerySet) -> BearingQuerySet:
    own = Q(statement__on_behalf_of=F("position_of"), stated=True) | Q(statement__kind=StatementKind.JOINT, stated=True)
    rank = Case(
        When(statement__kind=StatementKind.REPORTED, then=Value(2)),
        When(own, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return bearings.annotate(rank=rank)


def held_positions(
    relationship: Relationship, issues: Iterable[Any] | None = None, at: Moment = NOW, *, words_alone: bool = False
) -> dict[tuple[int, int], Held]:
    """Return what is held by issue id and party id as of `at`, in one query; `issues` narrows it to these.

    Of `words_alone` nothing is fetched along but what they are and for whom they were said.
    """
    newest = _newest(relationship, issues) if at.is_kept else _newest_of(told(relationship, issues, at))
    rows = _ranked(Bearing.objects.filter(among(newest))).rewound(at).order_by()
    words = rows.select_related("statement__on_behalf_of").only(*_WORDS)
    latest = words if words_alone else rows.select_related(*_SAID)
    parties = {party.pk: party for party in relationship.parties}
    held = {}
    for bearing in latest:
        bearing.statement.relationship = relationship
        party = parties[bearing.position_of_id]
        held[bearing.issue_id, party.pk] = Held(party, bearing, HOW[bearing.rank])
    return held


def _newest_of(bearings: BearingQuerySet) -> QuerySet[Any, Any]:
    """Return the keys of those among these that are held, one for each issue and party."""
    # Found by their few columns: sorted with all that is told of them, a large desk's go to disk.
    order = ("issue_id", "position_of_id", "rank", "-statement__latest", "-statement__published_at", "-pk")
    return bearings.order_by(*order).distinct("issue_id", "position_of_id").values("pk")


def _newest(relationship: Relationship, issues: Iterable[Any] | None) -> QuerySet[Any, Any]:
    """Return the same of what stands now: for each issue and party the first row of an index (`PublishedBearing`)."""
    kept = PublishedBearing.objects.filter(issue=OuterRef("pk"), stands=True, rank__isnull=False)
    newest = kept.order_by("rank", "-latest", "-published_at", "-bearing").values("bearing")
    of_desk = Issue.objects.filter(relationship=relationship).order_by()
    if issues is not None:
        of_desk = of_desk.filter(pk__in=issues)
    first, second = (
        of_desk.values_list(Subquery(newest.filter(position_of=party.pk)[:1])) for party in relationship.parties
    )
    return first.union(second, all=True)
