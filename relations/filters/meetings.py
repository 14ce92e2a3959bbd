"""The list of meetings' filters, facets and orders; an unknown choice is told at its field and filters nothing."""

import datetime
from collections.abc import Callable
from typing import Any

import django_filters as filters
from django.db.models import Case, DateField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from relations.choices import MeetingKind, MeetingState
from relations.filters.choices import AnyNamed, AnyOf, Faceted
from relations.filters.facets import Dimension, column, known
from relations.filters.orders import Order, nothing
from relations.forms.base import DateInput
from relations.models import AgendaItem, Issue, Meeting, Participant
from relations.models.meetings import AHEAD
from relations.models.moments import NOW, Moment
from relations.reports.facets import Facet

_LONG_AGO, _FAR_AHEAD = Value(datetime.date.min), Value(datetime.date.max)  # for a day that is not known


def _parts(asked: "MeetingFilter") -> dict[str, Any]:
    """Return the part of the list that a meeting is in, and its day there: ahead the nearest comes first, else the latest."""
    ahead = Q(state_then__in=AHEAD)
    gone_by = ahead & Q(latest__lt=asked.today)
    awaited = ahead & (Q(latest__isnull=True) | Q(latest__gte=asked.today))
    day = {"output_field": DateField()}
    return {
        "part": Case(When(gone_by, then=1), When(ahead, then=0), default=2, output_field=IntegerField()),
        "near": Case(When(awaited, then=Coalesce("earliest", _FAR_AHEAD)), default=_LONG_AGO, **day),
        "late": Case(When(awaited, then=_LONG_AGO), default=Coalesce("earliest", _LONG_AGO), **day),
    }


def _day(unknown: Value) -> Callable[[Any], dict[str, Any]]:
    return lambda _asked: {"day": Coalesce("earliest", unknown)}


# Those ahead first; then those of the column heads, each both ways.
ORDERS = {
    "": Order(_("Those ahead first"), ("part", "near", "-late"), _parts),
    **{
        f"{way}{name}": Order(label, (f"{way}{field}",), adds)
        for name, field, label, adds in (
            ("meeting", "title", _("Meeting"), nothing),
            ("state", "state_then", _("State"), nothing),
            ("place", "place", _("Place"), nothing),
        )
        for way in ("", "-")
    },
    "day": Order(_("Day"), ("day",), _day(_FAR_AHEAD)),  # what is not known stands last either way
    "-day": Order(_("Day"), ("-day",), _day(_LONG_AGO)),
}
HEADS = tuple(name for name in ORDERS if name and not name.startswith("-"))


class MeetingFilter(Faceted):
    """Meetings of one desk, which carry `with_state_then`."""

    text = filters.CharFilter(method="holding", label=_("Title or place"))
    who = filters.CharFilter(method="attended_by", label=_("Who takes part"))
    since = filters.DateFilter(field_name="latest", lookup_expr="gte", label=_("Since"), widget=DateInput())
    until = filters.DateFilter(field_name="earliest", lookup_expr="lte", label=_("Until"), widget=DateInput())
    state = AnyOf(choices=MeetingState.choices, field_name="state_then", label=_("State"))
    kind = AnyOf(choices=MeetingKind.choices, label=_("Kind"))
    issue = AnyNamed(method="on_issue", label=_("Issue"))

    class Meta:
        model = Meeting
        fields: list[str] = []

    def __init__(self, *args: Any, relationship: Any, at: Moment = NOW, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.relationship = relationship
        self.at = at
        self.today = at.day(relationship.today())

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

    def on_issue(self, meetings: QuerySet[Meeting], _name: str, slugs: list[str]) -> QuerySet[Meeting]:
        """Return the meetings with one of these issues on their agenda."""
        issues = Issue.objects.at(self.relationship).known(self.at).filter(slug__in=slugs)
        return meetings.filter(Exists(AgendaItem.objects.filter(meeting=OuterRef("pk"), issue__in=issues)))


def _issue(asked: MeetingFilter, name: str) -> Facet:
    pairs = AgendaItem.objects.values_list("meeting", "issue")
    issues = Issue.objects.at(asked.relationship).known(asked.at)
    return Facet(name, through=pairs, named=issues.annotate(called=F("slug"), label=F("title")))


DIMENSIONS = (
    Dimension("state", column("state_then"), known(MeetingState.choices), is_usual=True),
    Dimension("kind", column("kind"), known(MeetingKind.choices), is_usual=True),
    Dimension("issue", _issue, is_usual=True),
)
