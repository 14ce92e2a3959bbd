"""Say what became of a passage that a later copy moved or lost."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from relations.choices import PassageState, Settlement


class SettleForm(forms.Form):
    """What a person found in the copy of number `copy`, the one she read."""

    copy = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=32767)
    outcome = forms.ChoiceField(label=_("What did you find?"), widget=forms.RadioSelect, choices=Settlement)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if state == PassageState.LOST:
            outcome: Any = self.fields["outcome"]
            outcome.choices = [each for each in Settlement.choices if each[0] != Settlement.SAME_WORDS]
