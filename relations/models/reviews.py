"""Reviewed content: what is drafted, read by a second person, published, corrected and withdrawn (R1-R4).

`Reviewed` is what statements and status changes share. Freezing hangs on the approved `Review` row, not on a state
column, so that a fixture may load a published parent before its children.
"""

import datetime
import zoneinfo
from typing import TYPE_CHECKING, Any, Self, cast

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from relations.choices import Decision, ReviewState
from relations.models.base import Authored, DeskModel, DeskQuerySet, NaturalKeyManager, RefField
from relations.models.history import Rule, tracked
from relations.models.rules import (
    DESK_TODAY,
    after_write,
    at_commit,
    before_delete,
    before_update,
    before_write,
    immutable,
    refuse,
    refuse_when,
    same_desk,
)

# What may still be set, once each, after publication (R4).
_WORKFLOW = ("published_at", "superseded_at", "withdrawn_at", "withdrawn_by_id", "withdrawal_reason")
_BOOKKEEPING = ("revision", "edited_by_id", "edited_at")
_CONTEXT_USER = (
    "(SELECT id FROM relations_user WHERE id = "
    "(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'user')::bigint)"
)


def _without(row: str, *columns: str) -> str:
    return f"(to_jsonb({row}) - ARRAY[{', '.join(repr(column) for column in columns)}])"


def _changed(*ignored: str) -> str:
    return f"{_without('NEW', *ignored)} IS DISTINCT FROM {_without('OLD', *ignored)}"


def approved(column: str, subject: str) -> str:
    """Return the SQL condition that an approved review of `subject` exists."""
    return f"EXISTS (SELECT 1 FROM relations_review WHERE {column} = {subject} AND decision = 'approved')"


_FROZEN = "What was published is not changed. Correct it instead: a correction is a new version that is reviewed."
_SET_ONCE = " OR ".join(
    f"(OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column})" for column in _WORKFLOW[:4]
)


def reviewed_rules(table: str, column: str) -> list[pgtrigger.Trigger]:
    """Return the rules of a reviewed table, whose rows reviews name in their `column` (R3, R4)."""
    return [
        immutable("ref", "relationship_id", "author_id", "created_at", "supersedes_id"),
        before_update(
            "frozen",
            f"IF {approved(column, 'OLD.id')} THEN",
            refuse_when(_changed(*_WORKFLOW), _FROZEN, rule="frozen"),
            refuse_when(
                f"{_SET_ONCE} OR (OLD.withdrawal_reason <> '' AND NEW.withdrawal_reason <> OLD.withdrawal_reason)",
                "This was set before and is not set again.",
                rule="set_once",
            ),
            "ELSE",
            refuse_when(
                f"NEW.revision <= OLD.revision AND {_changed(*_WORKFLOW, *_BOOKKEEPING)}",
                "Someone saved this before you. Compare both versions and save again.",
                rule="revision_moves",
            ),
            "END IF;",
        ),
        before_delete(
            "kept_once_submitted",
            refuse_when(
                f"EXISTS (SELECT 1 FROM relations_review WHERE {column} = OLD.id)",
                "What was submitted once is kept. Only a draft that was never submitted can be thrown away.",
                rule="kept_once_submitted",
            ),
        ),
        at_commit(
            "published_by_review",
            refuse_when(
                f"(SELECT published_at FROM {table} WHERE id = NEW.id) IS DISTINCT FROM "
                f"(SELECT decided_at FROM relations_review WHERE {column} = NEW.id AND decision = 'approved') "
                f"AND EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)",
                "Only an approved review publishes, at the moment of its decision.",
                rule="published_by_review",
                field="published_at",
            ),
            refuse_when(
                f"(SELECT superseded_at FROM {table} WHERE id = NEW.id) IS DISTINCT FROM "
                f"(SELECT published_at FROM {table} WHERE supersedes_id = NEW.id AND published_at IS NOT NULL) "
                f"AND EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)",
                "Only a published correction supersedes, at the moment of its publication.",
                rule="superseded_by_correction",
                field="superseded_at",
            ),
        ),
        after_write(
            "keep_contributors",
            f"IF TG_OP = 'UPDATE' THEN IF NOT ({_changed(*_WORKFLOW, *_BOOKKEEPING)}) THEN RETURN NULL; END IF; END IF;",
            f"INSERT INTO relations_contribution (relationship_id, {column}, user_id) "
            f"SELECT NEW.relationship_id, NEW.id, who FROM "
            f"(SELECT NEW.author_id UNION SELECT NEW.edited_by_id UNION SELECT {_CONTEXT_USER}) AS contributors(who) "
            "WHERE who IS NOT NULL ON CONFLICT DO NOTHING;",
        ),
    ]


