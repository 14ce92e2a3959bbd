"""A desk's own spreadsheet comes in: its columns told, what would change shown row by row, then all of it or nothing."""

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from relations.actions.importing.outcomes import Outcome
from relations.actions.importing.running import import_table
from relations.models import (
    Capture,
    Document,
    Issue,
    Mandate,
    Meeting,
    Participant,
    Person,
    Relationship,
    Statement,
    TableImport,
    User,
)
from relations.tables.headers import TABLES
from relations.tables.reading import layout_of, rows_of
from tests import factories

pytestmark = pytest.mark.django_db


def imported(actor: User, desk: Relationship, noun: str, text: str, **how: Any) -> Outcome:
    file = io.BytesIO(text.encode())
    rows = rows_of(file, layout_of(file))
    columns = TABLES[noun].guessed(next(rows).cells)
    return import_table(
        actor=actor, relationship=desk, table=TABLES[noun], lines=rows, columns=columns, **{"is_trial": False, **how}
    )


def states(outcome: Outcome) -> list[str]:
    return [fate.state for fate in outcome.fates]


def why(outcome: Outcome, place: int = 0) -> str:
    return "; ".join(f"{column}: {reason}" for column, reason in outcome.fates[place].why)


def sent(client: Client, desk: Relationship, content: bytes, noun: str = "statements", name: str = "desk.csv") -> Any:
    return client.post(reverse("table_import_new", args=[desk.slug, noun]), {"file": ContentFile(content, name)})


def tried(client: Client, desk: Relationship, content: bytes, noun: str = "statements", **told: str) -> str:
    """Send a file and try it with the columns as they were guessed; return the address of what would change."""
    address = sent(client, desk, content, noun)["Location"]
    upload = TableImport.objects.get(ref=address.split("/")[-2])
    columns = {f"column{place}": name for place, name in enumerate(upload.reading["columns"])}
    columns = {name: column or "-" for name, column in columns.items()} | {"order": "ask"}
    return str(client.post(address, {"act": "try", **(columns | told)})["Location"])


@pytest.fixture
def source(document: Document, issue: Issue) -> Document:
    factories.make_person()
    return document


def turkish(document: Document, *rows: str) -> str:
    return "\n".join(["Tarih;Konuşan;Söz;Kaynak;Konu;Tutum", *(row.replace("URL", document.url) for row in rows)])


def test_a_desks_own_spreadsheet_becomes_drafts_of_who_imports_it(
    as_analyst: Client, desk: Relationship, analyst: User, source: Document, issue: Issue
) -> None:
    text = turkish(source, "25.03.2025;Hakan Fidan;Yaptırımlar kalkmalı.;URL;caatsa;Talep ediyor")
    address = tried(as_analyst, desk, text.encode("cp1254"))
    page = as_analyst.get(address).content.decode()
    assert "Nothing is changed yet." in page
    assert "Yaptırımlar kalkmalı." in page
    assert not Statement.objects.exists()
    answer = as_analyst.post(address, {"act": "store"}, follow=True)
    assert "1 row is stored." in answer.content.decode()
    said = Statement.objects.get()
    assert (said.author, said.published_at, said.state()) == (analyst, None, "draft")
    assert (said.speaker_person.name, said.mandate.post.name, said.on_behalf_of.code) == (
        "Hakan Fidan", "Foreign Minister", "TR",
    )  # fmt: skip
    assert (said.earliest.isoformat(), said.kind, said.marking) == ("2025-03-25", "paraphrase", "CLEAR")
    bearing = said.bearings.get()
    assert (bearing.issue, bearing.act, bearing.position_of.code) == (issue, "REQUEST", "TR")
    event = Statement.pgh_event_model.objects.get(pgh_obj=said.pk)
    assert event.pgh_context["user"] == analyst.pk
    assert said.contributions.get().user == analyst
    assert b"Yapt" in as_analyst.get(reverse("search"), {"q": "issue:caatsa yaptırımlar"}).content


def test_a_second_submit_stores_nothing_twice_and_the_file_is_gone(
    as_analyst: Client, desk: Relationship, source: Document
) -> None:
    address = tried(as_analyst, desk, turkish(source, "25.03.2025;Hakan Fidan;Bir söz.;URL;;").encode())
    for _time in range(2):
        assert "1 row is stored." in as_analyst.post(address, {"act": "store"}, follow=True).content.decode()
    assert Statement.objects.count() == 1
    upload = TableImport.objects.get()
    assert bytes(upload.content) == b""
    assert "Bir söz" not in str(upload.report)


