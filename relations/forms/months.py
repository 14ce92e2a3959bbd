"""Which months one looks at together."""

import datetime
import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from relations.reports.months import SPANS, Month, months_until


class MonthField(forms.CharField):
    """A month as browsers write one: 2025-03."""

    default_error_messages = {"invalid": _("Give a month such as 2025-03.")}

    def to_python(self, value: Any) -> Any:
        """Return the `Month`; None where none was given."""
        text = str(super().to_python(value))
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            return Month.of(datetime.date.fromisoformat(f"{text}-01"))
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        """Return it as a browser reads it."""
        return str(value) if isinstance(value, Month) else value


def _years(number: int) -> Any:
    return ngettext_lazy("%(number)d year", "%(number)d years", number) % {"number": number}


class MonthsForm(forms.Form):
    """The last month and how many; unbound, it is the year that ends with this month."""

    span = forms.TypedChoiceField(
        label=_("How long"),
        coerce=int,
        required=False,
        initial=SPANS[0],
        choices=[(span, _years(span // 12)) for span in SPANS],
    )
    until = MonthField(label=_("Until"), required=False, widget=forms.TextInput(attrs={"type": "month"}))

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.this_month = Month.of(today)
        self.fields["until"].initial = self.this_month

    def clean_until(self) -> Month | None:
        """Refuse a month that has not begun."""
        month = self.cleaned_data["until"]
        if month is not None and month > self.this_month:
            raise forms.ValidationError(_("This month has not begun."))
        return month

    @property
    def months(self) -> list[Month]:
        """The months asked for, earliest first; what was asked wrongly is as if it had not been asked."""
        self.is_valid()
        asked = getattr(self, "cleaned_data", {})
        return months_until(asked.get("until") or self.this_month, asked.get("span") or SPANS[0])

    @property
    def earlier(self) -> Month | None:
        """The month to end with so as to see what came before; None where the calendar begins."""
        first = self.months[0]
        return first.plus(-1) if first > Month(1, 1) else None

    @property
    def later(self) -> Month | None:
        """The month to end with so as to see what came after; None where that has not begun."""
        last = self.months[-1]
        return min(last.plus(len(self.months)), self.this_month) if last < self.this_month else None
