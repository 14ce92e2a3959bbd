"""What a move of an issue's status would change, worked out before it is sent; and the evidence it may cite."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from relations.choices import Agreement, StatementKind, Status, Trend
from relations.models import Bearing, Issue, Statement, StatusChange
from relations.reports.keys import among

SHOWN = 30  # statements offered at once as evidence; a search narrows them


@dataclass(frozen=True)
class Standing:
    """How an issue stands: status, trend, since when (None where it never moved), whether the sides agree."""

    status: str
    trend: str
    since: datetime.date | None
    agreement: str = Agreement.NOT_JUDGED

    @property
    def words(self) -> str:
        """Status, trend and agreement as people read them."""
        told = [Status(self.status).label, Trend(self.trend).label]
        if self.agreement != Agreement.NOT_JUDGED:
            told.append(Agreement(self.agreement).label)
        return ", ".join(map(str, told))


@dataclass(frozen=True)
class Effect:
    """What would be otherwise once the move is approved."""

    before: Standing  # on that day, without the move
    after: Standing  # on that day, with it
    now: Standing  # what the board shows today
    board: Standing  # what it will show
    later: StatusChange | None  # the next move after that day: it starts from this one then
    replaced: StatusChange | None  # what it corrects, which stands no longer then
    waiting: list[StatusChange]  # other moves of this issue that are not published yet
    sides: list[str]  # whose words the evidence is
    is_only_reported: bool  # whether the evidence is the source's own report alone, which is not approved

    @property
    def later_moves_nothing(self) -> bool:
        """Whether the next move would then move nothing."""
        later, after = self.later, self.after
        return later is not None and (later.to_status, later.to_trend, later.to_agreement) == (
            after.status, after.trend, after.agreement,
        )  # fmt: skip


def effect_of(
    issue: Issue,
    *,
    status: str,
    trend: str,
    agreement: str = Agreement.NOT_JUDGED,
    effective: datetime.date,
    evidence: Iterable[Statement],
    change: StatusChange | None = None,
) -> Effect:
    """Return the effect of moving `issue` so from the day `effective`; `change` is the draft being revised, if any."""
    standing = list(StatusChange.objects.filter(issue=issue).standing().order_by("effective", "published_at", "pk"))
    replaced = next((row for row in standing if change is not None and row.pk == change.supersedes_id), None)
    kept = [row for row in standing if row is not replaced]
    before = [row for row in kept if row.effective <= effective]
    later = [row for row in kept if row.effective > effective]
    after = Standing(status, trend, effective, agreement)
    cited = list(evidence)
    waiting = StatusChange.objects.filter(issue=issue, published_at__isnull=True).with_review_state()
    return Effect(
        before=_how(before),
        after=after,
        now=_how(standing),
        board=_how(later) if later else after,
        later=later[0] if later else None,
        replaced=replaced,
        waiting=list(
            waiting.exclude(pk=change.pk if change else None).select_related("relationship", "issue").order_by("pk")
        ),
        sides=sorted({row.on_behalf_of.label for row in cited if row.on_behalf_of}),
        is_only_reported=bool(cited) and all(row.kind == StatementKind.REPORTED for row in cited),
    )


def _how(moves: list[StatusChange]) -> Standing:
    if not moves:
        return Standing(Status.OPEN, Trend.NOT_ASSESSED, None)
    last = moves[-1]
    return Standing(last.to_status, last.to_trend, last.effective, last.to_agreement)


@dataclass(frozen=True)
class Offered:
    """The statements offered as evidence: those chosen first, whatever the search, then the newest that it finds."""

    chosen: list[Statement]
    gone: list[Statement]  # chosen once, but corrected or withdrawn since
    found: list[Statement]
    has_more: bool  # whether the search finds more than are shown

    @property
    def shown(self) -> int:
        """How many can be ticked."""
        return len(self.chosen) + len(self.found)


def may_be_cited(issue: Issue) -> QuerySet[Statement]:
    """Return the statements that stand published on the issue, newest first."""
    on_issue = Bearing.objects.filter(issue=issue).values("statement")
    of_desk = Statement.objects.filter(relationship=issue.relationship_id, pk__in=on_issue)
    return of_desk.standing().with_people().newest_first()


def offered(found: QuerySet[Statement], issue: Issue, chosen: Iterable[int]) -> Offered:
    """Return what is offered of `found`, a narrowed `may_be_cited`, beside those `chosen`; two queries."""
    keys = set(chosen)
    on_issue = Bearing.objects.filter(issue=issue).values("statement")
    picked: Any = Statement.objects.filter(pk__in=keys).filter(pk__in=on_issue).published()
    picked = list(picked.with_people().newest_first())
    others = list(found.filter(among(found.exclude(pk__in=keys).values("pk")[: SHOWN + 1])))
    return Offered(
        chosen=[row for row in picked if row.is_standing],
        gone=[row for row in picked if not row.is_standing],
        found=others[:SHOWN],
        has_more=len(others) > SHOWN,
    )
