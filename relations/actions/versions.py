"""Earlier versions of a row as the database recorded them, and the return to one.

What is edited in place returns by its own form, filled with the earlier version. What was published returns by a
correction: a draft with the earlier version's fields and parts, which is reviewed like any other (R3, R4).
"""

import datetime
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.actions.issues import check_move, replace_evidence
from relations.actions.refusal import Refused, action
from relations.actions.reviews import lock
from relations.models import (
    AgendaItem,
    Bearing,
    Evidence,
    Meeting,
    Participant,
    Passage,
    Readout,
    Statement,
    StatusChange,
)
from relations.models.reviewed import Reviewed

S = TypeVar("S", bound=Reviewed)

# A row's parts, in their order: the part and its column that names the row.
_PARTS: dict[type[Model], list[tuple[type[Model], str]]] = {
    Statement: [(Passage, "statement"), (Bearing, "statement")],
    StatusChange: [(Evidence, "status_change")],
    Meeting: [(Participant, "meeting"), (AgendaItem, "meeting"), (Readout, "meeting")],
}
# Who wrote a row and what became of it: of the row, not of a version of it.
_OF_THE_ROW = {
    "id", "ref", "relationship", "author", "created_at", "edited_by", "edited_at", "recorded_at", "revision",
    "supersedes", "correction_note", "published_at", "superseded_at", "withdrawn_at", "withdrawn_by",
    "withdrawal_reason",
}  # fmt: skip


@dataclass(frozen=True)
class Version:
    """A row as it was: its own fields by column, and its parts as unsaved rows."""

    at: datetime.datetime
    fields: dict[str, Any]
    parts: dict[type[Model], list[Any]]

    def parts_by_name(self, row: Model) -> dict[str, list[Any]]:
        """Return its parts by the name under which `row` has them."""
        names: dict[Any, str] = {
            each.related_model: str(each.get_accessor_name()) for each in row._meta.related_objects
        }
        return {names[part]: rows for part, rows in self.parts.items()}


def version_of(row: Model, number: Any) -> Version | None:
    """Return the version of `row` that the record knows by `number`; None where it knows none, or `number` is none."""
    if not str(number).isascii() or not str(number).isdecimal() or len(str(number)) > 18:
        return None
    model: Any = type(row)
    event = model.pgh_event_model.objects.filter(pgh_obj=row.pk, pgh_id=int(number)).first()
    if event is None or event.pgh_label == "delete":
        return None
    parts = {
        part: list(_parts_at(part, column, row.pk, event.pgh_created_at)) for part, column in _PARTS.get(model, [])
    }
    return Version(event.pgh_created_at, _fields(model, event), parts)


def _fields(model: Any, source: Any) -> dict[str, Any]:
    return {
        field.attname: getattr(source, field.attname)
        for field in model._meta.concrete_fields
        if field.name not in _OF_THE_ROW and not field.generated
    }


def _parts_at(part: Any, column: str, pk: int, at: datetime.datetime) -> Iterator[Any]:
    """Yield the parts as they stood once what was done at `at` was done."""
    events = part.pgh_event_model.objects.filter(**{f"{column}_id": pk}, pgh_created_at__lte=at)
    for event in events.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id"):
        if event.pgh_label != "delete":
            yield part(relationship_id=event.relationship_id, **_fields(part, event))


@action(Statement)
def restore_statement(
    *, actor: Any, statement: Statement, version: int, note: str = "", token: uuid.UUID | None = None
) -> Statement:
    """Return a new draft that corrects what stands of `statement` by its earlier `version`.

    `statement` is any in the chain of corrections: the version is one of its own. Raises `NotAllowed` below reviewer,
    and `Refused` where nothing of it stands, a correction is under way, the version is what stands, or can no longer
    be had: it names what was removed since, or a rule that its document or an office meets no more.
    """
    access.require(actor, Verb.REVIEW, statement.relationship)
    standing, earlier = _to_restore(statement, version)
    draft = Statement.objects.create(
        **earlier.fields,
        relationship=statement.relationship,
        supersedes=standing,
        correction_note=note.strip(),
        author=actor,
        edited_by=actor,
    )
    for part in (*earlier.parts[Passage], *earlier.parts[Bearing]):
        part.statement = draft
        part.save()
    draft.refresh_from_db()
    return draft


