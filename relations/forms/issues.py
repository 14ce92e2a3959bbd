"""Open an issue or edit it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from relations.access import Verb
from relations.choices import IssueLinkKind
from relations.forms.base import DateInput, RevisionField
from relations.models import Issue, Relationship, User


class IssueForm(forms.ModelForm):
    """The fields of an issue; its slug is fixed once it is made, as addresses hold it."""

    revision = RevisionField()

    class Meta:
        model = Issue
        fields = ("title", "slug", "summary", "topic", "impact", "scope", "owner", "review_due")
        widgets = {"review_due": DateInput(), "summary": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, relationship: Relationship, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.relationship = relationship
        writers = User.objects.filter(
            is_active=True,
            memberships__relationship=relationship,
            memberships__role__in=Verb.WRITE.roles,
        )
        owner: Any = self.fields["owner"]
        owner.queryset = writers.distinct()
        self.fields["summary"].max_length = 20_000  # type: ignore[attr-defined]
        if self.instance.pk:
            del self.fields["slug"]
            self.fields["revision"].initial = self.instance.revision

    def _get_validation_exclusions(self) -> set[str]:
        # The desk is not a field of the form, but the constraint on desk and slug is to be checked here.
        return super()._get_validation_exclusions() - {"relationship"}


class IssueLinkForm(forms.Form):
    """A link from this issue to another of the desk."""

    kind = forms.ChoiceField(label=_("This issue"), choices=IssueLinkKind)
    to_issue = forms.ModelChoiceField(queryset=Issue.objects.none(), label=_("Other issue"))

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others: Any = self.fields["to_issue"]
        others.queryset = Issue.objects.filter(relationship=issue.relationship).exclude(pk=issue.pk).order_by("title")
