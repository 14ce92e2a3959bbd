"""What both sides hold, issue by issue: since when each has said so, where it shifted, and whether they agree.

A verdict is worked out where the rows alone decide it; where they do not, it is the desk's reviewed judgement, which is
part of a status change.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connections, router
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value, Window
from django.db.models.functions import Abs, Coalesce, Lag
from django.utils.translation import gettext as _

from relations.choices import Act, Agreement, Decision, Side, StatementKind, Verdict
from relations.models import (
    Bearing,
    Evidence,
    Issue,
    Party,
    PublishedBearing,
    Relationship,
    Review,
    Statement,
    StatusChange,
    User,
)
from relations.models.base import signed_words
from relations.models.moments import NOW, Moment
from relations.reports.phrases import PhraseChange, phrase_change
from relations.reports.positions import HOW, Held, held_positions, told
from relations.reports.shifts import SHIFT

# A window in the order of an index is worked out row by row, as far as the first that is asked for. No `LIMIT` of Django's
# reaches below the condition on a window.
_TURNS_NOW = """
    SELECT asked.issue, asked.party, asked.rank, turn.bearing_id, turn.before_id
    FROM (SELECT %s AS shift) told, unnest(%s::bigint[], %s::bigint[], %s::smallint[]) asked (issue, party, rank),
      LATERAL (
        SELECT bearing_id, before_id FROM (
          SELECT kept.bearing_id, kept.latest, kept.published_at, act, intensity, lead(kept.bearing_id) OVER newest AS before_id,
            lead(act) OVER newest AS act_before, lead(intensity) OVER newest AS intensity_before
          FROM relations_publishedbearing kept JOIN relations_bearing bearing ON bearing.id = kept.bearing_id
          WHERE kept.issue_id = asked.issue AND kept.position_of_id = asked.party AND kept.rank = asked.rank AND kept.stands
          WINDOW newest AS (ORDER BY kept.latest DESC, kept.published_at DESC, kept.bearing_id DESC)
        ) walked
        WHERE act_before IS NULL OR act_before <> act OR abs(intensity - intensity_before) >= told.shift
        ORDER BY latest DESC, published_at DESC, bearing_id DESC LIMIT 1
      ) turn
"""
_FOR = frozenset({Act.AGREE, Act.SUPPORT, Act.CONCEDE})
_AGAINST = frozenset({Act.ACCUSE, Act.REJECT, Act.THREATEN})


@dataclass(frozen=True)
class Shift:
    """Where a side came to say something else than before: another act, or the same much more or less strongly."""

    before: Bearing
    after: Bearing

    @property
    def is_of_act(self) -> bool:
        """Whether what they did is another."""
        return self.before.act != self.after.act

    @property
    def is_of_strength(self) -> bool:
        """Whether it is milder or stronger by `SHIFT` or more."""
        return abs(self.after.intensity - self.before.intensity) >= SHIFT


@dataclass(frozen=True)
class Reworded:
    """How the speaker of a side's position put it when last speaking on the issue, and what is new or gone since."""

    before: Statement
    change: PhraseChange
    is_verbatim: bool  # whether both are the speaker's own words, not the desk's sentence


@dataclass(frozen=True)
class Position:
    """What a side holds on an issue."""

    party: Party
    side: Side
    held: Held | None = None
    start: Bearing | None = None  # where it first said so: the latest shift, else its first word
    shift: Shift | None = None  # the latest; None where it never said anything else
    reworded: Reworded | None = None  # None where it was told by others, or the speaker spoke once

    @property
    def is_own(self) -> bool:
        """Whether the side has spoken for itself."""
        return self.held is not None and self.held.how == "own"

    @property
    def since(self) -> datetime.date | None:
        """The day from which it has said so; of a span, the last."""
        return self.start.statement.latest if self.start else None

    @property
    def since_words(self) -> str:
        """That day or span as people read it."""
        return self.start.statement.when if self.start else ""

    @property
    def has_just_shifted(self) -> bool:
        """Whether its latest statement is the one that shifted."""
        return self.shift is not None and self.held is not None and self.shift.after.pk == self.held.bearing.pk


