"""The issue page: status and why, both positions, the record, links, earlier statuses, meetings."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Prefetch, Q

from relations.choices import StatementKind
from relations.models import (
    Bearing,
    Commitment,
    Evidence,
    Issue,
    IssueLink,
    Meeting,
    Party,
    Statement,
    StatusChange,
)
from relations.models.moments import NOW, Moment
from relations.models.statements import StatementQuerySet
from relations.reports.commitments import commitment_lines
from relations.reports.origins import OF_ASKED, claims
from relations.reports.paging import KeyPage, key_page
from relations.reports.positions import Held, held_positions
from relations.reports.spoken import Spoken, spoken

COMMITMENTS = 20  # shown on the page; the list has all
# What an entry of the record reads: of all the tables that it names, all columns take longer to ask for than to find.
_OF_AN_ENTRY = (
    *OF_ASKED, "precision", "superseded_at", "withdrawn_at", "speaker_person__name", "speaker_organisation__name",
    "relayer_person__name", "relayer_organisation__name", "mandate__post__name", "on_behalf_of__name",
    "on_behalf_of__short_name",
)  # fmt: skip


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
class Record:
    """A page of what was said on an issue, and each side's position on it, by party."""

    years: list[Year]
    page: KeyPage[Statement]
    held: dict[int, Held]

    @property
    def has_reports(self) -> bool:
        """Whether a source's own report is among what is shown, so that the dagger is told."""
        return any(row.kind == StatementKind.REPORTED for row in self.page.rows)


@dataclass(frozen=True)
class IssuePage:
    """What the issue page shows beside the record."""

    now: Move | None
    positions: list[tuple[Party, Held | None]]
    links: list[IssueLink]
    links_here: list[IssueLink]
    moves: list[Move]
    standing: list[StatusChange]  # the changes that stand, earliest first
    proposals: list[StatusChange]
    words: Spoken | None  # when it was spoken on
    meetings: list[Meeting]
    commitments: list[Commitment]  # open ones first, by the day they fall due; readers see none


def moves_of(changes: Sequence[StatusChange], at: Moment = NOW, cited: StatementQuerySet | None = None) -> list[Move]:
    """Return the changes, which are of one issue and newest first, with their evidence as of `at`; two queries.

    The evidence carries what `cited` fetches, by default `with_people`.
    """
    statements: dict[int, list[Statement]] = {change.pk: [] for change in changes}
    fetched = (Statement.objects.with_people() if cited is None else cited).rewound(at)
    evidence = Evidence.objects.filter(status_change__in=statements).prefetch_related(Prefetch("statement", fetched))
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


def issue_record(user: Any, issue: Issue, cursor: str = "", at: Moment = NOW) -> Record:
    """Return the page that `cursor` names of what was said on `issue` as of `at`, as `user` may see it."""
    desk = issue.relationship
    held = {party: each for (_issue, party), each in held_positions(desk, [issue.pk], at).items()}
    on_issue = Bearing.objects.filter(issue=issue).values("statement")
    statements = (
        Statement.objects.visible_to(user, at)
        .filter(pk__in=on_issue)
        .select_related(
            "speaker_person", "speaker_organisation", "relayer_person", "relayer_organisation", "mandate__post",
            "on_behalf_of", "document__publisher",
        )
        .only(*_OF_AN_ENTRY)
        .with_review_state(at)
    )  # fmt: skip
    page = key_page(statements.with_passage_flag(at), "-latest", cursor)
    for row in page.rows:
        row.relationship = row.document.relationship = desk
    _count_origins(user, [*page.rows, *(each.bearing.statement for each in held.values())], at)
    years = [Year(year, list(rows)) for year, rows in groupby(page.rows, key=lambda row: row.latest.year)]
    return Record(years, page, held)


def issue_page(user: Any, issue: Issue, record: Record, at: Moment = NOW) -> IssuePage:
    """Return what the page of `issue` shows beside its `record`, as of `at`, as `user` may see it."""
    desk = issue.relationship
    changes = _changes(user, issue, at)
    moves = moves_of([change for change in changes if change.published_at], at, _cited())
    for statement in (statement for move in moves for statement in move.evidence):
        statement.relationship = desk
    standing = [move for move in moves if move.change.is_standing]
    links, links_here = _links(issue, at)
    return IssuePage(
        now=standing[0] if standing else None,
        positions=[(party, record.held.get(party.pk)) for party in desk.parties],
        links=links,
        links_here=links_here,
        moves=moves,
        standing=[move.change for move in reversed(standing)],
        proposals=[change for change in changes if not change.published_at],
        words=spoken([issue.pk], at).get(issue.pk),
        meetings=_meetings(user, issue, at),
        commitments=_commitments(user, issue, at),
    )


def _changes(user: Any, issue: Issue, at: Moment) -> list[StatusChange]:
    """Return the status changes, newest first."""
    changes = StatusChange.objects.visible_to(user, at).filter(issue=issue).with_review_state(at)
    found = list(changes.select_related("author").order_by("-effective", "-published_at", "-pk"))
    for change in found:
        change.relationship, change.issue = issue.relationship, issue
    return found


def _cited() -> StatementQuerySet:
    """Return statements with what the page tells of evidence: whose it is, whether it stands, and its address."""
    columns = ("ref", "relationship", "on_behalf_of__name", "on_behalf_of__short_name", "superseded_at", "withdrawn_at")
    return Statement.objects.select_related("on_behalf_of").only(*columns)


def _links(issue: Issue, at: Moment) -> tuple[list[IssueLink], list[IssueLink]]:
    """Return the links from `issue` and those to it."""
    either = IssueLink.objects.filter(at.recorded()).filter(Q(from_issue=issue) | Q(to_issue=issue))
    links = list(either.select_related("from_issue", "to_issue"))
    for link in links:
        link.from_issue.relationship = link.to_issue.relationship = issue.relationship
    return [link for link in links if link.from_issue_id == issue.pk], [
        link for link in links if link.to_issue_id == issue.pk
    ]


def _meetings(user: Any, issue: Issue, at: Moment) -> list[Meeting]:
    meetings = list(Meeting.objects.visible_to(user, at).filter(agenda__issue=issue).distinct())
    for meeting in meetings:
        meeting.relationship = issue.relationship
    return meetings


def _commitments(user: Any, issue: Issue, at: Moment) -> list[Commitment]:
    commitments = Commitment.objects.visible_to(user, at).filter(issue=issue).open_first(at)
    return commitment_lines(commitments[:COMMITMENTS], issue.relationship)
