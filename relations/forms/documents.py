"""Take in a document, or a better copy of one, from pasted text."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.choices import Extent
from relations.forms.base import ActionForm, DateInput
from relations.models import Document, Publisher, Relationship

COPY_LIMIT = 5_000_000  # characters


def _past(day: Any, relationship: Relationship) -> Any:
    if day > relationship.today():
        raise forms.ValidationError(_now("This day lies in the future."))
    return day


class CopyForm(ActionForm):
    """The text of a document as it stood when it was copied."""

    text = forms.CharField(
        label=_("Text"),
        widget=forms.Textarea(attrs={"rows": 16}),
        max_length=COPY_LIMIT,
        help_text=_("Pasted whole, as it stands in the source."),
    )
    extent = forms.ChoiceField(label=_("This is"), choices=Extent, initial=Extent.FULL)


class DocumentForm(forms.ModelForm):
    """A source and the first copy of its text."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Text"),
        widget=forms.Textarea(attrs={"rows": 16}),
        max_length=COPY_LIMIT,
        help_text=_("Pasted whole, as it stands in the source."),
    )
    extent = forms.ChoiceField(label=_("This is"), choices=Extent, initial=Extent.FULL)

    class Meta:
        model = Document
        fields = ("title", "publisher", "url", "date_published", "language", "marking")
        widgets = {"date_published": DateInput()}

    def __init__(self, *args: Any, relationship: Relationship, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.relationship = relationship
        self.instance.relationship = relationship
        publisher: Any = self.fields["publisher"]
        publisher.queryset = Publisher.objects.by_name()

    def _get_validation_exclusions(self) -> set[str]:
        # The desk is not a field of the form, but one address a desk is to be checked here.
        return super()._get_validation_exclusions() - {"relationship"}

    def clean_date_published(self) -> Any:
        """Refuse a day in the future."""
        return _past(self.cleaned_data["date_published"], self.relationship)


class DocumentEditForm(forms.ModelForm):
    """What is told of a document; its copies are kept as they are."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    class Meta:
        model = Document
        fields = ("title", "publisher", "url", "date_published", "language", "marking")
        widgets = {"date_published": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        publisher: Any = self.fields["publisher"]
        publisher.queryset = Publisher.objects.by_name()
        self.fields["revision"].initial = self.instance.revision

    def _get_validation_exclusions(self) -> set[str]:
        # The desk is not a field of the form, but one address a desk is to be checked here.
        return super()._get_validation_exclusions() - {"relationship"}

    def clean_date_published(self) -> Any:
        """Refuse a day in the future."""
        return _past(self.cleaned_data["date_published"], self.instance.relationship)
