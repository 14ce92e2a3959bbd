"""The document list's filters, facets and orders."""

from typing import Any

import django_filters as filters
from django.contrib.postgres.lookups import Unaccent
from django.db.models import F, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from relations.choices import Marking
from relations.filters.choices import AnyNamed, AnyOf, Faceted
from relations.filters.facets import Dimension, column, known, language
from relations.filters.orders import Order
from relations.forms.base import DateInput
from relations.models import Document, Publisher
from relations.reports.facets import Facet


def _title(_asked: Any) -> dict[str, Any]:
    return {"title_key": Lower(Unaccent("title"))}


ORDERS = {
    "-published": Order(_("Published: newest first"), ("-date_published",)),
    "published": Order(_("Published: oldest first"), ("date_published",)),
    "-recorded": Order(_("Added here: newest first"), ("-recorded_at",), is_sorted=True),
    "recorded": Order(_("Added here: oldest first"), ("recorded_at",), is_sorted=True),
    "title": Order(_("Title: A to Z"), ("title_key",), _title, is_sorted=True),
    "-title": Order(_("Title: Z to A"), ("-title_key",), _title, is_sorted=True),
    "publisher": Order(_("Publisher: A to Z"), ("publisher__sort_key", "-date_published"), is_sorted=True),
    "-publisher": Order(_("Publisher: Z to A"), ("-publisher__sort_key", "-date_published"), is_sorted=True),
}


class DocumentFilter(Faceted):
    """Documents of one desk."""

    text = filters.CharFilter(method="titled", label=_("Title"))
    since = filters.DateFilter(field_name="date_published", lookup_expr="gte", label=_("Since"), widget=DateInput())
    until = filters.DateFilter(field_name="date_published", lookup_expr="lte", label=_("Until"), widget=DateInput())
    publisher = AnyNamed(field_name="publisher__ref", label=_("Publisher"))
    language = AnyNamed(label=_("Language"))
    marking = AnyOf(choices=Marking.choices, label=_("Who may see it"))

    class Meta:
        model = Document
        fields: list[str] = []

    def __init__(self, *args: Any, documents: Any, **kwargs: Any) -> None:
        super().__init__(*args, queryset=documents, **kwargs)

    def titled(self, documents: QuerySet[Document], _name: str, words: str) -> QuerySet[Document]:
        """Return the documents whose title holds every one of these words, diacritics ignored."""
        for word in words.split()[:20]:
            documents = documents.filter(title__unaccent__icontains=word)
        return documents


def _publisher(_asked: Any, name: str) -> Facet:
    return Facet(name, F("publisher"), named=Publisher.objects.annotate(called=F("ref"), label=F("name")))


DIMENSIONS = (
    Dimension("publisher", _publisher, is_usual=True),
    Dimension("language", column("language"), label_of=language, is_usual=True),
    Dimension("marking", column("marking"), known(Marking.choices), is_usual=True),
)
