"""The composer: words, who said them, on which issue; the rest is worked out where it is left empty."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.choices import Act, Basis, Credibility, Marking, Mode, Precision, StatementKind
from relations.forms.base import TEXT_LIMIT, DateInput, Rows, offered_parties
from relations.models import (
    Bearing,
    Capture,
    Document,
    Issue,
    Mandate,
    Meeting,
    Organisation,
    Party,
    Passage,
    Person,
    Relationship,
    Statement,
)
from relations.models.base import lies_ahead, widen
from relations.models.statements import SPOKEN_KINDS

_AREA = forms.Textarea(attrs={"rows": 3})
_WORK_OUT = ("", _("Work it out"))
_MARKS = "“”„«»\"'‘’ \t\n"


def _or_work_out(choices: Any, label: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[_WORK_OUT, *choices], required=False, help_text=help_text)


class StatementForm(forms.ModelForm):
    """A statement's own fields. `document` says where its defaults come from."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    kind = _or_work_out(StatementKind.choices, _("Kind"))
    basis = _or_work_out(Basis.choices, _("May we name them?"), _("On the record; background; deep background."))
    credibility = _or_work_out(
        Credibility.choices,
        _("Sure it was said?"),
        _("The Admiralty scale: that it was said so, not that it is true."),
    )
    marking = _or_work_out(Marking.choices, _("Who may see this"), _("TLP 2.0."))
    earliest = forms.DateField(label=_("Said on"), required=False, widget=DateInput())
    latest = forms.DateField(label=_("Until"), required=False, widget=DateInput())

    class Meta:
        model = Statement
        fields = (
            "text", "speaker_person", "speaker_organisation", "speaker_descriptor", "kind", "basis", "mandate",
            "on_behalf_of", "relayer_person", "relayer_organisation", "relayer_descriptor", "relayer_mandate",
            "earliest", "latest", "precision", "told_on", "meeting", "cited_place", "original_text",
            "original_language", "translated_by", "first_said_in", "first_said_url", "credibility", "marking", "note",
            "correction_note",
        )  # fmt: skip
        widgets = {
            "text": forms.Textarea(attrs={"rows": 4, "autofocus": True}),
            "original_text": _AREA,
            "note": _AREA,
            "correction_note": _AREA,
            "told_on": DateInput(),
        }

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        self.document = document
        self.relationship: Relationship = document.relationship
        super().__init__(*args, **kwargs)
        self.instance.document = document
        self.instance.relationship = self.relationship
        fields: Any = self.fields
        for name in ("text", "original_text", "note", "correction_note"):
            fields[name].max_length = TEXT_LIMIT
            fields[name].validators.append(forms.CharField(max_length=TEXT_LIMIT).validators[0])
        people = Person.objects.filter(merged_into=None).by_name()
        fields["speaker_person"].queryset = fields["relayer_person"].queryset = people
        fields["speaker_organisation"].queryset = Organisation.objects.by_name()
        fields["relayer_organisation"].queryset = Organisation.objects.by_name()
        mandates = Mandate.objects.select_related("person", "post").order_by("person__sort_key", "-covers_from")
        fields["mandate"].queryset = fields["relayer_mandate"].queryset = mandates
        fields["on_behalf_of"].queryset = offered_parties(self.relationship)
        fields["meeting"].queryset = Meeting.objects.filter(relationship=self.relationship)
        fields["precision"].required = False
        if self.instance.supersedes_id is None:
            del fields["correction_note"]
        if self.instance.pk is None:
            # The model's own defaults would count as chosen, and nothing would be worked out.
            self.initial.update(dict.fromkeys(("kind", "basis", "credibility", "marking"), ""))
        else:
            fields["revision"].initial = self.instance.revision

    def clean_kind(self) -> str:
        """Return the kind asked for; one left empty is worked out from the passages, later."""
        return self.cleaned_data["kind"] or ""

    def clean(self) -> dict[str, Any]:
        """Work out what was left empty, from what was typed, the meeting, the mandates and the document."""
        typed = super().clean() or self.cleaned_data
        self._work_out_kind(typed)
        self._work_out_days(typed)
        self._work_out_office(typed)
        self._work_out_rest(typed)
        return typed

    def _work_out_kind(self, typed: dict[str, Any]) -> None:
        """Their own words where the words stand in quotation marks and nobody passed them on (never a joint text)."""
        text = (typed.get("text") or "").strip()
        if not typed.get("kind"):
            relayed = any(typed.get(f"relayer_{who}") for who in ("person", "organisation", "descriptor"))
            quoted = text[:1] in '“"„«' and text[-1:] in '”"“»' and bool(text)
            spoken = any(typed.get(f"speaker_{who}") for who in ("person", "organisation", "descriptor"))
            if not spoken:
                typed["kind"] = StatementKind.REPORTED
            elif quoted and not relayed:
                typed["kind"] = StatementKind.QUOTE
            elif relayed and typed.get("meeting"):
                typed["kind"] = StatementKind.READOUT
            else:
                typed["kind"] = StatementKind.PARAPHRASE
        if typed["kind"] == StatementKind.QUOTE:
            typed["text"] = text.strip(_MARKS)

    def _work_out_days(self, typed: dict[str, Any]) -> None:
        precision = typed["precision"] = typed.get("precision") or Precision.DAY
        if "earliest" in self.errors or "latest" in self.errors:
            return
        meeting = typed.get("meeting")
        if not typed.get("earliest"):
            typed["earliest"] = (meeting.earliest if meeting else None) or self.document.date_published
        typed["latest"] = typed.get("latest") or typed["earliest"]
        if typed["earliest"] <= typed["latest"]:
            typed["earliest"], typed["latest"] = widen(typed["earliest"], typed["latest"], precision)
        if typed["earliest"] > self.relationship.today():
            self.add_error("earliest", _now("This day lies in the future."))
        elif lies_ahead(typed["latest"], precision, self.relationship.today()):
            self.add_error("latest", _now("This day lies in the future."))

    def _work_out_office(self, typed: dict[str, Any]) -> None:
        """Fill the office held on the day; two ask which; none leaves it open, to be flagged (R8)."""
        if "earliest" in self.errors or "latest" in self.errors or not typed.get("latest"):
            return
        for who, office in (("speaker_person", "mandate"), ("relayer_person", "relayer_mandate")):
            person = typed.get(who)
            if person is None or typed.get(office):
                continue
            held = list(person.mandates.filter(covers_from__lte=typed["latest"], covers_until__gte=typed["earliest"]))
            if len(held) == 1:
                typed[office] = held[0]
            elif len(held) > 1:
                self.add_error(
                    office, _now("They held more than one office on that day. Choose the one they spoke in.")
                )
        mandate = typed.get("mandate")
        if mandate is not None and typed.get("speaker_person") != mandate.person:
            self.add_error("mandate", _now("That office was held by someone else."))
        if typed.get("kind") in SPOKEN_KINDS and not typed.get("on_behalf_of") and mandate:
            typed["on_behalf_of"] = mandate.post.party

    def _work_out_rest(self, typed: dict[str, Any]) -> None:
        reported = typed["kind"] == StatementKind.REPORTED
        unnamed = bool(typed.get("speaker_descriptor"))
        typed["basis"] = typed.get("basis") or (Basis.BACKGROUND if unnamed else Basis.ON_THE_RECORD)
        usual = Credibility.UNKNOWN if reported else Credibility.POSSIBLE if unnamed else Credibility.PROBABLE
        typed["credibility"] = int(typed.get("credibility") or usual)
        typed["marking"] = typed.get("marking") or self.document.marking
        if Marking(typed["marking"]).rank < Marking(self.document.marking).rank:
            self.add_error("marking", _now("A statement cannot be seen by more people than its document."))


