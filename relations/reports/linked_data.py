"""Exported statements as JSON in schema.org's terms; `docs/statements.schema.json` says what stands in it."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from relations.choices import StatementKind
from relations.reports.exports import ExportedBearing, ExportedStatement

# What schema.org has no term for is named in a vocabulary of the desk's own.
_CONTEXT = ["https://schema.org", {"desk": "urn:relations-desk:"}]


def json_lines(statements: Iterable[ExportedStatement], name: str) -> Iterator[str]:
    """Yield the pieces of one JSON-LD document: a schema.org `Dataset` called `name`, one statement a line."""
    yield f'{{"@context": {json.dumps(_CONTEXT)}, "@type": "Dataset", "name": {_written(name)}, "hasPart": ['
    before = "\n"
    for statement in statements:
        yield before + _written(_described(statement))
        before = ",\n"
    yield "\n]}\n"


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _described(statement: ExportedStatement) -> dict[str, Any]:
    """Return a statement in schema.org's terms: a `Quotation` where it is word for word, else a `Claim`."""
    described = {
        "@type": "Quotation" if statement.kind == StatementKind.QUOTE else "Claim",
        "identifier": statement.ref,
        "text": statement.text,
        "temporalCoverage": statement.span,
        "creator": _person(statement.speaker, statement.office),
        "desk:onBehalfOf": statement.party,
        "desk:relayedBy": _person(statement.relayer, statement.relayer_office),
        "desk:relayedOn": statement.told_on and statement.told_on.isoformat(),
        "desk:kind": statement.kind,
        "desk:basis": statement.basis,
        "about": [_about(bearing) for bearing in statement.bearings],
        "isBasedOn": {
            "@type": "Article",
            "identifier": statement.document,
            "name": statement.document_title,
            "url": statement.document_url or None,
            "inLanguage": statement.document_language,
            "datePublished": statement.document_date.isoformat(),
            "publisher": {"@type": "Organization", "name": statement.publisher},
        },
        "desk:passages": list(statement.passages),
        "desk:citedPlace": statement.cited_place,
        "translationOfWork": statement.original_text
        and {"@type": "CreativeWork", "text": statement.original_text, "inLanguage": statement.original_language},
        "translator": statement.translated_by,
        "desk:meeting": statement.meeting,
        "desk:credibility": statement.credibility,
        "desk:reliability": statement.reliability,
        "desk:marking": statement.marking,
        "desk:state": statement.state,
        "datePublished": statement.published_at and statement.published_at.isoformat(),
    }
    return {term: value for term, value in described.items() if value not in ("", None)}


def _person(name: str, office: str) -> dict[str, str] | None:
    if not name:
        return None
    return {"name": name, "jobTitle": office} if office else {"name": name}


def _about(bearing: ExportedBearing) -> dict[str, Any]:
    about = {
        "identifier": bearing.issue,
        "name": bearing.title,
        "desk:act": bearing.act,
        "desk:mode": bearing.mode,
        "desk:intensity": float(bearing.intensity),
        "desk:positionOf": bearing.position_of,
        "desk:towards": bearing.towards,
        "desk:inTheirWords": bearing.in_their_words,
    }
    return {term: value for term, value in about.items() if value != ""}
