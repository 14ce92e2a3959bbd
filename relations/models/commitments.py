"""What a side said it will do, by when, and what became of it."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from relations.choices import CommitmentState, Precision
from relations.models.addresses import address
from relations.models.base import Authored, DeskModel, NaturalKeyManager, RefField, not_blank, span_words
from relations.models.desks import Party
from relations.models.history import tracked
from relations.models.issues import Issue
from relations.models.moments import NOW, AnyMoment, Moment
from relations.models.rounds import OwnWorkQuerySet
from relations.models.rules import DESK_TODAY, before_write, immutable, refuse_when, same_desk
from relations.models.statements import Statement


def _was_open(at: Moment) -> Q:
    is_open = Q(state=CommitmentState.OPEN)
    if at.last_day:
        is_open |= Q(settled_on__isnull=False, settled_on__gt=at.last_day)
    if at.known:
        is_open |= Q(settled_by__isnull=False) & at.was_to_come("published_at", "settled_by__")
    return is_open


class CommitmentQuerySet(OwnWorkQuerySet):
    """Commitments. The desk's own reading, seen by nobody who only reads what is published."""

    def known_condition(self, at: Moment) -> Q:
        """Return the condition that it was recorded, from a statement that was known."""
        return at.recorded(column="created_at") & at.was_published("latest", "statement__")

    def open(self, at: AnyMoment = NOW) -> Self:
        """Return those of which nothing was known, as of `at`, to have come yet."""
        return self.filter(at.each(_was_open))

    def settled(self, at: Moment = NOW) -> Self:
        """Return those of which it was known, as of `at`, what came."""
        return self.exclude(_was_open(at))

    def overdue(self, today: datetime.date, at: Moment = NOW) -> Self:
        """Return those open, as of `at`, whose last day had passed by `today`."""
        return self.open(at).filter(due_latest__lt=today)

    def due_by(self, day: datetime.date | OuterRef, at: AnyMoment = NOW) -> Self:
        """Return those open, as of `at`, that fall due on `day` or before."""
        return self.open(at).filter(due_latest__lte=day)

    def open_first(self, at: Moment = NOW) -> Self:
        """Return the open ones, as of `at`, before the settled, and both by the day they fall due."""
        return self.order_by(Case(When(_was_open(at), then=0), default=1), "due_latest", "pk")

    def with_due_key(self) -> Self:
        """Add `due_key`, to page by: the last day it falls due; for those without one the end of time."""
        return self.annotate(due_key=Coalesce("due_latest", Value(datetime.date.max)))

    def with_names(self) -> Self:
        """Fetch along what a line about a commitment names."""
        return self.select_related(
            "party", "issue__relationship", "statement__relationship", "settled_by__relationship"
        )


class CommitmentManager(NaturalKeyManager.from_queryset(CommitmentQuerySet)):
    """Commitments of one desk each."""


def _published_on_issue(column: str, sentence: str) -> str:
    return refuse_when(
        f"NEW.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM relations_statement s JOIN relations_bearing b "
        f"ON b.statement_id = s.id WHERE s.id = NEW.{column} AND s.published_at IS NOT NULL AND b.issue_id = NEW.issue_id)",
        sentence,
        rule=f"commitment_{column.removesuffix('_id')}_published",
        field=column.removesuffix("_id"),
    )


