"""Who holds which office: Popolo's person, organisation, post and membership (here Mandate). Reference data (R7)."""

import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from relations.models.addresses import address
from relations.models.base import (
    NaturalKeyManager,
    NaturalKeyModel,
    RefField,
    WebURLField,
    http_only,
    not_blank,
)
from relations.models.desks import Party
from relations.models.history import tracked
from relations.models.rules import before_write, immutable, refuse_when


def _keep_sort_key(expression: str) -> str:
    return f"NEW.sort_key := lower(public.unaccent({expression}));"


class SortKeyField(models.CharField):
    """A name without diacritics in lower case, kept by a trigger: the database's own order knows neither."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"max_length": 200, "editable": False, "default": "", "serialize": False, **kwargs})  # type: ignore[arg-type]


class NamedQuerySet(models.QuerySet):
    """Rows with a `sort_key`."""

    def by_name(self) -> Self:
        """Return the rows in the order of their names, diacritics and case ignored."""
        return self.order_by("sort_key", "pk")

    def matching(self, words: str) -> Self:
        """Return the rows whose name holds every one of these words, diacritics and case ignored."""
        query = self
        for word in words.split():
            query = query.filter(name__unaccent__icontains=word)
        return query


class NamedManager(NaturalKeyManager.from_queryset(NamedQuerySet)):
    """Rows with a name, found and sorted without diacritics."""


class PersonQuerySet(NamedQuerySet):
    """People, and what they were called."""

    def found_by(self, words: str) -> Self:
        """Return the people of whom each of these words is in a name, one of an entry joined to theirs, or an office."""
        joined = Q(merged_into=OuterRef("pk")) | Q(merged_into__merged_into=OuterRef("pk"))
        held = Q(person=OuterRef("pk")) | Q(person__merged_into=OuterRef("pk"))
        query = self
        for word in words.split():
            named = Exists(Person.objects.filter(joined, name__unaccent__icontains=word))
            office = Q(post__name__unaccent__icontains=word) | Q(post__party__name__unaccent__icontains=word)
            query = query.filter(
                Q(name__unaccent__icontains=word) | named | Exists(Mandate.objects.filter(held).filter(office))
            )
        return query


class PersonManager(NaturalKeyManager.from_queryset(PersonQuerySet)):
    """People, found by what they are and were called."""


@tracked()
class Person(NaturalKeyModel):
    """A person who speaks or takes part."""

    ref = RefField()
    name = models.CharField(
        _("name"), max_length=160, help_text=_("With its diacritics, as it is written: Hakan Fidan.")
    )
    sort_name = models.CharField(_("sorted as"), max_length=160, blank=True, help_text=_("Fidan, Hakan"))
    sort_key = SortKeyField()
    biography = models.TextField(_("who they are"), blank=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("same person as"),
        help_text=_("Where two entries turn out to be one person, the one to keep. Both stay."),
    )

    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("sort_key", "pk")
        constraints = [
            not_blank("name", name="person_name_not_blank"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")),
                name="person_not_merged_into_self",
                violation_error_message=_("A person cannot be joined to themselves."),
            ),
        ]
        triggers = [
            immutable("ref"),
            before_write("keep_sort_key", _keep_sort_key("coalesce(nullif(NEW.sort_name, ''), NEW.name)")),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of this person's page."""
        return address("person", self.ref)

    def identities(self) -> set[int]:
        """Return the ids of every entry that was joined to this one or that this one was joined to, itself included."""
        found = {self.pk}
        while more := set(
            Person.objects.filter(Q(merged_into__in=found) | Q(merged__in=found))
            .exclude(pk__in=found)
            .values_list("pk", flat=True)
        ):
            found |= more
        return found


