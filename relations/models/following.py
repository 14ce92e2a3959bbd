"""Who follows what, what they were told, and the addresses of their feeds."""

import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relations.choices import Digest, Happening, Reason, Role
from relations.models.base import moment
from relations.models.commitments import Commitment
from relations.models.desks import DeskMembership, Relationship
from relations.models.issues import Issue, StatusChange
from relations.models.meetings import Meeting
from relations.models.notes import Note
from relations.models.people import Person
from relations.models.saved_views import SavedView
from relations.models.statements import Statement

VISIT_ENDS_AFTER = datetime.timedelta(minutes=30)  # away from the desk


def exactly_one(*fields: str) -> Q:
    """Return the condition that exactly one of these references is set."""
    condition = Q()
    for chosen in fields:
        condition |= Q(**{f"{name}__isnull": name != chosen for name in fields})
    return condition


class PersonalQuerySet(models.QuerySet):
    """Rows that are one user's own; nobody else sees them, superusers included."""

    def of(self, user: Any) -> Self:
        """Return the user's own rows."""
        return self.filter(user=user) if user.is_authenticated and user.is_active else self.none()


class Personal(models.Model):
    """A row that is one user's own: no desk content, so neither reviewed nor recorded."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    objects = PersonalQuerySet.as_manager()

    class Meta:
        abstract = True


class Watch(Personal):
    """A user follows an issue, a statement, a person or a saved view."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, null=True, blank=True, related_name="watches")
    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, null=True, blank=True, related_name="watches")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="watches")
    saved_view = models.ForeignKey(SavedView, on_delete=models.CASCADE, null=True, blank=True, related_name="watches")
    since = models.DateTimeField(_("since"), default=moment)

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        ordering = ("-since", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=exactly_one("issue", "statement", "person", "saved_view"), name="watch_one_subject"
            ),
            *(
                models.UniqueConstraint(
                    fields=["user", subject],
                    condition=Q(**{f"{subject}__isnull": False}),
                    name=f"watch_{subject}_once",
                )
                for subject in ("issue", "statement", "person", "saved_view")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.subject}"

    @classmethod
    def followed_by(cls, user: Any, subject: str) -> Exists:
        """Return whether `user` follows the row of a query of issues, statements, people or saved views."""
        return Exists(cls.objects.of(user).filter(**{subject: OuterRef("pk")}))

    @property
    def subject(self) -> Any:
        """What is followed."""
        return self.issue or self.statement or self.person or self.saved_view


class NotificationQuerySet(PersonalQuerySet):
    """Notifications, as far as their user still may see what they are about."""

    def of(self, user: Any) -> Self:
        """Return what `user` was told at desks where she still is (R7); of drafts only where she still sees drafts."""
        here = DeskMembership.objects.filter(user=user, relationship=OuterRef("relationship"))
        sees = here.filter(Q(Exact(OuterRef("published"), rhs=True)) | ~Q(role=Role.READER))
        return super().of(user).filter(Exists(sees))

    def unread(self) -> Self:
        """Return those not read yet."""
        return self.filter(read_at__isnull=True)


class Notification(Personal):
    """What a user was told: what happened, to what, by whom, and why she is told."""

    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    happening = models.CharField(_("what happened"), max_length=24, choices=Happening)
    reason = models.CharField(_("why you are told"), max_length=16, choices=Reason)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by whom")
    )
    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    status_change = models.ForeignKey(StatusChange, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    note = models.ForeignKey(Note, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    published = models.BooleanField(_("about what readers see"), default=False)
    at = models.DateTimeField(_("when"), default=moment)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent by e-mail"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ("-at", "-pk")
        indexes = [
            models.Index(fields=["user", "-at"], name="notification_of_user"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notification_unread"),
            models.Index(fields=["at"], condition=Q(sent_at__isnull=True), name="notification_unsent"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=exactly_one("statement", "status_change", "issue", "note", "meeting", "commitment"),
                name="notification_one_subject",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_happening_display()}"

    @property
    def subject(self) -> Any:
        """What it is about."""
        return self.statement or self.status_change or self.issue or self.note or self.meeting or self.commitment


class DigestSetting(Personal):
    """How often a user wants what she was told by e-mail."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest_setting")
    every = models.CharField(_("e-mail digest"), max_length=6, choices=Digest, default=Digest.NEVER)
    sent_at = models.DateTimeField(_("last sent"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("digest setting")
        verbose_name_plural = _("digest settings")

    def __str__(self) -> str:
        return f"{self.user}: {self.get_every_display()}"


class FeedAddress(Personal):
    """A user's personal, revocable address of a desk's Atom feeds. Only the key's hash is kept: it is shown once."""

    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    key_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"), default=moment)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("feed address")
        verbose_name_plural = _("feed addresses")
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.user}: {self.relationship}"


class DeskVisitQuerySet(PersonalQuerySet):
    """Visits."""

    def with_since(self) -> Self:
        """Add `since`: the end of the visit before the one under way. None at the first."""
        ended = timezone.now() - VISIT_ENDS_AFTER
        return self.annotate(since=Case(When(last_at__lt=ended, then=F("last_at")), default=F("before_at")))


class DeskVisit(Personal):
    """When a user was last at a desk, and when before that: what moved since is told from the earlier."""

    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    last_at = models.DateTimeField(_("last here"), default=moment)
    before_at = models.DateTimeField(_("here before that"), null=True, blank=True)

    objects = DeskVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        constraints = [models.UniqueConstraint(fields=["user", "relationship"], name="visit_once_a_desk")]

    def __str__(self) -> str:
        return f"{self.user}: {self.relationship}"


class FormDraft(Personal):
    """What a user has half typed in a form, by the form's address, kept while she types and until she saves."""

    address = models.CharField(_("address"), max_length=500)
    fields = models.JSONField(_("what was typed"), default=dict)
    saved_at = models.DateTimeField(_("kept"), default=moment)

    class Meta:
        verbose_name = _("half-typed form")
        verbose_name_plural = _("half-typed forms")
        ordering = ("-saved_at", "-pk")
        constraints = [models.UniqueConstraint(fields=["user", "address"], name="form_draft_once_an_address")]

    def __str__(self) -> str:
        return f"{self.user}: {self.address}"
