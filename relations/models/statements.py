"""Statements: what was said, by whom, on whose behalf, when and in which document."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from relations.choices import Basis, Credibility, Marking, Precision, Side, StatementKind
from relations.models.base import NaturalKeyManager, WebURLField, clean_span, http_only, not_blank, span_words
from relations.models.desks import Party
from relations.models.documents import Document, Publisher
from relations.models.history import tracked
from relations.models.meetings import Meeting
from relations.models.people import Mandate, Organisation, Person
from relations.models.reviewed import Reviewed, ReviewedQuerySet, reviewed_rules
from relations.models.rules import DESK_TODAY, SPAN_LIES_AHEAD, before_write, refuse_when, same_desk

# Kinds that have a speaker of their own, who speaks for a party.
SPOKEN_KINDS = (StatementKind.QUOTE, StatementKind.PARAPHRASE, StatementKind.READOUT)

_NO_SPEAKER = Q(speaker_person__isnull=True, speaker_organisation__isnull=True, speaker_descriptor="")
_ONE_SPEAKER = (
    Q(speaker_person__isnull=False, speaker_organisation__isnull=True, speaker_descriptor="")
    | Q(speaker_person__isnull=True, speaker_organisation__isnull=False, speaker_descriptor="")
    | (Q(speaker_person__isnull=True, speaker_organisation__isnull=True) & ~Q(speaker_descriptor=""))
)
_NO_RELAYER = Q(relayer_person__isnull=True, relayer_organisation__isnull=True, relayer_descriptor="")
_ONE_RELAYER = (
    Q(relayer_person__isnull=False, relayer_organisation__isnull=True, relayer_descriptor="")
    | Q(relayer_person__isnull=True, relayer_organisation__isnull=False, relayer_descriptor="")
    | (Q(relayer_person__isnull=True, relayer_organisation__isnull=True) & ~Q(relayer_descriptor=""))
)


class StatementQuerySet(ReviewedQuerySet):
    """Statements."""

    def as_of(self, *, effective: Any = None, known: Any = None, time_zone: str = "UTC") -> Self:
        """Return what stood on the day `effective`, as the desk had published it by the end of `known` (R9)."""
        query = self.known_by(known, time_zone) if known else self.standing()
        return query.filter(latest__lte=effective) if effective else query

    def with_people(self) -> Self:
        """Fetch along what a line about a statement names."""
        return self.select_related(
            "relationship__first_party",
            "relationship__second_party",
            "speaker_person",
            "speaker_organisation",
            "relayer_person",
            "relayer_organisation",
            "mandate__post",
            "relayer_mandate__post",
            "on_behalf_of",
            "document__publisher",
        )

    def with_passage_flag(self) -> Self:
        """Add `passage_flag`: whether a later copy moved or lost a passage and nobody has settled it."""
        checks = apps.get_model("relations", "PassageCheck")._default_manager.unsettled()
        return self.annotate(passage_flag=Exists(checks.filter(passage__statement=OuterRef("pk"))))

    def newest_first(self) -> Self:
        """Return the statements by the day they were said, newest first."""
        return self.order_by("-latest", "-pk")


class StatementManager(NaturalKeyManager.from_queryset(StatementQuerySet)):
    """Statements of one desk each."""


def _of_person(column: str, person: str, sentence: str) -> str:
    return refuse_when(
        f"NEW.{column} IS NOT NULL AND NEW.{person} IS DISTINCT FROM "
        f"(SELECT person_id FROM relations_mandate WHERE id = NEW.{column})",
        sentence,
        rule=f"{column.removesuffix('_id')}_of_person",
        field=column.removesuffix("_id"),
    )


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
            models.Index(fields=["relationship", "-latest", "-id"], name="statement_by_date"),
            models.Index(
                fields=["relationship", "-latest", "-id"],
                condition=Q(published_at__isnull=False),
                name="statement_published_by_date",
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
            not_blank("text", name="statement_text_not_blank"),
            models.CheckConstraint(condition=Q(kind__in=StatementKind.values), name="statement_kind_known"),
            models.CheckConstraint(condition=Q(basis__in=Basis.values), name="statement_basis_known"),
            models.CheckConstraint(condition=Q(precision__in=Precision.values), name="statement_precision_known"),
            models.CheckConstraint(condition=Q(marking__in=Marking.values), name="statement_marking_known"),
            models.CheckConstraint(condition=Q(credibility__range=(1, 6)), name="statement_credibility_known"),
            models.CheckConstraint(
                condition=(Q(kind__in=SPOKEN_KINDS) & _ONE_SPEAKER) | (~Q(kind__in=SPOKEN_KINDS) & _NO_SPEAKER),
                name="statement_one_speaker",
                violation_error_message=_(
                    "Give one speaker: a person, a body, or how the source describes them. "
                    "The source’s own report and a text agreed by both have none."
                ),
            ),
            models.CheckConstraint(
                condition=_NO_RELAYER | _ONE_RELAYER,
                name="statement_one_relayer",
                violation_error_message=_(
                    "Give one person or body who passed it on, or how the source describes them."
                ),
            ),
            models.CheckConstraint(
                condition=(Q(kind__in=SPOKEN_KINDS) & Q(on_behalf_of__isnull=False))
                | (~Q(kind__in=SPOKEN_KINDS) & Q(on_behalf_of__isnull=True)),
                name="statement_speaks_for",
                violation_error_message=_(
                    "Say which party the speaker speaks for. The source’s own report and a text agreed by both "
                    "speak for none."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=SPOKEN_KINDS)
                | Q(speaker_descriptor="", basis=Basis.ON_THE_RECORD)
                | (~Q(speaker_descriptor="") & ~Q(basis=Basis.ON_THE_RECORD)),
                name="statement_unnamed_off_record",
                violation_error_message=_(
                    "A speaker who is not named is on background or deep background; a named one is on the record."
                ),
            ),
            models.CheckConstraint(
                condition=Q(mandate__isnull=True) | Q(speaker_person__isnull=False),
                name="statement_office_of_person",
                violation_error_message=_("An office is a person’s. Name the person or leave it empty."),
            ),
            models.CheckConstraint(
                condition=Q(relayer_mandate__isnull=True) | Q(relayer_person__isnull=False),
                name="statement_relayer_office",
                violation_error_message=_("An office is a person’s. Name the person or leave it empty."),
            ),
            models.CheckConstraint(
                condition=Q(earliest__lte=F("latest")),
                name="statement_span_in_order",
                violation_error_message=_("The last day cannot come before the first."),
            ),
            models.CheckConstraint(
                condition=Q(precision=Precision.DAY)
                | Q(precision=Precision.MONTH, earliest__day=1)
                | Q(
                    precision=Precision.YEAR,
                    earliest__day=1,
                    earliest__month=1,
                    latest__day=31,
                    latest__month=12,
                ),
                name="statement_span_whole",
                violation_error_message=_("A month or a year runs from its first day to its last."),
            ),
            models.CheckConstraint(
                condition=Q(told_on__isnull=True) | (~_NO_RELAYER & Q(told_on__gte=F("earliest"))),
                name="statement_told_after_said",
                violation_error_message=_(
                    "The day it was passed on needs someone who passed it on, and cannot come before it was said."
                ),
            ),
            models.CheckConstraint(
                condition=Q(original_text="", original_language="", translated_by="")
                | (~Q(original_text="") & ~Q(original_language="") & ~Q(translated_by="")),
                name="statement_translation_whole",
                violation_error_message=_(
                    "A translation keeps the original words, their language and who translated them."
                ),
            ),
            http_only("first_said_url", name="statement_first_said_http_only"),
        ]
        triggers = [
            *reviewed_rules("relations_statement", "statement_id"),
            same_desk(
                document_id="relations_document",
                meeting_id="relations_meeting",
                supersedes_id="relations_statement",
            ),
            before_write(
                "dated_in_the_past",
                refuse_when(
                    f"NEW.earliest > {DESK_TODAY}",
                    "This day lies in the future.",
                    rule="statement_not_in_future",
                    field="earliest",
                ),
                refuse_when(
                    SPAN_LIES_AHEAD,
                    "This day lies in the future.",
                    rule="statement_ends_not_in_future",
                    field="latest",
                ),
                refuse_when(
                    f"NEW.told_on > {DESK_TODAY}",
                    "This day lies in the future.",
                    rule="statement_told_not_in_future",
                    field="told_on",
                ),
                refuse_when(
                    "NEW.precision = 'month' AND extract(day FROM NEW.latest + 1) <> 1",
                    "A month runs from its first day to its last.",
                    rule="statement_month_whole",
                    field="latest",
                ),
            ),
            before_write(
                "office_on_the_day",
                _of_person("mandate_id", "speaker_person_id", "That office was held by someone else."),
                _of_person("relayer_mandate_id", "relayer_person_id", "That office was held by someone else."),
                refuse_when(
                    "NEW.mandate_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.published_at IS NULL) AND NOT EXISTS "
                    "(SELECT 1 FROM relations_mandate WHERE id = NEW.mandate_id "
                    "AND covers_from <= NEW.latest AND covers_until >= NEW.earliest)",
                    "That office is not known to have been held on this day.",
                    rule="mandate_on_the_day",
                    field="mandate",
                ),
            ),
            before_write(
                "marking_never_looser",
                "IF TG_OP = 'UPDATE' THEN IF NEW.marking = OLD.marking THEN RETURN NEW; END IF; END IF;",
                refuse_when(
                    "array_position(ARRAY['CLEAR','GREEN','AMBER','AMBER+STRICT','RED'], NEW.marking::text) < "
                    "array_position(ARRAY['CLEAR','GREEN','AMBER','AMBER+STRICT','RED'], "
                    "(SELECT marking::text FROM relations_document WHERE id = NEW.document_id))",
                    "A statement cannot be seen by more people than its document.",
                    rule="marking_never_looser",
                    field="marking",
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:79]}…"

    def get_absolute_url(self) -> str:
        """Return the statement's address."""
        return reverse("statement", args=[self.relationship.slug, self.ref])

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
