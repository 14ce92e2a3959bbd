"""A desk's briefs, and what of that which they cite was corrected or withdrawn since they were made."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from relations.choices import ReviewState
from relations.models import Brief, Relationship, Statement, StatusChange
from relations.models.moments import NOW, Moment
from relations.reports.paging import KeyPage, key_page

SIZE = 30


@dataclass(frozen=True)
class Since:
    """A statement or status change that a brief cites and that no longer stands as it did then."""

    row: Statement | StatusChange
    state: ReviewState
    when: datetime.datetime


@dataclass(frozen=True)
class BriefLine:
    """A brief in the list."""

    brief: Brief
    changed: int  # how much of what it cites was corrected or withdrawn since


def changed_since(briefs: Iterable[Brief], at: Moment = NOW) -> dict[int, list[Since]]:
    """Return by brief what it cites and was corrected or withdrawn since what it knew, as of `at`; two queries."""
    until = at.known_until
    cited_by = defaultdict(list)
    for brief in briefs:
        for ref in brief.cited:
            cited_by[ref].append(brief)
    found: dict[int, list[Since]] = defaultdict(list)
    gone = Q(superseded_at__isnull=False) | Q(withdrawn_at__isnull=False)
    models: tuple[Any, ...] = (Statement, StatusChange)
    for model in models:
        rows = model.objects.filter(gone, ref__in=cited_by).select_related("relationship")
        if model is StatusChange:
            rows = rows.select_related("relationship", "issue")
        for row in rows.order_by("pk"):
            withdrawn = row.withdrawn_at is not None
            when = row.withdrawn_at or row.superseded_at
            since = Since(row, ReviewState.WITHDRAWN if withdrawn else ReviewState.SUPERSEDED, when)
            for brief in cited_by[row.ref]:
                if (
                    brief.relationship_id == row.relationship_id
                    and when >= brief.known
                    and (until is None or when < until)
                ):
                    found[brief.pk].append(since)
    return found


def brief_lines(
    user: Any, relationship: Relationship, cursor: str = "", at: Moment = NOW
) -> tuple[list[BriefLine], KeyPage[Brief]]:
    """Return a page of the desk's briefs that `user` may see, newest first, as of `at`; three queries."""
    rows = Brief.objects.visible_to(user).at(relationship).made_by(at).defer("content").select_related("author")
    page = key_page(rows, "-created_at", cursor, size=SIZE)
    for brief in page.rows:
        brief.relationship = relationship
    changed = changed_since(page.rows, at)
    return [BriefLine(brief, len(changed[brief.pk])) for brief in page.rows], page
