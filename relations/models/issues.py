"""Issues, the links between them, and the moves of their status, trend and agreement."""

import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from relations.choices import Agreement, Impact, IssueLinkKind, Scope, Status, Topic, Trend
from relations.models.addresses import address
from relations.models.base import Authored, DeskModel, DeskQuerySet, NaturalKeyManager, moment, not_blank, one_of
from relations.models.documents import DeskManager
from relations.models.history import tracked
from relations.models.moments import NOW, AnyMoment, Moment
from relations.models.reviewed import Reviewed, ReviewedQuerySet, child_rules, reviewed_rules
from relations.models.rules import immutable, same_desk


class IssueQuerySet(DeskQuerySet):
    """Issues and what stands on them."""

    def with_status(self, at: AnyMoment = NOW) -> Self:
        """Add `status`, the latest change's that stood."""
        return self.annotate(status=Coalesce(Subquery(_latest(at).values("to_status")[:1]), Value(Status.OPEN.value)))

    def with_standing(self, at: AnyMoment = NOW) -> Self:
        """Add `status`, `trend`, `agreement`, `status_since`, `status_change_ref`: the latest change's that stood (R2, R9)."""
        latest = _latest(at)
        return self.with_status(at).annotate(
            trend=Coalesce(Subquery(latest.values("to_trend")[:1]), Value(Trend.NOT_ASSESSED.value)),
            agreement=Coalesce(Subquery(latest.values("to_agreement")[:1]), Value(Agreement.NOT_JUDGED.value)),
            status_since=Subquery(latest.values("effective")[:1]),
            status_change_ref=Subquery(latest.values("ref")[:1]),
        )

    def known(self, at: Moment) -> Self:
        """Return the issues that were open at the desk as of `at` (R9)."""
        return self.filter(self.known_condition(at))

    def in_board_order(self) -> Self:
        """Return the issues as the board shows them: by impact, consultations last, then by name."""
        return self.annotate(**Issue.board_ranks()).order_by("scope_rank", "impact_rank", "title", "pk")


def _latest(at: AnyMoment) -> models.QuerySet:
    changes = StatusChange.objects.filter(issue=OuterRef("pk")).standing(at)
    return changes.order_by("-effective", "-published_at", "-pk")


class IssueManager(NaturalKeyManager.from_queryset(IssueQuerySet)):
    """Issues of one desk each."""


@tracked()
class Issue(DeskModel, Authored):
    """An open file between the two parties. Its status and trend are computed from its standing changes (R2)."""

    natural_key_fields = ("relationship__slug", "slug")
    recorded_column = "created_at"

    if TYPE_CHECKING:  # what queries add
        status: str
        trend: str
        agreement: str
        status_since: datetime.date | None
        status_change_ref: str | None

    title = models.CharField(_("title"), max_length=300)
    slug = models.SlugField(_("slug"), max_length=80)
    summary = models.TextField(_("summary"), blank=True)
    topic = models.CharField(_("topic"), max_length=24, choices=Topic, default=Topic.DIPLOMATIC)
    impact = models.CharField(_("impact"), max_length=12, choices=Impact, default=Impact.SIGNIFICANT)
    scope = models.CharField(
        _("scope"),
        max_length=12,
        choices=Scope,
        default=Scope.BILATERAL,
        help_text=_(
            "A consultation is about third parties: its status is that of the two parties’ dealings on it, not of the war."
        ),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_issues",
        verbose_name=_("owner"),
    )
    review_due = models.DateField(_("review due"), null=True, blank=True)

    objects = IssueManager()

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ("relationship", "title")
        constraints = [
            not_blank("title", name="issue_title_not_blank"),
            models.UniqueConstraint(
                fields=["relationship", "slug"],
                name="issue_slug_unique",
                violation_error_message=_("This desk already has an issue with this slug."),
            ),
            one_of("impact", Impact, name="issue_impact_known"),
            one_of("scope", Scope, name="issue_scope_known"),
            models.CheckConstraint(
                condition=~Q(slug="new"),
                name="issue_slug_not_reserved",
                violation_error_message=_("The desk’s own pages use this slug. Choose another."),
            ),
        ]
        triggers = [immutable("relationship_id", "author_id", "created_at")]

    def __str__(self) -> str:
        return self.title

    @staticmethod
    def board_ranks() -> dict[str, models.Case]:
        """Return what the board's order goes by, before the title."""
        impacts = (models.When(impact=impact, then=rank) for rank, impact in enumerate(Impact))
        bilateral = models.When(scope=Scope.BILATERAL, then=0)
        return {
            "impact_rank": models.Case(*impacts, default=len(Impact), output_field=models.IntegerField()),
            "scope_rank": models.Case(bilateral, default=1, output_field=models.IntegerField()),
        }

    def get_absolute_url(self) -> str:
        """Return the issue's address."""
        return address("issue", self.relationship.slug, self.slug)


