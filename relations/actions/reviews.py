"""Submit, approve, return and withdraw: the same for statements and status changes (R1-R4)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.actions.notices import tell_decided, tell_submitted, tell_withdrawn
from relations.actions.refusal import Refused, Stale, action
from relations.choices import Decision
from relations.models import Review, ReviewClaim, ReviewComment, Statement, StatusChange
from relations.models.base import moment, says_something
from relations.models.reviewed import Reviewed

S = TypeVar("S", bound=Reviewed)


@dataclass(frozen=True)
class FieldComment:
    """What a reviewer says of one field, and of which words in it; an empty `field` is the whole."""

    text: str
    field: str = ""
    words: str = ""


def lock(subject: S) -> S:
    """Return `subject` as it stands now, locked until the action ends; first what it corrects, so that no two wait."""
    model: Any = type(subject)
    pks = [pk for pk in (subject.supersedes_id, subject.pk) if pk]
    rows = {row.pk: row for row in model.objects.select_for_update().filter(pk__in=pks).order_by("pk")}
    if subject.pk not in rows:
        raise Refused(_("This was thrown away meanwhile."), rule="gone")
    locked = rows[subject.pk]
    if locked.relationship_id == subject.relationship_id:
        locked.relationship = subject.relationship  # read already to ask what the actor may do
    return locked


def lock_revision(subject: S, revision: int) -> S:
    """Return `subject` locked. Raises `Stale` where it is no longer at `revision` (R5)."""
    locked = lock(subject)
    if locked.revision != revision:
        raise Stale(locked)
    return locked


@action(Review)
def submit(*, actor: Any, subject: Reviewed, revision: int, token: uuid.UUID | None = None) -> Review:
    """Send `subject`, as it stands at `revision`, to review. Only a draft or a returned one can be sent.

    Raises `NotAllowed`, `Stale`, and `Refused` where it lacks what a review needs (R1) or waits for one already.
    """
    access.require(actor, Verb.WRITE, subject.relationship)
    subject = lock_revision(subject, revision)
    if subject.published_at:
        raise Refused(_("This is published already. Correct it instead."), rule="frozen")
    if Review.objects.filter(**{subject.review_column: subject}, decision="").exists():
        raise Refused(_("This waits for review already."), rule="review_one_open")
    review = Review.objects.create(
        relationship=subject.relationship,
        revision=subject.revision,
        submitted_by=actor,
        submitted_at=moment(),
        **{subject.review_column: subject},
    )
    tell_submitted(actor=actor, review=review)
    return review


def _lock_open(review: Review) -> tuple[Review, Reviewed]:
    """Return the review and its subject, locked. Raises `Refused` where it was decided meanwhile."""
    subject = lock(review.subject)
    locked = Review.objects.select_for_update().get(pk=review.pk)
    if locked.decision:
        raise Refused(
            _("%(who)s decided on this already: %(decision)s.")
            % {"who": locked.decided_by, "decision": locked.get_decision_display().lower()},
            rule="decided_once",
        )
    return locked, subject


def _require_second_person(actor: Any, subject: Reviewed) -> None:
    if actor.pk in access.contributors(subject):
        raise Refused(
            _("You wrote, edited or submitted this, so someone else has to decide on it."),
            rule="second_person",
        )


def _decide(review: Review, decision: Decision, actor: Any, revision: int, comment: str) -> Review:
    review.revision = revision
    review.decision = decision
    review.decided_by = actor
    review.decided_at = moment()
    review.comment = comment.strip()
    review.save()
    ReviewClaim.objects.filter(review=review).delete()
    return review


@action(Review)
def approve(*, actor: Any, review: Review, revision: int, comment: str = "", token: uuid.UUID | None = None) -> Review:
    """Approve the `revision` that was read and publish it; a correction supersedes what it corrects.

    Raises `NotAllowed`; `Stale` where the text moved since it was opened; `Refused` where the actor had a hand in it
    (R3), another decided first, or a rule of publication is not met (R1, R2).
    """
    access.require(actor, Verb.REVIEW, review.relationship)
    review, subject = _lock_open(review)
    _require_second_person(actor, subject)
    if subject.revision != revision:
        raise Stale(subject)
    review = _decide(review, Decision.APPROVED, actor, revision, comment)
    model: Any = type(subject)
    model.objects.filter(pk=subject.pk).update(published_at=review.decided_at)
    if subject.supersedes_id:
        model.objects.filter(pk=subject.supersedes_id).update(superseded_at=review.decided_at)
    tell_decided(actor=actor, review=review)
    return review


@action(Review)
def return_(
    *,
    actor: Any,
    review: Review,
    revision: int,
    comment: str = "",
    comments: Sequence[FieldComment] = (),
    token: uuid.UUID | None = None,
) -> Review:
    """Return the `revision` that was read to its author, with what to change: a comment on the whole, some at fields.

    Raises `NotAllowed`, `Stale`, and `Refused` without any comment, for one at a field or words that are not there,
    for the actor's own work, or once decided.
    """
    access.require(actor, Verb.REVIEW, review.relationship)
    if not says_something(comment) and not comments:
        raise Refused(_("Say what should be changed."), field="comment", rule="review_returned_with_comment")
    review, subject = _lock_open(review)
    _require_second_person(actor, subject)
    if subject.revision != revision:
        raise Stale(subject)
    _check_comments(subject, comments)
    said = comment if says_something(comment) else _("See the comments at the fields.")
    review = _decide(review, Decision.RETURNED, actor, revision, said)
    for number, each in enumerate(comments, start=1):
        ReviewComment.objects.create(
            relationship=review.relationship,
            review=review,
            number=number,
            field=each.field,
            words=each.words.strip(),
            text=each.text.strip(),
        )
    tell_decided(actor=actor, review=review)
    return review


def _check_comments(subject: Reviewed, comments: Sequence[FieldComment]) -> None:
    fields = subject.read_fields()
    for each in comments:
        if not says_something(each.text):
            raise Refused(_("Say what should be changed."), field="comment", rule="review_comment_not_blank")
        if each.field and each.field not in fields:
            raise Refused(_("There is no such field here."), field="comment", rule="review_comment_field")
        if each.words.strip() and not subject.holds(each.field, each.words.strip()):
            raise Refused(
                _("“%(words)s” does not stand in the field it is said of.") % {"words": each.words.strip()[:80]},
                field="comment",
                rule="review_comment_words",
            )


def _withdraw(*, actor: Any, subject: S, reason: str) -> S:
    access.require(actor, Verb.WITHDRAW, subject.relationship)
    if not says_something(reason):
        raise Refused(_("Say why this is withdrawn."), field="reason", rule="withdrawn_with_reason")
    subject = lock(subject)
    if not subject.published_at:
        raise Refused(_("Only what is published can be withdrawn."), rule="withdraw_published")
    if subject.withdrawn_at:
        raise Refused(_("This was withdrawn already."), rule="set_once")
    subject.withdrawn_at = moment()
    subject.withdrawn_by = actor
    subject.withdrawal_reason = reason.strip()
    subject.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    tell_withdrawn(actor=actor, subject=subject)
    return subject


def discard(*, actor: Any, subject: S) -> S:
    """Throw away a draft that was never submitted; within an action. Raises `NotAllowed`, `Refused` once it was."""
    access.require(actor, Verb.WRITE, subject.relationship)
    draft = lock(subject)
    if Review.objects.filter(**{subject.review_column: draft}).exists():
        raise Refused(
            _("What was submitted once is kept. Only a draft that was never submitted can be thrown away."),
            rule="kept_once_submitted",
        )
    draft.delete()
    return draft


@action(Statement)
def withdraw_statement(*, actor: Any, subject: Statement, reason: str, token: uuid.UUID | None = None) -> Statement:
    """Withdraw a published statement, with the reason; it stays readable (R4). Moves no status (R2).

    Raises `NotAllowed` below reviewer, `Refused` without a reason or where it is not published or withdrawn already.
    """
    return _withdraw(actor=actor, subject=subject, reason=reason)


@action(StatusChange)
def withdraw_status_change(
    *, actor: Any, subject: StatusChange, reason: str, token: uuid.UUID | None = None
) -> StatusChange:
    """Withdraw a published status change, with the reason; the one before it stands again. Raises as for statements."""
    return _withdraw(actor=actor, subject=subject, reason=reason)
