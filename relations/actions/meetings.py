"""Store a meeting with who took part, its agenda and each side's telling."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Manager

from relations.actions.editing import save_edited
from relations.actions.notices import tell_meeting_saved
from relations.actions.refusal import action
from relations.models import AgendaItem, Meeting, Participant, Readout


@action(Meeting)
def save_meeting(
    *,
    actor: Any,
    meeting: Meeting,
    participants: Sequence[Participant],
    agenda: Sequence[AgendaItem],
    readouts: Sequence[Readout],
    revision: int | None = None,
    token: uuid.UUID | None = None,
) -> Meeting:
    """Store a meeting, or its next revision, with its parts: unsaved rows that replace what is stored.

    Raises `NotAllowed` below analyst, `Stale` where a newer revision stands, `Refused` where a rule says no.
    """
    save_edited(actor=actor, row=meeting, revision=revision)
    for number, participant in enumerate(participants, start=1):
        participant.number = number
    _replace(meeting, meeting.participants, participants, lambda row: row.number)
    _replace(meeting, meeting.agenda, agenda, lambda row: row.issue_id)
    _replace(meeting, meeting.readouts, readouts, lambda row: (row.side_id, row.document_id))
    tell_meeting_saved(actor=actor, meeting=meeting)
    return meeting


def _replace(meeting: Meeting, stored: Manager, rows: Sequence[Any], key: Callable[[Any], Any]) -> None:
    same = {key(row): row.pk for row in stored.all()}
    wanted = {key(row) for row in rows}
    for row in stored.all():
        if key(row) not in wanted:
            row.delete()
    for row in rows:
        row.pk = same.get(key(row))
        row.meeting = meeting
        row.relationship_id = meeting.relationship_id
        row.save()
