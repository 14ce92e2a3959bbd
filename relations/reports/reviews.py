"""The review queue, and one review: the source's words, the claim, what is unusual about it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from relations.choices import Credibility, Decision, Reliability
from relations.models import (
    Bearing,
    Evidence,
    Passage,
    Relationship,
    ReliabilityRating,
    Review,
    Statement,
    StatusChange,
)
from relations.models.reviewed import Reviewed

CONTEXT = 400  # characters of source shown on either side of a passage
_DOUBTFUL = (Reliability.D, Reliability.E, Reliability.F)


@dataclass(frozen=True)
class Queue:
    """What waits at a desk: for this reader, for others, and status changes whose evidence was shaken."""

    mine: list[Review]
    others: list[Review]
    shaken: list[StatusChange]


def queue(user: Any, relationship: Relationship) -> Queue:
    """Return what waits at the desk, the longest waiting first; three queries."""
    waiting = (
        Review.objects.visible_to(user)
        .at(relationship)
        .select_related("relationship", "statement", "status_change__issue", "submitted_by")
    )
    mine = list(waiting.open_for(user))
    pks = {review.pk for review in mine}
    shaken = StatusChange.objects.at(relationship).standing().with_evidence_flag().filter(evidence_flagged=True)
    return Queue(
        mine=mine,
        others=[review for review in waiting.open() if review.pk not in pks],
        shaken=list(shaken.select_related("issue__relationship", "relationship")),
    )


@dataclass(frozen=True)
class Excerpt:
    """A passage with the text around it."""

    before: str
    exact: str
    after: str


@dataclass(frozen=True)
class Reading:
    """One review as its reader meets it."""

    review: Review
    statement: Statement | None
    change: StatusChange | None
    excerpts: list[Excerpt]
    bearings: list[Bearing]
    evidence: list[Statement]
    checks: list[str]
    corrected_text: str | None  # of what it corrects
    earlier_text: str | None  # of the revision that was returned


def reading(review: Review) -> Reading:
    """Return what a reviewer needs to decide on `review`."""
    statement = (
        Statement.objects.with_people().select_related("meeting", "author", "supersedes").get(pk=review.statement_id)
        if review.statement_id
        else None
    )
    change = (
        StatusChange.objects.select_related("issue__relationship", "author", "supersedes").get(
            pk=review.status_change_id
        )
        if review.status_change_id
        else None
    )
    subject: Any = statement or change
    passages = list(Passage.objects.filter(statement=statement).select_related("capture")) if statement else []
    bearings = (
        list(
            Bearing.objects.filter(statement=statement).select_related(
                "issue__relationship", "position_of", "towards", "statement__on_behalf_of"
            )
        )
        if statement
        else []
    )
    return Reading(
        review=review,
        statement=statement,
        change=change,
        excerpts=[_excerpt(passage) for passage in passages],
        bearings=bearings,
        evidence=_evidence(change) if change else [],
        checks=_checks(statement, bearings, passages) if statement else [],
        corrected_text=_words(subject.supersedes) if subject.supersedes else None,
        earlier_text=_returned_text(subject),
    )


def _excerpt(passage: Passage) -> Excerpt:
    """Return the passage amid its context, which is cut between words and says that it is cut."""
    text = passage.capture.text
    first, last = max(0, passage.start - CONTEXT), passage.end + CONTEXT
    before, after = text[first : passage.start], text[passage.end : last]
    if first:
        before = "… " + before.partition(" ")[2]
    if last < len(text):
        after = after.rpartition(" ")[0] + " …"
    return Excerpt(before=before, exact=passage.exact, after=after)


def _evidence(change: StatusChange) -> list[Statement]:
    rows = Evidence.objects.filter(status_change=change).prefetch_related(
        Prefetch("statement", Statement.objects.with_people())
    )
    return [row.statement for row in rows.order_by("pk")]


def _checks(statement: Statement, bearings: list[Bearing], passages: list[Passage]) -> list[str]:
    """Return what is unusual about a statement, in words."""
    rating = ReliabilityRating.objects.filter(
        relationship=statement.relationship_id, publisher=statement.document.publisher_id
    ).first()
    unusual = {
        _("office on that day not known"): statement.office_unknown,
        _("speaker not named"): bool(statement.speaker_descriptor),
        _("our reading"): any(not bearing.stated for bearing in bearings),
        _("cites a place that our copy does not hold"): not passages,
        _("translated"): bool(statement.original_text),
        _("the source’s own report"): statement.kind == "reported",
        _("said on the document’s day: a guess?"): not statement.meeting_id
        and statement.kind != "reported"
        and statement.earliest == statement.document.date_published,
        _("doubtful that it was said"): statement.credibility in (Credibility.DOUBTFUL, Credibility.IMPROBABLE),
        _("publisher not usually trusted"): rating is not None and rating.reliability in _DOUBTFUL,
        _("publisher not rated by this desk"): rating is None,
    }
    return [words for words, applies in unusual.items() if applies]


def _words(subject: Any) -> str:
    return subject.text if isinstance(subject, Statement) else subject.rationale


def text_at(subject: Reviewed, revision: int) -> str | None:
    """Return the words of `subject` as they stood at `revision`, from the history; None where it holds none."""
    model: Any = type(subject)
    event = model.pgh_event_model.objects.filter(pgh_obj=subject.pk, revision=revision).order_by("-pgh_id").first()
    if event is None:
        return None
    return event.text if isinstance(subject, Statement) else event.rationale


def _returned_text(subject: Reviewed) -> str | None:
    """Return the words that came back last time."""
    column = subject.review_column
    returned = Review.objects.filter(**{column: subject}, decision=Decision.RETURNED).order_by("-decided_at").first()
    return text_at(subject, returned.revision) if returned else None
