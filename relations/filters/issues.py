"""The board's filters; an unknown value is told at its field and filters nothing."""

from typing import Any

import django_filters as filters
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from relations.choices import Impact, Status, Topic, Trend
from relations.forms.base import DateInput
from relations.models import Issue, User

# What a column head sorts by; the default is the board's own order.
SORTS = {
    "issue": ("title",),
    "status": ("status", "title"),
    "trend": ("trend", "title"),
    "moved": ("status_since", "title"),
    "last": ("last_word", "title"),
}


class IssueFilter(filters.FilterSet):
    """Issues that carry `with_standing` and `with_last_word`."""

    text = filters.CharFilter(method="holding", label=_("Text"))
    status = filters.ChoiceFilter(choices=Status.choices, label=_("Status"), empty_label=_("Any"))
    trend = filters.ChoiceFilter(choices=Trend.choices, label=_("Trend"), empty_label=_("Any"))
    topic = filters.ChoiceFilter(choices=Topic.choices, label=_("Topic"), empty_label=_("Any"))
    impact = filters.ChoiceFilter(choices=Impact.choices, label=_("Impact"), empty_label=_("Any"))
    owner = filters.ModelChoiceFilter(queryset=User.objects.none(), label=_("Owner"), empty_label=_("Anyone"))
    since = filters.DateFilter(
        field_name="status_since", lookup_expr="gte", label=_("Changed since"), widget=DateInput()
    )

    class Meta:
        model = Issue
        fields: list[str] = []

    def __init__(self, *args: Any, relationship: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = User.objects.filter(memberships__relationship=relationship, owned_issues__isnull=False).distinct()
        self.filters["owner"].queryset = members  # type: ignore[attr-defined]

    def holding(self, issues: QuerySet[Issue], _name: str, words: str) -> QuerySet[Issue]:
        """Return the issues whose title or summary holds every one of these words, diacritics ignored."""
        for word in words.split()[:20]:
            issues = issues.filter(Q(title__unaccent__icontains=word) | Q(summary__unaccent__icontains=word))
        return issues


def sorted_issues(issues: QuerySet[Issue], sort: str) -> tuple[QuerySet[Issue], str]:
    """Return the issues in the order asked for, and the order's name; an unknown one is the board's own (empty)."""
    fields = SORTS.get(sort.removeprefix("-"))
    if fields is None:
        return issues.in_board_order(), ""  # type: ignore[attr-defined]
    if sort.startswith("-"):
        return issues.order_by(F(fields[0]).desc(nulls_last=True), *fields[1:], "pk"), sort
    return issues.order_by(*fields, "pk"), sort