@tracked()
class Commitment(DeskModel, Authored):
    """What a side said it will do: who owes it, by when, the statement that says so, and the one that settles it."""

    as_of = NOW  # the moment that it is read as of, see `rewind`

    ref = RefField()
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="commitments", verbose_name=_("issue"))
    statement = models.ForeignKey(
        Statement, on_delete=models.PROTECT, related_name="commitments", verbose_name=_("said in")
    )
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", verbose_name=_("who owes it"))
    text = models.CharField(_("what they said they will do"), max_length=300)
    due_earliest = models.DateField(_("due from"), null=True, blank=True)
    due_latest = models.DateField(_("due by"), null=True, blank=True)
    due_precision = models.CharField(_("precise to the"), max_length=5, choices=Precision, default=Precision.DAY)
    state = models.CharField(
        _("what became of it"), max_length=6, choices=CommitmentState, default=CommitmentState.OPEN, editable=False
    )
    settled_by = models.ForeignKey(
        Statement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="settles",
        verbose_name=_("shown by"),
    )
    settled_on = models.DateField(_("settled on"), null=True, blank=True, editable=False)
    settler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("settled by"),
    )
    settling_note = models.CharField(_("why"), max_length=300, blank=True, editable=False)

    objects = CommitmentManager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ("due_latest", "pk")
        indexes = [
            models.Index(
                fields=["relationship", "due_latest"], condition=Q(state=CommitmentState.OPEN), name="commitment_due"
            )
        ]
        constraints = [
            not_blank("text", name="commitment_text_not_blank"),
            models.CheckConstraint(
                condition=Q(due_earliest__isnull=True, due_latest__isnull=True)
                | Q(due_earliest__isnull=False, due_latest__isnull=False, due_earliest__lte=F("due_latest")),
                name="commitment_span_in_order",
                violation_error_message=_("The last day cannot come before the first."),
            ),
            models.CheckConstraint(
                condition=Q(state=CommitmentState.OPEN, settled_by=None, settled_on=None, settler=None)
                | Q(
                    state__in=[CommitmentState.KEPT, CommitmentState.BROKEN],
                    settled_by__isnull=False,
                    settled_on__isnull=False,
                    settler__isnull=False,
                )
                | Q(state=CommitmentState.LAPSED, settled_on__isnull=False, settler__isnull=False),
                name="commitment_settled_by_statement",
                violation_error_message=_("Kept or broken is shown by a published statement. Choose it."),
            ),
        ]
        triggers = [
            immutable("ref", "relationship_id", "author_id", "created_at", "statement_id", "issue_id"),
            same_desk(
                issue_id="relations_issue",
                statement_id="relations_statement",
                settled_by_id="relations_statement",
            ),
            before_write(
                "said_in_published",
                _published_on_issue("statement_id", "A commitment is taken from a published statement on this issue."),
                _published_on_issue(
                    "settled_by_id", "What became of it is shown by a published statement on this issue."
                ),
                refuse_when(
                    f"NEW.settled_on > {DESK_TODAY}",
                    "This day lies in the future.",
                    rule="commitment_settled_not_in_future",
                    field="settled_on",
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:79]}…"

    def get_absolute_url(self) -> str:
        """Return the commitment's address."""
        return address("commitment", self.relationship.slug, self.ref)

    def rewind(self, at: Moment) -> None:
        """Forget how it was settled after `at`, and what became of its statements."""
        self.as_of = at
        shown_later = self.settled_by is not None and not at.has_come(self.settled_by.published_at)
        settled_later = bool(self.settled_on and at.last_day and self.settled_on > at.last_day)
        if shown_later or settled_later:
            self.state = CommitmentState.OPEN
            self.settled_by = self.settled_on = self.settler = None
            self.settling_note = ""
        for statement in (self.statement, self.settled_by):
            if statement is not None:
                statement.rewind(at)

    @property
    def is_open(self) -> bool:
        """Whether nothing is known to have come of it yet."""
        return self.state == CommitmentState.OPEN

    @property
    def is_shaken(self) -> bool:
        """Whether a statement that it rests on was corrected or withdrawn since."""
        cited = [self.statement, self.settled_by] if self.settled_by else [self.statement]
        return any(statement.superseded_at or statement.withdrawn_at for statement in cited)

    def is_overdue(self) -> bool:
        """Say whether it is open and its last day has passed at its desk."""
        today = self.as_of.day(self.relationship.today())
        return self.is_open and self.due_latest is not None and self.due_latest < today

    @property
    def due(self) -> str:
        """The day or span it falls due, as people read it; empty where none was given."""
        return span_words(self.due_earliest, self.due_latest, self.due_precision)
