"""What one row of a fixture says, and what is wrong with it before the database is asked."""

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils.translation import gettext as _

from relations.actions.portable import CONTENT, REFERENCE
from relations.actions.refusal import refusal
from relations.models import Bearing, Contribution, User
from relations.models.base import make_ref

Key = tuple[Any, ...]
_MODELS: dict[str, type[models.Model]] = {model._meta.label_lower: model for model in (*REFERENCE, *CONTENT, User)}


@dataclass(frozen=True)
class BadRow:
    """What is wrong with one row of a file; `field` is empty where it is about the whole row."""

    file: str
    row: str
    field: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.row, self.field, self.reason) if part)


class Wrong(Exception):
    """What is wrong with a row, by field."""

    def __init__(self, field: str = "", reason: str = "", reasons: list[tuple[str, str]] | None = None) -> None:
        super().__init__(reason)
        self.reasons = reasons or [(field, reason)]


def model_of(row: Any) -> type[models.Model]:
    """Return the model that a row is of; raises `Wrong` where it is none that fixtures hold."""
    if not isinstance(row, dict) or not isinstance(row.get("fields"), dict) or set(row) - {"model", "fields"}:
        raise Wrong("", _("is no row of model and fields; primary keys are not taken"))
    model = _MODELS.get(str(row.get("model", "")).lower())
    if model is None:
        raise Wrong("model", _("“%(model)s” is nothing that a fixture loads") % {"model": row.get("model")})
    return model


@functools.cache
def fields_of(model: Any) -> dict[str, Any]:
    """Return the fields that a fixture holds, by name: none that the database works out itself."""
    return {field.name: field for field in model._meta.concrete_fields if field.serialize and not field.generated}


def must_be_given(field: Any) -> bool:
    """Say whether a row cannot do without a field: what it hangs on, and the name by which a second load finds it."""
    return field.default is make_ref or (field.many_to_one and not field.null)


def unstorable() -> str:
    """Return the sentence about text that is not `storable`."""
    return _("holds a NUL character or half of one character, which no text may")


def storable(text: str) -> bool:
    """Say whether the database takes this text."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a character
        return False
    return True


def value_of(field: Any, value: Any) -> Any:
    """Return a file's value as its field's; raises `Wrong`. Django would take a number for a text."""
    if isinstance(value, str) and not storable(value):
        raise Wrong(field.name, unstorable())
    if isinstance(field, models.BooleanField):
        right = isinstance(value, bool)
    elif isinstance(field, models.IntegerField):
        right = isinstance(value, int) and not isinstance(value, bool)
    elif isinstance(field, models.DecimalField):
        right = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    else:
        right = isinstance(value, str)
    if not right:
        said = json.dumps(value, ensure_ascii=False)[:60]
        raise Wrong(field.name, _("%(value)s is of the wrong type") % {"value": said})
    try:
        return field.to_python(value)
    except ValidationError as error:
        raise Wrong(field.name, " ".join(error.messages)) from error


def _key_names(model: type[models.Model]) -> list[str]:
    """Return the fields that a model's natural key starts from."""
    return list(dict.fromkeys(path.split("__")[0] for path in key_paths(model)))


@functools.cache
def key_paths(model: Any) -> tuple[str, ...]:
    """Return the look-up paths of the natural key's values."""
    if model is Bearing:
        return ("statement__ref", "issue__relationship__slug", "issue__slug", "position_of__code")
    if model is Contribution:
        return ("statement__ref", "status_change__ref", "user__username")
    return getattr(model, "natural_key_fields", ("username",))


@functools.cache
def _key_sources(model: Any) -> tuple[tuple[str, Any, int | None], ...]:
    """Return where each part of a natural key stands: in which field, and as which part of what that refers to."""
    sources = []
    for path in key_paths(model):
        name, _dots, rest = path.partition("__")
        field = model._meta.get_field(name)
        sources.append((name, field, key_paths(field.remote_field.model).index(rest) if rest else None))
    return tuple(sources)


def own_key(model: Any, fields: dict[str, Any], referred: dict[str, Key]) -> Key | None:
    """Return the natural key of a row that refers to those of `referred`; None where what it says is none."""
    key = []
    for name, field, place in _key_sources(model):
        value = fields[name] if name in fields else field.get_default()  # a ref's default is drawn by chance
        if place is not None and value is not None:
            if name not in referred:
                return None
            value = referred[name][place]
        key.append(value)
    return key_in(model, key)


def identity(model: Any, key: list[Any]) -> str:
    """Return a natural key, whatever a file holds for it, as what a set can hold."""
    return f"{model._meta.label_lower} {json.dumps(key)}"


def identity_of(model: Any, fields: dict[str, Any]) -> str:
    """Return the identity of a row, which two rows of one file may not share."""
    values = [fields.get(name) for name in _key_names(model)]
    return identity(model, [part for value in values for part in (value if isinstance(value, list) else [value])])


def key_words(values: list[Any]) -> str:
    """Return a natural key as people read it."""
    return "/".join(str(part) for part in values if part is not None)


def name_of(model: type[models.Model], fields: dict[str, Any]) -> str:
    """Return how a person finds the row in the file: by its natural key."""
    values = [fields.get(name) for name in _key_names(model)]
    return " ".join(key_words(value if isinstance(value, list) else [value]) for value in values if value is not None)


@functools.cache
def _targets(model: Any) -> tuple[tuple[str, Any], ...]:
    """Return the fields of a model that refer to others, each with the model that it refers to."""
    return tuple((name, field.remote_field.model) for name, field in fields_of(model).items() if field.many_to_one)


def references(model: Any, fields: dict[str, Any]) -> Iterator[tuple[str, Any, Key]]:
    """Yield the fields by which a row refers to others, with their models and natural keys, as far as they are any."""
    for name, target in _targets(model):
        if (key := key_in(target, fields.get(name))) is not None:
            yield name, target, key


def key_in(model: Any, value: Any) -> Key | None:
    """Return a value of a file as the natural key of a `model`; None where it can be none."""
    if not isinstance(value, list) or len(value) != len(key_paths(model)):
        return None
    for part in value:
        if isinstance(part, str):
            if not storable(part):
                return None
        elif part is not None and not isinstance(part, int):
            return None
    return tuple(value)


def reason_of(error: Exception) -> tuple[str, str]:
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
