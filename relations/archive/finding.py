"""What the search finds of rows that came in by COPY: the entries that the triggers would have kept."""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.db import connection

_NOUNS = {"document": "documents", "statement": "statements"}


@contextlib.contextmanager
def indexed_afterwards() -> Iterator[None]:
    """Store entries of documents and statements without their indexes of words, which are made anew afterwards."""
    with connection.cursor() as cursor:
        indexes = []
        for noun in _NOUNS:
            cursor.execute("SELECT pg_get_indexdef(%s::regclass)", [f"search_{noun}"])
            indexes += cursor.fetchone()
            cursor.execute(f"DROP INDEX search_{noun}")
        yield
        for index in indexes:
            cursor.execute(index)


def find(cursor: Any, noun: str, first: int, behind: int) -> None:
    """Write the entries of the documents or statements whose keys run from `first` to before `behind`."""
    cursor.execute(
        f"SELECT relations_find_{_NOUNS[noun]}_now(ARRAY(SELECT generate_series(%s::bigint, %s::bigint)))",
        [first, behind - 1],
    )
