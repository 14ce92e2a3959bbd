"""A document that the admin takes in from a file goes through the same action as the page's."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from relations.models import Document, Original, Relationship
from tests import making
from tests.admin.filling import errors, save
from tests.factories import make_document
from tests.making import ENGLISH

pytestmark = pytest.mark.django_db
ADD = "/admin/relations/document/add/"


def new(document: Document, content: bytes, **changes: object) -> dict[str, object]:
    return {
        "relationship": document.relationship_id,
        "title": "From a file",
        "publisher": document.publisher_id,
        "date_published": "2025-03-26",
        "language": "en",
        "captures-0-file": SimpleUploadedFile("talks.pdf", content),
        **changes,
    }


def test_a_document_is_taken_in_from_a_file(as_analyst: Client, document: Document) -> None:
    answer = save(as_analyst, ADD, **new(document, making.pdf(ENGLISH)))
    assert answer.status_code == 302
    original = Original.objects.get()
    assert (original.name, original.capture.text, original.capture.document.title) == (
        "talks.pdf",
        ENGLISH,
        "From a file",
    )
    page = as_analyst.get(f"/admin/relations/document/{original.capture.document_id}/change/").content.decode()
    assert f"/documents/{original.capture.document.ref}/copies/1/original/" in page


def test_a_better_copy_comes_from_a_file(as_analyst: Client, document: Document) -> None:
    address = f"/admin/relations/document/{document.pk}/change/"
    file = SimpleUploadedFile("better.docx", making.word(ENGLISH))
    changes = {"captures-2-TOTAL_FORMS": "1", "captures-2-0-file": file, "captures-2-0-extent": "full"}
    assert save(as_analyst, address, **changes).status_code == 302
    original = Original.objects.get()
    assert (original.capture.number, original.capture.text.startswith(ENGLISH)) == (2, True)


def test_a_file_that_cannot_be_read_is_refused_at_its_field(as_analyst: Client, document: Document) -> None:
    page = save(as_analyst, ADD, **new(document, making.pdf("")))
    assert page.status_code == 422
    assert "no text layer" in str(errors(page)["file"])
    assert Document.objects.count() == 1


def test_a_scan_is_kept_beside_its_pasted_text(as_analyst: Client, document: Document) -> None:
    save(as_analyst, ADD, **new(document, making.pdf(""), **{"captures-0-text": "Typed from the scan."}))
    assert Original.objects.get().capture.text == "Typed from the scan."


def test_a_file_that_is_none_we_take_is_refused_beside_pasted_text_too(as_analyst: Client, document: Document) -> None:
    page = save(as_analyst, ADD, **new(document, b"\x00\x01", **{"captures-0-text": "Typed."}))
    assert page.status_code == 422
    assert "not of a kind we read" in page.content.decode()
    assert Document.objects.count() == 1


def test_the_files_are_listed_for_their_own_desk_alone(
    as_analyst: Client, desk: Relationship, document: Document
) -> None:
    from relations.actions.documents import add_capture
    from tests import factories

    other = factories.make_desk("gr-de", "GR", "DE")
    for place in (desk, other):
        who = factories.make_user(f"of-{place.slug}", place)
        file = SimpleUploadedFile(f"{place.slug}.txt", b"Text.")
        add_capture(actor=who, document=make_document(place, who), text="T", original=file)
    page = as_analyst.get("/admin/relations/original/").content.decode()
    assert "us-turkiye.txt" in page
    assert "gr-de.txt" not in page
