"""Many documents at once: all or nothing, each bad line with its reason, and a second run that adds nothing."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from relations.access import NotAllowed
from relations.actions.documents import add_capture
from relations.actions.imports import BadLines, Plan, import_documents
from relations.choices import Role
from relations.models import Capture, Document, Publisher, Relationship, User
from tests import factories
from tests.making import ARABIC, ENGLISH, TURKISH

pytestmark = pytest.mark.django_db

READOUTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "readouts.jsonl"


def row(number: int = 1, **values: Any) -> dict[str, Any]:
    return {
        "doc_id": f"2025-03-26-readout-of-the-call-{number}",
        "date": "2025-03-26",
        "url": f"https://www.whitehouse.gov/{number}",
        "text": f"{ENGLISH} {number}.",
        **values,
    }


def lines(*rows: Any) -> list[bytes]:
    return [(each if isinstance(each, bytes) else json.dumps(each).encode()) + b"\n" for each in rows]


def bring(desk: Relationship, actor: User, *rows: Any, **how: Any) -> Plan:
    return import_documents(actor=actor, relationship=desk, lines=lines(*rows), **how)


def refused(desk: Relationship, actor: User, *rows: Any, **how: Any) -> list[str]:
    with pytest.raises(BadLines) as bad:
        bring(desk, actor, *rows, **how)
    return [str(line) for line in bad.value.lines]


def test_each_line_becomes_a_document_with_its_copy(desk: Relationship, analyst: User) -> None:
    text = f"{TURKISH}\r\nI\u0307ki."
    bring(desk, analyst, row(1, text=text), b"", row(2, text=ARABIC))
    turkish, arabic = Document.objects.order_by("pk")
    assert (turkish.language, arabic.language) == ("tr", "ar")
    assert (turkish.author, turkish.edited_by, turkish.url) == (analyst, analyst, "https://www.whitehouse.gov/1")
    assert str(turkish.date_published) == "2025-03-26"
    assert turkish.title == "Readout of the Call 1"
    capture = turkish.newest_capture()
    assert capture is not None
    assert (capture.number, capture.text) == (1, f"{TURKISH}\nİki.")


def test_the_history_names_who_brought_them(desk: Relationship, analyst: User) -> None:
    bring(desk, analyst, row())
    event = Document.pgh_event_model.objects.get()
    assert event.pgh_context["user"] == analyst.pk
    assert event.pgh_context["action"] == "import_documents"


def test_a_second_run_adds_nothing(desk: Relationship, analyst: User) -> None:
    rows = [row(1), row(2), row(3, url="", text="No address.")]
    publisher = Publisher.objects.create(name="The White House")
    first = bring(desk, analyst, *rows, publisher=publisher)
    second = bring(desk, analyst, *rows, row(4), publisher=publisher)
    assert (len(first.rows), first.held, len(second.rows), second.held) == (3, 0, 1, 3)
    assert Document.objects.count() == Capture.objects.count() == 4


def test_a_second_run_adds_nothing_where_a_better_copy_came_meanwhile(desk: Relationship, analyst: User) -> None:
    bring(desk, analyst, row())
    add_capture(actor=analyst, document=Document.objects.get(), text="Better.")
    assert bring(desk, analyst, row()).held == 1
    said = "Line 1: The desk holds this address with another text. Add this one there, as a better copy."
    assert refused(desk, analyst, row(text="Other.")) == [said]


def test_another_desk_does_not_matter(desk: Relationship, analyst: User) -> None:
    other = factories.make_desk("gr-de", "GR", "DE")
    bring(other, factories.make_user("other", other), row())
    plan = bring(desk, analyst, row())
    assert (len(plan.rows), plan.held, plan.same) == (1, 0, [])


def test_the_same_text_is_pointed_out_with_the_first(desk: Relationship, analyst: User) -> None:
    bring(desk, analyst, row(1))
    again = bring(desk, analyst, row(2, text=row(1)["text"]), row(3), row(4, text=row(3)["text"]))
    first = Document.objects.get(url=row(1)["url"])
    assert [(same.row.number, same.document, same.line) for same in again.same] == [(1, first, 0), (3, None, 2)]
    assert Document.objects.count() == 4


def test_the_publisher_is_the_one_at_the_address_else_named_after_its_host(desk: Relationship, analyst: User) -> None:
    house = Publisher.objects.create(name="The White House", url="https://whitehouse.gov/briefing-room/")
    bring(desk, analyst, row(1), row(2, url="https://www.state.gov/2"), row(3, url="https://state.gov/3"))
    assert Document.objects.get(url=row(1)["url"]).publisher == house
    state = Publisher.objects.get(name="state.gov")
    assert (state.url, state.documents.count()) == ("https://www.state.gov/", 2)
    bring(desk, analyst, row(4, url="https://www.state.gov/4"))
    assert Publisher.objects.count() == 2


def test_a_publisher_may_be_named_for_all(desk: Relationship, analyst: User) -> None:
    bring(desk, analyst, row(1), row(2, url="https://other.example.org/"), publisher=Publisher(name="The White House"))
    assert set(Document.objects.values_list("publisher__name", flat=True)) == {"The White House"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{broken", "This is not JSON: Expecting property name enclosed in double quotes at character 2."),
        (b"\xff\xfe", "This is not UTF-8 text."),
        (b"[1]", "This is no object with doc_id, date, url, text."),
        (b"[" * 100_000, "This is not JSON that can be read."),
        (b'{"n": ' + b"9" * 10_000 + b"}", "This is not JSON that can be read."),
        ({"doc_id": "x"}, "“date” is missing."),
        (row(extra="x"), "“extra” is not known here."),
        (row(text=5), "“text” is no text in quotation marks."),
        (row(text=None), "“text” is no text in quotation marks."),
        (row(text=" \n"), "“text” is empty."),
        (row(doc_id=""), "“doc_id” is empty."),
        (row(doc_id="x" * 301), "“doc_id” is longer than 300 characters."),
        (row(text="a\x00b"), "“text” holds a character that cannot be stored."),
        (row(text="a\ud800b"), "“text” holds a character that cannot be stored."),
        (row(text="x" * 5_000_001), "“text” is longer than 5,000,000 characters."),
        (row(date="26 Mar 2025"), "“date” is no day such as 2025-03-26."),
        (row(date="2025-02-30"), "“date” is no day such as 2025-03-26."),
        (row(date="2999-01-01"), "“date” lies in the future."),
        (row(url="javascript:alert(1)"), "“url”: Enter a valid URL."),
        (row(url="https://[bad"), "“url”: Enter a valid URL."),
        (row(url=""), "“url” is empty, so no publisher is known. Name one for all."),
        (row(1), "“url” is that of line 1."),
    ],
)
def test_a_bad_line_is_told_with_its_reason_and_nothing_is_stored(
    desk: Relationship, analyst: User, line: Any, reason: str
) -> None:
    assert refused(desk, analyst, row(1), line) == [f"Line 2: {reason}"]
    assert not Document.objects.exists()
    assert not Publisher.objects.exists()


def test_a_file_broken_at_line_900_stores_nothing(desk: Relationship, analyst: User) -> None:
    rows: list[Any] = [row(number) for number in range(1, 1001)]
    rows[899] = json.dumps(rows[899]).encode()[:50]
    said = refused(desk, analyst, *rows)
    assert len(said) == 1
    assert said[0].startswith("Line 900: This is not JSON")
    assert not Document.objects.exists()


def test_every_bad_line_is_told_in_order(desk: Relationship, analyst: User) -> None:
    said = refused(desk, analyst, row(1), row(1), b"x", row(2, date="never"))
    assert [line.split(":")[0] for line in said] == ["Line 2", "Line 3", "Line 4"]


def test_readers_and_strangers_bring_nothing(desk: Relationship, reader: User, outsider: User) -> None:
    for who in (reader, outsider):
        with pytest.raises(NotAllowed):
            bring(desk, who, row())


# The command


def run(*args: str) -> str:
    written = io.StringIO()
    call_command("import_documents", *args, stdout=written, stderr=written)
    return written.getvalue()


def test_the_command_says_what_it_did(desk: Relationship, analyst: User, tmp_path: Path) -> None:
    file = tmp_path / "readouts.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + b"".join(lines(row(1), row(2, text=row(1)["text"]))))
    said = run(desk.slug, str(file), "--author", analyst.username)
    assert "Added the publisher “whitehouse.gov”." in said
    assert "Line 2 holds the same text as line 1." in said
    assert "Stored 2 documents; the desk held 0 already." in said
    assert "Stored 0 documents; the desk held 2 already." in run(desk.slug, str(file), "--author", analyst.username)


def test_the_command_takes_a_publisher_and_a_marking(desk: Relationship, analyst: User, tmp_path: Path) -> None:
    house = Publisher.objects.create(name="The Whité House")
    file = tmp_path / "readouts.jsonl"
    file.write_bytes(b"".join(lines(row(1))))
    run(desk.slug, str(file), "--author", "analyst", "--publisher", "the white house", "--marking", "AMBER")
    stored = Document.objects.get()
    assert (stored.publisher, stored.marking) == (house, "AMBER")


def test_the_command_names_every_bad_line(desk: Relationship, analyst: User, tmp_path: Path) -> None:
    file = tmp_path / "readouts.jsonl"
    file.write_bytes(b"".join(lines(row(1), b"x", b"y")))
    written = io.StringIO()
    with pytest.raises(CommandError, match="Nothing was stored: 2 lines are wrong"):
        call_command("import_documents", desk.slug, str(file), author=analyst.username, stderr=written)
    assert [line.split(":")[0] for line in written.getvalue().splitlines()] == ["Line 2", "Line 3"]


def test_the_command_refuses_what_is_not_there_and_who_may_not(desk: Relationship, tmp_path: Path) -> None:
    factories.make_user("reader", desk, Role.READER)
    file = tmp_path / "readouts.jsonl"
    file.write_bytes(b"".join(lines(row(1))))
    for args, said in [
        (("nowhere", str(file), "--author", "reader"), "no desk “nowhere”"),
        ((desk.slug, str(file), "--author", "nobody"), "no account “nobody”"),
        ((desk.slug, str(tmp_path / "none"), "--author", "reader"), "cannot be read"),
        ((desk.slug, str(tmp_path), "--author", "reader"), "cannot be read"),
        ((desk.slug, str(file), "--author", "reader"), "takes the role"),
        ((desk.slug, str(file), "--author", "reader", "--publisher", " "), "1 to 160 characters"),
    ]:
        with pytest.raises(CommandError, match=said):
            run(*args)
    assert not Document.objects.exists()


@pytest.mark.skipif(not READOUTS.exists(), reason="the White House readouts are not beside this checkout")
def test_the_white_house_readouts_load_whole(desk: Relationship, analyst: User) -> None:
    with READOUTS.open("rb") as file:
        first = import_documents(actor=analyst, relationship=desk, lines=file)
    with READOUTS.open("rb") as file:
        second = import_documents(actor=analyst, relationship=desk, lines=file)
    assert (len(first.rows), first.held, len(first.same)) == (1005, 0, 1)
    assert (len(second.rows), second.held) == (0, 1005)
    assert Document.objects.count() == Capture.objects.count() == 1005
    assert set(Document.objects.values_list("language", flat=True)) == {"en"}
    assert set(Publisher.objects.values_list("name", flat=True)) == {"bidenwhitehouse.archives.gov", "whitehouse.gov"}
    assert Document.objects.filter(captures__text__regex="Türkiye|Turkey|Turkish").count() >= 9
