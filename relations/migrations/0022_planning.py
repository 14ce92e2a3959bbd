"""How long PostgreSQL thinks before it answers: the widest lists name twenty tables.

Planned in every order of eight, the list of statements took 120 ms to plan and 5 to answer, the issue page 140 and 6; of
five, 27 and 37. The order in which they are written, the row itself first, is a good one. It is said of the database, so
that it holds behind a pooler too; where the role does not own that, of the role.
"""

from django.db import migrations

SAY = """
DO $$
  BEGIN
    EXECUTE format('ALTER DATABASE %I SET join_collapse_limit = 5', current_database());
  EXCEPTION WHEN insufficient_privilege THEN
    EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET join_collapse_limit = 5', current_database());
  END
$$;
"""
UNSAY = """
DO $$
  BEGIN
    EXECUTE format('ALTER DATABASE %I RESET join_collapse_limit', current_database());
  EXCEPTION WHEN insufficient_privilege THEN
    EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I RESET join_collapse_limit', current_database());
  END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("relations", "0021_published"),
    ]

    operations = [
        migrations.RunSQL(SAY, UNSAY),
    ]
