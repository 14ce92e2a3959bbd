"""What the admin's forms share: the action's refusal at its field, and revisions."""

import uuid
from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property

from relations.forms.base import TEXT_LIMIT, RevisionField, TokenField
from relations.models.versions import revision_of


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


class OpenedForm(Form):
    """A form that says which revision was opened, as `models.versions.revision_of` counts (R5)."""

    revision = RevisionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["revision"] = revision_of(self.instance)

    @cached_property
    def changed_data(self) -> list[str]:
        """Return what was changed; the form's own bookkeeping is none."""
        return [name for name in super().changed_data if name not in ("token", "revision")]


class RevisionForm(OpenedForm):
    """A form of what has revisions of its own; it acts once."""

    token = TokenField(initial=uuid.uuid4)
