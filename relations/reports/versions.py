"""A row with its parts as it stands, as it stood at a revision by the history, and what differs between two of these."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

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

# A row's parts: how it names them, their column that names it, and what they point to that a line about them names.
_PARTS: dict[type[models.Model], dict[str, tuple[type[models.Model], str, tuple[str, ...]]]] = {
    Statement: {
        "passages": (Passage, "statement_id", ()),
        "bearings": (Bearing, "statement_id", ("issue", "position_of", "towards")),
    },
    StatusChange: {"evidence": (Evidence, "status_change_id", ("statement",))},
    Meeting: {
        "participants": (Participant, "meeting_id", ("person", "party", "mandate")),
        "agenda": (AgendaItem, "meeting_id", ("issue",)),
        "readouts": (Readout, "meeting_id", ("side", "teller_person", "document")),
    },
}
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Version:
    """A row with its parts at one revision. The row carries values only: it is not for saving."""

    row: Any
    parts: dict[str, list[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """One field or part in which two versions differ, as people read it."""

    name: str
    label: str
    old: str
    new: str
    words: int  # how many were changed


def version_now(row: Any) -> Version:
    """Return `row` with its parts as they are stored now."""
    parts = {
        name: list(getattr(row, name).select_related(*related).order_by("pk"))
        for name, (_part, _column, related) in _PARTS.get(type(row), {}).items()
    }
    return Version(row, parts)


def version_at(row: Any, revision: int) -> Version | None:
    """Return `row` with its parts as they stood at `revision`, from the history; None where it holds no such one."""
    model: Any = type(row)
    events = model.pgh_event_model.objects.filter(id=row.pk, revision=revision).exclude(pgh_label="delete")
    event = events.order_by("-pgh_id").first()
    if event is None:
        return None
    parts = {
        name: _parts_until(part, {column: row.pk}, event.pgh_created_at)
        for name, (part, column, _related) in _PARTS.get(model, {}).items()
    }
    return Version(_row_of(model, event), parts)


def _parts_until(part: Any, of_row: dict[str, Any], moment: Any) -> list[Any]:
    """Return the parts that stood at the end of the transaction of `moment`, which made the revision.

    An editor knows a revision only once it is stored, so no later edit's transaction began before `moment`.
    """
    events = part.pgh_event_model.objects.filter(**of_row, pgh_created_at__lte=moment)
    latest = {event.id: event for event in events.order_by("pgh_id")}
    return [_row_of(part, event) for _pk, event in sorted(latest.items()) if event.pgh_label != "delete"]


def _row_of(model: type[models.Model], event: Any) -> Any:
    return model(
        **{each.attname: getattr(event, each.attname) for each in model._meta.concrete_fields if _kept(each, event)}
    )


def _kept(column: models.Field, event: Any) -> bool:
    return not column.generated and hasattr(event, column.attname)


def differences(before: Version | None, after: Version) -> list[Difference]:
    """Return the fields and parts in which `after` differs from `before`, the words of each as people read them."""
    if before is None:
        return []
    found = []
    for name, label in _labels(after.row).items():
        if _same(before.row, after.row, name):
            continue
        old, new = _shown(before, name), _shown(after, name)
        if old != new:
            found.append(Difference(name, label, old, new, words_changed(old, new)))
    return found


def _same(before: Any, after: Any, name: str) -> bool:
    """Say whether a field's stored value is the same, so that nothing need be asked for its words."""
    if name == "earliest":  # stands for the whole span
        return False
    fields = {each.name: each.attname for each in after._meta.concrete_fields}
    return name in fields and getattr(before, fields[name]) == getattr(after, fields[name])


def _labels(row: Any) -> dict[str, str]:
    if isinstance(row, Reviewed):
        return row.read_fields()
    fields = [each for each in row._meta.concrete_fields if each.editable and not each.primary_key]
    return {each.name: capfirst(str(each.verbose_name)) for each in fields if each.name != "relationship"}


def words_changed(old: str, new: str) -> int:
    """Return how many words were changed from one text to the next: a word put in another's place counts once."""
    left, right = _WORD.findall(old), _WORD.findall(new)
    if len(left) + len(right) > 3000:
        return max(len(left), len(right))
    opcodes = difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return sum(max(j - i, m - k) for kind, i, j, k, m in opcodes if kind != "equal")


def _shown(version: Version, name: str) -> str:
    if name in version.parts:
        lines = [part_words(part) for part in version.parts[name]]
        return "\n".join(lines if name == "passages" else sorted(lines))
    return value_words(version.row, name)


def value_words(row: Any, name: str) -> str:
    """Return the value of one of a row's fields as people read it."""
    if name == "earliest" and hasattr(row, "when"):
        return row.when
    display = getattr(row, f"get_{name}_display", None)
    try:
        value = display() if display else getattr(row, name)
    except ObjectDoesNotExist:
        return _("since removed")
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return date_format(value, "j M Y") if hasattr(value, "isoformat") else str(value)


def part_words(part: Any) -> str:
    """Return a passage, bearing or piece of evidence in a line."""
    if isinstance(part, Passage):
        return part.exact
    if isinstance(part, Evidence):
        return part.statement.text
    return _bearing_words(cast("Bearing", part))


def _bearing_words(bearing: Bearing) -> str:
    said: Iterable[str] = (
        str(bearing.get_act_display()),
        str(bearing.get_mode_display()) if bearing.mode else "",
        _("position of %(party)s") % {"party": bearing.position_of.label} if bearing.position_of else "",
        _("towards %(party)s") % {"party": bearing.towards.label} if bearing.towards else "",
        "" if bearing.stated else _("our reading"),
    )
    return f"{bearing.issue}: {', '.join(each for each in said if each)} ({bearing.intensity.normalize():+f})"
