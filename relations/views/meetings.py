"""Meetings: those ahead, those held, one of them with each side's telling, and taking them in."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Desk, Verb
from relations.actions.meetings import save_meeting
from relations.actions.refusal import Refused, Stale
from relations.filters.facets import facets
from relations.filters.lists import MEETINGS
from relations.filters.meetings import DIMENSIONS, HEADS, ORDERS, MeetingFilter
from relations.filters.orders import ordered
from relations.forms.meetings import MeetingForm, ParticipantFormSet, ReadoutFormSet
from relations.models import Meeting, Participant, Statement
from relations.models.versions import Version, version_now
from relations.reports.citations import picture_citation
from relations.reports.meeting_page import meeting_page
from relations.reports.paging import key_page
from relations.reports.readouts import MOST, side_by_side
from relations.views.conflicts import settled, show_conflict
from relations.views.listing import listing, sort_heads
from relations.views.responses import desk_context, opened_version, respond, show_refusal


@require_safe
def index(request: HttpRequest, desk: str) -> HttpResponse:
    """List the meetings, filtered and sorted as the address says; unsorted, those ahead first."""
    here = access.enter(request.user, desk)
    shown = listing(request, here, MEETINGS)
    if shown.instead:
        return redirect(shown.instead)
    visible = Meeting.objects.visible_to(request.user, here.at).at(here.relationship).with_state_then(here.at)
    meetings = visible.select_related("relationship").prefetch_related(
        Prefetch("participants", Participant.objects.select_related("person", "party"))
    )
    meeting_filter = MeetingFilter(request.GET, queryset=meetings, relationship=here.relationship, at=here.at)
    told = facets(meeting_filter, visible.order_by("-pk"), DIMENSIONS, request.GET)
    order = ordered(ORDERS, request.GET.get("sort", ""), told.number)
    found = order.order.of(meeting_filter.qs, meeting_filter)
    page = key_page(found, order.order.fields, request.GET.get("page", ""))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        **desk_context(here),
        "facets": told,
        "typed": [meeting_filter.form[name] for name in ("text", "who", "since", "until")],
        "listing": shown,
        "groups": [{"title": "", "rows": page.rows}] if order.name else _by_part(page.rows),
        "heads": sort_heads(request, HEADS, order.name),
        "order": order,
        "page": page,
        "query": query.urlencode(),
        "announce": ngettext("%(number)s meeting", "%(number)s meetings", told.number) % {"number": told.counted},
    }
    return respond(request, "relations/meetings/list.html", context, partial="results")


def _by_part(rows: list[Any]) -> list[dict[str, Any]]:
    """Return the meetings ahead, those whose day went by and of which nobody said whether they were held, and the rest."""
    titles = (_("Ahead"), _("The day went by: was it held?"), _("Held and cancelled"))
    return [{"title": titles[part], "rows": list(some)} for part, some in groupby(rows, key=lambda row: row.part)]


@require_safe
def detail(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Show a meeting: who took part in which office, the agenda, each side's readout, what was said there."""
    here = access.enter(request.user, desk)
    page = meeting_page(_meeting(request, here, ref), here.at)
    meeting = page.meeting
    statements = Statement.objects.visible_to(request.user, here.at).filter(meeting=meeting).with_people()
    context = {
        **desk_context(here),
        "meeting": meeting,
        "participants": [
            {"participant": participant, "side": here.relationship.side_of(participant.party)}
            for participant in page.participants
        ],
        "agenda": page.agenda,
        "readouts": page.readouts,
        "statements": statements.with_review_state(here.at).with_passage_flag(here.at).newest_first()[:100],
    }
    return respond(request, "relations/meetings/detail.html", context)


