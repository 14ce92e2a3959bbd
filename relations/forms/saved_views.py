"""Save a list as a view, or change one."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.filters.lists import LISTS
from relations.forms.base import ActionForm
from relations.models import SavedView

# As long as a list's query string may be.
ADDRESS_LIMIT = 2000


class ViewNameForm(ActionForm):
    """A view's name and who sees it."""

    name = forms.CharField(label=_("Name"), max_length=80)
    shared = forms.BooleanField(label=_("Share with the desk"), required=False)

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["shared"]

    @property
    def is_shared(self) -> bool:
        """Whether the desk is to see it; never where its owner may not share."""
        return bool(self.cleaned_data.get("shared"))


class _ListForm(ActionForm):
    """A list as it is shown; `address` is the query string it was shown at."""

    page = forms.ChoiceField(widget=forms.HiddenInput)
    address = forms.CharField(required=False, max_length=ADDRESS_LIMIT, widget=forms.HiddenInput)

    def __init__(self, *args: Any, pages: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        page: Any = self.fields["page"]
        page.choices = [(each, each) for each in pages]

    def clean(self) -> dict[str, Any]:
        """Keep of the address only what the list knows."""
        typed = super().clean() or self.cleaned_data
        if "page" in typed and "address" in typed:
            typed["kept"] = LISTS[typed["page"]].kept(QueryDict(typed["address"]))
        return typed


class SaveViewForm(_ListForm, ViewNameForm):
    """The list as it is shown, under a name."""

    default = forms.BooleanField(label=_("Open the list with it"), required=False)
    field_order = ("name", "shared", "default")


class OverwriteForm(_ListForm):
    """The list as it is shown, in place of what a view of one's own shows."""

    view = forms.ChoiceField(label=_("Or change what a view of yours shows"))
    field_order = ("view",)

    def __init__(self, *args: Any, views: Iterable[SavedView], **kwargs: Any) -> None:
        own = list(views)
        super().__init__(*args, pages={view.page for view in own}, **kwargs)
        self.views = {view.ref: view for view in own}
        view: Any = self.fields["view"]
        view.choices = [(each.ref, each.name) for each in own]

    def clean(self) -> dict[str, Any]:
        """Want the view to be one of this list."""
        typed = super().clean()
        view = self.views.get(typed.get("view", ""))
        if view and "page" in typed and view.page != typed["page"]:
            self.add_error("view", _now("That view is of another list."))
        return typed
