"""What can be chosen in a list, each choice with how many rows it leaves: all of it in one query, over at most `COUNT_CAP` rows.

Of more rows than the cap the newest are counted, so that a number is then the least that there are: a page never reads
a million rows to tell how many there would be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import QuerySet

from relations.reports import paging

NAMES_SHOWN = 40  # of rows that a facet offers by name, those with the highest numbers


@dataclass(frozen=True)
class Facet:
    """What rows are told apart by: by one `value` each, or by several, the pairs of row and value in `through`.

    Where values are the keys of rows, these are `named`: a query annotated with how addresses call a row (`called`) and
    people do (`label`).
    """

    name: str
    value: Any = None
    through: QuerySet[Any] | None = None
    named: QuerySet[Any] | None = None
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """Some rows, newest first, and the facets that they are counted by."""

    rows: QuerySet[Any]
    facets: Sequence[Facet]


@dataclass(frozen=True)
class Told:
    """The values of a facet, as called, with label and number; `is_capped` where there are more rows than were counted."""

    values: Sequence[tuple[str, str, int]] = ()
    is_capped: bool = False


@dataclass(frozen=True)
class Tally:
    """How many rows fit, at most one more than the cap, and what is told of each facet."""

    number: int
    facets: Mapping[str, Told]

    @property
    def is_capped(self) -> bool:
        """Whether more rows fit than are counted."""
        return self.number > paging.COUNT_CAP


def tally(asked: Sequence[Asked], named: Sequence[Facet] = ()) -> Tally:
    """Return how many of the first rows there are, and by which values all of them are told apart; one query.

    The rows of a facet may be others than the first, which fit: to tell how many another choice would leave, its own is
    put aside. Of the facets that are only `named` it is told what the chosen values are called, and nothing counted.
    """
    parts = _Parts()
    for each in asked:
        parts.add(each)
    for facet in named:
        parts.name(facet)
    with connections[asked[0].rows.db].cursor() as cursor:
        cursor.execute(
            f"WITH {', '.join(parts.tables)} {' UNION ALL '.join(f'({each})' for each in parts.selects)}",
            [*parts.table_params, *parts.select_params],
        )
        found = cursor.fetchall()
    numbers = {at: number for name, at, _label, number in found if name is None}
    values: dict[str, dict[str, tuple[str, str, int]]] = {}
    for name, called, label, number in found:
        if name is not None:
            values.setdefault(name, {}).setdefault(called, (called, label or called, number))
    return Tally(
        numbers["0"],
        {
            facet.name: Told(list(values.get(facet.name, {}).values()), numbers.get(str(at), 0) > paging.COUNT_CAP)
            for at, each in enumerate([*asked, Asked(asked[0].rows, named)])
            for facet in each.facets
        },
    )


def _sql(rows: QuerySet[Any]) -> tuple[str, Sequence[Any]]:
    """Return the query's SQL, of one that can find nothing too, which Django would not even ask."""
    return rows.query.get_compiler(using=rows.db, elide_empty=False).as_sql()


class _Parts:
    """The parts of the query: for each set of rows a table, and one of its numbers; for each facet what is read of them."""

    def __init__(self) -> None:
        self.number = 0
        self.tables: list[str] = []
        self.table_params: list[Any] = []
        self.selects: list[str] = []
        self.select_params: list[Any] = []

    def add(self, asked: Asked) -> None:
        at = self.number
        self.number += 1
        single = [facet for facet in asked.facets if facet.through is None]
        columns = [f"value_{number}" for number in range(len(single))]
        rows = asked.rows.annotate(
            **{column: facet.value for column, facet in zip(columns, single, strict=True)}
        ).values_list("pk", *columns)
        sql, params = _sql(rows[: paging.COUNT_CAP + 1])
        self.tables.append(f"rows_{at} ({', '.join(['id', *columns])}) AS MATERIALIZED ({sql})")
        self.table_params += params
        self.selects.append(f"SELECT NULL, '{at}', NULL, count(*) FROM rows_{at}")
        if columns:
            of_each = ", ".join(f"({column})" for column in columns)
            every = ", ".join(columns)
            self.tables.append(
                f"numbers_{at} AS MATERIALIZED (SELECT {every}, GROUPING({every}) AS facet, count(*) AS number "
                f"FROM rows_{at} GROUP BY GROUPING SETS ({of_each}))"
            )
        for number, facet in enumerate(single):
            # GROUPING has a bit for each column, the last one's lowest: 1 where the column is not grouped by.
            mask = 2 ** len(columns) - 1 - 2 ** (len(columns) - 1 - number)
            self._select(
                facet,
                f"SELECT value_{number}, number FROM numbers_{at} WHERE facet = {mask} AND value_{number} IS NOT NULL",
                (),
            )
        for facet in asked.facets:
            if facet.through is not None:
                pairs, params = _sql(facet.through.order_by())
                # Row by row, along the index: joined at once, PostgreSQL may read every pair of every desk.
                self._select(
                    facet,
                    f"SELECT value, count(*) FROM rows_{at} CROSS JOIN LATERAL (SELECT DISTINCT value FROM ({pairs}) "
                    f"pair (whose, value) WHERE pair.whose = rows_{at}.id) each GROUP BY value",
                    params,
                )

    def _select(self, facet: Facet, numbers: str, params: Sequence[Any]) -> None:
        if facet.named is None:
            self.selects.append(f"SELECT '{facet.name}', value::text, NULL, number FROM ({numbers}) n (value, number)")
            self.select_params += params
            return
        names, names_params = _sql(facet.named.order_by().values_list("pk", "called", "label"))
        self.selects.append(
            f"SELECT '{facet.name}', called, label, sum(number)::bigint FROM ({numbers}) n (value, number) "
            f"JOIN ({names}) named (id, called, label) ON named.id = value GROUP BY called, label "
            f"ORDER BY sum(number) DESC, label LIMIT {NAMES_SHOWN}"
        )
        self.select_params += [*params, *names_params]
        self.name(facet)

    def name(self, facet: Facet) -> None:
        """Have what is chosen told by its name, whether any row has it or not."""
        if facet.named is None or not facet.chosen:
            return
        chosen = facet.named.filter(called__in=facet.chosen).order_by().values_list("called", "label")
        names, params = _sql(chosen)
        self.selects.append(f"SELECT '{facet.name}', called, label, 0 FROM ({names}) named (called, label)")
        self.select_params += params
