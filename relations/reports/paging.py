"""Pages by key: the next page starts after the last row seen, so any page costs what the first one does."""

import base64
import binascii
import datetime
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Model, OrderBy, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_datetime

from relations.reports.keys import among

M = TypeVar("M", bound=Model)

PAGE_SIZE = 50
_FURTHEST = datetime.timedelta(hours=16)  # of an offset from UTC


@dataclass(frozen=True)
class KeyPage(Generic[M]):
    """One page of rows, with the cursors of its neighbours; an empty cursor where there is none."""

    rows: list[M]
    previous: str
    next: str


def encode_cursor(direction: str, order: Sequence[str], values: Sequence[Any]) -> str:
    """Return the cursor that names a place in this order by its key values, and which way (`next`, `previous`) to read."""
    text = json.dumps([direction, ",".join(order), *(str(value) for value in values)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, order: Sequence[str]) -> tuple[str, list[Any]] | None:
    """Return direction and key values; None for a cursor that is not ours or of another order: then the first page is meant."""
    try:
        direction, of_order, *values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, UnicodeError, TypeError, RecursionError):
        return None
    if not all(isinstance(value, str) and "\0" not in value and _has_known_offset(value) for value in values):
        return None
    is_ours = direction in ("next", "previous") and of_order == ",".join(order) and len(values) == len(order) + 1
    return (direction, values) if is_ours else None


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
    # Said again of the first field alone, which an index can start from: of a choice between conditions it cannot.
    first, descending = fields[0]
    return Q(**{f"{first}__{'lte' if descending else 'gte'}": values[0]}) & condition


def _by(walked: list[tuple[str, bool]], value_of: Callable[[str], Any] = F) -> list[OrderBy]:
    return [value_of(field).desc() if down else value_of(field).asc() for field, down in walked]


def _of_no_index(field: str) -> Coalesce:
    """Return the value of a field in words that no index knows."""
    return Coalesce(F(field), F(field))


def key_page(
    rows: QuerySet[M],
    order: str | Sequence[str],
    cursor: str = "",
    *,
    size: int = PAGE_SIZE,
    called: Sequence[str] = (),
    is_few: bool = False,
    along: Callable[[QuerySet[M]], QuerySet[M]] = lambda rows: rows,
) -> KeyPage[M]:
    """Return the page of `rows` that `cursor` names, ordered by the fields `order` (`-` for descending), then by pk.

    The fields must not be NULL. A cursor that was tampered with or is of another order means the first page. Where two
    queries order alike by fields of other names, cursors name the order as it is `called`. Where there are not more rows
    than the cap (`is_few`) all of them are sorted; else the index of the order is walked until the page is full, which
    for few is a long way. What `along` adds to the query is fetched of the page's own rows alone.
    """
    first = partial(key_page, rows, order, size=size, called=called, is_few=is_few, along=along)
    order = (order,) if isinstance(order, str) else tuple(order)
    called = called or order
    fields = [(field.lstrip("-"), field.startswith("-")) for field in order]
    fields.append(("pk", fields[-1][1]))
    decoded = decode_cursor(cursor, called) if cursor else None
    backwards = decoded is not None and decoded[0] == "previous"
    walked = [(field, down != backwards) for field, down in fields]
    ordered = rows.order_by(*_by(walked))
    try:
        here = rows.filter(_beyond(walked, decoded[1])) if decoded else rows
        keys = here.order_by(*_by(walked, _of_no_index if is_few else F))[: size + 1]
        found = list(along(ordered).filter(among(keys.values("pk"))))
    except (ValueError, ValidationError, TypeError, ArithmeticError):
        return first()
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if decoded and (not found or (backwards and len(found) < size)):  # past the end, or a page that is not full before
        return first()
    if not found:
        return KeyPage([], "", "")
    key = _key_of([field for field, _down in fields])
    has_previous = more if backwards else decoded is not None
    has_next = True if backwards else more
    return KeyPage(
        rows=found,
        previous=encode_cursor("previous", called, key(found[0])) if has_previous else "",
        next=encode_cursor("next", called, key(found[-1])) if has_next else "",
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


COUNT_CAP = 10_000


def capped_count(rows: QuerySet[Any], cap: int = 0) -> int:
    """Return how many rows there are, at most one more than the cap: no page counts a million rows."""
    return rows.order_by()[: (cap or COUNT_CAP) + 1].count()


def counted(number: int, cap: int = 0) -> str:
    """Return a capped count as it is shown: `10,000+` past the cap."""
    cap = cap or COUNT_CAP
    return f"{cap:,}+" if number > cap else f"{number:,}"
