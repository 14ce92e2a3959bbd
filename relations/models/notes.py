"""The desk's own words on an issue: notes, whom they mention, and that someone confirmed that all still holds."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from relations.choices import Confidence, Likelihood, Marking, NoteKind
from relations.models.base import Authored, DeskModel, RefField, moment, not_blank, one_of
from relations.models.history import tracked
from relations.models.issues import Issue
from relations.models.rounds import OwnWorkManager
from relations.models.rules import before_write, immutable, refuse_when, same_desk, unchangeable


@tracked(asked_by=("issue",))
class Note(DeskModel, Authored):
    """An internal note on an issue, in Markdown. Never exported with published content, never seen by readers.

    One that is the desk's judgement goes into its briefs, as far as its marking lets it; how likely it is and how
    confident the desk are told apart from its words and from each other (ICD 203).
    """

    recorded_column = "created_at"

    ref = RefField()
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="notes", verbose_name=_("issue"))
    text = models.TextField(_("note"), help_text=_("Markdown. @name tells a member of the desk."))
    kind = models.CharField(_("kind"), max_length=10, choices=NoteKind, default=NoteKind.NOTE)
    likelihood = models.CharField(_("how likely"), max_length=16, choices=Likelihood, blank=True)
    confidence = models.CharField(_("how confident"), max_length=8, choices=Confidence, blank=True)
    marking = models.CharField(
        _("who may see this in a brief"), max_length=12, choices=Marking, default=Marking.AMBER_STRICT
    )

    objects = OwnWorkManager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("-created_at", "-pk")
        indexes = [models.Index(fields=["issue", "-created_at"], name="note_of_issue")]
        constraints = [
            not_blank("text", name="note_text_not_blank"),
            one_of("kind", NoteKind, name="note_kind_known"),
            one_of("marking", Marking, name="note_marking_known"),
            models.CheckConstraint(
                condition=Q(kind=NoteKind.JUDGEMENT) | Q(likelihood="", confidence=""),
                name="note_sure_only_where_judged",
                violation_error_message=_(
                    "How likely and how confident are told of a judgement. Tick that it is one, or leave them out."
                ),
            ),
        ]
        triggers = [
            immutable("ref", "relationship_id", "author_id", "created_at", "issue_id"),
            same_desk(issue_id="relations_issue"),
        ]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:79]}…"

    def get_absolute_url(self) -> str:
        """Return its place on the issue's page."""
        return f"{self.issue.get_absolute_url()}#note-{self.ref}"


@tracked(asked_by=("note",))
class Mention(DeskModel):
    """A member of the desk whom a note names with @."""

    natural_key_fields = ("note__ref", "user__username")

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = OwnWorkManager()

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        ordering = ("note", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["note", "user"],
                name="mention_once",
                violation_error_message=_("The note names this person already. Name each once."),
            )
        ]
        triggers = [
            same_desk(note_id="relations_note"),
            before_write(
                "of_a_member",
                refuse_when(
                    "TG_OP = 'INSERT' AND NOT EXISTS (SELECT 1 FROM relations_deskmembership m WHERE "
                    "m.user_id = NEW.user_id AND m.relationship_id = NEW.relationship_id AND m.role <> 'reader')",
                    "Only those at this desk who may read its notes can be named in one.",
                    rule="mention_of_a_member",
                    field="text",
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"@{self.user.username}"


@tracked()
class Confirmation(DeskModel):
    """Someone read an issue through and says that it still stands so: last confirmed, apart from last edited."""

    recorded_column = "confirmed_at"

    ref = RefField()
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="confirmations", verbose_name=_("issue"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("confirmed by")
    )
    confirmed_at = models.DateTimeField(_("confirmed"), default=moment)

    objects = OwnWorkManager()

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        ordering = ("-confirmed_at", "-pk")
        indexes = [models.Index(fields=["issue", "-confirmed_at"], name="confirmation_of_issue")]
        triggers = [same_desk(issue_id="relations_issue"), unchangeable()]

    def __str__(self) -> str:
        return f"{self.issue}: {self.confirmed_by}"
