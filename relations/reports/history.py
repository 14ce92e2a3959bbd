"""The history of a row as the database wrote it: when, who, what, and each field's old and new value (R6)."""

import datetime
import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from django.db import models
from django.db.models import OuterRef, Q, Subquery
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
    Mention,
    Note,
    Organisation,
    Participant,
    Party,
    Passage,
    Person,
    Post,
    Publisher,
    Readout,
    Relationship,
    Review,
    ReviewComment,
    Statement,
    StatusChange,
    User,
)
from relations.models.base import DeskModel
from relations.models.reviewed import Reviewed
from relations.reports.paging import PAGE_SIZE, decode_cursor, encode_cursor

# A row's parts, whose events are told with its own: the part and the way from it to the row.
_PARTS: dict[type[models.Model], list[tuple[type[models.Model], str]]] = {
    Statement: [
        (Passage, "statement"), (Bearing, "statement"), (Review, "statement"), (ReviewComment, "review__statement"),
    ],
    StatusChange: [
        (Evidence, "status_change"), (Review, "status_change"), (ReviewComment, "review__status_change"),
    ],
    Document: [(Capture, "document")],
    Meeting: [(Participant, "meeting"), (AgendaItem, "meeting"), (Readout, "meeting")],
    Issue: [(IssueLink, "from_issue")],
    Person: [(Mandate, "person")],
    Relationship: [(DeskMembership, "relationship")],
    User: [(DeskMembership, "user")],
    Note: [(Mention, "note")],
}  # fmt: skip
_SHARED = {Party, Person, Organisation, Post, Mandate, Publisher}
# Bookkeeping that every entry tells already, or that other columns are made of.
_UNTOLD = {
    "id",
    "ref",
    "sort_key",
    "edited_by",
    "edited_at",
    "created_at",
    "recorded_at",
    "covers_from",
    "covers_until",
}
# What may be 5 MB each; its hash is told instead.
_UNREAD: dict[type[models.Model], tuple[str, ...]] = {Capture: ("text",)}


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
    version: int | None = None  # what `models.versions` knows this version of the row by; of a row with revisions
    is_current: bool = False  # whether that version is what the row holds now


@dataclass(frozen=True)
class HistoryPage:
    """A page of a row's history, newest first, with the cursors of its neighbours."""

    entries: list[HistoryEntry]
    previous: str
    next: str


def history_page(
    row: models.Model, cursor: str = "", *, size: int = PAGE_SIZE, until: datetime.datetime | None = None
) -> HistoryPage:
    """Return the page, newest first, of what happened to `row` and its parts, up to just before `until` where given.

    Ask only for a row the reader may see.

    Drafts' earlier texts are in it: those who see only what is published should not see it. A cursor that was
    tampered with means the first page.
    """
    model = type(row)
    kinds = [(model, "pgh_obj"), *_PARTS.get(model, [])]
    place = _place(cursor)
    backwards = place is not None and place.backwards
    found: list[_Found] = []
    for rank, (kind, column) in enumerate(kinds):
        found += _events(kind, rank, {f"{column}_id": row.pk}, place, size + 1, until)
    found.sort(key=lambda each: each.key, reverse=not backwards)
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return history_page(row, size=size, until=until) if place else HistoryPage([], "", "")
    before = _before(found)
    told = _acts(found, before)
    names = _Names(model.read_fields() if issubclass(model, Reviewed) else {})
    for each in told:
        names.note(each.kind, each.event, before.get((each.kind, each.event.pgh_id)))
    names.fetch()
    return HistoryPage(
        entries=list(_entries(row, told, before, names)),
        previous=found[0].cursor("previous") if (more if backwards else place is not None) else "",
        next=found[-1].cursor("next") if (backwards or more) else "",
    )


@dataclass(frozen=True)
class _Place:
    """Where a page ended: the moment, the table's rank and the event's number; parts come after their whole."""

    backwards: bool
    at: datetime.datetime
    rank: int
    number: int

    def condition(self, rank: int) -> Q:
        """Return which events of the table of this rank lie beyond the place."""
        way = "gt" if self.backwards else "lt"
        beyond = Q(**{f"pgh_created_at__{way}": self.at})
        if rank == self.rank:
            return beyond | Q(pgh_created_at=self.at, **{f"pgh_id__{way}": self.number})
        return beyond | Q(pgh_created_at=self.at) if (rank < self.rank) == self.backwards else beyond


_ORDER = ("at", "rank")  # then by number


def _place(cursor: str) -> _Place | None:
    decoded = decode_cursor(cursor, _ORDER) if cursor else None
    if decoded is None:
        return None
    direction, (at, rank, number) = decoded
    try:
        moment = datetime.datetime.fromisoformat(at)
        place = _Place(direction == "previous", moment, int(rank), int(number))
    except (ValueError, TypeError):
        return None
    return place if moment.tzinfo is not None and abs(place.number) < 2**63 else None


@dataclass(frozen=True)
class _Found:
    """An event of the row or of one of its parts."""

    kind: type[models.Model]
    rank: int
    event: Any

    @property
    def key(self) -> tuple[datetime.datetime, int, int]:
        """What the whole history is ordered by."""
        return self.event.pgh_created_at, -self.rank, self.event.pgh_id

    def cursor(self, direction: str) -> str:
        """Return the cursor of its place."""
        return encode_cursor(direction, _ORDER, [self.event.pgh_created_at, self.rank, self.event.pgh_id])


