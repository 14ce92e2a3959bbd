"""Many rows stored or changed by one statement of SQL.

The database's triggers see each row as they see any; those that bring the search up to date run once, after all tables of
the statement have their rows, and the history names whoever the statement runs for, which COPY's does not.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from relations.actions.fixture_keys import new_pks


def insert_together(*groups: Sequence[Any]) -> None:
    """Store new rows, each group of one model and after those before it, to which it may refer.

    They are given their keys first: see `keyed`.
    """
    inserts, values = [], []
    filled = [group for group in groups if group]
    for place, rows in enumerate(filled):
        model = type(rows[0])
        table = model._meta.db_table
        fields = [field for field in model._meta.concrete_fields if not field.generated]
        columns = ", ".join(f'"{field.column}"' for field in fields)
        # Reading how many rows those before it stored makes them go first.
        after = " WHERE " + " + ".join(f"(SELECT count(*) FROM g{n})" for n in range(place)) + " > 0" if place else ""
        inserts.append(
            f'g{place} AS (INSERT INTO "{table}" ({columns}) SELECT {columns} '
            f'FROM json_populate_recordset(NULL::"{table}", %s::json){after} RETURNING 1)'
        )
        values.append(_told(rows, {field.attname: field.column for field in fields}))
    if inserts:
        counted = " + ".join(f"(SELECT count(*) FROM g{place})" for place in range(len(filled)))
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {', '.join(inserts)} SELECT {counted}", values)


def keyed(model: Any, rows: Sequence[Any]) -> None:
    """Give new rows of a model their keys."""
    for row, pk in zip(rows, new_pks(model, len(rows)), strict=False):
        row.pk = pk
        row._state.adding = False


def update_together(model: Any, rows: Sequence[Any], columns: Sequence[str]) -> None:
    """Store these columns of rows that stand."""
    table = model._meta.db_table
    named = {field.attname: field.column for field in model._meta.concrete_fields}
    changes = ", ".join(f'"{named[name]}" = said."{named[name]}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" SET {changes} FROM json_populate_recordset(NULL::"{table}", %s::json) said '
            f'WHERE "{table}".id = said.id',
            [_told(rows, {"id": "id", **{name: named[name] for name in columns}})],
        )


def _told(rows: Sequence[Any], columns: dict[str, str]) -> str:
    return json.dumps(
        [{column: getattr(row, name) for name, column in columns.items()} for row in rows], cls=DjangoJSONEncoder
    )