@tracked(asked_by=("from_issue",))
class IssueLink(DeskModel):
    """How one issue hangs on another of the desk, as a source states it or the desk sees it."""

    natural_key_fields = ("from_issue__relationship__slug", "from_issue__slug", "kind", "to_issue__slug")
    recorded_column = "recorded_at"

    from_issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="links", verbose_name=_("issue"))
    kind = models.CharField(_("kind"), max_length=12, choices=IssueLinkKind)
    to_issue = models.ForeignKey(
        Issue, on_delete=models.PROTECT, related_name="links_here", verbose_name=_("other issue")
    )
    recorded_at = models.DateTimeField(_("recorded"), default=moment, editable=False)

    class Manager(DeskManager):
        """Links, named in fixtures by both issues and the kind."""

        def get_by_natural_key(self, *values: Any) -> "IssueLink":
            """Return the link of this kind between these issues of one desk."""
            desk, from_slug, kind, to_slug = values
            return self.get(relationship__slug=desk, from_issue__slug=from_slug, kind=kind, to_issue__slug=to_slug)

    objects = Manager()

    class Meta:
        verbose_name = _("link between issues")
        verbose_name_plural = _("links between issues")
        ordering = ("from_issue", "kind", "to_issue")
        constraints = [
            models.UniqueConstraint(
                fields=["from_issue", "kind", "to_issue"],
                name="issue_link_unique",
                violation_error_message=_("These issues are linked so already."),
            ),
            models.CheckConstraint(
                condition=~Q(from_issue=F("to_issue")),
                name="issue_link_two_issues",
                violation_error_message=_("An issue cannot be linked to itself."),
            ),
            one_of("kind", IssueLinkKind, name="issue_link_kind_known"),
        ]
        triggers = [
            immutable("relationship_id", "recorded_at"),
            same_desk(from_issue_id="relations_issue", to_issue_id="relations_issue"),
        ]

    def __str__(self) -> str:
        return f"{self.from_issue} {self.get_kind_display()} {self.to_issue}"


class StatusChangeQuerySet(ReviewedQuerySet):
    """Status changes and the soundness of their evidence."""

    def with_evidence_flag(self, at: AnyMoment = NOW) -> Self:
        """Add `evidence_flagged`: whether a statement it cites was withdrawn or corrected since, as of `at` (R2)."""
        shaken = Evidence.objects.filter(status_change=OuterRef("pk")).shaken(at)
        return self.annotate(evidence_flagged=models.Exists(shaken))


class StatusChangeManager(NaturalKeyManager.from_queryset(StatusChangeQuerySet)):
    """Status changes of one desk each."""


