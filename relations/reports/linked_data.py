"""Exported records as JSON-LD in schema.org's terms; `docs/export.schema.json` says what stands in it."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from relations.reports.exports import Noun, Record, told

# What schema.org has no term for is named in a vocabulary of the desk's own.
_CONTEXT = ["https://schema.org", {"desk": "urn:relations-desk:"}]


def json_lines(noun: Noun, records: Iterable[Record], about: list[tuple[str, str]]) -> Iterator[str]:
    """Yield the pieces of one document: a schema.org `Dataset` that says what it is, one record a line."""
    head = {"@context": _CONTEXT, "@type": "Dataset", "desk:noun": noun.name, **_said(dict(about))}
    yield _written(head)[:-1] + ', "hasPart": ['
    before = "\n"
    for record in records:
        yield before + _written(told(noun.described(record)))
        before = ",\n"
    yield "\n]}\n"


def _said(about: dict[str, str]) -> dict[str, Any]:
    terms = {"title": "name", "made": "dateCreated"}
    return {terms.get(name, f"desk:{name}"): value for name, value in about.items()}


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
