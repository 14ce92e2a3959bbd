"""What leaves the desk, noun by noun: a record for each row, read in constant memory, as all stood at one moment."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import timezone

from relations.choices import Basis, Marking, Precision
from relations.models import Party, Relationship, Statement
from relations.models.base import DeskModel
from relations.models.moments import NOW, AnyMoment, Moment
from relations.reports.audience import ForAudience, shown_to

CHUNK = 1_000  # rows that are in memory at once, with what their records tell of other tables

Record = dict[str, Any]  # by the names of relations/columns.py; several texts of one cell are a tuple


@dataclass(frozen=True)
class Sending:
    """What is to leave: of which desk (none: what all desks share), as of when, for whom, under which filters."""

    user: Any
    relationship: Relationship | None = None
    at: AnyMoment = NOW
    marking: Marking | None = None  # who may see the file; None where nothing in it is marked
    filters: str = ""  # as the address says them
    made: datetime.datetime = field(default_factory=timezone.now)

    @property
    def markings(self) -> list[Marking]:
        """The markings of what may go: as many people or more may see it."""
        return shown_to(self.marking) if self.marking else list(Marking)

    @property
    def moment(self) -> Moment:
        """The moment at the one desk."""
        return self.at.of(self.relationship.pk if self.relationship else None)

    @property
    def audience(self) -> ForAudience:
        """The moment as those who may see the file may be shown it."""
        at = self.moment
        return ForAudience(at.effective, at.known, at.time_zone, self.marking or Marking.RED)

    def marked(self, *paths: str) -> Q:
        """Return the condition that all that is marked at these paths may go."""
        return Q(**dict.fromkeys((f"{path}__in" for path in paths), self.markings))


def _everything(_sending: Sending) -> Q:
    return Q()


def _nothing(_sending: Sending) -> Any:
    return None


def _one_line(record: Record) -> Iterable[Record]:
    return [record]


@dataclass(frozen=True)
class Noun:
    """How one noun leaves: what is fetched along with its rows, the record of each, and its terms in schema.org.

    `along` is asked once, before the rows, and handed to each record; `lines` are a record's lines in a table.
    """

    name: str
    fetched: Callable[[Any, Sending], Any]
    record: Callable[[Any, Any], Record]
    described: Callable[[Record], dict[str, Any]]
    may_go: Callable[[Sending], Q] = _everything
    along: Callable[[Sending], Any] = _nothing
    lines: Callable[[Record], Iterable[Record]] = _one_line


def may_go(noun: Noun, rows: Any, sending: Sending) -> Any:
    """Return those of the `rows` that those who will see the file may see."""
    return rows.filter(noun.may_go(sending))


def records(noun: Noun, rows: Any, sending: Sending) -> Iterator[Record]:
    """Yield the records of `rows`, in their order, by a cursor on the server, `CHUNK` at a time."""
    along = noun.along(sending)
    for row in fetched(noun.fetched(rows, sending), sending):
        yield noun.record(row, along)


def fetched(rows: Any, sending: Sending) -> Iterator[Any]:
    """Yield `rows` as they were at the moment of `sending`, by a cursor on the server, `CHUNK` at a time."""
    for row in rows.iterator(chunk_size=CHUNK):
        if sending.at.is_past and isinstance(row, DeskModel):
            row.rewind(sending.at.of(row.relationship_id))
        yield row


def attributed(statement: Statement, name: object) -> str:
    """Return the name of who said or passed on `statement`, as it may leave the desk: of deep background, nobody's."""
    return "" if statement.basis == Basis.DEEP_BACKGROUND else str(name)


def code_of(party: Party | None) -> str:
    """Return a party's code; an empty text where there is none."""
    return party.code if party else ""


def ref_of(row: Any) -> str:
    """Return a row's ref; an empty text where there is none."""
    return getattr(row, "ref", "")


def span_of(earliest: datetime.date | None, latest: datetime.date | None, precision: str) -> str:
    """Return a span in ISO 8601: `2025-03`, `2025-03-25` or `2025-03-24/2025-03-25`; nothing of unknown days."""
    if earliest is None or latest is None:
        return ""
    length = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}[Precision(precision)]
    first, last = earliest.isoformat()[:length], latest.isoformat()[:length]
    return first if first == last else f"{first}/{last}"


def told(described: dict[str, Any]) -> dict[str, Any]:
    """Return the terms that have a value: what is not known is left out."""
    return {term: value for term, value in described.items() if value not in ("", None)}
