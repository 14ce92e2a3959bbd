"""What the search finds of documents and statements, and what is kept beside statements: as the triggers would have it.

The words are made here as `relations_find_documents_now` and `relations_find_statements_now` make them (SOURCES in
migrations/0010_search.py); a test has these functions find nothing to change.
"""

import re
from typing import Any

from relations.archive.copying import Rows, Taken, escaped
from relations.choices import StatementKind
from relations.models.search import SearchKind

_KEYS = {
    "speaker_person_id": "person",
    "relayer_person_id": "person",
    "speaker_organisation_id": "organisation",
    "on_behalf_of_id": "party",
}
_DOCUMENT, _STATEMENT = SearchKind.DOCUMENT.value, SearchKind.STATEMENT.value


def add_document_entry(
    entries: Rows, document: int, relationship: int, day: Any, title: str, text: str, *, published: bool
) -> None:
    """Add the entry of a document whose newest copy has this text."""
    entries.add(
        kind=_DOCUMENT, document_id=document, relationship_id=relationship, published=published,
        day=day, earliest=day, latest=day, title=title, text=escaped(text), keys="{}",
    )  # fmt: skip


def add_statement_entry(
    entries: Rows, statement: int, relationship: int, said: dict[str, Any], exact: str, bearings: list[dict[str, Any]],
    *, published: bool,
) -> None:  # fmt: skip
    """Add the entry of a statement with the words of its passage, if it has one, and its bearings."""
    keys = {f"{noun}={said[column]}" for column, noun in _KEYS.items() if said.get(column)}
    keys.update([f"issue={bearing['issue_id']}" for bearing in bearings])
    if said["kind"] == StatementKind.JOINT:
        keys.update([f"party={bearing['position_of_id']}" for bearing in bearings])
    if descriptor := said.get("speaker_descriptor"):
        keys.update([f"speaker={word}" for word in re.findall(r"\w+", descriptor.lower())])
    original = said.get("original_text")
    entries.add(
        kind=_STATEMENT, statement_id=statement, relationship_id=relationship, published=published,
        day=said["latest"], earliest=said["earliest"], latest=said["latest"], title=said["text"],
        text=rf"{original}\n{exact}" if original and exact else original or exact, keys=f"{{{','.join(sorted(keys))}}}",
    )  # fmt: skip


def find_on_issues(cursor: Any, statements: Taken) -> None:
    """Keep beside the content what is kept there of these statements."""
    for function in ("relations_find_published", "relations_find_on_issues"):
        cursor.execute(
            f"SELECT {function}(ARRAY(SELECT generate_series(%s::bigint, %s::bigint)))",
            [statements.first, statements.behind - 1],
        )
