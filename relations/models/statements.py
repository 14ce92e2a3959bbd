"""Statements: what was said, by whom, on whose behalf, when and in which document."""

from collections.abc import Iterable
from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from relations.choices import Basis, Credibility, Marking, PassageState, Precision, Side, SourceState, StatementKind
from relations.models.addresses import address
from relations.models.base import FirstThatHolds, NaturalKeyManager, WebURLField, clean_span, has_any, span_words
from relations.models.desks import Party, Relationship
from relations.models.documents import Document, Publisher
from relations.models.history import tracked
from relations.models.meetings import Meeting
from relations.models.moments import NOW, AnyMoment
from relations.models.people import Mandate, Organisation, Person, Post
from relations.models.reviewed import Reviewed, ReviewedQuerySet, reviewed_rules
from relations.models.statement_rules import STATEMENT_CONSTRAINTS, STATEMENT_TRIGGERS


class StatementQuerySet(ReviewedQuerySet):
    """Statements."""

    def with_people(self) -> Self:
        """Fetch along what a line about a statement names."""
        return self.with_speakers().select_related("relationship__first_party", "relationship__second_party")

    def with_speakers(self) -> Self:
        """Fetch along the same but for the desk, where all are of one that is known."""
        return self.select_related(
            "speaker_person",
            "speaker_organisation",
            "relayer_person",
            "relayer_organisation",
            "mandate__post",
            "relayer_mandate__post",
            "on_behalf_of",
            "document__publisher",
        )

    def with_passage_flag(self, at: AnyMoment = NOW) -> Self:
        """Add `passage_flag`: whether a later copy moved or lost a passage and nobody has settled it, as of `at`."""
        # Passage by passage: joined, PostgreSQL goes through all copies of a small desk for each row.
        checks = apps.get_model("relations", "PassageCheck")._default_manager.unsettled(at)
        passages = apps.get_model("relations", "Passage")._default_manager.filter(
            has_any(checks.filter(passage=OuterRef("pk"))), statement=OuterRef("pk")
        )
        return self.annotate(passage_flag=has_any(passages))

    def in_source_states(self, states: Iterable[str], relationship: Relationship, at: AnyMoment = NOW) -> Self:
        """Return the statements of this desk whose words stand so in their source."""
        return self.filter(self.source_states(relationship, at).is_one_of(states))

    def source_states(self, relationship: Relationship, at: AnyMoment = NOW) -> FirstThatHolds:
        """Return what tells whether the words of a statement of this desk stand in its source, as of `at`."""
        # Asked once for the desk, not for each row: few passages move or are lost.
        checks = apps.get_model("relations", "PassageCheck")._default_manager.at(relationship).newest(at)
        passages = apps.get_model("relations", "Passage")._default_manager.filter(statement=OuterRef("pk"))

        def found(state: PassageState) -> Q:
            return Q(pk__in=checks.filter(state=state).order_by().values("passage__statement"))

        return FirstThatHolds(
            {
                SourceState.LOST: found(PassageState.LOST),
                SourceState.MOVED: found(PassageState.MOVED),
                SourceState.CITED: ~Q(cited_place="") & ~has_any(passages),
                SourceState.NONE: Q(published_at__isnull=True) & ~has_any(passages),
            },
            SourceState.FOUND,
        )

    def newest_first(self) -> Self:
        """Return the statements by the day they were said, newest first."""
        return self.order_by("-latest", "-pk")


class StatementManager(NaturalKeyManager.from_queryset(StatementQuerySet)):
    """Statements of one desk each."""