@tracked()
class StatusChange(Reviewed):
    """One dated move of an issue's status or trend, or of whether the sides agree, with the statements as evidence.

    Status, trend and agreement are one assessment: each change tells all three, since one day and for one reason.
    """

    review_column = "status_change"
    last_day = "effective"
    parts = {"evidence": _("evidence")}

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="status_changes", verbose_name=_("issue"))
    to_status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    to_trend = models.CharField(_("trend"), max_length=14, choices=Trend, default=Trend.NOT_ASSESSED)
    to_agreement = models.CharField(
        _("do the sides agree?"),
        max_length=10,
        choices=Agreement,
        default=Agreement.NOT_JUDGED,
        help_text=_("The desk’s judgement. It takes words of both sides as evidence, or a text agreed by both."),
    )
    effective = models.DateField(_("since"))
    rationale = models.TextField(
        _("why"),
        help_text=_("For stalled and dormant: cite the last word before the silence, and say so here."),
    )
    statements = models.ManyToManyField(
        "relations.Statement", through="relations.Evidence", related_name="moves", verbose_name=_("evidence")
    )

    objects = StatusChangeManager()

    class Meta(Reviewed.Meta):
        verbose_name = _("status change")
        verbose_name_plural = _("status changes")
        ordering = ("-effective", "-published_at", "-pk")
        indexes = [
            models.Index(
                fields=["issue", "-effective", "-published_at"],
                condition=Q(published_at__isnull=False, superseded_at__isnull=True, withdrawn_at__isnull=True),
                name="status_change_standing",
            )
        ]
        constraints = [
            *Reviewed.Meta.constraints,
            not_blank("rationale", name="status_change_rationale_not_blank"),
            one_of("to_status", Status, name="status_change_status_known"),
            one_of("to_trend", Trend, name="status_change_trend_known"),
            one_of("to_agreement", Agreement, name="status_change_agreement_known"),
        ]
        triggers = [
            *reviewed_rules("relations_statuschange", "status_change_id"),
            same_desk(issue_id="relations_issue", supersedes_id="relations_statuschange"),
        ]

    def __str__(self) -> str:
        return f"{self.issue}: {self.assessment}"

    def get_absolute_url(self) -> str:
        """Return the status change's address."""
        return address("status_change", self.relationship.slug, self.ref)

    @property
    def assessment(self) -> str:
        """Status and trend as people read them, and whether the sides agree where that is judged."""
        told = [self.get_to_status_display(), self.get_to_trend_display()]
        if self.to_agreement != Agreement.NOT_JUDGED:
            told.append(self.get_to_agreement_display())
        return ", ".join(map(str, told))

    def previous(self, at: Moment = NOW) -> "StatusChange | None":
        """Return the standing change before this one, as of `at`: its `from`. None where the issue was not assessed."""
        earlier = StatusChange.objects.filter(issue=self.issue_id).standing(at).exclude(pk=self.pk)
        before = Q(effective__lt=self.effective)
        if self.published_at:
            before |= Q(effective=self.effective, published_at__lt=self.published_at)
        else:
            before |= Q(effective=self.effective)
        return earlier.filter(before).order_by("-effective", "-published_at", "-pk").first()


class EvidenceQuerySet(DeskQuerySet):
    """Evidence; readers see that of published changes."""

    def published_condition(self, at: Moment = NOW) -> Q:
        """Return the condition that the status change was published."""
        return at.came("published_at", "status_change__")

    def known_condition(self, at: Moment) -> Q:
        """Return the condition that the status change was known."""
        return at.was_published("effective", "status_change__")

    def shaken(self, at: AnyMoment = NOW) -> Self:
        """Return what no longer stands, as of `at`: its statement was withdrawn or corrected (R2)."""

        def fell(moment: Moment) -> Q:
            return moment.came("withdrawn_at", "statement__") | moment.came("superseded_at", "statement__")

        return self.filter(at.each(fell))


class EvidenceManager(NaturalKeyManager.from_queryset(EvidenceQuerySet)):
    """Evidence of one desk each."""


@tracked(asked_by=("status_change",))
class Evidence(DeskModel):
    """A published statement that a status change cites."""

    natural_key_fields = ("status_change__ref", "statement__ref")

    status_change = models.ForeignKey(StatusChange, on_delete=models.CASCADE, related_name="evidence")
    statement = models.ForeignKey(
        "relations.Statement",
        on_delete=models.PROTECT,
        related_name="evidence_for",
        verbose_name=_("statement"),
    )

    objects = EvidenceManager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ("status_change", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["status_change", "statement"],
                name="evidence_once",
                violation_error_message=_("This statement is cited already. Cite each statement once."),
            )
        ]
        triggers = [
            same_desk(status_change_id="relations_statuschange", statement_id="relations_statement"),
            *child_rules("relations_statuschange", "status_change_id"),
        ]

    def __str__(self) -> str:
        return f"{self.status_change} ← {self.statement}"
