"""The reader: a copy's text with every passage that visible statements cite marked in place."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, F, Q, Subquery, When

from relations.choices import PassageState, Settlement
from relations.models import Capture, Document, Passage, Statement
from relations.models.moments import NOW, Moment

# However long a text, it is shown in no more blocks than this: a browser lays out each by itself.
_BLOCKS = 20_000
MOST_REPRINTS = 20  # named at the foot
# What a note in the margin tells of its statement.
_OF_A_NOTE = (
    "relationship", "document", "ref", "text", "kind", "cited_place", "speaker_person__name",
    "speaker_organisation__name", "speaker_descriptor", "relayer_person__name", "relayer_organisation__name",
    "relayer_descriptor", "mandate__post__name", "on_behalf_of__name", "on_behalf_of__short_name", "earliest",
    "latest", "precision", "superseded_at", "withdrawn_at",
)  # fmt: skip


@dataclass(eq=False)
class Note:
    """A statement in the margin, with its number there and its passages, those in the text first."""

    statement: Statement
    number: int = 0
    marks: list["Mark"] = field(default_factory=list)

    @property
    def place(self) -> tuple[bool, int]:
        """Where it comes in the margin: by its first passage in the text; last where it has none."""
        first = self.marks[0] if self.marks and self.marks[0].is_placed else None
        return first is None, first.start if first else 0


@dataclass(frozen=True, eq=False)
class Mark:
    """A cited passage, with its state in the shown copy; `start` and `end` where it stands there, else both 0."""

    passage: Passage
    note: Note
    start: int
    end: int

    @property
    def copy(self) -> int | None:
        """The number of the copy that it was taken from."""
        return getattr(self.passage, "copy", None)

    @property
    def is_placed(self) -> bool:
        """Whether it is shown in the text."""
        return self.end > self.start

    @property
    def waits(self) -> bool:
        """Whether a person has to settle what became of it."""
        passage: Any = self.passage
        closed = self.note.statement.superseded_at or self.note.statement.withdrawn_at
        return passage.state != PassageState.VERIFIED and not passage.outcome and not closed


@dataclass(frozen=True)
class Segment:
    """A stretch of text between two bounds, with the marks that cover it, longest first."""

    text: str
    start: int
    marks: list[Mark]
    opening: list[Mark]  # those of the marks that begin here
    closing: list[Mark]  # those that end here

    def goes_on(self, mark: Mark) -> bool:
        """Whether a mark that covers this covers what comes next too."""
        return mark not in self.closing


@dataclass(frozen=True)
class Reader:
    """What the reader shows: one copy of a document, and which others there are, newest first."""

    document: Document
    capture: Capture | None
    copies: list[Capture]
    paragraphs: list[list[Segment]]
    length: int  # of the text, in code points
    waiting: list[Mark]  # what a person has to settle
    notes: list[Note]
    reprints: Document | None
    reprinted_by: list[Document]

    @property
    def newest(self) -> Capture | None:
        """The newest copy; of it alone passages are taken."""
        return self.copies[0] if self.copies else None

    @property
    def is_newest(self) -> bool:
        """Whether the newest copy is shown."""
        return self.capture is None or self.capture.pk == self.copies[0].pk

    @property
    def lost(self) -> list[Mark]:
        """Passages that the copy lost and nobody has settled."""
        return [mark for mark in self.waiting if not mark.is_placed]

    @property
    def moved(self) -> list[Mark]:
        """Passages that stand elsewhere in the copy and that nobody has settled."""
        return [mark for mark in self.waiting if mark.is_placed]

    @property
    def is_long(self) -> bool:
        """Whether a browser had better lay out only what is in view."""
        return self.length > 200_000

    @property
    def has_reports(self) -> bool:
        """Whether a source's own report is among what is shown, so that the dagger is told."""
        return any(note.statement.kind == "reported" for note in self.notes)


def paragraph_starts(text: str) -> list[int]:
    """Return where the paragraphs of `text` begin: after each run of line ends; in a long text, not after every one."""
    least = len(text) // _BLOCKS
    starts = [0]
    for match in re.finditer(r"\n+(?=[^\n])", text):
        if match.end() - starts[-1] >= least:
            starts.append(match.end())
    return starts


def segments_of(text: str, marks: Iterable[Mark], breaks: Iterable[int] = ()) -> list[Segment]:
    """Return `text` cut at every bound of a mark and at `breaks`; the pieces joined are the text."""
    opening: dict[int, list[Mark]] = defaultdict(list)
    closing: dict[int, list[Mark]] = defaultdict(list)
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end, mark.passage.pk)):
        opening[mark.start].append(mark)
        closing[mark.end].append(mark)
    pieces: list[Segment] = []
    covering: list[Mark] = []
    for start, end in itertools.pairwise(sorted({0, len(text), *opening, *closing, *breaks})):
        if start in closing:
            covering = [mark for mark in covering if mark.end > start]
        covering += opening.get(start, [])  # these begin later than the others, so the order holds
        pieces.append(Segment(text[start:end], start, list(covering), opening.get(start, []), closing.get(end, [])))
    return pieces


