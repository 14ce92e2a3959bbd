"""Calls, visits and talks, who took part, what was on the agenda, and each side's telling of it."""

from typing import Self

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from relations.choices import MeetingKind, MeetingState, Precision
from relations.models.addresses import address
from relations.models.base import (
    Authored,
    DeskModel,
    DeskQuerySet,
    NaturalKeyManager,
    RefField,
    clean_span,
    moment,
    not_blank,
    span_words,
)
from relations.models.desks import Party
from relations.models.documents import DeskManager, Document
from relations.models.history import tracked
from relations.models.issues import Issue
from relations.models.moments import Moment
from relations.models.people import Mandate, Person
from relations.models.rules import DESK_TODAY, SPAN_LIES_AHEAD, before_write, immutable, refuse_when, same_desk

AHEAD = (MeetingState.EXPECTED, MeetingState.SCHEDULED)


class MeetingQuerySet(DeskQuerySet):
    """Meetings, by what became of them."""

    def with_state_then(self, at: Moment) -> Self:
        """Add `state_then`, the state as of `at`: what lay ahead had neither been held nor cancelled."""
        if at.last_day is None:
            return self.annotate(state_then=F("state"))
        lay_ahead = When(~Q(state__in=AHEAD), earliest__gt=at.last_day, then=Value(MeetingState.SCHEDULED))
        return self.annotate(state_then=Case(lay_ahead, default="state"))


class MeetingManager(NaturalKeyManager.from_queryset(MeetingQuerySet)):
    """Meetings of one desk each."""


