"""A meeting with who took part, its agenda and each side's telling."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.choices import MeetingState, Precision
from relations.forms.base import TEXT_LIMIT, DateInput, RevisionField, Rows, TokenField, offered_parties
from relations.forms.choosing import ChosenField, addition
from relations.models import (
    AgendaItem,
    Document,
    Issue,
    Mandate,
    Meeting,
    Participant,
    Party,
    Person,
    Readout,
    Relationship,
)
from relations.models.base import lies_ahead, widen


class MeetingForm(forms.ModelForm):
    """What kind of meeting, when, where, and which issues are on its agenda."""

    token = TokenField(initial=uuid.uuid4)
    revision = RevisionField()
    agenda = forms.ModelMultipleChoiceField(
        queryset=Issue.objects.none(), label=_("Agenda"), widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = Meeting
        fields = ("title", "kind", "state", "earliest", "latest", "precision", "place", "summary")
        widgets = {"earliest": DateInput(), "latest": DateInput(), "summary": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, relationship: Relationship, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.relationship = relationship
        fields: Any = self.fields
        fields["summary"].max_length = TEXT_LIMIT
        fields["summary"].validators.append(forms.CharField(max_length=TEXT_LIMIT).validators[0])
        fields["precision"].required = False
        fields["agenda"].queryset = Issue.objects.filter(relationship=relationship).order_by("title")
        if self.instance.pk:
            fields["revision"].initial = self.instance.revision

    def clean(self) -> dict[str, Any]:
        """Let a single day be typed once, widen a month or a year, and want a past day of what was held."""
        typed = super().clean() or self.cleaned_data
        precision = typed["precision"] = typed.get("precision") or Precision.DAY
        if "earliest" in self.errors or "latest" in self.errors:
            return typed
        if typed.get("latest") and not typed.get("earliest"):
            self.add_error("earliest", _now("Give the first day too, or only the first."))
        elif typed.get("earliest"):
            typed["latest"] = typed.get("latest") or typed["earliest"]
            if typed["earliest"] <= typed["latest"]:
                typed["earliest"], typed["latest"] = widen(typed["earliest"], typed["latest"], precision)
            today = self.instance.relationship.today()
            if typed.get("state") == MeetingState.HELD:
                if typed["earliest"] > today:
                    self.add_error("earliest", _now("A meeting that was held cannot lie in the future."))
                elif lies_ahead(typed["latest"], precision, today):
                    self.add_error("latest", _now("A meeting that was held cannot lie in the future."))
        elif typed.get("state") == MeetingState.HELD:
            self.add_error("earliest", _now("A meeting that was held has a day."))
        return typed

    def agenda_items(self) -> list[AgendaItem]:
        """Return the unsaved agenda."""
        return [AgendaItem(issue=issue) for issue in self.cleaned_data["agenda"]]


class _PartForm(forms.Form):
    """A row that may be left empty, and that is taken away by emptying it."""

    def __init__(self, *args: Any, relationship: Relationship, **kwargs: Any) -> None:
        # A row that repeats what is stored is not an empty one, whatever the form says of its initial rows.
        super().__init__(*args, **{**kwargs, "empty_permitted": False})
        self.relationship = relationship

    def is_empty(self) -> bool:
        """Say whether nothing was filled in."""
        return not any(self.cleaned_data.get(name) for name in self.fields)

    def _one_of(self, person: str, descriptor: str, sentence: str) -> None:
        """Put `sentence` at the person unless exactly one of the two is given."""
        typed = self.cleaned_data
        if person not in self.errors and bool(typed.get(person)) == bool(typed.get(descriptor)):
            self.add_error(person, sentence)


class ParticipantForm(_PartForm):
    """Who took part: a person, in the office held on that day, or those whom the source describes."""

    title = _("Who takes part")

    person = ChosenField(Person.objects.none(), kind="person", label=_("Person"), required=False, hint=_("Type a name"))
    descriptor = forms.CharField(
        label=_("or as the source describes them"),
        max_length=160,
        required=False,
        help_text=_("Officials it does not name."),
    )
    party = ChosenField(
        Party.objects.none(),
        kind="party",
        label=_("For which party"),
        required=False,
        help_text=_("Left empty: that of the office held."),
    )
    mandate = ChosenField(
        Mandate.objects.none(),
        kind="mandate",
        label=_("In which office"),
        required=False,
        help_text=_("Left empty: the office held on that day, where one is known."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["person"].queryset = Person.objects.filter(merged_into=None)
        fields["person"].widget.new = addition("person", self.relationship)
        fields["party"].queryset = offered_parties(self.relationship)
        fields["mandate"].queryset = Mandate.objects.all()

    def clean(self) -> dict[str, Any]:
        """Want a person or a description; the office has to be the person's."""
        typed = super().clean() or self.cleaned_data
        if self.is_empty():
            return typed
        self._one_of("person", "descriptor", _now("Give either a person or how the source describes them."))
        mandate = typed.get("mandate")
        if mandate is not None and typed.get("person") != mandate.person:
            self.add_error("mandate", _now("That office was held by someone else."))
        return typed

    def work_out(self, meeting: Meeting) -> None:
        """Fill the office held on the meeting's day and its party; two ask which, none leaves it open (R8)."""
        typed = self.cleaned_data
        person = typed.get("person")
        if person and not typed.get("mandate") and meeting.earliest and meeting.latest:
            held = list(
                person.mandates.filter(
                    covers_from__lte=meeting.latest, covers_until__gte=meeting.earliest
                ).select_related("post__party")
            )
            if len(held) == 1:
                typed["mandate"] = held[0]
            elif held:
                self.add_error("mandate", _now("They held more than one office on that day. Choose one."))
        if not typed.get("party") and typed.get("mandate"):
            typed["party"] = typed["mandate"].post.party
        if not typed.get("party") and "mandate" not in self.errors:
            self.add_error("party", _now("Say for which party they took part."))

    def row(self) -> Participant:
        """Return the unsaved participant."""
        names = ("person", "descriptor", "party", "mandate")
        return Participant(**{name: self.cleaned_data[name] for name in names})


