"""The filters of lists that are searched by words, or by their issue, alone."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from relations.models import Issue, Note

LONGEST = 200  # characters of what a list is searched for


class NamedFilter(filters.FilterSet):
    """What all desks share, by a name; of people by an office too."""

    q = filters.CharFilter(method="named", label=_("Name"), max_length=LONGEST)

    def named(self, rows: Any, _name: str, words: str) -> QuerySet:
        """Return the rows whose name, or whose office, holds every one of these words."""
        return rows.found_by(words) if hasattr(rows, "found_by") else rows.matching(words)


class NoteFilter(filters.FilterSet):
    """Notes of one desk."""

    issue = filters.ModelChoiceFilter(
        queryset=Issue.objects.none(), to_field_name="slug", label=_("Issue"), empty_label=_("Any")
    )

    class Meta:
        model = Note
        fields: list[str] = []

    def __init__(self, *args: Any, relationship: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        each: Any = self.filters
        each["issue"].queryset = Issue.objects.at(relationship).order_by("title")
