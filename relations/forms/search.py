"""The search box: what is typed is read by the search's language, and told at the box where it cannot be."""

from django import forms
from django.utils.translation import gettext_lazy as _

from relations.models.search import SearchKind
from relations.reports.search import SearchOrder
from relations.reports.search_language import Asked, Unreadable, read


class SearchForm(forms.Form):
    """What to search for, in which order, and of which noun alone; the last two fall back where they are unknown."""

    q = forms.CharField(required=False, label=_("Search"), strip=True)
    order = forms.CharField(required=False)
    kind = forms.CharField(required=False)

    asked = Asked()

    def clean_q(self) -> str:
        """Read what is typed."""
        typed = self.cleaned_data["q"]
        try:
            self.asked = read(typed)
        except Unreadable as unreadable:
            raise forms.ValidationError(str(unreadable)) from unreadable
        return typed

    def clean_order(self) -> SearchOrder:
        """Return the order asked for, by relevance where none is."""
        order = self.cleaned_data["order"]
        return SearchOrder(order) if order in SearchOrder.values else SearchOrder.RELEVANCE

    def clean_kind(self) -> SearchKind | None:
        """Return the one noun asked for, if any."""
        kind = self.cleaned_data["kind"]
        return SearchKind(kind) if kind in SearchKind.values else None