def child_rules(table: str, column: str) -> list[pgtrigger.Trigger]:
    """Return the rules of a reviewed row's children: frozen with it, and part of its revision (R3, R4)."""
    row = "CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END"
    unchanged = "IF TG_OP = 'UPDATE' THEN IF OLD.* IS NOT DISTINCT FROM NEW.* THEN RETURN NEW; END IF; END IF;"
    every_write = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    return [
        Rule(
            name="frozen",
            when=pgtrigger.Before,
            operation=every_write,
            func=" ".join(
                [
                    unchanged,
                    f"IF TG_OP <> 'INSERT' THEN {refuse_when(approved(column, f'OLD.{column}'), _FROZEN, rule='frozen')} END IF;",
                    f"IF TG_OP <> 'DELETE' THEN {refuse_when(approved(column, f'NEW.{column}'), _FROZEN, rule='frozen')} END IF;",
                    "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
                ]
            ),
        ),
        Rule(
            name="part_of_revision",
            when=pgtrigger.After,
            operation=every_write,
            declare=[("parent", "bigint"), ("desk", "bigint")],
            func=" ".join(
                [
                    "IF TG_OP = 'UPDATE' THEN IF OLD.* IS NOT DISTINCT FROM NEW.* THEN RETURN NULL; END IF; END IF;",
                    f"parent := ({row}).{column}; desk := ({row}).relationship_id;",
                    f"UPDATE {table} SET revision = revision + 1 WHERE id = parent AND EXISTS "
                    f"(SELECT 1 FROM relations_review WHERE {column} = parent);",
                    f"INSERT INTO relations_contribution (relationship_id, {column}, user_id) "
                    f"SELECT desk, parent, who FROM (SELECT {_CONTEXT_USER}) AS contributors(who) "
                    f"WHERE who IS NOT NULL AND EXISTS (SELECT 1 FROM {table} WHERE id = parent) "
                    # A draft that is thrown away takes its children along; that makes nobody a contributor.
                    f"AND (TG_OP <> 'DELETE' OR EXISTS (SELECT 1 FROM relations_review WHERE {column} = parent)) "
                    "ON CONFLICT DO NOTHING;",
                    "RETURN NULL;",
                ]
            ),
        ),
    ]


class ReviewedQuerySet(DeskQuerySet):
    """Statements and status changes, by where they stand."""

    def published_condition(self) -> Q:
        """Return the condition that readers see a row: it was published (superseded and withdrawn rows stay readable)."""
        return Q(published_at__isnull=False)

    def published(self) -> Self:
        """Return what was ever published, superseded and withdrawn rows included."""
        return self.filter(published_at__isnull=False)

    def standing(self) -> Self:
        """Return what stands published now."""
        return self.filter(published_at__isnull=False, superseded_at__isnull=True, withdrawn_at__isnull=True)

    def known_by(self, known: datetime.date, time_zone: str) -> Self:
        """Return what stood published at the end of the day `known` in `time_zone` (R9)."""
        end = datetime.datetime.combine(
            known + datetime.timedelta(days=1), datetime.time.min, zoneinfo.ZoneInfo(time_zone)
        )
        return self.filter(
            Q(superseded_at__isnull=True) | Q(superseded_at__gte=end),
            Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=end),
            published_at__lt=end,
        )

    def with_review_state(self) -> Self:
        """Add `review_state`: one of `ReviewState`, from the row's moments and its reviews."""
        column = cast("type[Reviewed]", self.model).review_column
        reviews = Review.objects.filter(**{column: OuterRef("pk")})
        return self.annotate(
            review_state=Case(
                When(withdrawn_at__isnull=False, then=Value(ReviewState.WITHDRAWN)),
                When(superseded_at__isnull=False, then=Value(ReviewState.SUPERSEDED)),
                When(published_at__isnull=False, then=Value(ReviewState.PUBLISHED)),
                When(Exists(reviews.filter(decision="")), then=Value(ReviewState.IN_REVIEW)),
                When(Exists(reviews), then=Value(ReviewState.RETURNED)),
                default=Value(ReviewState.DRAFT),
                output_field=models.CharField(),
            )
        )