@tracked()
class Organisation(NaturalKeyModel):
    """A body that people hold office in or that speaks for itself: a ministry, a spokesperson's office."""

    ref = RefField()
    name = models.CharField(_("name"), max_length=200)
    sort_key = SortKeyField()
    party = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("party"),
    )

    objects = NamedManager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("sort_key", "pk")
        constraints = [not_blank("name", name="organisation_name_not_blank")]
        triggers = [immutable("ref"), before_write("keep_sort_key", _keep_sort_key("NEW.name"))]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of this organisation’s page."""
        return address("organisation", self.ref)


@tracked()
class Post(NaturalKeyModel):
    """An office: Secretary of State, Foreign Minister."""

    ref = RefField()
    name = models.CharField(_("title"), max_length=200)
    sort_key = SortKeyField()
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=_("organisation"),
    )
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="posts", verbose_name=_("for which party"))

    objects = NamedManager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ("sort_key", "pk")
        constraints = [not_blank("name", name="post_name_not_blank")]
        triggers = [immutable("ref"), before_write("keep_sort_key", _keep_sort_key("NEW.name"))]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of this post’s page."""
        return address("post", self.ref)


class MandateQuerySet(models.QuerySet):
    """Mandates and the days they cover."""

    def covering(self, day: datetime.date) -> Self:
        """Return the mandates that cover `day`; an unknown bound is as far as the mandate is attested (R8)."""
        return self.filter(covers_from__lte=day, covers_until__gte=day)


class MandateManager(NaturalKeyManager.from_queryset(MandateQuerySet)):
    """Mandates with their post at hand."""


class _DateRange(Func):
    function = "daterange"
    output_field = DateRangeField()


@tracked(asked_by=("person",))
class Mandate(NaturalKeyModel):
    """Who held which office from when to when, as far as the bounds are known or attested."""

    ref = RefField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mandates", verbose_name=_("person"))
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="mandates", verbose_name=_("post"))
    start = models.DateField(_("from"), null=True, blank=True, help_text=_("The first day, where it is known."))
    end = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day, where it is known."))
    first_attested = models.DateField(
        _("first attested on"), null=True, blank=True, help_text=_("Where the first day is unknown.")
    )
    last_attested = models.DateField(
        _("last attested on"),
        null=True,
        blank=True,
        help_text=_("Where the last day is unknown or still to come."),
    )
    covers_from = models.GeneratedField(
        expression=Coalesce("start", "first_attested"),
        output_field=models.DateField(),
        db_persist=True,
        serialize=False,
    )
    covers_until = models.GeneratedField(
        expression=Coalesce("end", "last_attested"), output_field=models.DateField(), db_persist=True, serialize=False
    )
    source_url = WebURLField(verbose_name=_("source"))

    objects = MandateManager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ("-covers_from", "pk")
        constraints = [
            models.CheckConstraint(
                condition=(Q(start__isnull=False) | Q(first_attested__isnull=False))
                & (Q(end__isnull=False) | Q(last_attested__isnull=False)),
                name="mandate_bounds_known_or_attested",
                violation_error_message=_(
                    "Each end of a mandate needs its day, or a day on which the office was attested."
                ),
            ),
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(end__isnull=True) | Q(start__lte=F("end")),
                name="mandate_start_before_end",
                violation_error_message=_("A mandate cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(first_attested__isnull=True)
                | Q(last_attested__isnull=True)
                | Q(first_attested__lte=F("last_attested")),
                name="mandate_attested_in_order",
                violation_error_message=_("The last attested day cannot come before the first."),
            ),
            ExclusionConstraint(
                name="mandate_no_overlap",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("post", RangeOperators.EQUAL),
                    (
                        _DateRange(
                            Coalesce("start", "first_attested"),
                            Coalesce("end", "last_attested"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("This person already holds this post in those days."),
            ),
            http_only("source_url", name="mandate_source_http_only"),
        ]
        triggers = [
            immutable("ref", "person_id"),
            before_write(
                "bounds_in_order",
                refuse_when(
                    'coalesce(NEW.start, NEW.first_attested) > coalesce(NEW."end", NEW.last_attested)',
                    "A mandate cannot end before it starts.",
                    rule="mandate_bounds_in_order",
                    field="end",
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.post}"

    def get_absolute_url(self) -> str:
        """Return the address of the page that shows it: its person's."""
        return self.person.get_absolute_url()

    def covers(self, day: datetime.date) -> bool:
        """Say whether this mandate covers `day`."""
        first, last = self.start or self.first_attested, self.end or self.last_attested
        return first is not None and last is not None and first <= day <= last
