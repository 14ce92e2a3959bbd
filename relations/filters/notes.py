"""The filters of notes; an unknown value is told at its field and filters nothing."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from relations.choices import NoteKind
from relations.models import Issue, Note


class NoteFilter(filters.FilterSet):
    """Notes of one desk."""

    issue = filters.ModelChoiceFilter(
        queryset=Issue.objects.none(), to_field_name="slug", label=_("Issue"), empty_label=_("Any")
    )
    kind = filters.ChoiceFilter(choices=NoteKind.choices, label=_("Kind"), empty_label=_("Any"))

    class Meta:
        model = Note
        fields: list[str] = []

    def __init__(self, *args: Any, relationship: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        issues: Any = self.filters["issue"]
        issues.queryset = Issue.objects.at(relationship)
