"""A meeting's readouts side by side: what each side said of each issue, what one side alone mentions, who is silent."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from relations.choices import Side, StatementKind
from relations.models import AgendaItem, Bearing, Issue, Meeting, Participant, Party, Passage, Readout, Statement
from relations.models.moments import NOW, Moment
from relations.reports.origins import Claim, claims

MOST = 500  # statements of one meeting
_SIDES = (Side.FIRST, Side.SECOND)


@dataclass(frozen=True)
class Telling:
    """A statement from the meeting with what it does on one issue, and the passages it stands on."""

    statement: Statement
    bearings: tuple[Bearing, ...]
    passages: tuple[Any, ...]
    again: tuple[Statement, ...] = ()  # others that report the same from the same origin


@dataclass(frozen=True)
class Column:
    """What one side said of an issue."""

    party: Party
    side: Side
    tellings: tuple[Telling, ...]


@dataclass(frozen=True)
class Topic:
    """An issue with both columns; beside them what neither side said: the source's own report, a third party's words."""

    issue: Issue
    columns: tuple[Column, ...]
    others: tuple[Telling, ...]

    @property
    def only(self) -> Column | None:
        """The column of the side that alone mentions it; None where both do, or neither."""
        told = [column for column in self.columns if column.tellings]
        return told[0] if len(told) == 1 else None

    @property
    def is_untold(self) -> bool:
        """Whether neither side mentions it."""
        return not any(column.tellings for column in self.columns)


@dataclass(frozen=True)
class Voice:
    """A participant, how many statements tell of her words, and how many of these are her own words."""

    participant: Participant
    side: Side
    statements: int
    quotes: int
    relayers: tuple[str, ...]  # who passed on the rest


@dataclass(frozen=True)
class SideBySide:
    """A meeting as each side tells it."""

    meeting: Meeting
    readouts: tuple[tuple[Party, Side, tuple[Readout, ...]], ...]
    other_readouts: tuple[Readout, ...]
    agenda: tuple[Topic, ...]
    beyond: tuple[Topic, ...]  # mentioned, but not on the agenda
    off_issue: tuple[Telling, ...]  # said there, but on no issue
    voices: tuple[Voice, ...]
    is_cut: bool  # whether there are more statements than are shown

    @property
    def topics(self) -> tuple[Topic, ...]:
        """All issues, those of the agenda first."""
        return self.agenda + self.beyond

    @property
    def silent(self) -> list[Voice]:
        """Who took part and is not quoted at all."""
        return [voice for voice in self.voices if not voice.statements]

    @property
    def unquoted(self) -> list[Voice]:
        """Who is told of, but never in his or her own words."""
        return [voice for voice in self.voices if voice.statements and not voice.quotes]

    @property
    def has_reports(self) -> bool:
        """Whether a source's own report is among what is shown, so that the dagger is told."""
        return any(
            telling.statement.kind == StatementKind.REPORTED
            for telling in (*self.off_issue, *(each for topic in self.topics for each in topic.others))
        )


def side_by_side(user: Any, meeting: Meeting, at: Moment = NOW) -> SideBySide:
    """Return the readouts of `meeting`, which carries its desk, of what stands at `at` and `user` may see.

    Eleven queries at most. What goes back to one origin stands there once.
    """
    desk = meeting.relationship
    statements = list(
        Statement.objects.visible_to(user, at)
        .filter(meeting=meeting)
        .standing(at)
        .with_people()
        .order_by("latest", "pk")[: MOST + 1]
    )
    is_cut = len(statements) > MOST
    statements = statements[:MOST]
    for statement in statements:
        statement.relationship = desk
        statement.document.relationship = desk
    told = _by_issue(statements, at)
    agenda = [item.issue for item in AgendaItem.objects.filter(meeting=meeting).select_related("issue")]
    of_agenda = {issue.pk for issue in agenda}
    others = {issue.pk: issue for issue, _telling in told if issue is not None and issue.pk not in of_agenda}
    tellings: dict[int | None, list[Telling]] = defaultdict(list)
    for issue, telling in told:
        tellings[issue.pk if issue else None].append(telling)
    for issue in (*agenda, *others.values()):
        issue.relationship = desk
    counted = claims(user, statements, at)

    def topics(issues: Iterable[Issue]) -> tuple[Topic, ...]:
        return tuple(_topic(meeting, issue, tellings[issue.pk], counted) for issue in issues)

    accounts = Readout.objects.filter(at.recorded("document__"), meeting=meeting)
    readouts = list(accounts.select_related("side", "teller_person", "document"))
    for readout in readouts:
        readout.document.relationship = desk
    return SideBySide(
        meeting=meeting,
        readouts=tuple(
            (party, side, tuple(each for each in readouts if each.side_id == party.pk))
            for party, side in zip(desk.parties, _SIDES, strict=True)
        ),
        other_readouts=tuple(each for each in readouts if desk.side_of(each.side) == Side.NEITHER),
        agenda=topics(agenda),
        beyond=topics(sorted(others.values(), key=lambda issue: issue.title.casefold())),
        off_issue=_once(tellings[None], counted),
        voices=_voices(meeting, statements),
        is_cut=is_cut,
    )


