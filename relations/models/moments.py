"""The day that a desk is read as of (R9): what stood then, of what the desk had published by then."""

import datetime
import zoneinfo
from dataclasses import dataclass

from django.db.models import Q


@dataclass(frozen=True)
class Moment:
    """What stood at the end of the day `effective`, as the desk knew it at the end of the day `known`; None is now.

    `time_zone` is the desk's, which says when the day `known` ends.
    """

    effective: datetime.date | None = None
    known: datetime.date | None = None
    time_zone: str = "UTC"

    @property
    def is_past(self) -> bool:
        """Whether it is not simply now."""
        return self.effective is not None or self.known is not None

    @property
    def known_until(self) -> datetime.datetime | None:
        """The moment that the day `known` ends; None for now."""
        if self.known is None:
            return None
        after = self.known + datetime.timedelta(days=1)
        return datetime.datetime.combine(after, datetime.time.min, zoneinfo.ZoneInfo(self.time_zone))

    def stood(self, day: str, row: str = "") -> Q:
        """Return the condition that a reviewed row stood; `day` is its last day's column, `row` the path to it."""
        stood = self._stood_published(row)
        return stood if self.effective is None else stood & Q(**{f"{row}{day}__lte": self.effective})

    def _stood_published(self, row: str) -> Q:
        until = self.known_until
        published, superseded, withdrawn = f"{row}published_at", f"{row}superseded_at", f"{row}withdrawn_at"
        if until is None:
            return Q(**{f"{published}__isnull": False, f"{superseded}__isnull": True, f"{withdrawn}__isnull": True})
        return (
            Q(**{f"{published}__lt": until})
            & (Q(**{f"{superseded}__isnull": True}) | Q(**{f"{superseded}__gte": until}))
            & (Q(**{f"{withdrawn}__isnull": True}) | Q(**{f"{withdrawn}__gte": until}))
        )

    def recorded(self, row: str = "") -> Q:
        """Return the condition that a meeting, document or link had been recorded; `row` is the path to it."""
        until = self.known_until
        return Q() if until is None else Q(**{f"{row}recorded_at__lt": until})


NOW = Moment()
