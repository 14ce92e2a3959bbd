"""The same act on many rows: first as a trial that leaves nothing, then in earnest, each row all or nothing."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from relations.actions.refusal import Refused

# What one request tries or does while somebody waits for it. A row takes some 13 queries, 30 ms and more, and a server
# gives up at 30 s: rows that are not reached in time are told, and left for the next request.
BULK_LIMIT = 500
BULK_SECONDS = 20


@dataclass(frozen=True)
class Fate:
    """What becomes of one row: what happens to it, or the sentence why it is refused."""

    row: Any
    revision: int  # as it was read: what is done in earnest is refused where someone saved since
    effect: str
    refusal: str


def _each(rows: Iterable[Any], effect: Callable[[Any], str], act: Callable[[Any], Any]) -> list[Fate]:
    fates: list[Fate] = []
    begun = time.monotonic()
    for row in rows:
        if fates and time.monotonic() - begun > BULK_SECONDS:
            break
        revision, told, refusal = row.revision, effect(row), ""
        try:
            act(row)
        except Refused as refused:
            refusal = str(refused)
        fates.append(Fate(row, revision, told, refusal))
    return fates


def tried(rows: Iterable[Any], *, effect: Callable[[Any], str], act: Callable[[Any], Any]) -> list[Fate]:
    """Return what `act` would do to each row, as far as the time reaches: the very act runs, and is taken back."""

    def taken_back(row: Any) -> None:
        with transaction.atomic():
            act(row)
            transaction.set_rollback(True)

    return _each(rows, effect, taken_back)


def carried_out(rows: Iterable[Any], *, effect: Callable[[Any], str], act: Callable[[Any], Any]) -> list[Fate]:
    """Do `act`, which is all or nothing itself, to each row as far as the time reaches; return what became of each.

    A refused row keeps none from being done.
    """
    return _each(rows, effect, act)
