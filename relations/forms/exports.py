"""What one says of an export: in which format, and who may see what goes in."""

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from relations.choices import Marking


class ExportFormat(TextChoices):
    """What a list can be exported as."""

    CSV = "csv", _("CSV, for spreadsheets and programs")
    XLSX = "xlsx", _("XLSX, for Excel")
    JSON = "json", _("JSON, in schema.org’s terms")


class ExportForm(forms.Form):
    """The two questions."""

    format = forms.ChoiceField(
        label=_("Format"), choices=ExportFormat.choices, widget=forms.RadioSelect, initial=ExportFormat.CSV
    )
    up_to = forms.ChoiceField(
        label=_("Who will see the file"),
        choices=Marking.choices,
        initial=Marking.CLEAR,
        help_text=_("What fewer people may see is left out."),
    )
