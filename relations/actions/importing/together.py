"""Many rows stored or changed by one statement of SQL.

The database's triggers see each row as they see any; those that bring the search up to date run once, after all tables of
the statement have their rows, and the history names whoever the statement runs for, which COPY's does not.
"""

import datetime
import functools
import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models.base import ModelState

from relations.actions.fixture_keys import new_pks


def insert_together(*groups: Sequence[Any]) -> None:
    """Store new rows, each group of one model and after those before it, to which it may refer.

    They are given their keys first: see `keyed`.
    """
    filled: list[tuple[Any, Sequence[Any]]] = [(type(rows[0]), rows) for rows in groups if rows]
    insert_values(*((model, _values(rows, _stored(model))) for model, rows in filled))


def insert_values(*groups: tuple[Any, list[dict[str, Any]]]) -> None:
    """Store new rows as `insert_together`, given as models with the values of all their columns, keys included."""
    inserts, values = [], []
    for place, (model, rows) in enumerate(groups):
        table = model._meta.db_table
        columns = ", ".join(f'"{column}"' for column in _stored(model).values())
        # Reading how many rows those before it stored makes them go first.
        after = " WHERE " + " + ".join(f"(SELECT count(*) FROM g{n})" for n in range(place)) + " > 0" if place else ""
        inserts.append(
            f'g{place} AS (INSERT INTO "{table}" ({columns}) SELECT {columns} '
            f'FROM json_populate_recordset(NULL::"{table}", %s::json){after} RETURNING 1)'
        )
        values.append(_told(rows))
    if inserts:
        counted = " + ".join(f"(SELECT count(*) FROM g{place})" for place in range(len(groups)))
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {', '.join(inserts)} SELECT {counted}", values)


@functools.cache
def _stored(model: Any) -> dict[str, str]:
    """Return the columns of a model that the database does not work out itself, by the attributes that give them."""
    return {field.attname: field.column for field in model._meta.concrete_fields if not field.generated}


class Blanks:
    """Makes new rows of a model as its class does, but for its signals: what they have by default is looked up once.

    Django asks each field of each row anew, which is a third of what it takes to read and judge the row.
    """

    def __init__(self, model: Any) -> None:
        fields = model._meta.concrete_fields
        self.model = model
        self.values = {field.attname: field.get_default() for field in fields}
        self.made = [
            (field.attname, field.default) for field in fields if field.has_default() and callable(field.default)
        ]

    def row(self, **values: Any) -> Any:
        """Return an unsaved row of these values, by the names of its columns."""
        row = self.model.__new__(self.model)
        made = {name: make() for name, make in self.made if name not in values}
        vars(row).update(self.values, _state=ModelState(), **made, **values)
        return row


def keyed(model: Any, rows: Sequence[Any]) -> None:
    """Give new rows of a model their keys."""
    for row, pk in zip(rows, new_pks(model, len(rows)), strict=False):
        row.pk = pk
        row._state.adding = False


def update_together(model: Any, rows: Sequence[Any], columns: Sequence[str]) -> None:
    """Store these columns of rows that stand."""
    table = model._meta.db_table
    named = _stored(model)
    changes = ", ".join(f'"{named[name]}" = said."{named[name]}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" SET {changes} FROM json_populate_recordset(NULL::"{table}", %s::json) said '
            f'WHERE "{table}".id = said.id',
            [_told(_values(rows, {"id": "id", **{name: named[name] for name in columns}}))],
        )


def _values(rows: Sequence[Any], columns: dict[str, str]) -> list[dict[str, Any]]:
    return [{column: have[name] for name, column in columns.items()} for have in map(vars, rows)]


def _told(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, default=_as_text)


def _as_text(value: Any) -> str:
    """Return a day, a moment with all its digits, or a number as PostgreSQL reads it."""
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
