"""What a cell gives to a field: each kind of cell as a widget of django-import-export, which says no in a sentence."""

import functools
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Choices
from django.utils.translation import gettext as _
from import_export import fields, widgets

from relations.actions.fixture_rows import storable
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
    """A text of so many characters; `empty` is what a cell without any says."""

    empty: str | None = ""

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
        if not storable(text):
            raise ValueError(_("This holds a character that cannot be stored."))
        if len(text) > self.longest:
            raise ValueError(_("This is longer than %(number)s characters.") % {"number": f"{self.longest:,}"})
        if text.endswith(CUT):
            raise ValueError(_("This cell was cut when it was exported to XLSX. Export CSV, which holds all of it."))
        return text


class Choice(Text):
    """One of a set of choices; an empty cell leaves it open."""

    empty = None

    def __init__(self, choices: type[Choices]) -> None:
        super().__init__(200)
        self.choices = choices

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """Return the stored value."""
        text = super().clean(value, row, **kwargs)
        return choice_in(self.choices, text) if text else None


class Day(Text):
    """A day, month or year, or one day where no less will do; an empty cell is none."""

    empty = None

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
            text = text if "://" in text else f"https://{text}"
            _check_address(text)
        return text


@functools.lru_cache(1024)  # a document's stands in the rows of all its statements
def _check_address(text: str) -> None:
    try:
        for validator in WebURLField.default_validators:
            validator(text)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from None


class Said(fields.Field):
    """A column, whose cells are read by its widget."""

    def __init__(self, widget: Text | None = None) -> None:
        super().__init__(widget=widget or Text())