@dataclass(frozen=True)
class Judgement:
    """The desk's reviewed judgement of whether the sides agree, as it stands."""

    change: StatusChange
    judged_by: User | None  # both None for whom the desk's reviews are not
    reviewed_by: User | None
    is_overtaken: bool  # a side has spoken since
    is_shaken: bool  # a statement that it rests on was withdrawn or corrected since

    @property
    def verdict(self) -> Verdict:
        """What it says."""
        return Verdict(self.change.to_agreement)


@dataclass(frozen=True)
class Comparison:
    """Whether the sides agree, and how the desk comes to say so."""

    verdict: Verdict
    label: str
    why: str  # what it was worked out from; empty where it was judged
    is_judged: bool = False
    judgement: Judgement | None = None  # stands beside what was worked out, too

    @property
    def is_contradicted(self) -> bool:
        """Whether the desk judged otherwise than what the rows alone say."""
        return self.judgement is not None and self.judgement.verdict != self.verdict


@dataclass(frozen=True)
class MatrixRow:
    """One issue: both sides' positions, in the order of display, and how they compare."""

    issue: Issue
    positions: tuple[Position, Position]
    comparison: Comparison


def position_matrix(
    user: Any | None, relationship: Relationship, issues: Iterable[Issue], at: Moment = NOW
) -> list[MatrixRow]:
    """Return a row for each of these issues, in their order, as of `at`; a fixed number of queries.

    `user` is who reads it: who judged and who reviewed is told to those alone who see the desk's reviews.
    """
    issues = list(issues)
    keys = [issue.pk for issue in issues]
    positions = _positions(relationship, keys, at)
    judgements = _judgements(user, relationship, keys, at)
    rows = []
    for issue in issues:
        first, second = (positions[issue.pk, party.pk] for party in relationship.parties)
        judged = judgements.get(issue.pk)
        judgement = _told_since(judged, (first, second)) if judged else None
        rows.append(MatrixRow(issue, (first, second), compare(first, second, judgement)))
    return rows


def compare(first: Position, second: Position, judgement: Judgement | None = None) -> Comparison:
    """Return how two positions compare: worked out where they decide it, else judged, else open."""
    spoke = [(each.party, each.held.bearing) for each in (first, second) if each.held and each.is_own]
    if not spoke:
        heard = first.held or second.held
        why = _("Neither side has spoken for itself.") if heard else _("Neither side has spoken.")
        return _worked_out(Verdict.NOTHING_KNOWN, why, judgement)
    if len(spoke) == 1:
        silent = second if first.is_own else first
        why = (
            _("The other side is known only as others tell it.")
            if silent.held
            else _("Nothing is held of the other side.")
        )
        return Comparison(
            Verdict.ONE_SPOKE,
            _("Only one side has spoken: %(party)s") % {"party": spoke[0][0].label},
            why,
            judgement=judgement,
        )
    joint = _joint_text(first, second)
    if joint is not None:
        why = _("Both agreed one text, of %(when)s.") % {"when": joint.when}
        return _worked_out(Verdict.AGREE, why, judgement)
    if _are_opposed(*spoke):
        why = _("%(first)s; %(second)s.") % {"first": _did(*spoke[0]), "second": _did(*spoke[1])}
        return _worked_out(Verdict.DIFFER, why, judgement)
    if judgement is not None:
        return Comparison(judgement.verdict, str(judgement.verdict.label), "", is_judged=True, judgement=judgement)
    return _worked_out(Verdict.NOT_JUDGED, _("Both have spoken; nobody has judged yet whether they agree."), None)


def _worked_out(verdict: Verdict, why: str, judgement: Judgement | None) -> Comparison:
    return Comparison(verdict, str(verdict.label), why, judgement=judgement)