class ReadoutForm(_PartForm):
    """One side's telling: whose, by whom, in which of the desk's documents."""

    title = _("Each side’s account")

    side = ChosenField(Party.objects.none(), kind="party", label=_("Whose account"), required=False)
    teller_person = ChosenField(
        Person.objects.none(), kind="person", label=_("Told by"), required=False, hint=_("Type a name")
    )
    teller_descriptor = forms.CharField(label=_("or told by, as described"), max_length=160, required=False)
    document = ChosenField(
        Document.objects.none(), kind="document", label=_("In which document"), required=False, hint=_("Type its title")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["side"].queryset = offered_parties(self.relationship)
        fields["teller_person"].queryset = Person.objects.filter(merged_into=None)
        fields["teller_person"].widget.new = addition("person", self.relationship)
        fields["document"].queryset = Document.objects.filter(relationship=self.relationship)
        fields["document"].widget.desk = self.relationship

    def clean(self) -> dict[str, Any]:
        """Want a side, a teller and a document, or nothing at all."""
        typed = super().clean() or self.cleaned_data
        if self.is_empty():
            return typed
        for name, sentence in (
            ("side", _now("Say whose account this is.")),
            ("document", _now("Say in which document it stands.")),
        ):
            if name not in self.errors and not typed.get(name):
                self.add_error(name, sentence)
        self._one_of(
            "teller_person", "teller_descriptor", _now("Give the person who told it, or how the source describes them.")
        )
        return typed

    def row(self) -> Readout:
        """Return the unsaved readout."""
        names = ("side", "teller_person", "teller_descriptor", "document")
        return Readout(**{name: self.cleaned_data[name] for name in names})


class _PartFormSet(Rows):
    """Rows of a meeting's parts."""

    @property
    def filled(self) -> list[Any]:
        """The valid forms that were not left empty."""
        return [form for form in self.forms if not form.is_empty()]

    def rows(self) -> list[Any]:
        """Return the unsaved parts."""
        return [form.row() for form in self.filled]


class _ReadoutFormSet(_PartFormSet):
    def clean(self) -> None:
        """Refuse the same side's telling in the same document twice."""
        if any(self.errors):
            return
        seen = set()
        for form in self.filled:
            key = (form.cleaned_data["side"].pk, form.cleaned_data["document"].pk)
            if key in seen:
                form.add_error("document", _now("This side’s account in this document stands above already."))
            seen.add(key)


ParticipantFormSet = forms.formset_factory(ParticipantForm, formset=_PartFormSet, extra=1, max_num=40, absolute_max=60)
ReadoutFormSet = forms.formset_factory(ReadoutForm, formset=_ReadoutFormSet, extra=1, max_num=12, absolute_max=20)
