"""Django's admin with the desk's own site, and nothing registered on it but what the desk registers."""

from importlib import import_module

from django.contrib.admin.apps import SimpleAdminConfig


class DeskAdminConfig(SimpleAdminConfig):
    """The admin app without its discovery: what other apps would register goes around the desk's rules or confuses."""

    default_site = "relations.admin.site.DeskAdminSite"

    def ready(self) -> None:
        """Register the desk's nouns."""
        super().ready()
        import_module("relations.admin.nouns")
