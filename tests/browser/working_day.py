"""A day of two people at two browsers: readouts come in, twenty statements go through review, two statuses move.

What is written, returned, corrected, withdrawn and settled is kept as a story, act by act. At the end the notifications,
the digest, the histories and the board have to tell that story and nothing else.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

from relations.models import Document, Statement, StatusChange
from relations.models.documents import kept_text
from tests.browser.test_newcomer import BOARD
from tests.browser.test_reading import select

PASTED = 3  # the first of the readouts; the others come as one file
FROM_A_DOCUMENT = 3  # at most
FROM_THE_READER = 5  # the first statements, from words selected there
ISSUES = ("Ukraine", "Syria", "Trade", "Fight against ISIS")
WORDS_RETURNED, PASSAGE_RETURNED, CREDIBILITY_RETURNED = RETURNED = (4, 9, 14)
EVIDENCE_CORRECTED, CORRECTED, WITHDRAWN, SYRIA_EVIDENCE, IN_CONFLICT = 0, 2, 3, 5, 19
MENDED, PUT_RIGHT, OF_THE_HEAD = "Mended: ", "Put right: ", "As the head of desk has it: "
REASON = "It was said of another meeting."


@dataclass(frozen=True)
class Claim:
    """A sentence of a readout, that is to become a statement."""

    document: str
    passage: str
    number: int

    @property
    def words(self) -> str:
        """Its words, in one line."""
        return " ".join(self.passage.split())

    @property
    def issue(self) -> str:
        return ISSUES[self.number % len(ISSUES)]

    @property
    def speaker(self) -> tuple[str, str]:
        """Who is to be named, and the office."""
        advisor = "national-security" in self.document
        return ("Jake Sullivan", "National Security Advisor") if advisor else ("Joe Biden", "President")


Told = tuple[str, str, str, str]  # the address of what it is about, what happened, by whom, why one is told


@dataclass
class Day:
    """Who is at the desk, what came in, and what each is to have been told, the oldest first."""

    analyst: Page
    reviewer: Page
    lead: Page
    readouts: list[dict[str, str]]
    claims: list[Claim]
    refs: dict[int, str] = field(default_factory=dict)  # of the statements, by the number of their claim
    told: dict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))

    def statement(self, number: int) -> Statement:
        return Statement.objects.get(ref=self.refs[number])

    def address(self, number: int) -> str:
        return self.statement(number).get_absolute_url()

    def submitted(self, row: Any, *, to: tuple[str, ...] = ("reviewer", "lead")) -> None:
        for who in to:
            self.told[who].append((row.get_absolute_url(), "was sent to review", "analyst", "you review at this desk"))

    def decided(self, row: Any, happening: str, *, of: tuple[str, ...] = ("analyst",)) -> None:
        for who in of:
            self.told[who].append((row.get_absolute_url(), happening, "reviewer", "you wrote it"))


def claims_of(readouts: list[dict[str, str]]) -> Iterator[Claim]:
    """Yield sentences that stand once in their readout."""
    number = 0
    for row in readouts:
        text = kept_text(row["text"])
        sentences = [each.strip() for each in re.split(r"(?<=[.!?])\s+|\n+", text)]
        usable = [each for each in sentences if len(each) >= 60 and text.count(each) == 1]
        for sentence in usable[:FROM_A_DOCUMENT]:
            yield Claim(row["doc_id"], sentence, number)
            number += 1


# Morning: what is followed, and what comes in


def asks_for_a_daily_digest(page: Page) -> None:
    page.goto("/notifications/settings/")
    page.get_by_label("Send what I was told by e-mail").select_option(label="Daily")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Your e-mail digest is set.").wait_for()


def follows_an_issue(page: Page) -> None:
    page.goto(f"{BOARD}issues/ukraine/")
    page.get_by_role("button", name="Follow", exact=True).click()
    page.get_by_role("button", name="Stop following").wait_for()


def pastes(page: Page, row: dict[str, str]) -> None:
    page.goto(f"{BOARD}documents/new/")
    page.get_by_label("Text", exact=True).fill(row["text"])
    page.get_by_label("Title").fill(title_of(row))
    names_the_publisher(page)
    page.get_by_label("Address").fill(row["url"])
    page.get_by_label("Published on").fill(row["date"])
    page.get_by_role("button", name="Store document").click()
    page.get_by_text("The document is stored.").wait_for()


def names_the_publisher(page: Page) -> None:
    publisher = page.locator("#id_publisher")
    publisher.fill("The White House")
    publisher.press("Tab")


def title_of(row: dict[str, str]) -> str:
    return row["doc_id"][11:].replace("-", " ").capitalize()


def imports(page: Page, rows: list[dict[str, str]]) -> None:
    page.goto(f"{BOARD}documents/import/")
    lines = "\n".join(json.dumps(row) for row in rows).encode()
    page.locator("input[type=file]").set_input_files(
        {"name": "readouts.jsonl", "mimeType": "text/plain", "buffer": lines}
    )
    page.get_by_role("button", name="Check the file").click()
    names_the_publisher(page)
    page.get_by_role("button", name=f"Store {len(rows)} documents").click()
    page.get_by_text(f"{len(rows)} documents are stored.").wait_for()


# Twenty statements are written


def writes_twenty(day: Day) -> None:
    """Write them all: the first from words selected in the reader, the others one after another from each document."""
    page = day.analyst
    urls = {row["doc_id"]: row["url"] for row in day.readouts}
    known: set[str] = set()
    stands_open = None  # the document whose composer was left open for another
    for claim, following in zip(day.claims, [*day.claims[1:], None], strict=True):
        document = Document.objects.get(url=urls[claim.document])
        form = opens_the_composer(page, document, claim, stands_open=stands_open == document)
        names_the_speaker(page, form, *claim.speaker, known)
        form.get_by_label("On which issue").first.fill(claim.issue)
        form.get_by_label("What they did").first.select_option(label="4 Discusses")
        has_more = following is not None and following.document == claim.document
        stands_open = document if has_more and claim.number >= FROM_THE_READER else None
        if claim.number == IN_CONFLICT:
            form.get_by_role("button", name="Save draft").click()
            page.get_by_text("The draft is saved.").wait_for()
        else:
            with page.expect_navigation():
                form.get_by_label("Words", exact=True).press("Alt+n" if stands_open else "Control+Enter")
            page.get_by_text("It waits for review.").wait_for()
        statement = Statement.objects.get(document=document, text=claim.words)
        day.refs[claim.number] = statement.ref
        if claim.number != IN_CONFLICT:
            day.submitted(statement)


def opens_the_composer(page: Page, document: Document, claim: Claim, *, stands_open: bool) -> Locator:
    if claim.number < FROM_THE_READER:
        return opens_from_the_reader(page, document, claim.passage)
    form = page.locator("#composer")
    if stands_open:
        form.get_by_label("Words", exact=True).fill(claim.words)
        form.get_by_label("Passage").first.fill(claim.passage)
    else:
        page.goto(f"{BOARD}statements/new/?document={document.ref}&passage={quote(claim.passage)}")
    return form


def opens_from_the_reader(page: Page, document: Document, passage: str) -> Locator:
    page.goto(document.get_absolute_url())
    select(page, passage)
    page.keyboard.press("n")
    form = page.locator("#margin form")
    expect(form.get_by_label("Words", exact=True)).to_have_value(" ".join(passage.split()))
    return form


def names_the_speaker(page: Page, form: Locator, name: str, office: str, known: set[str]) -> None:
    """Name who said it, unless the composer does; one whom the desk does not hold yet is added without leaving."""
    if form.get_by_label("Who said it").input_value() == name:
        return
    if name in known:
        form.get_by_label("Who said it").fill(name)
        return
    known.add(name)
    form.get_by_label("Who said it").focus()
    page.keyboard.type(name)
    expect(page.locator("[role=listbox] [data-add]")).to_be_visible()
    page.keyboard.press("Enter")
    dialogue = page.get_by_role("dialog")
    dialogue.get_by_label("Office").fill(office)
    dialogue.get_by_label("Of which party").fill("United States")
    page.keyboard.press("Control+Enter")
    expect(dialogue).to_be_hidden()
    expect(form.get_by_label("Who said it")).to_have_value(name)


def settles_a_conflict(day: Day) -> None:
    """Two save over one draft: the analyst takes the other's words and keeps her own note."""
    claim, mine, theirs = day.claims[IN_CONFLICT], day.analyst, day.lead
    for page in (mine, theirs):
        page.goto(f"{day.address(IN_CONFLICT)}edit/")
    theirs.get_by_label("Words", exact=True).fill(f"{OF_THE_HEAD}{claim.words}")
    theirs.get_by_role("button", name="Save draft").click()
    theirs.get_by_text("The draft is saved.").wait_for()
    mine.get_by_label("Words", exact=True).fill(f"As the analyst has it: {claim.words}")
    mine.locator("#rest-opener").click()
    mine.get_by_label("Analyst’s note").fill("Compared with the record.")
    mine.get_by_role("button", name="Submit for review").click()
    mine.get_by_role("heading", name="Someone saved this before you").wait_for()
    words = mine.get_by_role("group", name="Words")
    expect(words).to_contain_text(OF_THE_HEAD)
    words.get_by_label("Take theirs").check()
    expect(mine.get_by_role("group", name="Analyst’s note").get_by_label("Take mine")).to_be_checked()
    mine.get_by_role("button", name="Submit for review").click()
    mine.get_by_text("It waits for review.").wait_for()
    day.submitted(day.statement(IN_CONFLICT), to=("reviewer",))  # the head of desk has a hand in it now