def _joint_text(first: Position, second: Position) -> Statement | None:
    """Return the text that both agreed, where neither has said anything else since."""
    texts = [
        {each.statement_id: each.statement for each in (position.start, position.held.bearing) if each}
        for position in (first, second)
        if position.held
    ]
    shared = [text for key, text in texts[0].items() if key in texts[1] and text.kind == StatementKind.JOINT]
    return max(shared, key=lambda text: text.latest, default=None)


def _are_opposed(*spoke: tuple[Party, Bearing]) -> bool:
    """Say whether one is for and the other against, in act and in intensity, towards the same."""
    parties = {party.pk for party, _bearing in spoke}
    # Towards each other and towards no one named is the same: the issue itself.
    towards = {None if bearing.towards_id in parties else bearing.towards_id for _party, bearing in spoke}
    return len(towards) == 1 and {_stand(bearing) for _party, bearing in spoke} == {1, -1}


def _stand(bearing: Bearing) -> int:
    """Return 1 for, -1 against, 0 where act and intensity do not both say so."""
    if bearing.act in _FOR and bearing.intensity > 0:
        return 1
    return -1 if bearing.act in _AGAINST and bearing.intensity < 0 else 0


def _did(party: Party, bearing: Bearing) -> str:
    return _("%(party)s: %(act)s (%(intensity)s)") % {
        "party": party.label,
        "act": str(bearing.get_act_display()).lower(),
        "intensity": signed_words(bearing.intensity),
    }


def _positions(relationship: Relationship, keys: Sequence[int], at: Moment) -> dict[tuple[int, int], Position]:
    held = held_positions(relationship, keys, at)
    asked = [(*key, HOW.index(each.how)) for key, each in held.items()]
    starts = _turns_now(asked) if at.is_kept else _turns(relationship, keys, at)
    spoke = _spoke([each.bearing.pk for each in held.values() if each.how == "own"], at)
    wanted = {pk for each in asked for pk in starts[each]} | set(spoke.values())
    rows = Bearing.objects.filter(pk__in=wanted - {None}).select_related("statement").in_bulk()
    for row in rows.values():
        row.statement.relationship = relationship
    found = {}
    for party in relationship.parties:
        for key in keys:
            position = Position(party, relationship.side_of(party))
            each = held.get((key, party.pk))
            if each is not None:
                start, before = (rows.get(pk) for pk in starts[key, party.pk, HOW.index(each.how)])
                position = replace(
                    position,
                    held=each,
                    start=start,
                    shift=Shift(before, start) if before and start else None,
                    reworded=_reworded(each, rows.get(spoke.get(each.bearing.pk))),
                )
            found[key, party.pk] = position
    return found


def _turns(
    relationship: Relationship, keys: Sequence[int], at: Moment
) -> dict[tuple[int, int, int], tuple[int, int | None]]:
    """Return, by issue, party and rank, the latest bearing that shifted, with the one before it; else the first."""

    def before(column: str) -> Window:
        return Window(
            Lag(column),
            partition_by=["issue_id", "position_of_id", "rank"],
            order_by=["statement__latest", "statement__published_at", "pk"],
        )

    turned = (
        told(relationship, keys, at)
        .annotate(act_before=before("act"), before_id=before("pk"), moved=Abs(F("intensity") - before("intensity")))
        .filter(Q(act_before=None) | ~Q(act_before=F("act")) | Q(moved__gte=SHIFT))
        .order_by("statement__latest", "statement__published_at", "pk")
    )
    rows = turned.values_list("issue_id", "position_of_id", "rank", "pk", "before_id")
    return {(issue, party, rank): (pk, before_id) for issue, party, rank, pk, before_id in rows}


def _turns_now(asked: Sequence[tuple[int, int, int]]) -> dict[tuple[int, int, int], tuple[int, int | None]]:
    """Return the same of what stands now: each side is followed back along the index of what is kept, to its latest turn."""
    if not asked:
        return {}
    with connections[router.db_for_read(Bearing)].cursor() as cursor:
        cursor.execute(_TURNS_NOW, [SHIFT, *map(list, zip(*asked, strict=True))])
        return {(issue, party, rank): (pk, before) for issue, party, rank, pk, before in cursor.fetchall()}


