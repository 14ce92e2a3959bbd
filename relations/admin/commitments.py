"""What sides said they will do: recorded, revised and settled by the same actions as on the pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from relations.actions.commitments import record_commitment, revise_commitment, settle_commitment
from relations.actions.refusal import Refused, Stale
from relations.admin.base import DeskAdmin
from relations.admin.choosing import DeskFilter
from relations.admin.forms import RevisionForm
from relations.admin.standing import standing
from relations.choices import CommitmentState
from relations.forms.commitments import StatementField, showing, whole_due
from relations.models import Commitment, Statement

# The form's name of what the action settles by.
_SETTLES = {"state": "outcome", "settled_by": "shown_by", "settled_on": "shown_on", "note": "why"}


class CommitmentForm(RevisionForm):
    """What is owed, by whom, by when; and of a stored one what became of it."""

    outcome = forms.ChoiceField(label=_("What became of it"), choices=CommitmentState, required=False)
    shown_by = StatementField(
        queryset=Statement.objects.none(),
        label=_("Shown by"),
        empty_label=_("Nothing chosen"),
        required=False,
        help_text=_("For kept or broken: a later statement published on this issue."),
    )
    shown_on = forms.DateField(
        label=_("On"), required=False, widget=AdminDateWidget(), help_text=_("Empty for the day of that statement.")
    )
    why = forms.CharField(label=_("Why"), max_length=300, required=False, help_text=_("Needed where it lapsed."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance
        if stored.pk is None:
            for name in _SETTLES.values():
                self.fields.pop(name, None)
            return
        shown: Any = self.fields.get("shown_by")
        if shown is not None:
            shown.queryset = showing(stored)
        self.initial["outcome"] = stored.state
        self.initial["shown_by"] = stored.settled_by_id
        self.initial["shown_on"] = stored.settled_on
        self.initial["why"] = stored.settling_note

    def clean(self) -> dict[str, Any]:
        """Let a single day be typed once, and widen a month or a year."""
        return whole_due(self, super().clean() or self.cleaned_data)

    @property
    def settles(self) -> bool:
        """Whether what became of it was changed."""
        return bool(set(_SETTLES.values()) & set(self.changed_data))

    @property
    def revises(self) -> bool:
        """Whether what is owed was changed."""
        return bool(set(self.changed_data) - set(_SETTLES.values()))


@admin.register(Commitment)
class CommitmentAdmin(DeskAdmin):
    """What sides said they will do."""

    form = CommitmentForm
    list_display = ("text", "party", "issue", "due", "state", "relationship")
    list_filter = (("relationship", DeskFilter), "state")
    list_select_related = (
        "party", "issue", "statement", "settled_by", "relationship__first_party", "relationship__second_party",
    )  # fmt: skip
    search_fields = ("text__unaccent__icontains", "issue__title__unaccent__icontains", "ref")
    autocomplete_fields = ("statement", "issue")
    content: tuple[Any, ...] = (
        "relationship", "statement", "issue", "party", "text", ("due_earliest", "due_latest", "due_precision"),
    )  # fmt: skip

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what is owed, then, of a stored one, what became of it."""
        settling = [(_("What became of it"), {"fields": list(_SETTLES.values())})] if obj is not None else []
        return [(None, {"fields": self.content}), *settling]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Fix what it was taken from."""
        return (*super().get_readonly_fields(request, obj), *(["statement", "issue"] if obj is not None else []))

    def choices_for(self, db_field: Any, request: HttpRequest) -> Any:
        """Return as who owes it the sides of the user's desks; of which, the action judges."""
        rows = super().choices_for(db_field, request)
        if db_field.name != "party":
            return rows
        sides = [party.pk for each in standing(request).memberships for party in each.relationship.parties]
        return rows.filter(pk__in=sides)

    def store(self, request: HttpRequest, obj: Any, form: Any, formsets: Any, *, change: bool) -> None:
        """Record it, or revise and settle it as far as either was changed: all or nothing."""
        typed = form.cleaned_data
        if not change:
            obj.pk = record_commitment(actor=request.user, commitment=obj, token=typed["token"]).pk
            return
        revision = typed["revision"] or 0
        with transaction.atomic():
            if form.revises:
                revision = revise_commitment(actor=request.user, commitment=obj, revision=revision).revision
            if form.settles:
                self._settle(request, obj, typed, revision)

    def _settle(self, request: HttpRequest, obj: Commitment, typed: dict[str, Any], revision: int) -> None:
        settled = {name: typed[field] for name, field in _SETTLES.items()}
        try:
            settle_commitment(actor=request.user, commitment=obj, revision=revision, **settled)
        except Stale:
            raise
        except Refused as refused:
            field = _SETTLES.get(refused.field, refused.field)
            raise Refused(str(refused), field=field, rule=refused.rule) from refused
