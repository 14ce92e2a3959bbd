"""Decide on a review."""

from django import forms
from django.utils.translation import gettext_lazy as _

from relations.forms.base import TEXT_LIMIT, ActionForm


class DecisionForm(ActionForm):
    """Approve, or return with a comment, the revision that was read."""

    comment = forms.CharField(
        label=_("Comment"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=TEXT_LIMIT,
        required=False,
        help_text=_("What should be changed. Needed to return it."),
    )
