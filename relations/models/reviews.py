"""Reviews, each a reading of one revision, and who had a hand in what is reviewed (R1-R4)."""

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from relations.choices import Decision
from relations.models.base import SEEN, DeskModel, DeskQuerySet, NaturalKeyManager, RefField
from relations.models.hands import no_hand_of
from relations.models.history import tracked
from relations.models.moments import NOW, AnyMoment, Moment
from relations.models.rules import (
    DESK_TODAY,
    at_commit,
    before_delete,
    before_update,
    before_write,
    immutable,
    refuse,
    refuse_when,
    same_desk,
)


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

    def published_condition(self, at: Moment = NOW) -> Q:
        """Return a condition that no row meets: reviews are the desk's own."""
        return Q(pk__in=[])

    def open(self, at: AnyMoment = NOW) -> Self:
        """Return the reviews that wait for a decision, as of `at`, the longest waiting first."""

        def waits(moment: Moment) -> Q:
            if moment.known is None:
                return Q(decision="")
            return moment.recorded(column="submitted_at") & moment.was_to_come("decided_at")

        return self.filter(at.each(waits)).rewound(at).order_by("submitted_at", "pk")

    def open_for(self, user: Any, at: AnyMoment = NOW) -> Self:
        """Return the reviews, open as of `at`, that `user` may decide on as far as R3 goes: no contribution of hers."""
        return self.open(at).filter(no_hand_of(user))

    def returned(self) -> Self:
        """Return the reviews that sent something back, the latest first."""
        return self.filter(decision=Decision.RETURNED).order_by("-decided_at", "-pk")


class ReviewManager(NaturalKeyManager.from_queryset(ReviewQuerySet)):
    """Reviews of one desk each."""


