"""When an issue was spoken on: the first and the last day of the statements that stand on it.

Now is read from what is kept of published statements, where each of these days is the first of an index; a past day, and
what is for an audience, is worked out from bearings and statements.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Max, Min, OuterRef, QuerySet, Subquery

from relations.models import Bearing, Issue, PublishedBearing
from relations.models.moments import NOW, AnyMoment


@dataclass(frozen=True)
class Spoken:
    """The days of what was said on an issue: a statement that is of a span of days counts as of its last."""

    first: datetime.date
    last: datetime.date
    since: datetime.date  # the first day that any can be of


def spoken(issues: Iterable[Any], at: AnyMoment = NOW) -> dict[int, Spoken]:
    """Return by issue id when each of these issues was spoken on, as of `at`; none where it never was. One query."""
    if not at.is_kept:
        rows = Bearing.objects.filter(issue__in=issues).standing(at).order_by().values_list("issue")
        days = rows.annotate(Min("statement__latest"), Max("statement__latest"), Min("statement__earliest"))
    else:
        kept = Issue.objects.filter(pk__in=issues).order_by()
        days = kept.values_list("pk", _kept("latest"), _kept("-latest"), _kept("earliest"))
    return {issue: Spoken(first, last, since) for issue, first, last, since in days if first}


def with_last_word(issues: QuerySet[Issue], at: AnyMoment = NOW) -> QuerySet[Issue]:
    """Add `last_word`: the day of the latest standing statement on the issue, as of `at`."""
    return issues.annotate(last_word=_kept("-latest") if at.is_kept else _worked_out(Max, at))


def with_first_word(issues: QuerySet[Issue], at: AnyMoment = NOW) -> QuerySet[Issue]:
    """Add `first_word`: the day of the earliest such statement."""
    return issues.annotate(first_word=_kept("latest") if at.is_kept else _worked_out(Min, at))


def _worked_out(which: type[Aggregate], at: AnyMoment) -> Subquery:
    """Return the day, of the issue that it is asked of, that is the first or last of what stood as of `at`."""
    said = Bearing.objects.filter(issue=OuterRef("pk")).standing(at).order_by().values("issue")
    return Subquery(said.annotate(day=which("statement__latest")).values("day"))


def _kept(order: str) -> Subquery:
    """Return the day, of the issue that it is asked of, which comes first in this order."""
    said = PublishedBearing.objects.filter(issue=OuterRef("pk"), stands=True)
    return Subquery(said.order_by(order).values(order.removeprefix("-"))[:1])
