"""Parts of a whole, written with it by one action."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.functional import cached_property

from relations.admin.choosing import VisibleChoices


class WholeFormSet(forms.BaseInlineFormSet):
    """Parts that an action replaces as a whole: what is posted is read without the stored rows' keys.

    So rows that someone else took away meanwhile are kept as typed instead of refused for a key that is gone.
    """

    def __init__(self, data: Any = None, *args: Any, as_stood: list[Any] | None = None, **kwargs: Any) -> None:
        self.as_stood = as_stood  # the parts of an earlier version, to be shown in place of those stored
        if data is not None:
            prefix = kwargs.get("prefix") or self.get_default_prefix()
            for key in [key for key in data if key.startswith(f"{prefix}-") and key.endswith("-id")]:
                data[key] = ""
        super().__init__(data, *args, **kwargs)

    def initial_form_count(self) -> int:
        """Return how many forms are of stored rows: when they are posted, none."""
        return 0 if self.is_bound else super().initial_form_count()

    def get_queryset(self) -> Any:
        """Return the parts that the forms are of."""
        return super().get_queryset() if self.as_stood is None else self.as_stood

    @cached_property
    def stored(self) -> list[Any]:
        """The stored parts, in order."""
        return list(self.get_queryset()) if self.instance.pk else []

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form: Any = super()._construct_form(i, **kwargs)
        if self.is_bound and i < len(self.stored):
            # So that a form knows whether it was changed, and is not taken for an empty one where it was not.
            told = [name for name in form.fields if name != form._meta.model._meta.pk.name]
            form.initial = forms.model_to_dict(self.stored[i], fields=told) | form.initial
            form.empty_permitted = False
        return form

    @property
    def kept_forms(self) -> list[Any]:
        """The forms that hold a part, those marked for removal left out."""
        return [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]

    def has_changed(self) -> bool:
        """Say whether the parts are others than those stored."""
        return len(self.kept_forms) != len(self.stored) or any(form.has_changed() for form in self.kept_forms)


class PartInline(VisibleChoices, admin.TabularInline):
    """Parts of a whole, which the whole's admin hands to its action."""

    template = "admin/relations/tabular.html"
    view_on_site = False  # the site has no such address; a part's page is its whole's
    extra = 0
    max_num = 40

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return a formset that builds no more forms than a person fills in."""
        return super().get_formset(request, obj, absolute_max=60, **kwargs)

    def _may(self, request: HttpRequest, obj: Any) -> bool:
        whole: Any = self.admin_site.get_model_admin(self.parent_model)
        return whole.has_change_permission(request, obj) if obj is not None else whole.has_add_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say yes: who sees the whole sees its parts."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the user may change the whole."""
        return self._may(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the user may change the whole."""
        return self._may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the user may change the whole."""
        return self._may(request, obj)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the parts that the user may see."""
        rows: Any = super().get_queryset(request)
        return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows


class WidePartInline(PartInline):
    """Parts with more fields than a row of a table holds."""

    template = "admin/edit_inline/stacked.html"


class StoredInline(PartInline):
    """Parts that are looked at here and written elsewhere."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no."""
        return False
