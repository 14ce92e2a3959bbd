"""Whether what a page shows was changed since it was opened: a stamp that moves with it, cheap enough to poll.

A stamp tells of nothing but the row or desk it is of, which its reader sees anyway; it is hashed, so it counts nothing.
"""

import hashlib
from typing import Any

from django.db.models import Max

from relations.models import Issue, PublishedBearing, Relationship, Statement, StatusChange
from relations.models.reviewed import Reviewed


def desk_stamp(relationship: Relationship) -> str:
    """Return the stamp of what readers see of a desk: what was published and withdrawn, and its issues; three queries."""
    return _stamp(
        *_moments(Statement.objects.filter(relationship=relationship)),
        *_moments(StatusChange.objects.filter(relationship=relationship)),
        Issue.objects.filter(relationship=relationship).aggregate(last=Max("edited_at"))["last"],
    )


def issue_stamp(issue: Issue) -> str:
    """Return the stamp of an issue: its revision, and what was published and withdrawn on it; two queries."""
    return _stamp(
        issue.revision,
        *_moments(PublishedBearing.objects.filter(issue=issue)),
        *_moments(StatusChange.objects.filter(issue=issue)),
    )


def subject_stamp(subject: Reviewed) -> str:
    """Return the stamp of a statement or status change: its revision, its reviews, and what became of it; one query."""
    reviews: Any = subject.reviews  # type: ignore[attr-defined]
    decided = reviews.aggregate(last=Max("decided_at"), submitted=Max("submitted_at"))
    return _stamp(
        subject.revision, subject.published_at, subject.superseded_at, subject.withdrawn_at, *decided.values()
    )


def _moments(rows: Any) -> tuple[Any, Any]:
    found = rows.order_by().aggregate(published=Max("published_at"), withdrawn=Max("withdrawn_at"))
    return found["published"], found["withdrawn"]


def _stamp(*parts: Any) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:24]
