"""What a document reprints, and how many independent origins a claim has, on the pages."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from relations.actions.dumps import dump_desk
from relations.actions.fixtures import load_files
from relations.choices import Credibility
from relations.models import Document, Issue, Relationship, Review, Statement, User
from tests import factories

pytestmark = pytest.mark.django_db

GO_ON = "He added that talks go on"


def said(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def another_origin(issue: Issue, analyst: User, reviewer: User) -> Statement:
    document = factories.make_document(issue.relationship, analyst)
    passages = [factories.passage_of(document, GO_ON)]
    return factories.make_published(issue, analyst, reviewer, document=document, passages=passages)


def test_a_statements_page_lists_its_reports_by_origin(
    published: Statement, issue: Issue, analyst: User, reviewer: User, as_reader: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    as_reader.get(published.get_absolute_url())
    with django_assert_num_queries(10):
        page = said(as_reader.get(published.get_absolute_url()))
    assert "Nowhere else that we hold: 1 report, 1 origin." in page
    same = factories.make_published(issue, analyst, reviewer)
    other = another_origin(issue, analyst, reviewer)
    with django_assert_num_queries(13):
        page = said(as_reader.get(published.get_absolute_url()))
    assert "3 reports, 2 independent origins" in page
    assert "Origin 1: 2 reports, the same words" in page
    for statement in (same, other):
        assert f'href="{statement.get_absolute_url()}"' in page
        assert str(statement.document) in page


def test_the_issue_counts_at_each_position_and_entry_of_the_record(
    published: Statement, issue: Issue, analyst: User, reviewer: User, as_reader: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    as_reader.get(issue.get_absolute_url())
    # One alone is compared with none.
    for number, queries in ((1, 16), (3, 19)):
        while Statement.objects.count() < number:
            factories.make_published(issue, analyst, reviewer)
        with django_assert_num_queries(queries):
            page = said(as_reader.get(issue.get_absolute_url()))
    assert page.count("3 reports, 1 independent origin") == 4  # the record's three, and the position
    with django_assert_num_queries(11):  # nothing but the record
        part = said(as_reader.get(issue.get_absolute_url(), headers={"HX-Request": "true"}))
    assert part.count("3 reports, 1 independent origin") == 3


def test_readers_are_not_asked_what_an_analyst_is_to_accept(
    published: Statement, issue: Issue, analyst: User, reviewer: User, as_reader: Client, as_analyst: Client
) -> None:
    another_origin(issue, analyst, reviewer)
    assert "Correct it so" not in said(as_reader.get(published.get_absolute_url()))
    page = said(as_analyst.get(published.get_absolute_url()))
    assert "This speaks for “1 Confirmed elsewhere”; it says “2 Probably”." in page


def test_accepting_is_a_correction_that_goes_through_review(
    published: Statement, issue: Issue, analyst: User, reviewer: User, as_analyst: Client
) -> None:
    another_origin(issue, analyst, reviewer)
    page = as_analyst.get(published.get_absolute_url()).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page.split('id="origins"')[1])
    assert token
    answer = as_analyst.post(
        reverse("statement_correct", args=[issue.relationship.slug, published.ref]),
        {"token": token[1], "credibility": "1"},
    )
    draft = published.corrections.get()
    assert draft.credibility == Credibility.PROBABLE  # nothing changed yet
    assert draft.correction_note == "Its independent origins were counted."
    assert answer["Location"].endswith(f"/{draft.ref}/edit/?credibility=1")
    form = as_analyst.get(answer["Location"])
    assert form.context["form"]["credibility"].value() == 1
    assert form.context["opens_rest"]
    assert form.context["form"].instance.text == published.text
    published.refresh_from_db()
    assert (published.credibility, Review.objects.filter(statement=draft).count()) == (Credibility.PROBABLE, 0)


def test_a_credibility_that_is_none_fills_in_nothing(draft: Statement, as_analyst: Client) -> None:
    url = reverse("statement_edit", args=[draft.relationship.slug, draft.ref])
    for asked in ("7", "٣"):
        form = as_analyst.get(url, {"credibility": asked})
        assert form.context["form"]["credibility"].value() == draft.credibility
        assert not form.context["opens_rest"]


# The document that another reprints


def edited(client: Client, document: Document, **fields: str) -> Any:
    typed = {
        "revision": str(document.revision), "title": document.title, "publisher": str(document.publisher_id),
        "url": document.url, "date_published": document.date_published.isoformat(), "language": "en",
        "marking": "CLEAR", **fields,
    }  # fmt: skip
    return client.post(reverse("document_edit", args=[document.relationship.slug, document.ref]), typed)


def test_what_a_document_reprints_is_found_by_typing_and_shown_on_both(
    document: Document, desk: Relationship, analyst: User, published: Statement, as_analyst: Client, as_reader: Client
) -> None:
    wire = published.document
    assert edited(as_analyst, document, **{"reprints-words": wire.title}).status_code == 302
    document.refresh_from_db()
    assert document.reprints == wire
    page = said(as_analyst.get(document.get_absolute_url()))
    assert f'Reprints <a href="{wire.get_absolute_url()}">' in page
    page = said(as_analyst.get(wire.get_absolute_url()))
    assert f'Reprinted by <a href="{document.get_absolute_url()}">' in page
    assert document.title not in said(as_reader.get(wire.get_absolute_url()))  # nothing published cites it
    history = said(as_analyst.get(reverse("document_history", args=[desk.slug, document.ref])))
    assert "Reprints" in history
    assert wire.title in history


def test_a_circle_is_refused_at_its_field(document: Document, as_analyst: Client) -> None:
    answer = edited(as_analyst, document, reprints=str(document.pk))
    assert answer.status_code == 422
    assert answer.context["form"].errors["reprints"] == ["A document cannot reprint itself, nor one that reprints it."]


def test_a_document_of_another_desk_is_none_to_choose(
    document: Document, analyst: User, as_analyst: Client, signed_in: Callable[..., Client]
) -> None:
    other = factories.make_desk("gr-de", "GR", "DE")
    foreign = factories.make_document(other, factories.make_user("foreign", other))
    for typed in ({"reprints": str(foreign.pk)}, {"reprints-words": foreign.title}):
        answer = edited(as_analyst, document, **typed)
        assert answer.status_code == 422
        assert answer.context["form"].errors["reprints"]


def test_a_dump_holds_each_document_after_the_one_it_reprints(
    desk: Relationship, analyst: User, document: Document, tmp_path: Any
) -> None:
    chain = [document, *(factories.make_document(desk, analyst) for _number in range(2))]
    for reprint, original in ((0, 2), (2, 1)):
        Document.objects.filter(pk=chain[reprint].pk).update(reprints=chain[original])
    path = tmp_path / "desk.json"
    path.write_text(dumped := "\n".join(dump_desk(desk)))
    refs = {document.ref: document.reprints and document.reprints.ref for document in Document.objects.all()}
    factories.empty_database()
    load_files([path])
    assert {each.ref: each.reprints and each.reprints.ref for each in Document.objects.all()} == refs
    assert "\n".join(dump_desk(Relationship.objects.get())) == dumped