@action(StatusChange)
def restore_status_change(
    *, actor: Any, change: StatusChange, version: int, note: str = "", token: uuid.UUID | None = None
) -> StatusChange:
    """Return a new draft that corrects what stands of `change` by its earlier `version`, with the evidence it had.

    Raises as `restore_statement`, and `Refused` where that evidence was withdrawn or corrected since.
    """
    access.require(actor, Verb.REVIEW, change.relationship)
    standing, earlier = _to_restore(change, version)
    cited = [part.statement_id for part in earlier.parts[Evidence]]
    evidence = list(Statement.objects.filter(pk__in=cited))
    if any(not statement.is_standing for statement in evidence):
        raise Refused(
            _(
                "Evidence of that version was withdrawn or corrected since, so it cannot be restored as it was. "
                "Correct the status change and choose other evidence."
            ),
            rule="evidence_stands",
        )
    draft = StatusChange(
        **earlier.fields,
        relationship=change.relationship,
        supersedes=standing,
        correction_note=note.strip(),
        author=actor,
        edited_by=actor,
    )
    check_move(draft, evidence)
    draft.save(force_insert=True)
    replace_evidence(draft, evidence)
    draft.refresh_from_db()
    return draft


def _to_restore(row: S, number: int) -> tuple[S, Version]:
    """Return what stands of `row`, locked, and the version it is to return to."""
    model: Any = type(row)
    standing = lock(row)
    while standing.superseded_at is not None:
        standing = lock(model.objects.get(supersedes=standing, published_at__isnull=False))
    if not standing.is_standing:
        raise Refused(
            _("Only what stands published returns to an earlier version. This does not."), rule="corrects_what_stands"
        )
    if model.objects.filter(supersedes=standing, published_at__isnull=True).exists():
        raise Refused(
            _("A correction of this is under way. Finish it, or throw it away, before you return to a version."),
            rule="one_correction_at_a_time",
        )
    earlier = version_of(row, number)
    if earlier is None:
        raise Refused(_("The record holds no such version. Open the history again."), rule="version_known")
    _check_named(model, earlier)
    now = _signature(model, _fields(model, standing), _parts_of(standing))
    if _signature(model, earlier.fields, earlier.parts) == now:
        raise Refused(_("This version is what stands now."), rule="version_differs")
    return standing, earlier


def _parts_of(row: Any) -> dict[type[Model], list[Any]]:
    return {
        part: list(part._default_manager.filter(**{column: row}).order_by("pk"))
        for part, column in _PARTS.get(type(row), [])
    }


def _signature(
    model: type[Model], fields: dict[str, Any], parts: Mapping[type[Model], Sequence[Any]]
) -> tuple[Any, frozenset[Any]]:
    """Return what makes two versions the same: their fields, and their parts in whatever order."""
    columns = {part: f"{column}_id" for part, column in _PARTS.get(model, [])}
    return fields, frozenset(
        (part, *(value for name, value in _fields(part, row).items() if name != columns[part]))
        for part, rows in parts.items()
        for row in rows
    )


def _check_named(model: type[Model], version: Version) -> None:
    """Raise `Refused` where the version names a row that was removed since."""
    columns = {column for _part, column in _PARTS.get(model, [])}
    rows: list[tuple[Any, dict[str, Any]]] = [(model, version.fields)]
    rows += [(part, _fields(part, row)) for part, found in version.parts.items() for row in found]
    for kind, fields in rows:
        for field in kind._meta.concrete_fields:
            key = fields.get(field.attname)
            if not field.is_relation or key is None or field.name in columns:
                continue
            if not field.related_model._default_manager.filter(pk=key).exists():
                raise Refused(
                    _("That version names something that was removed since: %(field)s. Correct what stands instead.")
                    % {"field": field.verbose_name},
                    rule="version_names_what_is",
                )
