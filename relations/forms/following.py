"""Follow, mark read, choose a digest, make the address of a feed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from relations.choices import Digest
from relations.models import Relationship

_MOST = 2**63 - 1


class FollowForm(forms.Form):
    """To follow (1), or no longer (0)."""

    follow = forms.TypedChoiceField(choices=[("1", _("Follow")), ("0", _("Stop following"))], coerce=lambda v: v == "1")


class ReadForm(forms.Form):
    """One notification, or all up to one: what came since the page was opened stays unread."""

    one = forms.IntegerField(required=False, min_value=1, max_value=_MOST)
    until = forms.IntegerField(required=False, min_value=1, max_value=_MOST)


class DigestForm(forms.Form):
    """How often what one was told comes by e-mail."""

    every = forms.ChoiceField(
        label=_("Send what I was told by e-mail"),
        choices=Digest,
        help_text=_("What you have read here by then is left out. Strictly marked words stay in the program."),
    )


class FeedAddressForm(forms.Form):
    """The desk whose feeds get a new address."""

    relationship = forms.ModelChoiceField(
        queryset=Relationship.objects.none(), label=_("Desk"), empty_label=None, to_field_name="slug"
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        desks: Any = self.fields["relationship"]
        desks.queryset = Relationship.objects.visible_to(user).select_related("first_party", "second_party")
