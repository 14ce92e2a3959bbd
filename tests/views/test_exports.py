"""What leaves the desk is what a list shows, for whom it may be seen, in forms that other programs read."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from relations.actions.statements import save_statement
from relations.choices import (
    Act,
    Agreement,
    Basis,
    CommitmentState,
    Credibility,
    Extent,
    Impact,
    Marking,
    MeetingKind,
    MeetingState,
    Reliability,
    ReviewState,
    Role,
    StatementKind,
    Status,
    Trend,
)
from relations.columns import COLUMNS
from relations.models import (
    Document,
    Issue,
    Meeting,
    Person,
    Publisher,
    Relationship,
    ReliabilityRating,
    Statement,
    User,
)
from relations.reports.export_files import file_pieces
from relations.reports.exported_statements import STATEMENTS
from relations.reports.exports import Sending
from relations.views.exported_lists import LISTS
from tests import factories
from tests.test_access import MARK, SECRET, make_world

pytestmark = pytest.mark.django_db

SCHEMA = json.loads((Path(settings.BASE_DIR) / "docs" / "export.schema.json").read_text())
URLS = {
    "statements": "statement_export", "issues": "issues_export", "documents": "document_export",
    "meetings": "meeting_export", "commitments": "commitment_export", "notes": "note_export", "queue": "review_export",
    "people": "people_export", "posts": "posts_export", "organisations": "organisations_export",
    "publishers": "publishers_export", "search": "search_export",
}  # fmt: skip


def sent(
    client: Client,
    desk: Relationship,
    kind: str = "csv",
    up_to: str = "CLEAR",
    noun: str = "statements",
    **filters: str,
) -> Any:
    args = [] if LISTS[noun].verb is None else [desk.slug]
    return client.get(reverse(URLS[noun], args=args), {"format": kind, "up_to": up_to, **filters})


def body(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(answer).decode("utf-8-sig")), strict=True))


def checked(answer: Any) -> dict[str, Any]:
    written = json.loads(body(answer))
    jsonschema.validate(written, SCHEMA, format_checker=jsonschema.FormatChecker())
    return written


def test_the_file_holds_what_the_list_shows_in_its_order(
    as_reader: Client, desk: Relationship, published: Statement, issue: Issue, analyst: User, reviewer: User
) -> None:
    later = factories.make_published(
        issue, analyst, reviewer, text="The US refuses.", earliest="2025-03-26", latest="2025-03-26",
        on_behalf_of=desk.first_party,
    )  # fmt: skip
    found = rows(sent(as_reader, desk))
    assert [row["ref"] for row in found] == [later.ref, published.ref]
    row = found[1]
    assert row["text"] == published.text
    assert (row["speaker"], row["speaker_ref"]) == ("Hakan Fidan", published.speaker_person.ref)
    assert (row["earliest"], row["party"]) == ("2025-03-25", "TR")
    assert row["passages"] == "We want the sanctions lifted"
    bearing = published.bearings.get()
    assert row["issues"].startswith(f"caatsa REQUEST {bearing.intensity:+}")
    assert row["document_url"].startswith("https://news.example.org/")
    assert [row["ref"] for row in rows(sent(as_reader, desk, party="US"))] == [later.ref]


def test_nothing_leaves_that_its_taker_may_not_see(signed_in: Callable[..., Client]) -> None:
    """A reader gets of every noun what is published and in no format a word of the desk's own work; others nothing."""
    world = make_world()
    desk, people = world["desk"], world["people"]
    stranger, reader, lead = (signed_in(people[who]) for who in ("stray_superuser", Role.READER, Role.LEAD))
    for noun, exported in LISTS.items():
        if exported.verb is None:
            continue
        assert sent(stranger, desk, up_to="RED", noun=noun).status_code == 404, noun
        if Role.READER not in exported.verb.roles:
            assert sent(reader, desk, up_to="RED", noun=noun).status_code == 404, noun
            assert SECRET in body(sent(lead, desk, up_to="RED", noun=noun)).decode()
            continue
        for kind in exported.formats:
            answer = sent(reader, desk, kind, "RED", noun)
            if kind == "fixture":
                assert answer.status_code == 422
                assert "Choose one of these formats." in answer.content.decode()
                continue
            text = unpacked(body(answer)) if kind == "xlsx" else body(answer).decode()
            assert MARK in text or kind in ("ris", "csl", "bib"), (noun, kind)
            assert SECRET not in text, (noun, kind)


