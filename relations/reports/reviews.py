"""One review as its reader meets it: the source's words, the claim, what is unusual, what moved since."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from relations.choices import Basis, Credibility, Decision, PassageState, Reliability, StatementKind
from relations.models import (
    Bearing,
    Evidence,
    Passage,
    ReliabilityRating,
    Review,
    Statement,
    StatusChange,
)
from relations.models.reviewed import Reviewed
from relations.models.versions import Version, version_at, version_now
from relations.reports.origins import claims
from relations.reports.versions import Difference, differences

CONTEXT = 400  # characters of source shown on either side of a passage
_DOUBTFUL = (Reliability.D, Reliability.E, Reliability.F)


@dataclass(frozen=True)
class Excerpt:
    """A passage with the text around it, and what became of it in the newest copy."""

    passage: Passage
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
    corrected: list[Difference]  # against what it corrects
    since: list[Difference] | None  # against the revision that was returned last; None where none was
    returned: Review | None  # that last round

    @property
    def words_since(self) -> int:
        """How many words were changed since the last round."""
        return sum(each.words for each in self.since or [])


def reading(user: Any, review: Review) -> Reading:
    """Return what `user` needs to decide on `review`."""
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
    passages: list[Any] = (
        list(Passage.objects.filter(statement=statement).with_state().select_related("capture__document__relationship"))
        if statement
        else []
    )
    bearings = (
        list(
            Bearing.objects.filter(statement=statement).select_related(
                "issue__relationship", "position_of", "towards", "statement__on_behalf_of"
            )
        )
        if statement
        else []
    )
    evidence = _evidence(change) if change else []
    now = version_now(subject)
    returned = _last_round(review)
    return Reading(
        review=review,
        statement=statement,
        change=change,
        excerpts=[_excerpt(passage) for passage in passages],
        bearings=bearings,
        evidence=evidence,
        checks=_checks(user, statement, bearings, passages) if statement else _change_checks(change, evidence),
        corrected=_corrected(subject, now),
        since=differences(version_at(subject, returned.revision), now) if returned else None,
        returned=returned,
    )


def _corrected(subject: Reviewed, now: Version) -> list[Difference]:
    """Return what `subject` changes in what it corrects; the note that says why stands beside."""
    if subject.supersedes is None:
        return []
    found = differences(version_now(subject.supersedes), now)
    return [each for each in found if each.name != "correction_note"]


def _last_round(review: Review) -> Review | None:
    """Return the round before `review` that sent its subject back, with what was said."""
    column = review.subject.review_column
    earlier = Review.objects.filter(**{column: review.subject}, submitted_at__lt=review.submitted_at).returned()
    return earlier.select_related("decided_by").prefetch_related("comments__review").first()


def moved_since(subject: Reviewed, revision: int) -> list[Difference]:
    """Return what changed in `subject` since it stood at `revision`."""
    return differences(version_at(subject, revision), version_now(subject))


def rounds_of(subject: Reviewed) -> QuerySet[Review]:
    """Return every round of review of `subject`, the newest first, with what was said at its fields."""
    reviews = Review.objects.filter(**{subject.review_column: subject})
    return reviews.select_related("submitted_by", "decided_by").prefetch_related("comments__review")


def came_back(rounds: Iterable[Review]) -> Review | None:
    """Return of the `rounds_of` a subject the one that sent it back; None where none did, or it was submitted again."""
    newest = next(iter(rounds), None)
    return newest if newest is not None and newest.decision == Decision.RETURNED else None


def _excerpt(passage: Passage) -> Excerpt:
    """Return the passage amid its context, which is cut between words and says that it is cut."""
    text = passage.capture.text
    first, last = max(0, passage.start - CONTEXT), passage.end + CONTEXT
    before, after = text[first : passage.start], text[passage.end : last]
    if first:
        before = "… " + before.partition(" ")[2]
    if last < len(text):
        after = after.rpartition(" ")[0] + " …"
    return Excerpt(passage=passage, before=before, exact=passage.exact, after=after)


def _evidence(change: StatusChange) -> list[Statement]:
    rows = Evidence.objects.filter(status_change=change).prefetch_related(
        Prefetch("statement", Statement.objects.with_people())
    )
    return [row.statement for row in rows.order_by("pk")]


def _checks(user: Any, statement: Statement, bearings: list[Bearing], passages: list[Any]) -> list[str]:
    """Return what is unusual about a statement, in words."""
    rating = ReliabilityRating.objects.filter(
        relationship=statement.relationship_id, publisher=statement.document.publisher_id
    ).first()
    document = statement.document
    unusual = {
        _("said on the document’s day: a guess?"): not statement.meeting_id
        and statement.kind != StatementKind.REPORTED
        and statement.earliest == document.date_published,
        _("our reading"): any(not bearing.stated for bearing in bearings),
        _("no second source"): statement.credibility != Credibility.CONFIRMED and not _second_source(user, statement),
        _("office on that day not known"): statement.office_unknown,
        _("speaker not named"): bool(statement.speaker_descriptor),
        _("use, never attribute"): statement.basis == Basis.DEEP_BACKGROUND,
        _("on no issue"): not bearings,
        _("tells the other side’s position"): any(bearing.as_told_by for bearing in bearings),
        _("milder or stronger than usual"): any(
            bearing.intensity != Bearing.usual_intensity(bearing.act, bearing.mode) for bearing in bearings
        ),
        _("cites a place that our copy does not hold"): not passages,
        _("passage moved in a later copy"): any(passage.state == PassageState.MOVED for passage in passages),
        _("passage lost in a later copy"): any(passage.state == PassageState.LOST for passage in passages),
        _("translated"): bool(statement.original_text),
        _("the source’s own report"): statement.kind == StatementKind.REPORTED,
        _("doubtful that it was said"): statement.credibility in (Credibility.DOUBTFUL, Credibility.IMPROBABLE),
        _("publisher not usually trusted"): rating is not None and rating.reliability in _DOUBTFUL,
        _("publisher not rated by this desk"): rating is None,
        _("fewer may see it than its document"): statement.marking != document.marking,
    }
    return [words for words, applies in unusual.items() if applies]


def _second_source(user: Any, statement: Statement) -> bool:
    """Say whether its claim has another, independent origin."""
    claim = claims(user, [statement]).get(statement.pk)
    return claim is not None and claim.independent > 1


def _change_checks(change: StatusChange | None, evidence: list[Statement]) -> list[str]:
    """Return what is unusual about a status change, in words."""
    if change is None:
        return []
    parties = {statement.on_behalf_of_id for statement in evidence if statement.kind != StatementKind.REPORTED}
    both = any(statement.kind == StatementKind.JOINT for statement in evidence)
    later = StatusChange.objects.filter(issue=change.issue_id, effective__gt=change.effective).standing()
    unusual = {
        _("on one side’s evidence"): len(parties) == 1 and not both,
        _("the source’s own report alone"): bool(evidence) and not parties and not both,
        _("evidence no longer stands"): any(not statement.is_standing for statement in evidence),
        _("dated before the latest move"): later.exclude(pk=change.supersedes_id).exists(),
    }
    return [words for words, applies in unusual.items() if applies]
