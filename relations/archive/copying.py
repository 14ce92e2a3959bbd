"""Rows on their way into tables by COPY, which is what PostgreSQL stores the most rows a second by."""

from dataclasses import dataclass
from typing import Any

from django.db import connection, models


@dataclass(frozen=True)
class Taken:
    """Rows of one model to be sent: the COPY that they go by, their lines, and from where to before where their keys run."""

    model: Any
    copy: str
    lines: list[str]
    first: int
    behind: int


class Rows:
    """Rows of one model, kept until `taken`. What a row does not say is the field's default.

    They go into the model's table, or with `aside` into a new one that is to take its place.
    """

    def __init__(self, model: Any, aside: str = "") -> None:
        self.model = model
        self.table = model._meta.db_table
        fields = [field for field in model._meta.concrete_fields if not field.generated]
        self._blank = {field.attname: _written(_blank(field)) for field in fields}
        columns = ", ".join(f'"{field.column}"' for field in fields)
        self._copy = f'COPY "{aside or self.table}" ({columns}) FROM STDIN{" (FREEZE)" if aside else ""}'
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [self.table])
            self._next = cursor.fetchone()[0]
        self._lines: list[str] = []
        self._forms: dict[tuple[str, ...], str] = {}

    def add(self, **values: Any) -> int:
        """Add a row of these columns; return its primary key.

        Texts hold no backslash and no tab; what may hold a line end is `escaped`.
        """
        pk, self._next = self._next, self._next + 1
        said = tuple(values)
        form = self._forms.get(said) or self._form(said)
        if None in values.values():
            values = {column: r"\N" if value is None else value for column, value in values.items()}
        values["id"] = pk
        self._lines.append(form % values)
        return pk

    def _form(self, said: tuple[str, ...]) -> str:
        """Return the line of a row that says these columns, with a place for each of them."""
        row = self._blank | {column: f"%({column})s" for column in ("id", *said)}
        return self._forms.setdefault(said, "\t".join(row.values()))

    def taken(self) -> "Taken":
        """Return what was added since the last time."""
        lines, self._lines = self._lines, []
        return Taken(self.model, self._copy, lines, self._next - len(lines), self._next)

    def close(self) -> None:
        """Let the table's sequence go on behind the last row."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [self.table, self._next])


def escaped(text: str) -> str:
    """Return a text as COPY takes it where it may hold line ends."""
    return text.replace("\n", r"\n")


def send(cursor: Any, taken: list[Taken]) -> None:
    """Send rows by a cursor of psycopg's own: the wrappers of Django's know no COPY."""
    for rows in taken:
        with cursor.copy(rows.copy) as copy:
            copy.write("".join([f"{line}\n" for line in rows.lines]))


def _blank(field: models.Field) -> Any:
    if field.default is models.NOT_PROVIDED or callable(field.default):
        return "" if isinstance(field, (models.CharField, models.TextField)) and not field.null else None
    return field.default


def _written(value: Any) -> str:
    if value is None:
        return r"\N"
    return str(value)
