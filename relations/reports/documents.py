"""The reader: a copy's text with every passage that visible statements cite marked in place."""

import itertools
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from relations.choices import PassageState
from relations.models import Capture, Document, Passage, Statement


@dataclass(frozen=True)
class Mark:
    """A cited passage where it stands in the shown copy."""

    passage: Passage
    start: int
    end: int
    state: str


@dataclass(frozen=True)
class Segment:
    """A stretch of text between two bounds of passages, with the marks that cover it, longest first."""

    text: str
    marks: list[Mark]
    opening: list[Mark]  # those of the marks that begin here


@dataclass(frozen=True)
class Reader:
    """What the reader shows."""

    document: Document
    capture: Capture | None
    segments: list[Segment]
    lost: list[Mark]
    statements: list[Statement]


def segments_of(text: str, marks: list[Mark]) -> list[Segment]:
    """Return `text` cut at every bound of a mark; the pieces joined are the text."""
    bounds = sorted({0, len(text), *(mark.start for mark in marks), *(mark.end for mark in marks)})
    pieces = []
    for start, end in itertools.pairwise(bounds):
        covering = [mark for mark in marks if mark.start <= start and end <= mark.end]
        covering.sort(key=lambda mark: (mark.start, -mark.end, mark.passage.pk))
        pieces.append(Segment(text[start:end], covering, [mark for mark in covering if mark.start == start]))
    return pieces


def reader(user: Any, document: Document) -> Reader:
    """Return `document` with its newest copy, as `user` may see what cites it; four queries."""
    capture = document.newest_capture()
    passages = (
        Passage.objects.visible_to(user)
        .filter(statement__document=document)
        .with_state()
        .select_related("statement__relationship")
        .order_by("start", "-end")
    )
    marks, lost = [], []
    for passage in passages:
        start = passage.start if passage.state == PassageState.VERIFIED else passage.found_start
        if start is None or capture is None:
            lost.append(Mark(passage, 0, 0, PassageState.LOST))
        else:
            marks.append(Mark(passage, start, start + len(passage.exact), passage.state))
    statements = (
        Statement.objects.visible_to(user)
        .filter(document=document)
        .with_people()
        .with_review_state()
        .prefetch_related(Prefetch("passages", Passage.objects.order_by("start")))
        .order_by("pk")
    )
    return Reader(document, capture, segments_of(capture.text, marks) if capture else [], lost, list(statements))
