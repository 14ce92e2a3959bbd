"""The history of a row as the database wrote it: when, who, what, and each field's old and new value (R6)."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, cast

from django.db import models
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from relations.models import (
    AgendaItem,
    Bearing,
    Capture,
    DeskMembership,
    Document,
    Evidence,
    Issue,
    IssueLink,
    Mandate,
    Meeting,
    Participant,
    Passage,
    Person,
    Readout,
    Relationship,
    Review,
    Statement,
    StatusChange,
    User,
)
from relations.models.base import DeskModel

# A row's parts, whose events are told with its own: the part and its column that names the row.
_PARTS: dict[type[models.Model], list[tuple[type[models.Model], str]]] = {
    Statement: [(Passage, "statement"), (Bearing, "statement"), (Review, "statement")],
    StatusChange: [(Evidence, "status_change"), (Review, "status_change")],
    Document: [(Capture, "document")],
    Meeting: [(Participant, "meeting"), (AgendaItem, "meeting"), (Readout, "meeting")],
    Issue: [(IssueLink, "from_issue")],
    Person: [(Mandate, "person")],
    Relationship: [(DeskMembership, "relationship")],
    User: [(DeskMembership, "user")],
}
# Bookkeeping that every entry tells already, or that other columns are made of.
_UNTOLD = {"id", "sort_key", "edited_by", "edited_at", "created_at", "recorded_at", "covers_from", "covers_until"}
# Events of one row that are read at all; the oldest are left out beyond it.
LIMIT = 2000


@dataclass(frozen=True)
class FieldChange:
    """A field's value before and after, as people read it."""

    label: str
    old: str
    new: str
    is_text: bool


@dataclass(frozen=True)
class HistoryEntry:
    """One insert, change or removal of the row or of one of its parts."""

    at: datetime.datetime
    who: str
    label: str  # insert, update or delete
    what: str
    part: str  # what kind of part it is about; empty for the row itself
    action: str
    url: str
    changes: tuple[FieldChange, ...]


def history_of(row: models.Model) -> list[HistoryEntry]:
    """Return what happened to `row` and its parts, newest first. Ask only for a row that the reader may see.

    Drafts' earlier texts are in it: those who see only what is published should not see it.
    """
    model = type(row)
    found: list[tuple[type[models.Model], Any, Any]] = [(model, *pair) for pair in _events(model, "id", row.pk)]
    for part, column in _PARTS.get(model, []):
        found += [(part, *pair) for pair in _events(part, f"{column}_id", row.pk)]
    names = _Names()
    for each, event, before in found:
        names.note(each, event, before)
    names.fetch()
    found.sort(key=lambda item: (item[1].pgh_created_at, item[1].pgh_id), reverse=True)
    return [_entry(model, each, event, before, names) for each, event, before in found]


def _events(model: Any, column: str, pk: Any) -> list[tuple[Any, Any]]:
    """Return each event with the one before it of the same row (None for a row's first)."""
    newest = model.pgh_event_model.objects.filter(**{column: pk}).order_by("-pgh_id")[:LIMIT]
    latest: dict[int, Any] = {}
    pairs = []
    for event in reversed(newest):
        pairs.append((event, latest.get(event.id)))
        latest[event.id] = event
    return pairs


def _told(model: type[models.Model]) -> list[models.Field]:
    """Return the fields whose values the history tells; a model's excluded ones are not in its events."""
    event = cast("Any", model).pgh_event_model
    kept = {field.name for field in event._meta.concrete_fields}
    return [field for field in model._meta.concrete_fields if field.name in kept - _UNTOLD]


class _Names:
    """What foreign keys in events point to, by name, fetched together: one query a model, whatever the rows."""

    def __init__(self) -> None:
        self.wanted: dict[Any, set[Any]] = defaultdict(set)
        self.names: dict[Any, dict[Any, str]] = {}

    def note(self, model: type[models.Model], *events: Any) -> None:
        """Note the keys that these events hold."""
        for event in events:
            if event is None:
                continue
            self.wanted[User].add((event.pgh_context or {}).get("user"))
            for field in _told(model):
                if field.is_relation:
                    self.wanted[field.related_model].add(getattr(event, field.attname))

    def fetch(self) -> None:
        """Ask for all of them."""
        for model, pks in self.wanted.items():
            rows = model._default_manager.filter(pk__in=[pk for pk in pks if isinstance(pk, int)])
            related = {
                Mandate: ("person", "post"),
                Relationship: ("first_party", "second_party"),
                DeskMembership: ("user", "relationship"),
                Capture: ("document",),
                StatusChange: ("issue",),
            }.get(model)
            self.names[model] = {each.pk: str(each) for each in (rows.select_related(*related) if related else rows)}

    def of(self, model: Any, pk: Any) -> str:
        """Return a row's name; its key where it is gone."""
        if pk is None:
            return ""
        return self.names.get(model, {}).get(pk) or _("no. %(key)s, since removed") % {"key": pk}


def _entry(
    whole: type[models.Model], model: type[models.Model], event: Any, before: Any, names: _Names
) -> HistoryEntry:
    context = event.pgh_context or {}
    label = str(event.pgh_label)
    if label == "delete":
        old, new = event, None
    elif label == "insert":
        old, new = None, event
    else:
        old, new = before, event
    untold = {column for kind, column in _PARTS.get(whole, []) if kind is model}
    if issubclass(model, DeskModel):
        untold.add("relationship")
    fields = [field for field in _told(model) if field.name not in untold]
    changes = [change for field in fields if (change := _change(field, old, new, names)) is not None]
    user = context.get("user")
    return HistoryEntry(
        at=event.pgh_created_at,
        who=names.of(User, user) if user else _("the program itself"),
        label=label,
        what={"insert": _("Added"), "update": _("Changed"), "delete": _("Removed")}.get(label, label),
        part="" if model is whole else str(model._meta.verbose_name),
        action=str(context.get("action") or "").strip("_").replace("_", " "),
        url=str(context.get("url") or ""),
        changes=tuple(changes),
    )


def _change(field: models.Field, old: Any, new: Any, names: _Names) -> FieldChange | None:
    was = getattr(old, field.attname) if old is not None else None
    becomes = getattr(new, field.attname) if new is not None else None
    if was == becomes or (was in (None, "") and becomes in (None, "")):
        return None
    return FieldChange(
        label=capfirst(str(field.verbose_name)),
        old=_shown(field, was, names),
        new=_shown(field, becomes, names),
        is_text=isinstance(field, models.TextField) or (isinstance(field, models.CharField) and not field.choices),
    )


def _shown(field: models.Field, value: Any, names: _Names) -> str:
    if value is None:
        return ""
    if field.is_relation:
        return names.of(field.related_model, value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime.datetime):
        return date_format(localtime(value), "j M Y, H:i")
    if isinstance(value, datetime.date):
        return date_format(value, "j M Y")
    return str(value)
