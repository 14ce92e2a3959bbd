"""What several instances share is set by the environment alone."""

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.db import connection
from django.template import Context, Template
from django.utils.formats import date_format, number_format
from django.utils.translation import ngettext

CHECKOUT = Path(__file__).resolve().parents[2]
_TELL = (
    "import json; from config import settings as s; print(json.dumps([s.DATABASES, s.DATABASE_ROUTERS, s.CACHES, "
    "s.SESSION_ENGINE, s.STORAGES['default']], default=str))"
)


def settings_with(**environment: str) -> Any:
    """Return databases, routers, caches, session engine and storage of an installation with this environment."""
    base = {"PATH": os.environ["PATH"], "SECRET_KEY": "k" * 60, "DATABASE_URL": "postgres://desk@db.example/desk"}
    said = subprocess.run(
        [sys.executable, "-c", _TELL], cwd=CHECKOUT, env=base | environment, check=True, capture_output=True
    )
    return json.loads(said.stdout)


def test_one_machine_needs_none_of_it() -> None:
    databases, routers, caches, sessions, storage = settings_with()
    assert list(databases) == ["default"]
    assert routers == []
    assert caches["default"]["BACKEND"].endswith("LocMemCache")
    assert sessions == "django.contrib.sessions.backends.db"
    assert storage["BACKEND"].endswith("FileSystemStorage")


def test_replicas_cache_sessions_and_files_are_where_the_environment_says() -> None:
    databases, routers, caches, sessions, storage = settings_with(
        DATABASE_REPLICA_URL="postgres://desk@one.example/desk,postgres://desk@%2Frun%2Fpg/desk",
        CACHE_URL="dbcache://cache",
        SESSIONS_IN="cached_db",
        S3_BUCKET="desk-files",
        S3_ENDPOINT_URL="https://store.example",
    )
    assert [databases[alias]["HOST"] for alias in ("replica_1", "replica_2")] == ["one.example", "/run/pg"]
    assert routers == ["config.replicas.Router"]
    assert caches["default"] == {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
    assert sessions == "django.contrib.sessions.backends.cached_db"
    assert storage["OPTIONS"]["bucket_name"] == "desk-files"
    assert storage["OPTIONS"]["endpoint_url"] == "https://store.example"


def test_with_one_language_no_phrase_is_looked_up_and_words_days_and_numbers_are_british() -> None:
    assert not settings.USE_I18N
    day = datetime.date(2025, 3, 25)
    shown = Template("{% load i18n %}{% get_current_language as language %}{{ language }} {{ day }} {{ number }}")
    assert shown.render(Context({"day": day, "number": 0.5})) == "en-gb 25 Mar 2025 0.5"
    assert date_format(day, "j M Y") == "25 Mar 2025"
    assert number_format(10_000, force_grouping=True) == "10,000"
    assert forms.DateField(localize=True).clean("25/03/2025") == day
    assert ngettext("%d row", "%d rows", 2) % 2 == "2 rows"


@pytest.mark.django_db
def test_postgresql_weighs_few_orders_of_the_tables_of_a_wide_list() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase "
            "WHERE d.datname = current_database()"
        )
        assert cursor.fetchall() == [(["join_collapse_limit=5"],)]
