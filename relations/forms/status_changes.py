"""Propose a move of an issue's status."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from relations.choices import Agreement, StatementKind, Status, Trend
from relations.forms.base import TEXT_LIMIT, ActionForm, DateInput
from relations.models import Issue, Statement
from relations.reports.status_effect import may_be_cited


def evidence_label(statement: Any) -> str:
    """Return the words of a statement with who said them and when; the source's own report says so."""
    own = _(" (the source’s own report)") if statement.kind == StatementKind.REPORTED else ""
    return f"{statement.text} – {statement.speaker}, {statement.when}{own}"


class StatusChangeForm(ActionForm):
    """From where the issue stands to where it is to stand, since when, why, and on what evidence."""

    to_status = forms.ChoiceField(label=_("Status"), choices=Status)
    to_trend = forms.ChoiceField(label=_("Trend"), choices=Trend)
    to_agreement = forms.ChoiceField(
        label=_("Do the sides agree?"),
        choices=Agreement,
        help_text=_("The desk’s judgement. It takes words of both sides as evidence, or a text agreed by both."),
    )
    effective = forms.DateField(label=_("Since"), widget=DateInput())
    rationale = forms.CharField(
        label=_("Why"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=TEXT_LIMIT,
        help_text=_("For stalled and dormant: cite the last word before the silence, and say so here."),
    )
    evidence = forms.ModelMultipleChoiceField(
        queryset=Statement.objects.none(),
        label=_("Evidence"),
        required=False,
        help_text=_("Published statements on this issue. The source’s own report alone is not enough."),
    )
    correction_note = forms.CharField(
        label=_("What was wrong"), widget=forms.Textarea(attrs={"rows": 2}), max_length=TEXT_LIMIT, required=False
    )

    def __init__(self, *args: Any, issue: Issue, corrects: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issue = issue
        evidence: Any = self.fields["evidence"]
        evidence.queryset = may_be_cited(issue)
        if not corrects:
            del self.fields["correction_note"]

    def unjudged(self, typed: dict[str, Any]) -> "StatusChangeForm":
        """Return the form with what was typed so far and no word on it yet."""
        return type(self)(issue=self.issue, corrects="correction_note" in self.fields, initial=typed)

    def move(self) -> dict[str, Any]:
        """Return the cleaned fields of the move itself."""
        names = ("to_status", "to_trend", "to_agreement", "effective", "rationale", "correction_note")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
