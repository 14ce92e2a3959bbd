"""A brief as it is made: what is chosen, read once at one moment, in the words that it will keep."""

import datetime
import zoneinfo
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from django.db.models import Count, F, Prefetch, Window
from django.db.models.functions import DenseRank
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from relations.actions.dumps import one_moment
from relations.briefs.content import Content, Position, Rewording, Section, Standing, Words
from relations.choices import Basis, BriefKind, Marking, Status, Trend, Verdict
from relations.models import Bearing, Evidence, Issue, Meeting, Relationship, Statement, StatusChange
from relations.models.base import signed_words
from relations.reports.audience import ForAudience, shown_to
from relations.reports.brief_desk import contacts_of, days_ahead, judgements_of, meeting_of, promises_of
from relations.reports.brief_picture import pictures
from relations.reports.brief_sources import own_words, source_summary
from relations.reports.brief_words import TEXT, Citing, cut, day
from relations.reports.matrix import MatrixRow, Reworded, Shift, position_matrix
from relations.reports.matrix import Position as HeldPosition

ISSUES = 100  # of one brief: each takes a page, and drawing it as PDF 0.4 s
_PHRASE = 200  # letters of a phrase that is new or gone
RECENT = {BriefKind.BRIEF: 6, BriefKind.PREP: 3, BriefKind.HANDOVER: 3}  # statements told of an issue
_DRAWN = (BriefKind.BRIEF, BriefKind.PREP)


@dataclass(frozen=True)
class Asked:
    """What was chosen for a brief."""

    relationship: Relationship
    kind: BriefKind
    title: str
    issues: Sequence[int]
    meeting: Meeting | None
    since: datetime.date | None
    until: datetime.date | None
    known: datetime.date | None
    audience: Marking
    holds_own_work: bool

    @property
    def at(self) -> ForAudience:
        """The moment that it tells of, as its audience may be shown it."""
        return ForAudience(self.until, self.known, self.relationship.time_zone, self.audience)

    def known_until(self, made: datetime.datetime) -> datetime.datetime:
        """Return the moment until which it knows: the end of the day chosen, else when it is made."""
        until = self.at.known_until
        return min(until, made) if until else made

    @property
    def parameters(self) -> dict[str, Any]:
        """What was chosen, to be kept with it."""
        return {
            "meeting": self.meeting.ref if self.meeting else "",
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "known": self.known.isoformat() if self.known else "",
            "own_work": self.holds_own_work,
        }


@dataclass(frozen=True)
class Written:
    """A brief's content, and the refs of the statements and status changes that it cites."""

    content: Content
    cites: tuple[str, ...]


def write_brief(asked: Asked, *, made: datetime.datetime, by: str) -> Written:
    """Return what the brief says, read at one moment; a fixed number of queries whatever it holds."""
    with one_moment():
        return _written(asked, made, by)


