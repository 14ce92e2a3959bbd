"""The issue page: status and why, both positions, the record, links, earlier statuses, meetings."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Prefetch

from relations.choices import StatementKind
from relations.models import (
    Bearing,
    Commitment,
    Evidence,
    Issue,
    IssueLink,
    Meeting,
    Party,
    Relationship,
    Statement,
    StatusChange,
)
from relations.models.moments import NOW, Moment
from relations.reports.origins import claims
from relations.reports.paging import KeyPage, key_page
from relations.reports.positions import Held, held_positions

COMMITMENTS = 20  # shown on the page; the list has all


@dataclass(frozen=True)
class Move:
    """A status change with its evidence and what stood before it."""

    change: StatusChange
    evidence: list[Statement]
    before: StatusChange | None

    @property
    def sides(self) -> set[str]:
        """The parties whose words the evidence is."""
        return {statement.on_behalf_of.label for statement in self.evidence if statement.on_behalf_of}

    @property
    def is_shaken(self) -> bool:
        """Whether any of its evidence was withdrawn or corrected since (R2)."""
        return any(statement.withdrawn_at or statement.superseded_at for statement in self.evidence)


@dataclass(frozen=True)
class Year:
    """A year's statements in the record, newest first."""

    year: int
    statements: list[Statement]


@dataclass(frozen=True)
class IssuePage:
    """What the issue page shows."""

    issue: Issue
    now: Move | None
    positions: list[tuple[Party, Held | None]]
    record: list[Year]
    page: KeyPage[Statement]
    links: list[IssueLink]
    links_here: list[IssueLink]
    moves: list[Move]
    proposals: list[StatusChange]
    meetings: list[Meeting]
    commitments: list[Commitment]  # open ones first, by the day they fall due; readers see none

    @property
    def has_reports(self) -> bool:
        """Whether a source's own report is among what is shown, so that the dagger is told."""
        return any(row.kind == StatementKind.REPORTED for row in self.page.rows)


def moves_of(changes: Sequence[StatusChange], at: Moment = NOW) -> list[Move]:
    """Return the changes, which are of one issue and newest first, with their evidence as of `at`; two queries."""
    statements: dict[int, list[Statement]] = {change.pk: [] for change in changes}
    people = Statement.objects.with_people().rewound(at)
    evidence = Evidence.objects.filter(status_change__in=statements).prefetch_related(Prefetch("statement", people))
    for row in evidence.order_by("pk"):
        statements[row.status_change_id].append(row.statement)
    standing = [change for change in changes if change.is_standing]

    def before(change: StatusChange) -> StatusChange | None:
        key = (change.effective, change.published_at, change.pk)
        return next((other for other in standing if (other.effective, other.published_at, other.pk) < key), None)

    return [Move(change, statements[change.pk], before(change)) for change in changes]


def _count_origins(user: Any, statements: list[Any], at: Moment) -> None:
    """Tell of each statement its `claim`, where it stands: how many reports there are, from how many origins."""
    counted = claims(user, statements, at)
    for statement in statements:
        statement.claim = counted.get(statement.pk)


def issue_page(user: Any, relationship: Relationship, issue: Issue, cursor: str = "", at: Moment = NOW) -> IssuePage:
    """Return the page of `issue`, which carries `with_standing` as of `at`, as `user` may see it."""
    changes = list(
        StatusChange.objects.visible_to(user, at)
        .filter(issue=issue)
        .with_review_state(at)
        .select_related("author", "relationship", "issue")
        .order_by("-effective", "-published_at", "-pk")
    )
    published = [change for change in changes if change.published_at]
    moves = moves_of(published, at)
    standing = [move for move in moves if move.change.is_standing]
    held = held_positions(relationship, [issue.pk], at)
    on_issue = Bearing.objects.filter(issue=issue).values("statement")
    statements = Statement.objects.visible_to(user, at).filter(pk__in=on_issue).with_people().with_review_state(at)
    page = key_page(statements.with_passage_flag(at), "-latest", cursor)
    _count_origins(user, [*page.rows, *(each.bearing.statement for each in held.values())], at)
    return IssuePage(
        issue=issue,
        now=standing[0] if standing else None,
        positions=[(party, held.get((issue.pk, party.pk))) for party in relationship.parties],
        record=[Year(year, list(rows)) for year, rows in groupby(page.rows, key=lambda row: row.latest.year)],
        page=page,
        links=list(issue.links.filter(at.recorded()).select_related("to_issue__relationship")),
        links_here=list(issue.links_here.filter(at.recorded()).select_related("from_issue__relationship")),
        moves=moves,
        proposals=[change for change in changes if not change.published_at],
        meetings=list(
            Meeting.objects.visible_to(user, at).filter(agenda__issue=issue).select_related("relationship").distinct()
        ),
        commitments=list(
            Commitment.objects.visible_to(user, at)
            .filter(issue=issue)
            .with_names()
            .select_related("relationship")
            .open_first(at)[:COMMITMENTS]
        ),
    )
