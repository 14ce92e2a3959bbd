"""The list of meetings' filters and orders; an unknown value is told at its field and filters nothing."""

from typing import Any

import django_filters as filters
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from relations.choices import MeetingKind, MeetingState
from relations.forms.base import DateInput
from relations.models import AgendaItem, Issue, Meeting, Participant
from relations.models.moments import NOW, Moment

# What a column head sorts by; the default is those ahead, the nearest first, then the others, the latest first.
SORTS = {"meeting": "title", "day": "earliest", "state": "state_then", "place": "place"}


class MeetingFilter(filters.FilterSet):
    """Meetings of one desk, which carry `with_state_then`."""

    text = filters.CharFilter(method="holding", label=_("Title or place"))
    who = filters.CharFilter(method="attended_by", label=_("Who takes part"))
    issue = filters.ModelChoiceFilter(
        queryset=Issue.objects.none(), to_field_name="slug", method="on_issue", label=_("Issue"), empty_label=_("Any")
    )
    kind = filters.ChoiceFilter(choices=MeetingKind.choices, label=_("Kind"), empty_label=_("Any"))
    state = filters.ChoiceFilter(
        choices=MeetingState.choices, field_name="state_then", label=_("State"), empty_label=_("Any")
    )
    since = filters.DateFilter(field_name="latest", lookup_expr="gte", label=_("Since"), widget=DateInput())
    until = filters.DateFilter(field_name="earliest", lookup_expr="lte", label=_("Until"), widget=DateInput())

    class Meta:
        model = Meeting
        fields: list[str] = []

    def __init__(self, *args: Any, relationship: Any, at: Moment = NOW, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        each: Any = self.filters
        each["issue"].queryset = Issue.objects.at(relationship).known(at).order_by("title")

    def holding(self, meetings: QuerySet[Meeting], _name: str, words: str) -> QuerySet[Meeting]:
        """Return the meetings whose title or place holds every one of these words, diacritics ignored."""
        for word in words.split()[:20]:
            meetings = meetings.filter(Q(title__unaccent__icontains=word) | Q(place__unaccent__icontains=word))
        return meetings

    def attended_by(self, meetings: QuerySet[Meeting], _name: str, words: str) -> QuerySet[Meeting]:
        """Return the meetings with someone of this name or description, diacritics ignored."""
        someone = Participant.objects.filter(meeting=OuterRef("pk"))
        for word in words.split()[:20]:
            someone = someone.filter(
                Q(person__name__unaccent__icontains=word) | Q(descriptor__unaccent__icontains=word)
            )
        return meetings.filter(Exists(someone))

    def on_issue(self, meetings: QuerySet[Meeting], _name: str, issue: Issue) -> QuerySet[Meeting]:
        """Return the meetings with this issue on their agenda."""
        return meetings.filter(Exists(AgendaItem.objects.filter(meeting=OuterRef("pk"), issue=issue)))


def sorted_meetings(meetings: QuerySet[Meeting], sort: str) -> QuerySet[Meeting] | None:
    """Return the meetings in the order asked for; None for an unknown one, which means the list's own."""
    field = SORTS.get(sort.removeprefix("-"))
    if field is None:
        return None
    descending = sort.startswith("-")
    return meetings.order_by(F(field).desc(nulls_last=True) if descending else F(field).asc(nulls_last=True), "pk")