@require_safe
def readouts(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Show what each side said of each issue of a meeting side by side, and who is not quoted."""
    here = access.enter(request.user, desk)
    meeting = _meeting(request, here, ref)
    title = _("%(meeting)s: readouts side by side") % {"meeting": meeting}
    context = {
        **desk_context(here),
        "meeting": meeting,
        "page": side_by_side(request.user, meeting, here.at),
        "limit": MOST,
        "citation": picture_citation(title, here.relationship, request.build_absolute_uri(), here.at),
    }
    return respond(request, "relations/meetings/readouts.html", context)


def new(request: HttpRequest, desk: str) -> HttpResponse:
    """Take in a meeting, expected or held."""
    here = access.enter(request.user, desk, Verb.WRITE)
    return _compose(request, here, Meeting(relationship=here.relationship))


def edit(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Edit a meeting, who took part, its agenda and each side's account."""
    here = access.enter(request.user, desk, Verb.WRITE)
    return _compose(request, here, _meeting(request, here, ref))


def _meeting(request: HttpRequest, here: Desk, ref: str) -> Meeting:
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user, here.at).at(here.relationship), ref=ref)
    meeting.relationship = here.relationship
    return meeting


def _compose(request: HttpRequest, here: Desk, meeting: Meeting) -> HttpResponse:
    """Show the form of `meeting` with its parts, store what was typed, or add a row (`more` in the form)."""

    def build(version: Version, data: Any = None) -> list[Any]:
        return _sheet(here, version, data)

    data: Any = settled(request, meeting, build)
    adding_row = data is not None and data.get("more") in ("participants", "readouts")
    if adding_row:
        data = _with_row(data, data["more"])
    opened = opened_version(request, meeting) if meeting.pk else None
    stored = version_now(meeting) if meeting.pk else Version(meeting)
    form, participants, readouts = build(opened or stored, data)
    conflict = None
    if data is not None and not adding_row and _are_valid(form, participants, readouts):
        try:
            saved = save_meeting(
                actor=request.user,
                meeting=form.save(commit=False),
                participants=participants.rows(),
                agenda=form.agenda_items(),
                readouts=readouts.rows(),
                revision=form.cleaned_data["revision"],
                token=form.cleaned_data["token"],
            )
        except Stale as stale:
            conflict = show_conflict(stale, [form, participants, readouts], build)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The meeting is saved."))
            return redirect(saved)
    wrong = data is not None and not adding_row
    context = {
        **desk_context(here),
        "form": form,
        "participants": participants,
        "readouts": readouts,
        "parts": [participants, readouts],
        "meeting": _meeting(request, here, meeting.ref) if meeting.pk else None,
        "opened": opened,
        "conflict": conflict,
        "is_wrong": wrong,
        "is_adding_row": adding_row,
    }
    status = 409 if conflict else 422 if wrong else 200
    return respond(request, "relations/meetings/form.html", context, status=status)


def _are_valid(form: MeetingForm, participants: Any, readouts: Any) -> bool:
    if not all([form.is_valid(), participants.is_valid(), readouts.is_valid()]):
        return False
    for each in participants.filled:
        each.work_out(form.instance)
    return participants.total_error_count() == 0


def _sheet(here: Desk, version: Version, data: Any) -> list[Any]:
    """Return the forms of a version of a meeting: its own, who took part, each side's account."""
    each = {"relationship": here.relationship}
    parts = version.parts
    agenda = {"agenda": [item.issue_id for item in parts["agenda"]]} if parts else {}
    people = ("person_id", "descriptor", "party_id", "mandate_id")
    tellings = ("side_id", "teller_person_id", "teller_descriptor", "document_id")
    return [
        MeetingForm(data, instance=version.row, initial=agenda, **each),
        ParticipantFormSet(data, prefix="participants", initial=_rows(parts, "participants", people), form_kwargs=each),
        ReadoutFormSet(data, prefix="readouts", initial=_rows(parts, "readouts", tellings), form_kwargs=each),
    ]


def _rows(parts: dict[str, list[Any]], name: str, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return a meeting's parts as its form's rows."""
    return [{column.removesuffix("_id"): getattr(part, column) for column in columns} for part in parts.get(name, [])]


def _with_row(data: Any, prefix: str) -> Any:
    """Return what was typed with one more empty row of this part."""
    data = data.copy()
    count = data.get(f"{prefix}-TOTAL_FORMS", "")
    if count.isdecimal() and len(count) < 3:
        data[f"{prefix}-TOTAL_FORMS"] = str(int(count) + 1)
    return data
