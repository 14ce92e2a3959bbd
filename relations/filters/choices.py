"""Filters of which one may choose several: rows that fit any of what is chosen in one filter fit it."""

import re
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

NAMES_LIMIT = 50
# What addresses call rows by: slugs, refs, codes of parties and languages.
_NAME = re.compile(r"\w[-\w]{0,79}", re.ASCII)


class AnyOf(filters.MultipleChoiceFilter):
    """Some of a few known choices."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(*args, **kwargs)

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        """Return the rows of any of these values."""
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class NamesField(forms.MultipleChoiceField):
    """Rows by the names that addresses have for them. What no row is called by is a name all the same: it finds nothing."""

    default_error_messages = {
        "invalid_choice": _("“%(value)s” is no name that a row can have here."),
        "too_many": _("Choose at most %(limit)s."),
    }

    def valid_value(self, value: Any) -> bool:
        """Say whether a row may be called so; which are, the list itself finds in one query with the rest."""
        return _NAME.fullmatch(str(value)) is not None

    def clean(self, value: Any) -> Any:
        """Return each name once."""
        names = list(dict.fromkeys(super().clean(value)))
        if len(names) > NAMES_LIMIT:
            raise forms.ValidationError(self.error_messages["too_many"], code="too_many", params={"limit": NAMES_LIMIT})
        return names


class AnyNamed(AnyOf):
    """Some of many rows, by their names: as hidden fields where a form shows all its fields."""

    field_class = NamesField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, widget=forms.MultipleHiddenInput, **kwargs)


class Faceted(filters.FilterSet):
    """Filters whose choices are counted (filters/facets.py)."""

    def filter_queryset(self, queryset: Any) -> Any:
        """Return the rows that fit every filter."""
        return self.fitting(queryset)

    def fitting(self, rows: Any, *, but: str = "") -> Any:
        """Return the rows that fit every filter, `but` for one, whose other choices can so be counted."""
        for name, value in self.form.cleaned_data.items():
            if name != but:
                rows = self.filters[name].filter(rows, value)
        return rows

    def newest(self, rows: Any, *, but: str = "") -> Any:
        """Return the same of `rows`, which come newest first: of more than are counted, the first are."""
        return self.fitting(rows, but=but)
