"""Take in a document, or a better copy of one, from pasted text or a file; and many at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.choices import Extent
from relations.extraction.languages import language_of
from relations.extraction.results import TEXT_LIMIT, Extracted
from relations.forms.base import ActionForm, DateInput, RevisionField, TokenField
from relations.forms.choosing import ChosenField, addition
from relations.models import Document, Publisher, Relationship
from relations.models.base import host_of
from relations.models.documents import kept_text


class CopyField(forms.CharField):
    """A document's text, measured as it is kept: a browser sends two characters for each line end."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Text"),
            widget=forms.Textarea(attrs={"rows": 16, "dir": "auto"}),
            max_length=TEXT_LIMIT,
            help_text=_("Pasted whole, as it stands in the source."),
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        """Return the text as copies keep it."""
        return kept_text(super().to_python(value) or "")


def _past(day: Any, relationship: Relationship) -> Any:
    if day > relationship.today():
        raise forms.ValidationError(_now("This day lies in the future."))
    return day


class CopyForm(ActionForm):
    """The text of a document as it stood when it was copied."""

    text = CopyField()
    extent = forms.ChoiceField(label=_("This is"), choices=Extent, initial=Extent.FULL)

    @classmethod
    def proposed(cls, extracted: Extracted) -> dict[str, Any]:
        """Return what a file fills in."""
        return {"text": extracted.text}


class PublisherForm(forms.Form):
    """Who published it: one that the list holds, or a new one."""

    publisher = ChosenField(
        Publisher.objects.none(), kind="publisher", label=_("Publisher"), required=False, hint=_("Type a name")
    )
    new_publisher = forms.CharField(
        label=_("New publisher"), max_length=160, required=False, help_text=_("Where we do not hold it yet.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        publisher: Any = self.fields["publisher"]
        publisher.queryset = Publisher.objects.all()

    def clean(self) -> dict[str, Any]:
        """Refuse two answers to one question."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("publisher") and typed.get("new_publisher"):
            self.add_error("new_publisher", _now("A publisher is chosen above. Keep the one or the other."))
        return typed

    def named_publisher(self, url: str = "") -> Publisher | None:
        """Return the publisher that was chosen, or named: one of this name that is held already, else a new one."""
        chosen = self.cleaned_data.get("publisher")
        name = self.cleaned_data.get("new_publisher", "")
        if chosen or not name:
            return chosen
        return Publisher.objects.named(name).first() or Publisher.of_site(url, name)


class ReprintsField(ChosenField):
    """The document of the desk that another one reprints."""

    def __init__(self) -> None:
        told = Document._meta.get_field("reprints")
        super().__init__(
            Document.objects.none(),
            kind="document",
            label=_("Reprints"),
            required=False,
            hint=_("Type its title"),
            help_text=told.help_text,
        )

    def offer(self, relationship: Relationship) -> None:
        """Offer the documents of this desk."""
        self.queryset = Document.objects.filter(relationship=relationship)
        self.widget.desk = relationship


class DocumentForm(PublisherForm, forms.ModelForm):
    """A source and the first copy of its text."""

    token = TokenField()
    text = CopyField()
    extent = forms.ChoiceField(label=_("This is"), choices=Extent, initial=Extent.FULL)
    language = forms.CharField(
        label=_("Language"),
        max_length=12,
        required=False,
        help_text=_("ISO 639-1: en, tr. Left empty, it is told from the text."),
    )
    reprints = ReprintsField()
    field_order = ("text", "extent", "title", "publisher", "new_publisher", "url", "date_published", "language")

    class Meta:
        model = Document
        fields = ("title", "publisher", "url", "date_published", "language", "marking", "reprints")
        widgets = {"date_published": DateInput()}

    def __init__(self, *args: Any, relationship: Relationship, initial: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, initial={"language": "", **initial}, **kwargs)
        self.relationship = relationship
        self.instance.relationship = relationship
        publisher: Any = self.fields["publisher"]
        publisher.widget.new = addition("publisher", relationship)
        reprints: Any = self.fields["reprints"]
        reprints.offer(relationship)

    @classmethod
    def proposed(cls, extracted: Extracted) -> dict[str, Any]:
        """Return what a file fills in; its publisher is one we hold where the address or name tells which."""
        host = host_of(extracted.url)
        known = Publisher.objects.at_host(host).first() or Publisher.objects.named(extracted.publisher).first()
        return {
            "text": extracted.text,
            "title": extracted.title,
            "url": extracted.url,
            "date_published": extracted.date,
            "language": extracted.language,
            "publisher": known and known.pk,
            "new_publisher": "" if known else extracted.publisher or host,
        }

    def _get_validation_exclusions(self) -> set[str]:
        # The desk is not a field of the form, but one address a desk is to be checked here.
        return super()._get_validation_exclusions() - {"relationship"}

    def clean_date_published(self) -> Any:
        """Refuse a day in the future."""
        return _past(self.cleaned_data["date_published"], self.relationship)

    def clean(self) -> dict[str, Any]:
        """Ask for the publisher, chosen or named; tell the language from the text where it is left empty."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        publisher = self.named_publisher()
        if publisher is None and not {"publisher", "new_publisher"} & self.errors.keys():
            self.add_error("publisher", _now("Choose who published it, or name a new publisher."))
        if not typed.get("language"):
            typed["language"] = language_of(typed.get("text", "")) or "en"
        return typed

    def _post_clean(self) -> None:
        super()._post_clean()
        publisher = self.named_publisher(self.cleaned_data.get("url", ""))
        if publisher is not None:
            self.instance.publisher = publisher


class ImportForm(PublisherForm):
    """Whose the documents of a JSON-lines file are, where their addresses do not say."""

    field_order = ("publisher", "new_publisher", "marking")

    marking = Document._meta.get_field("marking").formfield()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        publisher: Any = self.fields["publisher"]
        publisher.widget.hint = _("As each address says")
        self.fields["new_publisher"].help_text = _("A publisher for all, where we do not hold it yet.")


class DocumentEditForm(forms.ModelForm):
    """What is told of a document; its copies are kept as they are."""

    revision = RevisionField()
    publisher = ChosenField(Publisher.objects.none(), kind="publisher", label=_("Publisher"), hint=_("Type a name"))
    reprints = ReprintsField()

    class Meta:
        model = Document
        fields = ("title", "publisher", "url", "date_published", "language", "marking", "reprints")
        widgets = {"date_published": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        publisher: Any = self.fields["publisher"]
        publisher.queryset = Publisher.objects.all()
        publisher.widget.new = addition("publisher", self.instance.relationship)
        reprints: Any = self.fields["reprints"]
        reprints.offer(self.instance.relationship)
        self.fields["revision"].initial = self.instance.revision

    def _get_validation_exclusions(self) -> set[str]:
        # The desk is not a field of the form, but one address a desk is to be checked here.
        return super()._get_validation_exclusions() - {"relationship"}

    def clean_date_published(self) -> Any:
        """Refuse a day in the future."""
        return _past(self.cleaned_data["date_published"], self.instance.relationship)