def _written(asked: Asked, made: datetime.datetime, by: str) -> Written:
    desk, at = asked.relationship, asked.at
    issues = list(Issue.objects.at(desk).known(at).filter(pk__in=asked.issues).in_board_order()[:ISSUES])
    keys = [issue.pk for issue in issues]
    citing = Citing(desk)
    compared = position_matrix(None, desk, issues, at)
    turns = _turns(desk, keys, at)
    moves = {key: [(turn.change, turn.is_shown) for turn in told] for key, told in turns.items()}
    drawn = pictures(desk, issues, moves, asked.since, at) if asked.kind in _DRAWN else {}
    recent, counted = _recent(desk, keys, asked)
    own = asked.holds_own_work
    judged = judgements_of(desk, keys, at) if own else {}
    promised = promises_of(desk, keys, at) if own else {}
    # In the order of reading, which the endnotes are numbered by: the table of all positions first.
    positions = {row.issue.pk: tuple(_position(each, citing) for each in row.positions) for row in compared}
    held = {row.issue.pk: row.positions for row in compared}
    agreements = {row.issue.pk: _agreement(row, turns.get(row.issue.pk, [])) for row in compared}
    earlier = _earlier(compared)
    lately = {issue.pk: _untold(recent[issue.pk], positions[issue.pk]) for issue in issues}
    sections = [
        Section(
            title=issue.title,
            slug=issue.slug,
            about=_about(issue),
            summary=cut(issue.summary, TEXT),
            standing=_standing(turns.get(issue.pk, []), citing),
            agreement=agreements[issue.pk],
            positions=_with_before(positions[issue.pk], held[issue.pk], earlier, citing),
            picture=drawn.get(issue.pk),
            recent=tuple(citing.words(statement) for statement in lately[issue.pk]),
            more=max(0, counted.get(issue.pk, 0) - len(recent[issue.pk])),
            judgement=judged.get(issue.pk),
            promises=tuple(
                replace(promise, note=citing.number(statement)) for promise, statement in promised.get(issue.pk, [])
            ),
        )
        for issue in issues
    ]
    notes = citing.endnotes()
    meeting = meeting_of(asked.meeting, at) if asked.meeting else None
    texts = own_words(sections, meeting)
    content = Content(
        kind=str(asked.kind),
        kind_word=str(asked.kind.label),
        title=asked.title,
        desk=desk.title,
        sides=(desk.first_party.label, desk.second_party.label),
        marking=str(asked.audience),
        marking_word=str(asked.audience.label),
        made=day(desk.day_of(made)),
        made_at=made.isoformat(),
        by=by,
        period=_period(asked),
        stands=_stands(asked, made),
        meeting=meeting,
        sections=tuple(sections),
        contacts=contacts_of(desk, keys, at) if asked.kind == BriefKind.HANDOVER else (),
        ahead=days_ahead(desk, keys, at, own_work=own),
        sources=source_summary(desk, citing.cited, notes),
        notes=notes,
        slips=texts.slips,
        checked=texts.any,
        unchecked=texts.unchecked,
        has_reports=any(said.is_report for section in sections for said in _all_words(section)),
    )
    moved = [turn.change.ref for told in turns.values() for turn in told[-1:] if turn.is_shown]
    return Written(content, (*(note.ref for note in notes), *moved))


def _all_words(section: Section) -> list[Words]:
    return [*section.recent, *(position.words for position in section.positions if position.words)]


def _untold(statements: list[Statement], positions: Sequence[Position]) -> list[Statement]:
    """Return the statements that are not told already as a side's position."""
    told = {position.ref for position in positions}
    return [statement for statement in statements if statement.ref not in told]


def _about(issue: Issue) -> str:
    return " · ".join((issue.get_impact_display(), issue.get_topic_display(), issue.get_scope_display()))


@dataclass(frozen=True)
class Turn:
    """A status change that stood, with its evidence, and whether the audience may see all that it rests on."""

    change: StatusChange
    evidence: list[Statement]
    is_shown: bool
    is_shaken: bool


def _turns(desk: Relationship, issues: list[int], at: ForAudience) -> dict[int, list[Turn]]:
    """Return the moves of each issue that stood, earliest first; two queries."""
    people = Prefetch("evidence", Evidence.objects.order_by("pk").prefetch_related(_evidence_statements()))
    changes = StatusChange.objects.at(desk).filter(issue__in=issues).standing(at).prefetch_related(people)
    markings = set(shown_to(at.audience))
    until = at.known_until
    found = defaultdict(list)
    for change in changes.order_by("effective", "published_at", "pk"):
        evidence = [row.statement for row in change.evidence.all()]
        ended = [
            moment for said in evidence for moment in (said.superseded_at, said.withdrawn_at) if moment is not None
        ]
        found[change.issue_id].append(
            Turn(
                change,
                evidence,
                is_shown=all({said.marking, said.document.marking} <= markings for said in evidence),
                is_shaken=any(until is None or moment < until for moment in ended),
            )
        )
    return found


def _evidence_statements() -> Prefetch:
    return Prefetch("statement", Statement.objects.with_people())


