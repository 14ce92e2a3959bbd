"""Load fixtures: all or nothing, naming every bad row.

The files are Django's own fixture format with natural keys and no primary keys; `loaddata` reads them too.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pghistory
from django.contrib.auth.hashers import is_password_usable
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.serializers.base import DeserializationError
from django.core.serializers.python import Deserializer
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from relations.actions.portable import CONTENT, REFERENCE
from relations.actions.refusal import refusal
from relations.choices import Decision
from relations.models import Bearing, Contribution, Review, Statement, StatusChange, User
from relations.models.base import make_ref

ARCHIVE_ACCOUNTS = ("archive-author", "archive-reviewer")
_MODELS: dict[str, type[models.Model]] = {model._meta.label_lower: model for model in (*REFERENCE, *CONTENT, User)}

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


class _Wrong(Exception):
    """What is wrong with a row, by field."""

    def __init__(self, field: str = "", reason: str = "", reasons: list[tuple[str, str]] | None = None) -> None:
        super().__init__(reason)
        self.reasons = reasons or [(field, reason)]


def _everything(rows: Iterable[Any], _total: int) -> Iterable[Any]:
    return rows


def load_files(paths: Iterable[Path], progress: Progress = _everything) -> Loaded:
    """Load fixture files, all or nothing. Accounts that they name and nobody has are made inactive, without a role.

    Raises `BadFixture` with every bad row.
    """
    bad: list[BadRow] = []
    rows = [(path.name, number, row) for path in paths for number, row in enumerate(_read(path, bad), start=1)]
    if bad:
        raise BadFixture(bad)
    loader = _Loader(bad)
    try:
        with transaction.atomic(), pghistory.context(command="load_desk"):
            _constraints("DEFERRED")
            for file, number, row in progress(rows, len(rows)):
                loader.load(file, number, row)
            loader.settle()
            if bad:
                raise _Rollback
    except _Rollback:
        raise BadFixture(bad) from None
    return Loaded(len(rows), loader.made)


def _constraints(when: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL {when}")


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
    except RecursionError:
        bad.append(BadRow(path.name, "", "", _("is nested too deeply")))
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
        self.refused: set[str] = set()
        self.reviewed: dict[tuple[type[models.Model], int], tuple[str, str]] = {}

    def load(self, file: str, number: int, row: Any) -> None:
        """Load one row, or note what is wrong with it."""
        name = _("row %(number)s") % {"number": number}
        try:
            model = _model_of(row)
            name = f"{model._meta.label_lower} {_name(model, row['fields'])}".strip()
            with transaction.atomic():
                if model is User:
                    self._load_account(row)
                else:
                    self._load_row(model, row, (file, name))
            return
        except _Wrong as wrong:
            reasons = wrong.reasons
        except (DeserializationError, DatabaseError, ValueError, TypeError) as error:
            reasons = [_reason(error)]
        self.bad += [BadRow(file, name, field, reason) for field, reason in reasons]
        self._note_refused(row)

    def _load_row(self, model: type[models.Model], row: Any, where: tuple[str, str]) -> None:
        self._check_fields(model, row["fields"])
        self._check_twice(model, row["fields"])
        for built in Deserializer([row], handle_forward_references=False):
            _clean(built.object)
            built.save()
            if model in (Statement, StatusChange):
                self.reviewed[model, built.object.pk] = where

    def _note_refused(self, row: Any) -> None:
        """Remember a refused row, so that what hangs on it is told as its consequence."""
        try:
            model = _model_of(row)
        except _Wrong:
            return
        self.refused.add(_identity(model, _key_values(model, row["fields"])))
        for name, subject in (("statement", Statement), ("status_change", StatusChange)):
            if model is Review and isinstance(row["fields"].get(name), list):
                self.refused.add(_identity(subject, row["fields"][name]))

    def settle(self) -> None:
        """Check what the database checks at the end: a publication has its review, a correction its original."""
        for model in (Statement, StatusChange):
            places = {pk: where for (kind, pk), where in self.reviewed.items() if kind is model}
            for pk, ref, field, reason in _unsettled(model, list(places)):
                if _identity(model, [ref]) not in self.refused:
                    self.bad.append(BadRow(*places[pk], field, reason))
        if not self.bad:
            try:
                with transaction.atomic():
                    _constraints("IMMEDIATE")
            except DatabaseError as error:
                self.bad.append(BadRow("", "", *_reason(error)))

    def _load_account(self, row: dict[str, Any]) -> None:
        """Make the two archive accounts where they are missing; change no account and take no other."""
        fields = row["fields"]
        if fields.get("username") not in ARCHIVE_ACCOUNTS:
            raise _Wrong("username", _("accounts are not loaded; only the two of the archive are"))
        self._check_fields(User, fields)
        if User.objects.filter(username=fields["username"]).exists():
            return
        (built,) = Deserializer([row], handle_forward_references=False)
        self._make_account(built.object)

    def _make_account(self, user: Any) -> None:
        user.is_active = user.is_staff = user.is_superuser = False
        if not user.password or is_password_usable(user.password):
            user.set_unusable_password()
        _clean(user)
        user.save()
        self.made.append(user.username)

    def _check_fields(self, model: type[models.Model], fields: dict[str, Any]) -> None:
        known = {field.name: field for field in _fields(model)}
        if model is User:
            known |= {field.name: field for field in User._meta.many_to_many}
        reasons = [
            (name, self._wrong(known[name], value) if name in known else _("is no field of this model"))
            for name, value in fields.items()
        ]
        reasons += [(name, _("is missing")) for name in known.keys() - fields.keys() if _must_be_given(known[name])]
        wrong = [(name, reason) for name, reason in reasons if reason]
        if wrong:
            raise _Wrong(reasons=sorted(wrong))

    def _wrong(self, field: Any, value: Any) -> str:
        """Return what is wrong with a value before it is looked at as its field's; empty where nothing is."""
        if field.many_to_many:
            return "" if value == [] else _("is not loaded")
        if value is None:
            return "" if field.null else _("is missing")
        return self._wrong_reference(field, value) if field.many_to_one else _wrong_value(field, value)

    def _wrong_reference(self, field: Any, value: Any) -> str:
        """Return what is wrong with a reference; an account that nobody has yet is made."""
        target = field.remote_field.model
        if not isinstance(value, list) or not all(part is None or isinstance(part, (str, int)) for part in value):
            return _("is no natural key")
        if any(isinstance(part, str) and not _storable(part) for part in value):
            return _UNSTORABLE()
        try:
            target._default_manager.get_by_natural_key(*value)
        except ObjectDoesNotExist:
            return self._missing(target, value)
        except (ValueError, TypeError, ValidationError):
            return _("is no natural key")
        return ""

    def _missing(self, target: Any, value: list[Any]) -> str:
        if target is User:
            try:
                self._make_account(User(username=value[0]))
            except _Wrong as wrong:
                return " ".join(reason for _field, reason in wrong.reasons)
            return ""
        words = {"kind": target._meta.verbose_name, "key": _key(value)}
        if _identity(target, value) in self.refused:
            return _("the %(kind)s %(key)s is itself refused") % words
        return _("there is no %(kind)s %(key)s") % words

    def _check_twice(self, model: type[models.Model], fields: dict[str, Any]) -> None:
        key = _identity(model, _key_values(model, fields))
        if key in self.seen:
            raise _Wrong("", _("stands twice"))
        self.seen.add(key)


