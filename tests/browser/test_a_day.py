"""A day of two people at two browsers: readouts come in, twenty statements go through review, two statuses move.

At the end the notifications, the digest, the histories and the board tell that story and nothing else.
"""

import json
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from playwright.sync_api import Page, expect

from relations.models import Document, Relationship, Statement, StatusChange, User
from tests.browser.test_newcomer import BOARD
from tests.browser.working_day import (
    CORRECTED,
    CREDIBILITY_RETURNED,
    EVIDENCE_CORRECTED,
    IN_CONFLICT,
    MENDED,
    OF_THE_HEAD,
    PASSAGE_RETURNED,
    PASTED,
    REASON,
    RETURNED,
    SYRIA_EVIDENCE,
    WITHDRAWN,
    WORDS_RETURNED,
    Day,
    Told,
    asks_for_a_daily_digest,
    asks_for_another_passage,
    asks_for_other_words,
    asks_how_sure_it_is,
    claims_of,
    corrects,
    follows_an_issue,
    goes_through_the_queue,
    imports,
    mends_what_came_back,
    moves_a_status,
    pastes,
    settles_a_conflict,
    withdraws,
    writes_twenty,
)

pytestmark = pytest.mark.django_db(transaction=True)

READOUTS = Path(settings.BASE_DIR).parent / "shared" / "data" / "readouts.jsonl"
Done = tuple[str, str]  # who, and what the history says was done to what
APPROVED: list[Done] = [("reviewer", "Changed"), ("reviewer", "Changed: review")]
DRAFTED: list[Done] = [("analyst", "Added"), ("analyst", "Added: passage"), ("analyst", "Added: bearing on an issue")]
SUBMITTED: Done = ("analyst", "Added: review")
SENT_BACK: list[Done] = [("reviewer", "Changed: review"), ("reviewer", "Added: comment at a field")]


@pytest.fixture
def readouts() -> list[dict[str, str]]:
    """The readouts that name the country."""
    if not READOUTS.exists():
        pytest.skip("the readouts lie beside the project and are not here")
    rows = [json.loads(line) for line in READOUTS.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if re.search(r"Turkey|Türkiye|Turkish", row["text"])]


@pytest.fixture
def day(demo: Relationship, sign_in: Callable[..., Page], readouts: list[dict[str, str]]) -> Day:
    for who in ("analyst", "reviewer", "lead"):
        User.objects.filter(username=who).update(email=f"{who}@desk.example")
    claims = list(claims_of(readouts))[:20]
    assert len(claims) == 20
    return Day(sign_in("analyst"), sign_in("reviewer"), sign_in("lead"), readouts, claims)


# Evening: what is told of it all


def notifications(page: Page) -> tuple[list[Told], list[Told]]:
    """Return all that the page tells, newest first, and what of it is not read."""
    page.goto("/notifications/")
    lines = page.locator(".told").evaluate_all(
        "rows => rows.map(row => [row.matches('.told--unread'), row.querySelector('.said').getAttribute('href'),"
        " row.querySelector('b').textContent, row.querySelector('.meta').textContent])"
    )
    told = [
        (unread, (address, happening, meta.split(",")[0].strip(), meta.rpartition("because ")[2].strip()))
        for unread, address, happening, meta in lines
    ]
    return [line for _unread, line in told], [line for unread, line in told if unread]


def check_the_notifications(day: Day) -> None:
    for who, page in (("analyst", day.analyst), ("reviewer", day.reviewer), ("lead", day.lead)):
        everything, waiting = notifications(page)
        assert everything == day.told[who][::-1], who
        # What waited for a decision, or for a mending, waits no more.
        assert waiting == [line for line in everything if line[1] not in ("was sent to review", "came back")], who
        number = page.locator("#unread b")
        expect(number).to_contain_text(str(len(waiting))) if waiting else expect(number).to_have_count(0)


def send_digests() -> str:
    out = StringIO()
    call_command("send_digests", stdout=out)
    return out.getvalue()


