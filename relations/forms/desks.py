"""What a head of desk decides for the desk."""

from django.utils.translation import gettext_lazy as _

from relations.forms.reference import ReferenceForm
from relations.models import Relationship


class DeskForm(ReferenceForm):
    """After how many days an issue counts as gone quiet."""

    class Meta:
        model = Relationship
        fields = ("quiet_after",)
        labels = {"quiet_after": _("Gone quiet after how many days")}
