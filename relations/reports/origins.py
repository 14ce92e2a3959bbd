"""From how many independent origins the desk has a claim: what goes back to one origin is counted once.

A claim is what one speaker said about one day: the same words, or the same position on an issue. Two reports of it go
back to one origin where they stand in one document, in one that reprints the other or by one publisher, where they
quote the same words, where the same person passed them on, or where both say that it was first said in the same place.
"""

import contextlib
import datetime
import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext_lazy as _

from relations.choices import Credibility, StatementKind
from relations.models import Bearing, Document, Passage, Person, Statement
from relations.models.moments import NOW, Moment

MOST = 400  # reports that are compared at once
# What a report is compared by, and what a page tells of it.
_OF_A_REPORT = (
    "relationship", "ref", "text", "original_text", "kind", "speaker_person", "speaker_organisation",
    "speaker_descriptor", "relayer_person", "relayer_organisation", "relayer_descriptor", "on_behalf_of", "earliest",
    "latest", "first_said_in", "first_said_url", "document__relationship", "document__title",
    "document__date_published", "document__publisher__name",
)  # fmt: skip
# What `claims` reads of a statement that it is asked about.
OF_ASKED = (
    *_OF_A_REPORT, "published_at", "supersedes", "speaker_person__merged_into", "relayer_person__merged_into",
)  # fmt: skip
_ABOUT = datetime.timedelta(days=1)  # a day is often guessed from the document's, and differs by time zone
_FEWEST = 3  # words that two reports have in common by more than chance

SAME_DOCUMENT = _("one document")
REPRINT = _("one reprints the other")
SAME_PUBLISHER = _("one publisher")
SAME_WORDS = _("the same words")
SAME_RELAYER = _("passed on by the same")
FIRST_SAID = _("first said in the same place")


@dataclass(frozen=True)
class Origin:
    """Reports that go back to one origin, the earliest document first, and why they are taken for one."""

    reports: tuple[Statement, ...]
    why: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """A statement with the others that report the same, by origin."""

    statement: Statement
    origins: tuple[Origin, ...]
    is_cut: bool = False  # whether there are more reports than were compared

    @property
    def reports(self) -> int:
        """How many reports there are, this statement among them."""
        return sum(len(origin.reports) for origin in self.origins)

    @property
    def independent(self) -> int:
        """How many independent origins they go back to."""
        return len(self.origins)

    def origin_of(self, statement: Statement) -> tuple[Statement, ...]:
        """Return the reports of the origin that `statement` is one of."""
        return next((each.reports for each in self.origins if statement in each.reports), ())

    @property
    def suggested(self) -> Credibility | None:
        """What the origins speak for, where that is another credibility than the statement has; for people to accept.

        Two make it confirmed elsewhere. One never does: then it is what a single report of its kind usually is.
        """
        statement = self.statement
        confirmed = statement.credibility == Credibility.CONFIRMED
        if self.independent > 1:
            return None if confirmed else Credibility.CONFIRMED
        return Credibility.usual(statement.kind, named=not statement.speaker_descriptor) if confirmed else None


@dataclass
class _Report:
    """A statement with what it is compared by."""

    statement: Statement
    speaker: tuple[Any, ...]
    relayer: tuple[Any, ...]
    document: int = 0  # the one that its document goes back to
    positions: set[tuple[Any, ...]] = field(default_factory=set)
    words: list[str] = field(default_factory=list)

    def is_about_when(self, other: "_Report") -> bool:
        """Whether both are about one day."""
        mine, theirs = self.statement, other.statement
        return abs(mine.earliest - theirs.earliest) <= _ABOUT and abs(mine.latest - theirs.latest) <= _ABOUT

    def tells_what(self, other: "_Report") -> bool:
        """Whether both say the same, where one spoke about one day."""
        return bool(self.positions & other.positions) or self.has_words_of(other)

    def has_words_of(self, other: "_Report") -> bool:
        """Whether what one quotes stands in what the other quotes."""
        return any(a in b or b in a for a, b in itertools.product(self.words, other.words))

    def roots(self) -> Iterable[tuple[Any, Any]]:
        """Yield what it goes back to; with another of the same root it goes back to one origin."""
        statement = self.statement
        yield SAME_DOCUMENT, statement.document_id
        yield REPRINT, self.document
        yield SAME_PUBLISHER, statement.document.publisher_id
        if self.relayer:
            yield SAME_RELAYER, self.relayer
        for where in (statement.first_said_url, statement.first_said_in):
            if where.strip():
                yield FIRST_SAID, where.strip().casefold()


