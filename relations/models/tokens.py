"""The keys by which a user's own programs read, through the API, what she may read."""

from typing import Self

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relations.models.base import moment, not_blank
from relations.models.desks import Relationship
from relations.models.following import Personal, PersonalQuerySet


class ApiTokenQuerySet(PersonalQuerySet):
    """Tokens."""

    def live(self) -> Self:
        """Return the tokens that open something: neither revoked nor expired, of an active account."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now(), user__is_active=True)

    def with_desks(self) -> Self:
        """Add `desks`, the slugs of the desks that a token reads."""
        slugs = ArrayAgg("relationships__slug", filter=Q(relationships__isnull=False), default=[])
        return self.annotate(desks=slugs)


class ApiToken(Personal):
    """A user's personal key to the API, for chosen desks and until a day. Only its hash is kept: it is shown once.

    When the account is made inactive a trigger of `User` revokes its tokens for good; that the user is still at a desk
    is asked at every request.
    """

    name = models.CharField(_("what it is for"), max_length=80)
    relationships = models.ManyToManyField(Relationship, related_name="+", verbose_name=_("desks"))
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"), default=moment, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        ordering = ("-created_at", "-pk")
        constraints = [
            not_blank("name", name="api_token_name_not_blank"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="api_token_expires_later",
                violation_error_message=_("A token expires after it was made."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_expired(self) -> bool:
        """Whether its last moment has passed."""
        return self.expires_at <= timezone.now()
