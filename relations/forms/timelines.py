"""Which days of a timeline one looks at."""

import datetime
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from relations.forms.base import DateInput
from relations.reports.time_axis import Days, Grain
from relations.reports.timeline import Subject

_MONTH = Grain(months=1)
_CHOICES: list[tuple[str | Promise, Grain]] = [
    (_("Week"), Grain(days=7)),
    (_("Month"), _MONTH),
    (_("Quarter"), Grain(months=3)),
    (_("Year"), Grain(months=12)),
]
_DECADE = 10


@dataclass(frozen=True)
class Choice:
    """Days one may go to by one click; `days` is None for all."""

    label: str
    days: Days | None
    is_current: bool


class TimelineForm(forms.Form):
    """The first and the last day; what is left out is the first or last that anything is known of."""

    since = forms.DateField(label=_("Since"), required=False, widget=DateInput())
    until = forms.DateField(label=_("Until"), required=False, widget=DateInput())

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order."""
        asked = super().clean() or self.cleaned_data
        since, until = asked.get("since"), asked.get("until")
        if since and until and until < since:
            self.add_error(
                "until", _("This day comes before the first one. Give a later day, or an earlier first one.")
            )
        return asked

    @property
    def days(self) -> Days:
        """The days asked for; what was asked wrongly is as if it had not been asked."""
        usual = self.subject.usual
        if not self.is_valid():
            return usual
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        return Days(since or min(usual.first, until or usual.first), until or max(usual.last, since or usual.last))

    @property
    def asks(self) -> bool:
        """Whether the address chooses any days."""
        return self.is_valid() and any(self.cleaned_data.get(name) for name in ("since", "until"))

    @property
    def choices(self) -> list[Choice]:
        """A week, a month, and so on up to ten years, that end where what is known ends or the days shown do; and all."""
        days = self.days
        known = self.subject.known
        end = min(days.last, known.last) if known and known.last >= days.first else days.last
        offered = [(label, Days(grain.start(end), grain.end(end))) for label, grain in _CHOICES]
        first_year = max(end.year - _DECADE + 1, datetime.MINYEAR)
        offered.append((_("Ten years"), Days(datetime.date(first_year, 1, 1), datetime.date(end.year, 12, 31))))
        return [
            *(Choice(str(label), each, self.asks and each == days) for label, each in offered),
            Choice(str(_("All")), None, not self.asks),
        ]

    @property
    def earlier(self) -> Days | None:
        """As many days, before those shown; None where the calendar begins."""
        return _moved(self.days, -1)

    @property
    def later(self) -> Days | None:
        """As many days, after those shown; None where the calendar ends."""
        return _moved(self.days, 1)


def _moved(days: Days, times: int) -> Days | None:
    """Return the days moved by their own length: by months where they are whole months."""
    day = datetime.timedelta(days=1)
    try:
        if _MONTH.start(days.first) == days.first and _MONTH.end(days.last) == days.last:
            number = (days.last.year - days.first.year) * 12 + days.last.month - days.first.month + 1
            return Days(
                _months_on(days.first, number * times), _MONTH.end(_months_on(days.last.replace(day=1), number * times))
            )
        length = (days.last - days.first + day) * times
        return Days(days.first + length, days.last + length)
    except (OverflowError, ValueError):
        return None


def _months_on(first: datetime.date, months: int) -> datetime.date:
    years, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return datetime.date(years, month + 1, 1)
