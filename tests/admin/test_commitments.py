"""Commitments in the admin: recorded, revised and settled by the pages' own actions, refused at the same fields."""

import datetime

import pytest
from django.test import Client

from relations.models import Commitment, Issue, Statement, User
from tests import factories
from tests.admin.filling import errors, save

pytestmark = pytest.mark.django_db

ADD = "/admin/relations/commitment/add/"
LATER = factories.DAY + datetime.timedelta(days=10)


@pytest.fixture
def owed(published: Statement, issue: Issue, analyst: User) -> Commitment:
    return factories.make_commitment(published, issue, analyst)


@pytest.fixture
def later(issue: Issue, analyst: User, reviewer: User) -> Statement:
    return factories.make_published(issue, analyst, reviewer, text="The talks were held.", earliest=LATER, latest=LATER)


def page_of(commitment: Commitment) -> str:
    return f"/admin/relations/commitment/{commitment.pk}/change/"


def test_a_commitment_is_recorded_in_the_admin(published: Statement, issue: Issue, as_analyst: Client) -> None:
    typed = {"statement": published.pk, "issue": issue.pk, "party": issue.relationship.second_party_id}
    answer = save(as_analyst, ADD, text="Hold talks.", due_latest="2025-04-17", due_precision="month", **typed)
    assert answer.status_code == 302
    commitment = Commitment.objects.get()
    assert (commitment.text, commitment.due, commitment.author.username) == ("Hold talks.", "Apr 2025", "analyst")


def test_a_draft_makes_no_commitment_in_the_admin_either(draft: Statement, issue: Issue, as_analyst: Client) -> None:
    typed = {"statement": draft.pk, "issue": issue.pk, "party": issue.relationship.second_party_id}
    answer = save(as_analyst, ADD, text="Hold talks.", **typed)
    assert answer.status_code == 422
    assert "stands published on this issue" in str(errors(answer)["issue"])


def test_it_is_revised_and_settled_in_one_save(owed: Commitment, later: Statement, as_analyst: Client) -> None:
    answer = save(as_analyst, page_of(owed), text="Hold two rounds.", outcome="kept", shown_by=str(later.pk))
    assert answer.status_code == 302
    owed.refresh_from_db()
    assert (owed.text, owed.state, owed.settled_by, owed.settled_on) == ("Hold two rounds.", "kept", later, LATER)


def test_a_settlement_refused_at_its_field_leaves_the_words_as_they_were(owed: Commitment, as_analyst: Client) -> None:
    answer = save(as_analyst, page_of(owed), text="Hold two rounds.", outcome="lapsed")
    assert answer.status_code == 422
    assert "Say why it lapsed." in str(errors(answer)["why"])
    owed.refresh_from_db()
    assert (owed.text, owed.state, owed.revision) == ("Technical talks will be held.", "open", 1)


def test_a_save_over_a_newer_revision_is_refused_in_the_admin(owed: Commitment, as_analyst: Client) -> None:
    page = page_of(owed)
    assert save(as_analyst, page, text="The first.").status_code == 302
    answer = save(as_analyst, page, text="The second.", revision="1")
    assert answer.status_code == 409
    assert "The second." in answer.content.decode()


def test_readers_see_no_commitment_in_the_admin_and_its_history_is_told(
    owed: Commitment, as_reader: Client, as_analyst: Client
) -> None:
    assert as_reader.get(page_of(owed)).status_code == 404
    history = as_analyst.get(f"/admin/relations/commitment/{owed.pk}/history/").content.decode()
    assert "Technical talks will be held." in history
