"""How long PostgreSQL thinks before it answers: the widest lists name twenty tables.

Planned in every order of eight, the list of statements took 120 ms to plan and 5 to answer, the issue page 140 and 6; of
five, 27 and 37. The order in which they are written, the row itself first, is a good one. It is said of the database, so
that it holds behind a pooler too; where the role does not own that, of the role.
"""

from django.db import migrations


def said(change: str) -> str:
    """Return the statement that makes this change to the database's sessions, or to the role's in it."""
    return f"""
DO $$
  BEGIN
    EXECUTE format('ALTER DATABASE %I {change}', current_database());
  EXCEPTION WHEN insufficient_privilege THEN
    EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I {change}', current_database());
  END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("relations", "0021_published"),
    ]

    operations = [
        migrations.RunSQL(said("SET join_collapse_limit = 5"), said("RESET join_collapse_limit")),
    ]
