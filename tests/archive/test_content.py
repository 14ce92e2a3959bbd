"""A made-up archive: as large and as skewed as asked for, within every rule, and with its history."""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from relations.actions.dumps import dump_desk
from relations.actions.fixtures import load_files
from relations.archive import rules
from relations.archive.building import build
from relations.archive.content import TABLES
from relations.archive.plan import Plan
from relations.models import (
    Document,
    Issue,
    Meeting,
    Passage,
    Person,
    Relationship,
    Review,
    Statement,
    StatusChange,
    User,
)
from relations.models.moments import NOW, Moment
from relations.reports.positions import held_positions
from relations.reports.spoken import spoken, with_last_word
from tests import factories

pytestmark = pytest.mark.django_db

PLAN = Plan(statements=2000, desks=4, seed=7)


@pytest.fixture(scope="module")
def archive(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """One archive for all tests that only look at it: building it costs seconds."""
    with django_db_blocker.unblock(), transaction.atomic():
        build(PLAN, tell=lambda _what: None, advance=lambda _count: None)
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def desks(archive: None) -> list[Relationship]:
    return list(Relationship.objects.order_by("order"))


# What it holds


def test_it_is_as_large_as_asked_and_its_first_desk_has_a_third(desks: list[Relationship]) -> None:
    sizes = [Statement.objects.at(desk).count() for desk in desks]
    assert sum(sizes) == 2000
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] >= 2000 // 3
    assert sizes[1] > sizes[-1]
    assert Statement.objects.published().count() > 1000


def test_what_happens_to_real_statements_happens_to_some(archive: None) -> None:
    states = dict(Statement.objects.with_review_state().values_list("review_state").annotate(Count("pk")).order_by())
    assert set(states) == {"draft", "in_review", "returned", "published", "superseded", "withdrawn"}
    assert set(Statement.objects.values_list("kind", flat=True)) == {
        "quote",
        "paraphrase",
        "readout",
        "joint",
        "reported",
    }
    assert set(Statement.objects.values_list("precision", flat=True)) == {"day", "month", "year"}
    assert Statement.objects.filter(mandate__isnull=False, on_behalf_of=F("mandate__post__party")).count() > 500
    assert Statement.objects.exclude(original_text="").exists()
    assert Statement.objects.with_passage_flag().filter(passage_flag=True).exists()
    assert StatusChange.objects.standing().filter(evidence__isnull=False).count() > 20
    assert Meeting.objects.filter(readouts__isnull=False, agenda__isnull=False, participants__isnull=False).exists()


def test_its_words_are_as_frequent_as_those_of_prose(archive: None) -> None:
    def share(word: str) -> float:
        return Statement.objects.filter(text__iregex=rf"\y{word}\y").count() / 2000

    assert share("the") > 0.6
    assert 0.12 < share("talks") < 0.3
    assert 0 < share("consulate") < 0.12


def test_what_stands_now_is_what_the_rows_say_as_of_a_day_to_come(desks: list[Relationship]) -> None:
    tomorrow = Moment(known=timezone.now().date() + datetime.timedelta(days=2))  # worked out from the rows themselves

    def told(desk: Relationship, at: Moment) -> list[object]:
        issues = Issue.objects.at(desk).order_by("pk")
        keys = [issue.pk for issue in issues]
        held = held_positions(desk, keys, at)
        assert all(held_positions(desk, None, at)[key].bearing == each.bearing for key, each in held.items())
        positions = {key: (each.bearing.pk, each.how) for key, each in held.items()}
        return [positions, spoken(keys, at), list(with_last_word(issues, at).values_list("last_word", flat=True))]

    for desk in desks[1:3]:
        assert told(desk, NOW) == told(desk, tomorrow)
    assert {each.how for each in held_positions(desks[1]).values()} >= {"own"}


def test_the_database_finds_nothing_to_change_in_what_is_kept_beside_the_content(archive: None) -> None:
    def rows() -> list[list[tuple[str]]]:
        found = []
        for table in ("searchentry", "publishedbearing", "issuestatement"):
            cursor.execute(f"SELECT ctid::text FROM relations_{table} ORDER BY ctid")
            found.append(cursor.fetchall())
        return found

    with connection.cursor() as cursor:
        before = rows()
        for noun in ("document", "statement"):
            cursor.execute(f"SELECT relations_find_{noun}s_now(ARRAY(SELECT id FROM relations_{noun}))")
        assert all(before)
        assert rows() == before


def test_nobody_and_no_state_in_it_is_real(archive: None) -> None:
    assert Person.objects.exclude(ref__startswith="archive-").count() == 0
    assert all(code[0] in "XQ" for code in Relationship.objects.values_list("first_party__code", flat=True))
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_every_page_of_it_answers_for_its_members(desks: list[Relationship], signed_in: Callable[..., Client]) -> None:
    desk = desks[0]
    statement = Statement.objects.at(desk).standing().filter(speaker_person__isnull=False).order_by("pk")[7]
    pages = [
        reverse("home"),
        reverse("board", args=[desk.slug]),
        Issue.objects.at(desk)[0].get_absolute_url(),
        reverse("statement_list", args=[desk.slug]),
        statement.get_absolute_url(),
        statement.document.get_absolute_url(),
        StatusChange.objects.at(desk).published()[0].get_absolute_url(),
        Meeting.objects.at(desk)[0].get_absolute_url(),
        statement.speaker_person.get_absolute_url(),
    ]
    waiting = Review.objects.at(desk).open()[0]
    queue = [
        reverse("review_queue", args=[desk.slug]),
        reverse("review", args=[desk.slug, waiting.ref]),
        reverse("statement_history", args=[desk.slug, statement.ref]),
    ]
    answers = {}
    for role, shown in (("reader", pages), ("reviewer", [*pages, *queue])):
        client = signed_in(User.objects.filter(memberships__relationship=desk, memberships__role=role)[0])
        answers |= {(role, page): client.get(page).status_code for page in shown}
    assert set(answers.values()) == {200}, answers


