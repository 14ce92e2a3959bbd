"""Write, correct and throw away statements."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.actions.passages import check_passages, hold_copies
from relations.actions.refusal import Refused, action
from relations.actions.reviews import discard, lock, lock_revision
from relations.models import Bearing, Passage, Review, Statement
from relations.models.base import moment

_KEPT = (
    "ref",
    "relationship_id",
    "author_id",
    "created_at",
    "supersedes_id",
    "published_at",
    "superseded_at",
)


@action(Statement)
def save_statement(
    *,
    actor: Any,
    statement: Statement,
    passages: Sequence[Passage],
    bearings: Sequence[Bearing],
    revision: int | None = None,
    token: uuid.UUID | None = None,
) -> Statement:
    """Store a draft with its passages and bearings: a new one, or the next revision of the one opened at `revision`.

    `statement` carries the fields as typed; `passages` and `bearings` are unsaved rows that replace what is stored.
    Raises `NotAllowed`, `Stale` where a newer revision stands (R5), `Refused` where a rule says no.
    """
    access.require(actor, Verb.WRITE, statement.relationship)
    if statement.pk is None:
        statement.author = statement.edited_by = actor
        statement.edited_at = statement.created_at = moment()
        statement.save(force_insert=True)
    else:
        _save_next(statement, revision or 0, actor)
    _replace_passages(statement, passages)
    _replace_bearings(statement, bearings)
    if Review.objects.filter(statement=statement, decision="").exists():
        check(statement)
    statement.refresh_from_db()
    return statement


def _save_next(statement: Statement, revision: int, actor: Any) -> None:
    stored = lock_revision(statement, revision)
    if stored.published_at:
        raise Refused(_("This is published. Correct it instead of changing it."), rule="frozen")
    for name in _KEPT:
        setattr(statement, name, getattr(stored, name))
    statement.revision = stored.revision + 1
    statement.edited_by = actor
    statement.edited_at = moment()
    statement.save(force_update=True)


def _replace_passages(statement: Statement, passages: Sequence[Passage]) -> None:
    """Store `passages`. One that stays as it was keeps its row, and with it what became of it in later copies."""
    hold_copies(statement)
    stored = {_anchor(passage.number, passage): passage for passage in statement.passages.all()}
    kept = {_anchor(number, passage) for number, passage in enumerate(passages, start=1)}
    for anchor, passage in stored.items():
        if anchor not in kept:
            passage.delete()
    for number, passage in enumerate(passages, start=1):
        same = stored.get(_anchor(number, passage))
        passage.pk = same.pk if same else None
        passage.number = number
        passage.statement = statement
        passage.relationship_id = statement.relationship_id
        passage.save()
    check_passages(statement=statement)


def _anchor(number: int, passage: Passage) -> tuple[int, int, int, int]:
    return number, passage.capture_id, passage.start, passage.end


def _replace_bearings(statement: Statement, bearings: Sequence[Bearing]) -> None:
    stored = {(bearing.issue_id, bearing.position_of_id): bearing for bearing in statement.bearings.all()}
    kept = {(bearing.issue_id, bearing.position_of_id) for bearing in bearings}
    for key, bearing in stored.items():
        if key not in kept:
            bearing.delete()
    for bearing in bearings:
        same = stored.get((bearing.issue_id, bearing.position_of_id))
        bearing.pk = same.pk if same else None
        bearing.statement = statement
        bearing.relationship_id = statement.relationship_id
        bearing.save()


def check(statement: Statement) -> None:
    """Run the database's own check of a statement that is or goes in review (R1); raises `IntegrityError`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relations_check_statement(%s)", [statement.pk])


@action(Statement)
def correct_statement(*, actor: Any, statement: Statement, note: str = "", token: uuid.UUID | None = None) -> Statement:
    """Return the draft that corrects a published statement: the one under way, or a new copy with its children (R4).

    Raises `NotAllowed`, and `Refused` where the statement does not stand published.
    """
    access.require(actor, Verb.WRITE, statement.relationship)
    original = lock(statement)
    if not original.is_standing:
        raise Refused(_("Only a statement that stands published can be corrected."), rule="corrects_what_stands")
    under_way = original.corrections.filter(published_at__isnull=True).order_by("pk").first()
    if under_way is not None:
        return under_way
    return _copy(original, actor, note)


def _copy(original: Statement, actor: Any, note: str) -> Statement:
    """Return a new draft with the fields and children of `original`, which it corrects."""
    workflow = {
        "id", "ref", "author", "edited_by", "created_at", "edited_at", "revision", "supersedes", "correction_note",
        "published_at", "superseded_at", "withdrawn_at", "withdrawn_by", "withdrawal_reason",
    }  # fmt: skip
    fields = {
        field.attname: getattr(original, field.attname)
        for field in Statement._meta.concrete_fields
        if field.name not in workflow and not field.generated
    }
    hold_copies(original)
    draft = Statement.objects.create(
        **fields, supersedes=original, correction_note=note.strip(), author=actor, edited_by=actor
    )
    children: list[Any] = [*original.passages.all(), *original.bearings.all()]
    for child in children:
        child.pk = None
        child._state.adding = True
        child.statement = draft
        child.save()
    check_passages(statement=draft)
    return draft


@action(Statement)
def discard_statement(*, actor: Any, statement: Statement, token: uuid.UUID | None = None) -> Statement:
    """Throw away a draft that was never submitted. Raises `NotAllowed`, and `Refused` once it was submitted."""
    return discard(actor=actor, subject=statement)
