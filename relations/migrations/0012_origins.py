"""A document may name the document that it reprints."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import relations.models.history
from relations.migrations._together import Together


class Migration(migrations.Migration):
    dependencies = [("relations", "0011_agreement")]

    operations = [
        Together(
            [
                pgtrigger.migrations.RemoveTrigger(
                    model_name="document",
                    name="insert_insert",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="document",
                    name="update_update",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="document",
                    name="delete_delete",
                ),
                migrations.AddField(
                    model_name="document",
                    name="reprints",
                    field=models.ForeignKey(
                        blank=True,
                        help_text="The document of ours that this one reprints or retells: both count as one source.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reprinted_by",
                        to="relations.document",
                        verbose_name="reprints",
                    ),
                ),
                migrations.AddField(
                    model_name="documentevent",
                    name="reprints",
                    field=models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The document of ours that this one reprints or retells: both count as one source.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="relations.document",
                        verbose_name="reprints",
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="document",
                    trigger=pgtrigger.compiler.Trigger(
                        name="same_desk",
                        sql=relations.models.history.RuleSql(
                            func="IF TG_OP = 'UPDATE' THEN IF OLD.* IS NOT DISTINCT FROM NEW.* THEN RETURN NEW; END IF; END IF; IF NEW.reprints_id IS NOT NULL THEN IF NEW.relationship_id IS DISTINCT FROM (SELECT relationship_id FROM relations_document WHERE id = NEW.reprints_id) THEN RAISE EXCEPTION USING MESSAGE = 'This belongs to another desk.', ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'same_desk', COLUMN = 'reprints'; END IF; END IF; RETURN NEW;",
                            hash="ca42f5f02f4d955dd4b6803d0a491e88acac9269",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_same_desk_f1e23",
                            table="relations_document",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="document",
                    trigger=pgtrigger.compiler.Trigger(
                        name="reprints_in_no_circle",
                        sql=relations.models.history.RuleSql(
                            func="IF TG_OP = 'UPDATE' THEN IF OLD.* IS NOT DISTINCT FROM NEW.* THEN RETURN NEW; END IF; END IF; IF NEW.reprints_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.reprints_id IS DISTINCT FROM OLD.reprints_id) THEN PERFORM 1 FROM relations_relationship WHERE id = NEW.relationship_id FOR NO KEY UPDATE; IF NEW.reprints_id = NEW.id OR EXISTS (WITH RECURSIVE origin (id) AS (SELECT NEW.reprints_id UNION SELECT d.reprints_id FROM relations_document d JOIN origin o ON d.id = o.id WHERE d.reprints_id IS NOT NULL) SELECT 1 FROM origin WHERE id = NEW.id) THEN RAISE EXCEPTION USING MESSAGE = 'A document cannot reprint itself, nor one that reprints it.', ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reprints_in_no_circle', COLUMN = 'reprints'; END IF; END IF; RETURN NEW;",
                            hash="1fc54f5913010f70801c0c72f1c648d0946bff4c",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_reprints_in_no_circle_6e3dc",
                            table="relations_document",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="document",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=relations.models.history.RuleSql(
                            func='INSERT INTO "relations_documentevent" ("author_id", "created_at", "date_published", "edited_at", "edited_by_id", "id", "language", "marking", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publisher_id", "recorded_at", "ref", "relationship_id", "reprints_id", "revision", "title", "url") VALUES (NEW."author_id", NEW."created_at", NEW."date_published", NEW."edited_at", NEW."edited_by_id", NEW."id", NEW."language", NEW."marking", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."publisher_id", NEW."recorded_at", NEW."ref", NEW."relationship_id", NEW."reprints_id", NEW."revision", NEW."title", NEW."url"); RETURN NULL;',
                            hash="f83334415877dcd9d2ca4d7cf88ae99d1e1db96a",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_10c37",
                            table="relations_document",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="document",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=relations.models.history.RuleSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "relations_documentevent" ("author_id", "created_at", "date_published", "edited_at", "edited_by_id", "id", "language", "marking", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publisher_id", "recorded_at", "ref", "relationship_id", "reprints_id", "revision", "title", "url") VALUES (NEW."author_id", NEW."created_at", NEW."date_published", NEW."edited_at", NEW."edited_by_id", NEW."id", NEW."language", NEW."marking", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."publisher_id", NEW."recorded_at", NEW."ref", NEW."relationship_id", NEW."reprints_id", NEW."revision", NEW."title", NEW."url"); RETURN NULL;',
                            hash="cd946d491c1fe696183c3812d4e2cc967556f28c",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_0213a",
                            table="relations_document",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="document",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=relations.models.history.RuleSql(
                            func='INSERT INTO "relations_documentevent" ("author_id", "created_at", "date_published", "edited_at", "edited_by_id", "id", "language", "marking", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publisher_id", "recorded_at", "ref", "relationship_id", "reprints_id", "revision", "title", "url") VALUES (OLD."author_id", OLD."created_at", OLD."date_published", OLD."edited_at", OLD."edited_by_id", OLD."id", OLD."language", OLD."marking", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."publisher_id", OLD."recorded_at", OLD."ref", OLD."relationship_id", OLD."reprints_id", OLD."revision", OLD."title", OLD."url"); RETURN NULL;',
                            hash="3eeac0c92930dbff8750831f7fa8d44f3683c006",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_e161f",
                            table="relations_document",
                            when="AFTER",
                        ),
                    ),
                ),
            ]
        ),
    ]
