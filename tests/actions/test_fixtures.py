"""The demo desk as the article has it; loading, refusing and dumping fixtures.

The desk stays for the whole module: what needs a database without it is in test_loading.py.
"""

import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django_countries.data import COUNTRIES

from relations.actions.commitments import settle_commitment
from relations.actions.documents import add_capture
from relations.actions.dumps import dump_desk
from relations.actions.fixtures import BadFixture, load_files
from relations.actions.reviews import return_, withdraw_statement
from relations.actions.statements import correct_statement
from relations.briefs.content import thawed
from relations.choices import BriefKind, Marking, StatementKind
from relations.models import (
    Bearing,
    Brief,
    Document,
    Issue,
    IssueLink,
    Meeting,
    Party,
    Person,
    Relationship,
    Statement,
    StatusChange,
    User,
)
from relations.reports.brief import Asked, write_brief
from tests import factories

pytestmark = pytest.mark.django_db

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
SEED = Path(settings.BASE_DIR).parent / "shared" / "seed" / "2025-03-26-fidan-rubio-washington.txt"


@pytest.fixture(scope="module")
def loaded_seed(quick_settings: None, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The desk, loaded once for all of these tests, each of which undoes what it does to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_files([FIXTURES / "reference.json", FIXTURES / "us_turkiye.json"])
        yield
        transaction.set_rollback(True)


@pytest.fixture
def seed(loaded_seed: None, db: None) -> Relationship:
    return Relationship.objects.get(slug="us-turkiye")


def count_events() -> int:
    models = apps.get_app_config("relations").get_models()
    return sum(model._default_manager.count() for model in models if hasattr(model, "pgh_tracked_model"))


# The desk that the article makes


def test_every_state_and_the_mandates_of_public_record_are_there(seed: Relationship) -> None:
    assert set(Party.objects.filter(kind="state").values_list("code", flat=True)) == set(COUNTRIES)
    assert len(COUNTRIES) == 249
    assert Party.objects.get(code="TR").name == "Türkiye"
    rubio = Person.objects.get(ref="marco-rubio").mandates.get()
    assert str(rubio.start) == "2025-01-21"
    assert str(Person.objects.get(ref="hakan-fidan").mandates.get().start) == "2023-06-03"
    for ref in ("tammy-bruce", "recep-tayyip-erdogan"):
        assert Person.objects.get(ref=ref).mandates.get().start is None
    for name in ("archive-author", "archive-reviewer"):
        account = User.objects.get(username=name)
        assert not account.is_active
        assert not account.has_usable_password()


def test_status_moves_only_where_the_article_supports_it(seed: Relationship) -> None:
    moved = {
        issue.slug: (issue.status, issue.trend)
        for issue in Issue.objects.at(seed).with_standing()
        if (issue.status, issue.trend) != ("open", "not_assessed")
    }
    assert moved == {"defence-restrictions": ("in_talks", "improving"), "trade": ("open", "improving")}
    assert Issue.objects.at(seed).count() == 12


def test_the_sanctions_arise_from_the_s_400(seed: Relationship) -> None:
    link = IssueLink.objects.get(from_issue__slug="caatsa", kind="arises_from")
    assert link.to_issue.slug == "s-400"


def test_three_meetings_one_held_one_scheduled_one_expected_without_a_day(seed: Relationship) -> None:
    meetings = {meeting.state: meeting for meeting in Meeting.objects.at(seed)}
    assert str(meetings["held"].earliest) == "2025-03-25"
    assert str(meetings["scheduled"].earliest) == "2025-03-26"
    assert meetings["expected"].earliest is None
    assert {readout.side.code for readout in meetings["held"].readouts.all()} == {"US", "TR"}


def test_the_brief_says_what_the_desk_had_published_when_it_was_made(seed: Relationship) -> None:
    brief = Brief.objects.at(seed).get()
    chosen = brief.parameters
    asked = Asked(
        relationship=seed,
        kind=BriefKind(brief.kind),
        title=brief.title,
        issues=[issue.pk for issue in Issue.objects.at(seed).filter(slug__in=chosen["issues"])],
        meeting=Meeting.objects.at(seed).get(ref=chosen["meeting"]),
        since=None,
        until=datetime.date.fromisoformat(chosen["until"]),
        known=datetime.date.fromisoformat(chosen["known"]),
        audience=Marking(brief.marking),
        holds_own_work=chosen["own_work"],
    )
    written = write_brief(asked, made=brief.created_at, by=str(brief.author))
    assert thawed(brief.content) == written.content
    assert brief.cited == list(written.cites)


def test_each_statement_is_attributed_as_the_article_attributes_it(seed: Relationship) -> None:
    statements = Statement.objects.at(seed).standing()
    assert 11 <= statements.count() <= 17
    for statement in statements.filter(speaker_person__ref="marco-rubio"):
        assert str(statement.relayer) == "Tammy Bruce"
        assert statement.mandate is not None
    for statement in statements.filter(speaker_person__ref="hakan-fidan"):
        assert statement.kind == StatementKind.PARAPHRASE
        assert statement.relayer == ""
    for statement in statements.exclude(speaker_descriptor=""):
        assert statement.on_behalf_of.code == "TR"
        assert statement.basis == "background"
    for statement in statements.filter(kind=StatementKind.REPORTED):
        assert statement.on_behalf_of is None
    assert str(statements.filter(kind=StatementKind.QUOTE).first().speaker) == "Turkish diplomatic sources"  # type: ignore[union-attr]


def test_washingtons_position_on_the_defence_industry_is_held_only_as_told(seed: Relationship) -> None:
    bearings = Bearing.objects.filter(issue__slug="defence-restrictions", position_of__code="US")
    assert bearings.exists()
    assert all(bearing.as_told_by.code == "TR" for bearing in bearings)  # type: ignore[union-attr]
    assert not bearings.positions().exists()


def test_no_statement_of_the_source_itself_is_a_position(seed: Relationship) -> None:
    assert not Bearing.objects.positions().filter(statement__kind=StatementKind.REPORTED).exists()


def test_every_quotation_stands_in_its_passage_and_the_copy_holds_nothing_else(seed: Relationship) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relations_unfounded_quotation(id) FROM relations_statement")
        assert {row[0] for row in cursor.fetchall()} == {None}
    capture = Document.objects.get(ref="hurriyet-207332").newest_capture()
    assert capture is not None
    assert capture.extent == "excerpt"
    assert "[...]" in capture.text


def test_the_fixture_copies_no_sentence_of_the_article_but_officials_words() -> None:
    if not SEED.exists():
        pytest.skip("the seed article lies beside the project and is not here")
    article = re.sub(r"[^\w]+", " ", SEED.read_text(encoding="utf-8")).lower().split()
    runs = {tuple(article[start : start + 9]) for start in range(len(article) - 8)}
    for row in json.loads((FIXTURES / "us_turkiye.json").read_text(encoding="utf-8")):
        if row["model"] in ("relations.capture", "relations.passage"):
            continue
        for field in ("text", "summary", "rationale", "title"):
            text = row["fields"].get(field) or ""
            if row["fields"].get("kind") == "quote" or row["model"] == "relations.document":
                continue
            own = re.sub(r"“[^”]*”", " ", text)
            words = re.sub(r"[^\w]+", " ", own).lower().split()
            copied = [
                words[start : start + 9] for start in range(len(words) - 8) if tuple(words[start : start + 9]) in runs
            ]
            assert copied == [], (row["model"], field)


# Bad rows


def load_rows(tmp_path: Path, rows: Any) -> str:
    """Load `rows` and return what is said against them."""
    path = tmp_path / "bad.json"
    path.write_text(rows if isinstance(rows, str) else json.dumps(rows))
    before = count_events()
    with pytest.raises(BadFixture) as bad:
        load_files([path])
    assert count_events() == before
    return str(bad.value)


def issue_row(**fields: Any) -> dict[str, Any]:
    values = {
        "relationship": ["us-turkiye"],
        "title": "New",
        "slug": "new-one",
        "author": ["archive-author"],
        "edited_by": ["archive-author"],
        **fields,
    }
    return {"model": "relations.issue", "fields": values}


def document_row(**fields: Any) -> dict[str, Any]:
    values = {
        "relationship": ["us-turkiye"],
        "ref": "another",
        "title": "Another",
        "publisher": ["reuters"],
        "date_published": "2025-03-26",
        "author": ["archive-author"],
        "edited_by": ["archive-author"],
        **fields,
    }
    return {"model": "relations.document", "fields": values}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("{", "is no JSON"),
        ("{}", "holds no list"),
        ('[{"model": "relations.issue", "model": "relations.issue", "fields": {}}]', "stands twice in one object"),
        ([{"model": "relations.nothing", "fields": {}}], "nothing that a fixture loads"),
        ([{"model": "relations.deskmembership", "fields": {}}], "nothing that a fixture loads"),
        ([{"model": "relations.statementevent", "fields": {}}], "nothing that a fixture loads"),
        ([{"model": "relations.issue", "pk": 1, "fields": {}}], "primary keys are not taken"),
        ([issue_row(colour="red")], "colour: is no field of this model"),
        ([issue_row(relationship=["no-such"])], "relationship: there is no relationship no-such"),
        ([issue_row(relationship="us-turkiye")], "relationship: is no natural key"),
        ([issue_row(), issue_row()], "stands twice"),
        ([issue_row(impact="huge")], "impact"),
        ([issue_row(title="")], "title"),
        ([issue_row(title="x\u0000")], "title"),
        ([document_row(url="javascript:alert(1)")], "url"),
        ([document_row(date_published="2025-02-30")], "2025-02-30"),
        (
            [{"model": "relations.user", "fields": {"username": "intruder", "is_superuser": True}}],
            "accounts are not loaded",
        ),
        ([7], "is no row"),
        ([{"model": "relations.issue", "fields": {}, "note": "x"}], "is no row"),
        ("[" * 100_000, "is nested too deeply"),
        ([issue_row(title=7)], "title: 7 is of the wrong type"),
        ([issue_row(title=["a"])], "is of the wrong type"),
        ([issue_row(revision=True)], "revision: true is of the wrong type"),
        ([issue_row(title="\ud800")], "title: holds a NUL character or half of one character"),
        ([issue_row(created_at="2025-03-26T09:00:00")], "created_at: is a time without its zone"),
        ([issue_row(created_at="9999-12-31T23:59:59Z")], "created_at: is no moment between 1970 and now"),
        ([issue_row(created_at="0001-01-01T00:00:00Z")], "created_at: is no moment between 1970 and now"),
        ([document_row(ref="")], "ref: This field cannot be blank"),
        ([{"model": "relations.person", "fields": {"ref": "", "name": "Nobody"}}], "ref: This field cannot be blank"),
        ([issue_row(author=["x" * 200])], "author: Ensure this value has at most 150 characters"),
        ([issue_row(author=["no name"])], "author: Enter a valid username"),
        ([issue_row(author=[])], "author: is no natural key"),
        ([issue_row(author=None)], "author: is missing"),
        ([{"model": "relations.party", "fields": {"code": "tr", "name": "x"}}], "code"),
        ([{"model": "relations.publisher", "fields": {"name": "Nameless"}}], "ref: is missing"),
        ([document_row(publisher=["nobody"])], "publisher: there is no publisher nobody"),
        ([document_row(date_published="2025-02-30")], "date_published: “2025-02-30”"),
        (
            [{"model": "relations.publisher", "fields": {"ref": "bad", "name": ""}}, document_row(publisher=["bad"])],
            "publisher: the publisher bad is itself refused",
        ),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_stored(seed: Relationship, tmp_path: Path, rows: Any, said: str) -> None:
    assert said in load_rows(tmp_path, rows)


def test_all_bad_rows_are_named_in_one_run(seed: Relationship, tmp_path: Path) -> None:
    said = load_rows(tmp_path, [issue_row(impact="huge"), issue_row(slug="good"), issue_row(slug="x", topic="none")])
    assert "impact" in said
    assert "topic" in said
    assert not Issue.objects.filter(slug="good").exists()


def test_rows_stored_together_are_refused_one_by_one(seed: Relationship, tmp_path: Path) -> None:
    rows = [document_row(ref=f"doc-{number}", url=f"https://a.example/{number}") for number in range(40)]
    rows[13]["fields"]["url"] = rows[31]["fields"]["url"] = rows[5]["fields"]["url"]
    assert load_rows(tmp_path, rows).splitlines() == [
        f"bad.json: relations.document doc-{number}: This desk already holds a document with this address."
        for number in (13, 31)
    ]


def test_a_row_costs_no_query_of_its_own(seed: Relationship, tmp_path: Path) -> None:
    spent = []
    for count in (10, 300):
        rows = [
            document_row(ref=f"doc-{count}-{number}", url=f"https://a{count}.example/{number}")
            for number in range(count)
        ]
        path = tmp_path / "documents.json"
        path.write_text(json.dumps(rows))
        with CaptureQueriesContext(connection) as queries:
            load_files([path])
        spent.append(len(queries))
    assert spent[0] == spent[1]


def test_a_fixture_cannot_publish_without_a_review(seed: Relationship, tmp_path: Path) -> None:
    rows = json.loads((FIXTURES / "us_turkiye.json").read_text(encoding="utf-8"))
    (statement,) = (row for row in rows if row["model"] == "relations.statement" and row["fields"]["kind"] == "quote")
    statement["fields"]["ref"] = "unreviewed"
    said = load_rows(tmp_path, [statement])
    assert "relations.statement unreviewed: published_at: Only an approved review publishes" in said


def test_every_unsettled_row_is_named_beside_the_others(seed: Relationship, tmp_path: Path) -> None:
    rows = json.loads((FIXTURES / "us_turkiye.json").read_text(encoding="utf-8"))
    statements = [row for row in rows if row["model"] == "relations.statement"][:2]
    for number, row in enumerate(statements):
        row["fields"]["ref"] = f"unreviewed-{number}"
    statements[1]["fields"]["superseded_at"] = "2025-03-26T12:00:00Z"
    statements[1]["fields"]["published_at"] = statements[0]["fields"]["published_at"]
    said = load_rows(tmp_path, [*statements, issue_row(impact="huge")]).splitlines()
    assert [line.split(": ")[1:3] for line in said] == [
        ["relations.issue us-turkiye new-one", "impact"],
        ["relations.statement unreviewed-0", "published_at"],
        ["relations.statement unreviewed-1", "published_at"],
        ["relations.statement unreviewed-1", "superseded_at"],
    ]


def test_what_a_trigger_refuses_is_told_at_its_field(seed: Relationship, tmp_path: Path) -> None:
    capture = {
        "relationship": ["us-turkiye"], "document": ["hurriyet-207332"], "number": 2, "text": "Words.",
        "sha256": "0" * 64, "retrieved_at": "2025-03-26T09:00:00Z", "recorded_at": "2025-03-26T09:00:00Z",
    }  # fmt: skip
    assert "sha256: The hash is not that of the text." in load_rows(
        tmp_path, [{"model": "relations.capture", "fields": capture}]
    )


def test_what_was_published_is_not_changed_by_a_file(seed: Relationship, tmp_path: Path) -> None:
    rows = json.loads((FIXTURES / "us_turkiye.json").read_text(encoding="utf-8"))
    for row in rows:
        if row["model"] == "relations.statement" and row["fields"]["ref"] == "fidan-gaza":
            row["fields"]["text"] = "Something else."
    assert "What was published is not changed" in load_rows(tmp_path, rows)


def test_history_says_that_a_file_was_loaded(seed: Relationship) -> None:
    events = apps.get_model("relations", "StatementEvent").objects
    assert {context["command"] for context in events.values_list("pgh_context", flat=True)} == {"load_desk"}


def test_the_command_says_what_is_wrong(seed: Relationship, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps([issue_row(impact="huge")]))
    with pytest.raises(CommandError, match="Nothing was loaded: 1 row is wrong"):
        call_command("load_desk", path)
    assert "bad.json: relations.issue us-turkiye new-one: impact" in capsys.readouterr().err
    with pytest.raises(CommandError, match="1 row"):
        call_command("load_desk", tmp_path / "missing.json")


def test_a_missing_account_is_made_inactive_and_no_account_is_changed(seed: Relationship, tmp_path: Path) -> None:
    factories.make_user("ana", is_superuser=True)
    path = tmp_path / "desk.json"
    path.write_text(json.dumps([issue_row(author=["ana"], edited_by=["gone"])]))
    assert load_files([path]).accounts == ["gone"]
    gone, ana = User.objects.get(username="gone"), User.objects.get(username="ana")
    assert not gone.is_active
    assert not gone.has_usable_password()
    assert ana.is_superuser
    assert ana.check_password(factories.PASSWORD)


# Dumps


def test_djangos_loaddata_changes_nothing_that_load_desk_stored(seed: Relationship) -> None:
    before = count_events()
    call_command("loaddata", "reference", "us_turkiye", verbosity=0)
    assert count_events() == before


def dumped() -> str:
    return "\n".join(dump_desk(Relationship.objects.get(slug="us-turkiye")))


def test_a_dump_loads_into_an_empty_installation_to_the_same_desk_byte_for_byte(
    seed: Relationship, tmp_path: Path
) -> None:
    analyst = factories.make_user("ana", seed, "analyst")
    reviewer = factories.make_user("rana", seed, "reviewer")
    issue = Issue.objects.get(slug="caatsa")
    document = factories.make_document(seed, analyst)
    factories.make_statement(issue, analyst, document, text="A draft.")
    returned = factories.make_statement(issue, analyst, document, text="Came back.")
    return_(actor=reviewer, review=factories.submitted(returned, analyst), revision=1, comment="Why?")
    factories.submitted(factories.make_statement(issue, analyst, document, text="Waits."), analyst)
    published = factories.make_published(issue, analyst, reviewer, document=document)
    second = factories.publish(correct_statement(actor=analyst, statement=published), analyst, reviewer)
    withdrawn = factories.make_published(issue, analyst, reviewer, document=document, text="Taken back.")
    factories.make_move(issue, analyst, reviewer, [withdrawn])
    promise = factories.make_commitment(withdrawn, issue, analyst)
    settle_commitment(actor=analyst, commitment=promise, state="kept", revision=1, settled_by=second)
    withdraw_statement(actor=reviewer, subject=withdrawn, reason="Misheard.")
    add_capture(actor=analyst, document=document, text="Ankara. " + factories.TEXT)

    first = dumped()
    assert '"relations.user"' not in first
    assert '"pk"' not in first
    assert '"relations.deskmembership"' not in first
    path = tmp_path / "desk.json"
    path.write_text(first)
    factories.empty_database()
    assert not Statement.objects.exists()
    assert set(load_files([path]).accounts) == {"ana", "rana", "archive-author", "archive-reviewer"}
    assert dumped() == first
    assert StatusChange.objects.with_evidence_flag().filter(evidence_flagged=True).count() == 1
