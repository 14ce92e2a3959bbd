"""The desk by the keyboard alone: the palette, the single keys and the quiet notice of a change."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from relations.actions.editing import save_edited
from relations.models import Issue, User
from tests.browser.conftest import faults, overflows

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_palette_goes_to_an_issue_by_the_keyboard_alone(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst")
    page.goto("/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("searchbox", name="Go to a page")).to_be_focused()
    page.keyboard.type("caatsa")
    expect(page.locator("#palette .palette__place")).to_have_text([re.compile("CAATSA"), "Search for “caatsa”"])
    assert faults(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/issues/caatsa*/")


def test_the_search_is_asked_and_asked_again_by_the_keyboard_alone(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst")
    page.goto("/")
    page.keyboard.press("/")
    box = page.get_by_role("searchbox", name="Search")
    expect(box).to_be_focused()
    page.keyboard.type("caatsa")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=caatsa")
    expect(page.locator("mark", has_text="CAATSA").first).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("/")
    box.fill("since:soon")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("takes a day, a month or a year")
    page.set_viewport_size({"width": 360, "height": 800})
    assert not overflows(page)
    page.go_back()
    expect(page.locator("mark", has_text="CAATSA").first).to_be_visible()


def test_single_keys_go_to_pages_but_never_while_one_types_and_can_be_turned_off(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst")
    page.goto("/")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog.get_by_text("People", exact=True)).to_be_visible()
    assert faults(page) == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert not overflows(page)
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.wait_for_url("**/people/")
    page.get_by_label("Name").focus()
    page.keyboard.type("h?")
    expect(page.get_by_label("Name")).to_have_value("h?")
    assert page.url.endswith("/people/")
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    dialog.get_by_label("Single keys work on this computer").uncheck()
    page.keyboard.press("Escape")
    page.evaluate("document.addEventListener('click', () => document.body.dataset.clicked = 'yes', true)")
    page.keyboard.press("h")  # it would click its link at once
    assert page.evaluate("document.body.dataset.clicked") is None


def test_what_a_colleague_changes_meanwhile_is_told_quietly(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst")
    issue = Issue.objects.get(slug="trade")
    with page.expect_response("**/changes/issue/trade/"):
        page.goto(issue.get_absolute_url())
    expect(page.locator("[data-poll][hx-trigger=poll]")).to_have_count(1)
    issue.title = "Trade and tariffs"
    save_edited(actor=User.objects.get(username="reviewer"), row=issue, revision=issue.revision)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_role("link", name="Show it as it is now").click()
    expect(page.get_by_role("heading", name="Trade and tariffs")).to_be_visible()
