"""What one says of an export: in which format, and who may see what goes in."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from relations.choices import Marking


class ExportFormat(TextChoices):
    """What a list can be exported as."""

    CSV = "csv", _("CSV, for spreadsheets and programs")
    XLSX = "xlsx", _("XLSX, for Excel")
    JSON = "json", _("JSON, in schema.org’s terms")
    FIXTURE = "fixture", _("Fixture, to load at another installation: with all that the rows cite, and who wrote it")
    BIB = "bib", _("BibTeX, the sources alone")
    RIS = "ris", _("RIS, the sources alone")
    CSL = "csl", _("CSL-JSON, the sources alone")


class ExportForm(forms.Form):
    """The two questions; the second only of what is marked."""

    format = forms.ChoiceField(
        label=_("Format"),
        choices=ExportFormat.choices,
        widget=forms.RadioSelect,
        initial=ExportFormat.CSV,
        error_messages={"invalid_choice": _("This list cannot be had so here. Choose one of these formats.")},
    )
    up_to = forms.ChoiceField(
        label=_("Who will see the file"),
        choices=Marking.choices,
        initial=Marking.CLEAR,
        help_text=_("What fewer people may see is left out."),
    )

    def __init__(self, *args: Any, formats: Iterable[str], is_marked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["format"]
        offered.choices = [(kind.value, kind.label) for kind in ExportFormat if kind in formats]
        if not is_marked:
            del self.fields["up_to"]
