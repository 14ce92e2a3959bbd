"""The passages that statements stand on, and what became of them in later copies."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from relations.choices import PassageState, Settlement
from relations.models.base import DeskModel, DeskQuerySet, NaturalKeyManager, moment, not_blank, one_of
from relations.models.documents import Capture
from relations.models.history import tracked
from relations.models.moments import NOW, AnyMoment, Moment
from relations.models.reviewed import child_rules
from relations.models.rules import before_write, refuse_when, same_desk, unchangeable
from relations.models.statements import Statement


class PassageQuerySet(DeskQuerySet):
    """Passages; readers see those of published statements."""

    def published_condition(self, at: Moment = NOW) -> Q:
        """Return the condition that the statement was published."""
        return at.came("published_at", "statement__")

    def known_condition(self, at: Moment) -> Q:
        """Return the condition that the statement was known."""
        return at.was_published("latest", "statement__")

    def with_state(self, at: Moment = NOW, *, copy: int | None = None) -> Self:
        """Add `state` (a `PassageState`), `found_start` and `outcome`: what the check against the newest copy found,
        and what a person settled about it (a `Settlement`, None while nobody did).

        Only later copies than the one a passage was taken from count; with `copy`, only those up to that number; and
        only what was found by `at`.
        """
        checks = PassageCheck.objects.filter(
            at.recorded(column="checked_at"), passage=OuterRef("pk"), capture__number__gt=OuterRef("capture__number")
        ).order_by("-capture__number")
        if copy is not None:
            checks = checks.filter(capture__number__lte=copy)
        return self.annotate(
            state=Coalesce(Subquery(checks.values("state")[:1]), Value(PassageState.VERIFIED.value)),
            found_start=Subquery(checks.values("found_start")[:1]),
            outcome=Subquery(
                checks.annotate(
                    settled=Case(When(at.came("settled_at", "settlement__"), then="settlement__outcome"))
                ).values("settled")[:1]
            ),
        )


class PassageManager(NaturalKeyManager.from_queryset(PassageQuerySet)):
    """Passages of one desk each."""


@tracked(asked_by=("statement",))
class Passage(DeskModel):
    """A W3C text-quote anchor into a copy's text. Offsets count code points; the text at them is `exact`."""

    natural_key_fields = ("statement__ref", "number")

    # No index of their own: that of `passage_number_unique` begins with them.
    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="passages", db_index=False)
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, related_name="passages", verbose_name=_("copy"))
    exact = models.TextField(_("passage"))
    prefix = models.CharField(_("before it"), max_length=64, blank=True)
    suffix = models.CharField(_("after it"), max_length=64, blank=True)
    start = models.PositiveIntegerField(_("from character"))
    end = models.PositiveIntegerField(_("to character"))

    objects = PassageManager()

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ("statement", "number")
        constraints = [
            not_blank("exact", name="passage_exact_not_blank"),
            models.UniqueConstraint(
                fields=["statement", "number"],
                name="passage_number_unique",
                violation_error_message=_("The statement has a passage of this number already. Give the next number."),
            ),
            models.CheckConstraint(
                condition=Q(start__lt=F("end")),
                name="passage_start_before_end",
                violation_error_message=_("A passage starts before it ends. Mend its start or its end."),
            ),
        ]
        triggers = [
            same_desk(statement_id="relations_statement", capture_id="relations_capture"),
            *child_rules("relations_statement", "statement_id"),
            before_write(
                "stands_in_copy",
                refuse_when(
                    "(SELECT document_id FROM relations_capture WHERE id = NEW.capture_id) <> "
                    "(SELECT document_id FROM relations_statement WHERE id = NEW.statement_id)",
                    "The passage is in another document than the statement.",
                    rule="passage_in_document",
                    field="capture",
                ),
                refuse_when(
                    '(SELECT substr(text, NEW.start + 1, NEW."end" - NEW.start) FROM relations_capture '
                    "WHERE id = NEW.capture_id) IS DISTINCT FROM NEW.exact",
                    "These words do not stand in our copy of the document.",
                    rule="passage_stands",
                    field="exact",
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.exact if len(self.exact) <= 60 else f"{self.exact[:59]}…"

    @property
    def found(self) -> str:
        """What a person found in the newest copy, in words; needs `with_state`, empty where nobody settled it."""
        outcome = getattr(self, "outcome", None)
        return str(Settlement(outcome).label) if outcome else ""

    @classmethod
    def anchored(cls, capture: Capture, start: int, end: int) -> "Passage":
        """Return an unsaved passage of `capture` from `start` to `end`, with up to 32 characters on either side."""
        text = capture.text
        return cls(
            relationship_id=capture.relationship_id,
            capture=capture,
            exact=text[start:end],
            prefix=text[max(0, start - 32) : start],
            suffix=text[end : end + 32],
            start=start,
            end=end,
        )


def _waited(at: Moment) -> Q:
    """Return the condition that a check was neither settled by `at` nor become idle by then."""
    statement = "passage__statement__"
    idle_later = at.was_to_come("superseded_at", statement) & at.was_to_come("withdrawn_at", statement)
    return at.was_to_come("settled_at", "settlement__") & idle_later


class PassageCheckQuerySet(DeskQuerySet):
    """Checks; readers see those of published statements' passages."""

    def published_condition(self, at: Moment = NOW) -> Q:
        """Return the condition that the passage's statement was published."""
        return at.came("published_at", "passage__statement__")

    def known_condition(self, at: Moment) -> Q:
        """Return the condition that the passage's statement was known, and the check made."""
        return at.was_published("latest", "passage__statement__") & at.recorded(column="checked_at")

    def newest(self, at: AnyMoment = NOW) -> Self:
        """Return of each passage the check against the newest copy, as of `at`; none of copies before its own."""

        def made(moment: Moment) -> Q:
            return moment.recorded(column="checked_at")

        later = PassageCheck.objects.filter(
            at.each(made), passage=OuterRef("passage"), capture__number__gt=OuterRef("capture__number")
        )
        return self.filter(~Exists(later), at.each(made), capture__number__gt=F("passage__capture__number"))

    def unsettled(self, at: AnyMoment = NOW) -> Self:
        """Return the checks that wait for a person: the newest of a passage, moved or lost, nobody having settled it.

        Nothing waits where the statement was corrected or withdrawn: it is no longer what the desk says.
        """
        return self.newest(at).filter(at.each(_waited), state__in=[PassageState.MOVED, PassageState.LOST])


class PassageCheckManager(NaturalKeyManager.from_queryset(PassageCheckQuerySet)):
    """Checks of one desk each."""


@tracked()
class PassageCheck(DeskModel):
    """What became of a passage in a later copy of its document. The passage itself never moves."""

    natural_key_fields = ("passage__statement__ref", "passage__number", "capture__number")

    passage = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="checks")
    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, related_name="checks")
    state = models.CharField(_("state"), max_length=8, choices=PassageState)
    found_start = models.PositiveIntegerField(_("found at character"), null=True, blank=True)
    checked_at = models.DateTimeField(_("checked"), default=moment)

    objects = PassageCheckManager()

    class Meta:
        verbose_name = _("passage check")
        verbose_name_plural = _("passage checks")
        ordering = ("passage", "-capture")
        indexes = [
            models.Index(
                fields=["relationship"], condition=~Q(state=PassageState.VERIFIED), name="passage_check_not_verified"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["passage", "capture"],
                name="passage_check_once_a_copy",
                violation_error_message=_("The passage was checked against this copy already. Name each copy once."),
            ),
            models.CheckConstraint(
                condition=Q(state=PassageState.LOST, found_start__isnull=True)
                | (~Q(state=PassageState.LOST) & Q(found_start__isnull=False)),
                name="passage_check_where_found",
                violation_error_message=_(
                    "A passage that was found has its place, a lost one has none. Mend the state or the place."
                ),
            ),
        ]
        triggers = [same_desk(passage_id="relations_passage", capture_id="relations_capture"), unchangeable()]

    def __str__(self) -> str:
        return f"{self.passage}: {self.get_state_display()}"


class PassageSettlementQuerySet(DeskQuerySet):
    """Settlements; readers see those of published statements' passages."""

    def published_condition(self, at: Moment = NOW) -> Q:
        """Return the condition that the passage's statement was published."""
        return at.came("published_at", "check_row__passage__statement__")


class PassageSettlementManager(NaturalKeyManager.from_queryset(PassageSettlementQuerySet)):
    """Settlements of one desk each."""


@tracked()
class PassageSettlement(DeskModel):
    """What a person found where a check moved or lost a passage; it ends the flag and changes no passage."""

    natural_key_fields = (
        "check_row__passage__statement__ref",
        "check_row__passage__number",
        "check_row__capture__number",
    )

    # `check` is a method of every model.
    check_row = models.OneToOneField(
        PassageCheck, on_delete=models.CASCADE, related_name="settlement", verbose_name=_("check")
    )
    outcome = models.CharField(_("what you found"), max_length=16, choices=Settlement)
    note = models.CharField(_("note"), max_length=300, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("settled by")
    )
    settled_at = models.DateTimeField(_("settled"), default=moment)

    objects = PassageSettlementManager()

    class Meta:
        verbose_name = _("passage settlement")
        verbose_name_plural = _("passage settlements")
        ordering = ("check_row",)
        constraints = [
            one_of("outcome", Settlement, name="passage_settlement_known"),
        ]
        triggers = [
            same_desk(check_row_id="relations_passagecheck"),
            before_write(
                "of_what_needs_it",
                refuse_when(
                    "(SELECT state FROM relations_passagecheck WHERE id = NEW.check_row_id) = 'verified'",
                    "This passage stands where it stood, so there is nothing to settle.",
                    rule="settlement_needed",
                ),
                refuse_when(
                    "NEW.outcome = 'same_words' AND "
                    "(SELECT state FROM relations_passagecheck WHERE id = NEW.check_row_id) <> 'moved'",
                    "The words do not stand in this copy.",
                    rule="settlement_same_words_moved",
                    field="outcome",
                ),
            ),
            unchangeable(),
        ]

    def __str__(self) -> str:
        return f"{self.check_row}: {self.get_outcome_display()}"
