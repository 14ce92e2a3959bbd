"""Write a note; confirm an issue."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.choices import Confidence, Likelihood, Marking, NoteKind
from relations.forms.base import TEXT_LIMIT, ActionForm, DateInput
from relations.models import Note


class NoteForm(ActionForm):
    """A note's Markdown, and of a judgement how sure it is; `names` are those whom it can tell."""

    text = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 4}), max_length=TEXT_LIMIT)
    is_judgement = forms.BooleanField(
        label=_("This is the desk’s judgement, for its briefs"),
        required=False,
        help_text=_("The latest one on an issue goes in. Say in its text what it rests on."),
    )
    likelihood = forms.ChoiceField(
        label=_("How likely"),
        choices=[("", _("Not said")), *Likelihood.choices],
        required=False,
        help_text=_("ICD 203: how likely and how confident are two things."),
    )
    confidence = forms.ChoiceField(
        label=_("How confident the desk is"), choices=[("", _("Not said")), *Confidence.choices], required=False
    )
    marking = forms.ChoiceField(
        label=_("Who may see it in a brief"), choices=Marking.choices, required=False, help_text=_("TLP 2.0.")
    )

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _("Markdown. Tell someone by @ and their name: %(names)s.") % {
            "names": ", ".join(f"@{name}" for name in names)
        }

    def clean(self) -> dict[str, Any]:
        """Ask how likely and how confident of a judgement alone."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        typed["kind"] = NoteKind.JUDGEMENT if typed.get("is_judgement") else NoteKind.NOTE
        typed["marking"] = typed.get("marking") or Marking.AMBER_STRICT
        for name in ("likelihood", "confidence"):
            if typed.get(name) and not typed.get("is_judgement"):
                self.add_error(name, _now("This is told of a judgement. Tick that it is one, or leave this out."))
        return typed

    @staticmethod
    def values(note: Note) -> dict[str, Any]:
        """Return what the form shows of `note`."""
        return {
            "text": note.text,
            "is_judgement": note.kind == NoteKind.JUDGEMENT,
            "likelihood": note.likelihood,
            "confidence": note.confidence,
            "marking": note.marking,
        }


class ConfirmForm(ActionForm):
    """That an issue still stands so; if one likes, with the day on which to look at it again."""

    review_due = forms.DateField(label=_("Review again by"), widget=DateInput(), required=False)
