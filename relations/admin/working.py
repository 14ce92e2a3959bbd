"""What the daily work leaves beside the content: to look things up in. It is written on the pages, by their actions."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from relations.admin.base import DeskViewOnly
from relations.admin.choosing import DeskFilter
from relations.models import (
    Brief,
    BriefTemplate,
    Confirmation,
    Mention,
    Original,
    PassageSettlement,
    ReviewClaim,
    ReviewComment,
    SavedView,
)
from relations.templatetags.signs import desk_date

_DESK = ("relationship", DeskFilter)


@admin.register(Original)
class OriginalAdmin(DeskViewOnly):
    """The files that copies were taken out of; the reader page offers the download."""

    list_display = ("name", "media_type", "size", "capture", "relationship")
    list_filter = (_DESK, "media_type")
    list_select_related = ("capture__document", "relationship__first_party", "relationship__second_party")
    search_fields = ("name__unaccent__icontains", "sha256__istartswith")
    fields = ("relationship", "capture", "name", "media_type", "size", "sha256")


@admin.register(PassageSettlement)
class PassageSettlementAdmin(DeskViewOnly):
    """What people found where a later copy moved or lost a passage."""

    list_display = ("check_row", "outcome", "settled_by", "settled")
    list_filter = (_DESK, "outcome")
    list_select_related = ("check_row__passage", "settled_by")

    @admin.display(description=_("settled"), ordering="settled_at")
    def settled(self, row: PassageSettlement) -> Any:
        """Return the moment."""
        return desk_date(row.settled_at, "time")


@admin.register(ReviewComment)
class ReviewCommentAdmin(DeskViewOnly):
    """What reviewers said of single fields when they returned something."""

    list_display = ("text", "field", "review")
    list_filter = (_DESK,)
    list_select_related = ("review__statement", "review__status_change__issue")
    search_fields = ("text__unaccent__icontains",)


@admin.register(ReviewClaim)
class ReviewClaimAdmin(DeskViewOnly):
    """Who is reading which item of the queue."""

    list_display = ("review", "user", "since")
    list_filter = (_DESK,)
    list_select_related = ("review__statement", "review__status_change__issue", "user")

    @admin.display(description=_("since"), ordering="renewed_at")
    def since(self, row: ReviewClaim) -> Any:
        """Return the moment."""
        return desk_date(row.renewed_at, "time")


@admin.register(Mention)
class MentionAdmin(DeskViewOnly):
    """Whom notes name."""

    list_display = ("user", "note")
    list_filter = (_DESK,)
    list_select_related = ("user", "note")


@admin.register(Confirmation)
class ConfirmationAdmin(DeskViewOnly):
    """Who confirmed that an issue still stands so."""

    list_display = ("issue", "confirmed_by", "confirmed")
    list_filter = (_DESK,)
    list_select_related = ("issue", "confirmed_by")

    @admin.display(description=_("confirmed"), ordering="confirmed_at")
    def confirmed(self, row: Confirmation) -> Any:
        """Return the moment."""
        return desk_date(row.confirmed_at, "time")


@admin.register(SavedView)
class SavedViewAdmin(DeskViewOnly):
    """Lists kept under a name: one's own and those shared with the desk."""

    list_display = ("name", "page", "owner", "shared", "relationship")
    list_filter = (_DESK, "page", "shared")
    list_select_related = ("owner", "relationship__first_party", "relationship__second_party")
    search_fields = ("name__unaccent__icontains",)


@admin.register(Brief)
class BriefAdmin(DeskViewOnly):
    """Briefs as they were made; their page shows and sends them."""

    list_display = ("title", "kind", "marking", "author", "made", "relationship")
    list_filter = (_DESK, "kind", "marking")
    list_select_related = ("author", "relationship__first_party", "relationship__second_party")
    search_fields = ("title__unaccent__icontains",)
    fields = (
        "relationship", "title", "kind", "marking", "author", "created_at", "known", "sha256", "template",
        "withdrawn_at", "withdrawn_by", "withdrawal_reason",
    )  # fmt: skip

    @admin.display(description=_("made"), ordering="created_at")
    def made(self, row: Brief) -> Any:
        """Return the moment."""
        return desk_date(row.created_at, "time")


@admin.register(BriefTemplate)
class BriefTemplateAdmin(DeskViewOnly):
    """The Word documents that briefs are written into."""

    list_display = ("name", "uploaded_by", "uploaded", "relationship")
    list_filter = (_DESK,)
    list_select_related = ("uploaded_by", "relationship__first_party", "relationship__second_party")
    fields = ("relationship", "name", "uploaded_by", "created_at", "retired_at", "sha256")

    @admin.display(description=_("uploaded"), ordering="created_at")
    def uploaded(self, row: BriefTemplate) -> Any:
        """Return the moment."""
        return desk_date(row.created_at, "time")
