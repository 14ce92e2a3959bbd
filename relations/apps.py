"""The desk's app; where it starts, the layers above the actions hand them what they ask for."""

from importlib import import_module

from django.apps import AppConfig


class RelationsConfig(AppConfig):
    name = "relations"
    verbose_name = "Relations desk"

    def ready(self) -> None:
        """Let notices ask the filters which saved views show a row."""
        match_views_with = import_module("relations.actions.notices").match_views_with
        match_views_with(import_module("relations.filters.followed").shows)
