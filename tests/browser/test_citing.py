"""The readouts of a meeting are read in a browser, and cited by keyboard; without JavaScript the line is there to select."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_newcomer import look

pytestmark = pytest.mark.django_db(transaction=True)

READOUTS = "/us-turkiye/meetings/fidan-rubio-2025-03/readouts/"


def test_a_page_is_cited_by_keyboard(sign_in: Callable[..., Page]) -> None:
    page = sign_in("reader", permissions=["clipboard-read", "clipboard-write"])
    page.goto(READOUTS)
    look(page)
    page.get_by_role("button", name="Copy").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    expect(page.locator("#announcer")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Fidan and Rubio at the State Department: readouts side by side, as it stood on ")
    assert copied.endswith(READOUTS)
