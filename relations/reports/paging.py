"""Pages by key: the next page starts after the last row seen, so any page costs what the first one does."""

import base64
import binascii
import datetime
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet
from django.utils.dateparse import parse_datetime

M = TypeVar("M", bound=Model)

PAGE_SIZE = 50
_FURTHEST = datetime.timedelta(hours=16)  # of an offset from UTC


@dataclass(frozen=True)
class KeyPage(Generic[M]):
    """One page of rows, with the cursors of its neighbours; an empty cursor where there is none."""

    rows: list[M]
    previous: str
    next: str


def encode_cursor(direction: str, values: list[Any]) -> str:
    """Return the cursor that names the place of these key values, and which way (`next`, `previous`) to read on."""
    text = json.dumps([direction, *(str(value) if value is not None else None for value in values)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, size: int) -> tuple[str, list[Any]] | None:
    """Return direction and key values; None for a cursor that is not ours, which then means the first page."""
    try:
        direction, *values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, UnicodeError, TypeError, RecursionError):
        return None
    if not all(isinstance(value, str) and "\0" not in value and _has_known_offset(value) for value in values):
        return None
    return (direction, values) if direction in ("next", "previous") and len(values) == size else None


def _has_known_offset(value: str) -> bool:
    """Say whether `value` is no moment at an offset from UTC that PostgreSQL does not know; Python knows more."""
    try:
        moment = parse_datetime(value)
    except ValueError:
        return True
    return moment is None or abs(moment.utcoffset() or datetime.timedelta(0)) < _FURTHEST


def _beyond(fields: list[tuple[str, bool]], values: list[Any]) -> Q:
    """Return the condition that a row comes after these key values in this order (`True`: descending)."""
    condition = Q(pk__in=[])
    equal = Q()
    for (field, descending), value in zip(fields, values, strict=True):
        condition |= equal & Q(**{f"{field}__{'lt' if descending else 'gt'}": value})
        equal &= Q(**{field: value})
    return condition


def key_page(rows: QuerySet[M], order: str, cursor: str = "", *, size: int = PAGE_SIZE) -> KeyPage[M]:
    """Return the page of `rows` that `cursor` names, ordered by the field `order` (`-` for descending), then by pk.

    The field must not be NULL. A cursor that was tampered with or is of another order means the first page.
    """
    descending = order.startswith("-")
    fields = [(order.lstrip("-"), descending), ("pk", descending)]
    decoded = decode_cursor(cursor, len(fields)) if cursor else None
    backwards = decoded is not None and decoded[0] == "previous"
    walked = [(field, down != backwards) for field, down in fields]
    ordered = rows.order_by(*(F(field).desc() if down else F(field).asc() for field, down in walked))
    try:
        found = list((ordered.filter(_beyond(walked, decoded[1])) if decoded else ordered)[: size + 1])
    except (ValueError, ValidationError, TypeError):
        return key_page(rows, order, size=size)
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return key_page(rows, order, size=size) if decoded else KeyPage([], "", "")
    key = _key_of([field for field, _down in fields])
    has_previous = more if backwards else decoded is not None
    has_next = True if backwards else more
    return KeyPage(
        rows=found,
        previous=encode_cursor("previous", key(found[0])) if has_previous else "",
        next=encode_cursor("next", key(found[-1])) if has_next else "",
    )


def _key_of(fields: list[str]) -> Callable[[Any], list[Any]]:
    def key(row: Any) -> list[Any]:
        values = []
        for field in fields:
            value = row
            for part in field.split("__"):
                value = getattr(value, part)
            values.append(value)
        return values

    return key


def capped_count(rows: QuerySet[Any], cap: int = 10_000) -> int:
    """Return how many rows there are, at most `cap` + 1: no page counts a million rows."""
    return rows.order_by()[: cap + 1].count()
