"""The newcomer's path: write from a passage, review, publish, move a status, see it on the board."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import faults, overflows

pytestmark = pytest.mark.django_db(transaction=True)

PASSAGE = "noted recent advancements in bilateral trade"
WORDS = "Rubio welcomed that trade has grown."
BOARD = "/us-turkiye/"
# What of WCAG another set of colours can break.
COLOUR_RULES = ("color-contrast", "link-in-text-block")


def look(page: Page) -> None:
    """Hold the page against WCAG, light and dark, and against scrolling sideways, wide and narrow."""
    for scheme, rules in (("light", ()), ("dark", COLOUR_RULES)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert faults(page, *rules) == [], f"{page.url} {scheme}"
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert not overflows(page), f"{page.url} at {width} px"


def write_and_submit(page: Page, *, check: bool) -> None:
    page.goto(BOARD)
    page.get_by_role("link", name="Documents").click()
    page.get_by_role("link", name="Fidan, Rubio signal").click()
    if check:
        look(page)
    page.locator(".page-head").get_by_role("link", name="New statement").click()
    page.get_by_label("Words", exact=True).fill(WORDS)
    page.get_by_label("Passage").first.fill(PASSAGE)
    page.get_by_label("Who said it").fill("Marco Rubio")
    page.get_by_label("On which issue").first.fill("Trade")
    page.get_by_label("What they did").first.select_option(label="2 Backs or praises")
    if check:
        look(page)
    page.get_by_role("button", name="Submit for review").click()
    page.get_by_text("From the same passage").wait_for()
    if check:
        look(page)
    page.get_by_role("button", name="Save anyway").click()
    page.get_by_text("It waits for review.").wait_for()
    if check:
        look(page)


def approve_first(page: Page, words: str, *, check: bool) -> None:
    page.goto(f"{BOARD}review/")
    if check:
        look(page)
    page.get_by_role("link", name=words).click()
    page.get_by_role("heading", name="Claim").wait_for()
    if check:
        look(page)
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("Approved and published.").wait_for()


def propose(page: Page, *, check: bool) -> None:
    page.goto(f"{BOARD}issues/trade/")
    if check:
        look(page)
    page.get_by_role("link", name="Propose change").click()
    page.get_by_label("Status").select_option(label="In talks")
    page.get_by_label("Trend").select_option(label="Improving")
    page.get_by_label("Since").fill("2025-03-26")
    page.get_by_label("Why").fill("Both want more trade.")
    page.get_by_label(WORDS).check()
    if check:
        look(page)
    page.get_by_role("button", name="Submit for review").click()
    page.get_by_text("It waits for review.").wait_for()


def the_path(sign_in: Callable[..., Page], *, check: bool, **options: object) -> Page:
    analyst, reviewer = (sign_in(who, by_form=True, **options) for who in ("analyst", "reviewer"))
    write_and_submit(analyst, check=check)
    approve_first(reviewer, WORDS, check=check)
    propose(analyst, check=check)
    approve_first(reviewer, "Trade", check=check)
    analyst.goto(BOARD)
    row = analyst.locator("tr", has=analyst.get_by_role("link", name="Trade", exact=True))
    expect(row).to_contain_text("In talks")
    expect(row).to_contain_text(WORDS)
    return analyst


def test_the_newcomers_path_in_a_browser(sign_in: Callable[..., Page]) -> None:
    said: list[str] = []
    page = the_path(sign_in, check=True)
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    changed = f"{BOARD}changes/?since=2025-03-26"
    for address in (
        "/",
        BOARD,
        changed,
        f"{BOARD}quiet/",
        f"{BOARD}statements/",
        f"{BOARD}documents/",
        f"{BOARD}meetings/",
        "/people/",
    ):
        page.goto(address)
        look(page)
    assert said == []
    if os.environ.get("UPDATE_SCREENSHOTS"):
        page.goto(BOARD)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})
        target = Path(__file__).resolve().parents[2] / "docs" / "board.png"
        target.parent.mkdir(exist_ok=True)
        page.screenshot(path=target)


def test_the_same_path_with_javascript_off(sign_in: Callable[..., Page]) -> None:
    the_path(sign_in, check=False, java_script_enabled=False)


def test_the_board_filters_in_place_and_the_address_follows(sign_in: Callable[..., Page]) -> None:
    page = sign_in("reader")
    page.goto(BOARD)
    page.get_by_label("Text").fill("caatsa")
    page.get_by_label("Text").press("Enter")
    page.wait_for_url("**text=caatsa**")
    expect(page.locator("tbody tr:not(.group)")).to_have_count(1)
    page.go_back()
    page.wait_for_url("**/us-turkiye/")
    expect(page.locator("tbody tr:not(.group)")).to_have_count(12)


def test_a_session_that_ended_sends_a_partials_page_to_sign_in_and_back(sign_in: Callable[..., Page]) -> None:
    page = sign_in("reader")
    page.goto(BOARD)
    page.context.clear_cookies()
    page.get_by_role("link", name="Issue", exact=True).click()
    page.wait_for_url("**/accounts/login/**")
    assert "us-turkiye" in page.url


def test_sign_in_itself(browser: object, live_server: object) -> None:
    page = browser.new_page(base_url=live_server.url)  # type: ignore[attr-defined]
    page.goto("/")
    page.wait_for_url("**/accounts/login/**")
    look(page)
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("not correct").wait_for()
    page.close()