def _standing(turns: list[Turn], citing: Citing) -> Standing:
    """Return where an issue stands; that it opens as open, not assessed, needs no word of anyone (R2)."""
    latest = turns[-1] if turns else None
    if latest is not None and not latest.is_shown:
        return Standing("", "", "", "", "", "", (), is_withheld=True, is_shaken=False)
    status = Status(latest.change.to_status) if latest else Status.OPEN
    trend = Trend(latest.change.to_trend) if latest else Trend.NOT_ASSESSED
    return Standing(
        status=str(status),
        status_word=str(status.label),
        trend=str(trend),
        trend_word=str(trend.label),
        since=day(_since(turns)),
        why=cut(latest.change.rationale, TEXT) if latest else "",
        notes=tuple(citing.number(said) for said in latest.evidence) if latest else (),
        is_withheld=False,
        is_shaken=latest.is_shaken if latest else False,
    )


def _since(turns: list[Turn]) -> datetime.date | None:
    """Return since when status and trend are what they are, as far as the audience may know; None where it opened so.

    The latest change may have judged the sides' agreement alone.
    """
    if not turns:
        return None
    stands = _stands_after(turns[-1])
    same = list(takewhile(lambda turn: turn.is_shown and _stands_after(turn) == stands, reversed(turns)))
    if len(same) == len(turns) and stands == (Status.OPEN, Trend.NOT_ASSESSED):
        return None
    return same[-1].change.effective


def _stands_after(turn: Turn) -> tuple[str, str]:
    return turn.change.to_status, turn.change.to_trend


def _agreement(row: MatrixRow, turns: list[Turn]) -> str:
    """Return whether the sides agree; not what was judged by what this audience may not see."""
    if row.comparison.is_judged and not all(turn.is_shown for turn in turns[-1:]):
        return ""
    told = row.comparison
    if told.is_judged:
        return _("%(verdict)s, as the desk judges.") % {"verdict": told.label}
    if told.verdict in (Verdict.AGREE, Verdict.DIFFER):
        return f"{told.label}. {told.why}"
    return f"{told.label}." if told.verdict == Verdict.ONE_SPOKE else told.why


def _position(each: HeldPosition, citing: Citing) -> Position:
    side, held = str(each.side), each.held
    if held is None:
        return Position(each.party.label, side, "", "", "", "", "", None)
    bearing = held.bearing
    how = {"own": "", "told": _told_by(bearing), "reported": _("as the source reports it")}[held.how]
    words = citing.words(bearing.statement)
    return Position(each.party.label, side, how, _did(bearing), each.since_words, "", bearing.statement.ref, words)


def _earlier(rows: Sequence[MatrixRow]) -> dict[int, Statement]:
    """Return, with who said them, the statements that positions are compared with; one query."""
    compared = [
        said.pk
        for row in rows
        for each in row.positions
        for said in (each.shift and each.shift.before.statement, each.reworded and each.reworded.before)
        if said
    ]
    return Statement.objects.with_people().in_bulk(compared)


def _with_before(
    told: tuple[Position, ...], held: Sequence[HeldPosition], earlier: dict[int, Statement], citing: Citing
) -> tuple[Position, ...]:
    """Return the positions with how they differ from those before, cited where that is read: in the issue's section."""
    found = []
    for position, each in zip(told, held, strict=True):
        changes: dict[str, Any] = {}
        if each.shift is not None:
            note = citing.number(earlier[each.shift.before.statement_id])
            changes = {"shift": _shifted(each, each.shift), "shift_note": note}
        if each.reworded is not None and each.held is not None:
            before = earlier[each.reworded.before.pk]
            if not (_is_hidden(before) or _is_hidden(each.held.bearing.statement)):
                changes["reworded"] = _reworded(each.reworded, before, citing)
        found.append(replace(position, **changes))
    return tuple(found)


def _is_hidden(statement: Statement) -> bool:
    """Say whether its speaker is not to be told: that two statements are of one speaker would tell of him."""
    return statement.basis == Basis.DEEP_BACKGROUND


