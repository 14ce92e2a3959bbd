"""A past view never shows a later fact (R9): what came later is marked, and looked for on every page that can be read."""

import datetime
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.db.models import F
from django.test import Client
from django.urls import resolve

from relations.actions.commitments import settle_commitment
from relations.actions.documents import add_capture
from relations.actions.reviews import withdraw_statement, withdraw_status_change
from relations.actions.statements import correct_statement
from relations.models import IssueLink, Meeting, Relationship, Statement, User
from tests import factories
from tests.views.test_past_view import Page

pytestmark = pytest.mark.django_db

LATER = "Xyzzy"
KNOWN = "2025-03-26"
# What a page would say of something that no longer stands.
MARKS = (
    "state--withdrawn", "state--superseded", "no longer stands", "moved or lost", "in this copy", "<b>Kept</b>",
    "Held</td>", "· Held",
)  # fmt: skip


@pytest.fixture
def said(desk: Relationship, analyst: User, reviewer: User) -> dict[str, Any]:
    """A desk that published on 26 March, and on 28 March corrected, withdrew, moved, held and added."""
    with factories.clock(datetime.datetime(2025, 3, 26, 12, tzinfo=datetime.UTC)):
        issue = factories.make_issue(desk, slug="caatsa", author=analyst)
        article = factories.make_document(desk, analyst, title="Article")
        kept = factories.make_published(issue, analyst, reviewer, document=article, text="Words that were kept.")
        corrected = factories.make_published(issue, analyst, reviewer, document=article, text="Words as first read.")
        withdrawn = factories.make_published(issue, analyst, reviewer, document=article, text="Words taken back.")
        move = factories.make_move(issue, analyst, reviewer, [withdrawn], rationale="Talks.")
        commitment = factories.make_commitment(kept, issue, analyst, due_earliest=None, due_latest=None)
        talks = Meeting.objects.create(
            relationship=desk, title="Talks in Ankara", state="scheduled", earliest="2025-03-27", latest="2025-03-27",
            author=analyst, edited_by=analyst,
        )  # fmt: skip
        talks.agenda.create(relationship=desk, issue=issue)
    with factories.clock(datetime.datetime(2025, 3, 28, 12, tzinfo=datetime.UTC)):
        Meeting.objects.filter(pk=talks.pk).update(state="held", revision=F("revision") + 1)
        draft = correct_statement(actor=analyst, statement=corrected)
        factories.rewritten(draft, analyst, f"{LATER}, read again.")
        factories.publish(draft, analyst, reviewer)
        later = factories.make_published(
            issue, analyst, reviewer, text=f"{LATER} words.",
            document=factories.make_document(desk, analyst, title=f"{LATER} article"),
        )  # fmt: skip
        withdraw_statement(actor=reviewer, subject=withdrawn, reason=f"{LATER} reason.")
        moved = factories.make_move(issue, analyst, reviewer, [later], rationale=f"{LATER} move.", to_status="stalled")
        withdraw_status_change(actor=reviewer, subject=move, reason=f"{LATER} reason.")
        factories.make_statement(issue, analyst, article, text=f"{LATER} draft.")
        add_capture(actor=analyst, document=article, text=f"{LATER}. Nothing else of it was left.")
        settle_commitment(
            actor=analyst, commitment=commitment, revision=commitment.revision, state="kept", settled_by=later,
            settled_on=datetime.date(2025, 3, 28), note=f"{LATER} note.",
        )  # fmt: skip
        other = factories.make_issue(desk, f"{LATER} issue", author=analyst)
        IssueLink.objects.create(relationship=desk, from_issue=issue, to_issue=other, kind="related_to")
        Meeting.objects.create(
            relationship=desk, title=f"{LATER} meeting", state="expected", author=analyst, edited_by=analyst
        ).agenda.create(relationship=desk, issue=issue)  # fmt: skip
    return {
        "issue": issue,
        "corrected": corrected,
        "withdrawn": withdrawn,
        "later": later,
        "moved": moved,
        "move": move,
    }


def test_no_page_that_can_be_reached_shows_what_came_later(
    said: dict[str, Any], signed_in: Callable[..., Client], lead: User
) -> None:
    client = signed_in(lead)  # who sees the most
    days = f"known={KNOWN}"
    waiting = [f"/us-turkiye/?{days}", f"/search/?q={LATER}&{days}", f"/search/?q=words&{days}"]
    waiting += [f"/search/?q=article&{days}", f"/palette/?q={LATER}&{days}"]
    seen: set[str] = set()
    while waiting:
        url = waiting.pop()
        page = url if url.startswith("/search") else urlsplit(url).path
        if page.endswith("/history/"):  # the record of all of them begins today
            page = str(resolve(page).url_name)
        if page in seen:
            continue
        seen.add(page)
        answer = client.get(url)
        assert answer.status_code == 200, url
        if answer.streaming or not answer["Content-Type"].startswith("text/html"):
            continue
        text = answer.content.decode()
        shown = text.replace(f'value="{LATER}"', "").replace(f"q={LATER}", "").replace(f"“{LATER}”", "")
        shown = shown.replace(f"<title>{LATER}", "")  # what was searched for is shown again
        assert LATER not in shown, url
        for mark in MARKS:
            assert mark not in shown, (url, mark)
        waiting += [urljoin(url, link) for link in Page(text).reading_links(url)]
    for name in ("corrected", "withdrawn", "issue", "move"):
        assert said[name].get_absolute_url() in seen, name