def test_one_refused_row_keeps_all_from_being_stored_and_says_why_at_its_column(
    as_analyst: Client, desk: Relationship, source: Document
) -> None:
    text = turkish(
        source,
        "25.03.2025;Hakan Fidan;Good.;URL;;",
        "25.03.2025;Nobody Known;Bad.;URL;;",
        "03/04/2025;Hakan Fidan;Bad.;URL;;",
        "31.02.2025;Hakan Fidan;Bad.;URL;;",
        "25.03.2999;Hakan Fidan;Bad.;URL;;",
        "25.03.2025;Hakan Fidan;;URL;;",
        "25.03.2025;Hakan Fidan;Bad.;https://elsewhere.example.org/;;",
        "25.03.2025;Hakan Fidan;Bad.;URL;nothing;Reddediyor",
    )
    address = tried(as_analyst, desk, text.encode())
    page = as_analyst.get(address.replace("report", "refused")).content.decode()
    for sentence in (
        "Who said it: No person or body is called “Nobody Known”.",
        "Said on: “03/04/2025” can mean two days.",
        "Said on: “31.02.2025” is no day.",
        "Said on: This day lies in the future.",
        "Words: A new row needs “Words”.",
        "Document: its address: This desk has no document at this address.",
        "On which issue: This desk has no issue “nothing”.",
    ):
        assert sentence in page
    assert "Good." not in page
    assert 'value="store"' not in page
    as_analyst.post(address, {"act": "store"})
    assert not Statement.objects.exists()
    sheet = b"".join(
        as_analyst.get(reverse("table_import_report", args=address.split("/")[1:2] + address.split("/")[3:5]))
    )
    rows = list(csv.DictReader(io.StringIO(sheet.decode("utf-8-sig"))))
    assert [row["what_becomes_of_it"] for row in rows] == ["new", *["refused"] * 7]
    assert (rows[1]["row"], rows[1]["column"]) == ("3", "speaker")


def test_the_day_may_be_said_to_be_first(as_analyst: Client, desk: Relationship, source: Document) -> None:
    address = tried(
        as_analyst, desk, turkish(source, "03/04/2025;Hakan Fidan;Bir söz.;URL;;").encode(), order="day_first"
    )
    as_analyst.post(address, {"act": "store"})
    assert Statement.objects.get().earliest.isoformat() == "2025-04-03"


def test_what_was_exported_changes_nothing(
    as_analyst: Client, desk: Relationship, analyst: User, published: Statement, draft: Statement, issue: Issue
) -> None:
    factories.make_statement(issue, analyst, speaker_descriptor="an aide", basis="deep_background", text="=1+1")
    for up_to, form in (("RED", "csv"), ("RED", "xlsx")):
        answer = as_analyst.get(reverse("statement_export", args=[desk.slug]), {"format": form, "up_to": up_to})
        file = io.BytesIO(b"".join(answer.streaming_content))
        rows = rows_of(file, layout_of(file))
        columns = [
            name if name not in TABLES["statements"].told else ""
            for name in TABLES["statements"].guessed(next(rows).cells)
        ]
        assert columns.count("") == len(TABLES["statements"].told)
        outcome = import_table(
            actor=analyst, relationship=desk, table=TABLES["statements"], lines=rows, columns=columns
        )
        assert states(outcome) == ["unchanged"] * 3, [why(outcome, place) for place in range(3)]


def test_a_draft_is_changed_by_its_ref_and_what_was_published_is_not(
    desk: Relationship, analyst: User, draft: Statement, published: Statement
) -> None:
    outcome = imported(analyst, desk, "statements", f"ref,text,party\n{draft.ref},Other words.,Turkey\n")
    assert states(outcome) == ["changed"]
    assert outcome.fates[0].why == (("text", ""),)
    revision = draft.revision
    draft.refresh_from_db()
    assert (draft.text, draft.revision, draft.passages.count()) == ("Other words.", revision + 1, 1)
    outcome = imported(analyst, desk, "statements", f"ref,text\n{draft.ref},Again.\n{published.ref},Other words.\n")
    assert states(outcome) == ["changed", "refused"]
    assert "What was published is not changed by an import." in why(outcome, 1)
    draft.refresh_from_db()
    assert draft.text == "Other words."


