"""What may have been meant by words that found nothing: near words of what the user may see, and of nothing else (R7)."""

import re
from typing import Any

from django.db import connections, router

from relations.models import SearchEntry
from relations.models.search import SearchKind
from relations.reports.search_language import Asked

_SAMPLE = 500  # newest of each noun whose words are compared
_PART = 1_000  # characters of each
_WORDS = 5  # of the search
_NEAR = 0.3


def suggested(user: Any, typed: str, asked: Asked) -> str:
    """Return the search with each word that no text has changed to the nearest that one has; empty where none is near.

    One query, over a bounded number of the newest entries that `user` may see.
    """
    words = [word for part in asked.words if not part.is_excluded for word in part.text.split()][:_WORDS]
    if not words:
        return ""
    samples: list[str] = []
    params: list[Any] = []
    for kind in SearchKind:
        newest = SearchEntry.objects.visible_to(user).filter(kind=kind).order_by("-day", "-pk")
        sql, each = newest.values_list("title", "text")[:_SAMPLE].query.sql_with_params()
        samples.append(f"({sql})")
        params += each
    near = f"""
        WITH sample (title, text) AS (SELECT * FROM ({" UNION ALL ".join(samples)}) newest),
        vocabulary AS MATERIALIZED (
          SELECT lower(word) AS word, unaccent(lower(word)) AS plain, count(*) AS number
          FROM sample, regexp_split_to_table(
            relations_searchable(left(title || ' ' || text, {_PART})), '[[:space:][:punct:]]+') word
          WHERE length(word) BETWEEN 3 AND 40 GROUP BY 1, 2)
        SELECT typed.word, best.word FROM unnest(%s::text[]) typed (word),
          LATERAL (
            SELECT vocabulary.word, similarity(plain, unaccent(lower(typed.word))) AS likeness FROM vocabulary
            WHERE similarity(plain, unaccent(lower(typed.word))) >= {_NEAR}
            ORDER BY likeness DESC, number DESC, vocabulary.word LIMIT 1) best
        WHERE likeness < 1
    """
    with connections[router.db_for_read(SearchEntry)].cursor() as cursor:
        cursor.execute(near, [*params, words])
        changes = dict(cursor.fetchall())
    if not changes:
        return ""
    pattern = "|".join(re.escape(word) for word in sorted(changes, key=len, reverse=True))
    return re.sub(rf"(?<!\w)({pattern})(?!\w)", lambda match: changes[match[0]], typed)