def test_what_came_later_is_not_there_yet(said: dict[str, Any], as_analyst: Client) -> None:
    for name in ("later", "moved"):
        url = said[name].get_absolute_url()
        assert as_analyst.get(f"{url}?known={KNOWN}").status_code == 404
        assert as_analyst.get(f"{url}?known=2025-03-28").status_code == 200


def test_what_was_withdrawn_later_stood_then_with_its_status(said: dict[str, Any], as_reader: Client) -> None:
    board = as_reader.get(f"/us-turkiye/?known={KNOWN}").content.decode()
    assert "In talks" in board
    assert "Words taken back." in board
    page = as_reader.get(f"{said['withdrawn'].get_absolute_url()}?known={KNOWN}").content.decode()
    assert ">Published<" in page
    today = as_reader.get(said["withdrawn"].get_absolute_url()).content.decode()
    assert f"{LATER} reason." in today


def test_what_was_said_later_had_not_been_said_yet(
    issue: Any, analyst: User, reviewer: User, as_reader: Client
) -> None:
    statement = factories.make_published(issue, analyst, reviewer, text="Said on the 25th.")
    for path in ("/us-turkiye/", "/us-turkiye/statements/", "/search/?q=said", issue.get_absolute_url()):
        url = f"{path}{'&' if '?' in path else '?'}effective="
        assert "Said on the 25th." not in as_reader.get(f"{url}2025-03-24").content.decode(), path
        shown = as_reader.get(f"{url}2025-03-25").content.decode().replace("<mark>Said</mark>", "Said")
        assert "Said on the 25th." in shown, path
    found = as_reader.get("/search/?q=article&effective=2025-03-25").content.decode()
    assert statement.document.get_absolute_url() in found
    assert as_reader.get(f"{statement.get_absolute_url()}?effective=2025-03-24").status_code == 404


def test_an_imprecise_day_stands_from_the_last_day_that_it_can_mean(
    issue: Any, analyst: User, reviewer: User, as_reader: Client
) -> None:
    factories.make_published(
        issue, analyst, reviewer, text="Said in March.", precision="month",
        earliest=datetime.date(2025, 3, 1), latest=datetime.date(2025, 3, 31),
    )  # fmt: skip
    assert "Said in March." not in as_reader.get("/us-turkiye/statements/?effective=2025-03-30").content.decode()
    assert "Said in March." in as_reader.get("/us-turkiye/statements/?effective=2025-03-31").content.decode()


def test_a_draft_is_no_part_of_a_past_view(draft: Statement, as_analyst: Client) -> None:
    today = draft.relationship.today().isoformat()
    assert draft.text in as_analyst.get("/us-turkiye/statements/").content.decode()
    assert draft.text not in as_analyst.get(f"/us-turkiye/statements/?known={today}").content.decode()
    assert as_analyst.get(f"{draft.get_absolute_url()}?known={today}").status_code == 404


def test_an_export_of_a_past_day_holds_what_was_known_then(said: dict[str, Any], as_reader: Client) -> None:
    answer: Any = as_reader.get(f"/us-turkiye/statements/export/?known={KNOWN}&format=csv&up_to=RED")
    assert KNOWN in answer["Content-Disposition"]
    lines = b"".join(answer.streaming_content).decode()
    assert "Words taken back." in lines
    assert LATER not in lines
    assert "withdrawn" not in lines
    assert "superseded" not in lines


def test_commitments_are_filtered_as_they_stood_then(said: dict[str, Any], as_analyst: Client) -> None:
    url = f"/us-turkiye/commitments/?known={KNOWN}&standing="
    assert "Technical talks will be held." in as_analyst.get(f"{url}open").content.decode()
    assert "Technical talks will be held." not in as_analyst.get(f"{url}settled").content.decode()


def test_a_meeting_that_lay_ahead_is_listed_so(said: dict[str, Any], as_reader: Client) -> None:
    url = f"/us-turkiye/meetings/?known={KNOWN}&state="
    assert "Talks in Ankara" in as_reader.get(f"{url}scheduled").content.decode()
    assert "Talks in Ankara" not in as_reader.get(f"{url}held").content.decode()
