"""What a search asks of the database: its words as stems, its names as the keys of those who bear them."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import connections, router
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat

from relations.models import Issue, Organisation, Party, Person, SearchEntry
from relations.models.search import ENGLISH, TURKISH
from relations.reports.search_language import Asked, Part

NAMES_LIMIT = 200  # who is called so
TIME_LIMIT = "3s"  # for each query of a search


class Lexemes(SearchQuery):
    """A search for what was stemmed already."""

    template = "(%(expressions)s)::tsquery"


@dataclass(frozen=True)
class Terms:
    """What entries must hold (`everything`), which of it is words to mark, and between which days."""

    everything: str
    words: str
    since: datetime.date | None
    until: datetime.date | None
    is_vain: bool = False  # stop-words alone


def terms_of(user: Any, asked: Asked, *, by_speaker: bool = False) -> Terms:
    """Return the terms of what `user` asked for, by one query, which also bounds the transaction's further ones in time.

    Names are looked for among what she may see. `by_speaker` says that a word may also be of the speaker's name.
    """
    speakers = [replace(part, operator="speaker") for part in asked.words] if by_speaker else []
    looked_up = [*asked.names, *speakers]
    named = [query for number, part in enumerate(looked_up) for query in _bearers(user, number, part)]
    compiled = [query.query.sql_with_params() for query in named]
    bearers = " UNION ALL ".join(f"({sql})" for sql, _params in compiled) or "SELECT 0, NULL WHERE false"
    sql = f"""
        SELECT set_config('statement_timeout', %s, true),
          (SELECT json_agg(json_build_array(e::text, t::text, phraseto_tsquery('{TURKISH}', t::text)::text) ORDER BY n)
            FROM unnest(%s::text[]) WITH ORDINALITY typed (word, n),
            LATERAL phraseto_tsquery('{ENGLISH}', relations_searchable(word)) e,
            LATERAL phraseto_tsquery('{TURKISH}', relations_searchable(word)) t),
          (SELECT json_agg(array_remove(regexp_split_to_array(lower(unaccent(name)), '\\W+'), '') ORDER BY n)
            FROM unnest(%s::text[]) WITH ORDINALITY typed (name, n)),
          (SELECT json_agg(json_build_array(number, key)) FROM ({bearers}) named (number, key))
    """
    params: list[Any] = [TIME_LIMIT, [part.text for part in asked.words], [part.text for part in looked_up]]
    with connections[router.db_for_read(SearchEntry)].cursor() as cursor:
        cursor.execute(sql, [*params, *(param for _sql, each in compiled for param in each)])
        _timeout, stems, names, keys = cursor.fetchone()
    stems, names, keys = (each or [] for each in (stems, names, keys))
    found = list(_words(asked.words, stems))
    bearing = [
        (part, _any([*(_quoted(key) for at, key in keys if at == number), *_described(part, words)]))
        for number, (part, words) in enumerate(zip(looked_up, names, strict=True))
    ]
    bearing, spoken = bearing[: len(asked.names)], dict(bearing[len(asked.names) :])
    said = [(part, _any(filter(None, [term, spoken.get(replace(part, operator="speaker"))]))) for part, term in found]
    wanted = [(part.is_excluded, term) for part, term in [*said, *bearing]]
    return Terms(
        everything=" & ".join(f"!{term}" if excluded else term for excluded, term in wanted),
        words=" | ".join(term for part, term in found if not part.is_excluded),
        since=asked.since,
        until=asked.until,
        is_vain=not (asked.since or asked.until) and all(excluded for excluded, _term in wanted),
    )


def _words(parts: list[Part], stems: list[list[str]]) -> Iterator[tuple[Part, str]]:
    """Yield each part with its stems. What is a stop-word in one language is left out beside words that are not."""
    read = list(zip(parts, stems, strict=True))
    telling = [(part, forms) for part, forms in read if forms[0] and forms[1]]
    if all(part.is_excluded for part, _forms in telling):
        telling = [(part, forms) for part, forms in read if any(forms)]
    for part, forms in telling:
        # A stem's own stem finds what has fewer suffixes than was typed; of a phrase the distances would be lost.
        yield part, _any(dict.fromkeys(form for form in (forms[:2] if part.is_phrase else forms) if form))


def _described(part: Part, words: list[str]) -> list[str]:
    """Return the key of those who are described by these words and not named; one that nobody has for other parts."""
    if part.operator != "speaker" or not words:
        return [_quoted("nobody=")]
    return ["(" + " & ".join(_quoted(f"speaker={word}") for word in words) + ")"]


def _bearers(user: Any, number: int, part: Part) -> list[QuerySet]:
    """Return the queries of the keys of those whom `part` names, each with the part's number."""
    found: list[tuple[str, QuerySet, Any]]
    if part.operator == "party":
        named = Q(code__iexact=part.text) | Q(name__unaccent__iexact=part.text)
        found = [("party", Party.objects.filter(named | Q(short_name__unaccent__iexact=part.text)), F("pk"))]
    elif part.operator == "issue":
        issues = Issue.objects.visible_to(user)
        words = Q(slug=part.text.lower())
        words |= Q(*(Q(title__unaccent__icontains=word) | Q(slug__icontains=word) for word in part.text.split()))
        found = [("issue", issues.filter(words), F("pk"))]
    else:
        people = Person.objects.matching(part.text)
        found = [
            ("person", people, F("pk")),
            # Entries that were joined are one person.
            ("person", people, Coalesce("merged_into", "pk")),
            ("person", Person.objects.filter(merged_into__in=people.values("pk")), F("pk")),
            ("organisation", Organisation.objects.matching(part.text), F("pk")),
        ]
    return [
        query.order_by().values_list(
            Value(number), Concat(Value(f"{name}="), Cast(key, CharField()), output_field=CharField())
        )[:NAMES_LIMIT]
        for name, query, key in found
    ]


def _quoted(lexeme: str) -> str:
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _any(terms: Iterable[str]) -> str:
    return "(" + " | ".join(terms) + ")"
