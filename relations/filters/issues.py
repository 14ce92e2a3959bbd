"""The board's filters, facets and orders; an unknown choice is told at its field and filters nothing."""

import datetime
from collections.abc import Callable
from typing import Any

import django_filters as filters
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from relations.choices import Act, Agreement, Impact, Scope, Status, Topic, Trend
from relations.filters.choices import AnyNamed, AnyOf, Faceted
from relations.filters.facets import Dimension, column, known
from relations.filters.orders import Order
from relations.forms.base import DateInput, is_key
from relations.models import Bearing, Issue, Person, User
from relations.models.moments import NOW, Moment
from relations.reports.facets import Facet


def _known_day(name: str, column: str, unknown: datetime.date) -> Callable[[Any], dict[str, Any]]:
    return lambda _asked: {name: Coalesce(column, Value(unknown))}


def _by_day(name: str, column: str, label: Any) -> dict[str, Order]:
    """Return the orders by a day, in which an issue that has none stands last either way."""
    return {
        name: Order(label, (name, "title"), _known_day(name, column, datetime.date.max)),
        f"-{name}": Order(label, (f"-{name}", "title"), _known_day(name, column, datetime.date.min)),
    }


# The board's own order, then those of its column heads, each both ways.
ORDERS = {
    "": Order(_("By impact"), ("scope_rank", "impact_rank", "title"), lambda _asked: Issue.board_ranks()),
    "issue": Order(_("Issue"), ("title",)),
    "-issue": Order(_("Issue"), ("-title",)),
    "status": Order(_("Where it stands"), ("status", "title")),
    "-status": Order(_("Where it stands"), ("-status", "title")),
    "trend": Order(_("Trend"), ("trend", "title")),
    "-trend": Order(_("Trend"), ("-trend", "title")),
    **_by_day("moved", "status_since", _("Moved")),
    **_by_day("last", "last_word", _("Last word")),
}
HEADS = tuple(name for name in ORDERS if name and not name.startswith("-"))


class IssueFilter(Faceted):
    """Issues of one desk, which carry `with_standing`."""

    text = filters.CharFilter(method="holding", label=_("Text"))
    speaker = filters.CharFilter(method="spoken_of_by", label=_("Who has spoken on it"))
    since = filters.DateFilter(
        field_name="status_since", lookup_expr="gte", label=_("Changed since"), widget=DateInput()
    )
    status = AnyOf(choices=Status.choices, label=_("Status"))
    trend = AnyOf(choices=Trend.choices, label=_("Trend"))
    agreement = AnyOf(choices=Agreement.choices, label=_("Do the sides agree?"))
    impact = AnyOf(choices=Impact.choices, label=_("Impact"))
    topic = AnyOf(choices=Topic.choices, label=_("Topic"))
    scope = AnyOf(choices=Scope.choices, label=_("Scope"))
    owner = AnyNamed(method="owned_by", label=_("Owner"))
    party = AnyNamed(method="said_for", label=_("Who has a word on it"))
    act = AnyOf(choices=Act.choices, method="on_which_they", label=_("What was done on it"))

    class Meta:
        model = Issue
        fields: list[str] = []

    def __init__(self, *args: Any, relationship: Any, at: Moment = NOW, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.relationship = relationship
        self.at = at

    def holding(self, issues: QuerySet[Issue], _name: str, words: str) -> QuerySet[Issue]:
        """Return the issues whose title or summary holds every one of these words, diacritics ignored."""
        for word in words.split()[:20]:
            issues = issues.filter(Q(title__unaccent__icontains=word) | Q(summary__unaccent__icontains=word))
        return issues

    def owned_by(self, issues: QuerySet[Issue], _name: str, keys: list[str]) -> QuerySet[Issue]:
        """Return the issues of these owners."""
        return issues.filter(owner__in=[key for key in keys if is_key(key)])

    def _with_word(self, issues: QuerySet[Issue], **of_bearing: Any) -> QuerySet[Issue]:
        """Return the issues with a standing statement that bears on them so."""
        bearings = Bearing.objects.at(self.relationship).standing(self.at).filter(**of_bearing)
        return issues.filter(Exists(bearings.filter(issue=OuterRef("pk"))))

    def spoken_of_by(self, issues: QuerySet[Issue], _name: str, words: str) -> QuerySet[Issue]:
        """Return the issues on which a person of this name has spoken, diacritics ignored."""
        if not words.strip():
            return issues
        return self._with_word(issues, statement__speaker_person__in=Person.objects.matching(words))

    def said_for(self, issues: QuerySet[Issue], _name: str, codes: list[str]) -> QuerySet[Issue]:
        """Return the issues on which someone spoke for one of these parties."""
        return self._with_word(issues, statement__on_behalf_of__code__in=codes)

    def on_which_they(self, issues: QuerySet[Issue], _name: str, acts: list[str]) -> QuerySet[Issue]:
        """Return the issues on which one of these was done."""
        return self._with_word(issues, act__in=acts) if acts else issues


def _owner(_asked: IssueFilter, name: str) -> Facet:
    named = User.objects.annotate(called=Cast("pk", CharField()), label=F("username"))
    return Facet(name, F("owner"), named=named)


DIMENSIONS = (
    *(
        Dimension(name, column(name), known(choices), is_usual=True)
        for name, choices in (
            ("status", Status.choices),
            ("trend", Trend.choices),
            ("agreement", Agreement.choices),
            ("impact", Impact.choices),
            ("topic", Topic.choices),
            ("scope", Scope.choices),
        )
    ),
    Dimension("owner", _owner, is_usual=True),
)