def _shifted(each: HeldPosition, shift: Shift) -> str:
    before, after = shift.before, shift.after
    told = {
        "old": _did(before).lower(),
        "new": _did(after).lower(),
        "when": before.statement.when,
        "from": signed_words(before.intensity),
        "to": signed_words(after.intensity),
    }
    if shift.is_of_act:
        words = _("Shifted from “%(old)s” to “%(new)s” (from %(from)s to %(to)s); before that on %(when)s.")
        just = _("Just shifted from “%(old)s” to “%(new)s” (from %(from)s to %(to)s); before that on %(when)s.")
    elif after.intensity > before.intensity:
        words = _("Shifted to a friendlier word (from %(from)s to %(to)s); before that on %(when)s.")
        just = _("Just shifted to a friendlier word (from %(from)s to %(to)s); before that on %(when)s.")
    else:
        words = _("Shifted to a harsher word (from %(from)s to %(to)s); before that on %(when)s.")
        just = _("Just shifted to a harsher word (from %(from)s to %(to)s); before that on %(when)s.")
    return (just if each.has_just_shifted else words) % told


def _reworded(each: Reworded, before: Statement, citing: Citing) -> Rewording:
    change, told = each.change, {"when": before.when}
    if change.is_other_text:
        how = _("In other words throughout than what the same speaker said on %(when)s.") % told
    elif not change.new and not change.gone:
        how = _("In the same words as the same speaker on %(when)s.") % told
    elif each.is_verbatim:
        how = _("Compared with what the same speaker said on %(when)s.") % told
    else:
        how = _("In the desk’s sentence, compared with what the same speaker said on %(when)s.") % told
    new, gone = (tuple(cut(phrase, _PHRASE) for phrase in phrases) for phrases in (change.new, change.gone))
    return Rewording(new, gone, how, citing.number(before))


def _told_by(bearing: Bearing) -> str:
    teller = bearing.statement.on_behalf_of
    return _("as told by %(party)s") % {"party": teller.label} if teller else _("as told by others")


def _did(bearing: Bearing) -> str:
    did = str(bearing.get_act_display())
    return f"{did}, {bearing.get_mode_display()}" if bearing.mode else did


def _recent(desk: Relationship, issues: list[int], asked: Asked) -> tuple[dict[int, list[Statement]], dict[int, int]]:
    """Return the newest statements of the period on each issue, and how many there are; three queries."""
    said = Bearing.objects.at(desk).filter(issue__in=issues).standing(asked.at)
    if asked.since:
        said = said.filter(statement__latest__gte=asked.since)
    counted = dict(said.order_by().values_list("issue").annotate(Count("statement", distinct=True)))
    # A statement may bear on an issue for several parties: numbered by statement, not by bearing.
    place = Window(
        DenseRank(),
        partition_by=[F("issue")],
        order_by=[F("statement__latest").desc(), F("statement").desc()],
    )
    newest = said.annotate(place=place).filter(place__lte=RECENT[asked.kind])
    rows = list(newest.order_by("issue", "place").values_list("issue", "statement"))
    statements = Statement.objects.with_people().in_bulk({statement for _issue, statement in rows})
    found: dict[int, list[Statement]] = defaultdict(list)
    for issue, statement in dict.fromkeys(rows):
        found[issue].append(statements[statement])
    return found, counted


def _period(asked: Asked) -> str:
    if asked.since and asked.until:
        return _("Statements from %(first)s to %(last)s") % {"first": day(asked.since), "last": day(asked.until)}
    if asked.since:
        return _("Statements since %(first)s") % {"first": day(asked.since)}
    if asked.until:
        return _("Statements up to %(last)s") % {"last": day(asked.until)}
    return _("The newest statements on each issue")


def _stands(asked: Asked, made: datetime.datetime) -> str:
    desk = asked.relationship
    now = date_format(made.astimezone(zoneinfo.ZoneInfo(desk.time_zone)), "j M Y, H:i")
    known = day(asked.known) if asked.known else f"{now} ({desk.time_zone})"
    told = _("By what was known on %(known)s") % {"known": known}
    if asked.until:
        told = _("As it stood on %(day)s, by what was known on %(known)s") % {"day": day(asked.until), "known": known}
    today = desk.day_of(made)
    if (asked.known or today) < today or (asked.until or today) < today:  # R9: these have no past
        told = _("%(told)s; titles, summaries and names as they were on %(day)s") % {"told": told, "day": day(today)}
    return told
