"""The composer by keyboard alone, the type-ahead and its dialogue, and half-typed forms that come back."""

import contextlib
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, Route, expect

from relations.models import FormDraft, Person, Relationship, Review, Statement, User
from tests import factories
from tests.browser.conftest import faults, overflows
from tests.browser.test_newcomer import COLOUR_RULES

pytestmark = pytest.mark.django_db(transaction=True)

PASSAGE = "welcomed the growth of bilateral trade"
TEXT = f"In Washington the Secretary {PASSAGE}. He spoke of significant regional issues too."
FORM = "form.composer"


@pytest.fixture
def address(demo: Relationship) -> str:
    document = factories.make_document(demo, User.objects.get(username="analyst"), text=TEXT)
    return f"/us-turkiye/statements/new/?document={document.ref}"


def reach(page: Page, label: str) -> int:
    """Press Tab until the field called `label` has the focus. Return how often."""
    target = page.locator(FORM).get_by_label(label).first
    for times in range(30):
        if target.evaluate("element => element === document.activeElement"):
            return times
        page.keyboard.press("Tab")
    raise AssertionError(f"{label} is not reached by Tab")


def answer_three(page: Page, *, words: str = "", who: str = "rub") -> int:
    """Give the three answers by keyboard alone. Return the keystrokes."""
    keys = 0
    if words:
        keys += reach(page, "Words") + 1
        page.keyboard.press("Control+a")
        page.keyboard.type(words)
    if who:
        keys += reach(page, "Who said it")
        page.keyboard.type(who)
        expect(page.locator("[role=listbox] [data-label='Marco Rubio']")).to_be_visible()
        page.keyboard.press("Enter")
        keys += len(who) + 1
    keys += reach(page, "On which issue")
    page.keyboard.type("trade")
    expect(page.locator("[role=listbox] [data-label='Trade']")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("2")
    return keys + len("trade") + 2


def test_from_the_selection_to_review_by_keyboard_alone(
    sign_in: Callable[..., Page], address: str, record_property: Any
) -> None:
    page = sign_in("analyst")
    page.goto(f"{address}&passage={quote(PASSAGE)}")
    expect(page.get_by_label("Words", exact=True)).to_have_value(PASSAGE)
    expect(page.get_by_label("Words", exact=True)).to_be_focused()
    start = time.monotonic()
    keys = answer_three(page) + 1
    expect(page.locator("#sentence")).to_contain_text("US, Secretary of State on")
    page.keyboard.press("Control+Enter")
    page.get_by_text("It waits for review.").wait_for()
    seconds = time.monotonic() - start
    record_property("first", f"{keys} keystrokes, {seconds:.1f} s")
    print(f"first: {keys} keystrokes, {seconds:.1f} s")
    assert keys <= 30
    statement = Statement.objects.get(text=PASSAGE)
    assert str(statement.mandate.post) == "Secretary of State"  # type: ignore[union-attr]
    assert statement.passages.get().exact == PASSAGE
    assert Review.objects.filter(statement=statement).exists()
    assert statement.bearings.get().act == "SUPPORT"


def test_the_next_from_the_same_document_needs_no_speaker(sign_in: Callable[..., Page], address: str) -> None:
    page = sign_in("analyst")
    page.goto(f"{address}&passage={quote(PASSAGE)}")
    answer_three(page)
    page.keyboard.press("Alt+n")
    page.get_by_text("It waits for review.").wait_for()
    expect(page.get_by_label("Who said it")).to_have_value("Marco Rubio")
    start = time.monotonic()
    keys = answer_three(page, words="He spoke of significant regional issues too.", who="") + 1
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/statements/*/")
    print(f"next: {keys} keystrokes beside the words, {time.monotonic() - start:.1f} s")
    assert keys <= 25


def test_the_form_is_sound_light_dark_wide_and_narrow(sign_in: Callable[..., Page], address: str) -> None:
    page = sign_in("analyst")
    page.goto(address)
    answer_three(page, words="Rubio welcomed that trade has grown.")
    expect(page.get_by_text("As usual +5")).to_be_visible()
    page.keyboard.press("Alt+d")
    expect(page.get_by_label("Kind")).to_be_focused()
    page.get_by_label("Who said it").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("f")
    expect(page.locator("[role=listbox]")).to_be_visible()
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert not overflows(page), width
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert faults(page, *(COLOUR_RULES if scheme == "dark" else ())) == [], f"{scheme} {width}"


def answer_late(page: Page, change: Callable[[], Any]) -> None:
    """Do `change` when the next answer of what was worked out is ready, and only then let that answer come."""

    def hold(route: Route) -> None:
        answer = route.fetch()
        change()
        with contextlib.suppress(PlaywrightError):  # the page has given it up by now
            route.fulfill(response=answer)

    page.route("**/statements/new/**", hold, times=1)


def test_the_last_change_is_answered_however_late_an_earlier_answer_comes(
    sign_in: Callable[..., Page], address: str
) -> None:
    page = sign_in("analyst")
    page.goto(address)
    answer_late(page, lambda: page.get_by_label("What they did").select_option("SUPPORT"))
    page.get_by_label("Words", exact=True).fill("Talks go on.")
    page.keyboard.press("Tab")
    expect(page.get_by_text("As usual +5")).to_be_visible()


def test_what_is_typed_under_change_outlives_the_answer_to_an_earlier_change(
    sign_in: Callable[..., Page], address: str
) -> None:
    page = sign_in("analyst")
    page.goto(address)
    page.locator("#rest-opener").click()

    def type_and_leave() -> None:
        page.get_by_label("Place in the source").fill("para 7")
        page.locator(FORM).get_by_role("button", name="Save draft").focus()

    answer_late(page, type_and_leave)
    page.get_by_label("Words", exact=True).fill("Talks go on.")
    with page.expect_response(lambda answer: "para+7" in (answer.request.post_data or "")):
        page.keyboard.press("Tab")
    expect(page.get_by_label("Place in the source")).to_have_value("para 7")


def test_the_type_ahead_ignores_diacritics_announces_and_closes(sign_in: Callable[..., Page], address: str) -> None:
    page = sign_in("analyst")
    factories.make_person("İsmet Yılmazoğlu", "TR", "Envoy")
    page.goto(address)
    who = page.get_by_label("Who said it")
    who.focus()
    page.keyboard.type("yilmazoglu ismet")
    expect(page.locator("#announcer")).to_have_text("1 match")
    expect(who).to_have_attribute("aria-expanded", "true")
    expect(who).to_have_attribute("aria-activedescendant", "id_speaker_person_list_0")
    page.keyboard.press("Escape")
    expect(who).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(who).to_have_value("İsmet Yılmazoğlu")
    expect(page.locator("#sentence")).to_contain_text("Envoy on")


def test_a_new_person_is_added_without_leaving_and_chosen(sign_in: Callable[..., Page], address: str) -> None:
    page = sign_in("analyst")
    page.goto(address)
    page.get_by_label("Words", exact=True).fill("Talks go on.")
    page.get_by_label("Who said it").focus()
    page.keyboard.type("Nobody Yet")
    expect(page.locator("[role=listbox] [data-add]")).to_be_visible()
    page.keyboard.press("Enter")
    dialogue = page.get_by_role("dialog")
    expect(dialogue.get_by_label("Name")).to_have_value("Nobody Yet")
    assert faults(page) == []
    expect(dialogue.get_by_label("Office")).to_be_focused()
    page.keyboard.type("Envoy")
    dialogue.get_by_label("Of which party").focus()
    page.keyboard.type("united st")
    expect(dialogue.locator("[data-label]").first).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(dialogue).to_be_hidden()
    expect(page.get_by_label("Who said it")).to_have_value("Nobody Yet")
    expect(page.get_by_label("Who said it")).to_be_focused()
    expect(page.locator("#sentence")).to_contain_text("Envoy on")
    expect(page.get_by_label("Words", exact=True)).to_have_value("Talks go on.")
    assert Person.objects.filter(name="Nobody Yet").exists()


# Half typed, and back


def sign_in_again(page: Page) -> None:
    page.get_by_label("Username").wait_for()
    page.wait_for_load_state("networkidle")
    page.get_by_label("Username").fill("analyst")
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_a_session_that_ended_loses_nothing_of_the_form(sign_in: Callable[..., Page], address: str) -> None:
    page = sign_in("analyst")
    page.goto(f"{address}&passage={quote(PASSAGE)}")
    answer_three(page, words="Rubio welcomed that trade has grown.")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("Control+Enter")
    sign_in_again(page)
    expect(page.get_by_text("Your half-typed text is back.")).to_be_visible()
    expect(page.get_by_label("Words", exact=True)).to_have_value("Rubio welcomed that trade has grown.")
    expect(page.get_by_label("Who said it")).to_have_value("Marco Rubio")
    expect(page.get_by_label("On which issue")).to_have_value("Trade")
    expect(page.get_by_label("What they did")).to_have_value("SUPPORT")
    page.locator(FORM).get_by_role("button", name="Submit for review").click()
    page.get_by_text("It waits for review.").wait_for()
    page.goto(f"{address}&passage={quote(PASSAGE)}")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("Your half-typed text is back.")).to_be_hidden()
    assert not FormDraft.objects.exists()


def test_a_session_that_ends_while_one_types_loses_nothing(sign_in: Callable[..., Page], address: str) -> None:
    page = sign_in("analyst")
    page.goto(address)
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Words", exact=True).fill("Typed into a session that is gone.")
    page.keyboard.press("Tab")  # working it out meets the ended session
    page.wait_for_url("**/accounts/login/**")
    sign_in_again(page)
    expect(page.get_by_label("Words", exact=True)).to_have_value("Typed into a session that is gone.")


def test_what_the_server_kept_comes_back_in_another_browser_and_is_discarded(
    sign_in: Callable[..., Page], address: str
) -> None:
    page = sign_in("analyst")
    page.goto(address)
    with page.expect_response("**/drafts/"):
        page.get_by_label("Words", exact=True).fill("Half a sentence")
    other = sign_in("analyst")
    other.goto(address)
    expect(other.get_by_text("Your half-typed text is back.")).to_be_visible()
    expect(other.get_by_label("Words", exact=True)).to_have_value("Half a sentence")
    assert faults(other) == []
    other.get_by_role("button", name="Discard it").click()
    expect(other.get_by_label("Words", exact=True)).to_have_value("")
    assert not FormDraft.objects.exists()


def test_a_network_that_fell_away_loses_nothing(sign_in: Callable[..., Page], address: str) -> None:
    page = sign_in("analyst")
    page.goto(address)
    page.context.set_offline(True)
    page.get_by_label("Words", exact=True).fill("Typed in a tunnel")
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(address)
    expect(page.get_by_label("Words", exact=True)).to_have_value("Typed in a tunnel")
    expect(page.get_by_text("Your half-typed text is back.")).to_be_visible()


def test_a_second_issue_comes_back_too(sign_in: Callable[..., Page], address: str) -> None:
    page = sign_in("analyst")
    page.goto(address)
    page.get_by_label("Words", exact=True).fill("On two issues")
    page.get_by_role("button", name="Another issue").click()
    second = page.get_by_role("group", name="Issue 2").get_by_label("On which issue")
    second.focus()
    page.keyboard.type("gaza")
    expect(page.locator("[role=listbox] [data-label]").first).to_be_visible()
    page.keyboard.press("Enter")
    page.goto("/")
    page.goto(address)
    expect(page.get_by_text("Your half-typed text is back.")).to_be_visible()
    expect(page.get_by_role("group", name="Issue 2").get_by_label("On which issue")).to_have_value("Gaza")
    expect(page.get_by_label("Words", exact=True)).to_have_value("On two issues")


def test_other_forms_are_kept_by_the_one_attribute_and_signing_out_clears_this_browser(
    sign_in: Callable[..., Page],
) -> None:
    page = sign_in("analyst")
    page.goto("/us-turkiye/issues/trade/status/new/")
    page.get_by_label("Why").fill("Because")
    page.get_by_label("Status").select_option("stalled")
    page.goto("/us-turkiye/")
    page.goto("/us-turkiye/issues/trade/status/new/")
    expect(page.get_by_label("Why")).to_have_value("Because")
    expect(page.get_by_label("Status")).to_have_value("stalled")
    page.get_by_label("Why").fill("Because of this")
    page.locator(".site-account summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/**")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('keep:'))") == []
