"""What a statement means on one issue: what they did there, of what sort, how strongly, whose position it tells."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.choices import MODES, STATED_ACTS, Act, Mode, Strength
from relations.forms.base import Rows, offered_parties
from relations.forms.choosing import ChosenField
from relations.models import Bearing, Issue, Party, Relationship, Statement
from relations.models.base import signed_words

# What each act means, told beside the choice.
ACT_MEANINGS: dict[str, Any] = {
    "AGREE": _("will do, give or settle something, or offers to"),
    "SUPPORT": _("speaks well of it or stands behind it"),
    "CONCEDE": _("gives up something it held to"),
    "CONSULT": _("talks or will talk about it, without taking a side"),
    "REQUEST": _("wants something done, given or changed"),
    "ACCUSE": _("finds fault or blames"),
    "REJECT": _("says no to what is asked or offered"),
    "THREATEN": _("says what harm will follow"),
    "COOPERATE": _("did something together"),
    "AID": _("gave help"),
    "RETREAT": _("pulled back, released or disarmed"),
    "SANCTION": _("reduced or broke off dealings"),
    "PROTEST": _("people or officials showed dissent"),
    "COERCE": _("used power short of arms"),
    "MOBILIZE": _("moved forces or police"),
    "ASSAULT": _("used force"),
}

# Numbered, so that a digit picks one in the browser's own list.
ACT_CHOICES = [
    ("", "---------"),
    *((act.value, f"{number} {act.label}") for number, act in enumerate(STATED_ACTS, start=1)),
    (_("Deeds, in the source’s own report"), [(act.value, act.label) for act in Act if act not in STATED_ACTS]),
]


class BearingForm(forms.Form):
    """What the statement means on one issue."""

    title = Statement.parts["bearings"]

    issue = ChosenField(
        Issue.objects.none(), kind="issue", label=_("On which issue"), required=False, hint=_("Type its title")
    )
    act = forms.ChoiceField(label=_("What they did"), required=False)
    mode = forms.ChoiceField(label=_("Of what sort"), choices=[("", _("Not told")), *Mode.choices], required=False)
    strength = forms.ChoiceField(
        label=_("How strongly"), choices=Strength, widget=forms.RadioSelect, required=False, initial=Strength.USUAL
    )
    intensity = forms.DecimalField(
        label=_("Or a number"),
        required=False,
        min_value=-10,
        max_value=10,
        max_digits=3,
        decimal_places=1,
        help_text=_("From −10, hostile, to +10, cooperative (PLOVER)."),
    )
    position_of = forms.ModelChoiceField(
        queryset=Party.objects.none(),
        label=_("Whose position"),
        required=False,
        empty_label=_("The speaker’s own side"),
    )
    towards = ChosenField(Party.objects.none(), kind="party", label=_("Towards whom"), required=False)
    stated = forms.BooleanField(label=_("In their words, not our reading"), required=False, initial=True)

    def __init__(self, *args: Any, relationship: Relationship, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "empty_permitted": False})
        fields: Any = self.fields
        fields["issue"].queryset = Issue.objects.filter(relationship=relationship)
        fields["issue"].widget.desk = relationship
        own = Party.objects.filter(pk__in=[party.pk for party in relationship.parties])
        fields["position_of"].queryset = own
        fields["towards"].queryset = offered_parties(relationship)
        fields["act"].choices = ACT_CHOICES
        self._grade()

    def _grade(self) -> None:
        """Offer the act's own sorts, and say each strength's number; one that is stored and is none is kept as a number."""
        fields: Any = self.fields
        act, mode = str(self["act"].value() or ""), str(self["mode"].value() or "")
        modes = MODES.get(act, [])
        self.meaning = ACT_MEANINGS.get(act, "")
        self.has_modes = bool(modes)
        fields["mode"].widget.choices = [("", _("Not told")), *((each, Mode(each).label) for each in modes)]
        graded = Bearing.graded_intensity(act, mode if mode in modes else "")
        if graded:
            fields["strength"].widget.choices = [
                (key, f"{Strength(key).label} {signed_words(number)}") for key, number in graded.items()
            ]
        stored = None if self.is_bound else self.initial.get("intensity")
        same = next((key for key, number in graded.items() if number == stored), None)
        if same:
            self.initial = {**self.initial, "strength": same, "intensity": None}

    def clean(self) -> dict[str, Any]:
        """Want an act with an issue, and an issue with an act."""
        typed = super().clean() or self.cleaned_data
        if typed.get("issue") and not typed.get("act") and "act" not in self.errors:
            self.add_error("act", _now("Say what they did on this issue."))
        if typed.get("act") and not typed.get("issue") and "issue" not in self.errors:
            self.add_error("issue", _now("Say on which issue."))
        if typed.get("mode") and Bearing.mode_misfits(typed.get("act", ""), typed["mode"]):
            self.add_error("mode", _now("This sort does not go with what they did."))
        return typed

    def bearing(self, statement: Statement) -> Bearing | None:
        """Return the unsaved bearing; None where the row was left empty."""
        typed = self.cleaned_data
        if not typed.get("issue"):
            return None
        usual = Bearing.graded_intensity(typed["act"], typed["mode"])[Strength(typed["strength"] or Strength.USUAL)]
        return Bearing(
            issue=typed["issue"],
            act=typed["act"],
            mode=typed["mode"],
            intensity=usual if typed["intensity"] is None else typed["intensity"],
            position_of=typed["position_of"] or statement.on_behalf_of,
            towards=typed["towards"],
            stated=typed["stated"],
        )


BearingFormSet = forms.formset_factory(BearingForm, formset=Rows, extra=1, max_num=12, absolute_max=20)
