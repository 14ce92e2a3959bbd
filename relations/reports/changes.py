"""Whether what a page shows was changed since it was opened: a stamp that moves with it, cheap enough to poll.

A stamp tells of nothing but the row or desk it is of, which its reader sees anyway; it is hashed, so it counts nothing.
"""

import hashlib
from typing import Any

from django.db import connections, router
from django.db.models import Max

from relations.models import Issue, Relationship
from relations.models.reviewed import Reviewed

# Written out: this is asked by every open page every little while, and Django takes longer to write it than PostgreSQL
# to answer.
_OF_DESK = """
    SELECT (SELECT max(edited_at) FROM relations_issue WHERE relationship_id = %(desk)s), of_statements.*, of_moves.*
    FROM (SELECT max(published_at), max(withdrawn_at) FROM relations_statement WHERE relationship_id = %(desk)s) of_statements,
      (SELECT max(published_at), max(withdrawn_at) FROM relations_statuschange WHERE relationship_id = %(desk)s) of_moves
"""
_OF_ISSUE = """
    SELECT issue.revision, of_statements.*, of_moves.*
    FROM relations_issue issue,
      LATERAL (SELECT max(published_at), max(withdrawn_at) FROM relations_publishedbearing WHERE issue_id = issue.id)
        of_statements,
      LATERAL (SELECT max(published_at), max(withdrawn_at) FROM relations_statuschange WHERE issue_id = issue.id) of_moves
    WHERE issue.relationship_id = %(desk)s AND issue.slug = %(slug)s
"""


def desk_stamp(relationship: Relationship) -> str:
    """Return the stamp of what readers see of a desk: what was published and withdrawn, and its issues; one query."""
    return _stamp(*_one(_OF_DESK, desk=relationship.pk))


def issue_stamp(relationship: Relationship, slug: str) -> str:
    """Return the stamp of a desk's issue: its revision, and what was published and withdrawn on it; one query.

    Raises `Issue.DoesNotExist`.
    """
    found = _one(_OF_ISSUE, desk=relationship.pk, slug=slug)
    if found is None:
        raise Issue.DoesNotExist
    return _stamp(*found)


def subject_stamp(subject: Reviewed) -> str:
    """Return the stamp of a statement or status change: its revision, its reviews, and what became of it; one query."""
    reviews: Any = subject.reviews  # type: ignore[attr-defined]
    decided = reviews.aggregate(last=Max("decided_at"), submitted=Max("submitted_at"))
    return _stamp(
        subject.revision, subject.published_at, subject.superseded_at, subject.withdrawn_at, *decided.values()
    )


def _one(sql: str, **params: Any) -> Any:
    with connections[router.db_for_read(Issue)].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()


def _stamp(*parts: Any) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:24]
