"""Propose a return to an earlier version."""

from django import forms

from relations.forms.base import ActionForm


class RestoreForm(ActionForm):
    """Which version, by the record's number."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)
