"""The columns of each noun's table, and how a cell holds what is not one word: what an export writes, an import reads.

Knows no desk: names, joins and takes apart text alone. The names are never translated; a file made in one language is
read in another.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

# What a column holds beside the row's own content: worked out by the program, or told along for the reader. An import
# reads past it.
TOLD: dict[str, frozenset[str]] = {
    "statements": frozenset({
        "document_title", "document_url", "document_language", "publisher", "document_date", "reliability", "state",
        "published_at",
    }),
    "issues": frozenset({
        "status", "trend", "agreement", "status_since", "first_says", "second_says", "last_word", "created_at",
    }),
    "people": frozenset({"organisation"}),
    "meetings": frozenset({"readouts", "recorded_at"}),
    "documents": frozenset({"retrieved", "statements", "recorded_at"}),
    "commitments": frozenset({"created_at"}),
    "posts": frozenset({"organisation", "held_by", "held_until"}),
    "organisations": frozenset(),
    "publishers": frozenset({"trust"}),
    "notes": frozenset({"author", "created_at", "edited_at"}),
    "queue": frozenset({"desk", "kind", "item", "text", "author", "waiting_since"}),
    "search": frozenset({"kind", "desk", "title", "day", "address"}),
}  # fmt: skip

# The first column names the row: empty for one that is new. People are told one office a line, who held none on a line
# of their own; an office is named by `mandate`, empty for a new one.
COLUMNS: dict[str, tuple[str, ...]] = {
    "statements": (
        "ref", "text", "original_text", "original_language", "translated_by", "kind", "basis", "speaker", "speaker_ref",
        "office", "relayer", "relayer_ref", "relayer_office", "party", "earliest", "latest", "precision", "told_on",
        "meeting", "document", "document_title", "document_url", "document_language", "publisher", "document_date",
        "passages", "cited_place", "first_said_in", "first_said_url", "issues", "credibility", "reliability", "marking",
        "state", "published_at",
    ),
    "issues": (
        "slug", "title", "summary", "topic", "impact", "scope", "owner", "review_due", "links", "status", "trend",
        "agreement", "status_since", "first_says", "second_says", "last_word", "created_at",
    ),
    "people": (
        "ref", "name", "sort_name", "biography", "same_as", "mandate", "office", "post", "party", "organisation",
        "start", "end", "first_attested", "last_attested", "source_url",
    ),
    "meetings": (
        "ref", "title", "kind", "state", "earliest", "latest", "precision", "place", "summary", "participants", "issues",
        "readouts", "recorded_at",
    ),
    "documents": (
        "ref", "title", "publisher", "publisher_ref", "url", "date_published", "language", "marking", "reprints",
        "retrieved", "statements", "recorded_at",
    ),
    "commitments": (
        "ref", "issue", "text", "party", "due_earliest", "due_latest", "due_precision", "state", "statement",
        "settled_by", "settled_on", "settling_note", "created_at",
    ),
    "posts": ("ref", "name", "party", "organisation", "organisation_ref", "held_by", "held_until"),
    "organisations": ("ref", "name", "party"),
    "publishers": ("ref", "name", "party", "url", "trust"),
    "notes": (
        "ref", "issue", "text", "kind", "likelihood", "confidence", "marking", "author", "created_at", "edited_at",
    ),
    "queue": ("ref", "desk", "kind", "item", "text", "author", "waiting_since"),
    "search": ("ref", "kind", "desk", "title", "day", "address"),
}  # fmt: skip

CELL_LIMIT = 32_767  # characters that a cell of a spreadsheet holds
CUT = "… (cut: a cell holds 32,767 characters, CSV holds all)"  # the end of one that does not hold all

_BETWEEN = " | "
_FORMULA = "=+\\-@＝＋－＠"
# Where a spreadsheet may see a cell begin: at its start; and, where it takes a semicolon, a tab or a line end for the
# end of one (OWASP, CSV injection). An apostrophe says that what follows is text.
_RISK = re.compile(rf"\A(?='*[{_FORMULA}\t\r\n])|(?<=[;\t\r\n])(?='*[{_FORMULA}])")
_DISARMED = re.compile(rf"\A'(?='*[{_FORMULA}\t\r\n])|(?<=[;\t\r\n])'(?='*[{_FORMULA}])")


def disarmed(text: str) -> str:
    """Return `text` so that no spreadsheet runs it: with an apostrophe before what would begin a formula."""
    return _RISK.sub("'", text)


def as_it_was(cell: str) -> str:
    """Return the text that `disarmed` made this cell of."""
    return _DISARMED.sub("", cell) if "'" in cell else cell


def joined(texts: Iterable[str]) -> str:
    """Return several texts as one cell: `One | two`; a bar or backslash of their own has a backslash before it."""
    return _BETWEEN.join(re.sub(r"([\\|])", r"\\\1", text) for text in texts)


def parted(cell: str) -> list[str]:
    """Return the texts that `joined` made this cell of, without white space around them; an empty cell holds none."""
    if "\\" not in cell:
        return [text for part in cell.split("|") if (text := part.strip())]
    parts = re.findall(r"((?:[^\\|]|\\.)+)(?:\||\Z)", cell, re.DOTALL)
    return [text for part in parts if (text := re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL).strip())]


@dataclass(frozen=True)
class BearingCell:
    """What a statement means on one issue, as a cell tells it: `caatsa REJECT/mode -4.0 of TR to US (our reading)`."""

    issue: str
    act: str
    mode: str
    intensity: Decimal
    position_of: str
    towards: str
    stated: bool

    def __str__(self) -> str:
        did = f"{self.act}/{self.mode}" if self.mode else self.act
        of = f" of {self.position_of}" if self.position_of else ""
        to = f" to {self.towards}" if self.towards else ""
        return f"{self.issue} {did} {self.intensity:+}{of}{to}{'' if self.stated else ' (our reading)'}"


_BEARING = re.compile(
    r"(?P<issue>\S+)\s+(?P<act>[A-Z]+)(?:/(?P<mode>\S+))?\s+(?P<intensity>[+-]?\d+(?:\.\d+)?)"
    r"(?:\s+of\s+(?P<position_of>[A-Z][A-Z0-9-]*))?(?:\s+to\s+(?P<towards>[A-Z][A-Z0-9-]*))?"
    r"(?P<reading>\s+\(our reading\))?"
)


def bearing_in(text: str) -> BearingCell | None:
    """Return the bearing that `text` tells; None where it tells none."""
    found = _BEARING.fullmatch(text.strip())
    if found is None:
        return None
    return BearingCell(
        found["issue"],
        found["act"],
        found["mode"] or "",
        Decimal(found["intensity"]),
        found["position_of"] or "",
        found["towards"] or "",
        stated=found["reading"] is None,
    )


@dataclass(frozen=True)
class ParticipantCell:
    """Who took part in a meeting, as a cell tells it: `TR: Hakan Fidan [abcd2345]`, by description without a ref."""

    party: str
    name: str
    person: str  # a ref

    def __str__(self) -> str:
        return f"{self.party}: {self.name} [{self.person}]" if self.person else f"{self.party}: {self.name}"


_PARTICIPANT = re.compile(r"(?P<party>[A-Z][A-Z0-9-]*):\s*(?P<name>.+?)(?:\s+\[(?P<person>[a-z0-9-]+)\])?", re.DOTALL)


def participant_in(text: str) -> ParticipantCell | None:
    """Return the participant that `text` tells; None where it tells none."""
    found = _PARTICIPANT.fullmatch(text.strip())
    return ParticipantCell(found["party"], found["name"], found["person"] or "") if found else None