def _events(
    kind: Any, rank: int, of: dict[str, Any], place: _Place | None, size: int, until: datetime.datetime | None
) -> list[_Found]:
    events = kind.pgh_event_model.objects.filter(**of).defer(*_UNREAD.get(kind, ()))
    if until is not None:
        events = events.filter(pgh_created_at__lt=until)
    if place is not None:
        events = events.filter(place.condition(rank))
    way = "" if place is not None and place.backwards else "-"
    return [_Found(kind, rank, event) for event in events.order_by(f"{way}pgh_created_at", f"{way}pgh_id")[:size]]


def _before(found: list[_Found]) -> dict[tuple[Any, int], Any]:
    """Return for each change the event before it of the same row; one query a table that has changes."""
    before: dict[tuple[Any, int], Any] = {}
    by_kind: dict[Any, list[Any]] = defaultdict(list)
    for each in found:
        by_kind[each.kind].append(each.event)
    for kind, events in by_kind.items():
        recorded = kind.pgh_event_model.objects
        changes = [event.pgh_id for event in events if event.pgh_label == "update"]
        if not changes:
            continue
        earlier = recorded.filter(pgh_obj=OuterRef("pgh_obj"), pgh_id__lt=OuterRef("pgh_id")).order_by("-pgh_id")
        ids = recorded.filter(pgh_id__in=changes).annotate(before=Subquery(earlier.values("pgh_id")[:1]))
        read = recorded.filter(pgh_id__in=ids.values("before")).defer(*_UNREAD.get(kind, ()))
        of_row: dict[int, dict[int, Any]] = defaultdict(dict)
        for event in [*events, *read]:
            of_row[event.id][event.pgh_id] = event
        for rows in of_row.values():
            numbers = sorted(rows)
            before |= {(kind, later): rows[number] for number, later in itertools.pairwise(numbers)}
    return before


def _acts(found: list[_Found], before: dict[tuple[Any, int], Any]) -> list[_Found]:
    """Return what is told of these, newest first: one act may change the row several times, which is told once.

    A revision moves with each part that changes. `before` is set to what stood before the act.
    """
    last: dict[Any, int] = {}
    told = []
    for each in found:
        event = each.event
        if each.rank == 0 and event.pgh_label == "update" and event.pgh_context_id is not None:
            act = (event.pgh_created_at, event.pgh_context_id)
            if act in last:
                before[each.kind, last[act]] = before.get((each.kind, event.pgh_id))
                continue
            last[act] = event.pgh_id
        told.append(each)
    return told


def _told(model: type[models.Model]) -> list[models.Field]:
    """Return the fields whose values the history tells; a model's excluded ones are not in its events."""
    event = cast("Any", model).pgh_event_model
    kept = {field.name for field in event._meta.concrete_fields} - _UNTOLD - set(_UNREAD.get(model, ()))
    return [field for field in model._meta.concrete_fields if field.name in kept]


class _Names:
    """What foreign keys in events point to, by name, fetched together: one query a model, whatever the rows.

    `fields` are what people call the fields that reviewers comment on.
    """

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
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


def _entries(
    row: models.Model, found: list[_Found], before: dict[tuple[Any, int], Any], names: _Names
) -> Iterator[HistoryEntry]:
    told: set[datetime.datetime] = set()
    for each in found:
        earlier = before.get((each.kind, each.event.pgh_id)) if each.event.pgh_label == "update" else None
        entry = _entry(type(row), each, earlier, names)
        revision = getattr(each.event, "revision", None)
        is_version = each.rank == 0 and revision is not None and entry.label != "delete"
        if is_version and entry.at not in told and (earlier is None or earlier.revision != revision):
            told.add(entry.at)  # one act may write a row twice; its last writing is the version
            is_current = revision == cast("Any", row).revision
            entry = replace(entry, version=each.event.pgh_id, is_current=is_current)
        yield entry


def _entry(whole: type[models.Model], found: _Found, before: Any, names: _Names) -> HistoryEntry:
    model, event = found.kind, found.event
    context = event.pgh_context or {}
    label = str(event.pgh_label)
    if label == "delete":
        old, new = event, None
    elif label == "insert":
        old, new = None, event
    else:
        old, new = before, event
    untold = {column.partition("__")[0] for kind, column in _PARTS.get(whole, []) if kind is model}
    if issubclass(model, DeskModel):
        untold.add("relationship")
    fields = [field for field in _told(model) if field.name not in untold]
    changes = [change for field in fields if (change := _change(field, old, new, names)) is not None]
    user = context.get("user")
    # What all desks share was changed from some desk's page: which, and in doing what, is that desk's own.
    shared = whole in _SHARED
    return HistoryEntry(
        at=event.pgh_created_at,
        who=names.of(User, user) if user else _("the program itself"),
        label=label,
        what={"insert": _("Added"), "update": _("Changed"), "delete": _("Removed")}.get(label, label),
        part="" if model is whole else str(model._meta.verbose_name),
        action="" if shared else str(context.get("action") or "").strip("_").replace("_", " "),
        url="" if shared else str(context.get("url") or ""),
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
    if field.model is ReviewComment and field.name == "field":
        return names.fields.get(value, value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime.datetime):
        return date_format(localtime(value), "j M Y, H:i")
    if isinstance(value, datetime.date):
        return date_format(value, "j M Y")
    return str(value)
