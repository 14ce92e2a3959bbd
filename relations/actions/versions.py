"""The return to an earlier version, as the database recorded it.

What is edited in place returns by its own form, filled with the earlier version. What was published returns by a
correction: a draft with the earlier version's fields and parts, which is reviewed like any other (R3, R4).
"""

import uuid
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.actions.issues import check_move, replace_evidence
from relations.actions.refusal import Refused, action
from relations.actions.reviews import lock
from relations.models import Statement, StatusChange
from relations.models.reviewed import Reviewed
from relations.models.versions import PARTS, Version, content, version_now, version_of

S = TypeVar("S", bound=Reviewed)


@action(Statement)
def restore_statement(
    *, actor: Any, statement: Statement, version: int, note: str = "", token: uuid.UUID | None = None
) -> Statement:
    """Return a new draft that corrects what stands of `statement` by its earlier `version`.

    `statement` is any in the chain of corrections: the version is one of its own. Raises `NotAllowed` below reviewer,
    and `Refused` where nothing of it stands, a correction is under way, the version is what stands, or can no longer
    be had: it names what was removed since, or a rule that its document or an office meets no more.
    """
    access.require(actor, Verb.REVIEW, statement.relationship)
    standing, earlier = _to_restore(statement, version)
    draft = Statement.objects.create(
        **content(earlier.row),
        relationship=statement.relationship,
        supersedes=standing,
        correction_note=note.strip(),
        author=actor,
        edited_by=actor,
    )
    for part in (*earlier.parts["passages"], *earlier.parts["bearings"]):
        again = type(part)(**content(part), relationship=statement.relationship)
        again.statement = draft
        again.save()
    draft.refresh_from_db()
    return draft


@action(StatusChange)
def restore_status_change(
    *, actor: Any, change: StatusChange, version: int, note: str = "", token: uuid.UUID | None = None
) -> StatusChange:
    """Return a new draft that corrects what stands of `change` by its earlier `version`, with the evidence it had.

    Raises as `restore_statement`, and `Refused` where that evidence was withdrawn or corrected since.
    """
    access.require(actor, Verb.REVIEW, change.relationship)
    standing, earlier = _to_restore(change, version)
    cited = [part.statement_id for part in earlier.parts["evidence"]]
    evidence = list(Statement.objects.filter(pk__in=cited))
    if any(not statement.is_standing for statement in evidence):
        raise Refused(
            _(
                "Evidence of that version was withdrawn or corrected since, so it cannot be restored as it was. "
                "Correct the status change and choose other evidence."
            ),
            rule="evidence_stands",
        )
    draft = StatusChange(
        **content(earlier.row),
        relationship=change.relationship,
        supersedes=standing,
        correction_note=note.strip(),
        author=actor,
        edited_by=actor,
    )
    check_move(draft, evidence)
    draft.save(force_insert=True)
    replace_evidence(draft, evidence)
    draft.refresh_from_db()
    return draft


def _to_restore(row: S, number: int) -> tuple[S, Version]:
    """Return what stands of `row`, locked, and the version it is to return to."""
    model: Any = type(row)
    standing = lock(row)
    while standing.superseded_at is not None:
        standing = lock(model.objects.get(supersedes=standing, published_at__isnull=False))
    if not standing.is_standing:
        raise Refused(
            _("Only what stands published returns to an earlier version. This does not."), rule="corrects_what_stands"
        )
    if model.objects.filter(supersedes=standing, published_at__isnull=True).exists():
        raise Refused(
            _("A correction of this is under way. Finish it, or throw it away, before you return to a version."),
            rule="one_correction_at_a_time",
        )
    earlier = version_of(row, number)
    if earlier is None:
        raise Refused(_("The record holds no such version. Open the history again."), rule="version_known")
    _check_named(earlier)
    if _signature(earlier) == _signature(version_now(standing)):
        raise Refused(_("This version is what stands now."), rule="version_differs")
    return standing, earlier


def _signature(version: Version) -> tuple[Any, frozenset[Any]]:
    """Return what makes two versions the same: their fields, and their parts in whatever order."""
    return content(version.row), frozenset(
        (name, *_said(version, name, part).values()) for name, parts in version.parts.items() for part in parts
    )


def _said(version: Version, name: str, part: Model) -> dict[str, Any]:
    """Return what a part says, by column: whose part it is left out."""
    _part, column, _related = PARTS[type(version.row)][name]
    return {key: value for key, value in content(part).items() if key != f"{column}_id"}


def _check_named(version: Version) -> None:
    """Raise `Refused` where the version names a row that was removed since."""
    rows = [(version.row, content(version.row))]
    rows += [(part, _said(version, name, part)) for name, parts in version.parts.items() for part in parts]
    for row, said in rows:
        for field in row._meta.concrete_fields:
            key = said.get(field.attname)
            if not field.is_relation or key is None:
                continue
            if not field.related_model._default_manager.filter(pk=key).exists():
                raise Refused(
                    _("That version names something that was removed since: %(field)s. Correct what stands instead.")
                    % {"field": field.verbose_name},
                    rule="version_names_what_is",
                )
