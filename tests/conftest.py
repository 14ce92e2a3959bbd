"""A desk with everyone at it, on the real database."""

import functools
import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.cache import cache
from django.db import connection, connections
from django.db.backends.postgresql.operations import DatabaseOperations
from django.template import RequestContext, Template
from django.test import Client, override_settings
from django.test import client as test_client
from django.utils import timezone
from pytest_django.fixtures import Settings

from relations.actions.statements import correct_statement
from relations.choices import Role
from relations.models import Document, Issue, Relationship, Statement, User
from tests import factories
from tests.serving import Served


def pytest_collection_finish() -> None:
    """Leave what was imported out of every later collection: a fifth of the suite's time was spent looking it over."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def quick_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Plain static addresses, a hasher that costs nothing, and files kept apart."""
    with override_settings(
        MEDIA_ROOT=str(tmp_path_factory.getbasetemp() / "media"),
        STORAGES={
            **settings.STORAGES,
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        WHITENOISE_AUTOREFRESH=True,
    ):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Let commits to the test database not wait for the disk: no test ends the server that it is on."""
    connection.settings_dict["OPTIONS"]["options"] = "-c synchronous_commit=off"


@pytest.fixture(scope="session", autouse=True)
def quick_pages() -> Iterator[None]:
    """Note a page's own context alone, and put each static file's address together once.

    Django's client copies the context of every template that a page is made of, each input of a form included.
    """
    store_all = test_client.store_rendered_templates

    def store(kept: dict[str, Any], signal: Any, sender: Any, template: Template, context: Any, **named: Any) -> None:
        # A part of a page is no template of its own: there the first that it includes brings the page's context.
        if isinstance(context, RequestContext) and (context.template is template or not kept):
            store_all(kept, signal, sender, template, context, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(test_client, "store_rendered_templates", store)
        patch.setattr(StaticFilesStorage, "url", functools.cache(StaticFilesStorage.url))
        yield


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Let no test meet what another left in the cache, nor the clock of its desk."""
    cache.clear()
    timezone.deactivate()


@pytest.fixture(scope="session", autouse=True)
def quick_flush() -> Iterator[None]:
    """Empty between tests on real transactions the tables that have rows alone, their rules put aside meanwhile.

    History refuses to be emptied, and TRUNCATE of all tables, a new file for each of their indexes, takes as long as
    many a test. Content types and permissions are the same for every test and stay.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


def sql_flush(_ops: Any, _style: Any, tables: list[str], **_options: Any) -> list[str]:
    """Return the statements that empty `tables`, in one transaction."""
    looked_at = sorted({*tables} - {"django_content_type", "auth_permission"})
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in looked_at))
        filled = [table for (table,) in cursor.fetchall()]
        cursor.execute(
            "SELECT 'ALTER TABLE ' || tgrelid::regclass || string_agg("
            "format(' ENABLE %%s TRIGGER %%I', CASE tgenabled WHEN 'A' THEN 'ALWAYS' ELSE '' END, tgname), ',') "
            "FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgrelid = ANY(%s::regclass[]) "
            "GROUP BY tgrelid",
            [filled],
        )
        rules_again = [statement for (statement,) in cursor.fetchall()]
    return [
        "SET LOCAL session_replication_role = replica",  # foreign keys
        *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in filled),
        *(f"DELETE FROM {table}" for table in filled),
        *rules_again,
    ]


@pytest.fixture
def desk(db: None) -> Relationship:
    return factories.make_desk()


@pytest.fixture
def reader(desk: Relationship) -> User:
    return factories.make_user("reader", desk, Role.READER)


@pytest.fixture
def analyst(desk: Relationship) -> User:
    return factories.make_user("analyst", desk, Role.ANALYST)


@pytest.fixture
def reviewer(desk: Relationship) -> User:
    return factories.make_user("reviewer", desk, Role.REVIEWER)


@pytest.fixture
def lead(desk: Relationship) -> User:
    return factories.make_user("lead", desk, Role.LEAD)


@pytest.fixture
def outsider(db: None) -> User:
    return factories.make_user("outsider")


@pytest.fixture
def superuser(db: None) -> User:
    return User.objects.create_superuser("root", password=factories.PASSWORD)


@pytest.fixture
def issue(desk: Relationship, analyst: User) -> Issue:
    return factories.make_issue(desk, slug="caatsa")


@pytest.fixture
def document(desk: Relationship, analyst: User) -> Document:
    return factories.make_document(desk, analyst)


@pytest.fixture
def draft(issue: Issue, analyst: User) -> Statement:
    return factories.make_statement(issue, analyst)


@pytest.fixture
def published(issue: Issue, analyst: User, reviewer: User) -> Statement:
    return factories.make_published(issue, analyst, reviewer)


@pytest.fixture
def corrected(published: Statement, analyst: User, reviewer: User) -> Statement:
    """What corrects `published`, itself published: other words, another act, another passage."""
    draft = correct_statement(actor=analyst, statement=published)
    factories.rewritten(draft, analyst, "Türkiye refuses the sanctions.")
    factories.publish(draft, analyst, reviewer)
    published.refresh_from_db()
    return draft


class _Browser(Client):
    """A client whose requests find what the test has stored, as if that had been committed.

    Until then nothing is written for the search, and most tests never ask for it.
    """

    def request(self, **request: Any) -> Any:
        if connection.connection is not None:  # asked past Django, which counts the queries of the page
            connection.connection.execute("SET CONSTRAINTS relations_find_due IMMEDIATE")
        return super().request(**request)


@pytest.fixture
def signed_in() -> Callable[..., Client]:
    """Return a client for a user; `htmx=True` for one that asks for partials."""

    def sign_in(user: User, *, htmx: bool = False) -> Client:
        client = _Browser(headers={"HX-Request": "true"} if htmx else None)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def as_analyst(signed_in: Callable[..., Client], analyst: User) -> Client:
    return signed_in(analyst)


@pytest.fixture
def as_reviewer(signed_in: Callable[..., Client], reviewer: User) -> Client:
    return signed_in(reviewer)


@pytest.fixture
def as_reader(signed_in: Callable[..., Client], reader: User) -> Client:
    return signed_in(reader)


@pytest.fixture(scope="module")
def gunicorn(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("served"))
    served.start()
    yield served
    served.kill()


@pytest.fixture
def served(gunicorn: Served, transactional_db: None, settings: Settings) -> Iterator[Served]:
    """The program in a process of its own, on the test database and the same files, to be ended and started again."""
    settings.MEDIA_ROOT = str(gunicorn.media)
    yield gunicorn
    connections.close_all()
