"""The board: every issue of a relationship, where it stands, what each side says, how long the silence lasts."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic, Protocol, TypeVar

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from relations.choices import Impact, Scope
from relations.models import DeskVisit, Evidence, Issue, Relationship, Review
from relations.models.base import has_any
from relations.models.moments import NOW, Moment
from relations.reports.positions import Held, held_positions
from relations.reports.ribbon import Ribbon, ribbons_until
from relations.reports.spoken import with_first_word


@dataclass(frozen=True)
class BoardRow:
    """One issue on the board."""

    issue: Issue
    first: Held | None
    second: Held | None
    last_word: datetime.date | None
    silence: int | None  # days since the last word
    flagged: bool  # the evidence of its standing change was withdrawn or corrected
    ribbon: Ribbon


class OnIssue(Protocol):
    """A row about one issue."""

    @property
    def issue(self) -> Issue:
        """The issue."""


R = TypeVar("R", bound=OnIssue)


@dataclass(frozen=True)
class BoardGroup(Generic[R]):
    """Rows on issues of one impact, or on the consultations."""

    title: str
    rows: list[R]


def with_line(issues: QuerySet[Issue], at: Moment = NOW) -> QuerySet[Issue]:
    """Add to issues `with_standing` what `board_rows` tells besides: whether that is shaken, and the first word."""
    shaken = Evidence.objects.filter(status_change__ref=OuterRef("status_change_ref")).shaken(at)
    return with_first_word(issues.annotate(is_shaken=has_any(shaken)), at)


def board_rows(relationship: Relationship, issues: Iterable[Any], at: Moment = NOW) -> list[BoardRow]:
    """Return a row for each of these issues, which carry `with_standing`, `with_last_word` and `with_line` as of `at`.

    Two queries.
    """
    issues = list(issues)
    today = at.day(relationship.today())
    first_words = {issue.pk: issue.first_word for issue in issues}
    drawn = ribbons_until({relationship.pk: today}, issues, at, first_words=first_words)
    held = held_positions(relationship, [issue.pk for issue in issues], at, words_alone=True)
    first, second = (party.pk for party in relationship.parties)
    return [
        BoardRow(
            issue=issue,
            first=held.get((issue.pk, first)),
            second=held.get((issue.pk, second)),
            last_word=issue.last_word,
            silence=max(0, (today - issue.last_word).days) if issue.last_word else None,
            flagged=issue.is_shaken,
            ribbon=drawn[issue.pk],
        )
        for issue in issues
    ]


def since_visit(user: Any, relationship: Relationship, *, reviews: bool) -> tuple[datetime.datetime | None, int]:
    """Return when the user's visit to the desk before this one ended, and how much waits for her there; one query.

    At her first visit there is none before, and nothing waits for who does not review.
    """
    visits = DeskVisit.objects.of(user).with_since().filter(relationship=OuterRef("pk")).values("since")
    waiting = Review.objects.open_for(user).filter(relationship=OuterRef("pk")).order_by().values("relationship")
    number = Subquery(waiting.annotate(number=Count("pk")).values("number")) if reviews else Value(0)
    desk = Relationship.objects.filter(pk=relationship.pk)
    visited, waits = desk.values_list(Subquery(visits), Coalesce(number, 0)).get()
    return visited, waits


def grouped(rows: list[R]) -> list[BoardGroup[R]]:
    """Return board-ordered rows by impact, consultations last under a head of their own."""

    def title(row: R) -> str:
        return str(_("Consultations") if row.issue.scope == Scope.CONSULTATION else Impact(row.issue.impact).label)

    return [BoardGroup(head, list(members)) for head, members in groupby(rows, key=title)]
