"""The composer: words, who said them, on which issue; the rest is worked out where it is left empty."""

import itertools
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.choices import Basis, Credibility, Marking, StatementKind
from relations.forms.base import TEXT_LIMIT, DateInput, RevisionField, Rows, TokenField, offered_parties
from relations.forms.choosing import ChosenField, addition
from relations.models import (
    Capture,
    Document,
    Mandate,
    Meeting,
    Organisation,
    Party,
    Passage,
    Person,
    Relationship,
    Statement,
)
from relations.models.base import lies_ahead
from relations.models.documents import kept_text
from relations.reports.working_out import MARKS, WorkedOut, work_out

_AREA = forms.Textarea(attrs={"rows": 3})
_WORK_OUT = ("", _("Work it out"))
_PLACES_OFFERED = 20
# What stands open above “Change”.
_SEEN_FIRST = {
    "text", "original_text", "speaker_person", "speaker_organisation", "speaker_descriptor", "correction_note",
}  # fmt: skip
_ANCHOR = ("relationship_id", "capture_id", "exact", "prefix", "suffix", "start", "end")


def _or_work_out(choices: Any, label: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[_WORK_OUT, *choices], required=False, help_text=help_text)


def _person(label: Any) -> ChosenField:
    return ChosenField(Person.objects.none(), kind="person", label=label, required=False, hint=_("Type a name"))


def _body(label: Any) -> ChosenField:
    return ChosenField(Organisation.objects.none(), kind="organisation", label=label, required=False)


