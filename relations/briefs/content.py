"""What a brief says, frozen: every word, number and mark as it stood when it was made, in the order that it is read in.

Every format is made from this alone, so nothing that changes at the desk later changes a brief. It is kept as
canonical JSON, whose hash names it.
"""

import json
import types
import typing
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Endnote:
    """A source, with the elements of a citation that ICD 206 asks for.

    Who published it and under which title, when and where, when the desk retrieved it, the place cited; and as its
    source descriptor how far the desk trusts the publisher and how sure it is that it was said so.
    """

    number: int
    ref: str
    said: str  # by whom, in which office, in whose words, on which day
    place: str  # the words of the passage, or the place in the source
    title: str
    publisher: str
    published: str
    language: str
    url: str
    retrieved: str
    reliability: str
    credibility: str
    marking: str


@dataclass(frozen=True)
class Words:
    """A statement as the brief tells it."""

    text: str
    is_quoted: bool  # quoted whole, in the speaker's own words
    who: str
    when: str
    side: str  # first, second, neither
    party: str
    is_report: bool  # the publisher's own report
    note: int


@dataclass(frozen=True)
class Rewording:
    """What is new in a side's words and gone from them since their speaker last spoke on the issue."""

    new: tuple[str, ...]
    gone: tuple[str, ...]
    how: str  # what was compared with what
    note: int  # of what was said then


@dataclass(frozen=True)
class Position:
    """What is held of a side on an issue; `words` is None where nothing is."""

    party: str
    side: str
    how: str  # how it is known, where not by the side's own word
    did: str  # what they did with it: asks, refuses
    since: str
    shift: str  # how it differs from the side's position before
    ref: str  # of the statement that tells it
    words: Words | None
    shift_note: int = 0  # of the statement before; 0 where none is told
    reworded: Rewording | None = None


@dataclass(frozen=True)
class Standing:
    """Where an issue stands. No status where this audience may not see what that rests on."""

    status: str
    status_word: str
    trend: str
    trend_word: str
    since: str
    why: str
    notes: tuple[int, ...]
    is_withheld: bool
    is_shaken: bool  # what it rests on was corrected or withdrawn since


@dataclass(frozen=True)
class Mark:
    """What was said on a day in the picture: its place from left to right in ten-thousandths, and how."""

    start: int
    end: int
    lane: int
    tone: str  # warm, cool, plain
    count: int
    title: str


@dataclass(frozen=True)
class Band:
    """How the issue stood over a stretch of the picture."""

    start: int
    end: int
    status: str
    word: str


@dataclass(frozen=True)
class Picture:
    """An issue's timeline: a lane for each side and one for meetings, the status beneath."""

    title: str
    lanes: tuple[tuple[str, str], ...]  # name and side
    ticks: tuple[tuple[int, str], ...]
    marks: tuple[Mark, ...]
    bands: tuple[Band, ...]
    status_word: str


@dataclass(frozen=True)
class Judgement:
    """The desk's own judgement: how likely and how confident are told apart (ICD 203)."""

    text: str
    likelihood: str
    confidence: str
    who: str
    when: str


@dataclass(frozen=True)
class Promise:
    """A commitment."""

    party: str
    side: str
    text: str
    due: str
    state: str
    issue: str
    note: int


@dataclass(frozen=True)
class Section:
    """One issue."""

    title: str
    slug: str
    about: str  # impact, topic, scope
    summary: str
    standing: Standing
    agreement: str  # whether the sides agree, differ, or only one has spoken
    positions: tuple[Position, ...]
    picture: Picture | None
    recent: tuple[Words, ...]
    more: int  # statements of the period that are not told here
    judgement: Judgement | None
    promises: tuple[Promise, ...]


@dataclass(frozen=True)
class Contact:
    """Who speaks or meets for a side."""

    name: str
    office: str
    party: str
    side: str
    last: str


@dataclass(frozen=True)
class Ahead:
    """A day to come."""

    when: str
    what: str
    kind: str


@dataclass(frozen=True)
class About:
    """The meeting that a brief is for."""

    title: str
    kind: str
    when: str
    place: str
    summary: str
    people: tuple[Contact, ...]
    tellings: tuple[str, ...]


@dataclass(frozen=True)
class Slip:
    """Where the desk's own words slip from ICD 203: what is wrong, in which sentence."""

    where: str
    sentence: str
    wrong: str


@dataclass(frozen=True)
class Content:
    """The whole brief."""

    kind: str
    kind_word: str
    title: str
    desk: str
    sides: tuple[str, str]
    marking: str
    marking_word: str
    made: str
    made_at: str  # ISO 8601, for the formats that carry it
    by: str
    period: str
    stands: str  # as of which day, and by when it was known
    meeting: About | None
    sections: tuple[Section, ...]
    contacts: tuple[Contact, ...]
    ahead: tuple[Ahead, ...]
    sources: tuple[str, ...]  # the source summary statement
    notes: tuple[Endnote, ...]
    slips: tuple[Slip, ...]
    checked: bool  # whether there were words of the desk's own to check
    has_reports: bool
    unchecked: int = 0  # texts of the desk's own in a language that is not checked, or that could not be told


def frozen(content: Content) -> str:
    """Return `content` as canonical JSON: the same content is the same text."""
    return json.dumps(asdict(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Unreadable(ValueError):
    """A text that `frozen` did not write, as a file loaded into the desk may bring it."""


def thawed(text: str) -> Content:
    """Return what `frozen` wrote. Raises `Unreadable` where it wrote something else."""
    try:
        return _made(Content, json.loads(text))
    except (ValueError, TypeError, AttributeError) as error:
        raise Unreadable from error


def _made(kind: Any, value: Any) -> Any:
    """Return `value`, as JSON has it, as the `kind` that a field declares."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if value is None:
        return None
    if origin is types.UnionType:
        return _made(args[0], value)
    if origin is tuple:
        kinds = [args[0]] * len(value) if args[-1] is Ellipsis else args
        return tuple(_made(each, part) for each, part in zip(kinds, value, strict=True))
    if hasattr(kind, "__dataclass_fields__"):
        hints = typing.get_type_hints(kind)
        # A part that briefs did not have yet when this one was made has a default.
        kept = [field.name for field in fields(kind) if field.name in value]
        return kind(**{name: _made(hints[name], value[name]) for name in kept})
    if type(value) is not kind:
        raise TypeError(value)
    return value
