"""Small forms that add what a type-ahead did not find: a person with an office, an organisation, an office, a publisher."""

import datetime
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.actions.reference import save_reference
from relations.forms.base import DateInput
from relations.forms.choosing import ChosenField, Words
from relations.models import Mandate, Organisation, Party, Person, Post, Publisher, Relationship
from relations.reports.choosing import KINDS


class OfficeField(ChosenField):
    """An office chosen among those known, or the title of a new one."""

    def to_python(self, value: Any) -> Any:
        """Return the post, or the words where none is chosen."""
        if isinstance(value, Words) and "\x00" not in value:
            return value
        return super().to_python(value)


def _office() -> OfficeField:
    return OfficeField(
        Post.objects.none(),
        kind="post",
        label=_("Office"),
        required=False,
        hint=_("Foreign Minister"),
        help_text=_("One we know, or the title of a new one."),
    )


class AdditionForm(forms.Form):
    """A form whose `store` adds one row and answers with it. `day` is the day that an office is known to be held on."""

    title: ClassVar[Any]
    day = forms.DateField(widget=forms.HiddenInput, required=False)
    party = ChosenField(Party.objects.none(), kind="party", label=_("Of which party"), required=False)

    def __init__(self, *args: Any, desk: Relationship | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, ChosenField):
                field.queryset = KINDS[field.widget.kind.name].model.objects.all()
        asked = self["day"].value()
        self.at_hand: datetime.date = asked if isinstance(asked, datetime.date) else _day(asked) or timezone.localdate()

    def store(self, *, actor: Any) -> Any:
        """Add the row. Raises `NotAllowed`, and `Refused` where a rule says no."""
        raise NotImplementedError


def _day(text: Any) -> datetime.date | None:
    try:
        return parse_date(str(text or ""))
    except ValueError:
        return None


class OfficeMixin(AdditionForm):
    """The part of a form that says which office a person held, and from when to when."""

    office = _office()
    since = forms.DateField(
        label=_("Held from"),
        required=False,
        widget=DateInput(),
        help_text=_("Left empty: known to have held it on the day at hand, no more."),
    )
    until = forms.DateField(label=_("Held until"), required=False, widget=DateInput())

    def clean(self) -> dict[str, Any]:
        """Want the party of a new office."""
        typed = super().clean() or self.cleaned_data
        office = typed.get("office")
        if isinstance(office, Words):
            known = Post.objects.filter(name__unaccent__iexact=office)
            if typed.get("party"):
                known = known.filter(party=typed["party"])
            found = list(known.select_related("party")[:2])
            if len(found) == 1:
                typed["office"] = found[0]
            elif not typed.get("party") and "party" not in self.errors:
                self.add_error("party", _now("Say which party this office is of."))
        return typed

    def store_office(self, *, actor: Any, person: Person) -> Mandate | None:
        """Add the office that `person` held, and the post itself where it is new; None where none was given."""
        typed = self.cleaned_data
        post = typed["office"]
        if not post:
            return None
        if isinstance(post, Words):
            post = Post(name=post, party=typed["party"])
            save_reference(actor=actor, row=post)
        mandate = Mandate(person=person, post=post, start=typed["since"], end=typed["until"])
        day: datetime.date = typed.get("day") or self.at_hand
        mandate.first_attested = None if mandate.start else min(day, mandate.end or day)
        mandate.last_attested = None if mandate.end else max(day, mandate.start or day)
        save_reference(actor=actor, row=mandate)
        return mandate


class PersonAddition(OfficeMixin):
    """A person, with the office held on the day at hand."""

    title = _("New person")
    name = forms.CharField(
        label=_("Name"), max_length=160, help_text=_("With its diacritics, as it is written: Hakan Fidan.")
    )
    field_order = ("name", "office", "party", "since", "until")

    def store(self, *, actor: Any) -> Person:
        """Add the person, with the office if one is given: both or neither."""
        with transaction.atomic():
            person = Person(name=self.cleaned_data["name"])
            save_reference(actor=actor, row=person)
            self.store_office(actor=actor, person=person)
        return person


class MandateAddition(OfficeMixin):
    """An office that a known person held."""

    title = _("New office of a person")
    person = ChosenField(Person.objects.none(), kind="person", label=_("Who held it"))
    field_order = ("person", "office", "party", "since", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].required = True

    def store(self, *, actor: Any) -> Any:
        """Add the mandate, and its post where that is new: both or neither."""
        with transaction.atomic():
            return self.store_office(actor=actor, person=self.cleaned_data["person"])


class OrganisationAddition(AdditionForm):
    """A body that speaks for itself or that people hold office in."""

    title = _("New organisation")
    name = forms.CharField(label=_("Name"), max_length=200)
    field_order = ("name", "party")

    def store(self, *, actor: Any) -> Organisation:
        """Add the organisation."""
        row = Organisation(name=self.cleaned_data["name"], party=self.cleaned_data["party"])
        save_reference(actor=actor, row=row)
        return row


class PublisherAddition(AdditionForm):
    """Who publishes documents."""

    title = _("New publisher")
    name = forms.CharField(label=_("Name"), max_length=160)
    url = forms.URLField(label=_("Address"), required=False, max_length=2000, assume_scheme="https")
    field_order = ("name", "party", "url")

    def store(self, *, actor: Any) -> Publisher:
        """Add the publisher."""
        typed = self.cleaned_data
        row = Publisher(name=typed["name"], party=typed["party"], url=typed["url"])
        save_reference(actor=actor, row=row)
        return row


ADDITIONS: dict[str, type[AdditionForm]] = {
    "person": PersonAddition,
    "mandate": MandateAddition,
    "organisation": OrganisationAddition,
    "publisher": PublisherAddition,
}
