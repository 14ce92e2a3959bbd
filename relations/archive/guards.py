"""The one way in which this package passes over triggers, foreign keys and indexes, and puts them back.

All within one transaction: rows come in without them, then the indexes are built anew, the foreign keys are made anew,
for which PostgreSQL checks every row, and the triggers are on again as they were. What they would have refused row by
row is asked of all rows at once by `rules.broken`.
"""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

_TRIGGERS = """
SELECT tgrelid::regclass::text, tgname, tgenabled::text, pg_get_triggerdef(oid) FROM pg_trigger
WHERE tgrelid = ANY(%s::regclass[]) AND NOT tgisinternal ORDER BY 1, 2
"""
_FOREIGN_KEYS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint
WHERE conrelid = ANY(%s::regclass[]) AND contype = 'f' ORDER BY 1, 2
"""
# Those of primary keys and unique constraints stay, and the one by which a statement's published bearings are found.
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
AND pg_get_indexdef(indexrelid) NOT LIKE '%%relations_publishedbearing USING btree (statement_id)' ORDER BY 1
"""
_ENABLE = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA", "D": "DISABLE"}


@contextlib.contextmanager
def unguarded(models: Iterable[Any]) -> Iterator[None]:
    """Store rows of these models and of their history, if they have any, without guards, which stand again afterwards.

    Raises `RuntimeError` where one would not stand as it stood; the transaction around this then rolls all back.
    """
    with_history = [one for model in models for one in (model, getattr(model, "pgh_event_model", None)) if one]
    tables = [model._meta.db_table for model in with_history]
    with connection.cursor() as cursor:
        before = _guards(cursor, tables)
        triggers, keys, indexes = before
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits to be checked would forbid the next lines
        for table, name, _enabled, _definition in triggers:
            cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')
        for table, name, _definition, _valid in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition, _valid in keys:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        for table, name, enabled, _definition in triggers:
            cursor.execute(f'ALTER TABLE {table} {_ENABLE[enabled]} TRIGGER "{name}"')
        if _guards(cursor, tables) != before:
            raise RuntimeError("A trigger, foreign key or index does not stand as it stood.")


def _guards(cursor: Any, tables: list[str]) -> list[list[Any]]:
    found = []
    for query in (_TRIGGERS, _FOREIGN_KEYS, _INDEXES):
        cursor.execute(query, [tables])
        found.append(cursor.fetchall())
    return found
