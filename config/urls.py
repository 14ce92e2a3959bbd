"""The installation's URL table: accounts, admin, and the desk itself."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("relations.api.urls")),
    path("", include("relations.urls")),
]

handler400 = "relations.api.problems.bad_request"
handler404 = "relations.api.problems.page_not_found"
handler500 = "relations.api.problems.server_error"
