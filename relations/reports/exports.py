"""Statements as they leave the desk: one record each, read in constant memory, at one moment."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from relations.actions.dumps import one_moment
from relations.choices import Basis, Marking, Precision
from relations.models import Bearing, Passage, Relationship, ReliabilityRating, Statement
from relations.models.statements import StatementQuerySet

CHUNK = 1_000  # rows that are in memory at once, with their passages and bearings


@dataclass(frozen=True)
class ExportedBearing:
    """What a statement means on one issue; parties by their codes."""

    issue: str
    title: str
    act: str
    mode: str
    intensity: Decimal
    position_of: str
    towards: str
    in_their_words: bool


@dataclass(frozen=True)
class ExportedStatement:
    """A statement with its source, by the names that people and other programs know things by; codes as stored."""

    ref: str
    text: str
    original_text: str
    original_language: str
    translated_by: str
    kind: str
    basis: str
    speaker: str
    office: str
    relayer: str
    relayer_office: str
    party: str
    earliest: datetime.date
    latest: datetime.date
    precision: str
    told_on: datetime.date | None
    meeting: str
    document: str
    document_title: str
    document_url: str
    document_language: str
    publisher: str
    document_date: datetime.date
    passages: tuple[str, ...]
    cited_place: str
    bearings: tuple[ExportedBearing, ...]
    credibility: int
    reliability: str  # the desk's own judgement of the publisher; empty where it made none
    marking: str
    state: str
    published_at: datetime.datetime | None

    @property
    def span(self) -> str:
        """When it was said, in ISO 8601: `2025-03`, `2025-03-25` or `2025-03-24/2025-03-25`."""
        if self.precision != Precision.DAY:
            first, last = (_shortened(day, self.precision) for day in (self.earliest, self.latest))
        else:
            first, last = self.earliest.isoformat(), self.latest.isoformat()
        return first if first == last else f"{first}/{last}"


def _shortened(day: datetime.date, precision: str) -> str:
    return day.isoformat()[: 4 if precision == Precision.YEAR else 7]


def marked_up_to(statements: StatementQuerySet, marking: Marking) -> StatementQuerySet:
    """Return the statements that as many people or more may see as `marking` says: what is stricter stays here."""
    return statements.filter(marking__in=[each for each in Marking if each.rank <= marking.rank])


def exported(statements: StatementQuerySet, relationship: Relationship) -> Iterator[ExportedStatement]:
    """Yield `statements` of this desk, which carry `with_people` and `with_review_state`, newest first.

    All are read as they stood when the first was asked for, by a cursor on the server, `CHUNK` at a time.
    """
    rows = (
        statements.select_related("meeting")
        .prefetch_related(None)
        .prefetch_related(
            Prefetch("passages", Passage.objects.only("statement", "exact").order_by("pk")),
            Prefetch("bearings", Bearing.objects.select_related("issue", "position_of", "towards").order_by("pk")),
        )
        .newest_first()
    )
    with one_moment():
        ratings = ReliabilityRating.objects.filter(relationship=relationship)
        reliability = dict(ratings.values_list("publisher", "reliability"))
        for statement in rows.iterator(chunk_size=CHUNK):
            yield _exported(statement, reliability)


def attributed(statement: Statement, name: object) -> str:
    """Return the name of who said or passed on `statement`, as it may leave the desk: of deep background, nobody's."""
    return "" if statement.basis == Basis.DEEP_BACKGROUND else str(name)


def _exported(statement: Any, reliability: dict[int, str]) -> ExportedStatement:
    document = statement.document
    return ExportedStatement(
        ref=statement.ref,
        text=statement.text,
        original_text=statement.original_text,
        original_language=statement.original_language,
        translated_by=statement.translated_by,
        kind=statement.kind,
        basis=statement.basis,
        speaker=attributed(statement, statement.speaker),
        office=_office(statement.mandate),
        relayer=attributed(statement, statement.relayer),
        relayer_office=attributed(statement, _office(statement.relayer_mandate)),
        party=_code(statement.on_behalf_of),
        earliest=statement.earliest,
        latest=statement.latest,
        precision=statement.precision,
        told_on=statement.told_on,
        meeting=statement.meeting.ref if statement.meeting else "",
        document=document.ref,
        document_title=document.title,
        document_url=document.url,
        document_language=document.language,
        publisher=document.publisher.name,
        document_date=document.date_published,
        passages=tuple(passage.exact for passage in statement.passages.all()),
        cited_place=statement.cited_place,
        bearings=tuple(
            ExportedBearing(
                issue=bearing.issue.slug,
                title=bearing.issue.title,
                act=bearing.act,
                mode=bearing.mode,
                intensity=bearing.intensity,
                position_of=_code(bearing.position_of),
                towards=_code(bearing.towards),
                in_their_words=bearing.stated,
            )
            for bearing in statement.bearings.all()
        ),
        credibility=statement.credibility,
        reliability=reliability.get(document.publisher_id, ""),
        marking=statement.marking,
        state=statement.review_state,
        published_at=statement.published_at,
    )


def _office(mandate: Any) -> str:
    return str(mandate.post) if mandate else ""


def _code(party: Any) -> str:
    return party.code if party else ""