def _model_of(row: Any) -> type[models.Model]:
    if not isinstance(row, dict) or not isinstance(row.get("fields"), dict) or set(row) - {"model", "fields"}:
        raise _Wrong("", _("is no row of model and fields; primary keys are not taken"))
    model = _MODELS.get(str(row.get("model", "")).lower())
    if model is None:
        raise _Wrong("model", _("“%(model)s” is nothing that a fixture loads") % {"model": row.get("model")})
    return model


def _fields(model: Any) -> list[Any]:
    """Return the fields that a fixture holds: none that the database works out itself."""
    return [field for field in model._meta.concrete_fields if field.serialize and not field.generated]


def _must_be_given(field: Any) -> bool:
    """Say whether a row cannot do without a field: what it hangs on, and the name by which a second load finds it."""
    return field.default is make_ref or (field.many_to_one and not field.null)


def _UNSTORABLE() -> str:  # noqa: N802  a sentence, looked up where it is said
    return _("holds a NUL character or half of one character, which no text may")


def _storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _wrong_value(field: Any, value: Any) -> str:
    """Return what is wrong with the kind of a value; Django would take a number for a text."""
    if isinstance(value, str) and not _storable(value):
        return _UNSTORABLE()
    if isinstance(field, models.BooleanField):
        right = isinstance(value, bool)
    elif isinstance(field, models.IntegerField):
        right = isinstance(value, int) and not isinstance(value, bool)
    elif isinstance(field, models.DecimalField):
        right = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    else:
        right = isinstance(value, str)
    if not right:
        return _("%(value)s is of the wrong type") % {"value": json.dumps(value, ensure_ascii=False)[:60]}
    try:
        field.to_python(value)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _clean(row: Any) -> None:
    references = {field.name for field in row._meta.fields if field.many_to_one}
    try:
        row.clean_fields(exclude=references)
    except ValidationError as error:
        raise _Wrong(reasons=[(field, " ".join(said)) for field, said in error.message_dict.items()]) from error
    for field in row._meta.fields:
        if isinstance(field, models.DateTimeField) and (value := getattr(row, field.attname)):
            if value.tzinfo is None:
                raise _Wrong(field.name, _("is a time without its zone; end it with Z for UTC"))
            if value.year < 1970 or value > timezone.now():
                raise _Wrong(field.name, _("is no moment between 1970 and now"))


