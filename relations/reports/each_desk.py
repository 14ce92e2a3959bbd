"""One question asked of several desks at once: of each its first rows, in as many queries as of one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Field, Func, IntegerField, OuterRef, QuerySet, Value, When

from relations.models import Relationship


class _Unnest(Func):
    function = "unnest"


class _Cardinality(Func):
    function = "cardinality"
    output_field = IntegerField()


def by_desk(values: Mapping[int, Any], kind: "Field[Any, Any]", desk: str = "pk") -> Case:
    """Return the value of a row's desk as a column; `desk` is the path from the row to it."""
    desks = defaultdict(list)
    for key, value in values.items():
        desks[value].append(key)
    whens = (When(**{f"{desk}__in": keys}, then=Value(value, kind)) for value, keys in desks.items())
    return Case(*whens, output_field=kind)


def firsts(desks: QuerySet[Relationship], rows: QuerySet[Any], number: int | None, column: str = "pk") -> QuerySet[Any]:
    """Return `column` of the first `number` of these rows at each of the desks, or of all, for others to be among.

    The desks are asked one after the other, each by its own index; the rows may refer to their columns by `OuterRef`.
    """
    return desks.order_by().values_list(_Unnest(_of_desk(rows, number, column)), flat=True)


def counts(desks: QuerySet[Relationship], kinds: Iterable[QuerySet[Any]], cap: int) -> dict[int, tuple[int, ...]]:
    """Return how many rows of each of these kinds there are at each of the desks, at most one more than the cap."""
    numbers = (_Cardinality(_of_desk(rows, cap + 1, "pk")) for rows in kinds)
    return {key: tuple(found) for key, *found in desks.order_by().values_list("pk", *numbers)}


def _of_desk(rows: QuerySet[Any], number: int | None, column: str) -> ArraySubquery:
    return ArraySubquery(rows.filter(relationship=OuterRef("pk")).values(column)[:number])
