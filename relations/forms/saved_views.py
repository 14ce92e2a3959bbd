"""Save a list as a view, or change one."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from relations.filters.lists import LISTS
from relations.forms.base import ActionForm

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


class SaveViewForm(ViewNameForm):
    """The list as it is shown, under a name; `address` is the query string it was shown at."""

    page = forms.ChoiceField(choices=[(page, page) for page in LISTS], widget=forms.HiddenInput)
    address = forms.CharField(required=False, max_length=ADDRESS_LIMIT, widget=forms.HiddenInput)
    default = forms.BooleanField(label=_("Open the list with it"), required=False)
    field_order = ("name", "shared", "default")

    def clean(self) -> dict[str, Any]:
        """Keep of the address only what the list knows."""
        typed = super().clean() or self.cleaned_data
        if "page" in typed and "address" in typed:
            typed["kept"] = LISTS[typed["page"]].kept(QueryDict(typed["address"]))
        return typed
