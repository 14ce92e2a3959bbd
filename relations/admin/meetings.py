"""Meetings with who took part, the agenda and each side's telling."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from relations.actions.meetings import save_meeting
from relations.admin.base import DeskAdmin
from relations.admin.choosing import DeskFilter
from relations.admin.forms import RevisionForm
from relations.admin.inlines import PartInline, WholeFormSet, WidePartInline
from relations.choices import Precision
from relations.models import AgendaItem, Meeting, Participant, Readout
from relations.models.base import widen


class ParticipantInline(WidePartInline):
    """Who took part."""

    model = Participant
    formset = WholeFormSet
    fields = (("person", "descriptor"), ("party", "mandate"))
    autocomplete_fields = ("party", "person", "mandate")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the participants with what a row names."""
        return super().get_queryset(request).select_related("party", "person", "mandate__person", "mandate__post")


class AgendaInline(PartInline):
    """Which issues it dealt with."""

    model = AgendaItem
    formset = WholeFormSet
    fields = ("issue",)
    autocomplete_fields = ("issue",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the items with their issues."""
        return super().get_queryset(request).select_related("issue", "meeting")


class ReadoutInline(WidePartInline):
    """Each side's telling."""

    model = Readout
    formset = WholeFormSet
    fields = (("side", "document"), ("teller_person", "teller_descriptor"))
    autocomplete_fields = ("side", "teller_person", "document")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the readouts with what a row names."""
        return super().get_queryset(request).select_related("side", "teller_person", "document")


class MeetingForm(RevisionForm):
    """A meeting."""

    def clean(self) -> dict[str, Any]:
        """Let a single day be typed once, and widen a month or a year."""
        typed = super().clean() or self.cleaned_data
        if typed.get("earliest"):
            typed["latest"] = typed.get("latest") or typed["earliest"]
            if typed["earliest"] <= typed["latest"]:
                typed["earliest"], typed["latest"] = widen(
                    typed["earliest"], typed["latest"], typed.get("precision") or Precision.DAY
                )
        return typed


@admin.register(Meeting)
class MeetingAdmin(DeskAdmin):
    """Calls, visits and talks."""

    form = MeetingForm
    list_display = ("title", "day", "kind", "state", "place", "relationship")
    list_filter = (("relationship", DeskFilter), "state", "kind")
    list_select_related = ("relationship__first_party", "relationship__second_party")
    search_fields = ("title__unaccent__icontains", "place__unaccent__icontains", "ref")
    fields = (
        "relationship", "title", "kind", "state", ("earliest", "latest", "precision"), "place", "summary",
    )  # fmt: skip
    inlines = (ParticipantInline, AgendaInline, ReadoutInline)

    @admin.display(description=_("when"), ordering="earliest")
    def day(self, meeting: Meeting) -> str:
        """Return its day or span."""
        return meeting.when

    def store(self, request: HttpRequest, obj: Any, form: Any, formsets: Any, *, change: bool) -> None:
        """Store the meeting with its parts."""
        if change and not form.has_changed() and not any(formset.has_changed() for formset in formsets):
            return
        parts: dict[Any, list[Any]] = {
            formset.model: [each.instance for each in formset.kept_forms] for formset in formsets
        }
        save_meeting(
            actor=request.user,
            meeting=obj,
            participants=parts[Participant],
            agenda=parts[AgendaItem],
            readouts=parts[Readout],
            revision=form.cleaned_data["revision"],
        )