# Review


def goes_through_the_queue(day: Day, numbers: list[int], returned: dict[int, Callable[[Page], None]]) -> None:
    """Decide by keys on all that waits, the longest waiting first: return these, approve the others."""
    page = day.reviewer
    page.goto(f"{BOARD}review/")
    page.get_by_role("link", name="Start with the longest waiting").press("Enter")
    for number in numbers:
        expect(page.locator("[data-field=text]")).to_contain_text(day.claims[number].words)
        expect(page.locator(".page-head .meta")).to_contain_text("being read by you")
        page.wait_for_load_state()
        expect(page.locator("[data-keys]")).to_be_focused()  # its keys work from then on
        if number in returned:
            returned[number](page)
            page.keyboard.press("Control+Enter")
            page.get_by_text("Returned to its author.").wait_for()
            day.decided(day.statement(number), "came back")
        else:
            page.keyboard.press("a")
            page.get_by_text("Approved and published.").wait_for()
            wrote = ("analyst", "lead") if number == IN_CONFLICT else ("analyst",)
            day.decided(day.statement(number), "was published", of=wrote)
    page.get_by_text("That was the last of these.").wait_for()


def asks_for_other_words(page: Page) -> None:
    page.locator("[data-field=text] p").select_text()
    page.keyboard.press("r")
    expect(page.locator("#id_comments-0-field")).to_have_value("text")
    page.keyboard.type("Say it in our own words.")