def test_a_ref_of_another_desk_is_told_as_no_ref_at_all(desk: Relationship, analyst: User, draft: Statement) -> None:
    other = factories.make_desk("gr-turkiye", "GR", "TR")
    writer = factories.make_user("writer", other)
    outcomes = [imported(writer, other, "statements", f"ref,text\n{ref},Words.\n") for ref in (draft.ref, "zzzz2222")]
    assert why(outcomes[0]) == why(outcomes[1])


def test_what_someone_changed_since_the_trial_is_refused(
    as_analyst: Client, desk: Relationship, analyst: User, draft: Statement
) -> None:
    address = tried(as_analyst, desk, f"ref,text\n{draft.ref},Other words.\n".encode())
    factories.rewritten(draft, analyst, "A colleague’s words.")
    page = as_analyst.post(address, {"act": "store"}, follow=True).content.decode()
    assert "Someone changed this since the trial." in page
    draft.refresh_from_db()
    assert draft.text == "A colleague’s words."


def test_an_equal_statement_is_pointed_out(desk: Relationship, analyst: User, source: Document) -> None:
    text = turkish(source, *["25.03.2025;Hakan Fidan;Bir söz.;URL;;"] * 2)
    assert "Equal to row 2." in why(imported(analyst, desk, "statements", text, is_trial=True), 1)
    imported(analyst, desk, "statements", text)
    assert "An equal statement stands at the desk" in why(imported(analyst, desk, "statements", text, is_trial=True))


def test_what_the_database_alone_refuses_is_told_at_its_row(
    desk: Relationship, analyst: User, source: Document
) -> None:
    text = (
        f"text,earliest,document,speaker,issues\nGood.,2025-03-25,{source.ref},Hakan Fidan,\n"
        f"Bad.,2025-03-25,{source.ref},Hakan Fidan,caatsa SANCTION -6.0\n"
    )
    outcome = imported(analyst, desk, "statements", text)
    assert states(outcome) == ["new", "refused"]
    assert "Deeds are told by the source’s own report alone." in why(outcome, 1)
    assert not Statement.objects.exists()


def test_passages_are_found_in_our_copy(desk: Relationship, analyst: User, source: Document) -> None:
    head = "text,earliest,document,speaker,passages\n"
    row = f"Words.,2025-03,{source.ref},Hakan Fidan,%s\n"
    assert "does not stand" in why(imported(analyst, desk, "statements", head + row % "Not in it"))
    assert "more than once" in why(imported(analyst, desk, "statements", head + row % "alks go on"))
    imported(analyst, desk, "statements", head + row % "We want the sanctions lifted")
    said = Statement.objects.get()
    assert said.passages.get().exact == "We want the sanctions lifted"
    assert (said.precision, said.latest.isoformat()) == ("month", "2025-03-31")


def test_two_people_of_one_name_are_told_apart_by_their_office_or_ref(
    desk: Relationship, analyst: User, source: Document
) -> None:
    other = factories.make_person("HAKAN FİDAN", "US", "Mayor")
    head, row = (
        "text,earliest,document,speaker,office,speaker_ref\n",
        f"Words.,2025-03-25,{source.ref},Hakan Fidan,%s\n",
    )
    outcome = imported(analyst, desk, "statements", head + row % ",")
    assert other.ref in why(outcome)
    outcome = imported(analyst, desk, "statements", head + row % "Mayor," + row % f",{other.ref}")
    assert states(outcome) == ["new", "new"]
    assert {said.speaker_person for said in Statement.objects.all()} == {other}


