"""What the columns of a file are, and how it is read."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.models import TableImport
from relations.tables.csvs import CHARSETS, DELIMITERS
from relations.tables.days import DAY_FIRST, MONTH_FIRST
from relations.tables.headers import Table

_CHARSET_NAMES = {
    "utf-8-sig": _("UTF-8"),
    "utf-16": _("UTF-16"),
    "cp1254": _("Windows, Turkish (1254)"),
    "iso8859-9": _("ISO 8859-9, Turkish"),
    "cp1252": _("Windows, western (1252)"),
    "cp1250": _("Windows, central European (1250)"),
    "cp1251": _("Windows, Cyrillic (1251)"),
    "cp1253": _("Windows, Greek (1253)"),
    "cp1256": _("Windows, Arabic (1256)"),
}
_DELIMITER_NAMES = {",": _("comma"), ";": _("semicolon"), "tab": _("tab"), "|": _("bar")}


LEFT_OUT = "-"
ASK = "ask"


class ReadingForm(forms.Form):
    """In which characters a CSV file is, and what stands between its cells."""

    charset = forms.ChoiceField(label=_("Characters"), choices=[(name, _CHARSET_NAMES[name]) for name in CHARSETS])
    delimiter = forms.ChoiceField(
        label=_("Between the cells"), choices=[(name, _DELIMITER_NAMES[name]) for name in DELIMITERS]
    )


class ColumnsForm(forms.Form):
    """Which of ours each column of the file is, and how its days are written."""

    order = forms.ChoiceField(
        label=_("A day such as 03/04/2025 is"),
        choices=[(ASK, _("refused, as it is not clear")), (DAY_FIRST, _("3 April: the day is first")),
                 (MONTH_FIRST, _("4 March: the month is first"))],
    )  # fmt: skip

    def __init__(self, *args: Any, upload: TableImport, table: Table, **kwargs: Any) -> None:
        self.reading: dict[str, Any] = upload.reading
        self.table = table
        super().__init__(*args, **kwargs)
        choices = [(LEFT_OUT, _now("Left out")), *((name, table.label_of(name)) for name in table.columns)]
        for place, (header, guess) in enumerate(zip(self.reading["header"], self.reading["columns"], strict=True)):
            self.fields[f"column{place}"] = forms.ChoiceField(
                label=header or _now("Column %(number)s, without a name") % {"number": place + 1},
                choices=choices,
                initial=guess if guess in table.columns else LEFT_OUT,
                help_text=self._help(place, guess),
            )
        self.fields["order"].initial = self.reading["order"] or ASK
        self.order_fields([*(name for name in self.fields if name != "order"), "order"])

    def _help(self, place: int, guess: str) -> str:
        shown = "; ".join(row[place][:60] for row in self.reading["shown"] if row[place].strip())
        example = _now("As in: %(cells)s") % {"cells": shown[:160]} if shown else _now("Empty in the first rows.")
        if guess in self.table.told:
            return f"{_now('An export tells this along; it is not taken in.')} {example}"
        if not guess:
            return f"{_now('This name means nothing here.')} {example}"
        return example

    def clean(self) -> dict[str, Any]:
        """Refuse two columns that are to be the same, and a file of which nothing is taken in."""
        typed = super().clean() or self.cleaned_data
        seen: dict[str, str] = {}
        for place, header in enumerate(self.reading["header"]):
            name = f"column{place}"
            chosen = typed.get(name)
            if chosen == LEFT_OUT:
                continue
            if chosen and chosen in seen:
                self.add_error(name, _now("“%(header)s” is this already.") % {"header": seen[chosen]})
            elif chosen:
                seen[chosen] = header
        if not seen and not self.errors:
            raise forms.ValidationError(_now("Say of one column at least what it is."))
        return typed

    def columns(self) -> list[str]:
        """Return for each column of the file which of ours it is."""
        chosen = [self.cleaned_data[f"column{place}"] for place in range(len(self.reading["header"]))]
        return ["" if name == LEFT_OUT else name for name in chosen]

    def day_order(self) -> str:
        """Return what is first in a day; empty where that is not said."""
        return "" if self.cleaned_data["order"] == ASK else self.cleaned_data["order"]
