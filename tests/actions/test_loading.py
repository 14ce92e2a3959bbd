"""Fixtures and the demo on a database that does not hold the demo desk yet."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from relations.actions.demo import ACCOUNTS, load_demo_desk, make_demo_accounts
from relations.actions.dumps import dump_desk
from relations.actions.fixtures import load_files
from relations.models import Statement, User
from tests.actions.test_fixtures import FIXTURES, count_events, load_rows

pytestmark = pytest.mark.django_db


def test_djangos_own_loaddata_takes_both_and_a_second_time_changes_nothing(db: None) -> None:
    call_command("loaddata", "reference", "us_turkiye", verbosity=0)
    before = count_events()
    call_command("loaddata", "reference", "us_turkiye", verbosity=0)
    load_files([FIXTURES / "reference.json", FIXTURES / "us_turkiye.json"])
    assert count_events() == before


def test_what_hangs_on_a_refused_row_beside_it_is_told_as_its_consequence(published: Statement, tmp_path: Path) -> None:
    loaded = json.loads("\n".join(dump_desk(published.relationship)))
    (row,) = (row for row in loaded if row["model"] == "relations.statement")
    first, second = (json.loads(json.dumps(row)) for _number in range(2))
    first["fields"] |= {"ref": "first", "published_at": None, "earliest": "2999-01-01", "latest": "2999-01-01"}
    second["fields"] |= {"ref": "second", "published_at": None, "supersedes": ["first"]}
    said = load_rows(tmp_path, [first, second]).splitlines()
    assert [line.split(": ", 1)[1] for line in said] == [
        "relations.statement first: earliest: This day lies in the future.",
        "relations.statement second: supersedes: the statement first is itself refused",
    ]


def test_a_desk_that_nobody_has_is_not_dumped(db: None) -> None:
    with pytest.raises(CommandError, match="no desk"):
        call_command("dump_desk", "nowhere")


def test_the_demo_is_prepared_once(db: None, tmp_path: Path) -> None:
    passwords = tmp_path / "demo-accounts.json"
    assert load_demo_desk(FIXTURES) is True
    made = make_demo_accounts(passwords)
    assert set(made) == set(ACCOUNTS)
    assert len(set(made.values())) == len(ACCOUNTS)
    assert passwords.stat().st_mode & 0o077 == 0
    before = count_events()
    assert load_demo_desk(FIXTURES) is False
    assert make_demo_accounts(passwords) == made
    assert count_events() == before
    assert set(make_demo_accounts(passwords, "one for all").values()) == {"one for all"}
    assert User.objects.get(username="analyst").check_password("one for all")
    assert not User.objects.get(username="outsider").memberships.exists()


def test_a_password_that_is_not_known_is_not_made_up(db: None, tmp_path: Path) -> None:
    passwords = tmp_path / "demo-accounts.json"
    load_demo_desk(FIXTURES)
    made = make_demo_accounts(passwords)
    analyst = User.objects.get(username="analyst")
    analyst.set_password("her own")
    analyst.save()
    assert make_demo_accounts(passwords) == {**made, "analyst": ""}
    passwords.unlink()
    assert set(make_demo_accounts(passwords).values()) == {""}


def test_with_a_server_of_ones_own_no_demo_account_is_made(
    db: None, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.IS_PRIVATE = False
    call_command("prepare_demo")
    assert "no demo account is made" in capsys.readouterr().out
    assert not User.objects.exists()
