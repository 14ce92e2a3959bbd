"""The time between two moments, as one asks what changed in it; and since when a user asks."""

import datetime
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import DateTimeField, OuterRef, Q, QuerySet

from relations.models import DeskVisit, Issue, Relationship
from relations.models.moments import Moment, stood_published
from relations.reports.each_desk import by_desk

WITHOUT_VISIT = 30  # days that one sees who has not been here before


@dataclass(frozen=True)
class Interval:
    """The time from `since` on until just before `until`; None is now."""

    since: datetime.datetime
    until: datetime.datetime | None = None

    @classmethod
    def of_days(cls, relationship: Relationship, first: datetime.date, last: datetime.date) -> "Interval":
        """Return the interval of these days, both included, in the desk's time zone."""
        known = Moment(known=last, time_zone=relationship.time_zone)
        zone = zoneinfo.ZoneInfo(relationship.time_zone)
        return cls(datetime.datetime.combine(first, datetime.time.min, zone), known.known_until)

    @classmethod
    def since_visit(
        cls, relationship: Relationship, visited: datetime.datetime | None, today: datetime.date
    ) -> "Interval":
        """Return the time since a visit ended; where there was none the last days until `today`."""
        if visited is not None:
            return cls(visited)
        first = datetime.date.fromordinal(max(1, today.toordinal() - WITHOUT_VISIT + 1))
        return cls.of_days(relationship, first, today)

    def holds(self, moment: datetime.datetime | None) -> bool:
        """Say whether it holds `moment`."""
        return moment is not None and self.since <= moment and (self.until is None or moment < self.until)

    def within(self, column: str) -> Q:
        """Return the condition that it holds what `column` tells."""
        found = Q(**{f"{column}__gte": self.since})
        return found if self.until is None else found & Q(**{f"{column}__lt": self.until})

    def stood(self, row: str = "") -> Q:
        """Return the condition that a reviewed row, at the end of the path `row`, stood published when it ended."""
        return stood_published(self.until, row)


@dataclass(frozen=True)
class Asked:
    """A desk of which one asks what changed there: when, and on which of its issues, in their order."""

    relationship: Relationship
    interval: Interval
    issues: Sequence[Issue] = ()


@dataclass(frozen=True)
class _OfEach(Interval):
    """The interval of each desk, as a row of an outer query has it; none begins before `earliest`.

    Of a moment that an outer row tells PostgreSQL would expect a third of all rows to come later.
    """

    earliest: datetime.datetime | None = None

    def within(self, column: str) -> Q:
        """Return the condition that it holds what `column` tells."""
        return super().within(column) & Q(**{f"{column}__gte": self.earliest})


def asked_of_each(asked: Sequence[Asked]) -> tuple[QuerySet[Relationship], Interval]:
    """Return the desks with `since` and `until`, and the interval as an outer query's row of them has it."""
    since = {each.relationship.pk: each.interval.since for each in asked}
    until = {each.relationship.pk: each.interval.until for each in asked}
    desks = Relationship.objects.filter(pk__in=since).annotate(since=by_desk(since, DateTimeField()))
    start: Any = OuterRef("since")
    end: Any = OuterRef("until") if any(until.values()) else None
    if end is not None:
        desks = desks.annotate(until=by_desk(until, DateTimeField()))
    return desks, _OfEach(start, end, min(since.values()))


def last_visits(user: Any) -> dict[int, datetime.datetime]:
    """Return when the user's visit before the one under way ended, by relationship id; no desk where it is her first."""
    visits = DeskVisit.objects.of(user).with_since().filter(since__isnull=False)
    return dict(visits.values_list("relationship", "since"))
