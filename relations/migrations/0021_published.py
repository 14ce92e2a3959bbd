"""Published statements on their issues, kept beside the content (why: in the model)."""

import django.db.models.deletion
from django.db import migrations, models

from relations.migrations._together import Together

# Whose position: 0 the side's own word, 1 as others tell it, 2 the source's own report; none where they only consulted.
KEEP = """
ALTER FUNCTION relations_find_statements_now(bigint[]) RENAME TO relations_find_statement_entries;

-- By keys, whatever a plan that is kept was made for: in a small table or an empty one.
CREATE FUNCTION relations_find_published(ids bigint[]) RETURNS void LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
  BEGIN
    WITH found AS MATERIALIZED (
      SELECT b.id, s.id AS statement_id, b.issue_id, b.position_of_id,
        CASE WHEN b.act = 'CONSULT' THEN NULL
          WHEN s.kind = 'reported' THEN 2
          WHEN b.stated AND (s.kind = 'joint' OR s.on_behalf_of_id = b.position_of_id) THEN 0
          ELSE 1 END,
        s.earliest, s.latest, s.published_at, s.withdrawn_at, s.withdrawn_at IS NULL AND s.superseded_at IS NULL
      FROM relations_statement s JOIN relations_bearing b ON b.statement_id = s.id
      WHERE s.id = ANY(ids) AND s.published_at IS NOT NULL
    ), gone AS (
      DELETE FROM relations_publishedbearing
      WHERE statement_id = ANY(ids) AND bearing_id NOT IN (SELECT id FROM found)
    )
    INSERT INTO relations_publishedbearing AS kept (
        bearing_id, statement_id, issue_id, position_of_id, rank, earliest, latest, published_at, withdrawn_at, stands)
      SELECT * FROM found
      ON CONFLICT (bearing_id) DO UPDATE SET
        (statement_id, issue_id, position_of_id, rank, earliest, latest, published_at, withdrawn_at, stands) =
          (excluded.statement_id, excluded.issue_id, excluded.position_of_id, excluded.rank, excluded.earliest,
            excluded.latest, excluded.published_at, excluded.withdrawn_at, excluded.stands)
        WHERE kept IS DISTINCT FROM excluded;
  END
$$;

-- The entries come first: they are locked, so that what another session publishes meanwhile is seen here too.
CREATE FUNCTION relations_find_statements_now(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM relations_find_statement_entries(ids);
    PERFORM relations_find_published(ids);
  END
$$;
"""
# With the index of statements in place: the rows of each lot are looked for by it.
FILL = """
DO $$
  DECLARE chunk bigint[];
  BEGIN
    FOR chunk IN SELECT array_agg(id) FROM relations_statement GROUP BY id / 5000 LOOP
      PERFORM relations_find_published(chunk);
    END LOOP;
  END
$$;
"""
LEAVE = """
DROP FUNCTION relations_find_statements_now(bigint[]);
DROP FUNCTION relations_find_published(bigint[]);
ALTER FUNCTION relations_find_statement_entries(bigint[]) RENAME TO relations_find_statements_now;
"""


def _kept_of(model: str, **options: bool) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=f"relations.{model}",
        **options,
    )


def _index(fields: list[str], name: str, **condition: bool) -> migrations.AddIndex:
    where = models.Q(**condition) if condition else None
    return migrations.AddIndex("publishedbearing", models.Index(fields=fields, condition=where, name=name))


class Migration(migrations.Migration):
    dependencies = [
        ("relations", "0020_lists"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublishedBearing",
            fields=[
                (
                    "bearing",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="relations.bearing",
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField(null=True)),
                ("earliest", models.DateField()),
                ("latest", models.DateField()),
                ("published_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("stands", models.BooleanField()),
                ("issue", _kept_of("issue")),
                ("position_of", _kept_of("party", null=True)),
                ("statement", _kept_of("statement")),
            ],
        ),
        migrations.RunSQL(KEEP, LEAVE),
        _index(["statement"], "published_of_statement"),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        Together(
            [
                _index(["issue", "latest"], "published_last_word", stands=True),
                _index(["issue", "earliest"], "published_first_day", stands=True),
                _index(
                    ["issue", "position_of", "rank", "-latest", "-published_at", "-bearing"],
                    "published_positions",
                    stands=True,
                    rank__isnull=False,
                ),
                _index(["issue", "published_at"], "published_by_publication"),
                _index(["issue", "withdrawn_at"], "published_by_withdrawal", withdrawn_at__isnull=False),
            ]
        ),
    ]