def _key_names(model: type[models.Model]) -> list[str]:
    """Return the fields that a model's natural key starts from."""
    if model is Bearing:
        return ["statement", "issue", "position_of"]
    if model is Contribution:
        return ["statement", "status_change", "user"]
    paths = getattr(model, "natural_key_fields", ("username",))
    return list(dict.fromkeys(path.split("__")[0] for path in paths))


def _key_values(model: type[models.Model], fields: dict[str, Any]) -> list[Any]:
    values = [fields.get(name) for name in _key_names(model)]
    return [part for value in values for part in (value if isinstance(value, list) else [value])]


def _identity(model: type[models.Model], key: list[Any]) -> str:
    return f"{model._meta.label_lower} {json.dumps(key)}"


def _key(values: list[Any]) -> str:
    return "/".join(str(part) for part in values if part is not None)


def _name(model: type[models.Model], fields: dict[str, Any]) -> str:
    """Return how a person finds the row in the file: by its natural key."""
    values = [fields.get(name) for name in _key_names(model)]
    return " ".join(_key(value if isinstance(value, list) else [value]) for value in values if value is not None)


def _reason(error: Exception) -> tuple[str, str]:
    """Return the field and the sentence of what Django or the database said."""
    if isinstance(error, IntegrityError):
        refused = refusal(error)
        if refused is not None:
            return refused.field, str(refused) % {"name": refused.rule} if "%(name)s" in str(refused) else str(refused)
    cause = error.__cause__ or error
    if isinstance(cause, ValidationError):
        return "", " ".join(cause.messages)
    diag = getattr(cause, "diag", None)
    return getattr(diag, "column_name", None) or "", str(getattr(diag, "message_primary", None) or cause)


def _unsettled(model: Any, pks: list[int]) -> Iterator[tuple[int, str, str, str]]:
    """Yield pk, ref, field and reason of each row whose moments its reviews and corrections do not bear out."""
    approvals = Review.objects.filter(**{model.review_column: OuterRef("pk")}, decision=Decision.APPROVED)
    corrections = model.objects.filter(supersedes=OuterRef("pk"), published_at__isnull=False)
    rows = model.objects.filter(pk__in=pks).annotate(
        approved_at=Subquery(approvals.values("decided_at")[:1]),
        corrected_at=Subquery(corrections.values("published_at")[:1]),
    )
    for row in rows.order_by("pk"):
        if row.published_at != row.approved_at:
            reason = _("Only an approved review publishes, at the moment of its decision.")
            yield row.pk, row.ref, "published_at", reason
        if row.superseded_at != row.corrected_at:
            reason = _("Only a published correction supersedes, at the moment of its publication.")
            yield row.pk, row.ref, "superseded_at", reason
