"""Take a passage from the reader, and say what became of one that a later copy moved or lost."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from relations.choices import PassageState, Settlement
from relations.forms.base import TEXT_LIMIT
from relations.models import Capture


def selected_passage(address: QueryDict, capture: Capture | None) -> list[dict[str, Any]]:
    """Return, as a passage form's initial values, what an address says was selected in the reader; nothing where none.

    `passage` are the words, `start` and `end` their place in code points. The place counts where the words stand
    there; else they are looked for. Words too long for an address are told by their place alone, and by the number of
    the `copy` it is in.
    """
    words = address.get("passage", "")[:TEXT_LIMIT]
    start, end = _number(address.get("start", "")), _number(address.get("end", ""))
    if capture is None or start is None or end is None:
        return [{"words": words}] if words else []
    if not words and address.get("copy") == str(capture.number) and end - start <= TEXT_LIMIT:
        words = capture.text[start:end]
    place = capture.place_of(words, start)
    if place is None:
        return [{"words": words}] if words.strip() else []
    return [{"words": capture.text[slice(*place)], "place": str(place[0])}]


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 9 else None


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
