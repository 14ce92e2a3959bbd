"""Files that leave the desk: a list's rows in a format, sent while they are read, and never whole where they are not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from relations.actions.dumps import one_moment
from relations.reports.citations import PASSAGES, STYLES, Style
from relations.reports.exports import Noun, Sending, fetched, may_go, records
from relations.reports.linked_data import json_lines
from relations.reports.portions import fixture_lines
from relations.reports.tables import csv_lines
from relations.reports.workbooks import xlsx_pieces

Pieces = Iterator[str] | Iterator[bytes]
TOGETHER = 64_000  # characters or bytes: a write to the network for each line costs more than the line
_NOT_WHOLE = "This file is not whole: what sent it broke off. Export it again."


@dataclass(frozen=True)
class FileKind:
    """A format: how rows are written in it, of which type it is, how its name ends.

    `broken` is what it ends with where reading the rows fails half-way, so that no program takes it for whole: a quote,
    an entry or a record that nothing closes. JSON and XLSX need none, because only their end closes them.
    """

    pieces: Callable[[Noun, Any, Sending], Pieces]
    content_type: str
    ending: str
    broken: str = ""


def about(noun: Noun, sending: Sending) -> list[tuple[str, str]]:
    """Return what a file says of itself where its format has a place for it."""
    desk, at = sending.relationship, sending.moment
    told = [
        ("title", f"{desk.title}: {noun.name}" if desk else noun.name),
        ("made", sending.made.isoformat(timespec="seconds")),
        ("marking", f"TLP:{sending.marking}" if sending.marking else ""),
        ("filters", sending.filters),
        ("effective", at.effective.isoformat() if at.effective else ""),
        ("known", at.known.isoformat() if at.known else ""),
    ]
    return [(name, value) for name, value in told if value]


def _csv(noun: Noun, rows: Any, sending: Sending) -> Pieces:
    return csv_lines(noun, records(noun, rows, sending))


def _xlsx(noun: Noun, rows: Any, sending: Sending) -> Pieces:
    return xlsx_pieces(noun, records(noun, rows, sending), about(noun, sending))


def _json(noun: Noun, rows: Any, sending: Sending) -> Pieces:
    return json_lines(noun, records(noun, rows, sending), about(noun, sending))


def _fixture(_noun: Noun, rows: Any, sending: Sending) -> Pieces:
    return fixture_lines(rows, sending)


def _cited(style: Style) -> Callable[[Noun, Any, Sending], Pieces]:
    def pieces(_noun: Noun, rows: Any, sending: Sending) -> Pieces:
        return style.pieces(fetched(rows.prefetch_related(None).prefetch_related(PASSAGES), sending))

    return pieces


KINDS = {
    "csv": FileKind(_csv, "text/csv; charset=utf-8", "csv", broken=f'"{_NOT_WHOLE}'),
    "xlsx": FileKind(_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "json": FileKind(_json, "application/ld+json", "json"),
    "fixture": FileKind(_fixture, "application/json", "fixture.json"),
    "bib": FileKind(_cited(STYLES["bib"]), STYLES["bib"].content_type, "bib", broken=f"@misc{{{_NOT_WHOLE}"),
    "ris": FileKind(
        _cited(STYLES["ris"]), STYLES["ris"].content_type, "ris", broken=f"TY  - GEN\r\nN1  - {_NOT_WHOLE}"
    ),
    "csl": FileKind(_cited(STYLES["json"]), STYLES["json"].content_type, "csl.json"),
}
CITATIONS = ("bib", "ris", "csl")


def file_pieces(kind: str, noun: Noun, rows: Any, sending: Sending) -> Iterator[bytes]:
    """Yield a file of `rows`, all as they stood when the first was asked for.

    The transaction it reads in, with its cursor, ends with this: at the end, where it breaks, and where nobody takes
    the rest, because then it is closed.
    """
    written = KINDS[kind]
    with one_moment():
        try:
            yield from _gathered(written.pieces(noun, may_go(noun, rows, sending), sending))
        except Exception:
            yield written.broken.encode()
            raise


def _gathered(pieces: Pieces) -> Iterator[bytes]:
    held: list[bytes] = []
    length = 0
    for piece in pieces:
        held.append(piece.encode() if isinstance(piece, str) else piece)
        length += len(piece)
        if length >= TOGETHER:
            yield b"".join(held)
            held, length = [], 0
    yield b"".join(held)
