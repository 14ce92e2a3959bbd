"""What a search found of one noun, as it leaves: what each is called, at which desk, and where to read it."""

from typing import Any

from django.conf import settings
from django.db.models import Q

from relations.models.search import SearchKind
from relations.reports.exports import Noun, Record, Sending, told

# What is marked itself, or cites what is; the rest all who search may see.
_MARKED = {
    SearchKind.STATEMENT: ("statement__marking", "statement__document__marking"),
    SearchKind.DOCUMENT: ("document__marking",),
    SearchKind.NOTE: ("note__marking",),
}
_TYPES = {
    SearchKind.STATEMENT: "Claim",
    SearchKind.ISSUE: "CreativeWork",
    SearchKind.DOCUMENT: "Article",
    SearchKind.PERSON: "Person",
    SearchKind.MEETING: "Event",
    SearchKind.NOTE: "Comment",
}


def _fetched(rows: Any, _sending: Sending) -> Any:
    return rows.select_related("relationship", *SearchKind.values, "note__issue").defer("text", "vector", "keys")


def _may_go(sending: Sending) -> Q:
    marked = ~Q(kind__in=list(_MARKED))
    for kind, paths in _MARKED.items():
        marked |= Q(kind=kind) & sending.marked(*paths)
    return marked


def _record(entry: Any, _along: None) -> Record:
    kind, subject, desk = SearchKind(entry.kind), entry.subject, entry.relationship
    if desk is not None:
        subject.relationship = desk
        if kind == SearchKind.NOTE:
            subject.issue.relationship = desk
    return {
        "ref": subject.slug if kind == SearchKind.ISSUE else subject.ref,
        "kind": kind.value,
        "desk": desk.slug if desk else "",
        "title": entry.title,
        "day": entry.latest,
        "address": f"{settings.SITE_URL}{subject.get_absolute_url()}",
    }


def _described(found: Record) -> dict[str, Any]:
    return told(
        {
            "@type": _TYPES[SearchKind(found["kind"])],
            "identifier": found["ref"],
            "name": found["title"],
            "url": found["address"],
            "desk:desk": found["desk"],
            "desk:day": found["day"] and found["day"].isoformat(),
        }
    )


SEARCH = Noun("search", fetched=_fetched, record=_record, described=_described, may_go=_may_go)