def unpacked(file: bytes) -> str:
    book = zipfile.ZipFile(io.BytesIO(file))
    return "".join(book.read(name).decode() for name in book.namelist() if "sheet" in name)


def test_what_fewer_people_may_see_stays_at_the_desk(
    as_analyst: Client, desk: Relationship, issue: Issue, analyst: User
) -> None:
    for marking in Marking:
        factories.make_statement(issue, analyst, text=f"Marked {marking}.", marking=marking)
    for number, marking in enumerate(Marking, start=1):
        assert len(rows(sent(as_analyst, desk, up_to=marking))) == number
    answer = sent(as_analyst, desk, up_to="AMBER+STRICT")
    assert "us-turkiye-statements-tlp-amber-strict-" in answer["Content-Disposition"]
    secret = factories.make_document(desk, analyst)
    factories.make_statement(issue, analyst, secret, text="Of a source that few may see.")
    Document.objects.filter(pk=secret.pk).update(marking=Marking.RED)
    assert "few may see" not in body(sent(as_analyst, desk, up_to="AMBER")).decode()
    assert secret.ref not in [row["ref"] for row in rows(sent(as_analyst, desk, noun="documents"))]


def test_an_issues_status_that_rests_on_what_few_may_see_is_told_to_them_alone(
    as_reader: Client, desk: Relationship, issue: Issue, analyst: User, reviewer: User
) -> None:
    said = factories.make_published(issue, analyst, reviewer, text="We will not talk.", marking=Marking.AMBER)
    factories.make_move(issue, analyst, reviewer, [said], to_status="stalled")
    (open_row,) = rows(sent(as_reader, desk, noun="issues"))
    assert (open_row["slug"], open_row["status"], open_row["second_says"]) == ("caatsa", "", "")
    assert rows(sent(as_reader, desk, noun="issues", status="stalled")) == []
    (row,) = rows(sent(as_reader, desk, noun="issues", up_to="AMBER", status="stalled"))
    assert (row["status"], row["second_says"]) == ("stalled", "We will not talk.")


def test_who_spoke_on_deep_background_is_named_nowhere(
    as_analyst: Client, desk: Relationship, issue: Issue, analyst: User
) -> None:
    said = factories.make_statement(
        issue, analyst, speaker_descriptor="an aide to the minister", basis=Basis.DEEP_BACKGROUND
    )
    for kind in LISTS["statements"].formats:
        assert b"an aide" not in body(sent(as_analyst, desk, kind))
    for style in ("bib", "ris", "json"):
        assert b"an aide" not in cited(as_analyst, said, style).content


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", '=HYPERLINK("https://x.example.org")'])
def test_no_cell_is_a_formula(
    as_analyst: Client, desk: Relationship, issue: Issue, analyst: User, document: Document, words: str
) -> None:
    factories.make_statement(issue, analyst, document=document, text="Says so.", cited_place=words, original_text=words,
                             original_language="tr", translated_by="=A1")  # fmt: skip
    (row,) = rows(sent(as_analyst, desk))
    assert row["original_text"] == f"'{words}"
    assert row["translated_by"] == "'=A1"
    book = openpyxl.load_workbook(io.BytesIO(body(sent(as_analyst, desk, "xlsx"))))
    kinds = {cell.data_type for line in book["statements"].iter_rows() for cell in line}
    assert "f" not in kinds


def test_a_workbook_holds_the_same_as_the_csv_and_says_what_it_is(
    as_reader: Client, desk: Relationship, published: Statement
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(body(sent(as_reader, desk, "xlsx", party="TR"))), read_only=True)
    head, line = book["statements"].iter_rows(values_only=True)
    in_sheet = dict(zip(head, line, strict=True))
    (in_csv,) = rows(sent(as_reader, desk))
    assert list(in_sheet) == list(in_csv) == list(COLUMNS["statements"])
    assert in_sheet["text"] == in_csv["text"]
    assert in_sheet["earliest"].date().isoformat() == in_csv["earliest"]
    assert str(in_sheet["credibility"]) == in_csv["credibility"]
    about = dict(book["about"].iter_rows(values_only=True, max_col=2))
    assert about["title"] == f"{desk.title}: statements"
    assert (about["marking"], about["filters"]) == ("TLP:CLEAR", "party=TR")


