"""A reviewer through ten items without leaving the queue; what comes back at its fields; a conflict settled."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from relations.models import Issue, Relationship, Review, ReviewComment, Statement, User
from tests import factories
from tests.browser.test_newcomer import BOARD, look

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ten(demo: Relationship) -> list[Review]:
    """Ten statements that wait for review."""
    analyst = User.objects.get(username="analyst")
    issue = Issue.objects.get(relationship=demo, slug="trade")
    document = factories.make_document(demo, analyst)
    return [
        factories.submitted(factories.make_statement(issue, analyst, document, text=f"Sentence number {n}."), analyst)
        for n in range(10)
    ]


def test_a_reviewer_goes_through_ten_items_by_keys_alone(ten: list[Review], sign_in: Callable[..., Page]) -> None:
    page = sign_in("reviewer")
    page.goto(f"{BOARD}review/")
    look(page)
    page.get_by_role("link", name="Start with the longest waiting").press("Enter")
    for number in range(10):
        expect(page.get_by_text(f"Sentence number {number}.", exact=True)).to_be_visible()
        expect(page.locator(".page-head .meta")).to_contain_text("being read by you")
        page.wait_for_load_state()
        expect(page.locator("[data-keys]")).to_be_focused()  # its keys work from then on
        if number == 0:
            look(page)
        if number == 3:
            page.keyboard.press("r")
            expect(page.get_by_label("What should be changed", exact=False).first).to_be_focused()
            page.keyboard.type("Say as much as a source does: r, a, s.")  # letters typed are letters
            look(page)
            page.keyboard.press("Control+Enter")
        elif number == 6:
            page.keyboard.press("s")
        else:
            page.keyboard.press("a")
    page.get_by_text("That was the last of these.").wait_for()
    expect(page.get_by_role("link", name="Sentence number 6.")).to_be_visible()
    assert page.url.endswith(f"{BOARD}review/")
    assert Review.objects.filter(decision="approved", statement__text__startswith="Sentence").count() == 8
    assert Review.objects.get(decision="returned").comment == "Say as much as a source does: r, a, s."
    assert Review.objects.open().get().subject.text == "Sentence number 6."


def test_ten_items_without_javascript(ten: list[Review], sign_in: Callable[..., Page]) -> None:
    page = sign_in("reviewer", java_script_enabled=False)
    page.goto("/review/")
    page.get_by_role("link", name="Start with the longest waiting").click()
    for number in range(10):
        page.get_by_text(f"Sentence number {number}.", exact=True).wait_for()
        if number == 2:
            page.get_by_text("Return with comment").click()
            page.get_by_label("What should be changed").first.fill("Which?")
            page.get_by_role("button", name="Return to its author").click()
        else:
            page.get_by_role("button", name="Approve").click()
    page.get_by_text("That was the last of these.").wait_for()
    assert page.url.endswith("/review/")
    assert not Review.objects.open().exists()


def test_words_selected_in_the_claim_are_what_the_comment_is_about_and_reach_the_author(
    ten: list[Review], sign_in: Callable[..., Page]
) -> None:
    page = sign_in("reviewer")
    page.goto(f"{BOARD}review/{ten[0].ref}/")
    expect(page.locator("[data-keys]").first).to_be_focused()
    page.locator("[data-field=text] p").select_text()
    page.evaluate("() => new Promise(requestAnimationFrame)")  # by then the page was told of the selection
    page.keyboard.press("r")
    expect(page.locator("#id_comments-0-field")).to_have_value("text")
    expect(page.locator("#id_comments-0-words")).to_have_value("Sentence number 0.")
    expect(page.locator("#id_comments-0-text")).to_be_focused()
    page.keyboard.type("Number it otherwise.")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Sentence number 1.", exact=True).wait_for()
    assert ReviewComment.objects.get().words == "Sentence number 0."
    author = sign_in("analyst")
    author.goto(f"{BOARD}statements/{ten[0].subject.ref}/edit/")
    expect(author.locator("#id_text_comments")).to_contain_text("Number it otherwise.")
    look(author)


def test_a_second_reviewer_is_told_who_reads(ten: list[Review], sign_in: Callable[..., Page]) -> None:
    first, second = sign_in("reviewer"), sign_in("lead")
    first.goto(f"{BOARD}review/{ten[0].ref}/")
    second.goto("/review/")
    expect(second.get_by_text("being read by reviewer")).to_be_visible()
    expect(second.get_by_role("heading", name="How long they wait")).to_be_visible()
    look(second)
    second.goto(f"{BOARD}review/{ten[0].ref}/")
    expect(second.get_by_text("Being read by reviewer since")).to_be_visible()
    look(second)
    first.get_by_role("button", name="Leave it to others").click()
    first.wait_for_url("**/review/")
    second.goto("/review/?kind=statement")
    expect(second.get_by_text("being read by reviewer")).to_have_count(0)
    second.get_by_label("Kind").select_option(label="Status changes")
    second.get_by_text("Nothing that waits for you fits these filters.").wait_for()
    second.wait_for_url("**kind=status**")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_conflict_is_settled_field_by_field(
    ten: list[Review], sign_in: Callable[..., Page], *, javascript: bool
) -> None:
    statement = ten[0].subject
    address = f"{BOARD}statements/{statement.ref}/edit/"
    mine, theirs = sign_in("analyst", java_script_enabled=javascript), sign_in("lead")
    mine.goto(address)
    theirs.goto(address)
    theirs.get_by_label("Words", exact=True).fill("Sentence of the head of desk.")
    theirs.locator("#rest-opener").click()
    theirs.get_by_label("Place in the source").fill("para 2")
    theirs.get_by_role("button", name="Save draft").click()
    theirs.get_by_text("The draft is saved.").wait_for()
    mine.get_by_label("Words", exact=True).fill("Sentence of the analyst.")
    mine.get_by_role("button", name="Save draft").click()
    mine.get_by_role("heading", name="Someone saved this before you").wait_for()
    words = mine.get_by_role("group", name="Words")
    expect(words.get_by_label("Take mine")).to_be_checked()
    expect(words).to_contain_text("Sentence of the head of desk.")
    expect(mine.get_by_role("group", name="Place in the source").get_by_label("Take theirs")).to_be_checked()
    if javascript:
        look(mine)
    mine.get_by_role("button", name="Save draft").click()
    mine.get_by_text("The draft is saved.").wait_for()
    stored = Statement.objects.get(pk=statement.pk)
    assert (stored.text, stored.cited_place) == ("Sentence of the analyst.", "para 2")
