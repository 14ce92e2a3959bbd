"""Each desk says after how many days without a word an issue has gone quiet; its history keeps that too."""

import django.core.validators
from django.db import migrations, models
from pgtrigger.compiler import Trigger
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from relations.migrations._together import Together
from relations.models.history import RuleSql


def _quiet_after() -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        default=30,
        help_text="Days without a statement after which an issue counts as gone quiet.",
        validators=[
            django.core.validators.MinValueValidator(1),
            django.core.validators.MaxValueValidator(3650),
        ],
        verbose_name="quiet after",
    )


def _recording(operation: str, row: str, pgid: str, sha1: str, **condition: str) -> AddTrigger:
    label = operation.lower()
    return AddTrigger(
        model_name="relationship",
        trigger=Trigger(
            name=f"{label}_{label}",
            sql=RuleSql(
                **condition,
                func='INSERT INTO "relations_relationshipevent" ("first_party_id", "id", "order", "own_side", "pgh_context", '
                '"pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_after", "second_party_id", "slug", '
                f'"time_zone") VALUES ({row}."first_party_id", {row}."id", {row}."order", {row}."own_side", '
                "COALESCE(NULLIF(CURRENT_SETTING('pghistory.context_metadata', TRUE), ''), NULL)::JSONB, "
                "COALESCE(NULLIF(CURRENT_SETTING('pghistory.context_id', TRUE), ''), NULL)::UUID, NOW(), "
                f'\'{label}\', {row}."id", {row}."quiet_after", {row}."second_party_id", {row}."slug", {row}."time_zone"); '
                "RETURN NULL;",
                hash=sha1,
                operation=operation,
                pgid=pgid,
                table="relations_relationship",
                when="AFTER",
            ),
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("relations", "0012_origins")]

    operations = [
        Together(
            [
                *(
                    RemoveTrigger(model_name="relationship", name=f"{label}_{label}")
                    for label in ("insert", "update", "delete")
                ),
                migrations.AddField("relationship", "quiet_after", _quiet_after()),
                migrations.AddField("relationshipevent", "quiet_after", _quiet_after()),
                _recording(
                    "INSERT", "NEW", "pgtrigger_insert_insert_bbbca", "8c81e834d01bd853b1ac19bde0c5813dc09114d6"
                ),
                _recording(
                    "UPDATE",
                    "NEW",
                    "pgtrigger_update_update_6261c",
                    "9c59e02e3fe1f01547ebe7e1e2461a0360c79b26",
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                ),
                _recording(
                    "DELETE", "OLD", "pgtrigger_delete_delete_7d4d6", "e7b77db3fdfb32727b636e626cad85160a6395f1"
                ),
                migrations.AddConstraint(
                    "relationship",
                    models.CheckConstraint(
                        condition=models.Q(quiet_after__range=(1, 3650)),
                        name="relationship_quiet_after_days",
                        violation_error_message="Give a number of days from 1 to 3650.",
                    ),
                ),
            ]
        )
    ]
