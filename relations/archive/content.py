"""What is much: documents with their copies, and the statements that stand in them, as one desk after the other has them."""

import datetime
import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from relations.archive.copying import Rows, Taken, escaped
from relations.archive.finding import add_document_entry, add_statement_entry
from relations.archive.plan import DAYS, FIRST_DAY, LAST_DAY, Desk, Plan, World, at
from relations.archive.words import Prose
from relations.choices import (
    INTENSITIES,
    STATED_ACTS,
    Act,
    Basis,
    Decision,
    Extent,
    Marking,
    PassageState,
    StatementKind,
)
from relations.models import (
    Bearing,
    Capture,
    Contribution,
    Document,
    Meeting,
    Passage,
    PassageCheck,
    Review,
    Statement,
)
from relations.models.base import month_end
from relations.models.search import SearchEntry

TABLES = (Document, Capture, Statement, Passage, PassageCheck, Bearing, Contribution, Review)
_KINDS = list(StatementKind.values)
_KIND_WEIGHTS = list(itertools.accumulate([18, 52, 12, 3, 15]))  # all weights are cumulative: drawing takes a third
_SAID = [act.value for act in STATED_ACTS]
_DEEDS = [act.value for act in Act if act not in STATED_ACTS]
_MARKING_WEIGHTS = [90, 95, 98, 99, 100]
_CREDIBILITY_WEIGHTS = [10, 60, 85, 93, 95, 100]
_OFFICE_WEIGHTS = [10, 15, 18, 20, 26, 27]
# As they are written: turning an enumeration or a number into text takes longer than looking it up.
_MODES = {act: list(modes) for act, modes in INTENSITIES.items()}
_SCORES = {(act, mode): str(score) for act, modes in INTENSITIES.items() for mode, score in modes.items()}
_LATE = 400  # of a desk's statements: those that are still being worked on
_DESCRIPTORS = ("Diplomatic sources", "A senior official", "Officials close to the talks")
_REASONS = ("The source took it back.", "It was said by someone else.", "The date was misread.")


@dataclass(frozen=True)
class Said:
    """What a side said and the desk published, as far as a move of an issue needs it."""

    pk: int
    issues: list[int]
    latest: datetime.date
    published_at: datetime.datetime


