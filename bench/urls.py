"""The program's addresses, a page of nothing to compare them with, and Django's own admin over the same rows."""

from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from relations.models import Statement


class StatementAdmin(ModelAdmin):
    """Statements as Django's admin shows them where nobody thought of a million rows."""

    list_display = ("ref", "text", "document", "on_behalf_of", "earliest")
    list_filter = ("kind", "basis")
    search_fields = ("text", "original_text")
    date_hierarchy = "earliest"


def floor(request: HttpRequest) -> HttpResponse:
    """Answer with the frame that every page has, and nothing in it: what signing in, middleware and frame cost."""
    return render(request, "base.html")


plain = AdminSite(name="plain")
plain.register(Statement, StatementAdmin)

urlpatterns = [
    path("bench/floor/", floor),
    path("bench/admin/", plain.urls),
    path("", include("config.urls")),
]
