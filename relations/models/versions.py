"""A row with its parts as it stands, and as it stood by the history (R5, R6): the one place that reads past versions."""

import copy
import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, Case, F, Field, Model, Q, QuerySet, When

from relations.models.bearings import Bearing
from relations.models.issues import Evidence, StatusChange
from relations.models.meetings import AgendaItem, Meeting, Participant, Readout
from relations.models.moments import Moment
from relations.models.passages import Passage
from relations.models.statements import Statement

# A row's parts: how it names them, their column that names it, and what they point to that a line about them names.
PARTS: dict[type[Model], dict[str, tuple[type[Model], str, tuple[str, ...]]]] = {
    Statement: {
        "passages": (Passage, "statement", ()),
        "bearings": (Bearing, "statement", ("issue", "position_of", "towards")),
    },
    StatusChange: {"evidence": (Evidence, "status_change", ("statement",))},
    Meeting: {
        "participants": (Participant, "meeting", ("person", "party", "mandate")),
        "agenda": (AgendaItem, "meeting", ("issue",)),
        "readouts": (Readout, "meeting", ("side", "teller_person", "document")),
    },
}
# What keeps its present value in whatever version: the address of a row.
_ADDRESS = {"slug"}
# Who wrote a row and what became of it: of the row, not of a version of it.
_OF_THE_ROW = {
    "id", "ref", "relationship", "author", "created_at", "edited_by", "edited_at", "recorded_at", "revision",
    "supersedes", "correction_note", "published_at", "superseded_at", "withdrawn_at", "withdrawn_by",
    "withdrawal_reason",
}  # fmt: skip
_DIGITS_OF_A_KEY = 18


@dataclass(frozen=True)
class Version:
    """A row with its parts at one time, carrying values only: it is not for saving. `at` is when it was stored."""

    row: Any
    parts: dict[str, list[Any]] = field(default_factory=dict)
    at: datetime.datetime | None = None  # not told of what stands now
    by: int | None = None  # the user who stored it, where the history knows


def content(row: Model) -> dict[str, Any]:
    """Return what a version of a row says, by column; who wrote the row and what became of it are left out."""
    return {
        each.attname: getattr(row, each.attname)
        for each in row._meta.concrete_fields
        if each.name not in _OF_THE_ROW and not each.generated
    }


def version_now(row: Any) -> Version:
    """Return `row` with its parts as they are stored now."""
    parts = {
        name: list(getattr(row, name).select_related(*related).order_by("pk"))
        for name, (_part, _column, related) in PARTS.get(type(row), {}).items()
    }
    return Version(row, parts)


def revision_of(row: Any) -> int:
    """Return by which number a form knows what it opened: the row's revision, or its latest record where it has none."""
    if _has_revisions(row):
        return int(row.revision)
    latest = type(row).pgh_event_model.objects.filter(pgh_obj=row.pk).order_by("-pgh_id")
    return latest.values_list("pgh_id", flat=True).first() or 0


def version_at(row: Any, revision: int) -> Version | None:
    """Return `row` with its parts as they stood at `revision`, as `revision_of` counts; None where none is recorded."""
    which = {"revision": revision} if _has_revisions(row) else {"pgh_id": revision}
    return _recorded(row, **which)


def version_of(row: Model, number: Any) -> Version | None:
    """Return the version of `row` that the record knows by `number`; None where it knows none, or `number` is none."""
    text = str(number)
    if not text.isascii() or not text.isdecimal() or len(text) > _DIGITS_OF_A_KEY:
        return None
    return _recorded(row, pgh_id=int(text))


def _has_revisions(row: Model) -> bool:
    return any(each.name == "revision" for each in row._meta.concrete_fields)


def _recorded(row: Any, **which: int) -> Version | None:
    model: Any = type(row)
    events = model.pgh_event_model.objects.filter(pgh_obj=row.pk, **which).exclude(pgh_label="delete")
    event = events.order_by("-pgh_id").first()
    if event is None:
        return None
    parts = {
        name: _parts_until(part, {f"{column}_id": row.pk}, event.pgh_created_at)
        for name, (part, column, _related) in PARTS.get(model, {}).items()
    }
    return Version(row_of(model, event), parts, event.pgh_created_at, (event.pgh_context or {}).get("user"))


def known_version(row: Any, at: Moment) -> Version:
    """Return `row` with its parts, a part's names not fetched, as they had been recorded by the past day known of `at`.

    Where the record began later it is as it began: as a file brought it in. Its address is today's.
    """
    until = at.known_until
    event = recorded_by(type(row), until, pgh_obj=row.pk).first() if until else None
    if until is None or event is None:
        return version_now(row)
    then = copy.copy(row)
    for column, value in content(row_of(type(row), event)).items():
        if column not in _ADDRESS:
            setattr(then, column, value)
    then.rewind(at)
    moment = max(event.pgh_created_at, until - datetime.timedelta.resolution)
    parts = {
        name: _parts_until(part, {f"{column}_id": row.pk}, moment)
        for name, (part, column, _related) in PARTS.get(type(row), {}).items()
    }
    return Version(then, parts, event.pgh_created_at)


def recorded_by(model: Any, until: datetime.datetime, **of: Any) -> QuerySet[Any]:
    """Return, of each row of `model` that `of` names, the event that tells how it stood just before `until`.

    It is the last one recorded by then, or the first of all where the record began later: what a file brought in. A row
    that had been removed has none.
    """
    by_then = Q(pgh_created_at__lt=until)
    events = model.pgh_event_model.objects.filter(**of)
    latest = events.order_by(
        "pgh_obj_id",
        Case(When(by_then, then=0), default=1),
        Case(When(by_then, then=-F("pgh_id")), default=F("pgh_id"), output_field=BigIntegerField()),
    ).distinct("pgh_obj_id")
    told: QuerySet[Any] = model.pgh_event_model.objects.filter(pgh_id__in=latest.values("pgh_id"))
    return told.exclude(pgh_label="delete")


def row_of(model: type[Model], event: Any) -> Any:
    """Return the row of `model` that an event tells, carrying values only: it is not for saving."""
    return model(
        **{each.attname: getattr(event, each.attname) for each in model._meta.concrete_fields if _kept(each, event)}
    )


def _parts_until(part: Any, of_row: dict[str, int], moment: datetime.datetime) -> list[Any]:
    """Return the parts that stood at the end of the transaction of `moment`, which made the version.

    An editor knows a version only once it is stored, so no later edit's transaction began before `moment`.
    """
    events = part.pgh_event_model.objects.filter(**of_row, pgh_created_at__lte=moment)
    latest = events.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
    return [row_of(part, event) for event in latest if event.pgh_label != "delete"]


def _kept(column: Field, event: Any) -> bool:
    return not column.generated and hasattr(event, column.attname)
