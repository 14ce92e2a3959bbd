"""What only a browser shows of a timeline: that a range is swapped in with its title, and that it can be read by all."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_newcomer import look

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_goes_from_all_to_a_week_and_from_a_mark_to_its_statement(sign_in: Callable[..., Page]) -> None:
    page = sign_in("reader")
    page.goto("/us-turkiye/timeline/")
    page.get_by_role("link", name="Week", exact=True).click()
    expect(page).to_have_title(re.compile(r"^Timeline of US – Türkiye, 24 Mar 2025 – 30 Mar 2025"))
    expect(page).to_have_url(re.compile(r"since=2025-03-24&until=2025-03-30"))
    look(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    mark = page.get_by_role("link", name="Criticises or accuses, −2")
    expect(mark).to_have_count(1)  # of the two pictures one is shown
    mark.click()
    expect(page).to_have_url(re.compile(r"/statements/rubio-arrests/"))
