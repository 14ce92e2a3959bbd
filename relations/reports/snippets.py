"""Texts with the words that were found marked, cut to what one reads at a glance. Nothing here is HTML."""

import re
from dataclasses import dataclass

START, STOP = "\x02", "\x03"
_AROUND = 80  # characters before and after what is marked
_MARKS = re.compile(f"[{START}{STOP}]")


@dataclass(frozen=True)
class Piece:
    """A stretch of text: marked, plain, or what stands for words left out."""

    text: str
    is_marked: bool = False


def marked_spans(marked: str) -> list[tuple[int, int]]:
    """Return where `marked` has marks, in characters of the text without them; marks within marks are one."""
    spans: list[tuple[int, int]] = []
    at = depth = begun = last = 0
    for match in _MARKS.finditer(marked):
        at += match.start() - last
        last = match.end()
        if match[0] == START:
            begun = at if depth == 0 else begun
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                spans.append((begun, at))
    return spans


def pieces_of(text: str, marked: str, *, length: int) -> list[Piece]:
    """Return `text` with the marks that `marked`, the same text with its marks, has: about `length` characters of it,
    around what is marked. A `marked` that is of another length is a text that the database reads otherwise: no marks.
    """
    spans = marked_spans(marked) if len(_MARKS.sub("", marked)) == len(text) else []
    if len(text) <= length:
        return _cut(text, spans, 0, len(text))
    if not spans:
        return [*_cut(text, [], 0, _word_end(text, length)), Piece(" …")]
    pieces: list[Piece] = []
    shown = 0
    end = 0
    for first, last in spans:
        if last <= end:
            continue
        if shown >= length:
            break
        start = max(end, _word_start(text, first - _AROUND))
        stop = _word_end(text, last + _AROUND)
        if start > end:
            pieces.append(Piece("… " if not pieces else " … "))
        pieces += _cut(text, spans, start, stop)
        shown += stop - start
        end = stop
    if end < len(text):
        pieces.append(Piece(" …"))
    return pieces


def _cut(text: str, spans: list[tuple[int, int]], start: int, stop: int) -> list[Piece]:
    pieces = []
    at = start
    for first, last in spans:
        if last <= start or first >= stop:
            continue
        opened, closed = max(first, start), min(last, stop)
        pieces += [Piece(text[at:opened]), Piece(text[opened:closed], is_marked=True)]
        at = closed
    return [piece for piece in [*pieces, Piece(text[at:stop])] if piece.text]


def _word_start(text: str, at: int) -> int:
    if at <= 0:
        return 0
    space = text.rfind(" ", 0, at)
    return space + 1 if space >= at - 30 else at


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.find(" ", at)
    return space if 0 <= space <= at + 30 else at
