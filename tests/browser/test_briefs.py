"""The brief in a browser: on a phone, in the dark, on paper."""

import io
from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.browser.conftest import faults, overflows

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_demo_desks_brief_reads_on_a_phone_in_the_dark_and_on_paper(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst", viewport={"width": 360, "height": 800}, color_scheme="dark")
    page.goto("/us-turkiye/briefs/new/")
    assert faults(page) == []
    assert not overflows(page)
    page.goto("/us-turkiye/briefs/")
    page.get_by_role("link", name="Fidan and Rubio in Washington, 25 March 2025").click()
    page.wait_for_url("**/washington-2025-03-25/")
    assert faults(page) == []
    assert not overflows(page)
    sheets = [" ".join(sheet.extract_text().split()) for sheet in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages]
    assert all("TLP:AMBER+STRICT" in sheet for sheet in sheets)
    # The table of all issues, from the first to the last, stands on the first sheet.
    assert "Defence-industry restrictions" in sheets[0]
    assert "South Caucasus" in sheets[0]
    assert "Only one side has spoken: Türkiye" in sheets[1]
