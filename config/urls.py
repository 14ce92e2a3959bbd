"""The installation's URL table: accounts, admin, and the desk itself."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("", include("relations.urls")),
]
