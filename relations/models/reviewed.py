"""Reviewed content: what is drafted, read by a second person, published, corrected and withdrawn (R1-R4).

`Reviewed` is what statements and status changes share. Freezing hangs on the approved `Review` row, not on a state
column, so that a fixture may load a published parent before its children.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from relations.choices import ReviewState
from relations.models.base import SEEN, Authored, DeskModel, DeskQuerySet, FirstThatHolds, RefField, has_any
from relations.models.history import Rule
from relations.models.moments import NOW, AnyMoment, Moment
from relations.models.rules import (
    at_commit,
    before_delete,
    before_update,
    immutable,
    refuse_when,
)

# What may still be set, once each, after publication (R4).
_WORKFLOW = ("published_at", "superseded_at", "withdrawn_at", "withdrawn_by_id", "withdrawal_reason")
_BOOKKEEPING = ("revision", "edited_by_id", "edited_at")
# What a reviewer does not read as a field of its own: where it belongs, and a span's rest beside its first day.
_READ_ELSEWHERE = ("relationship", "document", "issue", "latest", "precision")
_CONTEXT_KEY = "(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'user')::bigint"
_CONTEXT_USER = f"(SELECT id FROM relations_user WHERE id = {_CONTEXT_KEY})"


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


_NEW_ROW = (
    "(VALUES (NEW.relationship_id, NEW.id, NEW.author_id, NEW.edited_by_id)) "
    "r (relationship_id, id, author_id, edited_by_id)"
)


def _contributed(column: str, rows: str) -> str:
    """Return the statement that notes the author, the last editor and the acting user of each of `rows` r."""
    return (
        f"INSERT INTO relations_contribution (relationship_id, {column}, user_id) "
        "SELECT DISTINCT r.relationship_id, r.id, who FROM "
        f"{rows}, LATERAL (VALUES (r.author_id), (r.edited_by_id), ({_CONTEXT_USER})) AS contributors(who) "
        "WHERE who IS NOT NULL ORDER BY r.id, who ON CONFLICT DO NOTHING;"
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
        # Of all rows that are new at once, with their events; of a change only where it is one of the content.
        Rule(
            name="keep_contributors",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            referencing=pgtrigger.Referencing(new="rows"),
            func=f"{_contributed(column, 'rows r')} RETURN NULL;",
        ),
        Rule(
            name="keep_editors",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            func=f"IF {_changed(*_WORKFLOW, *_BOOKKEEPING)} THEN {_contributed(column, _NEW_ROW)} END IF; RETURN NULL;",
        ),
    ]


def child_rules(table: str, column: str) -> list[pgtrigger.Trigger]:
    """Return the rules of a reviewed row's children: frozen with it, and part of its revision (R3, R4)."""
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
            declare=[("parent", "bigint"), ("desk", "bigint"), ("who", "bigint")],
            func=" ".join(
                [
                    "IF TG_OP = 'UPDATE' THEN IF OLD.* IS NOT DISTINCT FROM NEW.* THEN RETURN NULL; END IF; END IF;",
                    f"IF TG_OP = 'DELETE' THEN parent := OLD.{column}; desk := OLD.relationship_id;",
                    f"ELSE parent := NEW.{column}; desk := NEW.relationship_id; END IF;",
                    # Not as a condition of the update, whose own triggers would be called for no row.
                    f"IF EXISTS (SELECT 1 FROM relations_review WHERE {column} = parent) THEN "
                    f"UPDATE {table} SET revision = revision + 1 WHERE id = parent; END IF;",
                    f"who := {_CONTEXT_KEY};",
                    # Written so that only the parent can be looked up, never the person; and nothing where nobody acts.
                    "IF who IS NOT NULL THEN",
                    f"IF who NOT IN (SELECT user_id FROM relations_contribution WHERE {column} = parent) THEN",
                    f"INSERT INTO relations_contribution (relationship_id, {column}, user_id) "
                    "SELECT desk, parent, id FROM relations_user "
                    f"WHERE id = who AND EXISTS (SELECT 1 FROM {table} WHERE id = parent) "
                    # A draft that is thrown away takes its children along; that makes nobody a contributor.
                    f"AND (TG_OP <> 'DELETE' OR EXISTS (SELECT 1 FROM relations_review WHERE {column} = parent)) "
                    "ON CONFLICT DO NOTHING;",
                    "END IF; END IF; RETURN NULL;",
                ]
            ),
        ),
    ]


