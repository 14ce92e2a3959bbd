"""What a timeline looks at, and the addresses that its marks lead to."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from relations.models import Bearing, Issue, Relationship
from relations.models.moments import Moment
from relations.reports.time_axis import Days


@dataclass(frozen=True)
class View:
    """What a timeline looks at: a relationship or one issue of it, as of a day."""

    relationship: Relationship
    issue: Issue | None
    at: Moment

    def bearings(self) -> QuerySet[Bearing]:
        """Return the standing bearings it is about."""
        # The desk is its statement's: said again, it spares reading those of other desks.
        of_desk = Bearing.objects.filter(relationship=self.relationship, statement__relationship=self.relationship)
        bearings = of_desk.standing(self.at)
        return bearings if self.issue is None else bearings.filter(issue=self.issue)

    def address(self, name: str, *args: str, **asked: Any) -> str:
        """Return a page's address at this desk; a past view's days are kept in it by who sends it."""
        query = urlencode({key: value for key, value in asked.items() if value})
        return reverse(name, args=[self.relationship.slug, *args]) + (f"?{query}" if query else "")

    @cached_property
    def _own(self) -> str:
        if self.issue is None:
            return self.address("desk_timeline")
        return self.address("issue_timeline", self.issue.slug)

    def closer(self, days: Days) -> str:
        """Return the address of this timeline on fewer days."""
        return f"{self._own}?since={days.first}&until={days.last}"

    def listed(self, name: str, days: Days) -> str:
        """Return the address of the list of what lies on these days."""
        return self.address(name, issue=self.issue and self.issue.slug, since=days.first, until=days.last)
