"""A status moved with its effect shown first, a commitment recorded and settled, and a history, in a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from relations.models import Commitment
from tests.browser.test_newcomer import BOARD, look

pytestmark = pytest.mark.django_db(transaction=True)

ISSUE = f"{BOARD}issues/defence-restrictions/"
SAID = "Both parties have openly displayed"


def test_a_move_is_proposed_with_the_keyboard_its_evidence_searched_and_its_effect_seen_first(
    sign_in: Callable[..., Page],
) -> None:
    page = sign_in("analyst")
    page.goto(ISSUE)
    page.get_by_role("link", name="Propose change").press("Enter")
    page.wait_for_url("**/status/new/")
    page.get_by_label("Status").select_option(label="Stalled")
    effect = page.locator("#effect")
    expect(effect).to_contain_text("Before it can be sent:")
    page.get_by_label("Trend").select_option(label="Not assessed")
    page.get_by_label("Since").fill("2025-04-02")
    page.get_by_label("Why").fill("The last word before the silence.")
    with page.expect_response(lambda answer: "political+will" in (answer.request.post_data or "")):
        page.get_by_role("search").get_by_label("Words").press_sequentially("political will")
    expect(page.locator("#found li")).to_have_count(1)
    page.get_by_label(SAID).press("Space")
    page.get_by_role("button", name="Show the effect").press("Enter")
    expect(effect).to_contain_text("It will show")
    expect(effect).not_to_contain_text("Before it can be sent:")
    expect(page.locator("#announcer")).to_have_text("The board will show: Stalled, Not assessed")
    look(page)
    page.get_by_role("button", name="Submit for review").press("Enter")
    page.get_by_text("It waits for review.").wait_for()


def test_a_move_is_searched_previewed_and_sent_with_javascript_off(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst", java_script_enabled=False)
    page.goto(f"{ISSUE}status/new/")
    page.get_by_label("Status").select_option(label="Stalled")
    page.get_by_label("Since").fill("2025-04-02")
    page.get_by_label("Why").fill("The last word before the silence.")
    page.get_by_role("search").get_by_label("Words").fill("political will")
    page.get_by_role("button", name="Search").click()
    page.get_by_label(SAID).check()
    page.get_by_role("button", name="Show the effect").click()
    expect(page.locator("#effect")).to_contain_text("It will show")
    page.get_by_role("button", name="Submit for review").click()
    page.get_by_text("It waits for review.").wait_for()


def test_a_commitment_is_recorded_settled_and_its_history_read(sign_in: Callable[..., Page]) -> None:
    page = sign_in("analyst")
    page.goto(f"{BOARD}statements/sources-political-will/")
    look(page)
    page.get_by_role("link", name="Record a commitment").click()
    page.get_by_label("What they said they will do").fill("Lift the restrictions.")
    page.get_by_label("Due by").fill("2025-04-17")
    page.get_by_label("Precise to the").select_option(label="Month")
    look(page)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The commitment is recorded.").wait_for()
    look(page)
    page.get_by_role("link", name="Settle", exact=True).click()
    page.get_by_label("Lapsed").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Say why it lapsed.").first.wait_for()
    look(page)
    page.get_by_label("Why").fill("The talks were called off.")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The commitment is settled.").wait_for()
    page.get_by_role("link", name="History").click()
    expect(page.locator("del.diff", has_text="Open")).to_be_visible()
    look(page)
    page.goto(f"{BOARD}commitments/")
    look(page)
    page.get_by_label("State").select_option(label="Settled")
    page.wait_for_url("**standing=settled**")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert Commitment.objects.get(text="Lift the restrictions.").state == "lapsed"


def test_a_reviewer_proposes_a_return_from_a_statements_history(sign_in: Callable[..., Page]) -> None:
    analyst, reviewer, lead = sign_in("analyst"), sign_in("reviewer"), sign_in("lead")
    page = f"{BOARD}statements/rubio-trade/"
    analyst.goto(page)
    analyst.get_by_role("button", name="Correct").click()
    analyst.get_by_label("Words", exact=True).fill("Rubio asked for more trade.")
    analyst.get_by_role("button", name="Submit for review").click()
    analyst.get_by_text("It waits for review.").wait_for()
    reviewer.goto(f"{BOARD}review/")
    reviewer.get_by_role("link", name="Rubio asked for more trade.").click()
    reviewer.get_by_role("button", name="Approve").click()
    reviewer.get_by_text("Approved and published.").wait_for()
    reviewer.goto(f"{page}history/")
    look(reviewer)
    reviewer.get_by_role("button", name="Propose a return to this version").first.click()
    reviewer.get_by_text("This draft holds the earlier version.").wait_for()
    reviewer.get_by_role("button", name="Submit for review").click()
    reviewer.get_by_text("It waits for review.").wait_for()
    lead.goto(f"{BOARD}review/")
    lead.get_by_role("link", name="recent advancements").click()
    lead.get_by_role("button", name="Approve").click()
    lead.get_by_text("Approved and published.").wait_for()