def check_the_digest(day: Day) -> None:
    """The analyst alone has something to be told; the head of desk, who asks for it now, was told before."""
    asks_for_a_daily_digest(day.lead)
    assert "Sent 1 digest." in send_digests()
    assert "Sent 0 digests." in send_digests()
    (message,) = mail.outbox
    assert message.to == ["analyst@desk.example"]
    body = str(message.body)
    found = re.findall(r"^(.+)\n.+ · because (.+)\nhttps?://[^/]+(/.+)$", body, re.MULTILINE)
    unread = [line for line in reversed(day.told["analyst"]) if line[1] != "came back"]
    assert [(address, why) for _words, why, address in found] == [(line[0], line[3]) for line in unread]
    for (words, _why, _address), (_at, happening, by, _because) in zip(found, unread, strict=True):
        assert words.endswith(f" {happening}, {by}")
    for number, claim in enumerate(day.claims):
        stands = number not in (EVIDENCE_CORRECTED, CORRECTED, WITHDRAWN)
        assert (claim.words[:40] in body) == stands, number


Entry = tuple[Done, dict[str, tuple[str, str]]]  # who did what; each field's old and new value


def history(page: Page, row: Any) -> list[Entry]:
    """Return what the history page of a row tells, newest first; fetched by the page one is on, and not drawn."""
    entries = page.evaluate(
        """async address => {
      const answer = await fetch(address);
      const told = new DOMParser().parseFromString(await answer.text(), "text/html");
      const side = (part, other) => {
        const copy = part.cloneNode(true);
        copy.querySelectorAll(`${other}, .visually-hidden`).forEach(each => each.remove());
        return copy.textContent.trim();
      };
      return [...told.querySelectorAll(".history-entry")].map(section => {
        const parts = [...section.querySelectorAll("dd")].map(part =>
          [part.previousElementSibling.textContent.trim(), [side(part, "ins"), side(part, "del")]]);
        return [section.querySelector("h3").textContent.trim(), Object.fromEntries(parts)];
      });
    }""",
        f"{row.get_absolute_url()}history/",
    )
    found = []
    for heading, changes in entries:
        _at, who, what = heading.split(" · ")
        found.append(((who, what), {label: (old, new) for label, (old, new) in changes.items()}))
    return found


def check_the_histories(day: Day, corrections: list[Statement], moves: list[StatusChange]) -> None:
    page = day.analyst
    mended: list[Done] = [("analyst", "Changed"), SUBMITTED, *SENT_BACK]
    other_passage: list[Done] = [("analyst", "Added: passage"), ("analyst", "Removed: passage")]
    plain, ended = [*APPROVED, *DRAFTED, SUBMITTED], ("reviewer", "Changed")
    stories = dict.fromkeys(range(20), tuple(plain)) | {
        WORDS_RETURNED: (*APPROVED, *mended, *DRAFTED, SUBMITTED),
        PASSAGE_RETURNED: (*APPROVED, mended[0], *other_passage, *mended[1:], *DRAFTED, SUBMITTED),
        CREDIBILITY_RETURNED: (*APPROVED, *mended, *DRAFTED, SUBMITTED),
        IN_CONFLICT: (*APPROVED, ("analyst", "Changed"), SUBMITTED, ("lead", "Changed"), *DRAFTED),
        EVIDENCE_CORRECTED: (ended, *plain),
        CORRECTED: (ended, *plain),
        WITHDRAWN: (ended, *plain),
    }
    told = {number: history(page, day.statement(number)) for number in stories}
    for number, story in stories.items():
        assert tuple(done for done, _changes in told[number]) == story, number
    check_what_changed(day, told)
    for correction in corrections:
        entries = history(page, correction)
        assert [done for done, _changes in entries] == [*APPROVED, ("analyst", "Changed"), SUBMITTED, *DRAFTED]
        assert entries[2][1]["What was wrong"] == ("", "The words were loose.")
        assert entries[2][1]["Words"][1] == correction.text
    for move in moves:
        done = [done for done, _changes in history(page, move)]
        assert done == [*APPROVED, ("analyst", "Added"), ("analyst", "Added: evidence"), SUBMITTED]
    for document in Document.objects.filter(url__in=[row["url"] for row in day.readouts]):
        assert [done for done, _changes in history(page, document)] == [
            ("analyst", "Added"),
            ("analyst", "Added: copy"),
        ]


