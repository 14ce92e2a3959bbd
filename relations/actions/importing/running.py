"""Run an import: each stretch of rows is looked up, judged and stored; all of it stands at the end, or nothing."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection, transaction

from relations import access
from relations.access import Verb
from relations.actions.importing.documents import DocumentRows
from relations.actions.importing.issues import IssueRows
from relations.actions.importing.meetings import MeetingRows
from relations.actions.importing.outcomes import Fate, Outcome
from relations.actions.importing.people import PersonRows
from relations.actions.importing.rows import Job, Rows
from relations.actions.importing.statements import StatementRows
from relations.actions.refusal import recorded
from relations.models import Relationship
from relations.tables.headers import Table
from relations.tables.reading import Line

_TOGETHER = 1_000  # rows: more make the database no faster
NOUNS: dict[str, type[Rows]] = {
    rows.table.name: rows for rows in (StatementRows, IssueRows, PersonRows, MeetingRows, DocumentRows)
}

Progress = Callable[[Iterable[Any]], Iterable[Any]]


def _everything(rows: Iterable[Any]) -> Iterable[Any]:
    return rows


def import_table(
    *,
    actor: Any,
    relationship: Relationship,
    table: Table,
    lines: Iterable[Line],
    columns: Sequence[str],
    order: str = "",
    is_trial: bool = False,
    revisions: Mapping[str, int] | None = None,
    progress: Progress = _everything,
) -> Outcome:
    """Store what the rows under a header bring to the desk, all or nothing; statements as drafts of the importer.

    `columns` says for each column of the file which of the table's it is (empty for none), `order` how days such as
    03/04/2025 are meant. A trial does the same and takes it back; `revisions` are those that a trial saw, and a row that
    changed since is refused. Raises `NotAllowed`, and `CannotReadTable` where the file breaks off.
    """
    access.require(actor, Verb.WRITE, relationship)
    rows = NOUNS[table.name](Job(actor, relationship, order, is_trial, revisions))
    fates: list[Fate] = []
    with recorded(actor, "import_table"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        if not is_trial:
            # One import at a desk at a time, so that the same file sent twice finds what the first one stored.
            Relationship.objects.select_for_update(no_key=True).get(pk=relationship.pk)
        for stretch in _stretches(progress(lines)):
            fates += rows.fates(columns, stretch)
        outcome = Outcome(fates, is_stored=False)
        if not outcome.is_refused:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if is_trial or outcome.is_refused:
            transaction.set_rollback(True)
            return outcome
    return replace(outcome, is_stored=True)


def _stretches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    rest = iter(lines)
    while stretch := list(itertools.islice(rest, _TOGETHER)):
        yield stretch
