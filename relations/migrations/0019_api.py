"""Access tokens of the API; an account that is made inactive loses its own for good."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import relations.models.base
import relations.models.history


class Migration(migrations.Migration):
    dependencies = [
        ("relations", "0018_facets"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="what it is for")),
                ("sha256", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "created_at",
                    models.DateTimeField(default=relations.models.base.moment, editable=False, verbose_name="made"),
                ),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                ("last_used_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last used")),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="revoked")),
                (
                    "relationships",
                    models.ManyToManyField(related_name="+", to="relations.relationship", verbose_name="desks"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "access token",
                "verbose_name_plural": "access tokens",
                "ordering": ("-created_at", "-pk"),
                "constraints": [
                    relations.models.base.NotBlank(
                        condition=models.Q(
                            (
                                "name__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            )
                        ),
                        name="api_token_name_not_blank",
                        violation_error_message="This may not be empty.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="api_token_expires_later",
                        violation_error_message="A token expires after it was made.",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="revoke_tokens",
                sql=relations.models.history.RuleSql(
                    func="IF NOT NEW.is_active THEN UPDATE relations_apitoken SET revoked_at = date_trunc('milliseconds', now()) WHERE user_id = NEW.id AND revoked_at IS NULL; END IF; RETURN NULL;",
                    hash="5800ffe66386920b4d8da7a4e622e7f7f5219267",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_revoke_tokens_f244a",
                    table="relations_user",
                    when="AFTER",
                ),
            ),
        ),
    ]
