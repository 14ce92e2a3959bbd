"""Rows on their way into tables by COPY, which is what PostgreSQL stores the most rows a second by."""

from typing import Any

from django.db import connection, models


class Rows:
    """Rows of one model, kept until `flush`. What a row does not say is the field's default."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.table = model._meta.db_table
        fields = [field for field in model._meta.concrete_fields if not field.generated]
        self._blank = {field.attname: _blank(field) for field in fields}
        columns = ", ".join(f'"{field.column}"' for field in fields)
        self._copy = f'COPY "{self.table}" ({columns}) FROM STDIN'
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [self.table])
            self._next = cursor.fetchone()[0]
        self._lines: list[str] = []

    def add(self, **values: Any) -> int:
        """Add a row of these columns; return its primary key. Texts hold no backslash and no tab."""
        pk, self._next = self._next, self._next + 1
        row = {**self._blank, **values, "id": pk}
        self._lines.append("\t".join([_written(value) for value in row.values()]))
        return pk

    def flush(self) -> None:
        """Send what was added."""
        if self._lines:
            # The cursor below Django's: COPY inside a history context is not for its wrappers (POSTGRES.md).
            with connection.cursor() as cursor, cursor.cursor.copy(self._copy) as copy:
                copy.write("\n".join(self._lines) + "\n")
            self._lines.clear()

    def close(self) -> None:
        """Send the rest, and let the table's sequence go on behind it."""
        self.flush()
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [self.table, self._next])


def _blank(field: models.Field) -> Any:
    if field.default is models.NOT_PROVIDED or callable(field.default):
        return "" if isinstance(field, (models.CharField, models.TextField)) and not field.null else None
    return field.default


def _written(value: Any) -> str:
    if value is None:
        return r"\N"
    return value.replace("\n", r"\n") if isinstance(value, str) else str(value)