class Reviewed(DeskModel, Authored):
    """Content that a second person reads before it is published."""

    review_column = ""  # how a Review names this kind

    if TYPE_CHECKING:
        supersedes_id: int | None

    ref = RefField()
    supersedes = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="corrections",
        verbose_name=_("corrects"),
    )
    correction_note = models.TextField(_("what was wrong"), blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    superseded_at = models.DateTimeField(_("corrected"), null=True, blank=True, editable=False)
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

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=Q(published_at__isnull=False),
                name="%(class)s_one_published_successor",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawal_reason="")
                | (
                    Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, published_at__isnull=False)
                    & Q(withdrawal_reason__regex=r"\S")
                ),
                name="%(class)s_withdrawn_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(published_at__isnull=False),
                name="%(class)s_superseded_once_published",
            ),
        ]

    def state(self) -> ReviewState:
        """Return where this row stands; asks the database for its reviews unless `with_review_state` did."""
        annotated = getattr(self, "review_state", None)
        if annotated is not None:
            return ReviewState(annotated)
        if self.withdrawn_at:
            return ReviewState.WITHDRAWN
        if self.superseded_at:
            return ReviewState.SUPERSEDED
        if self.published_at:
            return ReviewState.PUBLISHED
        decisions = list(self.reviews.values_list("decision", flat=True))  # type: ignore[attr-defined]
        if "" in decisions:
            return ReviewState.IN_REVIEW
        return ReviewState.RETURNED if decisions else ReviewState.DRAFT

    @property
    def is_standing(self) -> bool:
        """Whether it stands published: neither corrected nor withdrawn."""
        return bool(self.published_at and not self.superseded_at and not self.withdrawn_at)


class SubjectModel(DeskModel):
    """A row about one statement or one status change."""

    statement = models.ForeignKey(
        "relations.Statement", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("statement")
    )
    status_change = models.ForeignKey(
        "relations.StatusChange",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("status change"),
    )

    class Meta:
        abstract = True
        default_related_name = "%(class)ss"

    @property
    def subject(self) -> Any:
        """The statement or status change that this is about."""
        return self.statement if self.statement_id else self.status_change


class ReviewQuerySet(DeskQuerySet):
    """Reviews; readers see none of them."""

    def published_condition(self) -> Q:
        """Return a condition that no row meets: reviews are the desk's own."""
        return Q(pk__in=[])

    def open(self) -> Self:
        """Return the reviews that wait for a decision, the longest waiting first."""
        return self.filter(decision="").order_by("submitted_at", "pk")

    def open_for(self, user: Any) -> Self:
        """Return the open reviews that `user` may decide on as far as R3 goes: no contribution of hers in them."""
        contributed = Contribution.objects.filter(
            Q(statement=OuterRef("statement")) | Q(status_change=OuterRef("status_change")), user=user
        )
        resubmitted = Review.objects.filter(
            Q(statement=OuterRef("statement")) | Q(status_change=OuterRef("status_change")), submitted_by=user
        )
        return self.open().filter(~Exists(contributed), ~Exists(resubmitted))


class ReviewManager(NaturalKeyManager.from_queryset(ReviewQuerySet)):  # type: ignore[misc]
    """Reviews of one desk each."""


_ONE_SUBJECT = Q(statement__isnull=False, status_change__isnull=True) | Q(
    statement__isnull=True, status_change__isnull=False
)

