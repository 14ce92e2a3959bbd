"""Commitments as lines of a page, which `relations/commitments/lines.html` draws."""

from django.db.models import QuerySet

from relations.models import Commitment, Relationship

# What a line tells, and what a past view is worked out from.
_OF_A_LINE = (
    "relationship", "ref", "text", "due_earliest", "due_latest", "due_precision", "state", "settled_on",
    "party__name", "party__short_name", "statement__superseded_at", "statement__withdrawn_at",
    "settled_by__published_at", "settled_by__superseded_at", "settled_by__withdrawn_at",
)  # fmt: skip


def commitment_lines(commitments: QuerySet[Commitment], relationship: Relationship) -> list[Commitment]:
    """Return these commitments of one desk with what a line about one tells; one query."""
    lines = list(commitments.select_related("party", "statement", "settled_by").only(*_OF_A_LINE))
    for line in lines:
        line.relationship = relationship
    return lines
