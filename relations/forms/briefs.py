"""What is chosen for a brief; a desk's template of briefs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.choices import BriefKind, Marking
from relations.forms.base import ActionForm, DateInput
from relations.models import Issue, Meeting, Relationship
from relations.models.briefs import TEMPLATE_LIMIT
from relations.reports.brief import ISSUES, Asked

_MEETINGS = 200  # offered, the newest first


class BriefForm(ActionForm):
    """Which document, about what, of which days, for whom."""

    kind = forms.ChoiceField(
        label=_("What for"), choices=BriefKind.choices, widget=forms.RadioSelect, initial=BriefKind.BRIEF
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=300,
        required=False,
        help_text=_("Left empty, it is that of the meeting, or of the desk."),
    )
    meeting = forms.ModelChoiceField(
        label=_("For which meeting"),
        queryset=Meeting.objects.none(),
        to_field_name="ref",
        required=False,
        empty_label=_("None: for the relationship"),
    )
    issues = forms.ModelMultipleChoiceField(
        label=_("On which issues"),
        queryset=Issue.objects.none(),
        to_field_name="slug",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("If none is ticked: those on the meeting’s agenda, or else all of the desk’s."),
    )
    since = forms.DateField(label=_("Said since"), required=False, widget=DateInput())
    until = forms.DateField(
        label=_("As it stood on"), required=False, widget=DateInput(), help_text=_("Left empty: today.")
    )
    known = forms.DateField(
        label=_("By what we knew on"), required=False, widget=DateInput(), help_text=_("Left empty: now.")
    )
    up_to = forms.ChoiceField(
        label=_("Who will see it"),
        choices=Marking.choices,
        initial=Marking.AMBER_STRICT,
        help_text=_("TLP 2.0. What fewer people may see is left out; the brief carries this marking on every page."),
    )
    own_work = forms.BooleanField(
        label=_("With the desk’s judgements and commitments"),
        required=False,
        initial=True,
        help_text=_("Readers of the desk are shown only a brief without them."),
    )

    def __init__(self, *args: Any, relationship: Relationship, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.relationship = relationship
        meetings: Any = self.fields["meeting"]
        offered = Meeting.objects.visible_to(user).at(relationship).order_by("-earliest", "-pk")
        meetings.queryset = Meeting.objects.filter(pk__in=offered.values("pk")[:_MEETINGS]).order_by("-earliest", "-pk")
        meetings.label_from_instance = _meeting_label
        issues: Any = self.fields["issues"]
        issues.queryset = Issue.objects.visible_to(user).at(relationship).in_board_order()

    def clean(self) -> dict[str, Any]:
        """Refuse a period that runs backwards, days to come, and more issues than one document holds."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        today = self.relationship.today()
        for name in ("since", "until", "known"):
            if typed.get(name) and typed[name] > today:
                self.add_error(name, _now("This day lies in the future."))
        if typed.get("since") and typed.get("until") and typed["until"] < typed["since"]:
            self.add_error("until", _now("The last day cannot come before the first."))
        if "issues" in typed:
            chosen = self._issues()
            if len(chosen) > ISSUES:
                raise ValidationError(
                    {
                        "issues": _now("A brief holds up to %(number)s issues. Tick those that it is to hold.")
                        % {"number": ISSUES}
                    }
                )
            typed["chosen"] = chosen
        return typed

    def _issues(self) -> list[int]:
        """Return the keys of the issues ticked, else those on the agenda, else of all; no more than show it is too many."""
        issues: Any = self.fields["issues"]
        ticked, meeting = self.cleaned_data["issues"], self.cleaned_data.get("meeting")
        rows = issues.queryset
        if ticked:
            rows = ticked
        elif meeting is not None and meeting.agenda.exists():
            rows = rows.filter(agenda_items__meeting=meeting)
        return list(rows.values_list("pk", flat=True)[: ISSUES + 1])

    def asked(self) -> Asked:
        """Return what was chosen."""
        typed = self.cleaned_data
        meeting = typed["meeting"]
        if meeting is not None:
            meeting.relationship = self.relationship
        kind = BriefKind(typed["kind"])
        about = meeting or self.relationship
        return Asked(
            relationship=self.relationship,
            kind=kind,
            title=typed["title"].strip() or f"{kind.label}: {about}"[:300],
            issues=typed["chosen"],
            meeting=meeting,
            since=typed["since"],
            until=typed["until"],
            known=typed["known"],
            audience=Marking(typed["up_to"]),
            holds_own_work=typed["own_work"],
        )


def _meeting_label(meeting: Meeting) -> str:
    return f"{meeting.title}, {meeting.when}" if meeting.when else meeting.title


class TemplateForm(forms.Form):
    """A Word document of the desk's own."""

    file = forms.FileField(
        label=_("Word document"),
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        help_text=_("Up to 1 MB, saved as .docx."),
    )

    def clean_file(self) -> Any:
        """Refuse one that is too large."""
        file = self.cleaned_data["file"]
        if file.size > TEMPLATE_LIMIT:
            raise ValidationError(_now("A template may have up to 1 MB."))
        return file