def check_what_changed(day: Day, told: dict[int, list[Entry]]) -> None:
    """Each field's old and new value, where the day changed one."""
    claims = day.claims
    words, passage, credibility = (told[number] for number in RETURNED)
    assert words[2][1] == {
        "Revision": ("1", "2"),
        "Words": (claims[WORDS_RETURNED].words, f"{MENDED}{claims[WORDS_RETURNED].words}"),
    }
    assert {name: new for name, (_old, new) in words[5][1].items()} == {
        "Number": "1",
        "Field": "Words",
        "Which words": claims[WORDS_RETURNED].words,
        "Comment": "Say it in our own words.",
    }
    assert list(passage[2][1]) == ["Revision"]
    assert passage[3][1]["Passage"][1] == claims[PASSAGE_RETURNED].passage.rstrip(".")
    assert passage[4][1]["Passage"][0] == claims[PASSAGE_RETURNED].passage
    assert credibility[2][1]["Sure it was said?"] == ("2 Probably", "3 Possibly")
    mine, theirs = told[IN_CONFLICT][2][1], told[IN_CONFLICT][4][1]
    assert "Words" not in mine
    assert mine["Analyst’s note"] == ("", "Compared with the record.")
    assert theirs["Words"][1].startswith(OF_THE_HEAD)
    assert list(told[CORRECTED][0][1]) == ["Corrected"]
    withdrawn = told[WITHDRAWN][0][1]
    assert withdrawn["Withdrawn by"] == ("", "reviewer")
    assert withdrawn["Why it was withdrawn"] == ("", REASON)
    for entries in told.values():
        _done, decision = next(entry for entry in entries if entry[0] == APPROVED[1])
        assert decision["Decision"] == ("", "Approved")
        assert decision["Decided by"] == ("", "reviewer")


def check_the_board(page: Page) -> None:
    page.goto(BOARD)
    for issue, status in (("Ukraine", "In talks"), ("Syria", "Agreed")):
        row = page.locator("tbody tr").filter(has=page.get_by_role("link", name=issue, exact=True))
        expect(row).to_contain_text(status)
        expect(row).to_contain_text("27 Mar")


def test_the_history_and_the_notifications_tell_the_day_of_two_people(day: Day) -> None:
    asks_for_a_daily_digest(day.analyst)
    asks_for_a_daily_digest(day.reviewer)
    follows_an_issue(day.analyst)
    for row in day.readouts[:PASTED]:
        pastes(day.analyst, row)
    imports(day.analyst, day.readouts[PASTED:])
    writes_twenty(day)
    settles_a_conflict(day)
    asked = (asks_for_other_words, asks_for_another_passage, asks_how_sure_it_is)
    goes_through_the_queue(day, list(range(20)), dict(zip(RETURNED, asked, strict=True)))
    mends_what_came_back(day)
    goes_through_the_queue(day, list(RETURNED), {})
    moves = [
        moves_a_status(day, "Ukraine", "In talks", EVIDENCE_CORRECTED),
        moves_a_status(day, "Syria", "Agreed", SYRIA_EVIDENCE),
    ]
    corrections = [corrects(day, EVIDENCE_CORRECTED)]
    shaken = "rests on evidence that was corrected or withdrawn"
    day.told["analyst"].append((moves[0].get_absolute_url(), shaken, "reviewer", "you follow the issue"))
    corrections.append(corrects(day, CORRECTED))
    withdraws(day, WITHDRAWN)
    check_the_notifications(day)
    check_the_digest(day)
    check_the_histories(day, corrections, moves)
    check_the_board(day.lead)
