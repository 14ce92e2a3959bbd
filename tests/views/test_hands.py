"""The command palette and the quiet notice that something moved."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from relations.actions.editing import save_edited
from relations.actions.reviews import withdraw_statement
from relations.models import Issue, Person, Relationship, Statement, User
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_palette_finds_pages_issues_and_people_whatever_their_diacritics(
    as_analyst: Client, desk: Relationship, analyst: User
) -> None:
    factories.make_issue(desk, "Erdoğan’s visit", slug="visit")
    person = Person.objects.create(name="Recep Tayyip Erdoğan")
    page = as_analyst.get("/palette/?q=ERDOGAN").content.decode()
    assert f'href="/{desk.slug}/issues/visit/"' in page
    assert f'href="{person.get_absolute_url()}"' in page
    assert f'href="/{desk.slug}/statements/new/"' in as_analyst.get("/palette/?q=new+stat").content.decode()


def test_the_palette_offers_nothing_of_another_desk_and_no_writing_to_a_reader(
    as_reader: Client, signed_in: Callable[..., Client], outsider: User, desk: Relationship, analyst: User
) -> None:
    factories.make_issue(desk, "Hidden from others", slug="hidden")
    theirs = signed_in(outsider).get("/palette/?q=hidden").content.decode()
    assert "Hidden from others" not in theirs
    assert "No page, issue or person of that name." in theirs
    mine = as_reader.get("/palette/").content.decode()
    assert f'href="/{desk.slug}/meetings/"' in mine
    assert "New statement" not in mine
    assert f"/{desk.slug}/review/" not in mine


def test_the_palette_in_its_dialog_is_the_list_alone(signed_in: Callable[..., Client], analyst: User) -> None:
    part = signed_in(analyst, htmx=True).get("/palette/?q=board").content.decode()
    assert "palette__place" in part
    assert "<html" not in part


@pytest.mark.parametrize("words", ["x" * 10_000, "%", "'", "\u202e", "   "])
def test_any_words_are_answered(as_analyst: Client, words: str) -> None:
    assert as_analyst.get("/palette/", {"q": words}).status_code == 200


@pytest.mark.parametrize("number", [1, 30])
def test_the_palette_asks_the_same_few_queries_whatever_it_finds(
    as_analyst: Client,
    desk: Relationship,
    analyst: User,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for each in range(number):
        factories.make_issue(desk, f"Visa question {each}")
        Person.objects.create(name=f"Visa Officer {each}")
    with django_assert_num_queries(6):
        as_analyst.get("/palette/?q=visa")


def poll(client: Client, address: str) -> tuple[Any, str]:
    """Return the first answer to a poll and the address, with its stamp, that the next one asks."""
    answer = client.get(address)
    (following,) = re.findall(r'hx-get="([^"]+)"', answer.content.decode())
    return answer, following


def test_a_page_that_nobody_touched_costs_a_304(as_reader: Client, desk: Relationship, published: Statement) -> None:
    for address in (
        f"/{desk.slug}/changes/board/{desk.slug}/",
        f"/{desk.slug}/changes/issue/caatsa/",
        f"/{desk.slug}/changes/statement/{published.ref}/",
    ):
        _, following = poll(as_reader, address)
        answer = as_reader.get(following)
        assert "Someone changed this" not in answer.content.decode()
        again = as_reader.get(following, headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_what_others_publish_withdraw_or_edit_is_noticed_on_the_pages_that_show_it(
    as_reader: Client, desk: Relationship, issue: Issue, published: Statement, analyst: User, reviewer: User
) -> None:
    kinds = {"board": desk.slug, "issue": issue.slug, "statement": published.ref}
    opened = {kind: poll(as_reader, f"/{desk.slug}/changes/{kind}/{name}/")[1] for kind, name in kinds.items()}

    def noticed() -> set[str]:
        return {kind for kind, url in opened.items() if "Someone changed this" in as_reader.get(url).content.decode()}

    assert noticed() == set()
    factories.make_published(issue, analyst, reviewer, text="Another word.")
    assert noticed() == {"board", "issue"}
    withdraw_statement(actor=reviewer, subject=published, reason="Not said.")
    assert noticed() == {"board", "issue", "statement"}


def test_an_edit_of_an_issue_is_noticed_and_a_colleagues_draft_is_not(
    as_reader: Client, desk: Relationship, issue: Issue, analyst: User
) -> None:
    following = poll(as_reader, f"/{desk.slug}/changes/issue/{issue.slug}/")[1]
    factories.make_statement(issue, analyst)
    assert "Someone changed this" not in as_reader.get(following).content.decode()
    issue.title = "Sanctions"
    save_edited(actor=analyst, row=issue, revision=1)
    assert "Someone changed this" in as_reader.get(following).content.decode()


def test_what_may_not_be_seen_or_is_no_kind_of_page_is_not_found(
    as_reader: Client, desk: Relationship, draft: Statement
) -> None:
    for name in (f"statement/{draft.ref}", "statement/nothing", "person/x", "issue/nothing"):
        assert as_reader.get(f"/{desk.slug}/changes/{name}/").status_code == 404
