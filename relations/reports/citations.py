"""How a statement's source is cited, as BibTeX, RIS and CSL-JSON, and how a page of ours is, as a line of text."""

import datetime
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from relations.choices import Marking, StatementKind
from relations.models import Passage, Relationship, Statement, StatusChange
from relations.models.moments import NOW, Moment
from relations.reports.exports import attributed

QUOTED = 300  # characters of a passage that a line of text quotes
# Fetched along where many statements are cited.
PASSAGES = Prefetch("passages", Passage.objects.select_related("capture").defer("capture__text").order_by("pk"))

# BibTeX counts braces even behind a backslash, so that one alone would swallow what follows.
_TEX = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
} | {sign: f"\\{sign}" for sign in "%&#$_"}  # fmt: skip


@dataclass(frozen=True)
class Citation:
    """The document that a statement stands in, and in `note` what is cited from it: who, in which office, when, where."""

    key: str
    title: str
    publisher: str
    published: datetime.date
    retrieved: datetime.date | None
    url: str
    language: str
    note: str


def citation_of(statement: Statement, *, longest: int | None = None) -> Citation:
    """Return the citation of a statement, which carries `with_people`; retrieved when its passage's copy was.

    Of its passage no more than `longest` characters are quoted. One query where `PASSAGES` are not fetched along.
    """
    document = statement.document
    prefetch_related_objects([statement], PASSAGES)
    passage = next(iter(statement.passages.all()), None)
    # Quotation marks are for the source's words alone: a place such as "para 9" is none of them.
    where = " ".join((passage.exact if passage else statement.cited_place).split())
    where = Truncator(where).chars(longest) if longest else where
    return Citation(
        key=statement.ref,
        title=document.title,
        publisher=document.publisher.name,
        published=document.date_published,
        retrieved=passage.capture.retrieved_at.date() if passage else None,
        url=document.url,
        language=document.language,
        note=_said(statement, f"“{where}”" if passage else where),
    )


def _said(statement: Statement, where: str) -> str:
    """Return who said it, in which office, in whose words, when, and where: `Hakan Fidan, …, 25 Mar 2025: “…”`."""
    office = f", {statement.mandate.post}" if statement.mandate else ""
    relayer = attributed(statement, statement.relayer)
    relayed = f", in the words of {relayer}" if relayer else ""
    speaker = attributed(statement, statement.speaker)
    who = "Both sides" if statement.kind == StatementKind.JOINT else f"{speaker}{office}{relayed}"
    said = f"{who}, {statement.when}" if who else statement.when
    return f"{said}: {where}" if where else said


def statement_citation(statement: Statement, url: str, at: Moment = NOW) -> str:
    """Return the line that cites a statement, which carries `with_people`, in its source and at its address."""
    source = citation_of(statement, longest=QUOTED)
    parts = [f"{source.note}.", _in_source(source)]
    if statement.marking != Marking.CLEAR:
        parts.append(f"TLP:{statement.marking}.")
    return " ".join([*parts, _ours(statement.relationship, url, at)])


def status_change_citation(change: StatusChange, url: str, at: Moment = NOW) -> str:
    """Return the line that cites a status change at its address."""
    since = _("%(change)s, since %(day)s.") % {"change": change, "day": _day(change.effective)}
    return f"{since} {_ours(change.relationship, url, at)}"


def picture_citation(title: str, relationship: Relationship, url: str, at: Moment = NOW) -> str:
    """Return the line that cites what a page of a desk shows at `url`, and of which day it is."""
    shown = _("as it stood on %(day)s") % {"day": _day(at.effective or at.known or relationship.today())}
    return f"{title}, {shown}. {_ours(relationship, url, at)}"


def _in_source(source: Citation) -> str:
    """Return title, publisher and day of the source, with its address and when it was retrieved."""
    line = f"{source.title}, {source.publisher}, {_day(source.published)}"
    if source.url:
        line += f", {source.url}"
    if source.url and source.retrieved:
        line += " " + _("(retrieved %(day)s)") % {"day": _day(source.retrieved)}
    return f"{line}."


def _ours(relationship: Relationship, url: str, at: Moment) -> str:
    known = _(", as known on %(day)s") % {"day": _day(at.known)} if at.known else ""
    return _("Relations desk, %(desk)s%(known)s: %(url)s") % {"desk": relationship.title, "known": known, "url": url}


def _day(day: datetime.date) -> str:
    return date_format(day, "j M Y")


def _tex(text: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in " ".join(text.split()))


def bibtex(citation: Citation) -> str:
    """Return a BibTeX entry (`@misc`, which every style knows), in UTF-8."""
    fields = {
        "title": f"{{{_tex(citation.title)}}}",  # braced twice: capitals stay as they are
        "publisher": _tex(citation.publisher),
        "howpublished": _tex(citation.publisher),  # what styles print of a @misc
        "year": str(citation.published.year),
        "month": str(citation.published.month),
        "day": str(citation.published.day),
        "url": re.sub(r"[{}\\\s]", "", citation.url),
        "urldate": citation.retrieved.isoformat() if citation.retrieved else "",
        "language": _tex(citation.language),
        "note": _tex(citation.note),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{citation.key},\n" + ",\n".join(lines) + "\n}\n"


def ris(citation: Citation) -> str:
    """Return an RIS record: two-letter tags, one line each, ended by CR LF."""
    lines = [
        ("TY", "ELEC" if citation.url else "GEN"),
        ("ID", citation.key),
        ("TI", citation.title),
        ("PB", citation.publisher),
        ("PY", str(citation.published.year)),
        ("DA", citation.published.strftime("%Y/%m/%d/")),
        ("UR", citation.url),
        ("Y2", citation.retrieved.strftime("%Y/%m/%d/") if citation.retrieved else ""),
        ("LA", citation.language),
        ("N1", citation.note),
    ]
    return "".join(f"{tag}  - {' '.join(text.split())}\r\n" for tag, text in lines if text) + "ER  - \r\n"


def csl_item(citation: Citation) -> str:
    """Return the citation as an item of CSL-JSON."""
    item = {
        "id": citation.key,
        "type": "webpage" if citation.url else "document",
        "title": citation.title,
        "publisher": citation.publisher,
        "container-title": citation.publisher,
        "issued": _parts(citation.published),
        "accessed": _parts(citation.retrieved),
        "URL": citation.url,
        "language": citation.language,
        "note": citation.note,
    }
    return json.dumps({name: value for name, value in item.items() if value}, ensure_ascii=False)


def _parts(day: datetime.date | None) -> dict[str, list[list[int]]] | None:
    return {"date-parts": [[day.year, day.month, day.day]]} if day else None


@dataclass(frozen=True)
class Style:
    """How citations are written: each, what stands before, between and after them, and of which type the file is."""

    write: Callable[[Citation], str]
    content_type: str
    before: str = ""
    between: str = ""
    after: str = ""

    def pieces(self, statements: Iterable[Statement]) -> Iterator[str]:
        """Yield the citations of statements, which carry `with_people` and `PASSAGES`."""
        yield self.before
        for number, statement in enumerate(statements):
            yield (self.between if number else "") + self.write(citation_of(statement))
        yield self.after


# By the ending of the file's name.
STYLES = {
    "bib": Style(bibtex, "application/x-bibtex", between="\n"),
    "ris": Style(ris, "application/x-research-info-systems"),
    "json": Style(csl_item, "application/vnd.citationstyles.csl+json", "[\n", ",\n", "\n]\n"),
}