@tracked()
class Statement(Reviewed):
    """What was said: by whom, in which office, on whose behalf, when, in which document and at which passage."""

    review_column = "statement"
    parts = {"passages": _("where it stands in the source"), "bearings": _("on which issue, what they did")}

    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="statements", verbose_name=_("document")
    )
    text = models.TextField(
        _("words"),
        help_text=_("The desk’s sentence. What stands in quotation marks must stand in a passage."),
    )
    original_text = models.TextField(
        _("original words"), blank=True, help_text=_("Where the words above are a translation.")
    )
    original_language = models.CharField(_("original language"), max_length=12, blank=True)
    translated_by = models.CharField(_("translated by"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=StatementKind, default=StatementKind.PARAPHRASE)
    basis = models.CharField(
        _("may we name them?"),
        max_length=16,
        choices=Basis,
        default=Basis.ON_THE_RECORD,
        help_text=_("On the record; background; deep background."),
    )
    speaker_person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="statements",
        verbose_name=_("who said it"),
    )
    speaker_organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="statements",
        verbose_name=_("or which body said it"),
    )
    speaker_descriptor = models.CharField(
        _("or how the source describes them"),
        max_length=160,
        blank=True,
        help_text=_("Where they asked not to be named: Turkish diplomatic sources."),
    )
    mandate = models.ForeignKey(
        Mandate,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="statements",
        verbose_name=_("in which office"),
    )
    relayer_person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="relayed_statements",
        verbose_name=_("passed on by"),
    )
    relayer_organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="relayed_statements",
        verbose_name=_("or passed on by which body"),
    )
    relayer_descriptor = models.CharField(_("or passed on by, as described"), max_length=160, blank=True)
    relayer_mandate = models.ForeignKey(
        Mandate,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="relayed_statements",
        verbose_name=_("passed on in which office"),
    )
    on_behalf_of = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="statements",
        verbose_name=_("speaking for"),
    )
    earliest = models.DateField(_("said on"))
    latest = models.DateField(_("until"))
    precision = models.CharField(_("precise to the"), max_length=5, choices=Precision, default=Precision.DAY)
    told_on = models.DateField(_("passed on on"), null=True, blank=True)
    meeting = models.ForeignKey(
        Meeting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="statements",
        verbose_name=_("meeting"),
    )
    cited_place = models.CharField(
        _("place in the source"),
        max_length=120,
        blank=True,
        help_text=_("Where our copy is an excerpt that does not hold it: para 7."),
    )
    first_said_in = models.CharField(_("first said in"), max_length=200, blank=True)
    first_said_url = WebURLField(verbose_name=_("first said at"))
    credibility = models.PositiveSmallIntegerField(
        _("sure it was said?"),
        choices=Credibility,
        default=Credibility.PROBABLE,
        help_text=_("The Admiralty scale: that it was said so, not that it is true."),
    )
    marking = models.CharField(
        _("who may see this"), max_length=12, choices=Marking, default=Marking.CLEAR, help_text=_("TLP 2.0.")
    )
    note = models.TextField(_("analyst’s note"), blank=True)

    objects = StatementManager()

    class Meta(Reviewed.Meta):
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ("-latest", "-pk")
        indexes = [
            # The lists over several desks.
            models.Index(fields=["-latest", "-id"], name="statement_newest_first"),
            # The list, and what its facets count of the newest 10,000: read from the index alone, not from 10,000 rows.
            models.Index(
                fields=["relationship", "-latest", "-id"],
                include=[
                    "kind",
                    "on_behalf_of",
                    "speaker_person",
                    "basis",
                    "credibility",
                    "marking",
                    "published_at",
                    "superseded_at",
                    "withdrawn_at",
                ],
                name="statement_by_date",
            ),
            models.Index(
                fields=["relationship", "-latest", "-id"],
                condition=Q(published_at__isnull=False),
                name="statement_published_by_date",
            ),
            # What is mine to do: the latest edited of my drafts.
            models.Index(
                fields=["author", "relationship", "-edited_at"],
                condition=Q(published_at__isnull=True),
                name="statement_mine",
            ),
            # Choices that few of a desk's statements have: by the day alone, all of them would be read to find a page.
            *(
                models.Index(fields=["relationship", column, "-latest", "-id"], name=f"statement_by_{column}")
                for column in ("kind", "basis", "credibility", "marking")
            ),
            models.Index(
                fields=["relationship", "-latest", "-id"],
                condition=Q(published_at__isnull=True),
                name="statement_unpublished_by_date",
            ),
            models.Index(
                fields=["relationship", "-latest", "-id"],
                condition=Q(superseded_at__isnull=False),
                name="statement_superseded_by_date",
            ),
            # The order of when something came to the desk's pages.
            models.Index(
                "relationship",
                Coalesce("published_at", "created_at").desc(),
                F("id").desc(),
                name="statement_by_coming",
            ),
            # What moved at a desk since a moment: asked for by every open page, again and again.
            models.Index(
                fields=["relationship", "-published_at"],
                condition=Q(published_at__isnull=False),
                name="statement_by_publication",
            ),
            models.Index(
                fields=["relationship", "-withdrawn_at"],
                condition=Q(withdrawn_at__isnull=False),
                name="statement_by_withdrawal",
            ),
        ]
        constraints = [
            *Reviewed.Meta.constraints,
            *STATEMENT_CONSTRAINTS,
        ]
        triggers = [
            *reviewed_rules("relations_statement", "statement_id"),
            *STATEMENT_TRIGGERS,
        ]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:79]}…"

    def get_absolute_url(self) -> str:
        """Return the statement's address."""
        return address("statement", self.relationship.slug, self.ref)

    def clean(self) -> None:
        """Refuse a span that ends before it begins."""
        clean_span(self.earliest, self.latest)

    @property
    def when(self) -> str:
        """The day or span it was said on, as people read it."""
        return span_words(self.earliest, self.latest, self.precision)

    @property
    def speaker(self) -> Person | Organisation | Publisher | str:
        """Who speaks: the publisher of a source's own report, both sides in a text agreed by both (an empty string)."""
        if self.kind == StatementKind.REPORTED:
            return self.document.publisher
        return self.speaker_person or self.speaker_organisation or self.speaker_descriptor

    @property
    def office(self) -> Post | None:
        """The office that its speaker held then, where one is known."""
        return self.mandate.post if self.mandate else None

    @property
    def relayer(self) -> Person | Organisation | str:
        """Who passed it on; an empty string where nobody did."""
        return self.relayer_person or self.relayer_organisation or self.relayer_descriptor

    @property
    def side(self) -> Side:
        """The place, in the relationship, of the party it speaks for; neither where it speaks for none."""
        return self.relationship.side_of(self.on_behalf_of)

    @property
    def office_unknown(self) -> bool:
        """Whether no mandate is known to cover its speaker on the day (R8)."""
        return self.speaker_person_id is not None and self.mandate_id is None
