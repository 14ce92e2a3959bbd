"""What the desk may hold already: shown before a statement is saved, for the analyst to judge."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q

from relations.models import Passage, Statement

NEAR = 0.45  # trigram similarity of two texts that say the same
MOST = 5


@dataclass(frozen=True)
class Duplicates:
    """Statements that cite the same passage, or say nearly the same words on that day by that speaker."""

    same_passage: list[Statement]
    same_words: list[Statement]

    def __bool__(self) -> bool:
        return bool(self.same_passage or self.same_words)


def likely_duplicates(user: Any, statement: Statement, passages: Sequence[Passage]) -> Duplicates:
    """Return what `user` may see (R7) that an unsaved `statement` with these `passages` may repeat; two queries.

    The statement itself and the one it corrects are none, nor is what was withdrawn or corrected.
    """
    held = (
        Statement.objects.visible_to(user)
        .filter(relationship=statement.relationship_id, superseded_at=None, withdrawn_at=None)
        .exclude(pk__in=[pk for pk in (statement.pk, statement.supersedes_id) if pk])
        .with_people()
    )
    overlap = Q()
    for passage in passages:
        overlap |= Q(capture=passage.capture_id, start__lt=passage.end, end__gt=passage.start)
    citing = Passage.objects.filter(overlap, statement__document=statement.document_id).values("statement")
    same_passage = list(held.filter(pk__in=citing).newest_first()[:MOST]) if overlap else []
    near = (
        held.filter(_speaker(statement), earliest__lte=statement.latest, latest__gte=statement.earliest)
        .exclude(pk__in=[found.pk for found in same_passage])
        .annotate(similarity=TrigramSimilarity("text", statement.text))
        .filter(similarity__gte=NEAR)
        .order_by("-similarity", "-pk")
    )
    return Duplicates(same_passage, list(near[:MOST]))


def _speaker(statement: Statement) -> Q:
    """Return the condition that the same speaks: the person, the body, those described so, or the source itself."""
    if statement.speaker_person_id or statement.speaker_organisation_id or statement.speaker_descriptor:
        return Q(
            speaker_person=statement.speaker_person_id,
            speaker_organisation=statement.speaker_organisation_id,
            speaker_descriptor=statement.speaker_descriptor,
        )
    return Q(kind=statement.kind, document__publisher=statement.document.publisher_id)