class ReviewedQuerySet(DeskQuerySet):
    """Statements and status changes, by where they stand."""

    def published_condition(self, at: Moment = NOW) -> Q:
        """Return the condition that readers see a row: it was published (superseded and withdrawn rows stay readable)."""
        return at.came("published_at")

    def known_condition(self, at: Moment) -> Q:
        """Return the condition that it was published by then, and is of a day that had come."""
        return at.was_published(self._last_day)

    @property
    def _last_day(self) -> str:
        return cast("type[Reviewed]", self.model).last_day

    def published(self) -> Self:
        """Return what was ever published, superseded and withdrawn rows included."""
        return self.filter(published_at__isnull=False)

    def standing(self, at: AnyMoment = NOW) -> Self:
        """Return what stands published, as of `at` (R9)."""
        return self.filter(at.each(lambda moment: moment.stood(self._last_day))).rewound(at)

    def with_review_state(self, at: AnyMoment = NOW) -> Self:
        """Add `review_state`: one of `ReviewState`, from the row's moments, as of `at`, and its reviews."""
        return self.annotate(review_state=self.review_states(at).value)

    def in_review_states(self, states: Iterable[str], at: AnyMoment = NOW) -> Self:
        """Return the rows whose `review_state` is one of these, in a way that the indexes serve."""
        return self.filter(self.review_states(at).is_one_of(states))

    def review_states(self, at: AnyMoment = NOW) -> FirstThatHolds:
        """Return what tells where a row stands, as of `at`."""
        column = cast("type[Reviewed]", self.model).review_column
        reviews = apps.get_model("relations", "Review")._default_manager.filter(**{column: OuterRef("pk")})
        return FirstThatHolds(
            {
                ReviewState.WITHDRAWN: at.each(lambda moment: moment.came("withdrawn_at")),
                ReviewState.SUPERSEDED: at.each(lambda moment: moment.came("superseded_at")),
                ReviewState.PUBLISHED: Q(published_at__isnull=False),
                ReviewState.IN_REVIEW: has_any(reviews.filter(decision="")),
                ReviewState.RETURNED: has_any(reviews),
            },
            ReviewState.DRAFT,
        )


class Reviewed(DeskModel, Authored):
    """Content that a second person reads before it is published."""

    review_column = ""  # how a Review names this kind
    last_day = "latest"  # the column with the last day that it can be of
    parts: ClassVar[
        dict[str, Any]
    ] = {}  # related names of the rows that count as its revision, and what people call them

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
                violation_error_message=_(
                    "Another correction of this was published already. Correct that one instead."
                ),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawal_reason="")
                | (
                    Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, published_at__isnull=False)
                    & Q(withdrawal_reason__regex=SEEN)
                ),
                name="%(class)s_withdrawn_with_reason",
                violation_error_message=_(
                    "Only what is published is withdrawn: with who, when and why. Give all three, or none of them."
                ),
            ),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(published_at__isnull=False),
                name="%(class)s_superseded_once_published",
                violation_error_message=_(
                    "Only what was published can be superseded. Give when it was published, or leave this out."
                ),
            ),
        ]

    @classmethod
    def read_fields(cls) -> dict[str, str]:
        """Return what a reviewer reads and comments on: each field and part by its name, with its label."""
        fields = [
            field
            for field in cls._meta.concrete_fields
            if field.editable and not field.primary_key and field.name not in _READ_ELSEWHERE
        ]
        fields.sort(key=lambda field: field.name == "correction_note")
        labels = {field.name: field.verbose_name for field in fields} | cls.parts
        return {name: capfirst(str(label)) for name, label in labels.items()}

    def holds(self, field: str, words: str) -> bool:
        """Say whether `words` stand in the text of this field; of what is chosen and not written, anything may be said."""
        if field in self.parts:
            texts = [row.exact for row in getattr(self, field).all() if hasattr(row, "exact")]
        else:
            column = self._meta.get_field(field) if field else None
            written = isinstance(column, (models.CharField, models.TextField)) and not column.choices
            texts = [getattr(self, field)] if written else []
        return not texts or any(" ".join(words.split()) in " ".join(text.split()) for text in texts)

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

    def rewind(self, at: Moment) -> None:
        """Forget a correction and a withdrawal that came after `at`."""
        stored = vars(self)
        if not at.has_come(stored.get("superseded_at")):
            self.superseded_at = None
        if not at.has_come(stored.get("withdrawn_at")):
            self.withdrawn_at = self.withdrawn_by = None
            self.withdrawal_reason = ""

    @property
    def is_standing(self) -> bool:
        """Whether it stands published: neither corrected nor withdrawn."""
        return bool(self.published_at and not self.superseded_at and not self.withdrawn_at)
