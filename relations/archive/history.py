"""The history of what came in by COPY: what the triggers would have written had each row been saved in its time."""

from dataclasses import dataclass, field
from typing import Any

from relations.archive.copying import Taken
from relations.models import Bearing, Capture, Contribution, Document, Passage, PassageCheck, Review, Statement

_UNPUBLISHED = {
    "published_at": "NULL",
    "superseded_at": "NULL",
    "withdrawn_at": "NULL",
    "withdrawn_by_id": "NULL",
    "withdrawal_reason": "''",
}
_UNREAD = {"decision": "''", "decided_by_id": "NULL", "decided_at": "NULL", "comment": "''"}
_OF_STATEMENT = "JOIN relations_statement s ON s.id = t.statement_id"
_APPROVED = "JOIN relations_review r ON r.statement_id = {} AND r.decision = 'approved'"


@dataclass(frozen=True)
class _Events:
    """One event for each row `t` of a model: when, by whom, in which action, and what stood otherwise then."""

    model: Any
    when: str
    who: str
    action: str
    joined: str = ""
    where: str = "true"
    then: dict[str, str] = field(default_factory=dict)
    label: str = "insert"
    of: str = "t.id"  # events of one action on one thing share their context

    def sql(self) -> str:
        """Return the statement that writes them."""
        event = self.model.pgh_event_model._meta
        columns = [one.column for one in event.concrete_fields if not one.name.startswith("pgh_") and not one.generated]
        values = [self.then.get(column, f't."{column}"') for column in columns]
        names = ", ".join(f'"{column}"' for column in columns)
        return (
            f'INSERT INTO "{event.db_table}" ({names}, pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_context_id) '
            f"SELECT {', '.join(values)}, {self.when}, '{self.label}', t.id, "
            f"jsonb_build_object('user', {self.who}, 'action', '{self.action}'), md5('{self.action} ' || {self.of})::uuid "
            f'FROM "{self.model._meta.db_table}" t {self.joined} WHERE {self.where} ORDER BY t.id'
        )


_SAVED: dict[str, Any] = {"when": "s.created_at", "who": "s.author_id", "action": "save_statement", "of": "s.id"}
EVENTS = (
    _Events(Document, "t.created_at", "t.author_id", "add_document"),
    _Events(
        Capture,
        "t.recorded_at",
        "d.author_id",
        "add_document",
        joined="JOIN relations_document d ON d.id = t.document_id",
        of="d.id",
    ),
    _Events(Statement, "t.created_at", "t.author_id", "save_statement", then=_UNPUBLISHED),
    _Events(Passage, joined=_OF_STATEMENT, **_SAVED),
    _Events(Bearing, joined=_OF_STATEMENT, **_SAVED),
    _Events(Contribution, joined=_OF_STATEMENT, **_SAVED),
    _Events(Review, "t.submitted_at", "t.submitted_by_id", "submit", then=_UNREAD, of="t.statement_id"),
    _Events(
        Review, "t.decided_at", "t.decided_by_id", "approve",
        where="t.decision = 'approved'", label="update", of="t.statement_id",
    ),
    _Events(
        Review, "t.decided_at", "t.decided_by_id", "return_",
        where="t.decision = 'returned'", label="update", of="t.statement_id",
    ),
    _Events(
        Statement, "t.published_at", "r.decided_by_id", "approve", joined=_APPROVED.format("t.id"),
        then={column: value for column, value in _UNPUBLISHED.items() if column != "published_at"}, label="update",
    ),
    _Events(
        Statement, "t.superseded_at", "r.decided_by_id", "approve",
        joined="JOIN relations_statement n ON n.supersedes_id = t.id AND n.published_at IS NOT NULL "
        + _APPROVED.format("n.id"),
        label="update", of="n.id",
    ),
    _Events(
        Statement, "t.withdrawn_at", "t.withdrawn_by_id", "withdraw_statement",
        where="t.withdrawn_at IS NOT NULL", label="update",
    ),
    _Events(
        PassageCheck, "t.checked_at", "d.author_id", "add_capture",
        joined="JOIN relations_capture c ON c.id = t.capture_id JOIN relations_document d ON d.id = c.document_id",
        of="c.id",
    ),
)  # fmt: skip


def write_history(cursor: Any, taken: list[Taken]) -> None:
    """Write the history of rows that have just come in by COPY; what is joined to them came in with them."""
    cursor.execute("SET LOCAL enable_nestloop = off")  # nothing is known of them yet: they would be taken for few
    lot = ", ".join(
        f'"{table}" AS NOT MATERIALIZED (SELECT * FROM "{table}" WHERE id >= {rows.first} AND id < {rows.behind})'
        for rows in taken
        for table in [rows.model._meta.db_table]
    )
    for events in EVENTS:
        cursor.execute(f"WITH {lot} {events.sql()}")
    cursor.execute("SET LOCAL enable_nestloop = on")
