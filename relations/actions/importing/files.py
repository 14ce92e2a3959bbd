"""The files that tables come in: sent, tried as often as it takes, then stored or left. A file is its user's alone."""

import dataclasses
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.actions.importing.outcomes import Fate, Outcome
from relations.actions.importing.running import import_table
from relations.actions.originals import file_name
from relations.actions.refusal import Refused
from relations.models import Relationship, TableImport
from relations.models.table_imports import KEPT_AT_MOST
from relations.tables.headers import TABLES, Table
from relations.tables.reading import Layout, counted, header_of, layout_of, rows_of

# What one request tries or stores while somebody waits for it; `manage.py import_table` knows no such bound.
ROW_LIMIT = 10_000
_SHOWN = 200  # characters of a cell


def take_in_table(*, actor: Any, relationship: Relationship, table: Table, file: File) -> TableImport:
    """Keep a file of rows until its user has looked at what it would change.

    Raises `NotAllowed`, and `CannotReadTable` where it is no table that can be read.
    """
    access.require(actor, Verb.WRITE, relationship)
    file.seek(0)
    content = file.read()
    reading = _read(table, content, Layout(**_as_told(content)))
    with transaction.atomic():
        TableImport.objects.expired().delete()
        kept = TableImport.objects.filter(user=actor).order_by("-created_at", "-pk")
        TableImport.objects.filter(pk__in=list(kept.values_list("pk", flat=True)[KEPT_AT_MOST - 1 :])).delete()
        return TableImport.objects.create(
            user=actor,
            relationship=relationship,
            noun=table.name,
            name=file_name(file.name or ""),
            content=content,
            reading=reading,
        )


def _as_told(content: bytes, charset: str = "", delimiter: str = "") -> dict[str, str]:
    return dataclasses.asdict(layout_of(BytesIO(content), charset=charset, delimiter=delimiter))


def _read(table: Table, content: bytes, layout: Layout) -> dict[str, Any]:
    header, shown = header_of(BytesIO(content), layout)
    return {
        "layout": dataclasses.asdict(layout),
        "header": [name[:_SHOWN] for name in header],
        "shown": [[cell[:_SHOWN] for cell in line.cells[: len(header)]] for line in shown],
        "rows": counted(BytesIO(content), layout, ROW_LIMIT),
        "columns": table.guessed(header),
        "order": "",
    }


def read_again(*, actor: Any, upload: TableImport, charset: str, delimiter: str) -> None:
    """Read a CSV file in other characters or with another separator. Raises `CannotReadTable`."""
    access.require(actor, Verb.WRITE, upload.relationship)
    content = bytes(upload.content)
    upload.reading = _read(TABLES[upload.noun], content, Layout(**_as_told(content, charset, delimiter)))
    upload.report = None
    upload.save(update_fields=["reading", "report"])


def try_table(*, actor: Any, upload: TableImport, columns: Sequence[str], order: str) -> Outcome:
    """See what the file would change: its import runs, and is taken back. The answer is kept with it.

    Raises `NotAllowed`, `CannotReadTable`, and `Refused` where a rule says no.
    """
    upload.reading = {**upload.reading, "columns": list(columns), "order": order}
    outcome = _run(actor, upload, is_trial=True)
    upload.report = _written(outcome)
    upload.save(update_fields=["reading", "report"])
    return outcome


@transaction.atomic
def store_table(*, actor: Any, upload: TableImport) -> TableImport:
    """Store what the trial of the file showed, all or nothing; a second time finds it done.

    The answer's `stored_at` tells whether it is; where rows are refused that were not before, its `report` says which.
    Raises `NotAllowed`, and `Refused` where the file was not tried or thrown away.
    """
    files = TableImport.objects.select_for_update(of=("self",)).select_related("relationship")
    locked = files.filter(pk=upload.pk).first()
    if locked is None:
        raise Refused(_("This was thrown away meanwhile."), rule="gone")
    upload = locked
    if upload.stored_at:
        return upload
    if upload.report is None:
        raise Refused(_("Try the file first."), rule="tried_first")
    tried = outcome_of(upload)
    outcome = _run(actor, upload, is_trial=False, seen=tried)
    upload.report = _written(outcome)
    if outcome.is_stored:
        upload.stored_at = timezone.now()
        upload.content = b""
        upload.report = {**upload.report, "fates": []}
    upload.save(update_fields=["report", "stored_at", "content"])
    return upload


def throw_away_table(*, actor: Any, upload: TableImport) -> None:
    """Throw away a file that is not to be stored after all."""
    access.require(actor, Verb.WRITE, upload.relationship)
    upload.delete()


def outcome_of(upload: TableImport) -> Outcome:
    """Return what the last trial of the file showed."""
    report: Any = upload.report
    fates = [
        Fate(number, state, name, tuple((column, why) for column, why in whys), ref, revision)
        for number, state, name, whys, ref, revision in report["fates"]
    ]
    return Outcome(fates, is_stored=upload.stored_at is not None)


def _run(actor: Any, upload: TableImport, *, is_trial: bool, seen: Outcome | None = None) -> Outcome:
    rows = rows_of(BytesIO(bytes(upload.content)), Layout(**upload.reading["layout"]))
    next(rows)  # the header
    return import_table(
        actor=actor,
        relationship=upload.relationship,
        table=TABLES[upload.noun],
        lines=rows,
        columns=upload.reading["columns"],
        order=upload.reading["order"],
        is_trial=is_trial,
        revisions=None if seen is None else seen.revisions,
    )


def _written(outcome: Outcome) -> dict[str, Any]:
    return {
        "counts": dict(outcome.counts),
        "fates": [
            [fate.number, fate.state, fate.name, [list(why) for why in fate.why], fate.ref, fate.revision]
            for fate in outcome.fates
        ],
    }