def asks_for_another_passage(page: Page) -> None:
    page.locator("mark[data-field=passages]").select_text()
    page.keyboard.press("r")
    expect(page.locator("#id_comments-0-field")).to_have_value("passages")
    page.keyboard.type("Without the full stop.")


def asks_how_sure_it_is(page: Page) -> None:
    page.keyboard.press("r")
    page.locator("#id_comments-0-field").select_option("credibility")
    page.locator("#id_comments-0-text").fill("No second source says so.")


def mends_what_came_back(day: Day) -> None:
    """The author finds what came back among her notifications, sees at which field, mends it and submits again."""
    page = day.analyst
    for number, said in (
        (WORDS_RETURNED, "Say it in our own words."),
        (PASSAGE_RETURNED, "Without the full stop."),
        (CREDIBILITY_RETURNED, "No second source says so."),
    ):
        page.goto("/notifications/")
        line = page.locator(".told--unread").filter(has_text="came back")
        line.get_by_role("link", name=str(day.statement(number))).click()
        page.get_by_role("heading", name="Returned by reviewer").wait_for()
        page.get_by_role("link", name="Edit", exact=True).click()
        expect(page.locator(".field__comments").filter(has_text=said)).to_be_visible()
        MENDING[number](page, day.claims[number])
        page.get_by_role("button", name="Submit for review").click()
        page.get_by_text("It waits for review.").wait_for()
        day.submitted(day.statement(number))


