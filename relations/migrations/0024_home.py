"""The latest edited of what is mine and not published, found without looking at all that is not."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("relations", "0023_lists")]

    operations = [
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(
                fields=["author", "relationship", "-edited_at"],
                condition=models.Q(published_at__isnull=True),
                name="statement_mine",
            ),
        )
    ]
