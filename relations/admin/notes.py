"""The desk's notes, written through the same actions as on the issue's page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from relations.access import Verb
from relations.actions.notes import remove_note, save_note
from relations.admin.base import DeskAdmin
from relations.admin.choosing import DeskFilter
from relations.admin.standing import standing
from relations.models import Note
from relations.templatetags.signs import desk_date


@admin.register(Note)
class NoteAdmin(DeskAdmin):
    """The desk's own notes on issues; who wrote one edits and removes it."""

    list_display = ("text", "kind", "issue", "author", "written", "relationship")
    list_filter = (("relationship", DeskFilter),)
    list_select_related = ("issue", "author", "relationship__first_party", "relationship__second_party")
    search_fields = ("text__unaccent__icontains", "issue__title__unaccent__icontains")
    autocomplete_fields = ("issue",)
    fields = ("relationship", "issue", "text", "kind", "likelihood", "confidence", "marking")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the user writes at the desk: readers see no notes."""
        return standing(request).may(Verb.WRITE, obj.relationship_id if obj is not None else None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether she wrote it."""
        return super().has_change_permission(request, obj) and (obj is None or obj.author_id == request.user.pk)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether she wrote it; the history keeps it. Several at once are not removed."""
        return obj is not None and self.has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Fix the issue once it is stored."""
        return (*super().get_readonly_fields(request, obj), *(["issue"] if obj is not None else []))

    @admin.display(description=_("written"), ordering="created_at")
    def written(self, note: Note) -> Any:
        """Return the moment."""
        return desk_date(note.created_at, "time")

    def store(self, request: HttpRequest, obj: Any, form: Any, formsets: Any, *, change: bool) -> None:
        """Store the note or its next revision, and tell whom it names."""
        if change and not form.has_changed():
            return
        typed = form.cleaned_data
        stored = save_note(actor=request.user, note=obj, revision=typed["revision"], token=typed["token"])
        obj.pk = stored.pk

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Remove the note."""
        remove_note(actor=request.user, note=obj)
