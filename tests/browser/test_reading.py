"""The reader in a browser: words are selected in it, wherever they stand, and open a form in its margin."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest
from playwright.sync_api import Page, expect

from relations.actions.documents import add_capture
from relations.choices import Settlement
from relations.models import Document, Issue, PassageSettlement, Relationship, Statement, User
from tests import factories
from tests.browser.conftest import faults
from tests.browser.test_newcomer import look

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = """😀 İstanbul: the ministers met on Tuesday to speak of trade.

“We want the sanctions lifted,” the minister said. He added that technical talks will be held soon.

قال الوزير إن المحادثات مستمرة.

Talks go on. A hidden \u202echaracter stands here. Talks go on.
"""
OUTER = "“We want the sanctions lifted,” the minister said"
INNER = "We want the sanctions lifted"
SELECT = """([words, occurrence]) => {
  const text = document.querySelector(".copy-text");
  let at = -1;
  for (let n = 0; n <= occurrence; n += 1) at = text.textContent.indexOf(words, at + 1);
  const boundary = (index) => {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    for (let node, passed = 0; (node = walker.nextNode()); passed += node.data.length) {
      if (index <= passed + node.data.length) return [node, index - passed];
    }
  };
  getSelection().setBaseAndExtent(...boundary(at), ...boundary(at + words.length));
}"""


@pytest.fixture
def document(demo: Relationship) -> Document:
    """A document with a passage inside another's, of two statements."""
    analyst, reviewer = User.objects.get(username="analyst"), User.objects.get(username="reviewer")
    document = factories.make_document(demo, analyst, text=TEXT, url="https://news.example.org/reader")
    issue = Issue.objects.get(slug="trade")
    for words, sentence in ((OUTER, "Wants them gone."), (INNER, "Wants them lifted.")):
        passages = [factories.passage_of(document, words)]
        factories.make_published(issue, analyst, reviewer, document=document, text=sentence, passages=passages)
    return document


def open_reader(sign_in: Callable[..., Page], document: Document, **options: object) -> Page:
    page = sign_in("analyst", **options)
    page.goto(document.get_absolute_url())
    return page


def select(page: Page, words: str, occurrence: int = 0) -> None:
    """Select the words, and wait until the link tells them: it may still show, and tell of others."""
    page.evaluate(SELECT, [words, occurrence])
    link = page.get_by_role("link", name="New statement from this passage")
    expect(link).to_be_visible()
    expect(link).to_have_attribute(
        "href", re.compile(rf"[?&]passage={re.escape(quote_plus(words.strip(), safe='*'))}(&|$)")
    )


def told(page: Page) -> dict[str, str]:
    """Return what the link to the new statement says was selected."""
    link = page.get_by_role("link", name="New statement from this passage")
    return {name: values[0] for name, values in parse_qs(urlsplit(link.get_attribute("href") or "").query).items()}


def test_what_is_selected_is_told_in_code_points_of_the_copy(sign_in: Callable[..., Page], document: Document) -> None:
    page = open_reader(sign_in, document)
    assert page.locator(".copy-text").evaluate("element => element.textContent") == TEXT
    across = "held soon.\n\nقال الوزير"
    for words, occurrence in (
        ("ministers met", 0),  # after an emoji, which is two units of UTF-16
        ("want the sanctions", 0),  # inside nested marks
        ("lifted,” the minister said. He", 0),  # out of one mark, out of the other
        (across, 0),  # across paragraphs, left to right and right to left
        ("hidden \u202echaracter", 0),
        ("Talks go on.", 1),
    ):
        select(page, words, occurrence)
        start = TEXT.index(words) if not occurrence else TEXT.rindex(words)
        assert told(page) == {
            "document": document.ref, "passage": words, "start": str(start), "end": str(start + len(words)), "copy": "1",
        }  # fmt: skip
    select(page, " He added that ")
    assert told(page)["passage"] == "He added that"


def test_a_drag_of_the_mouse_inside_a_mark_selects_and_does_not_follow_a_link(
    sign_in: Callable[..., Page], document: Document
) -> None:
    page = open_reader(sign_in, document)
    box = page.locator("mark mark").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    expect(page.get_by_role("link", name="New statement from this passage")).to_be_visible()
    assert told(page)["passage"].startswith("We want the sanctions")


