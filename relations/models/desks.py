"""Accounts, parties, relationships and the desks that follow them."""

import datetime
import zoneinfo
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relations.choices import PartyKind, Role, Side
from relations.models.addresses import address
from relations.models.base import NaturalKeyManager, NaturalKeyModel, not_blank, one_of
from relations.models.history import tracked
from relations.models.rules import after_write, before_write, immutable

# First path segments that pages use; a relationship may not take them.
RESERVED_SLUGS = (
    "accounts", "admin", "api", "choose", "drafts", "feeds", "help", "media", "me", "new", "notifications",
    "organisations", "palette", "parties", "people", "posts", "publishers", "review", "search", "static",
)  # fmt: skip

LONGEST_QUIET = 3650  # days: ten years


@tracked(exclude=["password", "last_login"])
class User(AbstractUser):
    """An account. What it may do is its memberships'; a person who leaves is made inactive, never deleted."""

    name = models.CharField(_("name"), max_length=150, blank=True, help_text=_("As colleagues know them."))

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ("username",)
        triggers = [
            # For good: an account that is made active again has to make its tokens anew.
            after_write(
                "revoke_tokens",
                "IF NOT NEW.is_active THEN UPDATE relations_apitoken SET revoked_at = date_trunc('milliseconds', now()) "
                "WHERE user_id = NEW.id AND revoked_at IS NULL; END IF;",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.username


@tracked()
class Party(NaturalKeyModel):
    """A state (ISO 3166-1 alpha-2) or an international organisation that holds positions."""

    natural_key_fields = ("code",)

    code = models.CharField(
        _("code"),
        max_length=12,
        unique=True,
        help_text=_("ISO 3166-1 alpha-2 of a state; the usual letters of an organisation."),
        validators=[RegexValidator(r"^[A-Z][A-Z0-9-]*$")],
    )
    kind = models.CharField(_("kind"), max_length=12, choices=PartyKind, default=PartyKind.STATE)
    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=40, blank=True, help_text=_("As column heads say it."))

    objects = NaturalKeyManager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=PartyKind.STATE) | Q(code__regex=r"^[A-Z]{2}$"),
                name="party_state_code",
                violation_error_message=_("A state’s code is its two letters of ISO 3166-1."),
            ),
            not_blank("name", name="party_name_not_blank"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name that column heads and sentences use."""
        return self.short_name or self.name


class RelationshipQuerySet(models.QuerySet):
    """Relationships, in the order of display."""

    def visible_to(self, user: User) -> Self:
        """Return the relationships at whose desk `user` is (R7)."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(models.Exists(DeskMembership.objects.filter(user=user, relationship=models.OuterRef("pk"))))


class RelationshipManager(NaturalKeyManager.from_queryset(RelationshipQuerySet)):
    """Relationships with their two parties at hand."""


def _is_time_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("Give a time zone such as Europe/Istanbul."))


@tracked()
class Relationship(NaturalKeyModel):
    """A pair of parties, unordered and unique: the unit of access. Its team is the desk."""

    natural_key_fields = ("slug",)

    first_party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", verbose_name=_("first party"))
    second_party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", verbose_name=_("second party"))
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0, help_text=_("Where it stands among the desks."))
    own_side = models.CharField(_("our side"), max_length=8, choices=Side, default=Side.NEITHER)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC", validators=[_is_time_zone])
    quiet_after = models.PositiveSmallIntegerField(
        _("quiet after"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_QUIET)],
        help_text=_("Days without a statement after which an issue counts as gone quiet."),
    )

    objects = RelationshipManager()

    class Meta:
        verbose_name = _("relationship")
        verbose_name_plural = _("relationships")
        ordering = ("order", "slug")
        constraints = [
            models.UniqueConstraint(
                Least("first_party", "second_party"),
                Greatest("first_party", "second_party"),
                name="relationship_unordered_unique",
                violation_error_message=_("These two parties already have a desk."),
            ),
            models.CheckConstraint(
                condition=~Q(first_party=F("second_party")),
                name="relationship_two_parties",
                violation_error_message=_("A relationship is between two different parties."),
            ),
            models.CheckConstraint(
                condition=~Q(slug__in=RESERVED_SLUGS),
                name="relationship_slug_not_reserved",
                violation_error_message=_("The program’s own pages use this slug. Choose another."),
            ),
            models.CheckConstraint(
                condition=Q(quiet_after__range=(1, LONGEST_QUIET)),
                name="relationship_quiet_after_days",
                violation_error_message=_("Give a number of days from 1 to 3650."),
            ),
        ]
        triggers = [
            # What was published speaks of these two and their places.
            immutable("first_party_id", "second_party_id"),
            before_write("known_time_zone", "PERFORM now() AT TIME ZONE NEW.time_zone;"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the board's address."""
        return address("board", self.slug)

    @property
    def title(self) -> str:
        """The two parties as the desk names itself."""
        return f"{self.first_party.label} – {self.second_party.label}"

    @property
    def parties(self) -> tuple[Party, Party]:
        """The two parties in their places, first and second."""
        return self.first_party, self.second_party

    def side_of(self, party: Party | None) -> Side:
        """Return the place that `party` has here; a third party has neither."""
        if party is not None and party.pk == self.first_party_id:
            return Side.FIRST
        if party is not None and party.pk == self.second_party_id:
            return Side.SECOND
        return Side.NEITHER

    @property
    def clock(self) -> str:
        """The place that its time zone is named after: `Istanbul` for Europe/Istanbul."""
        return self.time_zone.rpartition("/")[2].replace("_", " ")

    def today(self) -> datetime.date:
        """Return the day it is at this desk."""
        return timezone.localdate(timezone=zoneinfo.ZoneInfo(self.time_zone))

    def day_of(self, moment: datetime.datetime) -> datetime.date:
        """Return the day that `moment` falls on at this desk."""
        return moment.astimezone(zoneinfo.ZoneInfo(self.time_zone)).date()


@tracked(asked_by=("relationship", "user"))
class DeskMembership(NaturalKeyModel):
    """A user's role at one desk."""

    natural_key_fields = ("user__username", "relationship__slug")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("account"))
    relationship = models.ForeignKey(
        Relationship, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("relationship")
    )
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.READER)

    objects = NaturalKeyManager()

    class Meta:
        verbose_name = _("desk membership")
        verbose_name_plural = _("desk memberships")
        ordering = ("relationship", "user")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "relationship"],
                name="membership_unique",
                violation_error_message=_("This account already has a role at this desk."),
            ),
            one_of("role", Role, name="membership_role_known"),
        ]
        triggers = [immutable("user_id", "relationship_id")]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}, {self.relationship}"


class IdempotencyKey(models.Model):
    """A form's token, used once: a second submit of the same form finds what the first one did."""

    key = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=40)
    about = models.CharField(max_length=80, blank=True)
    result = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("used form")
        verbose_name_plural = _("used forms")

    def __str__(self) -> str:
        return f"{self.action} {self.key}"