def test_a_text_longer_than_a_cell_is_cut_and_says_so(
    as_analyst: Client, desk: Relationship, issue: Issue, analyst: User
) -> None:
    factories.make_statement(issue, analyst, original_text="ş<&" * 20_000, original_language="tr",
                             translated_by="The desk")  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(body(sent(as_analyst, desk, "xlsx"))))
    cell = book["statements"].cell(2, COLUMNS["statements"].index("original_text") + 1).value
    assert len(cell) == 32_767
    assert cell.startswith("ş<&ş<&")
    assert cell.endswith("CSV holds all)")


def test_the_json_is_as_its_schema_says(
    as_analyst: Client, desk: Relationship, issue: Issue, analyst: User, reviewer: User, document: Document
) -> None:
    ReliabilityRating.objects.create(relationship=desk, publisher=document.publisher, reliability="B")
    factories.make_published(issue, analyst, reviewer, document=document)
    factories.make_statement(issue, analyst, text="“Talks go on”", kind=StatementKind.QUOTE)
    factories.make_statement(
        issue, analyst, text="Both will meet.", kind=StatementKind.JOINT, on_behalf_of=None,
        earliest="2025-03-01", latest="2025-03-31", precision="month", original_text="Görüşecekler.",
        original_language="tr", translated_by="The desk",
    )  # fmt: skip
    written = checked(sent(as_analyst, desk, "json", since="2025-01-01"))
    assert written["name"] == f"{desk.title}: statements"
    assert (written["desk:marking"], written["desk:filters"]) == ("TLP:CLEAR", "since=2025-01-01")
    by_kind = {each["desk:kind"]: each for each in written["hasPart"]}
    assert by_kind["quote"]["@type"] == "Quotation"
    assert by_kind["joint"]["temporalCoverage"] == "2025-03"
    assert by_kind["paraphrase"]["desk:reliability"] == "B"
    assert by_kind["paraphrase"]["about"][0]["desk:act"] == "REQUEST"


def test_every_noun_of_a_desk_is_as_the_schema_says_in_tables_too(signed_in: Callable[..., Client]) -> None:
    world = make_world()
    lead = signed_in(world["people"][Role.LEAD])
    for noun in LISTS:
        asked = {"q": MARK} if noun == "search" else {}
        written = checked(sent(lead, world["desk"], "json", "RED", noun, **asked))
        assert written["hasPart"], noun
        table = rows(sent(lead, world["desk"], "csv", "RED", noun, **asked))
        assert list(table[0]) == list(COLUMNS[noun]), noun
        named = {row["slug" if noun == "issues" else "ref"] for row in table}
        assert named == {each["identifier"] for each in written["hasPart"]}, noun


def test_the_schema_knows_every_word_that_the_desk_knows() -> None:
    of = {name: each.get("properties", {}) for name, each in SCHEMA["$defs"].items()}
    assert set(SCHEMA["properties"]["desk:noun"]["enum"]) == set(LISTS)
    assert set(SCHEMA["$defs"]["marking"]["enum"]) == set(Marking.values)
    for name, term, choices in (
        ("about", "desk:act", Act), ("statement", "desk:kind", StatementKind), ("statement", "desk:state", ReviewState),
        ("statement", "desk:reliability", Reliability), ("statement", "desk:basis", Basis),
        ("issue", "creativeWorkStatus", Status), ("issue", "desk:trend", Trend), ("issue", "desk:impact", Impact),
        ("issue", "desk:agreement", Agreement), ("meeting", "desk:kind", MeetingKind),
        ("meeting", "desk:state", MeetingState), ("commitment", "desk:state", CommitmentState),
    ):  # fmt: skip
        assert set(of[name][term]["enum"]) == set(choices.values), term
    assert of["statement"]["desk:credibility"]["maximum"] == max(Credibility.values)


def test_people_come_one_office_a_line_and_filtered_by_words(as_reader: Client, desk: Relationship) -> None:
    fidan = factories.make_person()
    Person.objects.create(name="Nobody Yet")
    found = {row["name"]: row for row in rows(sent(as_reader, desk, noun="people"))}
    assert found["Hakan Fidan"]["office"] == "Foreign Minister"
    assert found["Hakan Fidan"]["mandate"] == fidan.mandates.get().ref
    assert found["Nobody Yet"]["mandate"] == ""
    assert [row["name"] for row in rows(sent(as_reader, desk, noun="people", q="minister"))] == ["Hakan Fidan"]