def claims(user: Any, statements: Sequence[Statement], at: Moment = NOW) -> dict[int, Claim]:
    """Return the claim of each of these statements of one desk, which carry at least `OF_ASKED`, by key.

    Five queries; two where nobody spoke twice about one day. Counted are the reports that stand at `at` and `user` may
    see, and a draft itself. What no longer stands has none.
    """
    if not statements:
        return {}
    desk = statements[0].relationship
    joined = _joined(statements)
    asked = ExpressionWrapper(Q(pk__in=[statement.pk for statement in statements]), BooleanField())
    held = Statement.objects.visible_to(user).filter(relationship=desk).standing(at)
    found = held.filter(_of_their_speakers(statements, joined)).select_related("document__publisher")
    found = found.only(*_OF_A_REPORT).order_by(asked.desc(), "-latest", "-pk")
    standing = {each.pk: each for each in found[: MOST + 1]}
    for each in standing.values():
        each.relationship = each.document.relationship = desk
    drafts = {statement.pk: statement for statement in statements if statement.published_at is None}
    reports = {
        each.pk: _Report(each, _speaker(each, joined), _relayer(each, joined))
        for each in (*standing.values(), *drafts.values())
    }
    near = _near(reports, statements, standing)
    _compared([reports[pk] for pk in {pk for pk, others in near.items() if others}.union(*near.values())])
    known: dict[tuple[int, ...], tuple[Origin, ...]] = {}  # a page of a record may hold the same claim many times
    answer = {}
    for statement in statements:
        if statement.pk in near:
            mine = reports[statement.pk]
            others = (reports[pk] for pk in near[statement.pk])
            alike = [mine, *(other for other in others if mine.tells_what(other))]
            keys = tuple(sorted(report.statement.pk for report in alike))
            known[keys] = known.get(keys) or _origins(alike)
            answer[statement.pk] = Claim(statement, known[keys], is_cut=len(standing) > MOST)
    return answer


def _near(
    reports: dict[int, _Report], statements: Iterable[Statement], standing: Iterable[int]
) -> dict[int, list[int]]:
    """Return, by each of these statements that has a report, the others of its speaker about its day.

    Not the one that it is to correct.
    """
    spoken: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for pk in standing:
        spoken[reports[pk].speaker].append(pk)
    return {
        statement.pk: [
            pk
            for pk in spoken[reports[statement.pk].speaker]
            if pk not in (statement.pk, statement.supersedes_id) and reports[statement.pk].is_about_when(reports[pk])
        ]
        for statement in statements
        if statement.pk in reports
    }


def _joined(statements: Iterable[Statement]) -> dict[int, int]:
    """Return, by the keys of those who speak and of all who were found to be the same, the key that they go by."""
    who = {
        person.merged_into_id or person.pk
        for statement in statements
        for person in (statement.speaker_person, statement.relayer_person)
        if person is not None
    }
    people = Person.objects.filter(Q(pk__in=who) | Q(merged_into__in=who)).values_list("pk", "merged_into")
    return {pk: into or pk for pk, into in people}


def _of_their_speakers(statements: Iterable[Statement], joined: dict[int, int]) -> Q:
    """Return the condition that one of the same speakers spoke about a day on which they did."""
    spoken: dict[tuple[str, Any], list[Statement]] = defaultdict(list)
    for statement in statements:
        spoken[_spoken(statement)].append(statement)
    alike = Q()
    for (name, value), theirs in spoken.items():
        if name == "speaker_person":
            known = joined.get(value, value)
            who = Q(speaker_person__in=[pk for pk, into in joined.items() if into == known])
        else:
            who = Q(**{name: value})
        earliest, latest = _about(each.earliest for each in theirs), _about(each.latest for each in theirs)
        alike |= who & Q(earliest__in=earliest, latest__in=latest)
    return alike


def _spoken(statement: Statement) -> tuple[str, Any]:
    """Return by which column, and which value of it, others of the same speaker are found."""
    if statement.kind in (StatementKind.REPORTED, StatementKind.JOINT):
        return "kind", statement.kind
    if statement.speaker_person_id:
        return "speaker_person", statement.speaker_person_id
    if statement.speaker_organisation_id:
        return "speaker_organisation", statement.speaker_organisation_id
    return "speaker_descriptor__iexact", statement.speaker_descriptor.strip()


