"""Indexes for lists that are narrowed by their facets (why each: in the models)."""

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("relations", "0017_bulk"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="statement",
            name="statement_by_date",
        ),
        migrations.AddIndex(
            model_name="bearing",
            index=models.Index(fields=["relationship", "act", "statement"], name="bearing_by_act"),
        ),
        migrations.AddIndex(
            model_name="bearing",
            index=models.Index(fields=["relationship", "intensity", "statement"], name="bearing_by_intensity"),
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(
                fields=["relationship", "-latest", "-id"],
                include=(
                    "kind",
                    "on_behalf_of",
                    "speaker_person",
                    "basis",
                    "credibility",
                    "marking",
                    "published_at",
                    "superseded_at",
                    "withdrawn_at",
                ),
                name="statement_by_date",
            ),
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(fields=["relationship", "kind", "-latest", "-id"], name="statement_by_kind"),
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(fields=["relationship", "basis", "-latest", "-id"], name="statement_by_basis"),
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(
                fields=["relationship", "credibility", "-latest", "-id"], name="statement_by_credibility"
            ),
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(fields=["relationship", "marking", "-latest", "-id"], name="statement_by_marking"),
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(
                condition=models.Q(("published_at__isnull", True)),
                fields=["relationship", "-latest", "-id"],
                name="statement_unpublished_by_date",
            ),
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(
                condition=models.Q(("superseded_at__isnull", False)),
                fields=["relationship", "-latest", "-id"],
                name="statement_superseded_by_date",
            ),
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(
                models.F("relationship"),
                models.OrderBy(
                    django.db.models.functions.comparison.Coalesce("published_at", "created_at"), descending=True
                ),
                models.OrderBy(models.F("id"), descending=True),
                name="statement_by_coming",
            ),
        ),
    ]
