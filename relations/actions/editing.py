"""Store the next revision of what is edited in place without review: issues, documents, meetings (R5)."""

from typing import Any, TypeVar

import pghistory
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.actions.notices import tell_issue_edited
from relations.actions.refusal import Refused, Stale, refusal
from relations.models import Document, Issue, IssueLink, Meeting, Relationship
from relations.models.base import moment

E = TypeVar("E", Document, Issue, Meeting)


def save_edited(*, actor: Any, row: E, revision: int | None = None) -> E:
    """Store a new row, or the next revision of the one opened at `revision`.

    Raises `NotAllowed` below analyst, `Stale` where a newer revision stands, `Refused` where a rule says no.
    """
    access.require(actor, Verb.WRITE, row.relationship)
    try:
        with transaction.atomic(), pghistory.context(user=actor.pk, action="save_edited"):
            row.edited_by = actor
            row.edited_at = moment()
            stored: Any = None
            if isinstance(row, Document) and row.reprints_id:
                # Before the row: two documents that are to reprint each other wait for the desk, not for each other.
                Relationship.objects.select_for_update(no_key=True).get(pk=row.relationship_id)
            if row.pk is None:
                row.author = actor
            else:
                stored = type(row).objects.select_for_update().get(pk=row.pk)
                if stored.revision != revision:
                    raise Stale(stored)
                row.revision = stored.revision + 1
            if isinstance(row, Issue):
                _check_owner(row, stored)
            row.save()
            if isinstance(row, Issue) and stored is not None:
                tell_issue_edited(actor=actor, issue=row)
            return row
    except IntegrityError as error:
        refused = refusal(error)
        if refused is None:
            raise
        raise refused from error


def _check_owner(issue: Issue, stored: Issue | None) -> None:
    """Refuse as a new owner who may not write at the desk; one who may no longer stays until another is chosen."""
    if issue.owner is None or (stored is not None and stored.owner_id == issue.owner_id):
        return
    if not access.may(issue.owner, Verb.WRITE, issue.relationship):
        raise Refused(_("An issue’s owner is someone who writes at this desk."), field="owner", rule="owner_writes")


def link_issues(*, actor: Any, issue: Issue, kind: str, to_issue: Issue) -> IssueLink:
    """Link an issue to another of its desk. Raises `NotAllowed` below analyst, `Refused` where they are linked so."""
    access.require(actor, Verb.WRITE, issue.relationship)
    try:
        with transaction.atomic(), pghistory.context(user=actor.pk, action="link_issues"):
            return IssueLink.objects.create(
                relationship=issue.relationship, from_issue=issue, kind=kind, to_issue=to_issue
            )
    except IntegrityError as error:
        raise refusal(error) or error from error


def unlink_issues(*, actor: Any, link: IssueLink) -> None:
    """Take a link between issues away; the history keeps it. Raises `NotAllowed` below analyst."""
    access.require(actor, Verb.WRITE, link.relationship)
    with pghistory.context(user=actor.pk, action="unlink_issues"):
        link.delete()
