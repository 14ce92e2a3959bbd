"""Take in many documents from a JSON-lines file: all or nothing, and none that the desk holds already."""

import datetime
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.actions.refusal import recorded
from relations.choices import Marking
from relations.extraction.languages import language_of
from relations.extraction.results import TEXT_LIMIT
from relations.extraction.titles import title_from_name
from relations.models import Capture, Document, Publisher, Relationship
from relations.models.base import host_of, says_something
from relations.models.documents import kept_text, text_hash

_KEYS = ("doc_id", "date", "url", "text")
_BATCH = 250
Progress = Callable[[Iterable[Any], int], Iterable[Any]]


@dataclass(frozen=True)
class BadLine:
    """What is wrong with one line of a file."""

    number: int
    reason: str

    def __str__(self) -> str:
        return _("Line %(number)s: %(reason)s") % {"number": self.number, "reason": self.reason}


class BadLines(Exception):
    """Lines that cannot be taken in; nothing was."""

    def __init__(self, lines: list[BadLine]) -> None:
        super().__init__("\n".join(str(line) for line in lines))
        self.lines = lines


@dataclass(frozen=True)
class Row:
    """One document of the file."""

    number: int
    title: str
    date: datetime.date
    url: str
    text: str
    sha256: str


@dataclass(frozen=True)
class SameText:
    """A line whose text the desk holds in another document, or an earlier line of the file brings."""

    row: Row
    document: Document | None
    line: int = 0


@dataclass(frozen=True)
class Plan:
    """What a file brings: the rows to add, how many the desk holds already, and what to look at."""

    rows: list[Row]
    held: int
    publishers: dict[str, Publisher]  # by host
    new_publishers: list[Publisher]
    same: list[SameText]


def _everything(rows: Iterable[Any], _total: int) -> Iterable[Any]:
    return rows


def plan_import(*, relationship: Relationship, lines: Iterable[bytes], publisher: Publisher | None = None) -> Plan:
    """Return what these lines would bring to the desk. Raises `BadLines` with every bad one; stores nothing."""
    bad: list[BadLine] = []
    rows = list(_rows(lines, relationship.today(), bad, needs_url=publisher is None))
    fresh, held = _not_held(relationship, rows, bad)
    if bad:
        raise BadLines(sorted(bad, key=lambda line: line.number))
    publishers = _publishers(fresh, publisher)
    new = {id(each): each for each in publishers.values() if each._state.adding}
    return Plan(fresh, held, publishers, list(new.values()), _same_texts(relationship, fresh))


