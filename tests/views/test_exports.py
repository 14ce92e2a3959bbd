"""What leaves the desk is what the list shows, for whom it may be seen, in forms that other programs read."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from relations.actions.statements import save_statement
from relations.choices import Act, Basis, Credibility, Extent, Marking, Reliability, ReviewState, StatementKind
from relations.models import Document, Issue, Person, Relationship, ReliabilityRating, Statement, User
from tests import factories

pytestmark = pytest.mark.django_db

SCHEMA = json.loads((Path(settings.BASE_DIR) / "docs" / "statements.schema.json").read_text())


def sent(client: Client, desk: Relationship, kind: str = "csv", up_to: str = "CLEAR", **filters: str) -> Any:
    return client.get(reverse("statement_export", args=[desk.slug]), {"format": kind, "up_to": up_to, **filters})


def body(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(answer).decode("utf-8-sig"))))


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
    assert row["speaker"] == "Hakan Fidan"
    assert (row["earliest"], row["party"]) == ("2025-03-25", "TR")
    assert row["passages"] == "We want the sanctions lifted"
    bearing = published.bearings.get()
    assert row["issues"] == f"caatsa REQUEST {bearing.intensity:+}"
    assert row["document_url"].startswith("https://news.example.org/")
    assert [row["ref"] for row in rows(sent(as_reader, desk, party="US"))] == [later.ref]


def test_a_reader_exports_no_draft_and_an_analyst_does(
    as_reader: Client, as_analyst: Client, desk: Relationship, draft: Statement
) -> None:
    assert rows(sent(as_reader, desk)) == []
    assert [row["state"] for row in rows(sent(as_analyst, desk))] == ["draft"]


def test_what_fewer_people_may_see_stays_at_the_desk(
    as_analyst: Client, desk: Relationship, issue: Issue, analyst: User
) -> None:
    for marking in Marking:
        factories.make_statement(issue, analyst, text=f"Marked {marking}.", marking=marking)
    for number, marking in enumerate(Marking, start=1):
        assert len(rows(sent(as_analyst, desk, up_to=marking))) == number
    answer = sent(as_analyst, desk, up_to="AMBER+STRICT")
    assert "us-turkiye-statements-tlp-amber-strict-" in answer["Content-Disposition"]


def test_who_spoke_on_deep_background_is_named_nowhere(
    as_analyst: Client, desk: Relationship, issue: Issue, analyst: User
) -> None:
    said = factories.make_statement(
        issue, analyst, speaker_descriptor="an aide to the minister", basis=Basis.DEEP_BACKGROUND
    )
    for kind in ("csv", "json"):
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
    kinds = {cell.data_type for line in book.active.iter_rows() for cell in line}
    assert "f" not in kinds


def test_a_workbook_holds_the_same_as_the_csv(as_reader: Client, desk: Relationship, published: Statement) -> None:
    book = openpyxl.load_workbook(io.BytesIO(body(sent(as_reader, desk, "xlsx"))), read_only=True)
    head, line = book.active.iter_rows(values_only=True)
    in_sheet = dict(zip(head, line, strict=True))
    (in_csv,) = rows(sent(as_reader, desk))
    assert list(in_sheet) == list(in_csv)
    assert in_sheet["text"] == in_csv["text"]
    assert in_sheet["earliest"].date().isoformat() == in_csv["earliest"]
    assert str(in_sheet["credibility"]) == in_csv["credibility"]


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
    written = json.loads(body(sent(as_analyst, desk, "json")))
    jsonschema.validate(written, SCHEMA, format_checker=jsonschema.FormatChecker())
    assert written["name"] == desk.title
    by_kind = {each["desk:kind"]: each for each in written["hasPart"]}
    assert by_kind["quote"]["@type"] == "Quotation"
    assert by_kind["joint"]["temporalCoverage"] == "2025-03"
    assert by_kind["paraphrase"]["desk:reliability"] == "B"
    assert by_kind["paraphrase"]["about"][0]["desk:act"] == "REQUEST"


def test_the_schema_knows_every_word_that_the_desk_knows() -> None:
    statement, about = (SCHEMA["$defs"][name]["properties"] for name in ("statement", "about"))
    assert set(about["desk:act"]["enum"]) == set(Act.values)
    for term, choices in (
        ("desk:kind", StatementKind), ("desk:marking", Marking), ("desk:state", ReviewState),
        ("desk:reliability", Reliability),
    ):  # fmt: skip
        assert set(statement[term]["enum"]) == set(choices.values), term
    assert statement["desk:credibility"]["maximum"] == max(Credibility.values)


def test_an_empty_desk_exports_an_empty_file_of_each_kind(as_reader: Client, desk: Relationship) -> None:
    assert rows(sent(as_reader, desk)) == []
    jsonschema.validate(json.loads(body(sent(as_reader, desk, "json"))), SCHEMA)
    book = openpyxl.load_workbook(io.BytesIO(body(sent(as_reader, desk, "xlsx"))))
    assert book.active.max_row == 1


def test_a_bad_question_is_told_at_its_field_and_sends_nothing(as_reader: Client, desk: Relationship) -> None:
    for asked in ({"format": "pdf", "up_to": "CLEAR"}, {"format": "csv", "up_to": "NOBODY"}, {"format": "csv"}):
        answer = as_reader.get(reverse("statement_export", args=[desk.slug]), asked)
        assert answer.status_code == 422, asked
        assert "Content-Disposition" not in answer
    answer = sent(as_reader, desk, since="never")
    assert answer.status_code == 422
    assert "Enter a valid date." in answer.content.decode()


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
    as_reader: Client, desk: Relationship, issue: Issue, analyst: User, reviewer: User, number: int
) -> None:
    document = factories.make_document(desk, analyst)
    for each in range(number):
        factories.make_published(issue, analyst, reviewer, document=document, text=f"Says {each}.")
    with CaptureQueriesContext(connection) as captured:
        assert len(rows(sent(as_reader, desk))) == number
    assert len(captured) == 10, [query["sql"][:120] for query in captured]


def cited(client: Client, statement: Statement, style: str) -> Any:
    return client.get(reverse("statement_citation", args=[statement.relationship.slug, statement.ref, style]))


def test_a_statements_source_is_cited_in_three_styles(
    as_reader: Client, issue: Issue, analyst: User, reviewer: User, desk: Relationship
) -> None:
    document = factories.make_document(desk, analyst, title="Fidan & Rubio: 100 % {agreed}_\\")
    said = factories.make_published(issue, analyst, reviewer, document=document)
    bib = cited(as_reader, said, "bib").content.decode()
    assert bib.startswith(f"@misc{{{said.ref},")
    assert r"title = {{Fidan \& Rubio: 100 \% \{agreed\}\_\textbackslash{}}}" in bib
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


def test_a_style_nobody_knows_and_a_draft_a_reader_may_not_see_are_not_there(
    as_reader: Client, published: Statement, draft: Statement
) -> None:
    assert cited(as_reader, published, "pdf").status_code == 404
    assert cited(as_reader, draft, "bib").status_code == 404


def test_the_statement_and_the_list_lead_there(
    as_reader: Client, desk: Relationship, published: Statement, signed_in: Callable[..., Client]
) -> None:
    assert (
        reverse("statement_citation", args=[desk.slug, published.ref, "bib"])
        in as_reader.get(published.get_absolute_url()).content.decode()
    )
    listed = as_reader.get(reverse("statement_list", args=[desk.slug]), {"party": "TR"}).content.decode()
    assert f"{reverse('statement_export', args=[desk.slug])}?party=TR" in listed
    page = as_reader.get(reverse("statement_export", args=[desk.slug]), {"party": "TR"})
    assert page.status_code == 200
    assert "1 statement fits the filters." in page.content.decode()


def test_nobody_of_another_desk_gets_a_file(
    desk: Relationship, published: Statement, outsider: User, signed_in: Callable[..., Client]
) -> None:
    assert sent(signed_in(outsider), desk).status_code == 404
    assert Person.objects.exists()