_ONE_SUBJECT = Q(statement__isnull=False, status_change__isnull=True) | Q(
    statement__isnull=True, status_change__isnull=False
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


def _approvable(table: str, subject: str, *rules: str) -> str:
    """Return the block that refuses an approval of a row of `table`; of another subject none of it is looked at."""
    return " ".join(
        [
            f"IF NEW.{subject} IS NOT NULL THEN",
            refuse_when(
                # Written so that only the subject can be looked up, never the person, who may have written thousands.
                "NEW.decided_by_id = NEW.submitted_by_id "
                f"OR NEW.decided_by_id IN (SELECT user_id FROM relations_contribution WHERE {subject} = NEW.{subject}) "
                f"OR NEW.decided_by_id IN (SELECT submitted_by_id FROM relations_review WHERE {subject} = NEW.{subject})",
                "You wrote, edited or submitted this, so someone else has to approve it.",
                rule="second_person",
            ),
            refuse_when(
                f"NEW.revision <> (SELECT revision FROM {table} WHERE id = NEW.{subject})",
                "The text moved since it was opened. Read what changed, then decide.",
                rule="review_revision",
            ),
            *rules,
            refuse_when(
                f"EXISTS (SELECT 1 FROM {table} n JOIN {table} o ON o.id = n.supersedes_id WHERE n.id = NEW.{subject} "
                "AND (o.published_at IS NULL OR o.withdrawn_at < NEW.decided_at OR o.superseded_at < NEW.decided_at))",
                "What this corrects no longer stands: it was withdrawn, or another correction came first.",
                rule="corrects_what_stands",
            ),
            "END IF;",
        ]
    )


@tracked(asked_by=("statement", "status_change"))
class Review(SubjectModel):
    """One reading of one revision of a statement or status change."""

    natural_key_fields = ("ref",)
    recorded_column = "submitted_at"
    as_of = NOW  # the moment that it is read as of, see `rewind`

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
            models.CheckConstraint(
                condition=_ONE_SUBJECT,
                name="review_one_subject",
                violation_error_message=_("A review reads one statement or one status change. Name one of them."),
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | Q(decision__in=Decision.values, decided_by__isnull=False, decided_at__isnull=False),
                name="review_decided_by_whom_and_when",
                violation_error_message=_("A decision has who decided and when. Give all three, or none of them."),
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(decided_at__gte=models.F("submitted_at")),
                name="review_decided_after_submitted",
                violation_error_message=_("A review cannot be decided before it was submitted."),
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.RETURNED) | Q(comment__regex=SEEN),
                name="review_returned_with_comment",
                violation_error_message=_("Say what should be changed."),
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.APPROVED) | ~Q(decided_by=models.F("submitted_by")),
                name="review_by_second_person",
                violation_error_message=_("You submitted this, so someone else has to approve it."),
            ),
            *(
                models.UniqueConstraint(
                    fields=[subject],
                    condition=Q(decision=decision),
                    name=f"{name}_{subject}",
                    violation_error_message=words,
                )
                for subject in ("statement", "status_change")
                for decision, name, words in (
                    ("", "review_one_open", _("This waits for review already. Decide on that review first.")),
                    (Decision.APPROVED, "review_one_approved", _("This is published already. Correct it instead.")),
                )
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
                    # The program's clock may be a little before the database's.
                    "NEW.decided_at > clock_timestamp() + interval '1 minute'",
                    "A review cannot be decided in the future.",
                    rule="review_decided_by_now",
                    field="decided_at",
                ),
                _approvable("relations_statement", "statement_id"),
                _approvable(
                    "relations_statuschange",
                    "status_change_id",
                    refuse_when(
                        f"NOT EXISTS (SELECT 1 {_EVIDENCE_AT_DECISION})",
                        "A status change needs at least one published statement on this issue as its evidence.",
                        rule="evidence_published",
                        field="evidence",
                    ),
                    refuse_when(
                        "EXISTS (SELECT 1 FROM relations_evidence e JOIN relations_statement s ON s.id = e.statement_id "
                        "JOIN relations_statuschange c ON c.id = e.status_change_id "
                        "WHERE e.status_change_id = NEW.status_change_id AND (s.published_at IS NULL "
                        "OR s.published_at > NEW.decided_at OR NOT EXISTS "
                        "(SELECT 1 FROM relations_bearing b WHERE b.statement_id = s.id AND b.issue_id = c.issue_id)))",
                        "Evidence is published statements on this issue. One of these is not.",
                        rule="evidence_on_issue",
                        field="evidence",
                    ),
                    refuse_when(
                        f"NOT EXISTS (SELECT 1 {_EVIDENCE_AT_DECISION} AND s.kind <> 'reported')",
                        "The source’s own report cannot be the only evidence. Cite what a side said.",
                        rule="evidence_not_only_reported",
                        field="evidence",
                    ),
                    refuse_when(
                        "(SELECT to_agreement FROM relations_statuschange WHERE id = NEW.status_change_id) <> 'not_judged' "
                        f"AND NOT EXISTS (SELECT 1 {_EVIDENCE_AT_DECISION} AND s.kind = 'joint') "
                        f"AND (SELECT count(DISTINCT s.on_behalf_of_id) {_EVIDENCE_AT_DECISION} AND s.on_behalf_of_id IN "
                        "(SELECT unnest(ARRAY[first_party_id, second_party_id]) FROM relations_relationship "
                        "WHERE id = NEW.relationship_id)) < 2",
                        "Whether the sides agree rests on words of both. Cite a statement of each, or leave it not judged.",
                        rule="evidence_of_both_sides",
                        field="evidence",
                    ),
                    refuse_when(
                        f"(SELECT effective FROM relations_statuschange WHERE id = NEW.status_change_id) > {DESK_TODAY}",
                        "A status change cannot be dated in the future.",
                        rule="effective_not_in_future",
                        field="effective",
                    ),
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

    def rewind(self, at: Moment) -> None:
        """Forget a decision that came after `at`."""
        self.as_of = at
        if not at.has_come(self.decided_at):
            self.decision = self.comment = ""
            self.decided_by = self.decided_at = None

    @property
    def words(self) -> str:
        """What it reads, in words; empty where they were written anew since the moment it is read as of."""
        return "" if self.as_of.known and not self.as_of.has_come(self.subject.edited_at) else str(self.subject)


class ContributionManager(NaturalKeyManager.from_queryset(DeskQuerySet)):
    """Contributions; a statement's or a status change's."""

    def get_by_natural_key(self, statement: str | None, status_change: str | None, username: str) -> "Contribution":
        """Return the contribution of this user to the statement or status change of this ref."""
        return self.get(statement__ref=statement, status_change__ref=status_change, user__username=username)


@tracked()
class Contribution(SubjectModel):
    """Who wrote or edited any revision of a statement or status change: she cannot publish it (R3). Kept by triggers."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # No index of their own: those of the two unique constraints begin with them.
    statement = models.ForeignKey(
        "relations.Statement", on_delete=models.CASCADE, null=True, blank=True, db_index=False
    )
    status_change = models.ForeignKey(
        "relations.StatusChange", on_delete=models.CASCADE, null=True, blank=True, db_index=False
    )

    objects = ContributionManager()

    class Meta(SubjectModel.Meta):
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        constraints = [
            models.CheckConstraint(
                condition=_ONE_SUBJECT,
                name="contribution_one_subject",
                violation_error_message=_("A contribution is to one statement or one status change. Name one of them."),
            ),
            models.UniqueConstraint(
                fields=["statement", "user"],
                name="contribution_statement_once",
                violation_error_message=_(
                    "This contribution to the statement is noted already. Name each author once."
                ),
            ),
            models.UniqueConstraint(
                fields=["status_change", "user"],
                name="contribution_status_change_once",
                violation_error_message=_(
                    "This contribution to the status change is noted already. Name each author once."
                ),
            ),
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
            # Before that too, or its author could be forgotten; it goes with a draft that is thrown away.
            at_commit(
                "kept_with_subject",
                refuse_when(
                    "EXISTS (SELECT 1 FROM relations_statement WHERE id = OLD.statement_id) "
                    "OR EXISTS (SELECT 1 FROM relations_statuschange WHERE id = OLD.status_change_id)",
                    "Who contributed is kept as long as what they contributed to.",
                    rule="contribution_kept",
                ),
                operation=pgtrigger.Delete,
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
