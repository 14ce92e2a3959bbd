"""Rows chosen on the pages of a list, in a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from relations.models import Issue, Relationship, User
from tests import factories
from tests.browser.conftest import faults, overflows

pytestmark = pytest.mark.django_db(transaction=True)


def test_rows_stay_chosen_across_pages_until_something_was_done_with_them(
    demo: Relationship, sign_in: Callable[..., Page]
) -> None:
    analyst = User.objects.get(username="analyst")
    document = factories.make_document(demo, analyst)
    for number in range(51):
        factories.make_statement(Issue.objects.get(slug="trade"), analyst, document, text=f"Draft {number}.")
    page = sign_in("analyst")
    page.goto("/us-turkiye/statements/?state=draft")
    page.get_by_label("Choose “Draft 50.”").check()
    page.get_by_role("link", name="Older").click()
    page.wait_for_load_state()
    page.get_by_label("Choose “Draft 0.”").check()
    expect(page.get_by_text("Chosen: 2")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Submit for review…").click()
    expect(page.get_by_text("2 rows will be changed")).to_be_visible()
    page.get_by_role("button", name="Submit these").click()
    expect(page.get_by_text("Done for 2 rows.")).to_be_visible()
    page.goto("/us-turkiye/statements/?state=draft")
    expect(page.get_by_text("Chosen: 2")).to_have_count(0)


def test_a_heading_opens_where_it_stands(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst")
    page.goto("/us-turkiye/statements/")
    page.get_by_role("link", name="Issue", exact=True).press("Enter")
    page.get_by_role("group", name="Issue").get_by_role("checkbox").first.check()
    page.wait_for_url("**issue=*")
    expect(page.get_by_role("list", name="Chosen filters").get_by_role("link")).to_have_count(1)
    assert faults(page) == []
    page.get_by_role("link", name="Take away:").click()
    page.wait_for_url("**/?open=issue")
    expect(page.get_by_role("group", name="Issue")).to_be_visible()


def test_choices_taken_back_do_not_lead_back_to_the_default_view(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst", viewport={"width": 360, "height": 800})
    page.goto("/us-turkiye/?status=in_talks")
    page.get_by_text("Save this view").click()
    page.get_by_role("textbox", name="Name").fill("In talks")
    page.get_by_label("Open the list with it").check()
    assert not overflows(page)
    assert faults(page) == []
    page.get_by_role("button", name="Save view").click()
    page.goto("/us-turkiye/")
    page.wait_for_url("**/?status=in_talks")
    expect(page.get_by_text("Shown: your view “In talks”.")).to_be_visible()
    page.get_by_text("Filters (1)").click()
    assert not overflows(page)
    assert faults(page) == []
    box = page.locator("#facet-status-in_talks")
    box.press("Space")
    page.wait_for_url("**/?all=1")
    expect(page.get_by_role("link", name="Gaza", exact=True)).to_be_visible()
    expect(box).to_be_focused()  # where the choices were opened, they stay, and so does one's place in them
