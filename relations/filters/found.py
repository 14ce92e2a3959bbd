"""What a search finds of one noun, asked for as a list is; what cannot be read is told at its field."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from relations.models import SearchEntry
from relations.models.moments import AnyMoment
from relations.models.search import SearchKind
from relations.reports.search import found
from relations.reports.search_language import Asked, Unreadable, read


class FoundForm(forms.Form):
    """What to search for, and of which noun."""

    q = forms.CharField(label=_("Search"))
    kind = forms.ChoiceField(label=_("Which kind"), choices=SearchKind.choices)

    asked = Asked()

    def clean_q(self) -> str:
        """Read what is typed."""
        try:
            self.asked = read(self.cleaned_data["q"])
        except Unreadable as unreadable:
            raise forms.ValidationError(str(unreadable)) from unreadable
        return self.cleaned_data["q"]


class FoundFilter:
    """What `user` may see, as of `at`, that fits what an address asks."""

    filters = ("q", "kind")

    def __init__(self, data: Any, *, user: Any, at: AnyMoment) -> None:
        self.user, self.at = user, at
        asks = "q" in data or "format" in data
        self.form = FoundForm({"kind": SearchKind.STATEMENT.value, **data.dict()} if asks else None)

    def is_valid(self) -> bool:
        """Say whether it can be read."""
        return self.form.is_valid() and self._found is not None and not self.form.errors

    @cached_property
    def _found(self) -> Any:
        try:
            return found(self.user, self.form.asked, SearchKind(self.form.cleaned_data["kind"]), self.at)
        except Unreadable as unreadable:
            self.form.add_error("q", str(unreadable))
            return None

    @property
    def qs(self) -> Any:
        """The entries that fit, newest first; none where it cannot be read."""
        return self._found if self.is_valid() else SearchEntry.objects.none()