@dataclass
class Content:
    """Writes a desk's documents and statements. `evidence` and `tellings` are what moves and readouts are made of.

    What the search finds of them goes into the table `aside`.
    """

    plan: Plan
    world: World
    aside: str
    rows: dict[Any, Rows] = field(default_factory=lambda: {model: Rows(model) for model in TABLES})
    evidence: dict[int, list[Said]] = field(default_factory=dict)
    tellings: dict[int, list[tuple[datetime.date, Meeting, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.entries = Rows(SearchEntry, self.aside)

    def write(self, desk: Desk) -> Iterator[int]:
        """Write all of a desk, yielding after each document how many statements it brought."""
        writer = _DeskWriter(self, desk, self.plan.random("content", desk.number))
        self.evidence[desk.number], self.tellings[desk.number] = writer.evidence, writer.tellings
        while writer.written < desk.size:
            before = writer.written
            writer.write_document()
            yield writer.written - before

    def taken(self) -> list[Taken]:
        """Return what was written since the last time, to be sent."""
        return [rows.taken() for rows in self.rows.values()]

    def close(self) -> None:
        """Let the tables' sequences go on behind the last rows."""
        for rows in (*self.rows.values(), self.entries):
            rows.close()


@dataclass
class _Source:
    """A document with its copy, and what in it can be cited."""

    pk: int
    capture: int
    day: datetime.date
    recorded: int  # seconds into `day`
    language: str
    marking: str
    extent: str
    title: str
    text: str  # of the newest copy
    places: list[tuple[int, str]]
    passages: list[tuple[int, int]] = field(default_factory=list)
    published: bool = False  # by a statement


@dataclass
class _DeskWriter:
    content: Content
    desk: Desk
    random: Random
    written: int = 0
    documents: int = 0
    evidence: list[Said] = field(default_factory=list)
    tellings: list[tuple[datetime.date, Meeting, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rows = self.content.rows
        self.prose = {language: Prose(language, self.random) for language in ("en", "tr")}
        self.relationship = self.desk.relationship.pk
        self.parties = self.desk.relationship.parties
        self.sides = [party.pk for party in self.parties]
        self.issues = [issue.pk for issue in self.desk.issues]
        self.issue_weights = list(itertools.accumulate(1 / (place + 2) for place in range(len(self.issues))))
        self.kept = 40 * len(self.issues) / self.desk.size  # the share of statements that moves are chosen from
        self.meetings = sorted(self.desk.meetings, key=lambda held: held[0])

    def write_document(self) -> None:
        """Write a document, its copies, and the statements taken from it."""
        count = min(self.random.choice((1, 3, 5, 8, 8, 10, 12, 15)), self.desk.size - self.written)
        source = self._source(count)
        author, reviewer = self._two_people()
        for place, (start, words) in enumerate(source.places):
            self._statement(source, start, words, author, reviewer, at(source.day, source.recorded + 60 * (place + 1)))
        if self.random.random() < 0.03:
            self._second_copy(source)
        add_document_entry(
            self.content.entries, source.pk, self.relationship, source.day, source.title, source.text,
            published=source.published,
        )  # fmt: skip

    def _two_people(self) -> tuple[int, int]:
        author = self.random.choice(self.desk.authors)
        reviewer = self.random.choice([user for user in self.desk.reviewers if user.pk != author.pk])
        return author.pk, reviewer.pk

    # Documents

    def _source(self, count: int) -> _Source:
        """Write a document of `count` sentences worth citing, and its copy."""
        random = self.random
        self.documents += 1
        # The desk's documents run from the first day to the last, so that keys and days grow alike.
        day = FIRST_DAY + datetime.timedelta(days=int(DAYS * self.written / self.desk.size))
        language = "tr" if random.random() < 0.15 else "en"
        extent = (Extent.EXCERPT if random.random() < 0.1 else Extent.FULL).value
        marking = random.choices(Marking.values, cum_weights=_MARKING_WEIGHTS)[0]
        recorded = 86_400 + random.randrange(20_000, 60_000)
        text, places = self._text(self.prose[language], count)
        author = random.choice(self.desk.authors).pk
        when = at(day, recorded)
        publisher = random.choice(self.content.world.publishers).pk
        title = self.prose[language].title(6)
        pk = self.rows[Document].add(
            ref=f"archive-{self.desk.number}-d{self.documents}", publisher_id=publisher, title=title,
            url=f"https://paper.example/{self.desk.number}/{self.documents}",
            date_published=day, language=language, marking=marking, recorded_at=when, **self._of(author, when),
        )  # fmt: skip
        capture = self._capture(pk, 1, text, extent, when)
        self._tell(pk, day)
        return _Source(pk, capture, day, recorded, language, marking, extent, title, text, places)

    def _text(self, prose: Prose, count: int) -> tuple[str, list[tuple[int, str]]]:
        parts, places, length = [], [], 0
        for number in range(count):
            said = prose.sentence(12, 34)
            places.append((length, said))
            part = f"{said} {prose.sentence(8, 24)}" + ("\n\n" if number % 3 == 2 else " ")
            parts.append(part)
            length += len(part)
        return "".join(parts).rstrip(), places

    def _capture(self, document: int, number: int, text: str, extent: str, when: datetime.datetime) -> int:
        return self.rows[Capture].add(
            relationship_id=self.relationship, document_id=document, number=number, text=escaped(text), extent=extent,
            sha256=hashlib.sha256(text.encode()).hexdigest(), retrieved_at=when, recorded_at=when,
        )  # fmt: skip

    def _tell(self, document: int, day: datetime.date) -> None:
        """Let the document tell the meetings that were held since the last one."""
        while self.meetings and self.meetings[0][0] <= day:
            self.tellings.append((*self.meetings.pop(0), document))

    def _second_copy(self, source: _Source) -> None:
        """Write a later copy with a sentence before all others, in which every passage has moved."""
        when = at(source.day, source.recorded + 864_000)
        lead = f"{self.prose[source.language].sentence(6, 12)} "
        source.text = lead + source.text
        capture = self._capture(source.pk, 2, source.text, source.extent, when)
        for passage, start in source.passages:
            self.rows[PassageCheck].add(
                relationship_id=self.relationship, passage_id=passage, capture_id=capture, state=PassageState.MOVED.value,
                found_start=start + len(lead), checked_at=when,
            )  # fmt: skip

    # Statements

    def _of(self, author: int, when: datetime.datetime) -> dict[str, Any]:
        moment = str(when)
        return {
            "relationship_id": self.relationship,
            "author_id": author,
            "created_at": moment,
            "edited_by_id": author,
            "edited_at": moment,
            "revision": 1,
        }

    def _statement(
        self, source: _Source, start: int, words: str, author: int, reviewer: int, when: datetime.datetime
    ) -> None:
        """Write a statement, read and published or not, and sometimes what corrects it."""
        if self.written == self.desk.size:
            return
        random = self.random
        kind = random.choices(_KINDS, cum_weights=_KIND_WEIGHTS)[0]
        said = self._said(source, kind, words)
        issues = self._some_issues()
        chance = random.random()
        late = self.desk.size - self.written <= _LATE
        decided = None
        if chance > (0.3 if late else 0.03):
            decided = when + datetime.timedelta(minutes=30 + int(1970 * random.random()))
        after = when + datetime.timedelta(days=3 + int(38 * random.random()))
        corrected = decided is not None and 0.40 < chance < 0.42 and self.written + 1 < self.desk.size
        fate: dict[str, Any] = {"published_at": decided}
        if corrected:
            fate["superseded_at"] = after + datetime.timedelta(minutes=90)
        elif decided and chance > 0.99:
            fate |= {"withdrawn_at": after, "withdrawn_by_id": reviewer, "withdrawal_reason": random.choice(_REASONS)}
        waits = late and chance < 0.15
        returned = chance < (0.2 if late else 0.02) and not waits
        anchor = (start, words)
        pk = self._store(source, anchor, said, issues, author, when, fate)
        if decided or waits or returned:
            self._review(pk, author, reviewer, when, decided, waits=waits)
        if decided and kind != StatementKind.REPORTED and random.random() < self.kept:
            self.evidence.append(Said(pk, issues, said["latest"], decided))
        if corrected:
            said = said if kind == StatementKind.QUOTE else said | {"text": self.prose["en"].sentence(20, 40)}
            said = said | {"supersedes_id": pk, "correction_note": "Closer to the source."}
            successor = self._store(
                source, anchor, said, issues, author, after, {"published_at": fate["superseded_at"]}
            )
            self._review(successor, author, reviewer, after, fate["superseded_at"], waits=False)

    def _said(self, source: _Source, kind: str, words: str) -> dict[str, Any]:
        """Return what was said, by whom, for whom and when."""
        random, english = self.random, self.prose["en"]
        day, until, precision = self._span(source.day)
        bare = words.rstrip(".")
        if kind == StatementKind.QUOTE and source.language == "en":
            text = bare
        else:
            text = f"{english.sentence(12, 28)} {english.sentence(8, 24)}"
        said: dict[str, Any] = {
            "kind": kind, "text": text, "earliest": day, "latest": until, "precision": precision,
            "credibility": random.choices("123456", cum_weights=_CREDIBILITY_WEIGHTS)[0],
            "marking": source.marking, "document_id": source.pk,
        }  # fmt: skip
        if source.language == "tr":
            said |= {"original_text": bare, "original_language": "tr", "translated_by": "The desk"}
        elif kind != StatementKind.QUOTE and random.random() < 0.2:
            said["text"] += f" They spoke of “{' '.join(bare.split()[2:7])}”."
        if kind in (StatementKind.JOINT, StatementKind.REPORTED):
            return said
        return said | self._speaker(kind, source.day, day)

    def _speaker(self, kind: str, told_on: datetime.date, day: datetime.date) -> dict[str, Any]:
        random, world = self.random, self.content.world
        party = self.parties[random.random() < 0.5]
        who: dict[str, Any] = {"on_behalf_of_id": party.pk}
        chance = random.random()
        if chance < 0.1:
            who |= {"speaker_descriptor": random.choice(_DESCRIPTORS), "basis": Basis.BACKGROUND.value}
        elif chance < 0.16:
            who["speaker_organisation_id"] = world.ministries[party.pk].pk
        else:
            mandate = world.mandate(party, random.choices(range(6), cum_weights=_OFFICE_WEIGHTS)[0], day)
            who["speaker_person_id"] = mandate.person_id
            who["mandate_id"] = mandate.pk if chance < 0.98 else None  # of some the desk does not know the office
        if kind == StatementKind.READOUT or random.random() < 0.1:
            relayer = world.mandate(self.parties[random.random() < 0.5], 4, day)
            who |= {"relayer_person_id": relayer.person_id, "relayer_mandate_id": relayer.pk, "told_on": told_on}
        return who

    def _span(self, day: datetime.date) -> tuple[datetime.date, datetime.date, str]:
        chance = self.random.random()
        if chance < 0.01 and day.year < LAST_DAY.year:
            return day.replace(month=1, day=1), day.replace(month=12, day=31), "year"
        if chance < 0.05:
            return day.replace(day=1), month_end(day), "month"
        said = max(FIRST_DAY, day - datetime.timedelta(days=chance > 0.5))
        return said, said, "day"

    def _some_issues(self) -> list[int]:
        chance = self.random.random()
        count = 1 if chance < 0.7 else 2 if chance < 0.95 else 3
        return list(dict.fromkeys(self.random.choices(self.issues, cum_weights=self.issue_weights, k=count)))

    def _store(
        self, source: _Source, anchor: tuple[int, str], said: dict[str, Any], issues: list[int],
        author: int, when: datetime.datetime, fate: dict[str, Any],
    ) -> int:  # fmt: skip
        """Write a statement with its passage, bearings and author."""
        self.written += 1
        quoted = said["kind"] == StatementKind.QUOTE or "“" in said["text"]
        only_place = source.extent == Extent.EXCERPT and not quoted and self.random.random() < 0.3
        pk = self.rows[Statement].add(
            ref=f"archive-{self.desk.number}-s{self.written}",
            cited_place=f"para {self.random.randint(2, 40)}" if only_place else "",
            **self._of(author, when), **said, **fate,
        )  # fmt: skip
        exact = ""
        if not only_place:
            start, words = anchor
            exact = words[:-1]
            end = start + len(exact)
            passage = self.rows[Passage].add(
                relationship_id=self.relationship, statement_id=pk, number=1, capture_id=source.capture,
                exact=exact, start=start, end=end,
                prefix=escaped(source.text[max(0, start - 32) : start]), suffix=escaped(source.text[end : end + 32]),
            )  # fmt: skip
            source.passages.append((passage, start))
        bearings = [
            bearing
            for issue in issues
            for bearing in self._bearings(pk, said["kind"], issue, said.get("on_behalf_of_id"))
        ]
        self.rows[Contribution].add(relationship_id=self.relationship, statement_id=pk, user_id=author)
        published = fate["published_at"] is not None
        source.published |= published
        add_statement_entry(self.content.entries, pk, self.relationship, said, exact, bearings, published=published)
        return pk

    def _bearings(self, statement: int, kind: str, issue: int, party: int | None) -> list[dict[str, Any]]:
        random = self.random
        first, second = self.sides
        act = (
            random.choice(_DEEDS) if kind == StatementKind.REPORTED and random.random() < 0.3 else random.choice(_SAID)
        )
        mode = random.choice(_MODES[act]) if random.random() < 0.4 else ""
        if kind == StatementKind.JOINT:
            whose: list[int | None] = [first, second]
        elif kind == StatementKind.REPORTED:
            whose = [None]
        else:
            whose = [party if random.random() < 0.9 else (second if party == first else first)]
        bearings = [
            {
                "relationship_id": self.relationship, "statement_id": statement, "issue_id": issue, "act": act,
                "mode": mode, "intensity": _SCORES[act, mode], "position_of_id": position_of,
                "towards_id": second if position_of == first else first, "stated": random.random() < 0.8,
            }
            for position_of in whose
        ]  # fmt: skip
        for bearing in bearings:
            self.rows[Bearing].add(**bearing)
        return bearings

    def _review(
        self, statement: int, author: int, reviewer: int, when: datetime.datetime,
        decided: datetime.datetime | None, *, waits: bool,
    ) -> None:  # fmt: skip
        """Write the reading of a statement: approved where it was published, open where it waits, else returned."""
        outcome: dict[str, Any] = {}
        if decided:
            outcome = {"decision": Decision.APPROVED.value, "decided_by_id": reviewer, "decided_at": decided}
        elif not waits:
            outcome = {"decision": Decision.RETURNED.value, "decided_by_id": reviewer,
                       "decided_at": when + datetime.timedelta(days=1), "comment": "Say who told it."}  # fmt: skip
        self.rows[Review].add(
            relationship_id=self.relationship, statement_id=statement, ref=f"archive-{self.desk.number}-r{self.written}",
            revision=1, submitted_by_id=author, submitted_at=when + datetime.timedelta(minutes=10), **outcome,
        )  # fmt: skip
