"""Commitments on the pages: who sees them, the list and its cost, recording, settling, what is due."""

import datetime
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from relations.actions.commitments import settle_commitment
from relations.actions.reviews import withdraw_statement
from relations.models import Commitment, Issue, Relationship, Statement, User
from tests import factories
from tests.views.test_conflicts import choices

pytestmark = pytest.mark.django_db

LATER = factories.DAY + datetime.timedelta(days=10)


@pytest.fixture
def owed(published: Statement, issue: Issue, analyst: User) -> Commitment:
    return factories.make_commitment(published, issue, analyst)


@pytest.fixture
def later(issue: Issue, analyst: User, reviewer: User) -> Statement:
    return factories.make_published(issue, analyst, reviewer, text="The talks were held.", earliest=LATER, latest=LATER)


def at(name: str, desk: Relationship, *more: str) -> str:
    return reverse(name, args=[desk.slug, *more])


def typed(issue: Issue, **more: Any) -> dict[str, Any]:
    return {
        "token": str(uuid.uuid4()),
        "issue": str(issue.pk),
        "text": "Technical talks will be held.",
        "party": str(issue.relationship.second_party_id),
        "due_latest": "2025-04-17",
        "due_precision": "month",
        **more,
    }


def test_a_commitment_is_recorded_from_a_statements_page_and_settled_by_another(
    issue: Issue, published: Statement, later: Statement, as_analyst: Client
) -> None:
    desk = issue.relationship
    address = at("commitment_new", desk, published.ref)
    assert address in as_analyst.get(published.get_absolute_url()).content.decode()
    first = as_analyst.post(address, form := typed(issue))
    assert as_analyst.post(address, form).url == first.url  # type: ignore[attr-defined]
    commitment = Commitment.objects.get()
    assert commitment.due == "Apr 2025"
    page = as_analyst.get(commitment.get_absolute_url()).content.decode()
    assert published.text in page
    assert "overdue" in page
    assert commitment.text in as_analyst.get(published.get_absolute_url()).content.decode()
    settle = {
        "token": str(uuid.uuid4()), "revision": "1", "state": "kept", "settled_by": str(later.pk), "settled_on": "", "note": "",
    }  # fmt: skip
    answer = as_analyst.post(at("commitment_settle", desk, commitment.ref), settle, follow=True).content.decode()
    assert "The commitment is settled." in answer
    assert "Kept" in answer
    assert later.text in answer
    history = as_analyst.get(at("commitment_history", desk, commitment.ref)).content.decode()
    assert "Kept" in history


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": ""}, "This field is required"),
        ({"text": "x" * 301}, "at most 300"),
        ({"party": ""}, "This field is required"),
        ({"party": "999999"}, "not one of the available choices"),
        ({"issue": "999999"}, "not one of the available choices"),
        ({"due_latest": "2025-02-30"}, "valid date"),
        ({"due_earliest": "2025-05-01", "due_latest": "2025-04-01"}, "cannot come before the first"),
        ({"due_precision": "hour"}, "not one of the available choices"),
        ({"token": "x"}, "Open the page again"),
    ],
)
def test_a_commitment_is_refused_at_its_field_and_what_was_typed_kept(
    issue: Issue, published: Statement, as_analyst: Client, wrong: dict[str, str], said: str
) -> None:
    answer = as_analyst.post(
        at("commitment_new", issue.relationship, published.ref), {**typed(issue), "text": "Keep me.", **wrong}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "text" in wrong or "Keep me." in page
    assert not Commitment.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"state": "kept"}, "Choose it."),
        ({"state": "lapsed"}, "Say why it lapsed."),
        ({"state": "lapsed", "note": "Late.", "settled_on": "2999-01-01"}, "lies in the future"),
        ({"state": "kept", "settled_by": "999999"}, "not one of the available choices"),
        ({"state": "open"}, "not one of the available choices"),
        ({"state": ""}, "This field is required"),
    ],
)
def test_a_settlement_is_refused_at_its_field(
    owed: Commitment, as_analyst: Client, wrong: dict[str, str], said: str
) -> None:
    answer = as_analyst.post(
        at("commitment_settle", owed.relationship, owed.ref), {"token": str(uuid.uuid4()), "revision": "1", **wrong}
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()
    owed.refresh_from_db()
    assert owed.state == "open"


def test_a_save_over_a_newer_revision_shows_both_and_loses_nothing(
    owed: Commitment, issue: Issue, as_analyst: Client
) -> None:
    edit = at("commitment_edit", owed.relationship, owed.ref)
    assert as_analyst.post(edit, typed(issue, revision="1", text="The first.")).status_code == 302
    answer = as_analyst.post(edit, typed(issue, revision="1", text="The second."))
    assert answer.status_code == 409
    assert choices(answer.content.decode()) == {"take-text": "mine"}
    assert "The second." in answer.content.decode()
    settle = at("commitment_settle", owed.relationship, owed.ref)
    answer = as_analyst.post(
        settle, {"token": str(uuid.uuid4()), "revision": "1", "state": "lapsed", "note": "Kept as typed."}
    )
    assert answer.status_code == 409
    assert "Kept as typed." in answer.content.decode()


def test_of_two_who_edit_a_commitment_either_side_is_taken_field_by_field(
    owed: Commitment, issue: Issue, as_analyst: Client, as_reviewer: Client
) -> None:
    edit = at("commitment_edit", owed.relationship, owed.ref)
    theirs = typed(issue, revision="1", text="Hold two rounds.", due_latest="2025-06-30")
    assert as_reviewer.post(edit, theirs).status_code == 302
    mine = typed(issue, revision="1", text="Hold three rounds.", due_latest=str(owed.due_latest or ""))
    answer = as_analyst.post(edit, mine)
    sides = choices(answer.content.decode())
    assert sides.keys() >= {"take-text", "take-due_latest"}
    assert (sides["take-text"], sides["take-due_latest"]) == ("mine", "theirs")
    again = {**mine, **sides, "revision": "2", "token": str(uuid.uuid4())}
    assert as_analyst.post(edit, again).status_code == 302
    owed.refresh_from_db()
    assert (owed.text, str(owed.due_latest)) == ("Hold three rounds.", "2025-06-30")


def test_of_two_who_settle_a_commitment_either_side_is_taken(
    owed: Commitment, as_analyst: Client, as_reviewer: Client
) -> None:
    settle = at("commitment_settle", owed.relationship, owed.ref)
    said = {"revision": "1", "state": "lapsed", "settled_on": "2025-06-30"}

    def post(client: Client, **typed: str) -> Any:
        return client.post(settle, {**said, "token": str(uuid.uuid4()), **typed})

    assert post(as_reviewer, note="Nobody spoke of it again.").status_code == 302
    answer = post(as_analyst, note="Overtaken.")
    assert answer.status_code == 409
    assert choices(answer.content.decode()) == {"take-note": "mine"}
    assert post(as_analyst, note="Overtaken.", revision="2", **{"take-note": "theirs"}).status_code == 302
    owed.refresh_from_db()
    assert (owed.state, owed.settling_note) == ("lapsed", "Nobody spoke of it again.")


def test_readers_meet_no_commitment_on_any_page(
    owed: Commitment, published: Statement, issue: Issue, as_reader: Client, as_analyst: Client
) -> None:
    for url in (issue.get_absolute_url(), published.get_absolute_url(), "/", issue.relationship.get_absolute_url()):
        page = as_reader.get(url).content.decode()
        assert owed.text not in page
        assert "commitment" not in page.lower()
    assert owed.text in as_analyst.get(issue.get_absolute_url()).content.decode()


def test_the_home_page_shows_what_is_overdue_and_due_within_a_fortnight(
    owed: Commitment, published: Statement, issue: Issue, analyst: User, as_analyst: Client
) -> None:
    today = issue.relationship.today()
    for days, text in ((14, "Due in a fortnight."), (15, "Due later.")):
        day = today + datetime.timedelta(days=days)
        factories.make_commitment(
            published, issue, analyst, text=text, due_earliest=day, due_latest=day, due_precision="day"
        )
    page = as_analyst.get("/").content.decode()
    assert "Commitments due" in page
    assert owed.text in page
    assert "overdue" in page
    assert "Due in a fortnight." in page
    assert "Due later." not in page
    settle_commitment(actor=analyst, commitment=owed, state="lapsed", revision=1, note="Late.")
    assert owed.text not in as_analyst.get("/").content.decode()


def test_the_list_is_filtered_by_state_party_and_issue(
    owed: Commitment, published: Statement, issue: Issue, analyst: User, as_analyst: Client
) -> None:
    desk = issue.relationship
    factories.make_commitment(
        published, issue, analyst, text="The jets will be delivered.", party=desk.first_party,
        due_earliest=None, due_latest=None,
    )  # fmt: skip
    done = factories.make_commitment(published, issue, analyst, text="A call will be held.")
    settle_commitment(actor=analyst, commitment=done, state="lapsed", revision=1, note="No call.")
    url = at("commitment_list", desk)

    def told(**query: str) -> set[str]:
        page = as_analyst.get(url, query).content.decode()
        return {text for text in (owed.text, "The jets will be delivered.", done.text) if text in page}

    assert told() == {owed.text, "The jets will be delivered.", done.text}
    assert told(standing="open") == {owed.text, "The jets will be delivered."}
    assert told(standing="overdue") == {owed.text}
    assert told(standing="settled") == {done.text}
    assert told(party="US") == {"The jets will be delivered."}
    assert told(issue="caatsa", party="TR", standing="open") == {owed.text}
    assert "not one of the available choices" in as_analyst.get(url, {"standing": "lost"}).content.decode()


def test_a_commitment_whose_statement_was_withdrawn_is_flagged(
    owed: Commitment, reviewer: User, as_analyst: Client
) -> None:
    withdraw_statement(actor=reviewer, subject=owed.statement, reason="Misheard.")
    assert "Read it again." in as_analyst.get(owed.get_absolute_url()).content.decode()
    page = as_analyst.get(at("commitment_list", owed.relationship)).content.decode()
    assert "a statement it rests on no longer stands" in page
    answer = as_analyst.get(owed.statement.get_absolute_url()).content.decode()
    assert at("commitment_new", owed.relationship, owed.statement.ref) not in answer


def test_the_list_costs_the_same_at_one_row_and_at_thirty_and_is_paged_by_key(
    owed: Commitment, published: Statement, issue: Issue, analyst: User, as_analyst: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    url = at("commitment_list", issue.relationship)
    as_analyst.get(url)  # her visit is noted once, not with every page
    with django_assert_num_queries(8):
        as_analyst.get(url)
    for number in range(55):
        day = datetime.date(2025, 5, 1) + datetime.timedelta(days=number)
        no_day = number > 50
        factories.make_commitment(
            published, issue, analyst, text=f"Promise {number:02}.", due_precision="day",
            due_earliest=None if no_day else day, due_latest=None if no_day else day,
        )  # fmt: skip
    with django_assert_num_queries(8):
        first = as_analyst.get(url).content.decode()
    assert owed.text in first
    assert "Promise 54." not in first
    link = re.search(r'\?page=([^"]+)" rel="next"', first)
    assert link is not None
    second = as_analyst.get(url, {"page": link[1]}).content.decode()
    assert "Promise 54." in second
    assert owed.text not in second


def test_the_commitment_page_costs_the_same_settled_or_not(
    owed: Commitment, later: Statement, analyst: User, as_analyst: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    as_analyst.get(owed.get_absolute_url())  # her visit is noted once, not with every page
    with django_assert_num_queries(6):
        as_analyst.get(owed.get_absolute_url())
    settle_commitment(actor=analyst, commitment=owed, state="kept", revision=1, settled_by=later)
    with django_assert_num_queries(6):
        as_analyst.get(owed.get_absolute_url())
