"""The index of lists over several desks (why: in the model)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("relations", "0019_api"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(fields=["-latest", "-id"], name="statement_newest_first"),
        ),
    ]
