"""Lists as a user or a desk keeps them: filters, columns, order."""

from typing import Any, Self
from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from relations.choices import ListPage
from relations.models.addresses import address
from relations.models.base import DeskModel, DeskQuerySet, NaturalKeyManager, RefField, moment, not_blank
from relations.models.history import tracked
from relations.models.moments import NOW, AnyMoment

# The addresses of the lists that can be kept.
_LISTS: dict[str, str] = {
    ListPage.BOARD: "board",
    ListPage.STATEMENTS: "statement_list",
    ListPage.DOCUMENTS: "document_list",
    ListPage.MEETINGS: "meeting_list",
    ListPage.QUEUE: "review_queue",
}


def list_query(filters: str, columns: list[str]) -> str:
    """Return the query string that opens a list so; never an empty one, which would open the default view."""
    return "&".join(filter(None, [filters, urlencode([("columns", key) for key in columns])])) or "all=1"


class SavedViewQuerySet(DeskQuerySet):
    """Saved views: one's own, and those shared with the desk."""

    def visible_to(self, user: Any, at: AnyMoment = NOW) -> Self:
        """Return the views at the user's desks that are hers or shared (R7)."""
        return super().visible_to(user, at).filter(Q(shared=True) | Q(owner=user))


class SavedViewManager(NaturalKeyManager.from_queryset(SavedViewQuerySet)):
    """Saved views of one desk each."""


@tracked()
class SavedView(DeskModel):
    """A list with its filters, columns and order under a name: a user's own, or shared with the desk."""

    ref = RefField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(_("list"), max_length=12, choices=ListPage)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("filters and order"), max_length=2000, blank=True)
    columns = models.JSONField(_("columns"), default=list, blank=True)
    shared = models.BooleanField(_("shared with the desk"), default=False)
    created_at = models.DateTimeField(_("saved"), default=moment)

    objects = SavedViewManager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("name", "pk")
        constraints = [
            not_blank("name", name="saved_view_name_not_blank"),
            models.UniqueConstraint(
                fields=["relationship", "owner", "page", "name"],
                name="saved_view_name_unique",
                violation_error_message=_("You already have a view of this name. Choose another."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return where the list is shown as this view keeps it."""
        return f"{address(_LISTS[self.page], self.relationship.slug)}?{list_query(self.query, self.columns)}"


class DefaultView(models.Model):
    """The view that a user's list opens with, at one desk."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="defaults")
    page = models.CharField(max_length=12, choices=ListPage)
    relationship = models.ForeignKey("relations.Relationship", on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("default view")
        verbose_name_plural = _("default views")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "relationship", "page"],
                name="default_view_once_a_list",
                violation_error_message=_("This list has a default already. Change that one instead."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.view}"
