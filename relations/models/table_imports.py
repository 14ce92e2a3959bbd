"""Files of rows on their way in: kept until their user has seen what they would change, and stored or left them."""

import datetime
from typing import Self

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relations.models.base import RefField, moment
from relations.models.desks import Relationship
from relations.models.following import Personal, PersonalQuerySet

KEPT_FOR = datetime.timedelta(days=1)
KEPT_AT_MOST = 5  # files of one user


class TableImportQuerySet(PersonalQuerySet):
    """Files on their way in."""

    def kept_at(self, relationship: Relationship) -> Self:
        """Return those of this desk that are not to be gone yet."""
        return self.filter(relationship=relationship, created_at__gt=timezone.now() - KEPT_FOR)

    def expired(self) -> Self:
        """Return those that were kept long enough."""
        return self.filter(created_at__lte=timezone.now() - KEPT_FOR)


class TableImport(Personal):
    """A file of rows that its user has sent, in the database, where every instance of the program finds it.

    It is no content of the desk: its history is not kept, and a day later it is gone. Once its rows are stored the file is
    dropped, and the row says so to a second submit.
    """

    ref = RefField()
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, related_name="+", verbose_name=_("relationship")
    )
    noun = models.CharField(_("what it holds"), max_length=20)
    name = models.CharField(_("file name"), max_length=200)
    content = models.BinaryField(_("file"))
    reading = models.JSONField(_("how it is read"), default=dict)
    report = models.JSONField(_("what it would change"), null=True)
    created_at = models.DateTimeField(_("sent"), default=moment)
    stored_at = models.DateTimeField(_("stored"), null=True)

    objects = TableImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of rows")
        verbose_name_plural = _("files of rows")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("table_import", args=[self.relationship.slug, self.noun, self.ref])
