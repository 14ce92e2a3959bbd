"""Load fixtures and dump a desk: all or nothing, naming every bad row.

The files are Django's own fixture format with natural keys and no primary keys; `loaddata` reads them too.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pghistory
from django.core import serializers
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist, ValidationError
from django.core.serializers.base import DeserializationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.serializers.python import Deserializer
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from relations.actions.refusal import refusal
from relations.models import (
    AgendaItem,
    Bearing,
    Capture,
    Contribution,
    Document,
    Evidence,
    Issue,
    IssueLink,
    Mandate,
    Meeting,
    Organisation,
    Participant,
    Party,
    Passage,
    PassageCheck,
    Person,
    Post,
    Publisher,
    Readout,
    Relationship,
    ReliabilityRating,
    Review,
    Statement,
    StatusChange,
    User,
)

REFERENCE = (Party, Organisation, Post, Person, Mandate, Publisher)
# In loading order: parents before children, evidence after what it cites, an approval after all that it freezes.
CONTENT = (
    Relationship, ReliabilityRating, Issue, IssueLink, Meeting, Participant, AgendaItem, Document, Capture, Readout,
    Statement, Passage, PassageCheck, Bearing, StatusChange, Evidence, Contribution, Review,
)  # fmt: skip
ARCHIVE_ACCOUNTS = ("archive-author", "archive-reviewer")

Progress = Callable[[Iterable[Any], int], Iterable[Any]]


@dataclass(frozen=True)
class BadRow:
    """What is wrong with one row of a file; `field` is empty where it is about the whole row."""

    file: str
    row: str
    field: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.row, self.field, self.reason) if part)


class BadFixture(Exception):
    """Rows that cannot be loaded; nothing was."""

    def __init__(self, rows: list[BadRow]) -> None:
        super().__init__("\n".join(str(row) for row in rows))
        self.rows = rows


@dataclass(frozen=True)
class Loaded:
    """How many rows were read, and which accounts had to be made."""

    rows: int
    accounts: list[str]


class _Rollback(Exception):
    pass


def _everything(rows: Iterable[Any], _total: int) -> Iterable[Any]:
    return rows


def load_files(paths: Iterable[Path], progress: Progress = _everything) -> Loaded:
    """Load fixture files, all or nothing. Accounts that they name and nobody has are made inactive, without a role.

    Raises `BadFixture` with every bad row.
    """
    bad: list[BadRow] = []
    rows = [(path.name, row) for path in paths for row in _read(path, bad)]
    if bad:
        raise BadFixture(bad)
    loader = _Loader(bad)
    try:
        with transaction.atomic(), pghistory.context(command="load_desk"):
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for file, row in progress(rows, len(rows)):
                loader.load(file, row)
            loader.settle()
            if bad:
                raise _Rollback
    except _Rollback:
        raise BadFixture(bad) from None
    return Loaded(len(rows), loader.made)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _value in pairs]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise ValueError(_("the key “%(key)s” stands twice in one object") % {"key": min(twice)})
    return dict(pairs)


def _read(path: Path, bad: list[BadRow]) -> list[Any]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_unique_keys)
    except OSError as error:
        bad.append(BadRow(path.name, "", "", _("cannot be read (%(why)s)") % {"why": error.strerror}))
    except json.JSONDecodeError as error:
        place = _("line %(line)s, column %(column)s") % {"line": error.lineno, "column": error.colno}
        bad.append(BadRow(path.name, place, "", _("is no JSON: %(why)s") % {"why": error.msg}))
    except ValueError as error:  # a key twice, or bytes that are no UTF-8
        bad.append(BadRow(path.name, "", "", str(error)))
    else:
        if isinstance(rows, list):
            return rows
        bad.append(BadRow(path.name, "", "", _("holds no list of rows")))
    return []


class _Loader:
    """Loads row after row, each behind a savepoint, and notes what is wrong with those that fail."""

    def __init__(self, bad: list[BadRow]) -> None:
        self.bad = bad
        self.made: list[str] = []
        self.seen: set[str] = set()
        self.number = 0
        self.models = {model._meta.label_lower: model for model in (*REFERENCE, *CONTENT, User)}

    def load(self, file: str, row: Any) -> None:
        self.number += 1
        name = _("row %(number)s") % {"number": self.number}
        try:
            model = self._model(row)
            name = f"{model._meta.label_lower} {_name(model, row['fields'])}".strip()
            if model is User:
                self._load_account(row["fields"])
                return
            self._check_fields(model, row["fields"])
            self._check_twice(model, row["fields"])
            with transaction.atomic():
                for built in Deserializer([row], handle_forward_references=False):
                    self._clean(built.object)
                    built.save()
        except _Wrong as wrong:
            self.bad += [BadRow(file, name, field, reason) for field, reason in wrong.reasons]
        except (DeserializationError, DatabaseError, ValueError, TypeError) as error:
            self.bad.append(BadRow(file, name, *_reason(error)))

    def settle(self) -> None:
        """Check what the database checks at the end: a publication has its review, a reference its row."""
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except DatabaseError as error:
            if not self.bad:
                self.bad.append(BadRow("", "", *_reason(error)))

    def _model(self, row: Any) -> type[models.Model]:
        if not isinstance(row, dict) or not isinstance(row.get("fields"), dict) or set(row) - {"model", "fields"}:
            raise _Wrong("", _("is no row of model and fields; primary keys are not taken"))
        model = self.models.get(str(row.get("model", "")).lower())
        if model is None:
            raise _Wrong("model", _("“%(model)s” is nothing that a fixture loads") % {"model": row.get("model")})
        return model

    def _load_account(self, fields: dict[str, Any]) -> None:
        """Make the two archive accounts where they are missing; change no account and take no other."""
        name = str(fields.get("username"))
        if name not in ARCHIVE_ACCOUNTS:
            raise _Wrong("username", _("accounts are not loaded; only the two of the archive are"))
        self._account(name, display=str(fields.get("name", "")))

    def _account(self, username: str, display: str = "") -> None:
        if User.objects.filter(username=username).exists():
            return
        user = User(username=username, name=display, is_active=False)
        user.set_unusable_password()
        user.save()
        self.made.append(username)

    def _check_fields(self, model: type[models.Model], fields: dict[str, Any]) -> None:
        wrong = []
        for name, value in fields.items():
            try:
                field = model._meta.get_field(name)
            except FieldDoesNotExist:
                wrong.append((name, _("is no field of this model")))
                continue
            if isinstance(value, str) and "\x00" in value:
                wrong.append((name, _("holds a NUL character, which cannot be stored")))
            if isinstance(field, models.ForeignKey) and value is not None:
                reason = self._check_reference(field, value)
                wrong += [(name, reason)] if reason else []
        if wrong:
            raise _Wrong(reasons=wrong)

    def _check_reference(self, field: Any, value: Any) -> str:
        """Return what is wrong with a reference; an account that nobody has yet is made."""
        target = field.remote_field.model
        if not isinstance(value, list):
            return _("is no natural key")
        if target is User and len(value) == 1 and isinstance(value[0], str) and value[0]:
            self._account(value[0])
            return ""
        try:
            target._default_manager.get_by_natural_key(*value)
        except ObjectDoesNotExist:
            return _("there is no %(kind)s %(key)s") % {"kind": target._meta.verbose_name, "key": _key(value)}
        except (ValueError, TypeError, ValidationError):
            return _("is no natural key")
        return ""

    def _check_twice(self, model: type[models.Model], fields: dict[str, Any]) -> None:
        parts = dict.fromkeys(path.split("__")[0] for path in getattr(model, "natural_key_fields", ()))
        if model is Bearing:
            parts = dict.fromkeys(("statement", "issue", "position_of"))
        elif model is Contribution:
            parts = dict.fromkeys(("statement", "status_change", "user"))
        key = f"{model._meta.label_lower} {json.dumps([fields.get(part) for part in parts])}"
        if key in self.seen:
            raise _Wrong("", _("stands twice"))
        self.seen.add(key)

    def _clean(self, row: Any) -> None:
        references = [field.name for field in row._meta.fields if isinstance(field, models.ForeignKey)]
        try:
            row.clean_fields(exclude={*references, "ref"} if row.pk else set(references))
        except ValidationError as error:
            raise _Wrong(reasons=[(field, " ".join(said)) for field, said in error.message_dict.items()]) from error


class _Wrong(Exception):
    def __init__(self, field: str = "", reason: str = "", reasons: list[tuple[str, str]] | None = None) -> None:
        super().__init__(reason)
        self.reasons = reasons or [(field, reason)]


def _key(value: Any) -> str:
    return "/".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _name(model: type[models.Model], fields: dict[str, Any]) -> str:
    """Return how a person finds the row in the file: by what its natural key starts from."""
    names = [path.split("__")[0] for path in getattr(model, "natural_key_fields", ())] or ["username"]
    return " ".join(_key(fields[name]) for name in dict.fromkeys(names) if fields.get(name) is not None)


def _reason(error: Exception) -> tuple[str, str]:
    """Return the field and the sentence of what Django or the database said."""
    if isinstance(error, IntegrityError):
        refused = refusal(error)
        if refused is not None:
            return refused.field, str(refused)
    cause = error.__cause__ or error
    diag = getattr(cause, "diag", None)
    return "", str(getattr(diag, "message_primary", None) or cause)


def dump_desk(relationship: Relationship) -> Iterator[str]:
    """Yield the lines of the fixture that holds the desk and the reference rows it cites, in loading order.

    Accounts are named, not dumped; the same desk gives the same lines, byte for byte.
    """
    rows = [*_cited_reference(relationship), *_content(relationship)]
    yield "["
    for number, row in enumerate(rows, start=1):
        (data,) = serializers.serialize("python", [row], use_natural_foreign_keys=True, use_natural_primary_keys=True)
        text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        yield text + ("," if number < len(rows) else "")
    yield "]"


_ORDERS: dict[type[models.Model], tuple[str, ...]] = {
    Relationship: ("slug",),
    ReliabilityRating: ("publisher__ref",),
    Issue: ("created_at", "slug"),
    IssueLink: ("from_issue__slug", "kind", "to_issue__slug"),
    Meeting: ("created_at", "ref"),
    Participant: ("meeting__ref", "number"),
    AgendaItem: ("meeting__ref", "issue__slug"),
    Document: ("created_at", "ref"),
    Capture: ("document__ref", "number"),
    Readout: ("meeting__ref", "side__code", "document__ref"),
    Statement: ("created_at", "ref"),
    Passage: ("statement__ref", "number"),
    PassageCheck: ("passage__statement__ref", "passage__number", "capture__number"),
    Bearing: ("statement__ref", "issue__slug", "position_of__code"),
    StatusChange: ("created_at", "ref"),
    Evidence: ("status_change__ref", "statement__ref"),
    Contribution: ("statement__ref", "status_change__ref", "user__username"),
    Review: ("submitted_at", "ref"),
}


def _content(relationship: Relationship) -> Iterator[models.Model]:
    yield relationship
    for model in CONTENT[1:]:
        rows = model._default_manager.filter(relationship=relationship).order_by(*_ORDERS[model])
        # What a correction corrects comes before it, whatever the clock said.
        yield from _originals_first(rows) if model in (Statement, StatusChange) else rows


def _originals_first(rows: Iterable[Any]) -> Iterator[Any]:
    waiting = list(rows)
    done: set[int] = set()
    while waiting:
        later = []
        for row in waiting:
            if row.supersedes_id is None or row.supersedes_id in done:
                done.add(row.pk)
                yield row
            else:
                later.append(row)
        waiting = later


def _cited_reference(relationship: Relationship) -> Iterator[models.Model]:
    """Yield the reference rows that the desk's content cites, and those that these cite in turn."""
    wanted: dict[Any, set[int]] = {model: set() for model in REFERENCE}

    def want(row: models.Model) -> None:
        for field in row._meta.fields:
            if isinstance(field, models.ForeignKey) and field.remote_field.model in wanted:
                pk = getattr(row, field.attname)
                model: Any = field.remote_field.model
                if pk is not None and pk not in wanted[model]:
                    wanted[model].add(pk)
                    want(model._default_manager.get(pk=pk))

    for row in _content(relationship):
        want(row)
    for model in REFERENCE:
        natural = "code" if model is Party else "ref"
        rows = list(model._default_manager.filter(pk__in=wanted[model]).order_by(natural))
        if model is Person:  # whom a person is joined to comes before them
            rows.sort(key=lambda person: person.merged_into_id is not None)
        yield from rows
