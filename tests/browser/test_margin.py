"""The composer in the reader's margin, as a whole: from the selected words to review, refused, put away and brought back."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from relations.models import Document, Person, Relationship, Review, Statement, User
from tests import factories
from tests.browser.conftest import faults, overflows
from tests.browser.test_composing import answer_three
from tests.browser.test_reading import open_reader, select

pytestmark = pytest.mark.django_db(transaction=True)

PASSAGE = "welcomed the growth of bilateral trade"
LATER = "He spoke of significant regional issues"
TEXT = "\n\n".join(["The day in Washington."] * 30 + [f"The Secretary {PASSAGE}. {LATER} too."] + ["No more."] * 10)
NARROW, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@pytest.fixture
def document(demo: Relationship) -> Document:
    return factories.make_document(demo, User.objects.get(username="analyst"), text=TEXT)


def open_form(page: Page, words: str) -> Locator:
    select(page, words)
    page.keyboard.press("n")
    form = page.locator("#margin form")
    expect(form.get_by_label("Words", exact=True)).to_be_focused()
    return form


def test_from_selected_words_to_review_in_the_margin_without_the_mouse(
    sign_in: Callable[..., Page], document: Document, record_property: Any
) -> None:
    page = open_reader(sign_in, document)
    page.locator(".copy-text p", has_text=PASSAGE).scroll_into_view_if_needed()
    start = time.monotonic()
    form = open_form(page, PASSAGE)
    keys = answer_three(page) + 2
    expect(form.locator("#sentence")).to_contain_text("US, Secretary of State on")
    expect(form.get_by_text("As usual +5")).to_be_visible()
    page.keyboard.press("Alt+n")
    page.get_by_text("It waits for review.").wait_for()
    first = time.monotonic() - start
    # Back in the reader, where one was, and ready for the next words.
    expect(page.locator("#margin form")).to_have_count(0)
    expect(page.locator(".note", has_text=PASSAGE)).to_be_visible()
    expect(page.get_by_text("half typed")).to_have_count(0)
    expect(page.locator("mark", has_text=PASSAGE)).to_be_in_viewport()

    start = time.monotonic()
    form = open_form(page, LATER)
    expect(form.get_by_label("Who said it")).to_have_value("Marco Rubio")
    more = answer_three(page, who="") + 2
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/statements/*/")
    page.get_by_text("It waits for review.").wait_for()
    told = f"first {keys} keystrokes, {first:.1f} s; next {more} keystrokes, {time.monotonic() - start:.1f} s"
    record_property("in the margin", told)
    print(told)
    assert keys <= 20
    assert more <= 15
    stored = Statement.objects.filter(document=document)
    assert [each.passages.get().exact for each in stored.order_by("pk")] == [PASSAGE, LATER]
    assert Review.objects.filter(statement__in=stored, decision="").count() == 2


def test_a_key_that_follows_the_focus_at_once_stays_in_the_margin(
    sign_in: Callable[..., Page], document: Document
) -> None:
    page = open_reader(sign_in, document, viewport=WIDE)
    select(page, PASSAGE)
    page.locator("#margin").evaluate(
        "margin => margin.addEventListener('focusin', event =>"
        " event.target.form.querySelector('.button--primary').click(), { once: true })"
    )
    page.keyboard.press("n")
    expect(page.locator("#margin form").get_by_role("alert").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"/documents/"))


def test_the_margins_lists_refusals_duplicates_and_dialogue(sign_in: Callable[..., Page], document: Document) -> None:
    page = open_reader(sign_in, document, viewport=WIDE)
    form = open_form(page, PASSAGE)
    # Refused: at its field, in the margin, the words kept.
    page.keyboard.type("He ")
    page.keyboard.press("Control+Enter")
    expect(form.get_by_role("alert").first).to_be_visible()
    expect(form.get_by_label("On which issue")).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_label("Words", exact=True)).to_have_value(f"He {PASSAGE}")
    # A list is seen whole, wherever its box stands.
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        for label, typed in (("Who said it", "a"), ("On which issue", "t")):
            box = form.get_by_label(label)
            box.fill("")
            box.press_sequentially(typed)
            options = form.locator("[role=listbox] [role=option]")
            expect(options.first).to_be_visible()
            expect(options.first).to_be_in_viewport(ratio=1)
            assert options.first.evaluate(
                "option => { const box = option.getBoundingClientRect();"
                " return option.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)) }"
            )
            assert not overflows(page)
            page.keyboard.press("Escape")
            expect(options).to_have_count(0)
            expect(form).to_be_visible()  # that Escape closed the list alone
            box.fill("")
    assert faults(page) == []
    page.set_viewport_size(WIDE)
    # A new person, made without leaving.
    who = form.get_by_label("Who said it")
    who.press_sequentially("Nobody Yet")
    expect(form.locator("[role=listbox] [data-add]")).to_be_visible()
    page.keyboard.press("Enter")
    dialogue = page.get_by_role("dialog")
    expect(dialogue.get_by_label("Office")).to_be_focused()
    page.keyboard.type("Envoy")
    dialogue.get_by_label("Of which party").press_sequentially("united st")
    expect(dialogue.locator("[role=option]").first).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(dialogue).to_be_hidden()
    expect(who).to_have_value("Nobody Yet")
    expect(form.locator("#sentence")).to_contain_text("Envoy on")
    assert Person.objects.filter(name="Nobody Yet").exists()
    answer_three(page, who="")
    expect(form.get_by_text("As usual +5")).to_be_visible()
    page.keyboard.press("Alt+n")
    page.get_by_text("It waits for review.").wait_for()
    expect(page.locator("#margin form")).to_have_count(0)
    # The same passage again: shown first, then saved anyway, all in the margin.
    form = open_form(page, PASSAGE)
    answer_three(page, who="")
    page.keyboard.press("Control+Enter")
    held = form.get_by_role("alert")
    expect(held).to_contain_text("From the same passage")
    expect(held).to_be_focused()
    assert faults(page) == []
    held.get_by_role("button", name="Save anyway").press("Enter")
    page.wait_for_url("**/statements/*/")
    page.get_by_text("It waits for review.").wait_for()
    assert Statement.objects.filter(document=document).count() == 2


def test_a_form_put_away_half_typed_comes_back_with_its_words(sign_in: Callable[..., Page], document: Document) -> None:
    page = open_reader(sign_in, document, viewport=WIDE)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    form = open_form(page, PASSAGE)
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    expect(page.get_by_text("half typed")).to_have_count(0)  # nothing was typed
    form = open_form(page, PASSAGE)
    answer_three(page, words="He said so")
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    expect(page.get_by_text("You left a form half typed here.")).to_be_visible()
    # Other words bring a form of their own; the same words bring back what was typed.
    other = open_form(page, LATER)
    expect(other.get_by_label("Words", exact=True)).to_have_value(LATER)
    expect(page.get_by_text("Your half-typed text is back.")).to_have_count(0)
    page.keyboard.press("Escape")
    form = open_form(page, PASSAGE)
    expect(form.get_by_label("Words", exact=True)).to_have_value("He said so")
    expect(form.get_by_label("Who said it")).to_have_value("Marco Rubio")
    expect(form.get_by_label("What they did")).to_have_value("SUPPORT")
    expect(page.locator("#margin").get_by_text("Your half-typed text is back.")).to_be_visible()
    expect(page.get_by_text("You left a form half typed here.")).to_have_count(0)
    expect(form.get_by_text("As usual +5")).to_be_visible()
    page.locator("#margin").get_by_role("button", name="Discard it").click()
    expect(page.locator("#margin form")).to_have_count(0)
    form = open_form(page, PASSAGE)
    expect(form.get_by_label("Words", exact=True)).to_have_value(PASSAGE)
    assert asked == []
