"""As of which days one reads (R9)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from relations.forms.base import DateInput
from relations.models.moments import Moment

DAYS = ("effective", "known")


class DayField(forms.DateField):
    """A day as an address writes it: 2025-03-25."""

    default_error_messages = {"invalid": _("Give a day such as 2025-03-25.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], required=False, widget=DateInput(), **kwargs)


class DaysForm(forms.Form):
    """The two days of a past view: on which it stood, by which it was known. Each may be left open: then it is now."""

    effective = DayField(label=_("True on"), help_text=_("What stood that day."))
    known = DayField(label=_("Known to us by"), help_text=_("Published by that day."))

    def clean(self) -> None:
        """Refuse a day that the address gives twice."""
        given: Any = self.data
        for name in DAYS:
            if len(given.getlist(name)) > 1 and name not in self.errors:
                self.add_error(name, _("The address gives this day twice. Give it once."))

    @property
    def moment(self) -> Moment:
        """The days given, of which desk is not said; needs a form that is valid."""
        return Moment(self.cleaned_data["effective"], self.cleaned_data["known"])