def _spoke(keys: Sequence[int], at: Moment) -> dict[int, int]:
    """Return, by these bearings, the one before by the same speaker, on the same issue and for the same side."""
    kept = at.is_kept
    spoken: Any = PublishedBearing.objects.filter(stands=True) if kept else Bearing.objects.standing(at)
    # Of the kept rows these columns are their own, in an index.
    order = ["latest", "published_at", "bearing"] if kept else ["statement__latest", "statement__published_at", "pk"]
    then = [OuterRef("statement__latest"), OuterRef("statement__published_at"), OuterRef("pk")]
    earlier, equal = Q(), Q()
    for column, value in zip(order, then, strict=True):
        earlier |= equal & Q(**{f"{column}__lt": value})
        equal &= Q(**{column: value})
    same = ("issue", "position_of", "speaker", "body", "statement__speaker_descriptor")
    before = (
        _with_speaker(spoken)
        .exclude(statement__kind=StatementKind.REPORTED)
        .filter(earlier, **{f"{order[0]}__lte": then[0]}, **{name: OuterRef(name) for name in same})
        .order_by(*(f"-{column}" for column in order))
        .values(order[-1])
    )
    rows = _with_speaker(Bearing.objects.filter(pk__in=keys)).annotate(before_id=Subquery(before[:1]))
    return {pk: before_id for pk, before_id in rows.values_list("pk", "before_id") if before_id}


def _with_speaker(bearings: Any) -> Any:
    """Add `speaker`, the person that others were found to be the same as, and `body`; 0 for none."""
    person = "statement__speaker_person"
    return bearings.annotate(
        speaker=Coalesce(f"{person}__merged_into__merged_into", f"{person}__merged_into", person, Value(0)),
        body=Coalesce("statement__speaker_organisation", Value(0)),
    )


def _reworded(held: Held, spoke: Bearing | None) -> Reworded | None:
    if held.how != "own" or spoke is None:
        return None
    now, before = held.bearing.statement, spoke.statement
    verbatim = now.kind == before.kind and now.kind in (StatementKind.QUOTE, StatementKind.JOINT)
    return Reworded(before, phrase_change(before.text, now.text), verbatim)


def _judgements(user: Any | None, relationship: Relationship, keys: Sequence[int], at: Moment) -> dict[int, Judgement]:
    """Return what the desk judges of each issue: what its standing assessment says, where that judges at all."""
    known = replace(at, effective=None)
    shaken = Evidence.objects.filter(status_change=OuterRef("pk")).exclude(known.stood("latest", "statement__"))
    latest = (
        StatusChange.objects.at(relationship)
        .filter(issue__in=keys)
        .standing(at)
        .annotate(shaken=Exists(shaken))
        .select_related("author")
        .order_by("issue_id", "-effective", "-published_at", "-pk")
        .distinct("issue_id")
    )
    judged = [change for change in latest if change.to_agreement != Agreement.NOT_JUDGED]
    reviewers = {}
    if user is not None:
        reviews = Review.objects.visible_to(user).filter(
            status_change__in=[change.pk for change in judged], decision=Decision.APPROVED
        )
        reviewers = {review.status_change_id: review.decided_by for review in reviews.select_related("decided_by")}
    found = {}
    for change in judged:
        change.relationship = relationship
        reviewer = reviewers.get(change.pk)
        found[change.issue_id] = Judgement(
            change, change.author if reviewer else None, reviewer, is_overtaken=False, is_shaken=change.shaken
        )
    return found


def _told_since(judgement: Judgement, positions: tuple[Position, Position]) -> Judgement:
    """Return the judgement with whether a side has spoken since it was made, or since the day that it is of."""
    words = [each.held.bearing.statement for each in positions if each.is_own and each.held]
    day, made = judgement.change.effective, judgement.change.published_at
    later = [said for said in words if said.latest > day or (made and said.published_at and said.published_at > made)]
    return replace(judgement, is_overtaken=bool(later))