def test_documents_issues_meetings_and_people_come_in_and_coming_again_change_nothing(
    desk: Relationship, analyst: User, reviewer: User
) -> None:
    tables = {
        "documents": "Başlık,Adres,Yayıncı,Yayın tarihi,Metin\nGörüşme,https://a.example.org/1,Gazete,2025-03-26,“Söz” dedi.\n"
        "İkinci,https://a.example.org/2,gazete,26 Mart 2025,\n",
        "issues": "slug,Konu,Önem,Sorumlu\nf16,F-16 uçakları,kritik,analyst\n,Vize ışığı,,\n",
        "people": "Ad Soyad,Görev,Ülke,Kurum,Başlangıç,Son görüldüğü tarih\n"
        "Ayşe Işık,Sözcü,Türkiye,Dışişleri,2024-01-01,2025-03-01\nAyşe Işık,Vekil,TR,,2020-01-01,2023-01-01\n",
        "meetings": "title,kind,state,date,yer,katılımcılar,gündem\n"
        "Telefon,Telefon görüşmesi,yapıldı,25.03.2025,,TR: Ayşe Işık | US: two officials,f16\n",
    }
    for noun, text in tables.items():
        outcome = imported(analyst, desk, noun, text)
        assert set(states(outcome)) == {"new"}, [why(outcome, place) for place in range(len(outcome.fates))]
    assert Document.objects.get(title="Görüşme").publisher == Document.objects.get(title="İkinci").publisher
    assert Capture.objects.get().text == "“Söz” dedi."
    assert Issue.objects.get(slug="f16").owner == analyst
    assert Issue.objects.get(slug="vize-isigi").impact == "significant"
    assert [each.post.name for each in Mandate.objects.filter(person=Person.objects.get())] == ["Sözcü", "Vekil"]
    person, unnamed = Participant.objects.order_by("number")
    assert (person.mandate, unnamed.descriptor) == (None, "two officials")
    meeting = Meeting.objects.get()
    assert (meeting.kind, meeting.state, meeting.agenda.get().issue.slug) == ("call", "held", "f16")
    for noun in ("documents", "people"):
        assert set(states(imported(analyst, desk, noun, tables[noun]))) == {"unchanged"}
    mended = "Ad Soyad,Görev,Ülke,Başlangıç,Son görüldüğü tarih\nAyşe Işık,Sözcü,TR,2024-01-01,2025-03-20\n"
    assert "“Reviewer”" in why(imported(analyst, desk, "people", mended))
    assert states(imported(reviewer, desk, "people", mended)) == ["changed"]
    assert Mandate.objects.get(post__name="Sözcü").last_attested.isoformat() == "2025-03-20"
    outcome = imported(analyst, desk, "meetings", f"ref,title,katılımcılar\n{meeting.ref},Telefon,TR: Ayşe Işık\n")
    assert outcome.fates[0].why == (("participants", ""),)
    meeting.refresh_from_db()
    assert (meeting.participants.count(), meeting.agenda.count(), meeting.state) == (1, 1, "held")
    outcome = imported(analyst, desk, "issues", "slug,title,links\nf16,F-16,blocks vize-isigi\n")
    assert [column for column, _why in outcome.fates[0].why] == ["title", "links"]


def test_a_file_belongs_to_who_sent_it_and_is_gone_after_a_day(
    as_analyst: Client, as_reviewer: Client, desk: Relationship, source: Document
) -> None:
    address = tried(as_analyst, desk, turkish(source, "25.03.2025;Hakan Fidan;Bir söz.;URL;;").encode())
    assert as_reviewer.get(address).status_code == 302
    assert as_reviewer.post(address, {"act": "store"}).status_code == 302
    assert not Statement.objects.exists()
    TableImport.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert "not here any more" in as_analyst.get(address, follow=True).content.decode()
    sent(as_analyst, desk, b"text\nWords.\n")
    assert TableImport.objects.count() == 1


def workbook(*rows: Any, merge: str = "") -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def bomb() -> bytes:
    file = io.BytesIO(workbook(["text"], ["Words."]))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/big", bytes(60_000_000))
    return file.getvalue()


