"""The same act on many rows: first as a trial that leaves nothing, then in earnest, each row all or nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from relations.actions.refusal import Refused

# What one request tries and does while somebody waits for it: a submission takes 35 ms and more, a server gives up at 30 s.
BULK_LIMIT = 200


@dataclass(frozen=True)
class Fate:
    """What becomes of one row: what happens to it, or the sentence why it is refused."""

    row: Any
    revision: int  # as it was read: what is done in earnest is refused where someone saved since
    effect: str
    refusal: str


def _each(rows: Iterable[Any], effect: Callable[[Any], str], act: Callable[[Any], Any], *, keep: bool) -> list[Fate]:
    fates = []
    for row in rows:
        revision, told, refusal = row.revision, effect(row), ""
        try:
            with transaction.atomic():
                act(row)
                transaction.set_rollback(not keep)
        except Refused as refused:
            refusal = str(refused)
        fates.append(Fate(row, revision, told, refusal))
    return fates


def tried(rows: Iterable[Any], *, effect: Callable[[Any], str], act: Callable[[Any], Any]) -> list[Fate]:
    """Return what `act` would do to each row: the very act runs, and is taken back."""
    return _each(rows, effect, act, keep=False)


def carried_out(rows: Iterable[Any], *, effect: Callable[[Any], str], act: Callable[[Any], Any]) -> list[Fate]:
    """Do `act` to each row and return what became of it; a refused row keeps none from being done."""
    return _each(rows, effect, act, keep=True)
