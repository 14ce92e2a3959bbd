"""Parts, which are written with their whole, and what the database keeps beside: to look things up in."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from relations.access import Verb
from relations.admin.base import DeskViewOnly
from relations.admin.choosing import DeskFilter
from relations.admin.standing import standing
from relations.models import (
    AgendaItem,
    Bearing,
    Capture,
    Contribution,
    Evidence,
    IssueLink,
    Participant,
    Passage,
    PassageCheck,
    Readout,
)
from relations.templatetags.signs import desk_date, signed

_DESK = ("relationship", DeskFilter)


@admin.register(Capture)
class CaptureAdmin(DeskViewOnly):
    """Stored copies of documents; a better one is added under its document."""

    list_display = ("document", "number", "extent", "retrieved", "sha256")
    list_filter = (_DESK, "extent")
    list_select_related = ("document",)
    search_fields = ("document__title__unaccent__icontains", "sha256__istartswith")

    @admin.display(description=_("retrieved"), ordering="retrieved_at")
    def retrieved(self, capture: Capture) -> Any:
        """Return the moment."""
        return desk_date(capture.retrieved_at, "time")


@admin.register(Passage)
class PassageAdmin(DeskViewOnly):
    """Passages that statements stand on."""

    list_display = ("exact", "statement", "state", "capture")
    list_filter = (_DESK,)
    list_select_related = ("statement", "capture__document")
    search_fields = ("exact__unaccent__icontains", "statement__text__unaccent__icontains")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the passages with their state in the newest copy."""
        return super().get_queryset(request).with_state()

    @admin.display(description=_("in the newest copy"))
    def state(self, passage: Any) -> str:
        """Return whether it stands there, elsewhere, or not at all."""
        return str(dict(PassageCheck._meta.get_field("state").flatchoices).get(passage.state, passage.state))


@admin.register(PassageCheck)
class PassageCheckAdmin(DeskViewOnly):
    """What became of passages in later copies."""

    list_display = ("passage", "state", "found_start", "capture", "checked")
    list_filter = (_DESK, "state")
    list_select_related = ("passage", "capture__document")

    @admin.display(description=_("checked"), ordering="checked_at")
    def checked(self, check: PassageCheck) -> Any:
        """Return the moment."""
        return desk_date(check.checked_at, "time")


@admin.register(Bearing)
class BearingAdmin(DeskViewOnly):
    """What statements mean on issues."""

    list_display = ("issue", "statement", "act", "mode", "strength", "position_of", "stated")
    list_filter = (_DESK, "act", "stated")
    list_select_related = ("issue", "statement", "position_of")
    search_fields = ("issue__title__unaccent__icontains", "statement__text__unaccent__icontains")

    @admin.display(description=_("how strongly"), ordering="intensity")
    def strength(self, bearing: Bearing) -> str:
        """Return the intensity with its sign."""
        return signed(bearing.intensity)


@admin.register(IssueLink)
class IssueLinkAdmin(DeskViewOnly):
    """How issues hang on each other."""

    list_display = ("from_issue", "kind", "to_issue", "relationship")
    list_filter = (_DESK, "kind")
    list_select_related = (
        "from_issue", "to_issue", "relationship__first_party", "relationship__second_party",
    )  # fmt: skip
    search_fields = ("from_issue__title__unaccent__icontains", "to_issue__title__unaccent__icontains")


@admin.register(Evidence)
class EvidenceAdmin(DeskViewOnly):
    """What status changes cite."""

    list_display = ("status_change", "statement")
    list_filter = (_DESK,)
    list_select_related = ("status_change__issue", "statement")
    search_fields = ("status_change__issue__title__unaccent__icontains", "statement__text__unaccent__icontains")


@admin.register(Participant)
class ParticipantAdmin(DeskViewOnly):
    """Who took part in meetings."""

    list_display = ("__str__", "party", "mandate", "meeting")
    list_filter = (_DESK,)
    list_select_related = ("person", "party", "mandate__person", "mandate__post", "meeting")
    search_fields = (
        "person__name__unaccent__icontains",
        "descriptor__unaccent__icontains",
        "meeting__title__unaccent__icontains",
    )


@admin.register(AgendaItem)
class AgendaItemAdmin(DeskViewOnly):
    """Which issues meetings dealt with."""

    list_display = ("meeting", "issue")
    list_filter = (_DESK,)
    list_select_related = ("meeting", "issue")
    search_fields = ("meeting__title__unaccent__icontains", "issue__title__unaccent__icontains")


@admin.register(Readout)
class ReadoutAdmin(DeskViewOnly):
    """Each side's telling of meetings."""

    list_display = ("meeting", "side", "teller", "document")
    list_filter = (_DESK,)
    list_select_related = ("meeting", "side", "teller_person", "document")
    search_fields = ("meeting__title__unaccent__icontains", "teller_person__name__unaccent__icontains")


@admin.register(Contribution)
class ContributionAdmin(DeskViewOnly):
    """Who wrote or edited what, and so cannot approve it (R3)."""

    list_display = ("user", "statement", "status_change")
    list_filter = (_DESK,)
    list_select_related = ("user", "statement", "status_change__issue")
    search_fields = ("user__username", "user__name__unaccent__icontains")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the contributions at desks where the user sees drafts."""
        return super().get_queryset(request).filter(relationship__in=standing(request).desks(Verb.WRITE))
