"""What a cell gives to a field: each kind of cell as a widget of django-import-export, which says no in a sentence."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Choices
from django.utils.translation import gettext as _
from import_export import fields, widgets

from relations.columns import CUT, as_it_was
from relations.models.base import WebURLField
from relations.tables.days import Days, NoDay, days_in
from relations.tables.words import choice_in
from relations.tables.workbooks import Unread

LONG = 20_000  # as the pages' own fields take


def tidy(text: str) -> str:
    """Return a text with plain line ends, and no white space around it."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.strip()


class Text(widgets.Widget):
    """A text of so many characters."""

    def __init__(self, longest: int = LONG) -> None:
        super().__init__()
        self.longest = longest

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return what the cell says. Raises `ValueError`, with the sentence for people, where it cannot be stored."""
        if value.__class__ is Unread:
            raise ValueError(value)
        if not value:
            return value
        text = tidy(as_it_was(value))
        if text.isascii() and text.isprintable():
            pass
        elif any(letter == "\x00" or "\ud800" <= letter <= "\udfff" for letter in text):
            raise ValueError(_("This holds a character that cannot be stored."))
        if len(text) > self.longest:
            raise ValueError(_("This is longer than %(number)s characters.") % {"number": f"{self.longest:,}"})
        if text.endswith(CUT):
            raise ValueError(_("This cell was cut when it was exported to XLSX. Export CSV, which holds all of it."))
        return text


class Choice(Text):
    """One of a set of choices; an empty cell leaves it open."""

    def __init__(self, choices: type[Choices]) -> None:
        super().__init__(200)
        self.choices = choices

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return the stored value."""
        text = super().clean(value, row, **kwargs)
        return choice_in(self.choices, text) if text else None


class Day(Text):
    """A day, month or year, or one day where no less will do; an empty cell is none."""

    def __init__(self, *, exactly: bool = False) -> None:
        super().__init__(100)
        self.exactly = exactly

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return the days."""
        text = super().clean(value, row, **kwargs)
        if not text:
            return None
        days: Days = days_in(text, kwargs.get("order", ""))
        if not self.exactly:
            return days
        if days.first != days.last:
            raise NoDay(_("Write the day as 2025-03-25."))
        return days.first


class Address(Text):
    """A web address."""

    def __init__(self) -> None:
        super().__init__(2000)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return the address."""
        text = super().clean(value, row, **kwargs)
        if text:
            if "://" not in text:
                text = f"https://{text}"
            try:
                for validator in WebURLField.default_validators:
                    validator(text)
            except ValidationError as error:
                raise ValueError(" ".join(error.messages)) from None
        return text


class Said(fields.Field):
    """A column: what its cell says goes into the row's `said`."""

    def __init__(self, widget: widgets.Widget | None = None) -> None:
        super().__init__(widget=widget or Text())

    def save(self, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        """Note what the cell says."""
        instance.said[self.column_name] = self.widget.clean(row[self.column_name], row=row, **kwargs)
