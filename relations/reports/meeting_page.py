"""A meeting as its page shows it: who took part, the agenda and each side's account, as they had been recorded by then."""

from dataclasses import dataclass
from operator import attrgetter

from django.db.models import prefetch_related_objects

from relations.models import AgendaItem, Meeting, Participant, Readout
from relations.models.moments import NOW, Moment
from relations.models.versions import known_version


@dataclass(frozen=True)
class MeetingPage:
    """A meeting with its parts."""

    meeting: Meeting
    participants: list[Participant]
    agenda: list[AgendaItem]
    readouts: list[Readout]


def meeting_page(meeting: Meeting, at: Moment = NOW) -> MeetingPage:
    """Return what the page of `meeting` shows of it as of `at`, without what was not known by then."""
    then = known_version(meeting, at)
    participants, agenda, readouts = (then.parts[name] for name in ("participants", "agenda", "readouts"))
    prefetch_related_objects(participants, "person", "party", "mandate__post")
    prefetch_related_objects(agenda, "issue__relationship")
    prefetch_related_objects(readouts, "side", "teller_person", "document__relationship")
    return MeetingPage(
        meeting=then.row,
        participants=sorted(participants, key=attrgetter("number", "pk")),
        agenda=[item for item in agenda if at.known is None or at.has_come(item.issue.created_at)],
        readouts=[each for each in readouts if at.known is None or at.has_come(each.document.recorded_at)],
    )
