"""What is done to many chosen rows at once."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from relations.access import Verb
from relations.forms.base import ActionForm, DateInput
from relations.models import Relationship, User


class AssignForm(ActionForm):
    """Who owns the chosen issues and when they are due for review; what is left as it is stays with each."""

    NO_ONE = "none"

    owner = forms.ChoiceField(label=_("Owner"), required=False)
    review_due = forms.DateField(label=_("Review due"), required=False, widget=DateInput())

    def __init__(self, *args: Any, relationship: Relationship, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        writers = User.objects.filter(
            is_active=True, memberships__relationship=relationship, memberships__role__in=Verb.WRITE.roles
        )
        self.writers = {str(user.pk): user for user in writers.distinct().order_by("username")}
        owner: Any = self.fields["owner"]
        owner.choices = [
            ("", _("As it is")),
            (self.NO_ONE, _("No one")),
            *((pk, str(user)) for pk, user in self.writers.items()),
        ]
        self.fields["review_due"].help_text = _("Empty: as it is.")

    def clean(self) -> dict[str, Any]:
        """Refuse a form that would change nothing."""
        typed = super().clean() or self.cleaned_data
        if not self.errors and not typed.get("owner") and not typed.get("review_due"):
            raise forms.ValidationError(_("Choose an owner or a date."))
        return typed

    def wanted(self, issue: Any) -> tuple[User | None, datetime.date | None]:
        """Return the owner and the date that this issue would have."""
        choice = self.cleaned_data["owner"]
        owner = issue.owner if not choice else self.writers.get(choice)
        return owner, self.cleaned_data["review_due"] or issue.review_due
