"""A field whose row is found by typing: a type-ahead with JavaScript, a search and a short list without.

The page carries the chosen row alone, however many there are. What is typed and not chosen is looked up when the form
is sent: one finding is taken, several come back as a list to choose from.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _now

from relations.models import Relationship
from relations.reports.choosing import KINDS, MOST, Kind, Option, offered

_DIGITS_OF_A_KEY = 18


def addition(kind: str, desk: Relationship, **more: Any) -> str:
    """Return the address of the small form that adds a row of `kind` on the way."""
    return f"{reverse('choose_add', args=[kind])}?{urlencode({'desk': desk.slug, **more})}"


class Words(str):
    """What was typed where a row was to be chosen."""

    __slots__ = ()


class TypeAhead(forms.Widget):
    """A box to type in over a `<select>` that holds the chosen row, and what the typed words found where they were many.

    `new` is the address of the form that makes another row; `hint` stands in the empty box.
    """

    template_name = "relations/choosing/typeahead.html"

    def __init__(self, kind: str, *, desk: Relationship | None = None, new: str = "", hint: Any = "") -> None:
        super().__init__()
        self.kind: Kind = KINDS[kind]
        self.desk = desk
        self.new = new
        self.hint = hint
        self.narrow: dict[str, str] = {}  # what the type-ahead is asked besides (`Kind.narrowed`)
        self.rows: QuerySet = self.kind.model._default_manager.none()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the chosen row's key, or the `Words` that were typed where none is chosen that they find."""
        chosen = data.get(name) or ""
        words = data.get(f"{name}-words")
        if words is None or words.strip() == "":
            return chosen if words is None else ""
        return chosen if chosen and self._finds(words, chosen) else Words(words.strip())

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Say whether the form was sent without this field."""
        return name not in data and f"{name}-words" not in data

    def _finds(self, words: str, key: str) -> bool:
        row = self._row(key)
        if row is None or "\x00" in words:
            return False
        return str(row) == words or self.kind.among(self.rows.filter(pk=row.pk), words).exists()

    def _row(self, key: Any) -> Any:
        if isinstance(key, Model):
            return key
        text = str(key)
        if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_OF_A_KEY):
            return None
        return self.kind.along(self.rows.filter(pk=text)).first()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return the chosen option, or the options that the typed words found."""
        context = super().get_context(name, value, attrs)
        options: list[Option] = []
        chosen: Option | None = None
        if isinstance(value, Words):
            if "\x00" not in value:
                options, _more = offered(self.kind, self.rows, value)
        elif value not in (None, "") and (row := self._row(value)):
            chosen = self.kind.option(row)
            options = [chosen]
        query = {**({"desk": self.desk.slug} if self.desk else {}), **self.narrow}
        context["widget"] |= {
            "words": value if isinstance(value, Words) else chosen.label if chosen else "",
            "chosen": chosen,
            "options": options,
            "asks": reverse("choose", args=[self.kind.name]) + (f"?{urlencode(query)}" if query else ""),
            "new": self.new,
            "hint": self.hint,
        }
        return context


class ChosenField(forms.ModelChoiceField):
    """A row of `kind` that is chosen by typing, among `queryset`."""

    widget: TypeAhead

    def __init__(
        self, queryset: QuerySet, *, kind: str, desk: Any = None, new: str = "", hint: Any = "", **kwargs: Any
    ):
        super().__init__(queryset, widget=TypeAhead(kind, desk=desk, new=new, hint=hint), **kwargs)

    def _get_queryset(self) -> Any:
        return self._queryset

    def _set_queryset(self, queryset: Any) -> None:
        # Not the parent's: its widget lists every row.
        self._queryset = queryset.all()
        self.widget.rows = self._queryset

    queryset = property(_get_queryset, _set_queryset)

    def prepare_value(self, value: Any) -> Any:
        """Keep words as they were typed."""
        return value if isinstance(value, Words) else super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        """Return the row: chosen, or the only one that the words find. Raises `ValidationError` where none or many do."""
        if not isinstance(value, Words):
            return super().to_python(value)
        if "\x00" in value:
            raise ValidationError(_now("Null characters are not allowed."))
        kind = self.widget.kind
        found = list(kind.among(self.queryset, value)[: MOST + 1])
        exact = [row for row in found if kind.is_called(row, value)]
        if len(exact) == 1 or len(found) == 1:
            return (exact or found)[0]
        if not found:
            raise ValidationError(
                _now("Nothing here is called “%(words)s”. Check the spelling, or add it."),
                params={"words": value},
            )
        if len(found) > MOST:
            raise ValidationError(_now("More than %(most)s match. Type more of the name."), params={"most": MOST})
        raise ValidationError(_now("Several match. Choose one."))
