"""The filters of status changes; an unknown value is told at its field and filters nothing."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from relations.choices import Status
from relations.forms.base import DateInput
from relations.models import Issue, StatusChange
from relations.models.moments import NOW, Moment


class StatusChangeFilter(filters.FilterSet):
    """Status changes of one desk."""

    issue = filters.ModelChoiceFilter(
        queryset=Issue.objects.none(), to_field_name="slug", label=_("Issue"), empty_label=_("Any")
    )
    status = filters.ChoiceFilter(
        choices=Status.choices, field_name="to_status", label=_("Status"), empty_label=_("Any")
    )
    since = filters.DateFilter(field_name="effective", lookup_expr="gte", label=_("Since"), widget=DateInput())
    until = filters.DateFilter(field_name="effective", lookup_expr="lte", label=_("Until"), widget=DateInput())

    class Meta:
        model = StatusChange
        fields: list[str] = []

    def __init__(self, *args: Any, relationship: Any, at: Moment = NOW, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        issues: Any = self.filters["issue"]
        issues.queryset = Issue.objects.at(relationship).known(at)
