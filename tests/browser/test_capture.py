"""Taking a document in by a browser: from a file, with and without JavaScript, and many at once."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from relations.models import Original
from tests import making
from tests.browser.test_newcomer import look

pytestmark = pytest.mark.django_db(transaction=True)

DOCUMENTS = "/us-turkiye/documents/"


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")


def put(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})


@pytest.mark.parametrize("scripts", [True, False])
def test_a_document_is_taken_in_from_a_file(sign_in: Callable[..., Page], scripts: bool) -> None:
    page = sign_in("analyst", java_script_enabled=scripts)
    page.goto(DOCUMENTS)
    page.get_by_role("link", name="New document").click()
    put(page, "scan.pdf", making.pdf(""))
    page.get_by_role("button", name="Read the file").click()
    page.get_by_text("This PDF has no text layer").wait_for()
    if scripts:
        look(page)
    put(page, "call.eml", making.mail(making.TURKISH, Subject="Görüşme", Date="Wed, 26 Mar 2025 10:00:00 +0300"))
    page.get_by_role("button", name="Read the file").click()
    page.get_by_text("This was read from the file.").wait_for()
    expect(page.get_by_label("Text", exact=True)).to_have_value(re.compile(re.escape(making.TURKISH)))
    expect(page.get_by_label("Title")).to_have_value("Görüşme")
    if scripts:
        look(page)
    page.get_by_role("button", name="Store document").click()
    page.get_by_text("The document is stored.").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="call.eml").click()
    assert download.value.suggested_filename == "call.eml"
    assert Original.objects.get().capture.document.language == "tr"


def test_many_are_looked_at_and_stored(sign_in: Callable[..., Page]) -> None:
    def row(number: int, **values: Any) -> str:
        url = f"https://www.example.org/{number}"
        text = f"{making.ENGLISH} {number}"
        return json.dumps(
            {"doc_id": f"the-call-number-{number}", "date": "2025-03-26", "url": url, "text": text, **values}
        )

    page = sign_in("analyst")
    page.goto(DOCUMENTS)
    page.get_by_role("link", name="Import many").click()
    look(page)
    put(page, "many.jsonl", f"{row(1)}\n{row(2, date='never')}".encode())
    page.get_by_role("button", name="Check the file").click()
    page.get_by_text("Line 2").wait_for()
    look(page)
    put(page, "many.jsonl", f"{row(1)}\n{row(2)}".encode())
    page.get_by_role("button", name="Check the file").click()
    page.get_by_text("2 documents to store").wait_for()
    look(page)
    page.get_by_role("button", name="Store 2 documents").click()
    page.get_by_text("2 documents are stored.").wait_for()
    look(page)
