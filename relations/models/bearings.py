"""What a statement means on each issue, and whose position it tells."""

from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from relations.choices import INTENSITIES, MODES, STATED_ACTS, Act, Mode, StatementKind, Strength
from relations.models.base import DeskModel, DeskQuerySet, NaturalKeyManager, one_of
from relations.models.desks import Party
from relations.models.history import tracked
from relations.models.issues import Issue
from relations.models.moments import NOW, AnyMoment, Moment
from relations.models.reviewed import child_rules
from relations.models.rules import before_write, refuse_when, same_desk
from relations.models.statements import Statement

_ACT_WORDS = dict(Act.choices)
_DEED = "NEW.act NOT IN (" + ", ".join(f"'{act.value}'" for act in STATED_ACTS) + ")"


def deed(act: str) -> str:
    """Return what was done, in words, for the rows of a list: `get_act_display` makes the words of all acts anew for each."""
    return str(_ACT_WORDS.get(act, act))


class BearingQuerySet(DeskQuerySet):
    """Statements on their issues."""

    def published_condition(self, at: Moment = NOW) -> Q:
        """Return the condition that the statement was published."""
        return at.came("published_at", "statement__")

    def known_condition(self, at: Moment) -> Q:
        """Return the condition that the statement was known."""
        return at.was_published("latest", "statement__")

    def standing(self, at: AnyMoment = NOW) -> Self:
        """Return the bearings of statements that stand published, as of `at` (R9)."""
        return self.filter(at.each(lambda moment: moment.stood("latest", "statement__"))).rewound(at)

    def positions(self) -> Self:
        """Return the bearings that are a side's position: stated by that side itself, and more than CONSULT."""
        own = Q(statement__on_behalf_of=F("position_of")) | Q(statement__kind=StatementKind.JOINT)
        return self.filter(own, stated=True).exclude(act=Act.CONSULT).exclude(statement__kind=StatementKind.REPORTED)

    def newest_first(self) -> Self:
        """Return the bearings by the day of their statements, newest first; then by publication."""
        return self.order_by("-statement__latest", "-statement__published_at", "-pk")


class BearingManager(NaturalKeyManager.from_queryset(BearingQuerySet)):
    """Bearings of one desk each."""

    def get_by_natural_key(self, *values: Any) -> "Bearing":
        """Return the bearing of this statement on this issue for this party (None where it is no party's)."""
        statement, desk, issue, party = values
        return self.get(
            statement__ref=statement,
            issue__relationship__slug=desk,
            issue__slug=issue,
            position_of__code=party,
        )


@tracked(asked_by=("statement",))
class Bearing(DeskModel):
    """A statement on one issue: its act, mode and intensity there (PLOVER), and whose position it tells."""

    # No index of their own: that of `bearing_unique` begins with them.
    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="bearings", db_index=False)
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="bearings", verbose_name=_("issue"))
    act = models.CharField(_("what they did"), max_length=10, choices=Act, help_text=_("PLOVER’s event type."))
    mode = models.CharField(_("of what sort"), max_length=20, choices=Mode, blank=True)
    intensity = models.DecimalField(
        _("how strongly"),
        max_digits=3,
        decimal_places=1,
        help_text=_("From −10, hostile, to +10, cooperative."),
    )
    position_of = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("whose position"),
    )
    towards = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("towards whom"),
    )
    stated = models.BooleanField(
        _("in their words"), default=True, help_text=_("Untick where it is the desk’s own reading.")
    )

    objects = BearingManager()

    class Meta:
        verbose_name = _("bearing on an issue")
        verbose_name_plural = _("bearings on issues")
        ordering = ("statement", "pk")
        # Statements by what they did, and how strongly: few do some of it.
        indexes = [
            models.Index(fields=["relationship", "act", "statement"], name="bearing_by_act"),
            models.Index(fields=["relationship", "intensity", "statement"], name="bearing_by_intensity"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "issue", "position_of"],
                nulls_distinct=False,
                name="bearing_unique",
                violation_error_message=_("This statement already tells this party’s position on this issue."),
            ),
            models.CheckConstraint(
                condition=Q(intensity__range=(-10, 10)),
                name="bearing_intensity_in_range",
                violation_error_message=_("Give a number from -10 to 10."),
            ),
            models.CheckConstraint(
                condition=Q(mode="")
                | Q(*(Q(act=act, mode__in=modes) for act, modes in MODES.items()), _connector=Q.OR),
                name="bearing_mode_of_act",
                violation_error_message=_("This sort does not go with what they did."),
            ),
            one_of("act", Act, name="bearing_act_known"),
        ]
        triggers = [
            same_desk(statement_id="relations_statement", issue_id="relations_issue"),
            *child_rules("relations_statement", "statement_id"),
            before_write(
                "fits_statement",
                refuse_when(
                    f"{_DEED} AND (SELECT kind FROM relations_statement WHERE id = NEW.statement_id) <> 'reported'",
                    "Deeds are told by the source’s own report alone.",
                    rule="deeds_are_reported",
                    field="act",
                ),
                refuse_when(
                    "NEW.position_of_id IS NULL "
                    "AND (SELECT kind FROM relations_statement WHERE id = NEW.statement_id) <> 'reported'",
                    "Say whose position this is.",
                    rule="position_has_party",
                    field="position_of",
                ),
                only_where=f"{_DEED} OR NEW.position_of_id IS NULL",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue}: {self.get_act_display()} ({self.intensity:+})"

    def natural_key(self) -> tuple[Any, ...]:
        """Return statement, desk, issue and whose position."""
        return (
            self.statement.ref,
            self.issue.relationship.slug,
            self.issue.slug,
            self.position_of.code if self.position_of else None,
        )

    def rewind(self, at: Moment) -> None:
        """Forget what became of the statement after `at`, where it is fetched along."""
        if "statement" in self._state.fields_cache:
            self.statement.rewind(at)

    @property
    def as_told_by(self) -> Party | None:
        """The party that tells another's position here; None where a side speaks for itself."""
        teller = self.statement.on_behalf_of
        return teller if teller is not None and teller != self.position_of else None

    @staticmethod
    def mode_misfits(act: str, mode: str) -> bool:
        """Say whether this mode is none of this act's."""
        return mode not in MODES.get(act, [])

    @staticmethod
    def usual_intensity(act: str, mode: str = "") -> Any:
        """Return PLOVER's score of an act in a mode, a Decimal; None where there is none."""
        modes = INTENSITIES.get(act, {})
        return modes.get(mode, modes.get(""))

    @classmethod
    def graded_intensity(cls, act: str, mode: str = "") -> dict[Strength, Decimal]:
        """Return the intensity of an act in a mode, milder, as usual and stronger; nothing where there is none.

        A step is two fifths of the usual number, at least a half; towards zero is milder, and where the usual is zero
        towards hostile is stronger.
        """
        usual = cls.usual_intensity(act, mode)
        if usual is None:
            return {}
        step = max(Decimal("0.5"), Decimal(round(abs(usual) * Decimal("0.8"))) / 2)
        away = 1 if usual > 0 else -1
        return {
            Strength.MILDER: usual - away * step,
            Strength.USUAL: usual,
            Strength.STRONGER: max(Decimal(-10), min(Decimal(10), usual + away * step)),
        }