_REVISION = (
    "coalesce((SELECT revision FROM relations_statement WHERE id = NEW.statement_id), "
    "(SELECT revision FROM relations_statuschange WHERE id = NEW.status_change_id))"
)
_WROTE_IT = (
    "EXISTS (SELECT 1 FROM relations_contribution WHERE user_id = NEW.decided_by_id "
    "AND (statement_id = NEW.statement_id OR status_change_id = NEW.status_change_id)) "
    "OR NEW.decided_by_id = NEW.submitted_by_id "
    "OR EXISTS (SELECT 1 FROM relations_review WHERE submitted_by_id = NEW.decided_by_id "
    "AND (statement_id = NEW.statement_id OR status_change_id = NEW.status_change_id))"
)
# Evidence may have been corrected or withdrawn since; what counts is how it stood at the decision.
_EVIDENCE_AT_DECISION = (
    "FROM relations_evidence e JOIN relations_statement s ON s.id = e.statement_id "
    "JOIN relations_statuschange c ON c.id = e.status_change_id "
    "WHERE e.status_change_id = NEW.status_change_id AND s.published_at <= NEW.decided_at "
    "AND (s.withdrawn_at IS NULL OR s.withdrawn_at > NEW.decided_at) "
    "AND (s.superseded_at IS NULL OR s.superseded_at > NEW.decided_at) "
    "AND EXISTS (SELECT 1 FROM relations_bearing b WHERE b.statement_id = s.id AND b.issue_id = c.issue_id)"
)


@tracked()
class Review(SubjectModel):
    """One reading of one revision of a statement or status change."""

    natural_key_fields = ("ref",)

    ref = RefField()
    revision = models.PositiveIntegerField(_("revision"), default=1)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("submitted by")
    )
    submitted_at = models.DateTimeField(_("submitted"))
    decision = models.CharField(_("decision"), max_length=8, choices=Decision, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True)

    objects = ReviewManager()

    class Meta(SubjectModel.Meta):
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ("-submitted_at", "-pk")
        indexes = [
            models.Index(fields=["relationship", "submitted_at"], condition=Q(decision=""), name="review_open"),
        ]
        constraints = [
            models.CheckConstraint(condition=_ONE_SUBJECT, name="review_one_subject"),
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | Q(decision__in=Decision.values, decided_by__isnull=False, decided_at__isnull=False),
                name="review_decided_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.RETURNED) | Q(comment__regex=r"\S"),
                name="review_returned_with_comment",
                violation_error_message=_("Say what should be changed."),
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.APPROVED) | ~Q(decided_by=models.F("submitted_by")),
                name="review_by_second_person",
                violation_error_message=_("You submitted this, so someone else has to approve it."),
            ),
            *(
                models.UniqueConstraint(fields=[subject], condition=Q(decision=decision), name=f"{name}_{subject}")
                for subject in ("statement", "status_change")
                for decision, name in (("", "review_one_open"), (Decision.APPROVED, "review_one_approved"))
            ),
        ]
        triggers = [
            same_desk(statement_id="relations_statement", status_change_id="relations_statuschange"),
            immutable(
                "ref",
                "relationship_id",
                "statement_id",
                "status_change_id",
                "submitted_by_id",
                "submitted_at",
            ),
            before_update(
                "decided_once",
                refuse_when("OLD.decision <> ''", "This review was decided already.", rule="decided_once"),
            ),
            before_delete("kept", refuse("Reviews are kept.", rule="review_kept")),
            before_write(
                "submittable",
                "IF NEW.statement_id IS NOT NULL AND NEW.decision <> 'returned' THEN "
                "PERFORM relations_check_statement(NEW.statement_id); END IF;",
            ),
            before_write(
                "approvable",
                "IF NEW.decision <> 'approved' THEN RETURN NEW; END IF;",
                refuse_when(
                    _WROTE_IT,
                    "You wrote, edited or submitted this, so someone else has to approve it.",
                    rule="second_person",
                ),
                refuse_when(
                    f"NEW.revision <> {_REVISION}",
                    "The text moved since it was opened. Read what changed, then decide.",
                    rule="review_revision",
                ),
                refuse_when(
                    "NEW.status_change_id IS NOT NULL AND NOT EXISTS (SELECT 1 " + _EVIDENCE_AT_DECISION + ")",
                    "A status change needs at least one published statement on this issue as its evidence.",
                    rule="evidence_published",
                    field="evidence",
                ),
                refuse_when(
                    "NEW.status_change_id IS NOT NULL AND NOT EXISTS (SELECT 1 "
                    + _EVIDENCE_AT_DECISION
                    + " AND s.kind <> 'reported')",
                    "The source’s own report cannot be the only evidence. Cite what a side said.",
                    rule="evidence_not_only_reported",
                    field="evidence",
                ),
                refuse_when(
                    "NEW.status_change_id IS NOT NULL AND "
                    f"(SELECT effective FROM relations_statuschange WHERE id = NEW.status_change_id) > {DESK_TODAY}",
                    "A status change cannot be dated in the future.",
                    rule="effective_not_in_future",
                    field="effective",
                ),
                *(
                    refuse_when(
                        f"EXISTS (SELECT 1 FROM {table} n JOIN {table} o ON o.id = n.supersedes_id WHERE n.id = NEW.{column} "
                        "AND (o.published_at IS NULL OR o.withdrawn_at < NEW.decided_at OR o.superseded_at < NEW.decided_at))",
                        "What this corrects no longer stands: it was withdrawn, or another correction came first.",
                        rule="corrects_what_stands",
                    )
                    for table, column in (
                        ("relations_statement", "statement_id"),
                        ("relations_statuschange", "status_change_id"),
                    )
                ),
            ),
            at_commit(
                "publishes",
                "IF NEW.decision <> 'approved' THEN RETURN NULL; END IF;",
                refuse_when(
                    "NEW.decided_at IS DISTINCT FROM coalesce("
                    "(SELECT published_at FROM relations_statement WHERE id = NEW.statement_id), "
                    "(SELECT published_at FROM relations_statuschange WHERE id = NEW.status_change_id))",
                    "An approved review publishes, at the moment of its decision.",
                    rule="review_publishes",
                ),
            ),
        ]

    def __str__(self) -> str:
        return _("Review of “%(subject)s”") % {"subject": self.subject}