# Its rules


def test_no_rule_is_broken(archive: None) -> None:
    assert rules.check() == len(rules.queries())


def test_every_trigger_is_asked_for_or_looks_at_changes_alone() -> None:
    tables = {table: model for model in TABLES for table in (model, model.pgh_event_model)}
    triggers = {(model._meta.model_name, trigger.name) for model in tables for trigger in model._meta.triggers}
    assert {(table, name) for table, name in triggers if name not in rules.ABOUT_CHANGES} == set(rules.RULES)


BREACHES = [
    ("capture: kept_as_it_stood", "capture SET sha256 = repeat('0', 64)"),
    ("document: reprints_in_no_circle", "document SET reprints_id = id"),
    ("capture: same_desk", "capture SET relationship_id = {other}"),
    ("statement: same_desk", "statement SET relationship_id = {other}"),
    ("statement: published_by_review", "statement SET published_at = published_at - interval '1 s'"),
    ("statement: dated_in_the_past", "statement SET latest = '2999-01-01' WHERE precision = 'day'"),
    ("statement: office_on_the_day", "statement SET earliest = '1990-01-01', latest = '1990-01-01' "
     "WHERE mandate_id > 0 AND precision = 'day'"),
    ("statement: marking_never_looser", "document SET marking = 'RED'"),
    ("statement: keep_contributors", "contribution SET user_id = {someone}"),
    ("passage: stands_in_copy", "passage SET exact = 'Otherwise.'"),
    ("bearing: fits_statement", "bearing SET act = 'AID', mode = ''"),
    ("review: submittable", "statement SET text = 'He said “never that”.', original_text = '', original_language = '', "
     "translated_by = ''"),
    ("review: approvable", "contribution SET user_id = (SELECT decided_by_id FROM relations_review r WHERE "
     "r.statement_id = relations_contribution.statement_id AND r.decided_by_id > 0) WHERE statement_id IN "
     "(SELECT statement_id FROM relations_review WHERE decided_by_id > 0)"),
    ("review: publishes", "review SET decided_at = decided_at + interval '1 s'"),
    ("statement: search_insert", "searchentry SET published = NOT published"),
    ("passage: search_insert", "searchentry SET text = 'Otherwise.'"),
    ("bearing: search_insert", "publishedbearing SET stands = NOT stands"),
    ("bearing: search_insert", "issuestatement SET latest = latest + 1"),
    ("document: history ends", "document SET title = 'Otherwise'"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "breach"), BREACHES, ids=[rule for rule, _breach in BREACHES])
def test_a_breach_of_a_rule_is_found(desks: list[Relationship], rule: str, breach: str) -> None:
    names = {"other": desks[1].pk, "someone": User.objects.get(username="archive-analyst-everywhere").pk}
    table = f"relations_{breach.split(maxsplit=1)[0]}"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE relations_{breach.format(**names)}")
    assert rules.broken({name: query for name, query in rules.queries().items() if name.startswith(rule)})


def test_the_guards_stand_again_when_it_is_built(archive: None) -> None:
    refused = [
        "UPDATE relations_statement SET text = 'Otherwise.' WHERE published_at IS NOT NULL",
        "DELETE FROM relations_review",
        "UPDATE relations_statementevent SET text = 'Otherwise.'",
        "INSERT INTO relations_captureevent SELECT * FROM relations_captureevent",
        "UPDATE relations_passage SET statement_id = 0",
    ]
    for breach in refused:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(breach)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE NOT convalidated")
        assert cursor.fetchone() == (0,)


def test_the_database_takes_a_desk_of_it_from_a_file_with_every_guard_in_place(
    desks: list[Relationship], tmp_path: Path
) -> None:
    path = tmp_path / "desk.json"
    path.write_text(dumped := "\n".join(dump_desk(desks[-1])))
    factories.empty_database()
    load_files([path])
    assert "\n".join(dump_desk(Relationship.objects.get())) == dumped


# Its history


def test_its_history_is_what_the_triggers_would_have_written(archive: None) -> None:
    statement = Statement.objects.filter(superseded_at__isnull=False).order_by("pk")[0]
    events = statement.pgh_event_model.objects.filter(pgh_obj=statement.pk).order_by("pgh_id")
    reader, second = (
        Review.objects.get(statement=one).decided_by_id
        for one in (statement, Statement.objects.get(supersedes=statement))
    )
    assert [(event.pgh_label, event.pgh_context["action"], event.pgh_context["user"]) for event in events] == [
        ("insert", "save_statement", statement.author_id),
        ("update", "approve", reader),
        ("update", "approve", second),
    ]
    assert [event.pgh_created_at for event in events] == [
        statement.created_at, statement.published_at, statement.superseded_at,
    ]  # fmt: skip
    assert [event.published_at for event in events] == [None, statement.published_at, statement.published_at]


def test_an_archive_stands_once(archive: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_archive", statements=2000, desks=4, seed=7)
    assert "It stands already: 2,000 statements at 4 desks from seed 7." in capsys.readouterr().out
    with pytest.raises(CommandError, match="An archive stands here already"):
        call_command("make_archive", statements=2000, desks=4, seed=8)
    assert Passage.objects.count() > 1500
    assert Document.objects.count() > 100