@tracked()
class Meeting(DeskModel, Authored):
    """A call, visit or talks; its day may be unknown or to come."""

    recorded_column = "recorded_at"

    ref = RefField()
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=8, choices=MeetingKind, default=MeetingKind.TALKS)
    state = models.CharField(_("state"), max_length=10, choices=MeetingState, default=MeetingState.SCHEDULED)
    earliest = models.DateField(_("on"), null=True, blank=True)
    latest = models.DateField(_("until"), null=True, blank=True)
    precision = models.CharField(_("precise to the"), max_length=5, choices=Precision, default=Precision.DAY)
    place = models.CharField(_("place"), max_length=160, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    recorded_at = models.DateTimeField(_("recorded"), default=moment, editable=False)

    objects = MeetingManager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = (F("earliest").desc(nulls_first=True), "-pk")
        constraints = [
            not_blank("title", name="meeting_title_not_blank"),
            models.CheckConstraint(
                condition=Q(earliest__isnull=True, latest__isnull=True)
                | Q(earliest__isnull=False, latest__isnull=False, earliest__lte=F("latest")),
                name="meeting_span_in_order",
                violation_error_message=_("The last day cannot come before the first."),
            ),
            models.CheckConstraint(
                condition=~Q(state=MeetingState.HELD) | Q(earliest__isnull=False),
                name="meeting_held_on_a_day",
                violation_error_message=_("A meeting that was held has a day."),
            ),
        ]
        triggers = [
            immutable("ref", "relationship_id", "author_id", "created_at", "recorded_at"),
            before_write(
                "held_in_the_past",
                refuse_when(
                    f"NEW.state = 'held' AND NEW.earliest > {DESK_TODAY}",
                    "A meeting that was held cannot lie in the future.",
                    rule="meeting_held_in_the_past",
                    field="earliest",
                ),
                refuse_when(
                    f"NEW.state = 'held' AND {SPAN_LIES_AHEAD}",
                    "A meeting that was held cannot lie in the future.",
                    rule="meeting_ended_in_the_past",
                    field="latest",
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the meeting's address."""
        return address("meeting", self.relationship.slug, self.ref)

    def clean(self) -> None:
        """Refuse a span that ends before it begins."""
        clean_span(self.earliest, self.latest)

    def rewind(self, at: Moment) -> None:
        """Forget what became of it where it lay ahead at `at`."""
        if at.last_day and self.earliest and self.earliest > at.last_day and self.state not in AHEAD:
            self.state = MeetingState.SCHEDULED
            self.summary = ""  # what came of it

    @property
    def when(self) -> str:
        """Its day or span as people read it; empty where it is unknown."""
        return span_words(self.earliest, self.latest, self.precision)


@tracked(asked_by=("meeting",))
class Participant(DeskModel):
    """Who took part, in which office: a person, or those whom the source describes without naming."""

    natural_key_fields = ("meeting__ref", "number")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="participants")
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", verbose_name=_("for which party"))
    person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="participations",
        verbose_name=_("person"),
    )
    descriptor = models.CharField(_("described as"), max_length=160, blank=True)
    mandate = models.ForeignKey(
        Mandate,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("office held"),
    )

    objects = DeskManager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ("meeting", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "number"],
                name="participant_number_unique",
                violation_error_message=_(
                    "The meeting has a participant of this number already. Give the next number."
                ),
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, descriptor="") | (Q(person__isnull=True) & ~Q(descriptor="")),
                name="participant_person_or_descriptor",
                violation_error_message=_("Give either a person or how the source describes them."),
            ),
            models.CheckConstraint(
                condition=Q(mandate__isnull=True) | Q(person__isnull=False),
                name="participant_mandate_of_person",
                violation_error_message=_("An office belongs to a person. Name the person, or leave the office out."),
            ),
        ]
        triggers = [
            same_desk(meeting_id="relations_meeting"),
            before_write(
                "mandate_of_person",
                refuse_when(
                    "NEW.mandate_id IS NOT NULL AND NEW.person_id IS DISTINCT FROM "
                    "(SELECT person_id FROM relations_mandate WHERE id = NEW.mandate_id)",
                    "That office was held by someone else.",
                    rule="participant_mandate",
                    field="mandate",
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.person) if self.person else self.descriptor


@tracked(asked_by=("meeting",))
class AgendaItem(DeskModel):
    """An issue that a meeting dealt with or is to deal with."""

    natural_key_fields = ("meeting__ref", "issue__relationship__slug", "issue__slug")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="agenda_items", verbose_name=_("issue"))

    objects = DeskManager()

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ("meeting", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "issue"],
                name="agenda_issue_once",
                violation_error_message=_("This issue stands on the agenda already. Name each issue once."),
            )
        ]
        triggers = [same_desk(meeting_id="relations_meeting", issue_id="relations_issue")]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.issue}"


@tracked(asked_by=("meeting",))
class Readout(DeskModel):
    """One side's telling of a meeting: whose, by whom, in which document (two sides may share one article)."""

    natural_key_fields = ("meeting__ref", "side__code", "document__ref")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="readouts")
    side = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", verbose_name=_("whose telling"))
    teller_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("told by")
    )
    teller_descriptor = models.CharField(_("told by (described as)"), max_length=160, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="readouts", verbose_name=_("document")
    )

    objects = DeskManager()

    class Meta:
        verbose_name = _("readout")
        verbose_name_plural = _("readouts")
        ordering = ("meeting", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "side", "document"],
                name="readout_unique",
                violation_error_message=_(
                    "This side’s account in this document is there already. Name each account once."
                ),
            ),
            models.CheckConstraint(
                condition=Q(teller_person__isnull=False, teller_descriptor="")
                | (Q(teller_person__isnull=True) & ~Q(teller_descriptor="")),
                name="readout_one_teller",
                violation_error_message=_("Give either the person who told it or how the source describes them."),
            ),
        ]
        triggers = [same_desk(meeting_id="relations_meeting", document_id="relations_document")]

    def __str__(self) -> str:
        return f"{self.side}: {self.teller}"

    @property
    def teller(self) -> str:
        """Who told it, by name or as the source describes them."""
        return str(self.teller_person) if self.teller_person else self.teller_descriptor