def test_a_publishers_trust_is_told_of_ones_own_desks(
    as_reader: Client, desk: Relationship, document: Document
) -> None:
    other = factories.make_desk("gr-de", "GR", "DE")
    for each, reliability in ((desk, "B"), (other, "E")):
        ReliabilityRating.objects.create(relationship=each, publisher=document.publisher, reliability=reliability)
    found = {row["ref"]: row for row in rows(sent(as_reader, desk, noun="publishers"))}
    assert found[document.publisher.ref]["trust"] == "us-turkiye: B"


def test_a_past_view_exports_what_stood_and_was_known_then(
    as_analyst: Client, desk: Relationship, published: Statement, draft: Statement, analyst: User
) -> None:
    Meeting.objects.create(
        relationship=desk, title="Talks", state=MeetingState.HELD, earliest="2025-03-28", latest="2025-03-28",
        summary="It went well.", author=analyst, edited_by=analyst,
    )  # fmt: skip
    day = desk.day_of(published.published_at).isoformat()
    answer = sent(as_analyst, desk, effective="2025-03-27", known=day)
    assert f"{day}-as-of-2025-03-27.csv" in answer["Content-Disposition"]
    assert [row["ref"] for row in rows(answer)] == [published.ref]
    (meeting,) = rows(sent(as_analyst, desk, noun="meetings", effective="2025-03-27"))
    assert (meeting["state"], meeting["summary"]) == ("scheduled", "")
    assert checked(sent(as_analyst, desk, "json", effective="2025-03-27"))["desk:effective"] == "2025-03-27"
    assert sent(as_analyst, desk, "fixture", effective="2025-03-27").status_code == 422
    assert sent(as_analyst, desk, noun="notes", effective="2025-03-27").status_code == 403


def test_what_a_search_finds_leaves_as_far_as_it_may(
    as_reader: Client,
    as_analyst: Client,
    outsider: User,
    signed_in: Callable[..., Client],
    desk: Relationship,
    issue: Issue,
    analyst: User,
    reviewer: User,
) -> None:
    said = factories.make_published(issue, analyst, reviewer, text="Tariffs will fall.")
    strict = factories.make_published(issue, analyst, reviewer, text="Tariffs may rise.", marking=Marking.AMBER)
    draft = factories.make_statement(issue, analyst, text="Tariffs stay.")

    def found(client: Client, **asked: str) -> set[str]:
        return {row["ref"] for row in rows(sent(client, desk, noun="search", **{"q": "tariff", **asked}))}

    assert found(as_reader) == {said.ref}
    assert found(as_reader, up_to="AMBER") == {said.ref, strict.ref}
    assert found(as_analyst, up_to="AMBER") == {said.ref, strict.ref, draft.ref}
    assert found(signed_in(outsider), up_to="RED") == set()
    asked = {"q": "CAATSA", "kind": "issue", "format": "csv", "up_to": "CLEAR"}
    (issue_row,) = rows(as_reader.get(reverse("search_export"), asked))
    assert issue_row["address"].endswith(issue.get_absolute_url())
    for unreadable in ("", "the of and", '"'):
        assert sent(as_reader, desk, noun="search", q=unreadable).status_code == 422, unreadable


def test_an_empty_desk_exports_an_empty_file_of_each_kind(as_analyst: Client, desk: Relationship) -> None:
    assert rows(sent(as_analyst, desk)) == []
    assert checked(sent(as_analyst, desk, "json"))["hasPart"] == []
    book = openpyxl.load_workbook(io.BytesIO(body(sent(as_analyst, desk, "xlsx"))))
    assert book["statements"].max_row == 1
    assert json.loads(body(sent(as_analyst, desk, "csl"))) == []
    assert {row["model"] for row in json.loads(body(sent(as_analyst, desk, "fixture")))} == {
        "relations.party", "relations.relationship",
    }  # fmt: skip


def test_a_bad_question_is_told_at_its_field_and_sends_nothing(as_reader: Client, desk: Relationship) -> None:
    for asked in ({"format": "pdf", "up_to": "CLEAR"}, {"format": "csv", "up_to": "NOBODY"}, {"format": "csv"}):
        answer = as_reader.get(reverse("statement_export", args=[desk.slug]), asked)
        assert answer.status_code == 422, asked
        assert "Content-Disposition" not in answer
    answer = sent(as_reader, desk, since="never")
    assert answer.status_code == 422
    assert "Enter a valid date." in answer.content.decode()
    assert sent(as_reader, desk, noun="people", q="x" * 300).status_code == 422


