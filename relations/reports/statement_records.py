"""Records of statements as other programs read them: named as in the tables that go out, with more of where they stand."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from relations.access import Desk
from relations.choices import StatementKind
from relations.models import Bearing, Passage, ReliabilityRating, Statement
from relations.reports.exports import attributed
from relations.reports.records import code, of_desk, page_of


@dataclass(frozen=True)
class PassageRecord:
    """Where a statement stands in a copy of its document (a W3C text quote; offsets count code points of the text)."""

    number: int
    exact: str
    prefix: str
    suffix: str
    start: int
    end: int
    copy: int
    state: str


@dataclass(frozen=True)
class BearingRecord:
    """What a statement means on one issue: act and mode (PLOVER), from -10, hostile, to +10, cooperative."""

    issue: str
    title: str
    act: str
    mode: str
    intensity: float
    position_of: str
    towards: str
    in_their_words: bool


@dataclass(frozen=True)
class StatementRecord:
    """A statement with its source, its passages and what it means on each issue.

    Who spoke on deep background is not named, as nowhere outside the program.
    """

    ref: str
    text: str
    original_text: str
    original_language: str
    translated_by: str
    kind: str
    basis: str
    speaker: str
    speaker_ref: str  # of a person or an organisation
    office: str
    relayer: str
    relayer_ref: str
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
    publisher_ref: str
    document_date: datetime.date
    passages: tuple[PassageRecord, ...]
    cited_place: str
    first_said_in: str
    first_said_url: str
    bearings: tuple[BearingRecord, ...]
    credibility: int
    reliability: str  # the desk's own judgement of the publisher; empty where it made none
    marking: str
    note: str
    state: str
    corrects: str
    correction_note: str
    corrected_by: str
    published_at: datetime.datetime | None
    superseded_at: datetime.datetime | None
    withdrawn_at: datetime.datetime | None
    withdrawal_reason: str
    page: str


def statements(user: Any, here: Desk) -> QuerySet[Statement]:
    """Return the desk's statements."""
    correction = Statement.objects.filter(here.at.came("published_at"), supersedes=OuterRef("pk")).values("ref")
    passages = Passage.objects.with_state(here.at).select_related("capture").defer("capture__text").order_by("number")
    bearings = Bearing.objects.select_related("issue", "position_of", "towards").order_by("pk")
    return (
        of_desk(Statement.objects, user, here)
        .with_people()
        .with_review_state(here.at)
        .annotate(corrected_by=Subquery(correction[:1]))
        .select_related("meeting", "supersedes")
        .prefetch_related(Prefetch("passages", passages), Prefetch("bearings", bearings))
    )


def statement_records(rows: list[Any], here: Desk) -> list[StatementRecord]:
    """Return the records of these statements of the desk; one query for whom it trusts how far."""
    ratings = ReliabilityRating.objects.filter(relationship=here.relationship)
    reliability = dict(ratings.values_list("publisher", "reliability"))
    return [_record(row, here, reliability) for row in rows]


def _record(row: Any, here: Desk, reliability: dict[int, str]) -> StatementRecord:
    document = row.document
    return StatementRecord(
        ref=row.ref,
        text=row.text,
        original_text=row.original_text,
        original_language=row.original_language,
        translated_by=row.translated_by,
        kind=row.kind,
        basis=row.basis,
        speaker=attributed(row, row.speaker),
        speaker_ref="" if row.kind == StatementKind.REPORTED else attributed(row, _ref(row.speaker)),
        office=_office(row.mandate),
        relayer=attributed(row, row.relayer),
        relayer_ref=attributed(row, _ref(row.relayer)),
        relayer_office=attributed(row, _office(row.relayer_mandate)),
        party=code(row.on_behalf_of),
        earliest=row.earliest,
        latest=row.latest,
        precision=row.precision,
        told_on=row.told_on,
        meeting=_ref(row.meeting),
        document=document.ref,
        document_title=document.title,
        document_url=document.url,
        document_language=document.language,
        publisher=document.publisher.name,
        publisher_ref=document.publisher.ref,
        document_date=document.date_published,
        passages=tuple(_passage(each) for each in row.passages.all()),
        cited_place=row.cited_place,
        first_said_in=row.first_said_in,
        first_said_url=row.first_said_url,
        bearings=tuple(_bearing(each) for each in row.bearings.all()),
        credibility=row.credibility,
        reliability=reliability.get(document.publisher_id, ""),
        marking=row.marking,
        note=row.note,
        state=row.review_state,
        corrects=_ref(row.supersedes),
        correction_note=row.correction_note,
        corrected_by=row.corrected_by or "",
        published_at=row.published_at,
        superseded_at=row.superseded_at,
        withdrawn_at=row.withdrawn_at,
        withdrawal_reason=row.withdrawal_reason,
        page=page_of(row, here),
    )


def _passage(row: Any) -> PassageRecord:
    return PassageRecord(
        number=row.number,
        exact=row.exact,
        prefix=row.prefix,
        suffix=row.suffix,
        start=row.start,
        end=row.end,
        copy=row.capture.number,
        state=row.state,
    )


def _bearing(row: Any) -> BearingRecord:
    return BearingRecord(
        issue=row.issue.slug,
        title=row.issue.title,
        act=row.act,
        mode=row.mode,
        intensity=float(row.intensity),
        position_of=code(row.position_of),
        towards=code(row.towards),
        in_their_words=row.stated,
    )


def _office(mandate: Any) -> str:
    return str(mandate.post) if mandate else ""


def _ref(row: Any) -> str:
    """Return a row's ref; an empty text for none, or for who is only described."""
    return getattr(row, "ref", "")
