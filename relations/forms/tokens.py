"""Make an access token."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from relations.models import Relationship

DAYS = [(7, _("A week")), (30, _("30 days")), (90, _("90 days")), (365, _("A year"))]


class TokenForm(forms.Form):
    """What the token is for, which desks it reads, and for how long."""

    name = forms.CharField(label=_("What is it for?"), max_length=80, help_text=_("Such as: the weekly figures."))
    desks = forms.ModelMultipleChoiceField(
        queryset=Relationship.objects.none(),
        label=_("Which desks may it read?"),
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one desk.")},
    )
    days = forms.TypedChoiceField(label=_("For how long?"), choices=DAYS, coerce=int, initial=90)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        desks: Any = self.fields["desks"]
        desks.queryset = Relationship.objects.visible_to(user).select_related("first_party", "second_party")
