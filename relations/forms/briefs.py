"""What is chosen for a brief; a desk's template of briefs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.choices import BriefKind, Marking
from relations.forms.base import ActionForm, DateInput
from relations.models import Issue, Meeting, Relationship
from relations.models.briefs import TEMPLATE_LIMIT
from relations.models.moments import Moment
from relations.reports.brief import ISSUES, Asked

_MEETINGS = 200  # offered, the newest first
_NAMED = 5  # issues that a message names


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
        label=_("By what we knew on"),
        required=False,
        widget=DateInput(),
        help_text=_("Left empty: now. Issues that the desk opened later are left out."),
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
                        "issues": _now(
                            "A brief holds up to %(most)s issues, and these are %(number)s. Tick those that it is to hold."
                        )
                        % {"most": ISSUES, "number": len(chosen)}
                    }
                )
            typed["chosen"] = [issue.pk for issue in chosen]
        return typed

    def _issues(self) -> list[Issue]:
        """Return the issues ticked, else those on the agenda, else all; refuse what was chosen and not yet known."""
        issues: Any = self.fields["issues"]
        ticked, meeting = self.cleaned_data["issues"], self.cleaned_data.get("meeting")
        if ticked:
            return self._known_then(ticked)
        if meeting is not None and meeting.agenda.exists():
            return self._known_then(issues.queryset.filter(agenda_items__meeting=meeting))
        return list(issues.queryset)

    def _known_then(self, chosen: Any) -> list[Issue]:
        known = self.cleaned_data.get("known")
        rows = list(chosen)
        if known:
            at = Moment(known=known, time_zone=self.relationship.time_zone)
            held = set(chosen.known(at).values_list("pk", flat=True))
            later = [issue.title for issue in rows if issue.pk not in held]
            if later:
                listed = "; ".join(later[:_NAMED]) + ("; …" if len(later) > _NAMED else "")
                self.add_error(
                    "known",
                    _now(
                        "The desk did not hold these issues yet on %(day)s: %(issues)s. Choose a later day, "
                        "or tick others."
                    )
                    % {"day": date_format(known, "j M Y"), "issues": listed},
                )
        return rows

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
