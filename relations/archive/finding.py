"""What the search finds of rows that came in by COPY: the entries that the triggers would have kept."""

from django.db import connection

_NOUNS = (("document", "documents"), ("statement", "statements"))
_TOGETHER = 5000  # rows


def write_entries() -> None:
    """Write the entries of all documents and statements, and make their indexes of words anew."""
    with connection.cursor() as cursor:
        for noun, plural in _NOUNS:
            cursor.execute("SELECT pg_get_indexdef(%s::regclass)", [f"search_{noun}"])
            (index,) = cursor.fetchone()
            cursor.execute(f"DROP INDEX search_{noun}")
            cursor.execute(
                f"SELECT relations_find_{plural}(ids) FROM "
                f"(SELECT array_agg(id) AS ids FROM relations_{noun} GROUP BY id / {_TOGETHER}) chunks"
            )
            cursor.execute(index)
