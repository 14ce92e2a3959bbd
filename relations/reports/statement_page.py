"""The statement page: the statement with its source, what it means on each issue, and what rests on it."""

from typing import Any

from django.db.models import Prefetch, Q, prefetch_related_objects

from relations.models import Bearing, Commitment, Evidence, Passage, Statement
from relations.models.moments import NOW, Moment
from relations.models.statements import StatementQuerySet
from relations.reports.commitments import commitment_lines

# Of the statement all columns, of what it names only what is told: so many tables are read that each column counts.
_TOLD = (
    *(column.name for column in Statement._meta.concrete_fields),
    "speaker_person__name", "speaker_person__ref", "speaker_person__merged_into", "speaker_organisation__name",
    "speaker_organisation__ref", "relayer_person__name", "relayer_person__ref", "relayer_person__merged_into",
    "relayer_organisation__name", "relayer_organisation__ref", "mandate__post__name", "mandate__post__ref",
    "relayer_mandate__post__name", "relayer_mandate__post__ref", "on_behalf_of__name", "on_behalf_of__short_name",
    "document__ref", "document__title", "document__url", "document__language", "document__date_published",
    "document__publisher__name", "document__publisher__ref", "meeting__ref", "meeting__title", "author__name",
    "author__username", "withdrawn_by__name", "withdrawn_by__username", "supersedes__ref", "supersedes__text",
)  # fmt: skip
_OF_A_BEARING = (
    "statement", "act", "mode", "intensity", "stated", "issue__slug", "issue__title", "position_of__name",
    "position_of__short_name", "towards__name", "towards__short_name",
)  # fmt: skip
_OF_A_MOVE = (
    "status_change__ref", "status_change__effective", "status_change__to_status", "status_change__to_trend",
    "status_change__to_agreement", "status_change__issue__title",
)  # fmt: skip


def with_what_is_told(statements: StatementQuerySet) -> StatementQuerySet:
    """Fetch along what the page tells of a statement."""
    return statements.with_speakers().select_related("meeting", "author", "withdrawn_by", "supersedes").only(*_TOLD)


def passages_of(statement: Statement, at: Moment = NOW) -> list[Passage]:
    """Return its passages with their state as of `at` and their copies, without the text; its citation finds them too."""
    passages = Passage.objects.with_state(at).select_related("capture").defer("capture__text").order_by("pk")
    prefetch_related_objects([statement], Prefetch("passages", passages))
    return sorted(statement.passages.all(), key=lambda passage: passage.number)


def bearings_of(statement: Statement) -> list[Bearing]:
    """Return what it means on each issue."""
    bearings = Bearing.objects.filter(statement=statement).select_related("issue", "position_of", "towards")
    found = list(bearings.only(*_OF_A_BEARING).order_by("pk"))
    for bearing in found:
        bearing.statement = statement
        bearing.issue.relationship = statement.relationship
    return found


def moves_by(user: Any, statement: Statement, at: Moment = NOW) -> list[Evidence]:
    """Return where it is evidence of a status change, as of `at`, as `user` may see it."""
    cited = Evidence.objects.visible_to(user, at).filter(statement=statement).select_related("status_change__issue")
    found = list(cited.only(*_OF_A_MOVE))
    for evidence in found:
        evidence.status_change.relationship = statement.relationship
    return found


def commitments_by(user: Any, statement: Statement, at: Moment = NOW) -> list[Commitment]:
    """Return the commitments that it made or settled, as of `at`, as `user` may see them."""
    commitments = Commitment.objects.visible_to(user, at).filter(Q(statement=statement) | Q(settled_by=statement))
    return commitment_lines(commitments, statement.relationship)
