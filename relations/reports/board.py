"""The board: every issue of a relationship, where it stands, what each side says, how long the silence lasts."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic, Protocol, TypeVar

from django.utils.translation import gettext as _

from relations.choices import Impact, Scope
from relations.models import Evidence, Issue, Relationship
from relations.models.moments import NOW, Moment
from relations.reports.positions import Held, held_positions
from relations.reports.ribbon import Ribbon, ribbons


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


def board_rows(relationship: Relationship, issues: Iterable[Any], at: Moment = NOW) -> list[BoardRow]:
    """Return a row for each of these issues, which carry `with_standing` and `with_last_word` as of `at`; four queries."""
    issues = list(issues)
    drawn = ribbons(relationship, issues, at)
    held = held_positions(relationship, [issue.pk for issue in issues], at)
    shaken = set(
        Evidence.objects.filter(relationship=relationship).shaken(at).values_list("status_change__ref", flat=True)
    )
    today = at.day(relationship.today())
    first, second = (party.pk for party in relationship.parties)
    return [
        BoardRow(
            issue=issue,
            first=held.get((issue.pk, first)),
            second=held.get((issue.pk, second)),
            last_word=issue.last_word,
            silence=max(0, (today - issue.last_word).days) if issue.last_word else None,
            flagged=issue.status_change_ref in shaken,
            ribbon=drawn[issue.pk],
        )
        for issue in issues
    ]


def grouped(rows: list[R]) -> list[BoardGroup[R]]:
    """Return board-ordered rows by impact, consultations last under a head of their own."""

    def title(row: R) -> str:
        return str(_("Consultations") if row.issue.scope == Scope.CONSULTATION else Impact(row.issue.impact).label)

    return [BoardGroup(head, list(members)) for head, members in groupby(rows, key=title)]