def test_the_form_opens_in_the_margin_with_the_passage_and_escape_returns_to_the_text(
    sign_in: Callable[..., Page], document: Document
) -> None:
    said: list[str] = []
    page = open_reader(sign_in, document)
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    look(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    select(page, "Talks go on.", 1)
    before = page.evaluate("[scrollY, document.querySelector('.copy-text').getBoundingClientRect().top]")
    assert faults(page) == []
    page.keyboard.press("n")
    form = page.locator("#margin form")
    expect(form).to_be_visible()
    expect(form.get_by_label("Words", exact=True)).to_be_focused()
    expect(form.get_by_label("Passage").first).to_have_value("Talks go on.")
    start = TEXT.rindex("Talks go on.")
    expect(form.locator(f"input[type=radio][value='{start}']")).to_be_checked()
    assert page.evaluate("[scrollY, document.querySelector('.copy-text').getBoundingClientRect().top]") == before
    look(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.keyboard.type("nn")
    expect(form.get_by_label("Words", exact=True)).to_have_value(re.compile("nn"))
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    expect(page.get_by_role("link", name="New statement from this passage")).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "Talks go on."
    page.keyboard.press("Enter")
    expect(form).to_be_visible()
    form.get_by_role("link", name="Cancel").click()
    expect(form).to_have_count(0)
    assert said == []


def test_a_mark_leads_to_its_statement_and_the_statement_to_its_mark(
    sign_in: Callable[..., Page], document: Document
) -> None:
    page = open_reader(sign_in, document)
    statement = Statement.objects.get(text="Wants them gone.")
    lead = page.locator(f'.noteref[href="#s-{statement.ref}"]')
    lead.focus()
    page.keyboard.press("Enter")
    expect(page.locator(":target")).to_have_id(f"s-{statement.ref}")
    page.locator(f"#s-{statement.ref}").get_by_role("link", name="in the text").click()
    expect(page.locator(":target")).to_have_id(f"p{statement.passages.get().pk}")
    page.locator("mark mark").first.click()
    expect(page.locator(".note.is-selected")).to_have_count(1)
    apart = page.evaluate(
        """async () => {
          await document.fonts.ready;
          await new Promise(requestAnimationFrame);
          const top = (selector) => document.querySelector(selector).getBoundingClientRect().top;
          return Math.abs(top("mark") - top(".note"));
        }"""
    )
    assert apart < 12


def test_with_javascript_off_the_passage_is_pasted_and_found_on_the_server(
    sign_in: Callable[..., Page], document: Document
) -> None:
    page = open_reader(sign_in, document, java_script_enabled=False)
    expect(page.get_by_role("link", name="New statement from this passage")).to_have_count(0)
    page.locator(".page-head").get_by_role("link", name="New statement").click()
    page.get_by_label("Words", exact=True).fill("Talks will be held.")
    page.get_by_label("Passage").first.fill("technical talks  will be held")
    page.get_by_label("Who said it").fill("Marco Rubio")
    page.get_by_label("On which issue").first.fill("Trade")
    page.get_by_label("What they did").first.select_option(label="4 Discusses")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("The draft is saved.").wait_for()
    assert Statement.objects.get(text="Talks will be held.").passages.get().start == TEXT.index("technical talks")


def test_a_moved_and_a_lost_passage_are_settled_one_after_the_other(
    sign_in: Callable[..., Page], document: Document
) -> None:
    statement = Statement.objects.get(text="Wants them gone.")
    issue, analyst = Issue.objects.get(slug="trade"), User.objects.get(username="analyst")
    factories.make_statement(
        issue, analyst, document=document, text="They met.", passages=[factories.passage_of(document, "ministers met")]
    )
    later = TEXT.replace("minister said", "minister told reporters").replace("İstanbul", "In İstanbul")
    add_capture(actor=analyst, document=document, text=later)
    page = open_reader(sign_in, document)
    waiting = page.get_by_role("region", name="Lost in this copy")
    expect(waiting.get_by_role("listitem")).to_have_text(re.compile("the minister said"))
    expect(waiting).to_contain_text("2 passages stand at other places")
    look(page)
    waiting.get_by_role("link", name="settle it").click()
    expect(page.get_by_role("heading", name="A later copy lost this passage")).to_be_visible()
    expect(page.locator("ins.diff").first).to_be_visible()
    look(page)
    page.get_by_label("The source no longer says this").check()
    page.get_by_label("Note").fill("Reworded on the next day.")
    page.get_by_role("button", name="Settle").click()
    for _number in range(2):
        expect(page.get_by_role("heading", name="A later copy moved this passage")).to_be_visible()
        page.get_by_label("The same words, at another place").check()
        with page.expect_navigation():
            page.get_by_role("button", name="Settle").click()
    page.wait_for_url(f"**{document.get_absolute_url()}")
    expect(waiting).to_have_count(0)
    outcomes = PassageSettlement.objects.filter(check_row__passage__statement=statement)
    assert outcomes.get().outcome == Settlement.SOURCE_CHANGED
    page.goto(f"{document.get_absolute_url()}?copy=1")
    expect(page.get_by_text("You are reading copy 1")).to_be_visible()
    look(page)