def _about(days: Iterable[datetime.date]) -> set[datetime.date]:
    """Return these days with the ones before and after, where the calendar has them."""
    about = set()
    for day in days:
        for by in (-_ABOUT, datetime.timedelta(0), _ABOUT):
            with contextlib.suppress(OverflowError):
                about.add(day + by)
    return about


def _compared(reports: Sequence[_Report]) -> None:
    """Give each of these reports what tells whether it is another's: its document, words and positions; three queries."""
    if not reports:
        return
    by_key = {report.statement.pk: report for report in reports}
    documents = Document.objects.origins({report.statement.document_id for report in reports})
    told = Bearing.objects.filter(statement__in=by_key).order_by()
    for pk, *position in told.values_list("statement", "issue", "act", "position_of"):
        by_key[pk].positions.add(tuple(position))
    quoted: dict[int, list[str]] = defaultdict(list)
    for pk, exact in Passage.objects.filter(statement__in=by_key).order_by().values_list("statement", "exact"):
        quoted[pk].append(exact)
    for pk, report in by_key.items():
        report.document = documents[report.statement.document_id]
        report.words = _words(report.statement, quoted[pk])


def _speaker(statement: Statement, joined: dict[int, int]) -> tuple[Any, ...]:
    name, value = _spoken(statement)
    if name == "speaker_person":
        return name, joined.get(value, value)
    return name, value.casefold() if isinstance(value, str) else value, statement.on_behalf_of_id


def _relayer(statement: Statement, joined: dict[int, int]) -> tuple[Any, ...]:
    if statement.relayer_person_id:
        return "person", joined.get(statement.relayer_person_id, statement.relayer_person_id)
    if statement.relayer_organisation_id:
        return "organisation", statement.relayer_organisation_id
    described = statement.relayer_descriptor.strip().casefold()
    return ("described", described) if described else ()


_QUOTED = re.compile(r"[“„«\"]([^“”„«»\"]+)[”“»\"]")


def _words(statement: Statement, passages: Iterable[str]) -> list[str]:
    """Return the words that it quotes, as they are compared: its passages, and what it puts in quotation marks."""
    said = statement.original_text or statement.text
    quoted = [*passages, *_QUOTED.findall(said)]
    if statement.kind == StatementKind.QUOTE:
        quoted.append(said)
    plain = (_plain(words) for words in quoted)
    # A space on either side, so that only whole words are found in others.
    return [f" {words} " for words in plain if len(words.split()) >= _FEWEST]


def _plain(words: str) -> str:
    """Return words without case, marks or the shape of their letters."""
    return " ".join(re.sub(r"[^\w\s]|_", "", unicodedata.normalize("NFKC", words)).casefold().split())


def _origins(reports: Sequence[_Report]) -> tuple[Origin, ...]:
    """Return the reports of one claim by origin: what is tied to one of an origin is tied to all of it."""
    ties = _ties(reports)
    origin = list(range(len(reports)))
    for _why, members in ties:
        first, *others = sorted({origin[member] for member in members})
        origin = [first if each in others else each for each in origin]
    answer = []
    for one in dict.fromkeys(origin):
        statements = [report.statement for report, each in zip(reports, origin, strict=True) if each == one]
        statements.sort(key=lambda each: (each.document.date_published, each.pk))
        why = dict.fromkeys(str(reason) for reason, members in ties if origin[members[0]] == one)
        answer.append(Origin(tuple(statements), tuple(why)))
    return tuple(answer)


def _ties(reports: Sequence[_Report]) -> list[tuple[Any, list[int]]]:
    """Return which of the reports, by their place, go back to one origin, each time with the reason."""
    roots: dict[tuple[Any, Any], list[int]] = defaultdict(list)
    for number, report in enumerate(reports):
        for root in report.roots():
            roots[root].append(number)
    ties = []
    for (why, _root), members in roots.items():
        documents = {reports[member].statement.document_id for member in members}
        # That documents are one’s reprints or one publisher’s says nothing where they are but one.
        if len(members) > 1 and (len(documents) > 1 or why is SAME_DOCUMENT):
            ties.append((why, members))
    for (i, one), (j, other) in itertools.combinations(enumerate(reports), 2):
        if one.has_words_of(other):
            ties.append((SAME_WORDS, [i, j]))
    return ties
