"""The days that a cell says: in ISO 8601 or as spreadsheets and people write them, no more precise than they are given."""

import calendar
import datetime
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from relations.choices import Precision

DAY_FIRST, MONTH_FIRST = "day_first", "month_first"
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan ocak oca", "february feb subat sub", "march mar mart", "april apr nisan nis",
            "may mayis", "june jun haziran haz", "july jul temmuz tem", "august aug agustos agu",
            "september sep sept eylul eyl", "october oct ekim eki", "november nov kasim kas", "december dec aralik ara",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_LETTERS = str.maketrans("ışğüöçİŞĞÜÖÇ", "isguocisguoc")
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ]\d{1,2}:.*)?)?)?", re.ASCII)
_NUMBERS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:\s+\d{1,2}:[\d:]+)?", re.ASCII)
_MONTH_YEAR = re.compile(r"(\d{1,2})[./-](\d{4})", re.ASCII)
_DAY_NAME_YEAR = re.compile(r"(?:(\d{1,2})\.?\s+)?([^\W\d]+)\.?,?\s+(\d{4})")
_NAME_DAY_YEAR = re.compile(r"([^\W\d]+)\.?\s+(\d{1,2}),?\s+(\d{4})")


class NoDay(ValueError):
    """What a cell says is no day; says why, and how to write it."""


@dataclass(frozen=True)
class Days:
    """From the first to the last day that a cell can mean."""

    first: datetime.date
    last: datetime.date
    precision: str = Precision.DAY


def days_in(cell: str, order: str = "") -> Days:
    """Return the days that `cell` says; `order` tells whether 03/04/2025 has the day or the month first.

    Raises `NoDay`.
    """
    words = cell.strip()
    if found := _ISO.fullmatch(words):
        return _days(words, *found.groups())
    if found := _NUMBERS.fullmatch(words):
        one, mark, other, year = found.groups()
        return _days(words, year, *_month_and_day(words, one, other, "." if mark == "." else order))
    if found := _MONTH_YEAR.fullmatch(words):
        return _days(words, found[2], found[1], None)
    if found := _DAY_NAME_YEAR.fullmatch(words):
        return _days(words, found[3], _month(words, found[2]), found[1])
    if found := _NAME_DAY_YEAR.fullmatch(words):
        return _days(words, found[3], _month(words, found[1]), found[2])
    raise _no_day(words)


def _no_day(words: str) -> NoDay:
    return NoDay(_("“%(words)s” is no day. Write 2025-03-25, 2025-03 or 2025.") % {"words": words[:40]})


def _month(words: str, name: str) -> str:
    number = _MONTHS.get(name.translate(_LETTERS).lower())
    if number is None:
        raise _no_day(words)
    return str(number)


def _month_and_day(words: str, one: str, other: str, order: str) -> tuple[str, str]:
    """Return month and day; with points the day is first, with strokes where it can be told from the numbers."""
    if order in (".", DAY_FIRST) or int(one) > 12 or one == other:
        return other, one
    if order == MONTH_FIRST or int(other) > 12:
        return one, other
    raise NoDay(
        _("“%(words)s” can mean two days. Say whether the day or the month comes first, or write 2025-03-25.")
        % {"words": words}
    )


def _days(words: str, year: str, month: str | None, day: str | None) -> Days:
    try:
        if day is not None:
            the_day = datetime.date(int(year), int(month or 0), int(day))
            return Days(the_day, the_day)
        if month is not None:
            first = datetime.date(int(year), int(month), 1)
            last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
            return Days(first, last, Precision.MONTH)
        return Days(datetime.date(int(year), 1, 1), datetime.date(int(year), 12, 31), Precision.YEAR)
    except ValueError:
        raise _no_day(words) from None
