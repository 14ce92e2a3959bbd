"""Building a made-up archive: the same for the same numbers, all or nothing, and nowhere near a real desk."""

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from relations.actions.dumps import dump_desk
from relations.archive import rules
from relations.archive.building import build
from relations.archive.plan import Plan
from relations.models import Relationship, Statement
from relations.models.search import SearchEntry

pytestmark = pytest.mark.django_db


def test_the_same_numbers_make_the_same_archive(db: None) -> None:
    def archive_of(plan: Plan) -> list[str]:
        with transaction.atomic():
            build(plan, tell=lambda _what: None, advance=lambda _count: None)
            lines = [line for desk in Relationship.objects.order_by("order") for line in dump_desk(desk)]
            transaction.set_rollback(True)
        return lines

    first = archive_of(Plan(60, 2, 7))
    assert len(first) > 500
    assert archive_of(Plan(60, 2, 7)) == first
    assert archive_of(Plan(60, 2, 8)) != first


def test_a_database_with_a_real_desk_is_left_alone(desk: Relationship) -> None:
    with pytest.raises(CommandError, match=r"holds the desk “us-turkiye”, which is no archive’s. Nothing was done"):
        call_command("make_archive", statements=40, desks=1)
    assert Relationship.objects.count() == 1


def test_a_server_of_ones_own_is_filled_only_where_its_database_is_named(db: None, settings: Any) -> None:
    settings.IS_PRIVATE = False
    with pytest.raises(CommandError, match="--into test_desk"):
        call_command("make_archive", statements=40, desks=1)
    with pytest.raises(CommandError, match="--into test_desk"):
        call_command("make_archive", statements=40, desks=1, into="desk")
    assert not Relationship.objects.exists()


def test_a_rule_that_does_not_hold_leaves_nothing_behind(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.RULES, ("statement", "impossible"), ["FROM relations_statement"])
    with pytest.raises(CommandError, match=r"Nothing was stored.*statement: impossible"):
        call_command("make_archive", statements=40, desks=1)
    assert not Relationship.objects.exists()
    assert not Statement.objects.exists()
    assert not SearchEntry.objects.exists()
    assert _table_aside() is None


def test_a_table_of_entries_that_is_kept_otherwise_is_not_replaced(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("GRANT SELECT ON relations_searchentry TO PUBLIC")
    with pytest.raises(RuntimeError, match="does not stand as it stood"):
        call_command("make_archive", statements=40, desks=1)
    assert not SearchEntry.objects.exists()
    assert _table_aside() is None


def _table_aside() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('relations_searchentry_made')")
        return cursor.fetchone()[0]