def test_a_workbook_past_its_bound_is_refused_before_it_is_begun(
    as_reader: Client, desk: Relationship, published: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relations.views.exports.XLSX_LIMIT", 0)
    answer = sent(as_reader, desk, "xlsx")
    assert answer.status_code == 422
    assert "Choose CSV, or set filters." in answer.content.decode()
    assert len(rows(sent(as_reader, desk))) == 1


@pytest.mark.parametrize("number", [1, 30])
def test_an_export_asks_the_database_the_same_number_of_times(
    as_analyst: Client, desk: Relationship, analyst: User, reviewer: User, number: int
) -> None:
    document = factories.make_document(desk, analyst)
    for each in range(number):
        issue = factories.make_issue(desk, f"Issue {each}", author=analyst)
        said = factories.make_published(issue, analyst, reviewer, document=document, text=f"Says {each}.")
        factories.make_commitment(said, issue, analyst)
        Meeting.objects.create(relationship=desk, title=f"Talks {each}", author=analyst, edited_by=analyst)
    asked = {}
    for noun, kind in (
        ("statements", "csv"), ("statements", "bib"), ("issues", "csv"), ("documents", "csv"), ("meetings", "csv"),
        ("commitments", "json"), ("people", "csv"), ("statements", "fixture"),
    ):  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            body(sent(as_analyst, desk, kind, noun=noun))
        asked[noun, kind] = len(captured)
    assert asked == {
        ("statements", "csv"): 10, ("statements", "bib"): 7, ("issues", "csv"): 10, ("documents", "csv"): 6,
        ("meetings", "csv"): 9, ("commitments", "json"): 6, ("people", "csv"): 7, ("statements", "fixture"): 34,
    }  # fmt: skip


# Broken off: what is sent never passes for whole, and leaves nothing behind.


class Broken:
    """Rows of which the database gives the first and breaks at the second."""

    def __init__(self, rows: Any) -> None:
        self.rows = rows

    def __getattr__(self, name: str) -> Callable[..., "Broken"]:
        return lambda *args, **kwargs: Broken(getattr(self.rows, name)(*args, **kwargs))

    def iterator(self, **_kwargs: Any) -> Iterator[Any]:
        yield self.rows.first()
        raise OperationalError("the server went away")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "bib", "ris", "csl"])
def test_a_file_that_breaks_off_passes_for_whole_with_no_program(
    desk: Relationship, published: Statement, reader: User, kind: str
) -> None:
    found: Any = Statement.objects.with_people().with_review_state()
    taken = []
    with pytest.raises(OperationalError):
        taken.extend(file_pieces(kind, STATEMENTS, Broken(found), Sending(reader, desk, marking=Marking.CLEAR)))
    file = b"".join(taken)
    if kind == "csv":
        with pytest.raises(csv.Error):
            list(csv.reader(io.StringIO(file.decode()), strict=True))
    elif kind == "xlsx":
        with pytest.raises(zipfile.BadZipFile):
            zipfile.ZipFile(io.BytesIO(file))
    elif kind in ("json", "csl"):
        with pytest.raises(json.JSONDecodeError):
            json.loads(file)
    else:
        assert b"This file is not whole" in file
        assert not file.rstrip().endswith((b"}", b"ER  -"))


