"""Propose, revise and correct the moves of an issue's status, trend and agreement."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.actions.refusal import Refused, action
from relations.actions.reviews import discard, lock, lock_revision, submit
from relations.choices import Agreement, StatementKind, Status, Trend
from relations.models import Evidence, Party, Review, Statement, StatusChange
from relations.models.base import moment


@action(Review)
def propose_status(
    *, actor: Any, change: StatusChange, evidence: Sequence[Statement], token: uuid.UUID | None = None
) -> Review:
    """Store a new status change with its evidence and send it to review (R2).

    Raises `NotAllowed`, and `Refused` without a published statement on this issue, for a move that moves nothing, or
    for a day in the future.
    """
    access.require(actor, Verb.WRITE, change.relationship)
    check_move(change, evidence)
    change.author = change.edited_by = actor
    change.save(force_insert=True)
    replace_evidence(change, evidence)
    return submit(actor=actor, subject=change, revision=change.revision)


@action(StatusChange)
def revise_status_change(
    *,
    actor: Any,
    change: StatusChange,
    evidence: Sequence[Statement],
    revision: int,
    token: uuid.UUID | None = None,
) -> StatusChange:
    """Store the next revision of a status change that is not published. Raises as `propose_status`, and `Stale`."""
    access.require(actor, Verb.WRITE, change.relationship)
    stored = lock_revision(change, revision)
    if stored.published_at:
        raise Refused(_("This is published. Correct it instead of changing it."), rule="frozen")
    check_move(change, evidence)
    change.revision = stored.revision + 1
    change.edited_by = actor
    change.edited_at = moment()
    change.save(
        update_fields=[
            "to_status", "to_trend", "to_agreement", "effective", "rationale", "correction_note", "revision", "edited_by",
            "edited_at",
        ]
    )  # fmt: skip
    replace_evidence(change, evidence)
    change.refresh_from_db()
    return change


@action(StatusChange)
def correct_status_change(
    *, actor: Any, change: StatusChange, note: str = "", token: uuid.UUID | None = None
) -> StatusChange:
    """Return the draft that corrects a published status change: the one under way, or a new copy with its evidence.

    Raises `NotAllowed`, and `Refused` where the change does not stand published.
    """
    access.require(actor, Verb.WRITE, change.relationship)
    original = lock(change)
    if not original.is_standing:
        raise Refused(_("Only a status change that stands published can be corrected."), rule="corrects_what_stands")
    under_way = original.corrections.filter(published_at__isnull=True).order_by("pk").first()
    if under_way is not None:
        return under_way
    draft = StatusChange.objects.create(
        relationship=original.relationship,
        issue=original.issue,
        to_status=original.to_status,
        to_trend=original.to_trend,
        to_agreement=original.to_agreement,
        effective=original.effective,
        rationale=original.rationale,
        supersedes=original,
        correction_note=note.strip(),
        author=actor,
        edited_by=actor,
    )
    replace_evidence(draft, list(original.statements.all()))
    return draft


@action(StatusChange)
def discard_status_change(*, actor: Any, change: StatusChange, token: uuid.UUID | None = None) -> StatusChange:
    """Throw away a status change that was never submitted. Raises `NotAllowed`, and `Refused` once it was."""
    return discard(actor=actor, subject=change)


def check_move(change: StatusChange, evidence: Sequence[Statement]) -> None:
    """Raise `Refused`, at its field, where this move with this evidence could not be proposed (R2)."""
    if change.effective > change.relationship.today():
        raise Refused(
            _("A status change cannot be dated in the future."),
            field="effective",
            rule="effective_not_in_future",
        )
    if not evidence:
        raise Refused(
            _("Choose at least one published statement on this issue as its evidence."),
            field="evidence",
            rule="evidence_published",
        )
    on_issue = set(
        Statement.objects.standing()
        .filter(pk__in=[statement.pk for statement in evidence], bearings__issue=change.issue_id)
        .values_list("pk", flat=True)
    )
    if any(statement.pk not in on_issue for statement in evidence):
        raise Refused(
            _("Evidence is published statements on this issue. One of these is not, or no longer stands."),
            field="evidence",
            rule="evidence_on_issue",
        )
    silent = [] if change.to_agreement == Agreement.NOT_JUDGED else _silent(change, evidence)
    if silent:
        # Never set to "not judged" unasked: that would take a reviewed judgement off the board.
        raise Refused(
            _(
                "Whether the sides agree rests on words of both, and here nothing is cited of: %(parties)s. Cite a "
                "statement of theirs, or choose “%(not_judged)s”: the board then shows no judgement."
            )
            % {
                "parties": ", ".join(party.label for party in silent),
                "not_judged": Agreement.NOT_JUDGED.label,
            },
            field="evidence",
            rule="evidence_of_both_sides",
        )
    if (change.to_status, change.to_trend, change.to_agreement) == _before(change):
        raise Refused(
            _("This is how the issue stands on that day already. Choose another status, trend or agreement."),
            field="to_status",
            rule="move_moves",
        )


def _silent(change: StatusChange, evidence: Sequence[Statement]) -> list[Party]:
    """Return the sides that do not speak in the evidence, neither for themselves nor in a text that both agreed."""
    if any(statement.kind == StatementKind.JOINT for statement in evidence):
        return []
    spoke = {statement.on_behalf_of_id for statement in evidence}
    return [party for party in change.relationship.parties if party.pk not in spoke]


def _before(change: StatusChange) -> tuple[str, str, str]:
    """Return the status, trend and agreement that stand before `change` would (what it corrects left out)."""
    standing = StatusChange.objects.filter(issue=change.issue_id, effective__lte=change.effective).standing()
    latest = standing.exclude(pk=change.supersedes_id).order_by("-effective", "-published_at", "-pk").first()
    if latest is None:
        return Status.OPEN, Trend.NOT_ASSESSED, Agreement.NOT_JUDGED
    return latest.to_status, latest.to_trend, latest.to_agreement


def replace_evidence(change: StatusChange, evidence: Sequence[Statement]) -> None:
    """Make these statements, and no others, what the change cites; within an action."""
    kept = {statement.pk for statement in evidence}
    for row in change.evidence.exclude(statement__in=kept):
        row.delete()
    present = set(change.evidence.values_list("statement_id", flat=True))
    for statement in evidence:
        if statement.pk not in present:
            Evidence.objects.create(relationship=change.relationship, status_change=change, statement=statement)
