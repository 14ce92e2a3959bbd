"""Meetings that come in, with who took part and the agenda; each side's account is added on the meeting's page."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from relations.actions.importing.cells import Choice, Day, Said, Text, tidy
from relations.actions.importing.rows import Draft, Rows, changed_fields, copied, needed, wrong
from relations.actions.meetings import save_meeting
from relations.choices import MeetingKind, MeetingState, Precision
from relations.columns import ParticipantCell, parted, participant_in
from relations.models import AgendaItem, Issue, Meeting, Participant, Person
from relations.models.base import lies_ahead, widen
from relations.tables.headers import MEETINGS

_OWN = ("title", "kind", "state", "place", "summary")
_FIELDS = {name: name for name in (*_OWN, "earliest", "latest", "precision")}


class MeetingRows(Rows):
    """The rows of meetings."""

    table = MEETINGS
    one_by_one = True

    ref = Said(Text(32))
    title = Said(Text(200))
    kind = Said(Choice(MeetingKind))
    state = Said(Choice(MeetingState))
    earliest = Said(Day())
    latest = Said(Day())
    precision = Said(Choice(Precision))
    place = Said(Text(160))
    summary = Said()
    participants = Said()
    issues = Said()

    def learn(self, rows: list[dict[str, str]]) -> None:
        """Look up the meetings that stand, and the people."""
        refs = {ref for row in rows if (ref := tidy(row.get("ref", "")))}
        meetings = Meeting.objects.at(self.job.relationship).filter(ref__in=refs).select_related("relationship")
        along = ("participants__party", "participants__person", "agenda__issue", "readouts")
        self.stored = {row.ref: row for row in meetings.prefetch_related(*along)}
        told = [_participant(words) for row in rows for words in parted(tidy(row.get("participants", "")))]
        self.find.learn_names(Person, {each.name for each in told})
        self.find.learn_refs(Person, {each.person for each in told})

    def standing(self, row: dict[str, str]) -> Meeting | None:
        """Return the desk's meeting of this ref."""
        ref = tidy(row.get("ref", ""))
        if not ref:
            return None
        if ref not in self.stored:
            raise wrong("ref", _("This desk has no meeting of this ref. Leave it empty for a new meeting."))
        self.stands_twice(ref, "ref")
        return self.stored[ref]

    def judge(self, draft: Draft) -> None:
        """Make the meeting of what the row says, or see what it changes."""
        said, stored = draft.said, draft.stored
        if stored is None:
            needed(self, said)
            draft.row = Meeting(relationship=self.job.relationship)
        else:
            draft.row = copied(stored)
        meeting = draft.row
        for name in _OWN:
            if name in said and said[name] is not None and (said[name] or name != "title"):
                setattr(meeting, name, said[name])
        self._span(meeting, said)
        if "participants" in said:
            draft.parts["participants"] = [
                self._took_part(meeting, words) for words in parted(said["participants"] or "")
            ]
        if "issues" in said:
            draft.parts["agenda"] = self._agenda(said["issues"] or "")
        if stored is not None:
            draft.changed = self._changes(draft)

    def _span(self, meeting: Any, said: dict[str, Any]) -> None:
        first, last = said.get("earliest"), said.get("latest")
        if "earliest" in said:
            meeting.earliest = first.first if first else None
        if "earliest" in said or last:
            until = last or first
            meeting.latest = until.last if until else None
        given = {days.precision for days in (first, last) if days}
        if said.get("precision"):
            meeting.precision = said["precision"]
        elif len(given) > 1:
            raise wrong("latest", _("Write both days equally precise."))
        elif given:
            meeting.precision = given.pop()
        if meeting.state == MeetingState.HELD and meeting.earliest is None:
            raise wrong("earliest", _("A meeting that was held has a day."))
        if meeting.earliest is None or meeting.latest is None:
            meeting.earliest = meeting.latest = None
            return
        if meeting.latest < meeting.earliest:
            raise wrong("latest", _("The last day cannot come before the first."))
        if said.get("precision") in (Precision.MONTH, Precision.YEAR):
            meeting.earliest, meeting.latest = widen(meeting.earliest, meeting.latest, meeting.precision)
        if meeting.state == MeetingState.HELD and lies_ahead(
            meeting.latest, meeting.precision, self.job.relationship.today()
        ):
            raise wrong("earliest", _("A meeting that was held cannot lie in the future."))

    def _took_part(self, meeting: Any, words: str) -> Participant:
        told = _participant(words)
        try:
            person = self.find.of_ref(Person, told.person) if told.person else self.find.person(told.name)
            if told.person and person is None:
                raise ValueError(_("There is no person of this ref: %(ref)s.") % {"ref": told.person})
            if person is not None:
                self.find.learn_mandates([person])
            held = self.find.held(person, meeting.earliest, meeting.latest) if person and meeting.earliest else []
            if told.party:
                party = self.find.party(told.party)
            elif len({each.post.party_id for each in held}) == 1:
                party = held[0].post.party
            else:
                raise ValueError(_("Say for which party, as in “TR: %(name)s”.") % {"name": told.name[:60]})
        except ValueError as error:
            raise wrong("participants", str(error)) from None
        mandate = held[0] if len(held) == 1 else None
        return Participant(party=party, person=person, mandate=mandate, descriptor="" if person else told.name[:160])

    def _agenda(self, cell: str) -> list[AgendaItem]:
        found: dict[int, Issue] = {}
        for words in parted(cell):
            try:
                issue = self.find.issue(words)
            except ValueError as error:
                raise wrong("issues", str(error)) from None
            found[issue.pk] = issue
        return [AgendaItem(issue=issue) for issue in found.values()]

    def _changes(self, draft: Draft) -> list[str]:
        stored = draft.stored
        changed = changed_fields(draft, _FIELDS)
        if "participants" in draft.parts and _those(draft.parts["participants"]) != _those(stored.participants.all()):
            changed.append("participants")
        if "agenda" in draft.parts:
            wanted = {item.issue_id for item in draft.parts["agenda"]}
            if wanted != {item.issue_id for item in stored.agenda.all()}:
                changed.append("issues")
        return changed

    def store_new(self, drafts: Sequence[Draft]) -> None:
        """Store new meetings."""
        for draft in drafts:
            self._save(draft, [], [], [])

    def store_changed(self, drafts: Sequence[Draft]) -> None:
        """Store the next revisions of meetings; what the file does not tell of them stays."""
        for draft in drafts:
            stored = draft.stored
            self._save(draft, stored.participants.all(), stored.agenda.all(), stored.readouts.all(), stored.revision)

    def _save(self, draft: Draft, participants: Any, agenda: Any, readouts: Any, revision: int | None = None) -> None:
        told = draft.parts if revision is None else {
            name: rows for name, rows in draft.parts.items() if {"agenda": "issues"}.get(name, name) in draft.changed
        }  # fmt: skip
        save_meeting(
            actor=self.job.actor,
            meeting=draft.row,
            participants=list(told.get("participants", participants)),
            agenda=list(told.get("agenda", agenda)),
            readouts=list(readouts),
            revision=revision,
        )


def _participant(words: str) -> ParticipantCell:
    """Return who a cell says took part: by party and name, or by the name alone."""
    return participant_in(words) or ParticipantCell("", words.strip(), "")


def _those(participants: Any) -> list[Any]:
    return [(each.party_id, each.person_id, each.descriptor) for each in participants]