def _by_issue(statements: Sequence[Statement], at: Moment) -> list[tuple[Issue | None, Telling]]:
    """Return each statement with each issue it is on, in their order; None for one on no issue. Two queries."""
    bearings: dict[int, dict[Issue | None, list[Bearing]]] = {
        statement.pk: defaultdict(list) for statement in statements
    }
    rows = Bearing.objects.filter(statement__in=bearings).select_related("issue", "position_of", "towards")
    by_pk = {statement.pk: statement for statement in statements}
    for bearing in rows.order_by("pk"):
        bearing.statement = by_pk[bearing.statement_id]
        bearings[bearing.statement_id][bearing.issue].append(bearing)
    passages: dict[int, list[Any]] = defaultdict(list)
    standing = Passage.objects.filter(statement__in=bearings).with_state(at).select_related("capture")
    for passage in standing.defer("capture__text").order_by("number", "pk"):
        passages[passage.statement_id].append(passage)
    return [
        (issue, Telling(statement, tuple(on_it), tuple(passages[statement.pk])))
        for statement in statements
        for issue, on_it in (bearings[statement.pk] or {None: []}).items()
    ]


def _once(tellings: Iterable[Telling], counted: dict[int, Claim]) -> tuple[Telling, ...]:
    """Return the tellings without those that report what an earlier one does from the same origin; it names them."""
    kept: dict[int, Telling] = {}
    for telling in tellings:
        claim = counted.get(telling.statement.pk)
        mine = claim.origin_of(telling.statement) if claim else ()
        first = next((each.pk for each in mine if each.pk in kept), None)
        if first is None:
            kept[telling.statement.pk] = telling
        else:
            kept[first] = replace(kept[first], again=(*kept[first].again, telling.statement))
    return tuple(kept.values())


def _topic(meeting: Meeting, issue: Issue, tellings: Sequence[Telling], counted: dict[int, Claim]) -> Topic:
    """Return the issue's columns. A text agreed by both stands in both."""
    columns = []
    placed: set[int] = set()
    for party, side in zip(meeting.relationship.parties, _SIDES, strict=True):
        mine = [each for each in tellings if each.statement.kind == StatementKind.JOINT or each.statement.side == side]
        columns.append(Column(party, side, _once(mine, counted)))
        placed |= {each.statement.pk for each in mine}
    others = [each for each in tellings if each.statement.pk not in placed]
    return Topic(issue, tuple(columns), _once(others, counted))


def _voices(meeting: Meeting, statements: Iterable[Statement]) -> tuple[Voice, ...]:
    """Return who took part, with what is told of their words; an entry joined to another speaks as that one."""
    spoken: dict[Any, list[Statement]] = defaultdict(list)
    for statement in statements:
        person = statement.speaker_person
        spoken[(person.merged_into_id or person.pk) if person else statement.speaker_descriptor.casefold()].append(
            statement
        )
    voices = []
    rows = Participant.objects.filter(meeting=meeting).select_related("person", "party", "mandate__post")
    for participant in rows.order_by("number", "pk"):
        person = participant.person
        said = spoken[(person.merged_into_id or person.pk) if person else participant.descriptor.casefold()]
        voices.append(
            Voice(
                participant=participant,
                side=meeting.relationship.side_of(participant.party),
                statements=len(said),
                quotes=sum(each.kind == StatementKind.QUOTE for each in said),
                relayers=tuple(dict.fromkeys(str(each.relayer) for each in said if each.relayer)),
            )
        )
    return tuple(voices)
