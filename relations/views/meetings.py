"""Meetings: those ahead, those held, and one of them with each side's telling."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from relations import access
from relations.choices import MeetingState
from relations.models import AgendaItem, Meeting, Participant, Readout, Statement
from relations.views.responses import desk_context, respond

AHEAD = (MeetingState.EXPECTED, MeetingState.SCHEDULED)


def index(request: HttpRequest, desk: str) -> HttpResponse:
    """List the meetings, those ahead first."""
    here = access.enter(request.user, desk)
    meetings = Meeting.objects.visible_to(request.user).at(here.relationship)
    meetings = meetings.select_related("relationship").prefetch_related(
        Prefetch("participants", Participant.objects.select_related("person", "party"))
    )
    context = {
        **desk_context(here),
        "ahead": meetings.filter(state__in=AHEAD).order_by("earliest", "pk"),
        "past": meetings.exclude(state__in=AHEAD).order_by("-earliest", "-pk")[:200],
    }
    return respond(request, "relations/meetings/list.html", context)


def detail(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Show a meeting: who took part in which office, the agenda, each side's readout, what was said there."""
    here = access.enter(request.user, desk)
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).at(here.relationship), ref=ref)
    meeting.relationship = here.relationship
    statements = Statement.objects.visible_to(request.user).filter(meeting=meeting).with_people().with_review_state()
    context = {
        **desk_context(here),
        "meeting": meeting,
        "participants": [
            {"participant": participant, "side": here.relationship.side_of(participant.party)}
            for participant in Participant.objects.filter(meeting=meeting).select_related(
                "person", "party", "mandate__post"
            )
        ],
        "agenda": AgendaItem.objects.filter(meeting=meeting).select_related("issue__relationship"),
        "readouts": Readout.objects.filter(meeting=meeting).select_related(
            "side", "teller_person", "document__relationship"
        ),
        "statements": statements.with_passage_flag().newest_first()[:100],
    }
    return respond(request, "relations/meetings/detail.html", context)
