"""Statements on their issues by day, kept beside the content (why: in the model)."""

import django.db.models.deletion
from django.db import migrations, models

KEEP = """
-- By keys, whatever a plan that is kept was made for: in a small table or an empty one.
CREATE FUNCTION relations_find_on_issues(ids bigint[]) RETURNS void LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
  BEGIN
    WITH found AS MATERIALIZED (
      SELECT DISTINCT s.id, b.issue_id, s.latest
      FROM relations_statement s JOIN relations_bearing b ON b.statement_id = s.id WHERE s.id = ANY(ids)
    ), gone AS (
      DELETE FROM relations_issuestatement
      WHERE statement_id = ANY(ids) AND (statement_id, issue_id) NOT IN (SELECT id, issue_id FROM found)
    )
    INSERT INTO relations_issuestatement AS kept (statement_id, issue_id, latest) SELECT * FROM found
      ON CONFLICT (statement_id, issue_id) DO UPDATE SET latest = excluded.latest WHERE kept.latest <> excluded.latest;
  END
$$;

CREATE OR REPLACE FUNCTION relations_find_statements_now(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM relations_find_statement_entries(ids);
    PERFORM relations_find_published(ids);
    PERFORM relations_find_on_issues(ids);
  END
$$;
"""
FILL = """
INSERT INTO relations_issuestatement (statement_id, issue_id, latest)
  SELECT DISTINCT s.id, b.issue_id, s.latest
  FROM relations_statement s JOIN relations_bearing b ON b.statement_id = s.id;
"""
LEAVE = """
CREATE OR REPLACE FUNCTION relations_find_statements_now(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM relations_find_statement_entries(ids);
    PERFORM relations_find_published(ids);
  END
$$;
DROP FUNCTION relations_find_on_issues(bigint[]);
"""


def _kept_of(model: str, related_name: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name=related_name,
        to=f"relations.{model}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("relations", "0022_planning"),
    ]

    operations = [
        migrations.CreateModel(
            name="IssueStatement",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "statement", "issue", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("latest", models.DateField()),
                ("issue", _kept_of("issue", "+")),
                ("statement", _kept_of("statement", "on_issues")),
            ],
        ),
        migrations.RunSQL(KEEP, LEAVE),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            "issuestatement",
            models.Index(fields=["issue", "-latest", "-statement"], name="issue_statements_by_date"),
        ),
    ]