class ContributionManager(NaturalKeyManager.from_queryset(DeskQuerySet)):  # type: ignore[misc]
    """Contributions; a statement's or a status change's."""

    def get_by_natural_key(self, statement: str | None, status_change: str | None, username: str) -> "Contribution":
        """Return the contribution of this user to the statement or status change of this ref."""
        return self.get(statement__ref=statement, status_change__ref=status_change, user__username=username)


@tracked()
class Contribution(SubjectModel):
    """Who wrote or edited any revision of a statement or status change: she cannot publish it (R3). Kept by triggers."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    statement = models.ForeignKey("relations.Statement", on_delete=models.CASCADE, null=True, blank=True)
    status_change = models.ForeignKey("relations.StatusChange", on_delete=models.CASCADE, null=True, blank=True)

    objects = ContributionManager()

    class Meta(SubjectModel.Meta):
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        constraints = [
            models.CheckConstraint(condition=_ONE_SUBJECT, name="contribution_one_subject"),
            models.UniqueConstraint(fields=["statement", "user"], name="contribution_statement_once"),
            models.UniqueConstraint(fields=["status_change", "user"], name="contribution_status_change_once"),
        ]
        triggers = [
            same_desk(statement_id="relations_statement", status_change_id="relations_statuschange"),
            before_update("kept_as_it_is", refuse("Who contributed is not changed.", rule="contribution_kept")),
            before_delete(
                "kept",
                refuse_when(
                    "EXISTS (SELECT 1 FROM relations_review WHERE statement_id = OLD.statement_id "
                    "OR status_change_id = OLD.status_change_id)",
                    "Who contributed to what was submitted is kept.",
                    rule="contribution_kept",
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.subject}"

    def natural_key(self) -> tuple[Any, ...]:
        """Return the subject's ref, of whichever kind, and the user's name."""
        return (
            self.statement.ref if self.statement else None,
            self.status_change.ref if self.status_change else None,
            self.user.username,
        )
