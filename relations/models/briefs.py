"""Briefs: the documents that a desk hands over, kept word for word, and the templates that give them its letterhead."""

import base64
import hashlib
import json
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from relations.choices import BriefKind, Marking
from relations.models.addresses import address
from relations.models.base import (
    SEEN,
    DeskModel,
    DeskQuerySet,
    NaturalKeyManager,
    RefField,
    moment,
    not_blank,
    one_of,
)
from relations.models.documents import text_hash
from relations.models.history import tracked
from relations.models.moments import NOW, Moment
from relations.models.rounds import OwnWorkManager
from relations.models.rules import (
    before_delete,
    before_update,
    before_write,
    refuse,
    refuse_when,
    same_desk,
)

TEMPLATE_LIMIT = 1024 * 1024  # bytes


# The history leaves out what is large and can never change.
@tracked(exclude=["encoded"])
class BriefTemplate(DeskModel):
    """A Word document with the desk's letterhead and styles, into whose fields its briefs are written.

    One that briefs were made with is kept as it was, so that they come out again as they did.
    """

    ref = RefField()
    name = models.CharField(_("file name"), max_length=200)
    encoded = models.TextField(_("file, in Base64"), editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    created_at = models.DateTimeField(_("uploaded"), default=moment, editable=False)
    retired_at = models.DateTimeField(_("no longer used since"), null=True, blank=True, editable=False)

    objects = OwnWorkManager()

    class Meta:
        verbose_name = _("template of briefs")
        verbose_name_plural = _("templates of briefs")
        ordering = ("-created_at", "-pk")
        constraints = [
            not_blank("name", name="brief_template_name_not_blank"),
            models.UniqueConstraint(
                fields=["relationship"],
                condition=Q(retired_at__isnull=True),
                name="brief_template_one_in_use",
                violation_error_message=_("This desk has a template in use already. Open the page again."),
            ),
        ]
        triggers = [
            before_update(
                "kept_as_it_was",
                refuse_when(
                    "to_jsonb(NEW) - 'retired_at' IS DISTINCT FROM to_jsonb(OLD) - 'retired_at' "
                    "OR OLD.retired_at IS NOT NULL",
                    "A template is not changed. Upload another in its place.",
                    rule="brief_template_kept",
                ),
            ),
            before_delete("kept", refuse("Briefs were made with this template, so it is kept.", rule="kept")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def file(self) -> bytes:
        """The Word document itself."""
        return base64.b64decode(self.encoded)

    @file.setter
    def file(self, content: bytes) -> None:
        self.encoded = base64.b64encode(content).decode()
        self.sha256 = hashlib.sha256(content).hexdigest()


def _but_withdrawal(row: str) -> str:
    """Return a brief's row without what is said when it is withdrawn, as SQL."""
    return f"to_jsonb({row}) - ARRAY['withdrawn_at', 'withdrawn_by_id', 'withdrawal_reason']"


class BriefQuerySet(DeskQuerySet):
    """Briefs; readers see those that hold nothing but published content."""

    def published_condition(self, at: Moment = NOW) -> Q:
        """Return the condition that nothing of the desk's own work stands in it."""
        return Q(holds_own_work=False)

    def made_by(self, at: Moment = NOW) -> Self:
        """Return the briefs that had been made as of `at` (R9)."""
        return self if at.known_until is None else self.filter(created_at__lt=at.known_until)


class BriefManager(NaturalKeyManager.from_queryset(BriefQuerySet)):
    """Briefs of one desk each."""


@tracked(exclude=["content"])
class Brief(DeskModel):
    """A brief as it was made, in the words that it had then: what is corrected later changes nothing in it.

    One made by mistake, or with the wrong marking, is withdrawn: it is kept as a record, and shown to those alone who
    answer for it, whoever made it and the desk's reviewers.

    `content` is what it says (`relations.briefs.content`), written out canonically; every format is made from it
    alone, so that it can be made again byte for byte.
    """

    ref = RefField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), default=moment, editable=False)
    kind = models.CharField(_("what for"), max_length=10, choices=BriefKind, default=BriefKind.BRIEF)
    title = models.CharField(_("title"), max_length=300)
    marking = models.CharField(_("who may see this"), max_length=12, choices=Marking, default=Marking.CLEAR)
    asked = models.TextField(_("what was chosen for it"), default="{}", editable=False)
    known = models.DateTimeField(_("holds what was known until"), editable=False)
    content = models.TextField(_("what it says"), editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    cites = models.TextField(_("what it cites, by ref"), blank=True, editable=False)
    holds_own_work = models.BooleanField(_("holds the desk’s own work"), default=True, editable=False)
    template = models.ForeignKey(
        BriefTemplate, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("template")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    withdrawal_reason = models.TextField(_("why it was withdrawn"), blank=True, editable=False)

    objects = BriefManager()

    class Meta:
        verbose_name = _("brief")
        verbose_name_plural = _("briefs")
        ordering = ("-created_at", "-pk")
        indexes = [models.Index(fields=["relationship", "-created_at", "-id"], name="brief_by_date")]
        constraints = [
            not_blank("title", name="brief_title_not_blank"),
            one_of("kind", BriefKind, name="brief_kind_known"),
            one_of("marking", Marking, name="brief_marking_known"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawal_reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, withdrawal_reason__regex=SEEN),
                name="brief_withdrawn_with_reason",
                violation_error_message=_(
                    "A brief is withdrawn with who, when and why. Give all three, or none of them."
                ),
            ),
        ]
        triggers = [
            same_desk(template_id="relations_brieftemplate"),
            before_update(
                "kept_as_it_was",
                refuse_when(
                    f"{_but_withdrawal('NEW')} IS DISTINCT FROM {_but_withdrawal('OLD')} OR OLD.withdrawn_at IS NOT NULL",
                    "A brief is not changed, and withdrawn once. Make another in its place.",
                    rule="brief_kept",
                ),
            ),
            before_delete("kept", refuse("A brief is kept as it was handed over.", rule="kept")),
            before_write(
                "keeps_its_word",
                refuse_when(
                    "NEW.sha256 <> encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex')",
                    "The hash is not that of the content.",
                    rule="brief_hash",
                    field="sha256",
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it with its content's hash."""
        self.sha256 = text_hash(self.content)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """Return the brief's address."""
        return address("brief", self.relationship.slug, self.ref)

    @property
    def parameters(self) -> dict[str, Any]:
        """What was chosen for it: subject, issues, period, audience."""
        return json.loads(self.asked)

    @property
    def cited(self) -> list[str]:
        """The refs of the statements and status changes that it cites."""
        return self.cites.split()
