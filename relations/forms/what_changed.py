"""Between which days one asks what changed, and on which issue."""

import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.forms.base import DateInput
from relations.models import Issue, Relationship
from relations.models.moments import NOW, Moment
from relations.reports.intervals import Interval


class DayField(forms.DateField):
    """A day that may be left out."""

    default_error_messages = {"invalid": _("Give a day such as 2025-03-25.")}
    widget = DateInput

    def __init__(self, *, label: Any) -> None:
        super().__init__(label=label, required=False)


class IntervalForm(forms.Form):
    """The first and the last day, and the issue; without days it is the time since one's last visit."""

    since = DayField(label=_("From"))
    until = DayField(label=_("Until"))
    issue = forms.ChoiceField(label=_("Issue"), required=False)

    def __init__(
        self,
        data: QueryDict,
        *,
        relationship: Relationship,
        issues: list[Issue],
        visited: datetime.datetime | None,
        first: datetime.date | None,
        at: Moment = NOW,
    ) -> None:
        """Take when the user's last visit ended (`visited`) and the day the desk first published something (`first`)."""
        self.relationship = relationship
        self.first = first
        self.today = at.known or relationship.today()
        self.visited = None if at.is_past else visited
        self.usual = Interval.since_visit(relationship, self.visited, self.today)
        self.names_days = bool(data.get("since") or data.get("until"))
        if not self.names_days:
            data = data.copy()
            data["since"], data["until"] = str(relationship.day_of(self.usual.since)), str(self.today)
        super().__init__(data)
        self.issues = {issue.slug: issue for issue in issues}
        choice: Any = self.fields["issue"]
        choice.choices = [("", _("All issues")), *((issue.slug, issue.title) for issue in issues)]

    def _clean_day(self, name: str) -> datetime.date | None:
        day = self.cleaned_data[name]
        if day is not None and day > self.today:
            last = date_format(self.today, "j M Y")
            raise forms.ValidationError(_now("This day has not come. Give one up to %(last)s.") % {"last": last})
        return day

    def clean_since(self) -> datetime.date | None:
        """Refuse a day that has not come."""
        return self._clean_day("since")

    def clean_until(self) -> datetime.date | None:
        """Refuse a day that has not come."""
        return self._clean_day("until")

    def clean(self) -> Any:
        """Refuse a last day before the first, and one before the desk published anything."""
        typed = super().clean() or self.cleaned_data
        since, until = typed.get("since"), typed.get("until")
        if since and until and until < since:
            self.add_error("until", _now("The last day cannot come before the first."))
        elif until and self.first and until < self.first and self.names_days:
            first = date_format(self.first, "j M Y")
            self.add_error(
                "until",
                _now("The desk published nothing before %(first)s. Give this day or a later one.") % {"first": first},
            )
        return typed

    @property
    def span(self) -> tuple[datetime.date, datetime.date]:
        """The first and the last day asked for; what is left out means from the beginning, and until today."""
        last = self.cleaned_data["until"] or self.today
        return self.cleaned_data["since"] or min(self.first or last, last), last

    @property
    def interval(self) -> Interval | None:
        """The time asked for; None where it was asked for wrongly."""
        if not self.is_valid():
            return None
        return Interval.of_days(self.relationship, *self.span) if self.names_days else self.usual

    @property
    def only(self) -> Issue | None:
        """The issue asked for; None for all."""
        return self.issues.get(self.cleaned_data["issue"]) if self.is_valid() else None

    @property
    def days(self) -> dict[str, str]:
        """The days asked for, as an address names them."""
        asked = {name: self.cleaned_data[name] for name in ("since", "until")} if self.is_valid() else {}
        return {name: day.isoformat() for name, day in asked.items() if day}
