"""The rules of a statement's own fields: one speaker for whom it speaks, days that have come, no looser than its source."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from relations.choices import SPOKEN_KINDS, Basis, Marking, Precision, StatementKind
from relations.models.base import http_only, not_blank, one_of
from relations.models.rules import DESK_TODAY, SPAN_LIES_AHEAD, before_write, refuse_when, same_desk

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


def _of_person(column: str, person: str, sentence: str) -> str:
    return refuse_when(
        f"NEW.{column} IS NOT NULL AND NEW.{person} IS DISTINCT FROM "
        f"(SELECT person_id FROM relations_mandate WHERE id = NEW.{column})",
        sentence,
        rule=f"{column.removesuffix('_id')}_of_person",
        field=column.removesuffix("_id"),
    )


STATEMENT_CONSTRAINTS: list[Any] = [
    not_blank("text", name="statement_text_not_blank"),
    one_of("kind", StatementKind, name="statement_kind_known"),
    one_of("basis", Basis, name="statement_basis_known"),
    one_of("precision", Precision, name="statement_precision_known"),
    one_of("marking", Marking, name="statement_marking_known"),
    models.CheckConstraint(
        condition=Q(credibility__range=(1, 6)),
        name="statement_credibility_known",
        violation_error_message=_("Give a credibility from 1 to 6."),
    ),
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
        violation_error_message=_("Give one person or body who passed it on, or how the source describes them."),
    ),
    models.CheckConstraint(
        condition=(Q(kind__in=SPOKEN_KINDS) & Q(on_behalf_of__isnull=False))
        | (~Q(kind__in=SPOKEN_KINDS) & Q(on_behalf_of__isnull=True)),
        name="statement_speaks_for",
        violation_error_message=_(
            "Say which party the speaker speaks for. The source’s own report and a text agreed by both speak for none."
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
        violation_error_message=_("A translation keeps the original words, their language and who translated them."),
    ),
    http_only("first_said_url", name="statement_first_said_http_only"),
]

STATEMENT_TRIGGERS: list[Any] = [
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
        # What lies two days back has come at every desk, whatever its clock.
        only_where="NEW.precision = 'month' OR "
        "greatest(NEW.earliest, NEW.latest, NEW.told_on) > (now() AT TIME ZONE 'UTC')::date - 2",
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