def mends_the_words(page: Page, claim: Claim) -> None:
    expect(page.locator("#id_text_comments mark")).to_have_text(claim.words)
    page.get_by_label("Words", exact=True).fill(f"{MENDED}{claim.words}")


def mends_the_passage(page: Page, claim: Claim) -> None:
    page.get_by_label("Passage").first.fill(claim.passage.rstrip("."))


def mends_the_credibility(page: Page, claim: Claim) -> None:
    page.get_by_label("Sure it was said?").select_option("3")


MENDING: dict[int, Callable[[Page, Claim], None]] = {
    WORDS_RETURNED: mends_the_words,
    PASSAGE_RETURNED: mends_the_passage,
    CREDIBILITY_RETURNED: mends_the_credibility,
}


# Statuses move, statements are corrected and withdrawn


def moves_a_status(day: Day, issue: str, status: str, evidence: int) -> StatusChange:
    page = day.analyst
    page.goto(f"{BOARD}issues/{issue.lower()}/")
    page.get_by_role("link", name="Propose change").click()
    page.get_by_label("Status").select_option(label=status)
    page.get_by_label("Trend").select_option(label="Improving")
    page.get_by_label("Do the sides agree?").select_option(label="Not judged")
    page.get_by_label("Since").fill("2025-03-27")
    page.get_by_label("Why").fill(f"The readouts say so of {issue}.")
    page.get_by_label(day.claims[evidence].words).check()
    expect(page.locator("#effect")).to_contain_text("It will show")
    page.get_by_role("button", name="Submit for review").click()
    page.get_by_text("It waits for review.").wait_for()
    change = StatusChange.objects.get(issue__title=issue, published_at=None)
    day.submitted(change)
    approves_the_only_one(day.reviewer)
    day.decided(change, "moved")
    return change


def approves_the_only_one(page: Page) -> None:
    page.goto(f"{BOARD}review/")
    page.get_by_role("link", name="Start with the longest waiting").click()
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("Approved and published.").wait_for()
    page.get_by_text("That was the last of these.").wait_for()


def corrects(day: Day, number: int) -> Statement:
    """Have a published statement put right."""
    page = day.analyst
    page.goto(day.address(number))
    page.get_by_role("button", name="Correct").click()
    page.get_by_label("Words", exact=True).fill(f"{PUT_RIGHT}{day.claims[number].words}")
    page.get_by_label("What was wrong").fill("The words were loose.")
    page.get_by_role("button", name="Submit for review").click()
    page.get_by_text("It waits for review.").wait_for()
    correction = Statement.objects.get(supersedes__ref=day.refs[number])
    day.submitted(correction)
    approves_the_only_one(day.reviewer)
    day.decided(day.statement(number), "was corrected")
    return correction


def withdraws(day: Day, number: int) -> None:
    page = day.reviewer
    page.goto(day.address(number))
    page.get_by_role("link", name="Withdraw").click()
    page.get_by_label("Why").fill(REASON)
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_text("The statement is withdrawn.").wait_for()
    day.decided(day.statement(number), "was withdrawn")
