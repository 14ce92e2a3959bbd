"""Two people at two browsers: one follows and is told, the other writes a note that names her and confirms the issue."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_newcomer import look

pytestmark = pytest.mark.django_db(transaction=True)

ISSUE = "/us-turkiye/issues/trade/"


def the_path(sign_in: Callable[..., Page], *, check: bool, **options: object) -> Page:
    reviewer, analyst = sign_in("reviewer", **options), sign_in("analyst", **options)
    reviewer.goto(ISSUE)
    reviewer.get_by_role("button", name="Follow", exact=True).click()
    reviewer.get_by_role("button", name="Stop following").wait_for()

    analyst.goto(ISSUE)
    analyst.get_by_label("Note", exact=True).fill("Ask **today**, @reviewer.")
    analyst.get_by_role("button", name="Add note").click()
    analyst.get_by_text("names reviewer").wait_for()
    analyst.get_by_role("button", name="Still stands so").click()
    analyst.get_by_text("Last confirmed").wait_for()
    if check:
        look(analyst)

    reviewer.goto("/")
    expect(reviewer.locator("#unread")).to_contain_text("2")
    for address in ("/me/", "/notifications/settings/", "/notifications/"):
        reviewer.goto(address)
        if check:
            look(reviewer)
    expect(reviewer.locator("#main")).to_contain_text("mentions you")
    expect(reviewer.locator("#main")).to_contain_text("because you follow the issue")
    reviewer.get_by_role("button", name="Mark read").first.click()
    expect(reviewer.locator("#unread")).to_contain_text("1")
    reviewer.get_by_role("button", name="Mark all read").click()
    expect(reviewer.locator("#unread")).not_to_contain_text("1")
    return reviewer


def test_following_notes_and_notifications_in_a_browser(sign_in: Callable[..., Page]) -> None:
    page = the_path(sign_in, check=True)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(ISSUE)
    page.get_by_role("button", name="Stop following").click()
    again = page.get_by_role("button", name="Follow", exact=True)
    again.wait_for()
    expect(again).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("You no longer follow this")
    assert said == []


def test_the_same_with_javascript_off(sign_in: Callable[..., Page]) -> None:
    the_path(sign_in, check=False, java_script_enabled=False)


def test_a_note_is_added_edited_and_removed_in_its_place(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst")
    page.goto(ISSUE)
    page.get_by_label("Note", exact=True).fill("Ask today.")
    page.get_by_role("button", name="Add note").click()
    note = page.locator(".desk-note").first
    expect(note).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("The note is added")
    expect(page.get_by_label("Note", exact=True)).to_have_value("")
    page.get_by_role("link", name="Edit the note").click()
    box = note.get_by_label("Note", exact=True)
    expect(box).to_be_focused()
    box.press("End")
    box.press_sequentially(" Or later.")
    box.press("Control+Enter")
    expect(note).to_contain_text("Ask today. Or later.")
    expect(note).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("The note is saved")
    page.get_by_role("button", name="Remove the note").click()
    expect(page.get_by_role("heading", name="Notes", exact=True)).to_be_focused()
    expect(page.get_by_text("Ask today.")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("Note", exact=True)).to_have_value("")
    expect(page.get_by_text("Your half-typed text is back.")).to_have_count(0)


def test_who_takes_part_is_chosen_by_keyboard_alone(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst")
    page.goto("/us-turkiye/meetings/new/")
    person = page.get_by_role("combobox", name="Person").first
    person.focus()
    page.keyboard.type("fidan")
    expect(page.get_by_role("option", name="Hakan Fidan")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(person).to_have_value("Hakan Fidan")
    office = page.get_by_role("combobox", name="In which office").first
    office.focus()
    page.keyboard.type("hakan foreign")
    page.get_by_role("option", name="Hakan Fidan, Foreign Minister").wait_for()
    page.keyboard.press("Tab")
    expect(office).to_have_value("Hakan Fidan, Foreign Minister")
