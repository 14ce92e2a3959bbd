"""What each field of a model asks of a value in a fixture: worked out once for all rows of the model."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from relations.actions.fixture_rows import Wrong, fields_of, must_be_given, storable, unstorable, value_of

_REMEMBERED = 4096  # values of a field: days, numbers and choices come again and again


@dataclass(frozen=True, eq=False)
class Column:
    """A field that a fixture holds. `target` is the model that it refers to, None where it has a value of its own.

    `read` returns a file's value as the field's, and whether the field surely takes it: where not, `clean` says. It raises
    `Wrong` where it is no value of the field's kind at all.
    """

    field: Any
    attname: str
    target: Any
    read: Callable[[Any], tuple[Any, bool]]


@dataclass(frozen=True, eq=False)
class Columns:
    """The fields of a model that a fixture holds, by name; those a row must give; what the others are where it does not."""

    by_name: dict[str, Column]
    needed: frozenset[str]
    stored: dict[str, Any]

    def complete(self, values: dict[str, Any]) -> None:
        """Give what a row leaves out its field's default."""
        for attname, field in self.stored.items():
            if attname not in values:
                values[attname] = field.get_default()


@functools.cache
def columns_of(model: Any) -> Columns:
    """Return the columns of a model."""
    fields = fields_of(model)
    return Columns(
        {
            name: Column(field, field.attname, field.remote_field.model if field.many_to_one else None, _reader(field))
            for name, field in fields.items()
        },
        frozenset(name for name, field in fields.items() if must_be_given(field)),
        {
            field.attname: field
            for field in model._meta.concrete_fields
            if not field.generated and not field.primary_key
        },
    )


def _reader(field: Any) -> Callable[[Any], tuple[Any, bool]]:
    is_text = isinstance(field, (models.CharField, models.TextField)) and not field.choices
    read = _text_reader(field) if is_text else _other_reader(field)
    takes_none = field.null and _is_taken(field, None)

    def read_any(value: Any) -> tuple[Any, bool]:
        if value is not None:
            return read(value)
        if not field.null:
            raise Wrong(field.name, _("is missing"))
        return None, takes_none

    return read_any


def _text_reader(field: Any) -> Callable[[Any], tuple[Any, bool]]:
    takes_empty = _is_taken(field, "")
    longest = field.max_length or float("inf")
    validators = [each for each in field.validators if not isinstance(each, MaxLengthValidator)]

    def read(value: Any) -> tuple[Any, bool]:
        if value.__class__ is not str:
            return value_of(field, value), False
        if not storable(value):
            raise Wrong(field.name, unstorable())
        if not value:
            return value, takes_empty
        try:
            for validator in validators:
                validator(value)
        except ValidationError:
            return value, False
        return value, len(value) <= longest

    return read


def _other_reader(field: Any) -> Callable[[Any], tuple[Any, bool]]:
    @functools.lru_cache(_REMEMBERED, typed=True)
    def known(value: Any) -> tuple[Any, bool]:
        read = value_of(field, value)
        return read, _is_taken(field, read)

    def read(value: Any) -> tuple[Any, bool]:
        return known(value) if value.__hash__ else (value_of(field, value), False)

    return read


def _is_taken(field: Any, value: Any) -> bool:
    """Say whether a field surely takes a value, which `clean` asks of whole rows."""
    if not (field.blank and value in field.empty_values):
        try:
            field.clean(value, None)
        except (ValidationError, ValueError, TypeError):
            return False
    return not (value and isinstance(field, models.DateTimeField) and _wrong_moment(value))


def clean(row: Any) -> None:
    """Raise `Wrong` where a built row's values are none that its fields take."""
    references = {field.name for field in row._meta.fields if field.many_to_one}
    try:
        row.clean_fields(exclude=references)
    except ValidationError as error:
        raise Wrong(reasons=[(field, " ".join(said)) for field, said in error.message_dict.items()]) from error
    for field in row._meta.fields:
        value = getattr(row, field.attname)
        if value and isinstance(field, models.DateTimeField) and (reason := _wrong_moment(value)):
            raise Wrong(field.name, reason)


def _wrong_moment(value: Any) -> str:
    """Return why a moment is none that a row may have; empty where it is one."""
    if value.tzinfo is None:
        return _("is a time without its zone; end it with Z for UTC")
    if value.year < 1970 or value > timezone.now():
        return _("is no moment between 1970 and now")
    return ""