def import_documents(
    *,
    actor: Any,
    relationship: Relationship,
    lines: Iterable[bytes],
    publisher: Publisher | None = None,
    marking: str = Marking.CLEAR,
    progress: Progress = _everything,
) -> Plan:
    """Store what these lines bring to the desk, all or nothing; a second run adds nothing.

    A document's publisher is `publisher`, else the one whose address has the same host, else a new one named after it.
    Raises `NotAllowed`, `BadLines` with every bad line, and `Refused` where a rule says no.
    """
    access.require(actor, Verb.WRITE, relationship)
    with recorded(actor, "import_documents"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        # One import at a desk at a time, so that the same file sent twice finds what the first one stored.
        Relationship.objects.select_for_update(no_key=True).get(pk=relationship.pk)
        plan = plan_import(relationship=relationship, lines=lines, publisher=publisher)
        if plan.new_publishers:
            access.require(actor, Verb.ADD_REFERENCE)
        for new in plan.new_publishers:
            new.save(force_insert=True)
        batch: list[Row] = []
        for row in progress(plan.rows, len(plan.rows)):
            batch.append(row)
            if len(batch) == _BATCH:
                _store(actor, relationship, plan, batch, marking)
                batch = []
        _store(actor, relationship, plan, batch, marking)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return plan


def _store(actor: Any, relationship: Relationship, plan: Plan, rows: list[Row], marking: str) -> None:
    documents = Document.objects.bulk_create(
        Document(
            relationship=relationship,
            publisher=plan.publishers[host_of(row.url)],
            title=row.title,
            url=row.url,
            date_published=row.date,
            language=language_of(row.text) or "en",
            marking=marking,
            author=actor,
            edited_by=actor,
        )
        for row in rows
    )
    Capture.objects.bulk_create(
        Capture(relationship=relationship, document=document, text=row.text, sha256=row.sha256)
        for document, row in zip(documents, rows, strict=True)
    )


# Reading


class _Wrong(Exception):
    pass


def _rows(lines: Iterable[bytes], today: datetime.date, bad: list[BadLine], *, needs_url: bool) -> Iterable[Row]:
    """Yield the rows that can be read; note the others."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _row(number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line, today, needs_url=needs_url)
        except _Wrong as wrong:
            bad.append(BadLine(number, str(wrong)))


def _row(number: int, line: bytes, today: datetime.date, *, needs_url: bool) -> Row:
    values = _values(line)
    name, text, url = values["doc_id"].strip(), kept_text(values["text"]).strip(), values["url"].strip()
    for key in ("doc_id", "text"):
        if not says_something(values[key]):
            raise _Wrong(_("“%(key)s” is empty.") % {"key": key})
    if len(text) > TEXT_LIMIT:
        raise _Wrong(_("“text” is longer than %(number)s characters.") % {"number": f"{TEXT_LIMIT:,}"})
    if len(name) > 300:
        raise _Wrong(_("“doc_id” is longer than 300 characters."))
    if not url and needs_url:
        raise _Wrong(_("“url” is empty, so no publisher is known. Name one for all."))
    if url:
        try:
            Document._meta.get_field("url").clean(url, None)
        except ValidationError as error:
            raise _Wrong(f"“url”: {' '.join(error.messages)}") from None
    return Row(number, title_from_name(name, text), _day(values["date"], today), url, text, text_hash(text))


def _values(line: bytes) -> dict[str, str]:
    """Return the four words of a line."""
    try:
        values = json.loads(line.decode())
    except UnicodeDecodeError:
        raise _Wrong(_("This is not UTF-8 text.")) from None
    except json.JSONDecodeError as error:
        raise _Wrong(
            _("This is not JSON: %(why)s at character %(place)s.") % {"why": error.msg, "place": error.pos + 1}
        ) from None
    except (RecursionError, ValueError):  # nested without end, or a number without end
        raise _Wrong(_("This is not JSON that can be read.")) from None
    if not isinstance(values, dict):
        raise _Wrong(_("This is no object with %(keys)s.") % {"keys": ", ".join(_KEYS)})
    for key in sorted(values.keys() ^ set(_KEYS)):
        said = _("“%(key)s” is missing.") if key in _KEYS else _("“%(key)s” is not known here.")
        raise _Wrong(said % {"key": key[:60]})
    for key, value in values.items():
        if not isinstance(value, str):
            raise _Wrong(_("“%(key)s” is no text in quotation marks.") % {"key": key})
        if any(character == "\x00" or "\ud800" <= character <= "\udfff" for character in value):
            raise _Wrong(_("“%(key)s” holds a character that cannot be stored.") % {"key": key})
    return values


def _day(words: str, today: datetime.date) -> datetime.date:
    try:
        day = parse_date(words)
    except ValueError:
        day = None
    if day is None:
        raise _Wrong(_("“date” is no day such as 2025-03-26."))
    if day > today:
        raise _Wrong(_("“date” lies in the future."))
    return day


# Comparing


def _not_held(relationship: Relationship, rows: list[Row], bad: list[BadLine]) -> tuple[list[Row], int]:
    """Return the rows that the desk does not hold, and how many it does.

    A document is known by its address, without one by its day and text.
    """
    copies = Capture.objects.at(relationship).filter(document__url__in=[row.url for row in rows if row.url])
    held: dict[str, set[str]] = {}
    for url, sha256 in copies.values_list("document__url", "sha256"):
        held.setdefault(url, set()).add(sha256)
    unaddressed = Capture.objects.at(relationship).filter(
        document__url="", sha256__in=[row.sha256 for row in rows if not row.url]
    )
    texts = set(unaddressed.values_list("document__date_published", "sha256"))
    fresh: list[Row] = []
    first: dict[object, int] = {}
    for row in rows:
        earlier = first.setdefault(row.url or (row.date, row.sha256), row.number)
        if earlier != row.number:
            said = _("“url” is that of line %(number)s.") if row.url else _("This is the same as line %(number)s.")
            bad.append(BadLine(row.number, said % {"number": earlier}))
        elif row.url in held and row.sha256 not in held[row.url]:
            said = _("The desk holds this address with another text. Add this one there, as a better copy.")
            bad.append(BadLine(row.number, said))
        elif row.url not in held and (row.url or (row.date, row.sha256) not in texts):
            fresh.append(row)
    return fresh, len(rows) - len(fresh)


def _publishers(rows: list[Row], publisher: Publisher | None) -> dict[str, Publisher]:
    addresses: dict[str, str] = {}
    for row in rows:
        addresses.setdefault(host_of(row.url), row.url)
    if publisher is not None:
        return dict.fromkeys(addresses, publisher)
    return {
        host: Publisher.objects.at_host(host).first() or Publisher.objects.named(host).first() or Publisher.of_site(url)
        for host, url in addresses.items()
    }


def _same_texts(relationship: Relationship, rows: list[Row]) -> list[SameText]:
    copies = Capture.objects.at(relationship).filter(sha256__in=[row.sha256 for row in rows])
    stored: dict[str, Document] = {}
    for copy in copies.defer("text").select_related("document__relationship").order_by("pk"):
        stored.setdefault(copy.sha256, copy.document)
    first: dict[str, int] = {}
    same = []
    for row in rows:
        earlier = first.setdefault(row.sha256, row.number)
        if row.sha256 in stored or earlier != row.number:
            same.append(SameText(row, stored.get(row.sha256), earlier if earlier != row.number else 0))
    return same
