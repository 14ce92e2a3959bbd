"""The statement list's filters and orders; an unknown choice is told at its field and filters nothing.

Of one filter several choices may be made: a statement that fits any of them fits. Together the filters narrow.
"""

from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any

import django_filters as filters
from django import forms
from django.contrib.postgres.lookups import Unaccent
from django.contrib.postgres.search import SearchQuery
from django.db.models import (
    Aggregate,
    Case,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.translation import gettext_lazy as _

from relations.choices import (
    Act,
    Basis,
    Credibility,
    Marking,
    Reliability,
    ReviewState,
    SourceState,
    StatementKind,
)
from relations.filters.choices import AnyNamed, AnyOf, Faceted
from relations.filters.orders import Order
from relations.forms.base import DateInput
from relations.models import Bearing, Issue, Organisation, Person, Post, ReliabilityRating, SearchEntry, Statement
from relations.models.bearings import BearingQuerySet
from relations.models.moments import NOW, Moment
from relations.models.search import ENGLISH, TURKISH, Searchable, SearchKind
from relations.reports.search_language import Part, Unreadable, words_alone

_WORDS = 20  # of a filter; further ones are left out
UNRATED = "none"
RELIABILITIES = [*Reliability.choices, (UNRATED, _("Not rated"))]
# What is asked of a bearing is asked of one and the same: "asks, on this issue" is not "on this issue, and asks on another".
_OF_BEARING = {
    "issue": "issue__in",
    "act": "act__in",
    "intensity_min": "intensity__gte",
    "intensity_max": "intensity__lte",
}


def _lexemes(part: Part) -> Any:
    """Return the search for a word, or a phrase, by its stems in either language."""
    text = Searchable(Value(part.text))
    english, turkish = (
        SearchQuery(text, config=config, search_type="phrase", invert=part.is_excluded) for config in (ENGLISH, TURKISH)
    )
    return english & turkish if part.is_excluded else english | turkish


class WordsField(forms.CharField):
    """Words as the search box reads them."""

    def clean(self, value: Any) -> str:
        """Return what is typed, which can be read."""
        typed: str = super().clean(value)
        try:
            words_alone(typed)
        except Unreadable as unreadable:
            raise forms.ValidationError(str(unreadable)) from unreadable
        return typed


class WordsFilter(filters.CharFilter):
    """A filter by such words."""

    field_class = WordsField


class StatementFilter(Faceted):
    """Statements of one desk."""

    text = WordsFilter(method="holding", label=_("Words"))
    speaker = filters.CharFilter(method="said_by", label=_("Name of who said it"))
    since = filters.DateFilter(field_name="latest", lookup_expr="gte", label=_("Since"), widget=DateInput())
    until = filters.DateFilter(field_name="earliest", lookup_expr="lte", label=_("Until"), widget=DateInput())
    issue = AnyNamed(label=_("Issue"))
    act = AnyOf(choices=Act.choices, label=_("What they did"))
    intensity_min = filters.NumberFilter(min_value=-10, max_value=10, decimal_places=1, label=_("Intensity from"))
    intensity_max = filters.NumberFilter(min_value=-10, max_value=10, decimal_places=1, label=_("Intensity to"))
    party = AnyNamed(field_name="on_behalf_of__code", label=_("Speaking for"))
    person = AnyNamed(method="said_by_person", label=_("Who said it"))
    body = AnyNamed(field_name="speaker_organisation__ref", label=_("Which body said it"))
    post = AnyNamed(method="said_in_office", label=_("In which office"))
    publisher = AnyNamed(field_name="document__publisher__ref", label=_("Publisher"))
    language = AnyNamed(field_name="document__language", label=_("Language of the source"))
    meeting = AnyNamed(field_name="meeting__ref", label=_("Meeting"))
    kind = AnyOf(choices=StatementKind.choices, label=_("Kind"))
    basis = AnyOf(choices=Basis.choices, label=_("May we name them?"))
    credibility = AnyOf(choices=Credibility.choices, label=_("Sure it was said?"))
    reliability = AnyOf(choices=RELIABILITIES, method="rated", label=_("Trust the publisher?"))
    marking = AnyOf(choices=Marking.choices, label=_("Who may see it"))
    state = AnyOf(choices=ReviewState.choices, method="in_state", label=_("State"))
    passage = AnyOf(choices=SourceState.choices, method="standing_in_source", label=_("Words in the source"))

    class Meta:
        model = Statement
        fields: list[str] = []

    def __init__(self, *args: Any, relationship: Any, drafts: bool, at: Moment = NOW, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.relationship = relationship
        self.at = at
        if not drafts:
            # Corrected and withdrawn statements stay readable: they may be asked for, drafts may not.
            states: Any = self.filters["state"]
            states.extra["choices"] = [(state, state.label) for state in ReviewState if state in READABLE]

    def fitting(self, rows: Any, *, but: str = "") -> Any:
        """Return the statements that fit every filter, `but` for one, whose other choices can so be counted."""
        rows = self._but_bearings(rows, but)
        if not self.bearing_conditions(but=but):
            return rows
        # The desk is its statement's: said again, it lets an index find the few that fit.
        return rows.filter(Exists(self.bearings(but=but).at(self.relationship).filter(statement=OuterRef("pk"))))

    def _but_bearings(self, rows: Any, but: str) -> Any:
        for name, value in self.form.cleaned_data.items():
            if name != but and name not in _OF_BEARING:
                rows = self.filters[name].filter(rows, value)
        return rows

    def newest(self, rows: Any, *, but: str = "") -> Any:
        """Return the same of `rows`, newest first: of one issue along its own days, from the newest as far as is read."""
        of_issue = self._of_one_issue(rows, but)
        return super().newest(rows, but=but) if of_issue is None else of_issue.order_by("-said", "-pk")

    def by_day(self, rows: Any) -> tuple[Any, str]:
        """Return the statements that fit every filter, and what orders them, newest first, as `newest` does."""
        of_issue = self._of_one_issue(rows, "")
        return (self.fitting(rows), "-latest") if of_issue is None else (of_issue, "-said")

    def _of_one_issue(self, rows: Any, but: str) -> Any:
        """Return the same with `said`, the issue's own day of each, where one issue and nothing more is asked of bearings."""
        asked = self.bearing_conditions(but=but)
        if set(asked) != {"issue__in"} or len(self.form.cleaned_data["issue"]) != 1:
            return None
        days = {"on_issues__issue": Subquery(asked["issue__in"].order_by().values("pk")[:1])}
        if since := self.form.cleaned_data.get("since"):
            days["on_issues__latest__gte"] = since
        return self._but_bearings(rows, but).filter(**days).annotate(said=F("on_issues__latest"))

    def bearings(self, *, but: str = "") -> BearingQuerySet:
        """Return the bearings that fit what is asked of a bearing, `but` for one filter."""
        return Bearing.objects.filter(**self.bearing_conditions(but=but))

    def bearing_conditions(self, *, but: str = "") -> dict[str, Any]:
        """Return what is asked of a bearing, `but` for one filter."""
        asked = {name: self.form.cleaned_data.get(name) for name in _OF_BEARING if name != but}
        if asked.get("issue"):
            asked["issue"] = Issue.objects.at(self.relationship).known(self.at).filter(slug__in=asked["issue"])
        return {_OF_BEARING[name]: value for name, value in asked.items() if value not in (None, "", [])}

    def holding(self, statements: QuerySet[Statement], _name: str, words: str) -> QuerySet[Statement]:
        """Return the statements that the search finds by these words, which its index holds for rows without number.

        A word that is in almost every text narrows nothing.
        """
        asked = reduce(and_, map(_lexemes, words_alone(words).parts))
        found = SearchEntry.objects.annotate(asked=Func(asked, function="numnode", output_field=IntegerField()))
        found = found.filter(Q(vector=asked) | Q(asked=0), kind=SearchKind.STATEMENT)
        return statements.filter(Exists(found.filter(statement=OuterRef("pk"))))

    def said_by(self, statements: QuerySet[Statement], _name: str, words: str) -> QuerySet[Statement]:
        """Return the statements of or passed on by someone of this name or description, diacritics ignored."""
        asked = " ".join(words.split()[:_WORDS])
        if not asked:
            return statements
        people, bodies = Person.objects.matching(asked), Organisation.objects.matching(asked)
        fits = Q()
        for role in ("speaker", "relayer"):
            described = Q(*(Q(**{f"{role}_descriptor__unaccent__icontains": word}) for word in asked.split()))
            fits |= Q(**{f"{role}_person__in": people}) | Q(**{f"{role}_organisation__in": bodies})
            fits |= ~Q(**{f"{role}_descriptor": ""}) & described
        return statements.filter(fits)

    def said_by_person(self, statements: Any, _name: str, refs: list[str]) -> Any:
        """Return the statements of these people, entries that were joined to theirs included."""
        same = Q(ref__in=refs) | Q(merged_into__ref__in=refs) | Q(merged_into__merged_into__ref__in=refs)
        return statements.filter(speaker_person__in=Person.objects.filter(same))

    def said_in_office(self, statements: Any, _name: str, refs: list[str]) -> Any:
        """Return the statements of who held one of these offices on the day."""
        return statements.filter(mandate__post__in=Post.objects.filter(ref__in=refs))

    def rated(self, statements: Any, _name: str, grades: list[str]) -> Any:
        """Return the statements from publishers whom the desk rates so."""
        ratings = ReliabilityRating.objects.at(self.relationship)
        fits = Q(document__publisher__in=ratings.filter(reliability__in=grades).values("publisher"))
        if UNRATED in grades:
            fits |= ~Q(document__publisher__in=ratings.values("publisher"))
        return statements.filter(fits)

    def in_state(self, statements: Any, _name: str, states: list[str]) -> Any:
        """Return the statements that stand so."""
        return statements.in_review_states(states, self.at)

    def standing_in_source(self, statements: Any, _name: str, states: list[str]) -> Any:
        """Return the statements whose passages stand so in the newest copy."""
        return statements.in_source_states(states, self.relationship, self.at)


def _speaker(_asked: StatementFilter) -> dict[str, Any]:
    described = NullIf(Lower(Unaccent("speaker_descriptor")), Value(""))
    published = Case(When(kind=StatementKind.REPORTED, then="document__publisher__sort_key"))
    named = ("speaker_person__sort_key", "speaker_organisation__sort_key")
    return {"speaker_key": Coalesce(*named, described, published, Value(""))}


def _intensity(how: type[Aggregate]) -> Any:
    """Return what adds the intensity of a statement's most hostile or friendliest bearing, of those that were asked for."""

    def adds(asked: StatementFilter) -> dict[str, Any]:
        bearings = asked.bearings().filter(statement=OuterRef("pk")).order_by().values("statement")
        of_each = bearings.annotate(strongest=how("intensity")).values("strongest")
        return {"strongest": Coalesce(Subquery(of_each), Value(Decimal(0)))}

    return adds


def _came(_asked: StatementFilter) -> dict[str, Any]:
    return {"came_here": Coalesce("published_at", "created_at")}


def _told(_asked: StatementFilter) -> dict[str, Any]:
    return {"told": Coalesce("told_on", "latest")}


ORDERS = {
    "-said": Order(_("Said: newest first"), ("-latest",)),
    "said": Order(_("Said: oldest first"), ("latest",)),
    # Of a draft, when it was begun.
    "-published": Order(_("Published here: newest first"), ("-came_here",), _came),
    "published": Order(_("Published here: oldest first"), ("came_here",), _came),
    "-told": Order(_("Told: newest first"), ("-told",), _told, is_sorted=True),
    "told": Order(_("Told: oldest first"), ("told",), _told, is_sorted=True),
    "-source": Order(_("Source: newest first"), ("-document__date_published",), is_sorted=True),
    "source": Order(_("Source: oldest first"), ("document__date_published",), is_sorted=True),
    "speaker": Order(_("Who said it: A to Z"), ("speaker_key", "-latest"), _speaker, is_sorted=True),
    "-speaker": Order(_("Who said it: Z to A"), ("-speaker_key", "-latest"), _speaker, is_sorted=True),
    "intensity": Order(_("Most hostile first"), ("strongest", "-latest"), _intensity(Min), is_sorted=True),
    "-intensity": Order(_("Friendliest first"), ("-strongest", "-latest"), _intensity(Max), is_sorted=True),
}
READABLE = (ReviewState.PUBLISHED, ReviewState.SUPERSEDED, ReviewState.WITHDRAWN)


class EvidenceFilter(StatementFilter):
    """The statements that a status change may cite, which its form narrows by a few fields."""

    party = filters.ChoiceFilter(field_name="on_behalf_of__code", label=_("Speaking for"), empty_label=_("Any"))

    def __init__(self, *args: Any, relationship: Any, **kwargs: Any) -> None:
        super().__init__(*args, relationship=relationship, **kwargs)
        sides: Any = self.filters["party"]
        sides.extra["choices"] = [(party.code, party.label) for party in relationship.parties]
