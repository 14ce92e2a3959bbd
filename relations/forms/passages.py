"""Say what became of a passage that a later copy moved or lost."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from relations.choices import PassageState, Settlement


class SettleForm(forms.Form):
    """What a person found in the copy of number `copy`, the one she read."""

    copy = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=32767)
    outcome = forms.ChoiceField(label=_("What did you find?"), widget=forms.RadioSelect, choices=Settlement)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    together = forms.BooleanField(required=False)

    def __init__(self, *args: Any, state: str, moved_too: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["together"].label = ngettext(
            "Settle the other passage that moved in this document too: the same words",
            "Settle all %(number)d other passages that moved in this document too: the same words",
            moved_too,
        ) % {"number": moved_too}
        if not moved_too:
            del self.fields["together"]
        if state == PassageState.LOST:
            outcome: Any = self.fields["outcome"]
            outcome.choices = [each for each in Settlement.choices if each[0] != Settlement.SAME_WORDS]

    def clean(self) -> dict[str, Any]:
        """Settle together only what needs no reading: the same words at another place."""
        typed = super().clean() or self.cleaned_data
        if typed.get("together") and typed.get("outcome") not in (None, Settlement.SAME_WORDS):
            self.add_error("together", _now("Only the same words at another place can be settled together."))
        return typed
