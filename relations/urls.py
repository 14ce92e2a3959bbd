"""The desk's URL table."""

from django.urls import path

from relations.views import desks

urlpatterns = [path("", desks.home, name="home")]
