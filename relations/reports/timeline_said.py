"""What was said on the days that a timeline shows, gathered into cells.

The database gathers the statements, for all pictures of a timeline at once, so that what is read does not grow with
what a desk holds: one query for the cells, one for the few statements that stand alone.
"""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    DateField,
    DecimalField,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Abs, Coalesce, NullIf

from relations.choices import Basis, Side, StatementKind
from relations.models import Bearing, Relationship
from relations.reports.time_axis import Axis
from relations.reports.timeline_marks import Cell, Item, fits_alone
from relations.reports.timeline_signs import ROW_EDGES, ROWS
from relations.reports.timeline_view import View


class _Place(NamedTuple):
    """Where a statement lies in one picture; the row is -1 where it covers more than one stretch."""

    lane: str
    row: int
    first: int
    last: int


@dataclass
class _Gathered:
    """What lies in one place: how many statements, those that may stand alone by key, and the days that all are of."""

    number: int = 0
    ids: set[int] = field(default_factory=set)
    days: list[datetime.date] = field(default_factory=list)


def said_on(view: View, axes: Sequence[Axis]) -> list[dict[str, list[Cell]]]:
    """Return for each of these axes what was said on its days, by lane; two queries."""
    said = _said(view, axes)
    cells = _cells(said, axes)
    pictures = [_gathered(cells, axis, number) for number, axis in enumerate(axes)]
    alone: set[int] = set()
    for axis, gathered in zip(axes, pictures, strict=True):
        fit = fits_alone(axis)
        alone.update(*(each.ids for each in gathered.values() if each.number <= fit))
    rows = _rows(said, alone)
    return [_by_lane(gathered, _items(rows, number)) for number, gathered in enumerate(pictures)]


def _place(row: dict[str, Any], axis: int) -> _Place:
    first, last = row[f"first_{axis}"], row[f"last_{axis}"]
    return _Place(row["lane"], row["row"] if first == last else -1, first, last)


def _gathered(cells: list[dict[str, Any]], axis: Axis, number: int) -> dict[_Place, _Gathered]:
    """Return the cells of all axes together as those of this one, which is the one of this number."""
    found: dict[_Place, _Gathered] = defaultdict(_Gathered)
    for cell in cells:
        place = _place(cell, number)
        if place.last < 0 or place.first >= len(axis.stretches):
            continue
        inside = found[place]
        inside.days += cell["since"], cell["until"]
        if place.row < 0:  # it may lie in several rows, and is to count once
            inside.ids.update(cell["spanning"])
            inside.number = len(inside.ids)
        else:
            inside.ids.update(cell["few"])
            inside.number += cell["number"]
    return found


def _by_lane(gathered: dict[_Place, _Gathered], items: dict[_Place, dict[int, Item]]) -> dict[str, list[Cell]]:
    lanes: dict[str, list[Cell]] = defaultdict(list)
    for place, inside in gathered.items():
        alone = [items[place][pk] for pk in sorted(inside.ids) if pk in items[place]]
        lanes[place.lane].append(
            Cell(place.row, place.first, place.last, inside.number, min(inside.days), max(inside.days), alone)
        )
    return lanes


def _lane(relationship: Relationship) -> Case:
    """Return who says it: the party it is said for; of a text agreed by both, the side whose bearing it is."""
    joint = Q(statement__kind=StatementKind.JOINT)
    sides = ((relationship.first_party_id, Side.FIRST), (relationship.second_party_id, Side.SECOND))
    return Case(
        *(When(joint & Q(position_of=party), then=Value(side.value)) for party, side in sides),
        *(When(statement__on_behalf_of=party, then=Value(side.value)) for party, side in sides),
        default=Value(Side.NEITHER.value),
        output_field=CharField(),
    )


def _bucket(value: Any, edges: list[Any], field: Any) -> Func:
    return Func(value, Value(edges, ArrayField(field)), function="width_bucket", output_field=IntegerField())


