"""Taking documents in by page: pasted, from a file over two steps, many at once; and the file handed out again."""

import json
import re
import uuid
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from relations.actions.documents import add_capture
from relations.models import Document, Original, Publisher, Relationship, Statement, User
from tests import factories, making
from tests.making import ENGLISH, TURKISH

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def at(name: str, desk: Relationship, *args: object) -> str:
    return reverse(name, args=[desk.slug, *args])


def upload(content: bytes | str, name: str = "a.bin", kind: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content, kind)


def empty(**typed: Any) -> dict[str, Any]:
    """Return what a browser sends of the new form, filled in so far."""
    names = ("text", "title", "publisher", "new_publisher", "url", "date_published", "language")
    start = {"token": str(uuid.uuid4()), "extent": "full", "marking": "CLEAR", **dict.fromkeys(names, "")}
    return {**start, **typed}


def shown(answer: Any) -> dict[str, str]:
    """Return what the form on this page would send, as a browser without JavaScript reads it."""
    page = answer.content.decode()
    form = page[page.index("csrfmiddlewaretoken") :]
    fields = dict.fromkeys(re.findall(r'<(?:input|textarea|select)[^>]* name="(\w+)"', form), "")
    fields |= dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', form))
    fields |= dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.S))
    for name, options in re.findall(r'<select[^>]* name="(\w+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    fields.pop("file", None)
    return {name: unescape(value) for name, value in fields.items()}


PAGE = making.page(
    f"<article><h1>Fidan Washington’da</h1><p>{TURKISH}</p></article><script>steal()</script>",
    '<meta property="og:site_name" content="Hürriyet"><meta property="article:published_time" content="2025-03-26">'
    '<link rel="canonical" href="https://www.hurriyet.com.tr/a/1"><title>Fidan Washington’da</title>',
)


def test_a_file_is_read_shown_and_stored_when_it_was_looked_at(desk: Relationship, as_analyst: Client) -> None:
    new = at("document_new", desk)
    first = as_analyst.post(new, empty(file=upload(PAGE, "haber.pdf", "application/pdf"), title="Typed before"))
    assert first.status_code == 200
    assert not Document.objects.exists()
    fields = shown(first)
    assert TURKISH in fields["text"]
    assert "steal" not in first.content.decode()
    assert (fields["title"], fields["language"], fields["date_published"]) == ("Typed before", "tr", "2025-03-26")
    assert (fields["new_publisher"], fields["url"]) == ("Hürriyet", "https://www.hurriyet.com.tr/a/1")
    assert "haber.pdf" in first.content.decode()

    second = as_analyst.post(new, {**fields, "text": f"{fields['text']}\r\nChecked."})
    document = Document.objects.get()
    assert second.url == document.get_absolute_url()
    capture = document.newest_capture()
    assert capture is not None and capture.text.endswith("\nChecked.")
    assert (document.title, document.publisher.name) == ("Typed before", "Hürriyet")
    assert document.publisher.url == "https://www.hurriyet.com.tr/"
    original = Original.objects.get()
    assert (original.capture, original.name, original.media_type) == (capture, "haber.pdf", "text/html")
    with original.file.open() as file:
        assert file.read() == PAGE.encode()


def test_what_was_set_aside_is_gone_once_it_is_stored(desk: Relationship, as_analyst: Client, media: Path) -> None:
    fields = shown(as_analyst.post(at("document_new", desk), empty(file=upload(PAGE))))
    assert list((media / "set-aside").rglob("*/*"))
    as_analyst.post(at("document_new", desk), fields)
    assert not list((media / "set-aside").rglob("*/*"))


def test_a_second_submit_of_the_same_form_finds_what_the_first_stored(desk: Relationship, as_analyst: Client) -> None:
    fields = shown(as_analyst.post(at("document_new", desk), empty(file=upload(PAGE))))
    answers = [as_analyst.post(at("document_new", desk), fields) for _i in range(2)]
    document = Document.objects.get()
    assert [answer["Location"] for answer in answers] == [document.get_absolute_url()] * 2
    assert document.captures.count() == 1
    assert Original.objects.count() == 1


def test_a_publisher_that_we_hold_is_proposed_by_its_address(desk: Relationship, as_analyst: Client) -> None:
    held = Publisher.objects.create(name="Hürriyet Gazetesi", url="https://hurriyet.com.tr")
    fields = shown(as_analyst.post(at("document_new", desk), empty(file=upload(PAGE))))
    assert (fields["publisher"], fields["new_publisher"]) == (str(held.pk), "")


def test_a_publisher_that_was_typed_is_kept(desk: Relationship, as_analyst: Client) -> None:
    Publisher.objects.create(name="Hürriyet Gazetesi", url="https://hurriyet.com.tr")
    fields = shown(as_analyst.post(at("document_new", desk), empty(file=upload(PAGE), new_publisher="Mine")))
    assert (fields["publisher"], fields["new_publisher"]) == ("", "Mine")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (making.pdf(""), "no text layer"),
        (making.pdf(ENGLISH, password="x"), "needs a password"),
        (b"%PDF-1.4 broken", "damaged"),
        (making.bomb(), "unpacks to more"),
        (bytes(range(256)), "not of a kind we read"),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_why_and_keeps_what_was_typed(
    desk: Relationship, as_analyst: Client, content: bytes, said: str, media: Path
) -> None:
    answer = as_analyst.post(at("document_new", desk), empty(file=upload(content), title="Keep me"))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "This field is required" not in answer.content.decode()
    assert shown(answer)["title"] == "Keep me"
    assert not Document.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_file_without_end_is_cut_off_while_it_arrives() -> None:
    from relations.uploading import BoundedUploadHandler

    handler = BoundedUploadHandler()
    handler.new_file("file", "a", "text/plain", None)
    passed = [handler.receive_data_chunk(b"x" * 2**20, 0) for _i in range(30)]
    assert sum(len(chunk or b"") for chunk in passed) == 11 * 2**20


def test_a_scan_is_kept_beside_the_text_that_was_typed_from_it(desk: Relationship, as_analyst: Client) -> None:
    publisher = Publisher.objects.create(name="P")
    typed = empty(text=ENGLISH, title="T", publisher=publisher.pk, date_published="2025-03-26")
    as_analyst.post(at("document_new", desk), {**typed, "file": upload(making.pdf(""), "scan.pdf")})
    original = Original.objects.get()
    assert (original.name, original.capture.text) == ("scan.pdf", ENGLISH)
    assert Document.objects.get().language == "en"


def test_a_mistake_in_the_form_does_not_lose_the_file(desk: Relationship, as_analyst: Client) -> None:
    fields = shown(as_analyst.post(at("document_new", desk), empty(file=upload(PAGE, "haber.html"))))
    wrong = as_analyst.post(at("document_new", desk), {**fields, "title": ""})
    assert wrong.status_code == 422
    assert "haber.html" in wrong.content.decode()
    as_analyst.post(at("document_new", desk), {**shown(wrong), "title": "Mended"})
    assert Original.objects.get().name == "haber.html"


def test_the_file_may_be_left_out_again(desk: Relationship, as_analyst: Client) -> None:
    fields = shown(as_analyst.post(at("document_new", desk), empty(file=upload(PAGE))))
    without = as_analyst.post(at("document_new", desk), {**fields, "without_file": "1"})
    assert without.status_code == 200
    left = shown(without)
    assert "upload" not in left and left["text"] == fields["text"]
    as_analyst.post(at("document_new", desk), left)
    assert Document.objects.count() == 1
    assert not Original.objects.exists()


def test_a_handle_that_is_not_ones_own_finds_nothing(
    desk: Relationship, as_analyst: Client, signed_in: Callable[..., Client]
) -> None:
    fields = shown(as_analyst.post(at("document_new", desk), empty(file=upload(PAGE))))
    other = signed_in(factories.make_user("other", desk))
    for handle in (fields["upload"], "nonsense"):
        answer = other.post(at("document_new", desk), {**fields, "token": str(uuid.uuid4()), "upload": handle})
        assert answer.status_code == 422
        assert "Choose it once more" in answer.content.decode()
    assert not Document.objects.exists()


def test_the_same_text_from_a_file_is_pointed_out_when_it_is_read_and_when_it_is_stored(
    document: Document, as_analyst: Client
) -> None:
    new = at("document_new", document.relationship)
    read = as_analyst.post(new, empty(file=upload(factories.TEXT)))
    assert read.status_code == 200
    assert document.get_absolute_url() in read.content.decode()
    fields = {**shown(read), "new_publisher": "P", "date_published": "2025-03-26"}
    answer = as_analyst.post(new, fields)
    assert (answer.status_code, Document.objects.count()) == (422, 1)
    as_analyst.post(new, {**shown(answer), "anyway": "1"})
    assert Document.objects.count() == 2
    assert Original.objects.count() == 1


def test_who_published_it_is_asked_for_once(desk: Relationship, as_analyst: Client) -> None:
    held = Publisher.objects.create(name="The Daily")
    typed = empty(text=ENGLISH, title="T", date_published="2025-03-26")
    for publishers, said in [
        ({}, "Choose who published it"),
        ({"publisher": held.pk, "new_publisher": "x"}, "or the other"),
    ]:
        answer = as_analyst.post(at("document_new", desk), {**typed, **publishers})
        assert answer.status_code == 422
        assert said in answer.content.decode()
    as_analyst.post(at("document_new", desk), {**typed, "new_publisher": "the dâily"})
    assert Document.objects.get().publisher == held


def test_a_text_of_five_megabytes_is_stored_and_read(desk: Relationship, as_analyst: Client) -> None:
    text = ("Türkiye ve Amerika görüştü.\n" * 170_000).strip()
    fields = shown(as_analyst.post(at("document_new", desk), empty(file=upload(text))))
    assert len(text.encode()) > 5_000_000
    typed = {**fields, "text": text.replace("\n", "\r\n"), "new_publisher": "P", "date_published": "2025-03-26"}
    as_analyst.post(at("document_new", desk), typed)
    document = Document.objects.get()
    capture = document.newest_capture()
    assert capture is not None and capture.text == text
    assert as_analyst.get(document.get_absolute_url()).status_code == 200


def test_a_better_copy_comes_from_a_file_too(published: Statement, as_analyst: Client) -> None:
    document = published.document
    new = at("document_copy_new", document.relationship, document.ref)
    fields = shown(as_analyst.post(new, {"token": str(uuid.uuid4()), "text": "", "file": upload(making.word(ENGLISH))}))
    assert fields["text"].startswith(ENGLISH)
    as_analyst.post(new, fields)
    capture = document.newest_capture()
    assert capture is not None and capture.number == 2
    assert capture.original.name == "a.bin"
    assert published.passages.with_state().get().state == "lost"


# Handing it out


@pytest.fixture
def filed(document: Document, analyst: User) -> Document:
    file = ContentFile(b"<script>alert(1)</script>", 'a"b\n<ç>.html')
    return add_capture(actor=analyst, document=document, text="Better.", original=file)


def test_a_file_is_handed_out_as_a_download_alone(filed: Document, as_analyst: Client) -> None:
    answer = as_analyst.get(at("document_original", filed.relationship, filed.ref, 2))
    assert answer.content == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''a%22b%3C%C3%A7%3E.html")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert "no-store" in answer["Cache-Control"]


def test_a_copy_without_a_file_and_a_file_that_is_gone_are_not_found(
    filed: Document, as_analyst: Client, media: Path
) -> None:
    assert as_analyst.get(at("document_original", filed.relationship, filed.ref, 1)).status_code == 404
    (media / Original.objects.get().file.name).unlink()
    assert as_analyst.get(at("document_original", filed.relationship, filed.ref, 2)).status_code == 404
    assert as_analyst.get(filed.get_absolute_url()).status_code == 200


def test_a_reader_is_handed_the_file_once_the_document_is_cited(
    published: Statement, analyst: User, as_reader: Client, document: Document
) -> None:
    for source in (published.document, document):
        add_capture(actor=analyst, document=source, text="B.", original=ContentFile(b"B.", "b.txt"))
    cited = at("document_original", document.relationship, published.document.ref, 2)
    assert as_reader.get(cited).status_code == 200
    assert as_reader.get(at("document_original", document.relationship, document.ref, 2)).status_code == 404


def test_the_list_and_the_reader_lead_to_the_file(filed: Document, as_analyst: Client) -> None:
    address = at("document_original", filed.relationship, filed.ref, 2)
    for page in (at("document_list", filed.relationship), filed.get_absolute_url()):
        assert address in as_analyst.get(page).content.decode()


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_asks_as_often_for_one_file_as_for_thirty(
    desk: Relationship, analyst: User, as_analyst: Client, number: int, django_assert_num_queries: Any
) -> None:
    for each in range(number):
        document = factories.make_document(desk, analyst)
        add_capture(actor=analyst, document=document, text=f"{each}", original=ContentFile(b"Text.", "a.txt"))
    with django_assert_num_queries(QUERIES_OF_LIST):
        as_analyst.get(at("document_list", desk))


QUERIES_OF_LIST = 8


# Many at once


def jsonl(*rows: Any) -> SimpleUploadedFile:
    return upload(b"".join((each if isinstance(each, bytes) else json.dumps(each).encode()) + b"\n" for each in rows))


def row(number: int = 1, **values: Any) -> dict[str, Any]:
    name, url = f"readout-of-the-call-{number}", f"https://www.whitehouse.gov/{number}"
    return {"doc_id": name, "date": "2025-03-26", "url": url, "text": f"{ENGLISH} {number}.", **values}


def test_a_file_of_many_is_shown_first_and_stored_then(desk: Relationship, as_analyst: Client) -> None:
    page = at("document_import", desk)
    first = as_analyst.post(page, {"marking": "AMBER", "file": jsonl(row(1), row(2, text=row(1)["text"]))})
    said = first.content.decode()
    assert "2 documents to store" in said
    assert "New publisher: whitehouse.gov" in said
    assert "Line 2, “Readout of the Call 2”, holds the same text as line 1." in re.sub(r"\s+", " ", said)
    assert not Document.objects.exists()
    answer = as_analyst.post(page, {**shown(first), "new_publisher": "The White House", "confirm": "1"})
    assert answer.url == at("document_list", desk)
    assert Document.objects.filter(publisher__name="The White House", marking="AMBER").count() == 2
    again = as_analyst.post(page, {"marking": "CLEAR", "file": jsonl(row(1))}).content.decode()
    assert "0 documents to store" in again
    assert 'name="confirm"' not in again


def test_a_file_broken_in_one_line_is_told_and_not_stored(desk: Relationship, as_analyst: Client, media: Path) -> None:
    rows: list[Any] = [row(number) for number in range(1, 1000)]
    rows[899] = b'{"doc_id": '
    answer = as_analyst.post(at("document_import", desk), {"marking": "CLEAR", "file": jsonl(*rows)})
    assert answer.status_code == 422
    assert "Line 900: This is not JSON" in answer.content.decode()
    assert not Document.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_an_import_without_a_file_asks_for_one(desk: Relationship, as_analyst: Client) -> None:
    answer = as_analyst.post(at("document_import", desk), {"marking": "CLEAR"})
    assert answer.status_code == 422
    assert "Choose a file." in answer.content.decode()


def test_many_bad_lines_are_told_in_part(desk: Relationship, as_analyst: Client) -> None:
    answer = as_analyst.post(at("document_import", desk), {"marking": "CLEAR", "file": jsonl(*[b"x"] * 60)})
    assert "and 10 more" in answer.content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"marking": "bogus", "confirm": "1"},
        {"marking": "CLEAR", "upload": "nonsense", "confirm": "1"},
        {"marking": "CLEAR", "publisher": "99999", "confirm": "1"},
    ],
)
def test_nothing_that_is_posted_to_the_import_is_an_error_of_the_server(
    desk: Relationship, as_analyst: Client, typed: dict[str, str]
) -> None:
    assert as_analyst.post(at("document_import", desk), typed).status_code in (200, 422)
    assert as_analyst.post(at("document_import", desk), {**typed, "file": jsonl(row())}).status_code in (200, 422)
    assert not Document.objects.exists()
