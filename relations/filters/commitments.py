"""The list of commitments' filters; an unknown value is told at its field and filters nothing."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from relations.models import Commitment, Issue, Party
from relations.models.moments import Moment

STANDINGS = [("open", _("Open")), ("overdue", _("Overdue")), ("settled", _("Settled"))]


class CommitmentFilter(filters.FilterSet):
    """Commitments of one desk."""

    standing = filters.ChoiceFilter(choices=STANDINGS, method="standing_so", label=_("State"), empty_label=_("Any"))
    party = filters.ModelChoiceFilter(
        queryset=Party.objects.none(), to_field_name="code", label=_("Who owes it"), empty_label=_("Either side")
    )
    issue = filters.ModelChoiceFilter(
        queryset=Issue.objects.none(), to_field_name="slug", label=_("Issue"), empty_label=_("Any")
    )

    class Meta:
        model = Commitment
        fields: list[str] = []

    def __init__(self, *args: Any, relationship: Any, at: Moment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.relationship = relationship
        self.at = at
        each: Any = self.filters
        each["issue"].queryset = Issue.objects.at(relationship).known(self.at).order_by("title")
        each["party"].queryset = Party.objects.filter(pk__in=[party.pk for party in relationship.parties])

    def standing_so(self, commitments: Any, _name: str, standing: str) -> QuerySet[Commitment]:
        """Return those that are open, overdue today, or settled; as of the moment."""
        if standing == "overdue":
            return commitments.overdue(self.at.day(self.relationship.today()), self.at)
        return commitments.open(self.at) if standing == "open" else commitments.settled(self.at)
