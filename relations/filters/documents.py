"""The document list's filters."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from relations.forms.base import DateInput
from relations.models import Document, Publisher


class DocumentFilter(filters.FilterSet):
    """Documents of one desk."""

    text = filters.CharFilter(method="titled", label=_("Title"))
    publisher = filters.ModelChoiceFilter(
        queryset=Publisher.objects.none(), to_field_name="ref", label=_("Publisher"), empty_label=_("Any")
    )
    since = filters.DateFilter(field_name="date_published", lookup_expr="gte", label=_("Since"), widget=DateInput())

    class Meta:
        model = Document
        fields: list[str] = []

    def __init__(self, *args: Any, documents: Any, **kwargs: Any) -> None:
        super().__init__(*args, queryset=documents, **kwargs)
        publishers: Any = self.filters["publisher"]
        publishers.queryset = Publisher.objects.filter(pk__in=documents.order_by().values("publisher")).by_name()

    def titled(self, documents: QuerySet[Document], _name: str, words: str) -> QuerySet[Document]:
        """Return the documents whose title holds every one of these words, diacritics ignored."""
        for word in words.split()[:20]:
            documents = documents.filter(title__unaccent__icontains=word)
        return documents
