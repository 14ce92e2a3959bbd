"""What the desk's forms share."""

import uuid
from typing import Any

from django import forms
from django.db.models import Case, IntegerField, QuerySet, When
from django.utils.translation import gettext_lazy as _

from relations.models import Party, Relationship

# Longer than any statement, rationale or reason; a document's text has its own bound.
TEXT_LIMIT = 20_000


def offered_parties(relationship: Relationship) -> QuerySet[Party]:
    """Return all parties, the relationship's own two first."""
    own = [party.pk for party in relationship.parties]
    rank = Case(When(pk__in=own, then=0), default=1, output_field=IntegerField())
    return Party.objects.annotate(rank=rank).order_by("rank", "name")


class DateInput(forms.DateInput):
    """A browser's own date field, which wants ISO 8601."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class RevisionField(forms.IntegerField):
    """The number of what was opened, as `models.versions.revision_of` counts: a save over a newer one is refused (R5)."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**63 - 1)


class TokenField(forms.UUIDField):
    """What makes a second submit of one form find what the first one did."""

    default_error_messages = dict.fromkeys(("required", "invalid"), _("This form cannot be read. Open the page again."))

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.HiddenInput, **options)


class ActionForm(forms.Form):
    """A form that acts once: its token makes a second submit find what the first one did."""

    token = TokenField(initial=uuid.uuid4)
    revision = RevisionField()

    def args(self, *names: str) -> dict[str, Any]:
        """Return these cleaned fields, and the token, as an action's arguments."""
        return {name: self.cleaned_data[name] for name in ("token", *names)}


class Rows(forms.BaseFormSet):
    """The rows of one kind that are sent with a form."""

    default_error_messages = {
        **forms.BaseFormSet.default_error_messages,
        "missing_management_form": _("This form cannot be read. Open the page again."),
    }


class ReasonForm(ActionForm):
    """Why something is withdrawn."""

    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=TEXT_LIMIT)


_DIGITS_OF_A_KEY = 18


def is_key(value: Any) -> bool:
    """Say whether `value` can be a row's key at all; the database refuses to compare others."""
    text = str(value)
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS_OF_A_KEY
