"""Statements on their issues, with what is asked of each: kept beside the content, for large desks.

Where it stood and since when is told from bearings and statements together, whose days and moments are the statement's:
on an issue with tens of thousands of them the last word, the first, and each side's latest position would be looked for
among all. Here each is the first row of an index.

The rows are kept by the database with what the search finds of a statement, whatever writes (`relations_find_…` in
migrations/0021_published.py). They are of all that stands now; what stood on a past day, or is for an audience, is
worked out from bearings and statements.

The list of one issue is narrowed and counted from its newest statement on, drafts included: `IssueStatement` has the
days beside the issue for that (`relations_find_on_issues` in migrations/0023_lists.py).
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from relations.models.bearings import Bearing
from relations.models.desks import Party
from relations.models.issues import Issue
from relations.models.statements import Statement


def _kept_of(model: type[models.Model], **options: Any) -> Any:
    # No constraint: the function that keeps the rows removes one in the transaction that removes what it is of.
    return models.ForeignKey(
        model, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", **options
    )


class PublishedBearing(models.Model):
    """A bearing of a published statement."""

    bearing = models.OneToOneField(
        Bearing, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )
    statement = _kept_of(Statement)
    issue = _kept_of(Issue)
    position_of = _kept_of(Party, null=True)
    rank = models.PositiveSmallIntegerField(null=True)  # as in reports/positions.py; null where it is no position
    earliest = models.DateField()
    latest = models.DateField()
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    stands = models.BooleanField()  # neither withdrawn nor superseded

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["statement"], name="published_of_statement"),
            models.Index(fields=["issue", "latest"], condition=Q(stands=True), name="published_last_word"),
            models.Index(fields=["issue", "earliest"], condition=Q(stands=True), name="published_first_day"),
            models.Index(
                fields=["issue", "position_of", "rank", "-latest", "-published_at", "-bearing"],
                condition=Q(stands=True, rank__isnull=False),
                name="published_positions",
            ),
            # What moved on an issue: asked for by every open page of it, again and again.
            models.Index(fields=["issue", "published_at"], name="published_by_publication"),
            models.Index(
                fields=["issue", "withdrawn_at"],
                condition=Q(withdrawn_at__isnull=False),
                name="published_by_withdrawal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bearing_id} on {self.issue_id}"


class IssueStatement(models.Model):
    """A statement, a draft too, on an issue: once, however many sides' positions it tells there."""

    pk = models.CompositePrimaryKey("statement", "issue")
    statement = models.ForeignKey(
        Statement, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="on_issues"
    )
    issue = _kept_of(Issue)
    latest = models.DateField()

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["issue", "-latest", "-statement"], name="issue_statements_by_date")]

    def __str__(self) -> str:
        return f"{self.statement_id} on {self.issue_id}"
