"""What a field of a fixture surely takes is what Django's own field takes; a moment keeps all its digits."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from relations.actions.dumps import dump_desk
from relations.actions.fixture_columns import clean, columns_of
from relations.actions.fixture_rows import Wrong
from relations.actions.fixtures import load_files
from relations.actions.portable import CONTENT, REFERENCE
from relations.models import Document, Statement, User

SAID = [
    None, "", " ", "TR", "no such choice", "x" * 50, "x" * 5000, "Dışişleri", "a\x00b", "\ud800", "a-ref2", "A Ref",
    "https://example.org/1", "example.org", "day", "CLEAR", 0, 1, -1, 10, 40_000, 3_000_000_000, True, False, 1.5, -2.5, "1.55",
    "NaN", "2025-03-26", "2025-02-30", "2025-03-26T10:00:00Z", "2025-03-26T10:00:00", "1969-01-01T00:00:00Z",
    "2999-01-01T00:00:00Z", [], ["a"], {},
]  # fmt: skip


@pytest.mark.parametrize("model", [*REFERENCE, *CONTENT, User], ids=lambda model: model.__name__)
def test_what_a_column_surely_takes_django_takes_too(model: Any) -> None:
    for column in columns_of(model).by_name.values():
        for said in SAID if column.target is None else (None,):
            for _time in ("first", "again"):
                try:
                    value, is_sure = column.read(said)
                except Wrong:
                    continue
                row = model(**{column.attname: value})
                others = {field.name for field in model._meta.fields} - {column.field.name}
                try:
                    row.clean_fields(exclude=others)
                    takes = True
                except ValidationError:
                    takes = False
                if isinstance(column.field, models.DateTimeField):
                    takes = takes and said in (None, "2025-03-26T10:00:00Z")
                assert is_sure == takes, (column.field, said)


def test_a_moment_is_refused_in_the_row_that_has_it() -> None:
    row = Document(title="Title", language="en", date_published=datetime.date(2025, 3, 26))
    row.created_at = datetime.datetime(2025, 3, 26, 10)
    with pytest.raises(Wrong) as wrong:
        clean(row)
    assert wrong.value.reasons == [("created_at", "is a time without its zone; end it with Z for UTC")]


@pytest.mark.django_db
def test_a_moment_is_stored_with_all_its_digits(published: Statement, tmp_path: Path) -> None:
    loaded = json.loads("\n".join(dump_desk(published.relationship)))
    (row,) = (row for row in loaded if row["model"] == "relations.document")
    row["fields"] |= {"ref": "other", "url": "", "created_at": "2025-03-26T10:00:00.123456Z"}
    path = tmp_path / "desk.json"
    path.write_text(json.dumps([row]))
    load_files([path])
    moment = datetime.datetime(2025, 3, 26, 10, 0, 0, 123456, tzinfo=datetime.UTC)
    assert Document.objects.get(ref="other").created_at == moment
