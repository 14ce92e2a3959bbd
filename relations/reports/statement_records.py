"""Records of statements as other programs read them: what an export tells of each, and more of where it stands."""

import datetime
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from relations.access import Desk
from relations.models import Passage, Statement
from relations.reports.exports import ExportedStatement, exported_one, reliability_at, with_what_they_mean
from relations.reports.records import of_desk, page_of


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
class StatementRecord(ExportedStatement):
    """A statement with its source, its passages and what it means on each issue.

    Who spoke on deep background is not named, as nowhere outside the program.
    """

    passages: tuple[PassageRecord, ...]  # type: ignore[assignment]
    bearings: tuple[BearingRecord, ...]  # type: ignore[assignment]
    note: str
    corrects: str
    correction_note: str
    corrected_by: str
    superseded_at: datetime.datetime | None
    withdrawn_at: datetime.datetime | None
    withdrawal_reason: str
    page: str


def statements(user: Any, here: Desk) -> QuerySet[Statement]:
    """Return the desk's statements."""
    correction = Statement.objects.filter(here.at.came("published_at"), supersedes=OuterRef("pk")).values("ref")
    passages = Passage.objects.with_state(here.at).select_related("capture").defer("capture__text").order_by("number")
    return (
        of_desk(Statement.objects, user, here)
        .with_people()
        .with_review_state(here.at)
        .annotate(corrected_by=Subquery(correction[:1]))
        .select_related("meeting", "supersedes")
        .prefetch_related(Prefetch("passages", passages), with_what_they_mean())
    )


def statement_records(rows: list[Any], here: Desk) -> list[StatementRecord]:
    """Return the records of these statements of the desk; one query for whom it trusts how far."""
    reliability = reliability_at(here.relationship)
    return [_record(row, here, reliability) for row in rows]


_TOLD = [field.name for field in fields(ExportedStatement) if field.name not in ("passages", "bearings")]


def _record(row: Any, here: Desk, reliability: dict[int, str]) -> StatementRecord:
    exported = exported_one(row, reliability)
    return StatementRecord(
        **{name: getattr(exported, name) for name in _TOLD},
        passages=tuple(
            PassageRecord(
                number=each.number,
                exact=each.exact,
                prefix=each.prefix,
                suffix=each.suffix,
                start=each.start,
                end=each.end,
                copy=each.capture.number,
                state=each.state,
            )
            for each in row.passages.all()
        ),
        bearings=tuple(
            BearingRecord(**{**vars(each), "intensity": float(each.intensity)}) for each in exported.bearings
        ),
        note=row.note,
        corrects=row.supersedes.ref if row.supersedes else "",
        correction_note=row.correction_note,
        corrected_by=row.corrected_by or "",
        superseded_at=row.superseded_at,
        withdrawn_at=row.withdrawn_at,
        withdrawal_reason=row.withdrawal_reason,
        page=page_of(row, here),
    )
