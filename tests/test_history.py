"""The database itself records every insert, change and removal, and nobody forges or empties the record (R6)."""

import pghistory
import pgtrigger
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from relations.models import Bearing, DeskMembership, Issue, Party, Relationship, Statement, User
from relations.models.versions import PARTS
from relations.reports.history import _PARTS
from tests import factories
from tests.factories import make_party

pytestmark = pytest.mark.django_db


def events(row: object) -> list[object]:
    model = type(row).pgh_event_model  # type: ignore[attr-defined]
    return list(model.objects.filter(pgh_obj=row.pk).order_by("pgh_id"))  # type: ignore[attr-defined]


def test_every_content_table_has_its_history() -> None:
    unrecorded = [
        model.__name__
        for model in apps.get_app_config("relations").get_models()
        if not hasattr(model, "pgh_event_model")
        and not hasattr(model, "pgh_tracked_model")
        and not model._meta.auto_created
    ]
    # What is one user's own, holds for a while, is bookkeeping or made from other rows: no content of a desk.
    assert set(unrecorded) == {
        "IdempotencyKey", "ReviewClaim", "Watch", "Notification", "DigestSetting", "FeedAddress", "DeskVisit",
        "FormDraft", "DefaultView", "SearchEntry", "ApiToken", "TableImport", "PublishedBearing",
        "IssueStatement",
    }  # fmt: skip


def test_an_action_is_recorded_with_who_when_old_and_new(draft: Statement, analyst: User) -> None:
    (first,) = events(draft)
    assert first.pgh_context["user"] == analyst.pk  # type: ignore[attr-defined]
    assert first.pgh_label == "insert"  # type: ignore[attr-defined]
    assert first.text == draft.text  # type: ignore[attr-defined]


def test_bulk_updates_and_raw_sql_are_recorded_too(issue: Issue) -> None:
    Issue.objects.filter(pk=issue.pk).update(title="By bulk update")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE relations_issue SET title = 'By raw SQL' WHERE id = %s", [issue.pk])
    assert [event.title for event in events(issue)] == [issue.title, "By bulk update", "By raw SQL"]  # type: ignore[attr-defined]


def test_rows_that_come_together_are_recorded_each_in_their_order(
    draft: Statement, issue: Issue, analyst: User
) -> None:
    parties = [make_party(code, code) for code in ("FR", "DE", "IT")]
    told = [
        Bearing(
            relationship=draft.relationship, statement=draft, issue=issue, act="CONSULT", intensity=1, position_of=party
        )
        for party in parties
    ]
    with pghistory.context(user=analyst.pk, action="of_three"):
        Bearing.objects.bulk_create(told)
    recorded = Bearing.pgh_event_model.objects.filter(pgh_obj__in=told).order_by("pgh_id")
    assert [event.pgh_obj_id for event in recorded] == [bearing.pk for bearing in told]
    assert [event.position_of_id for event in recorded] == [party.pk for party in parties]
    assert {(event.pgh_label, event.pgh_context["action"]) for event in recorded} == {("insert", "of_three")}
    assert len({event.pgh_context_id for event in recorded}) == 1


def test_what_a_history_is_asked_for_by_is_found_by_index() -> None:
    asked = [(model, "pgh_obj") for model in apps.get_models() if hasattr(model, "pgh_event_model")]
    asked += [(part, column.partition("__")[0]) for parts in _PARTS.values() for part, column in parts]
    asked += [(part, column) for parts in PARTS.values() for part, column, _related in parts.values()]
    unindexed = [(model, key) for model, key in asked if not model.pgh_event_model._meta.get_field(key).db_index]
    assert unindexed == []


def test_the_ignore_switch_of_pgtrigger_hides_nothing(issue: Issue) -> None:
    with pgtrigger.ignore():
        Issue.objects.filter(pk=issue.pk).update(title="Unseen")
    assert [event.title for event in events(issue)][-1] == "Unseen"  # type: ignore[attr-defined]


def test_removals_are_recorded(draft: Statement, analyst: User) -> None:
    bearing = draft.bearings.get()
    bearing_pk = bearing.pk
    Bearing.objects.filter(pk=bearing_pk).delete()
    labels = Bearing.pgh_event_model.objects.filter(pgh_obj=bearing_pk).values_list("pgh_label", flat=True)
    assert set(labels) == {"insert", "delete"}


def test_a_password_is_in_no_history(analyst: User) -> None:
    assert "password" not in {field.name for field in User.pgh_event_model._meta.fields}


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO relations_partyevent (pgh_created_at, pgh_label, pgh_obj_id, id, code, kind, name, short_name) "
        "VALUES (now(), 'insert', 1, 1, 'XX', 'state', 'Forged', '')",
        "UPDATE relations_partyevent SET name = 'Forged'",
        "DELETE FROM relations_partyevent",
        "TRUNCATE relations_partyevent",
        "TRUNCATE relations_party CASCADE",
        "TRUNCATE relations_bearing",
    ],
)
def test_the_record_is_not_forged_changed_or_emptied(desk: object, sql: str) -> None:
    assert Party.pgh_event_model.objects.exists()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="history"):
            cursor.execute(sql)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_tests_on_real_transactions_leave_every_rule_in_place(published: Statement) -> None:
    def rules() -> list[tuple[str, str, str]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger ORDER BY 1, 2")
            return cursor.fetchall()

    before = rules()
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
    assert rules() == before
    assert not Statement.objects.exists()
    assert not Statement.pgh_event_model.objects.exists()


def test_no_session_setting_switches_a_rule_or_the_record_off(issue: Issue) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE relations_issue SET title = 'Renamed' WHERE id = %s", [issue.pk])
    assert [event.title for event in events(issue)][-1] == "Renamed"
    refused = pytest.raises(DatabaseError, match="cannot be changed")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE relations_issueevent SET title = 'Forged'")


def test_a_desk_stays_with_its_two_parties(desk: Relationship) -> None:
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        Relationship.objects.update(first_party=make_party("DE", "Germany"))


def test_granting_oneself_a_role_is_recorded(desk: object, superuser: User) -> None:
    membership = DeskMembership.objects.create(user=superuser, relationship=desk, role="lead")
    assert len(events(membership)) == 1


@pytest.mark.parametrize("slug", ["people", "search", "accounts", "admin", "static", "api"])
def test_a_slug_that_pages_use_is_refused_for_a_relationship(db: None, slug: str) -> None:
    with pytest.raises(IntegrityError):
        factories.make_desk(slug, "GR", "DE")


def test_a_pair_of_parties_has_one_desk_whatever_the_order(desk: object) -> None:
    with pytest.raises(IntegrityError):
        factories.make_desk("other", "TR", "US")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.org", "data:text/html,x", "//example.org"])
def test_the_database_takes_web_addresses_alone(draft: Statement, url: str) -> None:
    with pytest.raises(IntegrityError):
        type(draft.document).objects.filter(pk=draft.document_id).update(url=url)


def test_a_row_of_another_desk_is_refused(draft: Statement, analyst: User) -> None:
    other = factories.make_desk("gr-de", "GR", "DE")
    foreign = factories.make_issue(other, author=analyst)
    with pytest.raises(IntegrityError, match="another desk"):
        Bearing.objects.filter(statement=draft).update(issue=foreign)
