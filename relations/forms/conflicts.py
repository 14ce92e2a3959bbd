"""A save over a newer revision: what differs, field by field, and taking either side (R5).

A page that edits something hands over its forms three times: bound to what was typed (`mine`), and unbound as the row
stands now (`theirs`) and as it stood when the form was opened (`base`). Formsets are taken as a whole.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _now

from relations.reports.versions import last_saved

TAKE = "take-"
THEIRS, MINE = "theirs", "mine"


@dataclass(frozen=True)
class Side:
    """A field, or a set of parts, in which what was typed differs from what stands now, as people read both."""

    key: str  # what the choice is posted as
    label: str
    theirs: str
    mine: str
    take: str  # which of them is proposed: theirs where nothing of one's own was typed there


@dataclass(frozen=True)
class Conflict:
    """Who saved what stands now, and when; and each field in which it differs from what was typed."""

    who: str
    when: datetime.datetime | None
    sides: list[Side]


def conflict(current: Any, mine: Sequence[Any], theirs: Sequence[Any], base: Sequence[Any] | None = None) -> Conflict:
    """Return what differs between the forms as typed and as they would show `current`, which stands now."""
    sides = []
    old = {key: words for key, _label, words in _told(base or [])}
    now = {key: words for key, _label, words in _told(theirs)}
    for key, label, words in _told(mine):
        if key in now and now[key] != words:
            take = THEIRS if old.get(key) == words else MINE
            sides.append(Side(f"{TAKE}{key}", label, now[key], words, take))
    return Conflict(*last_saved(current), sides)


def asks_for_theirs(data: Any) -> bool:
    """Say whether a choice of the other side was posted."""
    return any(key.startswith(TAKE) and data[key] == THEIRS for key in data)


def settle(data: Any, theirs: Sequence[Any]) -> Any:
    """Return a copy of what was posted, with their values in each field for which they were chosen."""
    settled = data.copy()
    for sheet in theirs:
        if isinstance(sheet, forms.BaseFormSet):
            if data.get(f"{TAKE}{sheet.prefix}") == THEIRS:
                _take_parts(settled, sheet)
            continue
        for bound in sheet.visible_fields():
            if data.get(f"{TAKE}{bound.html_name}") == THEIRS:
                settled.setlist(bound.html_name, _posted(bound))
                settled.pop(f"{bound.html_name}-words", None)  # typed over it, in a type-ahead
    return settled


def _take_parts(data: Any, formset: Any) -> None:
    for key in [key for key in data if key.startswith(f"{formset.prefix}-")]:
        del data[key]
    data[f"{formset.prefix}-TOTAL_FORMS"] = str(len(formset.initial_forms))
    data[f"{formset.prefix}-INITIAL_FORMS"] = "0"
    for form in formset.initial_forms:
        for bound in form:
            data.setlist(bound.html_name, _posted(bound))


def _posted(bound: forms.BoundField) -> list[str]:
    """Return what a browser would post of an untouched field."""
    value = bound.value()
    if isinstance(bound.field, forms.BooleanField):
        return ["on"] if value else []
    shown = bound.field.widget.format_value(value)
    if isinstance(shown, (list, tuple)):
        return [str(each) for each in shown]
    return ["" if shown is None else str(shown)]


def _told(sheets: Iterable[Any]) -> Iterable[tuple[str, str, str]]:
    """Yield the key, label and words of each field that people see, and of each formset as a whole."""
    for sheet in sheets:
        if isinstance(sheet, forms.BaseFormSet):
            lines = [line for form in _kept(sheet) if (line := _line(form))]
            yield sheet.prefix, _title(sheet), "\n".join(lines)
        else:
            for bound in sheet.visible_fields():
                yield bound.html_name, capfirst(str(bound.label)), _words(bound.field, _value(bound))


def _kept(formset: Any) -> list[Any]:
    if not formset.is_bound:
        return list(formset.initial_forms)
    return [form for form in formset.forms if not getattr(form, "cleaned_data", {}).get("DELETE")]


def _title(formset: Any) -> str:
    model = getattr(formset, "model", None)
    title = getattr(formset.form, "title", "") or (model._meta.verbose_name_plural if model else formset.prefix)
    return capfirst(str(title))


def _line(form: Any) -> str:
    """Return a part in a line; an empty one says nothing."""
    said = []
    for bound in form.visible_fields():
        value = _value(bound)
        if isinstance(bound.field, forms.BooleanField):
            said.append((str(bound.label) if value else "") if bound.name != "DELETE" else "")
        else:
            said.append(_words(bound.field, value))
    filled = any(_value(bound) for bound in form.visible_fields() if not isinstance(bound.field, forms.BooleanField))
    return " · ".join(words for words in said if words) if filled else ""


def _value(bound: forms.BoundField) -> Any:
    """Return the value that was typed, cleaned where it could be; of an unbound form the one it starts with."""
    form = bound.form
    if form.is_bound:
        cleaned = getattr(form, "cleaned_data", {})
        return cleaned.get(bound.name, bound.data)
    return bound.initial


def _words(field: Any, value: Any) -> str:
    """Return a value, of whatever side, as people read it."""
    if isinstance(field, forms.BooleanField):
        return _now("yes") if value else _now("no")
    if value in (None, ""):
        return ""
    if isinstance(field, forms.ModelChoiceField):
        return _rows(field, value)
    if isinstance(field, forms.ChoiceField):
        labels = {str(key): str(label) for key, label in _flat(field.choices)}
        return labels.get(str(value), str(value))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if hasattr(value, "isoformat"):
        return date_format(value, "j M Y")
    return str(value).replace("\r\n", "\n").strip()


def _rows(field: Any, value: Any) -> str:
    many = isinstance(value, (list, tuple, set, models.QuerySet))
    rows = list(value) if many else [value]
    pks = [each for each in rows if not isinstance(each, models.Model)]
    if pks:
        key = field.to_field_name or "pk"
        rows = [each for each in rows if isinstance(each, models.Model)]
        rows += field.queryset.model._default_manager.filter(**{f"{key}__in": pks})
    return "\n".join(sorted(str(field.label_from_instance(row)) for row in rows))


def _flat(choices: Any) -> Iterable[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield key, label
