"""What the admin's forms share: the action's refusal at its field, revisions, and both versions side by side."""

import uuid
from typing import Any, cast

from django import forms
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property

from relations.forms.base import TEXT_LIMIT


class Form(forms.ModelForm):
    """A form that shows at its field what an action refused."""

    request: HttpRequest

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            column = next((each for each in self._meta.model._meta.fields if each.name == name), None)
            if isinstance(column, models.TextField) and isinstance(field, forms.CharField) and not field.max_length:
                field.max_length = TEXT_LIMIT
                field.widget.attrs["rows"] = 4
                field.validators.append(forms.CharField(max_length=TEXT_LIMIT).validators[0])

    def full_clean(self) -> None:
        """Check the form, then say what the action said, if it was asked already."""
        super().full_clean()
        refused = getattr(getattr(self, "request", None), "refused", None)
        if refused is not None and self.is_bound:
            field = getattr(refused, "field", "")
            self.add_error(field if field in self.fields else None, str(refused))


class RevisionForm(Form):
    """A form of what has revisions: it says which one was opened, and acts once."""

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["revision"] = self.instance.revision

    @cached_property
    def changed_data(self) -> list[str]:
        """Return what was changed; the form's own bookkeeping is none."""
        return [name for name in super().changed_data if name not in ("token", "revision")]


def clash(form: Any, current: Any) -> list[tuple[str, str, str]]:
    """Return label, what stands now and what was typed, of each field in which they differ."""
    differing = []
    for name, field in form.fields.items():
        if name in ("token", "revision", "relationship") or not hasattr(current, name):
            continue
        now, typed = _words(current, name), _typed(form, name, field)
        if now != typed:
            differing.append((str(field.label or name), now, typed))
    return differing


def _words(row: Any, name: str) -> str:
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    return "" if value is None else str(value)


def _typed(form: Any, name: str, field: Any) -> str:
    value = form.cleaned_data.get(name, form.data.get(form.add_prefix(name), ""))
    if isinstance(field, forms.TypedChoiceField):
        return str(dict(cast("Any", field.choices)).get(value, value))
    return "" if value is None else str(value)