def paragraphs_of(text: str, marks: Iterable[Mark]) -> list[list[Segment]]:
    """Return the paragraphs of `text`, each as its segments."""
    starts = paragraph_starts(text)
    beginnings = set(starts)
    paragraphs: list[list[Segment]] = []
    for segment in segments_of(text, marks, starts):
        if segment.start in beginnings:
            paragraphs.append([])
        paragraphs[-1].append(segment)
    return paragraphs


def reader(user: Any, document: Document, copy: str = "", at: Moment = NOW) -> Reader | None:
    """Return `document` as of `at` with its newest copy, or the one of number `copy`, as `user` may see what cites it.

    Five queries. None where there is no copy of this number. An older copy is read as it was cited then: without
    what was taken from later ones.
    """
    known = document.captures.filter(at.recorded()).order_by("-number")
    wanted = known.filter(number=int(copy)) if re.fullmatch(r"[0-9]{1,9}", copy) else known
    words = Case(When(pk=Subquery(wanted.values("pk")[:1]), then="text"))
    copies: list[Any] = list(known.defer("text").annotate(words=words).select_related("original"))
    shown = next((each for each in copies if str(each.number) == copy), None) if copy else next(iter(copies), None)
    if copy and shown is None:
        return None
    text = shown.words if shown else ""
    notes = _notes(user, document, at)
    marks = _marks(user, document, shown, text, notes, at) if shown else []
    for mark in marks:
        mark.note.marks.append(mark)
    margin = sorted(notes.values(), key=lambda note: note.place)
    reprints, reprinted_by = _reprints(user, document, at)
    for number, note in enumerate(margin, start=1):
        note.number = number
    return Reader(
        document=document,
        capture=shown,
        copies=copies,
        paragraphs=paragraphs_of(text, [mark for mark in marks if mark.is_placed]),
        length=len(text),
        waiting=[mark for mark in marks if mark.waits],
        notes=margin,
        reprints=reprints,
        reprinted_by=reprinted_by,
    )


def _reprints(user: Any, document: Document, at: Moment) -> tuple[Document | None, list[Document]]:
    """Return the document that this one reprints, and those that reprint this one, as `user` may see them."""
    related = Document.objects.visible_to(user, at).filter(Q(pk=document.reprints_id) | Q(reprints=document))
    told = related.select_related("publisher").only("relationship", "ref", "title", "date_published", "publisher__name")
    found = list(told.order_by("date_published", "pk")[: MOST_REPRINTS + 1])
    for each in found:
        each.relationship = document.relationship
    original = next((each for each in found if each.pk == document.reprints_id), None)
    return original, [each for each in found if each is not original][:MOST_REPRINTS]


def _notes(user: Any, document: Document, at: Moment) -> dict[int, Note]:
    """Return the statements that `user` may see, by key."""
    statements = Statement.objects.visible_to(user, at).filter(document=document).with_review_state(at)
    told = statements.select_related(
        "speaker_person",
        "speaker_organisation",
        "relayer_person",
        "relayer_organisation",
        "mandate__post",
        "on_behalf_of",
    ).only(*_OF_A_NOTE)
    notes = {statement.pk: Note(statement) for statement in told.order_by("pk")}
    for note in notes.values():
        note.statement.relationship, note.statement.document = document.relationship, document
    return notes


def _marks(user: Any, document: Document, shown: Capture, text: str, notes: dict[int, Note], at: Moment) -> list[Mark]:
    """Return the marks of the shown copy, in the order of the text; those that are not in it last."""
    passages = (
        Passage.objects.visible_to(user, at)
        .filter(statement__document=document, capture__number__lte=shown.number)
        .with_state(at, copy=shown.number)
        .annotate(copy=F("capture__number"))
        .order_by("start", "-end", "pk")
    )
    marks = [_mark(passage, notes[passage.statement_id], text) for passage in passages if passage.statement_id in notes]
    return sorted(marks, key=lambda mark: (not mark.is_placed, mark.start))


def _mark(passage: Any, note: Note, text: str) -> Mark:
    start = passage.start if passage.state == PassageState.VERIFIED else passage.found_start
    if start is None or not text.startswith(passage.exact, start):
        passage.state = PassageState.LOST
    elif passage.outcome in (None, Settlement.SAME_WORDS):
        return Mark(passage, note, start, start + len(passage.exact))
    return Mark(passage, note, 0, 0)