def test_who_takes_only_the_beginning_leaves_no_transaction_and_no_cursor(
    desk: Relationship, published: Statement, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relations.reports.export_files.TOGETHER", 1)
    found = Statement.objects.with_people().with_review_state()
    before = len(connection.savepoint_ids)
    pieces: Any = file_pieces("csv", STATEMENTS, found, Sending(reader, desk, marking=Marking.CLEAR))
    next(pieces)
    next(pieces)
    assert len(connection.savepoint_ids) > before
    pieces.close()
    assert len(connection.savepoint_ids) == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors")
        assert cursor.fetchone() == (0,)


def test_the_head_of_a_file_is_answered_without_reading_a_row(
    as_reader: Client, desk: Relationship, published: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relations.views.exports.file_pieces", None)
    answer = as_reader.head(reverse("statement_export", args=[desk.slug]), {"format": "csv", "up_to": "CLEAR"})
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]


# Citations.


def cited(client: Client, statement: Statement, style: str) -> Any:
    return client.get(reverse("statement_citation", args=[statement.relationship.slug, statement.ref, style]))


def test_a_statements_source_is_cited_in_three_styles(
    as_reader: Client, issue: Issue, analyst: User, reviewer: User, desk: Relationship
) -> None:
    document = factories.make_document(desk, analyst, title="Fidan & Rubio: 100 % {agreed_\\")
    said = factories.make_published(issue, analyst, reviewer, document=document)
    bib = cited(as_reader, said, "bib").content.decode()
    assert bib.startswith(f"@misc{{{said.ref},")
    assert r"title = {{Fidan \& Rubio: 100 \% \textbraceleft{}agreed\_\textbackslash{}}}" in bib
    assert "year = {2025}" in bib
    ris = cited(as_reader, said, "ris").content.decode()
    assert ris.startswith("TY  - ELEC\r\n")
    assert "DA  - 2025/03/26/\r\n" in ris
    assert ris.endswith("ER  - \r\n")
    (csl,) = json.loads(cited(as_reader, said, "json").content)
    assert csl["issued"] == {"date-parts": [[2025, 3, 26]]}
    assert csl["note"] == "Hakan Fidan, 25 Mar 2025: “We want the sanctions lifted”"
    assert csl["URL"] == document.url


def test_a_place_that_our_copy_does_not_hold_is_cited_without_quotation_marks(
    as_reader: Client, issue: Issue, analyst: User, reviewer: User
) -> None:
    document = factories.make_document(issue.relationship, analyst, extent=Extent.EXCERPT)
    statement = save_statement(
        actor=analyst,
        statement=factories.unsaved_statement(document, cited_place="para 9"),
        passages=[],
        bearings=[factories.bearing_on(issue)],
    )
    said = factories.publish(statement, analyst, reviewer)
    (csl,) = json.loads(cited(as_reader, said, "json").content)
    assert csl["note"] == "Hakan Fidan, 25 Mar 2025: para 9"
    assert "25 Mar 2025: para 9. " in as_reader.get(said.get_absolute_url()).content.decode()


def test_the_sources_of_a_whole_list_are_cited_in_one_file(
    as_reader: Client, issue: Issue, analyst: User, reviewer: User, desk: Relationship
) -> None:
    said = [factories.make_published(issue, analyst, reviewer, text=f"Says {each}.") for each in range(2)]
    for kind, style, end in (("bib", "bib", "bib"), ("ris", "ris", "ris"), ("csl", "json", "csl.json")):
        answer = sent(as_reader, desk, kind, text="Says")
        assert answer["Content-Disposition"].endswith(f'.{end}"')
        file = body(answer).decode()
        if kind == "csl":
            assert json.loads(file) == [json.loads(cited(as_reader, each, style).content)[0] for each in reversed(said)]
        else:
            assert (
                file.split()
                == " ".join(cited(as_reader, each, style).content.decode() for each in reversed(said)).split()
            )


def test_a_style_nobody_knows_and_a_draft_a_reader_may_not_see_are_not_there(
    as_reader: Client, published: Statement, draft: Statement
) -> None:
    assert cited(as_reader, published, "pdf").status_code == 404
    assert cited(as_reader, draft, "bib").status_code == 404


def test_the_statement_and_the_lists_lead_there(as_reader: Client, desk: Relationship, published: Statement) -> None:
    assert (
        reverse("statement_citation", args=[desk.slug, published.ref, "bib"])
        in as_reader.get(published.get_absolute_url()).content.decode()
    )
    for page, args, query, export in (
        ("statement_list", [desk.slug], "party=TR", "statement_export"),
        ("board", [desk.slug], "status=open&sort=-last", "issues_export"),
        ("publishers", [], f"q={published.document.publisher.name.split()[0]}", "publishers_export"),
    ):
        listed = as_reader.get(f"{reverse(page, args=args)}?{query}").content.decode()
        assert f'"{reverse(export, args=args)}?{query}"'.replace("&", "&amp;") in listed
    page = as_reader.get(reverse("statement_export", args=[desk.slug]), {"party": "TR"})
    assert page.status_code == 200
    assert "1 row fits the filters." in page.content.decode()
    assert Publisher.objects.exists()
