"""Proposing a move: its evidence searched and bounded, its effect shown before it is sent, with htmx and without."""

import datetime
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from relations.actions.reviews import withdraw_statement
from relations.models import Issue, Statement, StatusChange, User
from relations.reports.status_effect import SHOWN
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(issue: Issue) -> str:
    return reverse("status_propose", args=[issue.relationship.slug, issue.slug])


def typed(*evidence: Statement, **more: Any) -> dict[str, Any]:
    return {
        "token": str(uuid.uuid4()),
        "to_status": "stalled",
        "to_trend": "not_assessed",
        "to_agreement": "not_judged",
        "effective": "2025-04-02",
        "rationale": "The last word before the silence.",
        "evidence": [str(statement.pk) for statement in evidence],
        **more,
    }


@pytest.fixture
def htmx(signed_in: Callable[..., Client], analyst: User) -> Client:
    return signed_in(analyst, htmx=True)


def test_the_effect_says_what_the_board_will_show_and_nothing_is_sent(
    issue: Issue, published: Statement, analyst: User, reviewer: User, address: str, as_analyst: Client, htmx: Client
) -> None:
    factories.make_move(issue, analyst, reviewer, [published])
    page = as_analyst.post(address, typed(published, preview="1")).content.decode()
    part = htmx.post(address, typed(published, preview="1")).content.decode()
    assert "<html" in page
    assert part.lstrip().startswith('<section class="effect"')
    for answer in (page, part):
        words = " ".join(re.sub(r"<[^>]+>", " ", answer).split())
        assert "In talks Improving since 25 Mar 2025 becomes Stalled Not assessed since 2 Apr 2025" in words
        assert "It will show Stalled Not assessed since 2 Apr 2025" in words
    assert "The board will show: Stalled, Not assessed" in part
    assert StatusChange.objects.count() == 1


def test_the_effect_names_the_later_move_that_stays_the_latest(
    issue: Issue, published: Statement, analyst: User, reviewer: User, address: str, as_analyst: Client
) -> None:
    factories.make_move(issue, analyst, reviewer, [published], effective=datetime.date(2025, 4, 10), to_status="agreed")
    page = as_analyst.post(address, typed(published, preview="1")).content.decode()
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "A later move, of 10 Apr 2025 , stays the latest" in words
    assert "(no change)" in words


def test_what_keeps_a_move_from_being_sent_is_told_with_its_effect(
    published: Statement, address: str, htmx: Client
) -> None:
    answer = htmx.post(address, typed(preview="1"))
    part = answer.content.decode()
    assert answer.status_code == 422
    assert "Before it can be sent:" in part
    assert "Choose at least one published statement" in part
    assert "What this changes" in part


def test_the_evidence_is_searched_without_a_word_on_what_is_not_typed_yet(
    issue: Issue, published: Statement, analyst: User, reviewer: User, address: str, as_analyst: Client, htmx: Client
) -> None:
    other = factories.make_published(issue, analyst, reviewer, text="Ankara asks for talks.")
    search = typed(published, rationale="", **{"find": "1", "find-text": "ankara"})
    part = htmx.post(address, search)
    assert part.status_code == 200
    assert 'data-announce="2 statements"' in part.content.decode()
    page = as_analyst.post(address, {**search, "rationale": "Kept while I search."}).content.decode()
    assert "Kept while I search." in page
    assert "This field is required" not in page
    assert re.search(rf'value="{published.pk}"\s+checked', page)
    assert other.text in page
    assert 'value="2025-04-02"' in page
    nothing = htmx.post(address, typed(**{"find": "1", "find-text": "zzz"})).content.decode()
    assert "No published statement on this issue fits this search." in nothing


def test_evidence_that_no_longer_stands_is_pointed_out_and_cannot_be_ticked(
    issue: Issue, published: Statement, analyst: User, reviewer: User, as_analyst: Client
) -> None:
    change = factories.propose(issue, analyst, [published]).status_change
    withdraw_statement(actor=reviewer, subject=published, reason="Misheard.")
    edit = reverse("status_change_edit", args=[issue.relationship.slug, change.ref])
    page = as_analyst.get(edit).content.decode()
    assert "no longer stands; choose another" in page
    assert f'name="evidence" value="{published.pk}"' not in page


@pytest.mark.parametrize("wrong", ["x", "9" * 40, "-1", "²"])
def test_evidence_that_is_none_breaks_no_search(published: Statement, address: str, htmx: Client, wrong: str) -> None:
    assert htmx.post(address, typed(find="1", evidence=[wrong])).status_code == 200
    assert htmx.post(address, typed(preview="1", evidence=[wrong])).status_code == 422


def test_the_form_costs_the_same_at_one_statement_and_at_thirty_and_shows_no_more(
    issue: Issue, published: Statement, analyst: User, reviewer: User, address: str, as_analyst: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    as_analyst.get(address)  # her visit is noted once, not with every page
    with django_assert_num_queries(6):
        as_analyst.get(address)
    for number in range(SHOWN + 1):
        factories.make_published(issue, analyst, reviewer, document=published.document, text=f"Statement {number}.")
    with django_assert_num_queries(6):
        page = as_analyst.get(address).content.decode()
    assert page.count('name="evidence"') == SHOWN
    assert "More than 30 fit; the newest are shown." in page