class StatementForm(forms.ModelForm):
    """A statement's own fields. `document` says where its defaults come from; `writer` is proposed as translator.

    `passages` are the passages as far as they are known; what their words say counts in working out the rest.
    """

    token = TokenField()
    revision = RevisionField()
    speaker_person = _person(_("Who said it"))
    speaker_organisation = _body(_("Or which body said it"))
    relayer_person = _person(_("Passed on by"))
    relayer_organisation = _body(_("Or passed on by which body"))
    on_behalf_of = ChosenField(Party.objects.none(), kind="party", label=_("Speaking for"), required=False)
    meeting = ChosenField(Meeting.objects.none(), kind="meeting", label=_("Meeting"), required=False)
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

    def __init__(self, *args: Any, document: Document, writer: Any = "", **kwargs: Any) -> None:
        self.document = document
        self.writer = str(writer)
        self.relationship: Relationship = document.relationship
        self.passages: Sequence[Passage] = ()
        self._worked: WorkedOut | None = None
        super().__init__(*args, **kwargs)
        self.instance.document = document
        self.instance.relationship = self.relationship
        fields: Any = self.fields
        for name in ("text", "original_text", "note", "correction_note"):
            fields[name].max_length = TEXT_LIMIT
            fields[name].validators.append(forms.CharField(max_length=TEXT_LIMIT).validators[0])
        for role in ("speaker", "relayer"):
            fields[f"{role}_person"].queryset = Person.objects.filter(merged_into=None)
            fields[f"{role}_organisation"].queryset = Organisation.objects.all()
            for kind in ("person", "organisation"):
                fields[f"{role}_{kind}"].widget.new = add_address(kind, self.relationship, document)
        fields["mandate"].queryset = fields["relayer_mandate"].queryset = Mandate.objects.select_related(
            "person", "post"
        )
        fields["on_behalf_of"].queryset = offered_parties(self.relationship)
        fields["meeting"].queryset = Meeting.objects.filter(relationship=self.relationship)
        fields["meeting"].widget.desk = self.relationship
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
        """Work out what was left empty, and ask for what could not be."""
        typed = super().clean() or self.cleaned_data
        self._worked = worked = work_out(self.document, typed, self.passages, self.writer)
        values = worked.values
        for name, question in worked.asks.items():
            self.add_error(name, question)
            values.pop(name, None)
        if values.get("earliest") and values["earliest"] > self.relationship.today():
            self.add_error("earliest", _now("This day lies in the future."))
        elif values.get("latest") and lies_ahead(values["latest"], values["precision"], self.relationship.today()):
            self.add_error("latest", _now("This day lies in the future."))
        if "marking" not in self.errors and Marking(values["marking"]).rank < Marking(self.document.marking).rank:
            self.add_error("marking", _now("A statement cannot be seen by more people than its document."))
        return {name: value for name, value in values.items() if name not in self.errors}

    @property
    def worked(self) -> WorkedOut:
        """What was worked out from what is typed, or from what the form opens with."""
        if self.is_bound:
            self.is_valid()
        if self._worked is None:
            self._worked = work_out(self.document, self._opens_with(), self.passages, self.writer)
        return self._worked

    def _opens_with(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, field in self.fields.items():
            value = self.get_initial_for_field(field, name)
            names_a_row = isinstance(field, forms.ModelChoiceField) and value and not isinstance(value, models.Model)
            values[name] = getattr(self.instance, name) if names_a_row else value
        return values

    def tell(self) -> None:
        """Say at each field that was left empty what was worked out for it; offer the offices of who is named."""
        worked = self.worked
        fields: Any = self.fields
        for name, enumeration in (
            ("kind", StatementKind), ("basis", Basis), ("credibility", Credibility), ("marking", Marking),
        ):  # fmt: skip
            found = worked.values.get(name)
            if found:
                field = fields[name]
                field.choices = [("", _found(enumeration(found).label)), *field.choices[1:]]
        for who, name in (("speaker_person", "mandate"), ("relayer_person", "relayer_mandate")):
            person, office = worked.values.get(who), worked.values.get(name)
            held = person.mandates.select_related("post__party") if person else []
            nothing = _found(office.post) if office else _now("Not known")
            fields[name].widget.choices = [("", nothing), *((each.pk, _held(each)) for each in held)]
        if (party := worked.values.get("on_behalf_of")) is not None:
            fields["on_behalf_of"].widget.hint = _found(party)
        if "earliest" in worked.guesses:
            fields["earliest"].help_text = _found(date_format(worked.values["earliest"], "j M Y"))
        if worked.values.get("original_text"):
            fields["translated_by"].widget.attrs["placeholder"] = worked.values.get("translated_by") or ""
            fields["original_language"].widget.attrs["placeholder"] = worked.values.get("original_language") or ""

    def rest_is_wrong(self) -> bool:
        """Say whether a field under “Change” was refused."""
        return bool(set(self.errors) - _SEEN_FIRST - set(self.worked.asks))

    def rest_is_commented(self) -> bool:
        """Say whether a reviewer said something of a field under “Change”."""
        said = {name for name, field in self.fields.items() if hasattr(field, "comments")}
        # The original words stand there too, unless the document is in another language.
        return bool(said - (_SEEN_FIRST - {"original_text"}) - set(self.worked.asks))

    def opens(self) -> list[Any]:
        """Return the fields that could not be worked out and stand open, as bound fields."""
        asked = [name for name in self.worked.asks if name in self.fields]
        return [self[name] for name in asked]


def _found(value: Any) -> str:
    return _now("Worked out: %(value)s") % {"value": value}


def _held(mandate: Mandate) -> str:
    return f"{mandate.post}, {mandate.post.party}"


def add_address(kind: str, relationship: Relationship, document: Document, **more: Any) -> str:
    """Return the address of the small form that adds a row of `kind`, for the day of `document`."""
    return addition(kind, relationship, **{"day": document.date_published.isoformat(), **more})


class PassageForm(forms.Form):
    """Words copied from the source, found in our copy on the server; where they stand twice it asks which.

    A passage in `stored` whose words are left as they were stays where it was anchored, in an older copy too.
    """

    title = Statement.parts["passages"]

    words = forms.CharField(
        label=_("Passage"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=TEXT_LIMIT,
        required=False,
        help_text=_("Copied from the document, word for word."),
    )
    place = forms.ChoiceField(label=_("Which one?"), widget=forms.RadioSelect, required=False)

    def __init__(self, *args: Any, capture: Capture | None, stored: Sequence[Passage] = (), **kwargs: Any) -> None:
        # A row that repeats what is stored is not an empty one, whatever the form says of its initial rows.
        super().__init__(*args, **{**kwargs, "empty_permitted": False})
        self.capture = capture
        self.stored = stored
        self.places = self._places()
        if len(self.places) > 1:
            self.fields["place"].choices = [  # type: ignore[attr-defined]
                (str(start), self._around(start, self.places[start])) for start in self._offered()
            ]
        else:
            del self.fields["place"]

    def _places(self) -> dict[int, int]:
        words = self.data.get(self.add_prefix("words")) if self.is_bound else self.initial.get("words")
        if not words or self.capture is None or len(words) > TEXT_LIMIT or "\x00" in words:
            return {}
        return self.capture.places_of(words)

    def _offered(self) -> list[int]:
        """Return the first places, and the one that is chosen: a single letter stands in thousands."""
        chosen = self.data.get(self.add_prefix("place")) if self.is_bound else self.initial.get("place")
        others = (start for start in self.places if str(start) == chosen)
        return sorted({*itertools.islice(self.places, _PLACES_OFFERED), *others})

    def _around(self, start: int, end: int) -> str:
        text = self.capture.text if self.capture else ""
        return f"…{text[max(0, start - 60) : start]}[{text[start:end][:80]}]{text[end : end + 60]}…"

    def clean(self) -> dict[str, Any]:
        """Find the words in the copy; wants the place where they stand more than once."""
        typed = super().clean() or self.cleaned_data
        if not typed.get("words") or self.kept():
            return typed
        if self.capture is None:
            self.add_error("words", _now("The document has no text yet. Add a copy first."))
        elif not self.places:
            self.add_error("words", _now("These words do not stand in our copy of the document."))
        elif len(self.places) > 1 and not typed.get("place"):
            self.add_error("place", _now("These words stand more than once. Say which place you mean."))
        return typed

    def kept(self) -> Passage | None:
        """Return the stored passage that the typed words and place leave as it was; None where they mean another."""
        words, place = kept_text(self.cleaned_data["words"]), self.cleaned_data.get("place", "")
        same = (each for each in self.stored if each.exact.strip() == words and place in ("", str(each.start)))
        return next(same, None)

    def passage(self) -> Passage | None:
        """Return the unsaved passage; None where no words were given."""
        kept = self.kept() if self.cleaned_data.get("words") else None
        if kept is not None:
            return Passage(**{name: getattr(kept, name) for name in _ANCHOR})
        if not self.cleaned_data.get("words") or self.capture is None:
            return None
        start = int(self.cleaned_data["place"]) if self.cleaned_data.get("place") else next(iter(self.places))
        return Passage.anchored(self.capture, start, self.places[start])


PassageFormSet = forms.formset_factory(PassageForm, formset=Rows, extra=1, max_num=12, absolute_max=20)


def anchored(passages: Any) -> list[Passage]:
    """Return the unsaved passages of a formset, as far as their words stand in a copy at a place that is known."""
    found = []
    for each in passages.forms:
        row = (each.passage() if each.is_valid() else None) if passages.is_bound else _shown(each)
        if row is not None:
            if each.capture is not None and row.capture_id == each.capture.pk:
                row.capture = each.capture
            found.append(row)
    return found


def _shown(form: Any) -> Passage | None:
    """Return the passage that an untouched form shows: the stored one, else where its words stand in the copy."""
    words, place = form.initial.get("words"), form.initial.get("place")
    stored = next((each for each in form.stored if (each.exact, str(each.start)) == (words, place)), None)
    if stored is not None:
        return Passage(**{name: getattr(stored, name) for name in _ANCHOR})
    places = {start: end for start, end in form.places.items() if not place or place == str(start)}
    return Passage.anchored(form.capture, *next(iter(places.items()))) if len(places) == 1 else None


def passage_in_words(text: str, capture: Capture | None) -> Passage | None:
    """Return the passage that is the words themselves, where they stand once in the copy; None where they do not."""
    words = text.strip(MARKS)
    if capture is None or len(words.split()) < 3:
        return None
    places = capture.places_of(words)
    return Passage.anchored(capture, *next(iter(places.items()))) if len(places) == 1 else None
