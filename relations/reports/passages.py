"""Passages that a later copy moved or lost: which wait for a person, and one of them beside both copies."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import DenseRank

from relations.choices import PassageState
from relations.models import Capture, Passage, PassageCheck, PassageSettlement, Statement
from relations.reports.keys import among

LOOKED_AT = 12  # documents of a desk, before all are
CONTEXT = 300  # characters shown on either side


@dataclass(frozen=True)
class DocumentToSettle:
    """A document with how many of its passages wait for a person."""

    ref: str
    title: str
    number: int


def documents_to_settle(desks: Collection[int], limit: int = 5) -> dict[int, list[DocumentToSettle]]:
    """Return by desk the documents in which passages wait to be settled, the newest first, `limit` of each.

    Two queries at most: of the newest documents in which any ever did, which answers where much waits, and of all those
    of the desks where they do not suffice, which is soon answered where little does.
    """
    ever = PassageCheck.objects.filter(relationship__in=desks).exclude(state=PassageState.VERIFIED)
    copies = Capture.objects.filter(among(ever.order_by().values("capture").distinct()))
    newest = copies.annotate(place=_place_by_date("document")).filter(place__lte=LOOKED_AT).order_by()
    found = _to_settle(PassageCheck.objects.filter(among(newest.values("pk"), "capture")), limit)
    others = [desk for desk in desks if len(found.get(desk, [])) < limit]
    return found | _to_settle(PassageCheck.objects.filter(relationship__in=others), limit)


def _to_settle(checks: Any, limit: int) -> dict[int, list[DocumentToSettle]]:
    waiting = (
        checks.unsettled()
        .annotate(place=_place_by_date("capture__document"))
        .filter(place__lte=limit)
        .order_by("relationship", "place")
        .values_list("relationship", "capture__document__ref", "capture__document__title")
    )
    found = defaultdict(list)
    for (desk, ref, title), passages in groupby(waiting):
        found[desk].append(DocumentToSettle(ref, title, len(list(passages))))
    return found


def _place_by_date(document: str) -> Window:
    """Return the place of a row's document among its desk's, the newest first."""
    newest = [F(f"{document}__date_published").desc(), F(document).desc()]
    return Window(DenseRank(), partition_by="relationship", order_by=newest)


@dataclass(frozen=True)
class Place:
    """Words of a copy with the text around them; no words where only their surroundings were found."""

    capture: Capture
    before: str
    words: str
    after: str


@dataclass(frozen=True)
class Settling:
    """One passage as the person meets it who says what became of it."""

    statement: Statement
    passage: Passage
    check: PassageCheck | None  # the newest; None where the passage was taken from the newest copy
    settlement: PassageSettlement | None
    old: Place
    new: Place | None
    others: list[PassageCheck]  # those of the same document that wait too

    @property
    def moved_too(self) -> list[Passage]:
        """The other passages of the document that stand elsewhere too, if this one does."""
        if self.check is None or self.check.state != PassageState.MOVED:
            return []
        return [other.passage for other in self.others if other.state == PassageState.MOVED]

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to say: it stands where it stood, or a person said what became of it."""
        return self.check is None or self.check.state == PassageState.VERIFIED or self.settlement is not None


def settling(user: Any, statement: Statement, number: int) -> Settling | None:
    """Return the passage `number` of `statement`, which `user` may see, beside both copies; None where it has none."""
    passage = Passage.objects.filter(statement=statement, number=number).select_related("capture").first()
    if passage is None:
        return None
    check = (
        PassageCheck.objects.filter(passage=passage, capture__number__gt=passage.capture.number)
        .select_related("capture", "settlement__settled_by")
        .order_by("-capture__number")
        .first()
    )
    waiting = (
        PassageCheck.objects.visible_to(user)
        .filter(capture__document=statement.document_id)
        .unsettled()
        .exclude(passage=passage)
        .select_related("passage__statement__relationship", "passage__capture")
        .defer("passage__capture__text")
        .order_by("passage__start", "pk")
    )
    return Settling(
        statement=statement,
        passage=passage,
        check=check,
        settlement=getattr(check, "settlement", None),
        old=_place(passage.capture, passage.start, passage.end),
        new=_new_place(passage, check) if check else None,
        others=list(waiting),
    )


def _place(capture: Capture, start: int, end: int) -> Place:
    text = capture.text
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    if start > CONTEXT:  # cut at a word, where the writing has spaces between them
        before = f"…{before[before.find(' ', 0, 40) + 1 :]}"
    if end + CONTEXT < len(text):
        space = after.rfind(" ", CONTEXT - 40)
        after = f"{after[:space] if space > 0 else after}…"
    return Place(capture, before, text[start:end], after)


def _new_place(passage: Passage, check: PassageCheck) -> Place | None:
    if check.found_start is not None:
        return _place(check.capture, check.found_start, check.found_start + len(passage.exact))
    place = likely_place(passage, check.capture.text)
    return _place(check.capture, *place) if place else None


def likely_place(passage: Passage, text: str) -> tuple[int, int] | None:
    """Return where `text` has what stood around `passage`: what stands between is what became of the words.

    Where only one side of it is found the place is empty, at that side; None where neither is.
    """
    start = _nearest(text, passage.prefix, passage.start - len(passage.prefix))
    start = start + len(passage.prefix) if start is not None else None
    end = _nearest(text, passage.suffix, passage.end)
    if start is not None and end is not None and start <= end <= start + 2 * len(passage.exact) + CONTEXT:
        return start, end
    edge = start if start is not None else end
    return (edge, edge) if edge is not None else None


def _nearest(text: str, words: str, place: int) -> int | None:
    """Return the start of `words` nearest to `place`; None where they are not found or too few to tell anything."""
    if len(words.strip()) < 8:
        return None
    before = text.rfind(words, 0, place + len(words))
    after = text.find(words, max(0, place))
    found = [start for start in (before, after) if start >= 0]
    return min(found, key=lambda start: abs(start - place)) if found else None