class PassageForm(forms.Form):
    """Words copied from the source, found in our copy on the server; where they stand twice it asks which."""

    title = Statement.parts["passages"]

    words = forms.CharField(
        label=_("Passage"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=TEXT_LIMIT,
        required=False,
        help_text=_("Copied from the document, word for word."),
    )
    place = forms.ChoiceField(label=_("Which one?"), widget=forms.RadioSelect, required=False)

    def __init__(self, *args: Any, capture: Capture | None, **kwargs: Any) -> None:
        # A row that repeats what is stored is not an empty one, whatever the form says of its initial rows.
        super().__init__(*args, **{**kwargs, "empty_permitted": False})
        self.capture = capture
        self.places = self._places()
        if len(self.places) > 1:
            self.fields["place"].choices = [  # type: ignore[attr-defined]
                (str(start), self._around(start, end)) for start, end in self.places.items()
            ]
        else:
            del self.fields["place"]

    def _places(self) -> dict[int, int]:
        words = self.data.get(self.add_prefix("words")) if self.is_bound else self.initial.get("words")
        if not words or self.capture is None or len(words) > TEXT_LIMIT or "\x00" in words:
            return {}
        return self.capture.places_of(words)

    def _around(self, start: int, end: int) -> str:
        text = self.capture.text if self.capture else ""
        return f"…{text[max(0, start - 60) : start]}[{text[start:end][:80]}]{text[end : end + 60]}…"

    def clean(self) -> dict[str, Any]:
        """Find the words in the copy; wants the place where they stand more than once."""
        typed = super().clean() or self.cleaned_data
        if not typed.get("words"):
            return typed
        if self.capture is None:
            self.add_error("words", _now("The document has no text yet. Add a copy first."))
        elif not self.places:
            self.add_error("words", _now("These words do not stand in our copy of the document."))
        elif len(self.places) > 1 and not typed.get("place"):
            self.add_error("place", _now("These words stand more than once. Say which place you mean."))
        return typed

    def passage(self) -> Passage | None:
        """Return the unsaved passage; None where no words were given."""
        if not self.cleaned_data.get("words") or self.capture is None:
            return None
        start = int(self.cleaned_data["place"]) if self.cleaned_data.get("place") else next(iter(self.places))
        return Passage.anchored(self.capture, start, self.places[start])


class BearingForm(forms.Form):
    """What the statement means on one issue."""

    title = Statement.parts["bearings"]

    issue = forms.ModelChoiceField(queryset=Issue.objects.none(), label=_("On which issue"), required=False)
    act = forms.ChoiceField(
        label=_("What they did"), choices=[("", "---------"), *Act.choices], required=False, help_text=_("PLOVER.")
    )
    mode = forms.ChoiceField(label=_("Of what sort"), choices=[("", "---------"), *Mode.choices], required=False)
    intensity = forms.DecimalField(
        label=_("How strongly"),
        required=False,
        min_value=-10,
        max_value=10,
        max_digits=3,
        decimal_places=1,
        help_text=_("From −10, hostile, to +10, cooperative. Left empty: as usual."),
    )
    position_of = forms.ModelChoiceField(
        queryset=Party.objects.none(),
        label=_("Whose position"),
        required=False,
        help_text=_("Left empty: the speaker’s own side."),
    )
    towards = forms.ModelChoiceField(queryset=Party.objects.none(), label=_("Towards whom"), required=False)
    stated = forms.BooleanField(label=_("In their words, not our reading"), required=False, initial=True)

    def __init__(self, *args: Any, relationship: Relationship, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "empty_permitted": False})
        fields: Any = self.fields
        fields["issue"].queryset = Issue.objects.filter(relationship=relationship).order_by("title")
        own = Party.objects.filter(pk__in=[party.pk for party in relationship.parties])
        fields["position_of"].queryset = own
        fields["towards"].queryset = offered_parties(relationship)

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
        usual = Bearing.usual_intensity(typed["act"], typed["mode"])
        return Bearing(
            issue=typed["issue"],
            act=typed["act"],
            mode=typed["mode"],
            intensity=typed["intensity"] if typed["intensity"] is not None else usual,
            position_of=typed["position_of"] or statement.on_behalf_of,
            towards=typed["towards"],
            stated=typed["stated"],
        )


PassageFormSet = forms.formset_factory(PassageForm, formset=Rows, extra=1, max_num=12, absolute_max=20)
BearingFormSet = forms.formset_factory(BearingForm, formset=Rows, extra=1, max_num=12, absolute_max=20)
