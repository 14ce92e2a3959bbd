"""The history of each object, with old and new values and its parts, from what the database wrote (R6)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from relations.models import DeskMembership, Relationship, Statement, User
from relations.reports.history import history_page
from tests.admin.filling import save
from tests.factories import submitted

pytestmark = pytest.mark.django_db


def test_a_statements_history_tells_old_and_new_of_it_and_its_parts(
    as_analyst: Client, draft: Statement, analyst: User
) -> None:
    address = f"/admin/relations/statement/{draft.pk}/change/"
    save(
        as_analyst,
        address,
        text="Türkiye wants them lifted.",
        **{"bearings-0-act": "REJECT", "bearings-0-intensity": ""},
    )
    draft.refresh_from_db()
    submitted(draft, analyst)
    entries = history_page(draft).entries
    words = next(c for e in entries for c in e.changes if e.label == "update" and c.label == "Words")
    assert (words.old, words.new) == ("Türkiye wants the sanctions lifted.", "Türkiye wants them lifted.")
    act = next(c for e in entries for c in e.changes if e.part and e.label == "update" and c.label == "What they did")
    assert (act.old, act.new) == ("Asks", "Refuses")
    assert {e.part for e in entries} == {"", "passage", "bearing on an issue", "review"}
    assert {e.who for e in entries if e.action == "save statement"} == {"analyst"}
    page = as_analyst.get(f"/admin/relations/statement/{draft.pk}/history/").content.decode()
    assert "<del" in page
    assert "Refuses" in page
    assert address in page


def test_what_was_removed_stays_in_the_history(as_analyst: Client, draft: Statement) -> None:
    save(as_analyst, f"/admin/relations/statement/{draft.pk}/change/", **{"passages-0-DELETE": "on"})
    removed = [entry for entry in history_page(draft).entries if entry.label == "delete"]
    assert [entry.part for entry in removed] == ["passage"]
    assert any(change.old == "We want the sanctions lifted" for change in removed[0].changes)


def test_a_history_costs_the_same_whatever_its_length(as_analyst: Client, draft: Statement) -> None:
    address = f"/admin/relations/statement/{draft.pk}/"
    counts = []
    for number in range(4):
        save(as_analyst, f"{address}change/", text=f"Version {number}.")
        with CaptureQueriesContext(connection) as queries:
            as_analyst.get(f"{address}history/")
        counts.append(len(queries))
    assert len(set(counts)) == 1


def test_a_row_changed_outside_any_request_names_the_program(desk: Relationship, analyst: User) -> None:
    membership = DeskMembership.objects.get(user=analyst)
    assert history_page(membership).entries[0].who == "the program itself"


def test_readers_and_outsiders_read_no_history(as_reader: Client, draft: Statement) -> None:
    assert as_reader.get(f"/admin/relations/statement/{draft.pk}/history/").status_code == 404
