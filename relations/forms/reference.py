"""Add and mend what all desks share; what is wrong is told at its field."""

import datetime
from functools import partial
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.forms.base import TEXT_LIMIT, DateInput, RevisionField
from relations.forms.choosing import ChosenField
from relations.models import Mandate, Organisation, Person, Post, Publisher, ReliabilityRating
from relations.models.versions import revision_of


class ReferenceForm(forms.ModelForm):
    """A row that all desks share, with the number of what its editor opened (R5)."""

    revision = RevisionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["revision"] = partial(revision_of, self.instance)


def _chosen(model: Any, name: str, *, kind: str, hint: Any = "") -> ChosenField:
    """Return the model's own field as one that is chosen by typing."""
    field = model._meta.get_field(name)
    return ChosenField(
        field.related_model._default_manager.all(),
        kind=kind,
        label=capfirst(field.verbose_name),
        help_text=field.help_text,
        required=not field.blank,
        hint=hint,
    )


class NamedForm(ReferenceForm):
    """A row with a name: one of the same name is pointed out before another is added."""

    same_in: tuple[str, ...] = ("name",)
    twin: Any = None

    def clean(self) -> Any:
        """Refuse a name that is held already, until it is said that this is another (`anyway`)."""
        typed = super().clean() or self.cleaned_data
        if self.instance.pk or "anyway" in self.data or any(name not in typed for name in self.same_in):
            return typed
        same = {name: typed[name] for name in self.same_in if name != "name"}
        rows = self._meta.model._default_manager.filter(name__unaccent__iexact=typed["name"], **same)
        self.twin = rows.first()
        if self.twin:
            self.add_error("name", _now("We hold one of this name already."))
        return typed


class PersonForm(NamedForm):
    """A person; where two entries are one person, the entry to keep."""

    merged_into = _chosen(Person, "merged_into", kind="person", hint=_("Nobody else"))

    class Meta:
        model = Person
        fields = ("name", "sort_name", "biography", "merged_into")
        widgets = {"biography": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["biography"] = forms.CharField(
            label=self.fields["biography"].label,
            required=False,
            max_length=TEXT_LIMIT,
            widget=self.fields["biography"].widget,
        )
        if not self.instance.pk:
            del self.fields["merged_into"]
            return
        kept: Any = self.fields["merged_into"]
        kept.queryset = Person.objects.filter(Q(merged_into=None) | Q(pk=self.instance.merged_into_id)).exclude(
            pk=self.instance.pk
        )


class OrganisationForm(NamedForm):
    """A body that people hold office in or that speaks for itself."""

    same_in = ("name", "party")

    party = _chosen(Organisation, "party", kind="party")

    class Meta:
        model = Organisation
        fields = ("name", "party")


class PostForm(NamedForm):
    """An office."""

    same_in = ("name", "party")

    party = _chosen(Post, "party", kind="party")
    organisation = _chosen(Post, "organisation", kind="organisation")

    class Meta:
        model = Post
        fields = ("name", "party", "organisation")


class PublisherForm(NamedForm):
    """Who publishes documents."""

    party = _chosen(Publisher, "party", kind="party")

    class Meta:
        model = Publisher
        fields = ("name", "party", "url")


class RatingForm(ReferenceForm):
    """A desk's judgement of a publisher."""

    class Meta:
        model = ReliabilityRating
        fields = ("reliability",)
        help_texts = {"reliability": _("The Admiralty scale, from A to F. This is your desk’s judgement alone.")}


class MandateForm(ReferenceForm):
    """An office that a person held, from when to when."""

    post = _chosen(Mandate, "post", kind="post")

    class Meta:
        model = Mandate
        fields = ("post", "start", "first_attested", "end", "last_attested", "source_url")
        widgets = {name: DateInput() for name in ("start", "first_attested", "end", "last_attested")}

    def clean(self) -> Any:
        """Hold the days to what a mandate is, each complaint at the field to mend."""
        typed = super().clean() or self.cleaned_data
        first = "start" if typed.get("start") else "first_attested"
        last = "end" if typed.get("end") else "last_attested"
        bounds = ("start", "first_attested", "end", "last_attested")
        if any(name in self.errors for name in bounds):
            return typed
        if not typed[first]:
            self.add_error("start", _now("Give the first day, or a day on which the office was first attested."))
        if not typed[last]:
            self.add_error("end", _now("Give the last day, or a day on which the office was last attested."))
        if self.errors:
            return typed
        if typed[last] < typed[first]:
            self.add_error(last, _now("A mandate cannot end before it starts."))
        elif typed["first_attested"] and typed["last_attested"] and typed["last_attested"] < typed["first_attested"]:
            self.add_error("last_attested", _now("The last attested day cannot come before the first."))
        else:
            self._refuse_overlap(typed["post"], typed[first], typed[last])
        return typed

    def _refuse_overlap(self, post: Post, first: datetime.date, last: datetime.date) -> None:
        held = Mandate.objects.filter(person=self.instance.person, post=post).exclude(pk=self.instance.pk)
        other = held.filter(covers_from__lte=last, covers_until__gte=first).first()
        if other:
            days = {
                "first": date_format(other.covers_from, "j M Y"),
                "last": date_format(other.covers_until, "j M Y"),
            }
            self.add_error(
                "start",
                _now("They already hold this post from %(first)s to %(last)s. Mend that entry, or choose other days.")
                % days,
            )
