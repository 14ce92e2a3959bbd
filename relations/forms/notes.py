"""Write a note; confirm an issue."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from relations.forms.base import TEXT_LIMIT, ActionForm, DateInput


class NoteForm(ActionForm):
    """A note's Markdown; `names` are those whom it can tell."""

    text = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 4}), max_length=TEXT_LIMIT)

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _("Markdown. Tell someone by @ and their name: %(names)s.") % {
            "names": ", ".join(f"@{name}" for name in names)
        }


class ConfirmForm(ActionForm):
    """That an issue still stands so; if one likes, with the day on which to look at it again."""

    review_due = forms.DateField(label=_("Review again by"), widget=DateInput(), required=False)