def _stretches(axis: Axis, column: str) -> Any:
    """Return the number of the stretch that a day is in; -1 before all that are shown, their number after them."""
    edges = [stretch.first for stretch in axis.stretches]
    if axis.days.last < datetime.date.max:
        edges.append(axis.days.last + datetime.timedelta(days=1))
    return _bucket(F(column), edges, DateField()) - 1


def _said(view: View, axes: Sequence[Axis]) -> QuerySet[Any]:
    """Return the bearings on the days shown, with their `lane`, `row`, and on each axis `first` and `last` stretch.

    What a side tells of the other's position is its mark only where it tells none of its own.
    """
    own = Bearing.objects.filter(
        statement=OuterRef("statement"), issue=OuterRef("issue"), position_of=OuterRef("statement__on_behalf_of")
    )
    of_its_own = Q(statement__on_behalf_of=None) | Q(position_of=F("statement__on_behalf_of")) | ~Exists(own)
    first, last = min(axis.days.first for axis in axes), max(axis.days.last for axis in axes)
    stretches = {}
    for number, axis in enumerate(axes):
        stretches[f"first_{number}"] = _stretches(axis, "statement__earliest")
        stretches[f"last_{number}"] = _stretches(axis, "statement__latest")
    return (
        view.bearings()
        .filter(of_its_own, statement__latest__gte=first, statement__earliest__lte=last)
        .order_by()
        .annotate(
            lane=_lane(view.relationship),
            row=ROWS - 1 - _bucket(F("intensity"), ROW_EDGES, DecimalField(max_digits=3, decimal_places=1)),
            **stretches,
        )
    )


def _cells(said: QuerySet[Any], axes: Sequence[Axis]) -> list[dict[str, Any]]:
    """Return how many statements lie together on all axes: `few` of those in one stretch, all `spanning` several."""
    few = Func(
        ArrayAgg("statement_id", distinct=True),
        template=f"(%(expressions)s)[1:{max(map(fits_alone, axes))}]",
        output_field=ArrayField(BigIntegerField()),
    )
    places = [f"{name}_{number}" for number in range(len(axes)) for name in ("first", "last")]
    spans = Q()
    for number in range(len(axes)):
        spans |= ~Q(**{f"first_{number}": F(f"last_{number}")})
    return list(
        said.values("lane", "row", *places).annotate(
            number=Count("statement", distinct=True),
            since=Min("statement__earliest"),
            until=Max("statement__latest"),
            few=few,
            spanning=ArrayAgg("statement_id", distinct=True, filter=spans, default=Value([])),
        )
    )


def _rows(said: QuerySet[Any], ids: set[int]) -> list[dict[str, Any]]:
    """Return what is told of the bearings of statements that may stand alone, the strongest first."""
    speaker = Case(
        # A picture leaves the desk: on deep background it names nobody.
        When(statement__basis=Basis.DEEP_BACKGROUND, then=Value("")),
        default=Coalesce(
            F("statement__speaker_person__name"),
            F("statement__speaker_organisation__name"),
            NullIf(F("statement__speaker_descriptor"), Value("")),
            Case(When(statement__kind=StatementKind.REPORTED, then=F("statement__document__publisher__name"))),
            Value(""),
        ),
        output_field=CharField(),
    )
    places = [name for name in said.query.annotations if name.startswith(("first_", "last_"))]
    rows = said.filter(statement__in=ids).annotate(speaker=speaker).order_by(Abs("intensity").desc(), "pk")
    return list(
        rows.values(
            "lane", "row", *places, "statement_id", "statement__ref", "statement__text", "statement__kind",
            "statement__earliest", "statement__latest", "statement__precision", "act", "intensity", "speaker",
            "statement__on_behalf_of", "position_of", "position_of__short_name", "position_of__name",
        )
    )  # fmt: skip


def _items(rows: list[dict[str, Any]], axis: int) -> dict[_Place, dict[int, Item]]:
    """Return what stands alone on the axis of this number: in each place of each statement its strongest act there."""
    found: dict[_Place, dict[int, Item]] = defaultdict(dict)
    for row in rows:
        item = Item(row["statement__earliest"], row["statement__latest"], row)
        found[_place(row, axis)].setdefault(row["statement_id"], item)
    return found