BAD_FILES = {
    "empty": (b"", "The file is empty."),
    "blank lines": (b"\n\n,,\n", "The file is empty."),
    "no rows": (b"text,earliest\n", "no rows under it"),
    "binary": (b"text\n\x00\x01\x02", "This is no table that we read."),
    "a zero byte far in": (b"text\n" + (b"x" * 299 + b"\n") * 1000 + b"\x00\n", "cannot be stored"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "old Excel file"),
    "password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "has a password"),
    "damaged": (b"PK\x03\x04" + bytes(100), "damaged"),
    "another archive": (b"PK\x05\x06" + bytes(18), "no table"),
    "a million columns": (b"," * 1_000_000 + b"text\n1\n", "more than 200 columns"),
    "a cell without end": (b'text\n"' + b"x" * 5_100_000, "A quotation mark may be missing"),
    "too many rows": (b"text\n" + b"x\n" * 10_001, "more than 10,000 rows"),
    "merged": (workbook(["text", "earliest"], ["One", 2025], ["Two", 2025], merge="B2:B3"), "B2:B3 are merged"),
    "bomb": (bomb(), "unpacks to more than we take"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_is_no_table_is_refused_in_a_sentence(as_analyst: Client, desk: Relationship, kind: str) -> None:
    content, sentence = BAD_FILES[kind]
    answer = sent(as_analyst, desk, content)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not TableImport.objects.exists()


def test_a_file_of_two_gigabytes_is_refused_before_it_is_read(as_analyst: Client, desk: Relationship) -> None:
    class Unreadable:
        def read(self, *_size: int) -> bytes:
            raise AssertionError("read")

        readline = read

    answer = as_analyst.post(
        reverse("table_import_new", args=[desk.slug, "statements"]),
        CONTENT_LENGTH=str(2**31),
        **{"wsgi.input": Unreadable()},
    )
    assert answer.status_code in (400, 413)


def test_a_formula_and_a_day_of_a_workbook(desk: Relationship, analyst: User, source: Document) -> None:
    import datetime

    rows = [["text", "earliest", "document", "speaker"]]
    rows += [
        ["=1+1", "2025", source.ref, "Hakan Fidan"],
        ["Words.", datetime.date(2025, 3, 25), source.ref, "Hakan Fidan"],
    ]
    file = io.BytesIO(workbook(*rows))
    lines = rows_of(file, layout_of(file))
    columns = TABLES["statements"].guessed(next(lines).cells)
    outcome = import_table(
        actor=analyst, relationship=desk, table=TABLES["statements"], lines=lines, columns=columns, is_trial=True
    )
    assert states(outcome) == ["refused", "new"]
    assert why(outcome) == "text: This cell holds a formula. Put its value there."


def test_headers_that_mean_nothing_or_the_same_twice_are_told(as_analyst: Client, desk: Relationship) -> None:
    address = sent(as_analyst, desk, "Söz,Foo,Beyan\nBir söz.,1,2\n".encode())["Location"]
    page = as_analyst.get(address).content.decode()
    assert page.count("This name means nothing here.") == 2
    answer = as_analyst.post(
        address, {"act": "try", "column0": "text", "column1": "-", "column2": "text", "order": "ask"}
    )
    assert answer.status_code == 422
    assert "“Söz” is this already." in answer.content.decode()
    nothing = {f"column{place}": "-" for place in range(3)}
    answer = as_analyst.post(address, {"act": "try", "order": "ask", **nothing})
    assert "Say of one column at least what it is." in answer.content.decode()


def test_how_a_file_is_read_can_be_told(as_analyst: Client, desk: Relationship) -> None:
    address = sent(as_analyst, desk, "Söz|Tarih,Gün\nx|2025,1\n".encode("cp1254"))["Location"]
    as_analyst.post(address, {"act": "read", "charset": "cp1254", "delimiter": "|"})
    assert TableImport.objects.get().reading["header"] == ["Söz", "Tarih,Gün"]
    answer = as_analyst.post(address, {"act": "read", "charset": "utf-8-sig", "delimiter": "|"})
    assert answer.status_code == 422
    assert "not in the characters that you chose" in answer.content.decode()


def test_a_row_with_characters_that_cannot_be_stored_or_too_many_of_them_or_cells_is_refused(
    desk: Relationship, analyst: User, source: Document
) -> None:
    head = "text,earliest,document,speaker\n"
    long = imported(analyst, desk, "statements", f"{head}{'x' * 20_001},2025,{source.ref},Hakan Fidan\n")
    assert why(long) == "text: This is longer than 20,000 characters."
    wide = imported(analyst, desk, "statements", f"{head}x,2025,{source.ref},Hakan Fidan,more\n")
    assert "more cells than the header" in why(wide)


def test_the_same_by_command(desk: Relationship, analyst: User, source: Document, tmp_path: Any, capsys: Any) -> None:
    file = tmp_path / "desk.csv"
    file.write_text(turkish(source, "25.03.2025;Hakan Fidan;Bir söz.;URL;;"))
    call_command("import_table", desk.slug, "statements", str(file), "--user", "analyst", "--dry-run")
    assert "new: 1" in capsys.readouterr().out
    assert not Statement.objects.exists()
    call_command("import_table", desk.slug, "statements", str(file), "--user", "analyst")
    assert Statement.objects.get().author == analyst
    file.write_text(turkish(source, "25.03.2025;Nobody;Bir söz.;URL;;"))
    with pytest.raises(CommandError, match="Nothing was stored"):
        call_command("import_table", desk.slug, "statements", str(file), "--user", "analyst")
    assert "Row 2: Who said it" in capsys.readouterr().err


def test_the_queries_do_not_grow_with_the_rows(
    desk: Relationship, analyst: User, source: Document, django_assert_num_queries: Any
) -> None:
    for count in (1, 30):
        text = turkish(source, *(f"25.03.2025;Hakan Fidan;Söz {number}.;URL;caatsa;İstiyor" for number in range(count)))
        with django_assert_num_queries(18):
            imported(analyst, desk, "statements", text, is_trial=True)
