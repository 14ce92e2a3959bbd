"""A brief's statements as it tells them, each with the number of its endnote (ICD 206: every source is cited)."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relations.briefs.content import Endnote, Words
from relations.choices import Credibility, Marking, Reliability, StatementKind
from relations.models import Capture, Passage, Relationship, ReliabilityRating, Statement
from relations.reports.exports import attributed

# Enough to find the passage by; the whole of it stands in the desk's copy.
_PASSAGE = 300
TEXT = 1500  # letters of a text in a brief: a page's half; who wants more reads it at the desk
_LANGUAGES = {"en": gettext_lazy("English"), "tr": gettext_lazy("Turkish")}


def day(value: datetime.date | None) -> str:
    """Return a day as people read it, `25 Mar 2025`."""
    return date_format(value, "j M Y") if value else ""


def cut(words: str, letters: int) -> str:
    """Return words that end after a whole word within so many letters."""
    if len(words) <= letters:
        return words
    return words[: letters - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def teller(statement: Statement) -> str:
    """Return who says it: name and office, in whose words, or the publisher. Empty on deep background (never attribute)."""
    if statement.kind == StatementKind.JOINT:
        return _("Both sides")
    if statement.kind == StatementKind.REPORTED:
        return _("%(publisher)s, its own report") % {"publisher": statement.document.publisher}
    speaker = attributed(statement, statement.speaker)
    if not speaker:
        return ""
    who = f"{speaker}, {statement.mandate.post}" if statement.mandate else speaker
    relayer = attributed(statement, statement.relayer)
    return _("%(who)s, in the words of %(relayer)s") % {"who": who, "relayer": relayer} if relayer else who


@dataclass
class Citing:
    """Numbers the sources in the order that a brief cites them, each once."""

    relationship: Relationship
    _statements: dict[int, Statement] = field(default_factory=dict)

    def number(self, statement: Statement) -> int:
        """Return the number of a statement's endnote; the next one where it is cited for the first time."""
        self._statements.setdefault(statement.pk, statement)
        return list(self._statements).index(statement.pk) + 1

    def words(self, statement: Statement) -> Words:
        """Return a statement as the brief tells it, cited."""
        statement.relationship = self.relationship
        return Words(
            text=cut(statement.text, TEXT),
            is_quoted=statement.kind == StatementKind.QUOTE and not any(mark in statement.text for mark in '“”"'),
            who=teller(statement),
            when=statement.when,
            side=str(statement.side),
            party=statement.on_behalf_of.label if statement.on_behalf_of else "",
            is_report=statement.kind == StatementKind.REPORTED,
            note=self.number(statement),
        )

    @property
    def cited(self) -> list[Statement]:
        """The statements cited, in order."""
        return list(self._statements.values())

    def endnotes(self) -> tuple[Endnote, ...]:
        """Return the endnotes, in three queries."""
        cited = self.cited
        passages: dict[int, list[Passage]] = {}
        rows = Passage.objects.filter(statement__in=self._statements).select_related("capture").defer("capture__text")
        for passage in rows.order_by("pk"):
            passages.setdefault(passage.statement_id, []).append(passage)
        ratings = dict(
            ReliabilityRating.objects.filter(relationship=self.relationship).values_list("publisher", "reliability")
        )
        copies = Capture.objects.filter(document__in={each.document_id for each in cited})
        retrieved = dict(copies.order_by("document", "number").values_list("document", "retrieved_at"))  # the newest
        return tuple(
            self._endnote(number, each, passages.get(each.pk, []), ratings, retrieved)
            for number, each in enumerate(cited, start=1)
        )

    def _endnote(
        self,
        number: int,
        statement: Statement,
        passages: list[Passage],
        ratings: dict[int, str],
        retrieved: dict[int, datetime.datetime],
    ) -> Endnote:
        document = statement.document
        copied = passages[0].capture.retrieved_at if passages else retrieved.get(document.pk)
        who = teller(statement)
        place = "“{}”".format(" ".join(passages[0].exact.split())) if passages else statement.cited_place
        return Endnote(
            number=number,
            ref=statement.ref,
            said=f"{who}, {statement.when}" if who else statement.when,
            place=f"{cut(place, _PASSAGE).removesuffix('”')}”" if passages else place,
            title=document.title,
            publisher=str(document.publisher),
            published=day(document.date_published),
            language=str(_LANGUAGES.get(document.language, document.language)),
            url=document.url,
            retrieved=day(self.relationship.day_of(copied)) if copied else "",
            reliability=_rating(ratings.get(document.publisher_id, "")),
            credibility=str(Credibility(statement.credibility).label),
            marking=str(Marking(statement.marking)),
        )


def _rating(value: Any) -> str:
    return str(Reliability(value).label) if value else _("not rated")
