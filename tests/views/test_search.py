"""The search: what is found by which words, in which order, and that nobody finds what she may not see."""

import datetime
import html
import re
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from relations.actions.documents import add_capture
from relations.actions.notes import remove_note, save_note
from relations.actions.reviews import withdraw_statement
from relations.actions.statements import discard_statement
from relations.choices import Role, StatementKind
from relations.models import (
    Document,
    Issue,
    Meeting,
    Note,
    Organisation,
    Person,
    Relationship,
    SearchEntry,
    Statement,
    User,
)
from relations.reports import paging
from relations.reports import search as search_report
from relations.reports.paging import encode_cursor
from tests import factories
from tests.reports.test_search_language import PIECES

pytestmark = pytest.mark.django_db


def found(client: Client, q: str, **asked: str) -> dict[str, list[str]]:
    """Return the titles and words that are found, by noun."""
    results = client.get("/search/", {"q": q, **asked}).context["results"]
    return {
        group.kind.value: [
            "".join(piece.text for piece in finding.title) or finding.subject.text for finding in group.findings
        ]
        for group in results.groups
    }


def shown(client: Client, q: str, **asked: str) -> str:
    """Return the part of the page below the box, without its line breaks."""
    page = client.get("/search/", {"q": q, **asked}).content.decode()
    return re.sub(r"\s+", " ", page[page.index('id="results"') : page.index("</main>")])


def marked(client: Client, q: str, **asked: str) -> list[str]:
    return [html.unescape(word) for word in re.findall(r"<mark>(.*?)</mark>", shown(client, q, **asked))]


@pytest.fixture
def say(issue: Issue, analyst: User, reviewer: User) -> Callable[..., Statement]:
    """Return what publishes a statement of these words."""

    def publish(text: str, **fields: Any) -> Statement:
        on = fields.pop("on", issue)
        return factories.make_published(on, analyst, reviewer, text=text, **fields)

    return publish


# Words


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("yaptirim", "Ankara yaptırımların kaldırılmasını istiyor."),
        ("yaptırımlar", "Ankara yaptırımların kaldırılmasını istiyor."),
        ("YAPTIRIMLARI", "Ankara yaptırımların kaldırılmasını istiyor."),
        ("gorusme", "Görüşmelerde ilerleme var."),
        ("istanbul", "İSTANBUL toplantısı bitti."),
        ("İstanbul", "istanbul toplantısı bitti."),
        ("isparta", "Isparta’da görüştüler."),
        ("ısparta", "ISPARTA visit."),
        ("Turkiye", "Türkiye’s leadership was praised."),
        ("TÜRKİYE", "Turkiye said so."),
        ("Türkiye’nin", "Türkiye said so."),
        ("sanction", "They were sanctioned."),
        ("sanctions", "A sanction stands."),
        ("the sanctions", "Sanctions stand."),
        ("F-35", "Out of the F-35 programme."),
    ],
)
def test_words_are_found_by_their_stems_with_or_without_diacritics(
    as_reader: Client, say: Callable[..., Statement], words: str, text: str
) -> None:
    say(text)
    assert text in found(as_reader, words).get("statement", [])


def test_every_word_must_stand_there_but_in_any_order(as_reader: Client, say: Callable[..., Statement]) -> None:
    say("Talks on trade began.")
    say("Talks began.")
    assert found(as_reader, "trade talks")["statement"] == ["Talks on trade began."]


def test_a_phrase_is_words_side_by_side(as_reader: Client, say: Callable[..., Statement]) -> None:
    say("Technical talks were held.")
    say("Talks on technical questions were held.")
    assert len(found(as_reader, "technical talks")["statement"]) == 2
    assert found(as_reader, "“technical talks”")["statement"] == ["Technical talks were held."]


def test_what_is_left_out_is_in_no_result(as_reader: Client, say: Callable[..., Statement]) -> None:
    say("Tariffs rise.")
    say("Tariffs rise on steel.")
    assert found(as_reader, "tariffs -steel")["statement"] == ["Tariffs rise."]
    assert found(as_reader, 'tariffs -"rise on steel"')["statement"] == ["Tariffs rise."]


def test_a_statement_is_found_by_its_original_words_and_its_passage(
    as_reader: Client, say: Callable[..., Statement]
) -> None:
    say("It is wanted.", original_text="Yaptırımlar kalksın.", original_language="tr", translated_by="desk")
    assert found(as_reader, "yaptırım") == {"statement": ["It is wanted."]}
    assert marked(as_reader, "yaptırım") == ["Yaptırımlar"]
    assert found(as_reader, '"we want the sanctions"')["statement"] == ["It is wanted."]
    assert "sanctions" in marked(as_reader, '"we want the sanctions"')


def test_words_inside_quotation_marks_are_found_without_them(as_analyst: Client, document: Document) -> None:
    assert "“Talks are good for both,” the spokesperson" in document.newest_capture().text
    assert found(as_analyst, '"talks are good for both"') == {"document": [document.title]}


def test_documents_are_found_by_the_newest_copys_text(as_analyst: Client, document: Document, analyst: User) -> None:
    assert found(as_analyst, "spokesperson") == {"document": [document.title]}
    add_capture(actor=analyst, document=document, text="Another <b>wording</b> altogether & more.")
    assert found(as_analyst, "spokesperson") == {}
    assert found(as_analyst, "wording") == {"document": [document.title]}
    assert "Another &lt;b&gt;<mark>wording</mark>&lt;/b&gt; altogether &amp; more." in shown(as_analyst, "wording")


def test_people_are_found_by_their_offices_and_joined_entries_as_the_one_that_is_kept(
    as_reader: Client, desk: Relationship
) -> None:
    fidan = factories.make_person()
    assert found(as_reader, "foreign minister") == {"person": ["Hakan Fidan"]}
    other = Person.objects.create(name="Fidan, the former spy chief")
    assert len(found(as_reader, "fidan")["person"]) == 2
    other.merged_into = fidan
    other.save()
    assert found(as_reader, "spy chief") == {"person": ["Hakan Fidan"]}
    post = fidan.mandates.get().post
    post.name = "Chief Negotiator"
    post.save()
    assert found(as_reader, "negotiator") == {"person": ["Hakan Fidan"]}
    assert found(as_reader, '"foreign minister"') == {}


def test_results_are_grouped_by_noun_with_their_numbers(
    as_analyst: Client, issue: Issue, analyst: User, say: Callable[..., Statement], desk: Relationship
) -> None:
    say("The pipeline is open.")
    factories.make_issue(desk, "Pipeline")
    factories.make_document(desk, analyst, title="On the pipeline")
    Meeting.objects.create(
        relationship=desk, title="Talks on the pipeline", state="expected", author=analyst, edited_by=analyst
    )
    save_note(actor=analyst, note=Note(relationship=desk, issue=issue, text="Ask about the **pipeline**."))
    assert found(as_analyst, "pipelines") == {
        "statement": ["The pipeline is open."],
        "issue": ["Pipeline"],
        "document": ["On the pipeline"],
        "meeting": ["Talks on the pipeline"],
        "note": ["Ask about the **pipeline**."],
    }
    assert set(marked(as_analyst, "pipelines")) == {"pipeline", "Pipeline"}


def test_the_best_come_first_or_the_newest(as_reader: Client, say: Callable[..., Statement]) -> None:
    say("Tariffs, tariffs and tariffs.")
    say("Tariffs were named beside much else.", earliest=datetime.date(2025, 3, 26), latest=datetime.date(2025, 3, 26))
    best = ["Tariffs, tariffs and tariffs.", "Tariffs were named beside much else."]
    for kind in ({}, {"kind": "statement"}):
        assert found(as_reader, "tariffs", **kind)["statement"] == best
        assert found(as_reader, "tariffs", order="date", **kind)["statement"] == best[::-1]


# Names and days


def test_statements_and_meetings_are_found_by_who_speaks_or_takes_part(
    as_reader: Client, say: Callable[..., Statement], desk: Relationship, analyst: User
) -> None:
    fidan, rubio = factories.make_person(), factories.make_person("Marco Rubio", "US", "Secretary of State")
    bruce = factories.make_person("Tammy Bruce", "US", "Spokesperson")
    say("Talks go on, he said.", speaker_person=fidan)
    say("Talks go on, she said.", speaker_person=rubio, on_behalf_of=desk.first_party, relayer_person=bruce)
    say("Talks go on, they said.", speaker_descriptor="Turkish diplomatic sources", basis="background")
    ministry = Organisation.objects.create(name="Dışişleri Bakanlığı")
    say("Talks go on, it said.", speaker_organisation=ministry)
    meeting = Meeting.objects.create(
        relationship=desk, title="Talks", state="expected", author=analyst, edited_by=analyst
    )
    meeting.participants.create(relationship=desk, party=desk.second_party, person=fidan)
    assert found(as_reader, "talks speaker:fidan") == {"statement": ["Talks go on, he said."], "meeting": ["Talks"]}
    assert found(as_reader, "talks speaker:bruce") == {"statement": ["Talks go on, she said."]}
    assert found(as_reader, 'talks speaker:"diplomatic sources"') == {"statement": ["Talks go on, they said."]}
    assert found(as_reader, "talks speaker:disisleri") == {"statement": ["Talks go on, it said."]}
    assert found(as_reader, "talks -speaker:fidan", kind="statement")["statement"].count("Talks go on, he said.") == 0
    assert found(as_reader, "talks speaker:nobody") == {}
    Person.objects.create(name="H. Fidan the elder", merged_into=fidan)
    assert found(as_reader, "talks speaker:elder")["statement"] == ["Talks go on, he said."]
    assert found(as_reader, "talks party:us") == {"statement": ["Talks go on, she said."]}
    assert "Talks go on, he said." in found(as_reader, "talks party:türkiye")["statement"]


def test_an_issue_is_named_by_its_slug_or_its_title(
    as_reader: Client, say: Callable[..., Statement], issue: Issue, desk: Relationship
) -> None:
    trade = factories.make_issue(desk, "Trade and tariffs")
    say("Talks on sanctions.")
    say("Talks on trade.", on=trade)
    assert found(as_reader, "talks issue:caatsa")["statement"] == ["Talks on sanctions."]
    assert found(as_reader, 'issue:"trade tariffs"') == {
        "statement": ["Talks on trade."], "issue": ["Trade and tariffs"],
    }  # fmt: skip
    trade.title = "Commerce"
    trade.save()
    assert found(as_reader, "talks issue:commerce")["statement"] == ["Talks on trade."]


def test_days_bound_what_was_said_between_them(as_reader: Client, say: Callable[..., Statement]) -> None:
    for month in (1, 2, 3):
        day = datetime.date(2025, month, 15)
        say(f"Talks in month {month}.", earliest=day, latest=day)
    assert found(as_reader, "talks since:2025-02", order="date")["statement"] == [
        "Talks in month 3.", "Talks in month 2.",
    ]  # fmt: skip
    assert found(as_reader, "since:2025-02 until:2025-02", kind="statement")["statement"] == ["Talks in month 2."]
    assert found(as_reader, "talks until:2024") == {}


# What may not be seen


@pytest.fixture
def secrets(issue: Issue, analyst: User, draft: Statement) -> None:
    """What readers may not see: a draft, a note, a document that nothing published cites."""
    factories.rewritten(draft, analyst, "Xylophone is a draft.")
    save_note(actor=analyst, note=Note(relationship=issue.relationship, issue=issue, text="Xylophone is a note."))
    factories.make_document(issue.relationship, analyst, title="Xylophone article", text="Xylophone it says.")


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize("asked", [{}, {"kind": "statement"}, {"kind": "note"}, {"kind": "document", "order": "date"}])
def test_readers_find_no_draft_no_note_and_no_document_before_it_is_cited(
    as_reader: Client, as_analyst: Client, asked: dict[str, str]
) -> None:
    assert found(as_analyst, "xylophone", **asked)
    assert found(as_reader, "xylophone", **asked) == {}
    assert found(as_reader, "since:1900 -nothing", kind="note") == {}


@pytest.mark.usefixtures("secrets")
def test_other_desks_find_nothing_and_are_told_no_word_of_it(
    as_reader: Client, as_analyst: Client, signed_in: Callable[..., Client]
) -> None:
    other = factories.make_desk("gr-de", "GR", "DE")
    strangers = [
        as_reader, signed_in(factories.make_user("foreigner", other, Role.LEAD)),
        signed_in(factories.make_user("stray", is_superuser=True, is_staff=True)),
    ]  # fmt: skip
    assert "xylophone" in shown(as_analyst, "xylofone")
    for client in strangers:
        for words in ("xylophone", "xylofone", "issue:caatsa xylophone"):
            assert "xylophone" not in shown(client, words).replace(words, "").lower()
    for client in strangers[1:]:
        assert found(client, "caatsa") == {}
        assert found(client, "issue:caatsa") == {}


def test_readers_find_a_document_once_what_cites_it_is_published(
    as_reader: Client, document: Document, issue: Issue, analyst: User, reviewer: User
) -> None:
    assert found(as_reader, "spokesperson") == {}
    draft = factories.make_statement(issue, analyst, document)
    assert found(as_reader, "spokesperson") == {}
    factories.publish(draft, analyst, reviewer)
    assert found(as_reader, "spokesperson") == {"document": [document.title]}


def test_a_copys_words_beside_the_first_hundred_thousand_letters_do_not_keep_it_from_being_stored(
    as_analyst: Client, desk: Relationship, analyst: User
) -> None:
    text = " ".join(f"ğ{number}-{number}ş" for number in range(40_000))
    factories.make_document(desk, analyst, text=f"Beginning. {text} ending.")
    assert found(as_analyst, "beginning")
    assert found(as_analyst, "ending") == {}


def test_what_was_removed_or_thrown_away_is_found_no_more(
    as_analyst: Client, issue: Issue, analyst: User, draft: Statement
) -> None:
    note = save_note(actor=analyst, note=Note(relationship=issue.relationship, issue=issue, text="Kept in mind."))
    assert set(found(as_analyst, "mind")) == {"note"}
    remove_note(actor=analyst, note=note)
    assert found(as_analyst, "mind") == {}
    assert "statement" in found(as_analyst, "lifted")
    discard_statement(actor=analyst, statement=draft)
    assert "statement" not in found(as_analyst, "lifted")


def test_an_edit_is_found_by_its_new_words_whoever_writes_it(as_reader: Client, issue: Issue) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE relations_issue SET title = 'Halibut' WHERE id = %s", [issue.pk])
    assert found(as_reader, "halibut") == {"issue": ["Halibut"]}
    assert found(as_reader, "caatsa") == {}


def test_what_was_withdrawn_or_corrected_says_so(
    as_reader: Client, published: Statement, corrected: Statement, reviewer: User
) -> None:
    assert "Corrected" in shown(as_reader, "lifted", kind="statement")
    withdraw_statement(actor=reviewer, subject=corrected, reason="Not said.")
    assert "Withdrawn" in shown(as_reader, "refuses")


def test_an_entry_is_written_once_however_often_a_transaction_writes_its_row(issue: Issue) -> None:
    with connection.cursor() as cursor:

        def written() -> int:
            cursor.execute("SELECT pg_stat_get_xact_tuples_updated('relations_searchentry'::regclass)")
            return cursor.fetchone()[0]

        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        entry, before = SearchEntry.objects.get(issue=issue), written()
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for revision in (2, 3, 4):
            Issue.objects.filter(pk=issue.pk).update(title=f"Tariffs {revision}", revision=revision)
        assert written() == before
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert written() == before + 1
        cursor.execute("SELECT count(*) FROM relations_searchdue")
        assert cursor.fetchone() == (0,)
    entry.refresh_from_db()
    assert entry.title == "Tariffs 4"


def test_a_search_leaves_no_history_and_the_history_no_vector() -> None:
    assert "vector" not in {field.name for field in Statement.pgh_event_model._meta.fields}
    assert not hasattr(SearchEntry, "pgh_event_model")


def test_markup_in_what_is_found_is_text(as_reader: Client, say: Callable[..., Statement]) -> None:
    say("<script>alert(1)</script> <b>tariffs</b> \u202eback & forth")
    page = shown(as_reader, "tariffs alert")
    assert "&lt;script&gt;<mark>alert</mark>(1)&lt;/script&gt; &lt;b&gt;<mark>tariffs</mark>&lt;/b&gt;" in page
    assert 'data-code="U+202E"' in page
    assert "<script>" not in page


# Nothing found, and what cannot be asked


def test_a_near_word_is_suggested_where_nothing_is_found(as_reader: Client, say: Callable[..., Statement]) -> None:
    say("Türkiye wants the embargo lifted.")
    page = shown(as_reader, "embrago -tariffs")
    assert "Nothing found" in page
    assert '<a href="?q=embargo%20-tariffs&amp;order=relevance">embargo -tariffs</a>' in page
    assert "Did you mean" not in shown(as_reader, "zzyzx")
    assert "Did you mean" not in shown(as_reader, "speaker:embrago")


@pytest.mark.parametrize(
    ("q", "why"),
    [
        ("the of and", "almost every text"),
        ('"of the"', "almost every text"),
        ("-tariffs", "what to search for"),
        ('"technical', "not closed"),
        ("since:soon", "a month or a year"),
        ("x" * 10_000, "at most 1,000 characters"),
        ("speaker:a " * 500, "at most 1,000 characters"),
        ("a: -b " * 60, "at most 50 words"),
    ],
)
def test_what_cannot_be_asked_is_told_at_the_box(as_reader: Client, q: str, why: str) -> None:
    for client_page in (
        as_reader.get("/search/", {"q": q}),
        as_reader.get("/search/", {"q": q}, headers={"HX-Request": "true"}),
    ):
        assert client_page.status_code == 200
        error = re.search(r'id="q-error"[^>]*>(.*?)</p>', client_page.content.decode())
        assert error and why in html.unescape(error[1])


def test_a_search_that_takes_too_long_is_ended_and_told(
    transactional_db: None, signed_in: Callable[..., Client], settings: Any
) -> None:
    desk = factories.make_desk()
    client = signed_in(factories.make_user("analyst", desk))

    def sleep(*_asked: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    with (
        mock.patch("relations.reports.search_terms.TIME_LIMIT", "50ms"),
        mock.patch.object(search_report, "_first_few", sleep),
    ):
        assert "takes too long" in shown(client, "sanctions")
    assert "takes too long" not in shown(client, "sanctions")
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=30).map(" ".join)))
def test_no_search_breaks(as_analyst: Client, draft: Statement, q: str) -> None:
    q = q.replace("\x00", "").encode("utf-8", "ignore").decode()
    for asked in ({}, {"kind": "statement", "order": "date", "page": q}):
        assert as_analyst.get("/search/", {"q": q, **asked}).status_code == 200


# Many


@pytest.fixture
def many(desk: Relationship, analyst: User) -> None:
    """Entries of 45 issues that hold one word, more often the later ones."""
    for number in range(45):
        factories.make_issue(desk, f"Halibut {number:02}", summary="halibut " * number)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("order", ["relevance", "date"])
def test_one_noun_is_read_page_by_page_forth_and_back(as_reader: Client, order: str) -> None:
    assert len(found(as_reader, "halibut", order=order)["issue"]) == 5
    assert "All 45 issues" in shown(as_reader, "halibut", order=order)
    seen: list[list[str]] = []
    cursor = ""
    while True:
        answer = as_reader.get("/search/", {"q": "halibut", "kind": "issue", "order": order, "page": cursor})
        page = answer.context["results"].page
        seen.append(
            [entry.issue.title for entry in SearchEntry.objects.in_bulk([row.pk for row in page.rows]).values()]
        )
        if not page.next:
            break
        cursor = page.next
    assert [len(titles) for titles in seen] == [20, 20, 5]
    assert len({title for titles in seen for title in titles}) == 45
    back = as_reader.get("/search/", {"q": "halibut", "kind": "issue", "order": order, "page": page.previous})
    assert len(back.context["results"].page.rows) == 20


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("order", ["relevance", "date"])
def test_past_the_cap_counts_are_told_as_more_and_the_newest_are_shown(as_reader: Client, order: str) -> None:
    whole = found(as_reader, "halibut", order="date")["issue"]
    with mock.patch.multiple(search_report, COUNT_CAP=10, RANKED=5), mock.patch.object(paging, "COUNT_CAP", 10):
        assert "10+" in shown(as_reader, "halibut", order=order)
        few = found(as_reader, "halibut", order=order)["issue"]
        one = found(as_reader, "halibut", order=order, kind="issue")["issue"]
    assert set(few) == set(whole[:5])
    assert (one if order == "relevance" else one[:5]) == few
    assert (order == "relevance") == (len(one) == 5)


@pytest.mark.parametrize("rows", [1, 30])
def test_a_search_asks_the_database_a_fixed_number_of_times(
    as_reader: Client, say: Callable[..., Statement], desk: Relationship, rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    say("Halibut was served.")
    for _number in range(rows):
        factories.make_issue(desk, "Halibut", summary="halibut")
    with django_assert_num_queries(6):  # session, user, desks; stems and names, hits, what is shown
        as_reader.get("/search/", {"q": "halibut speaker:fidan"})
    with django_assert_num_queries(6):
        as_reader.get("/search/", {"q": "halibut"})
    with django_assert_num_queries(7):  # the count on its own
        as_reader.get("/search/", {"q": "halibut", "kind": "issue"})
    with django_assert_num_queries(6):  # a near word for what is shown
        as_reader.get("/search/", {"q": "halibutt"})


def test_kinds_and_orders_that_are_not_offered_and_odd_cursors_mean_the_first_page(
    as_reader: Client, published: Statement
) -> None:
    values = (["9" * 30, "1"], ["x", "1"], ["2025-02-31", "9" * 30], ["1"])
    odd = [encode_cursor("next", [order], each) for each in values for order in ("date", "relevance")]
    for asked in (
        {"kind": "user"}, {"order": "pk"}, {"kind": ["a", "b"]}, {"kind": "statement", "page": "x"},
        *({"kind": "statement", "page": page, "order": order} for page in odd for order in ("date", "relevance")),
    ):  # fmt: skip
        assert "lifted" in shown(as_reader, "lifted", **asked)


def test_every_page_has_the_box_and_the_search_page_its_own_alone(as_reader: Client, desk: Relationship) -> None:
    for url, name in (("/", "site-search"), (f"/{desk.slug}/", "site-search"), ("/search/?q=talks", "search")):
        page = as_reader.get(url).content.decode()
        assert page.count('type="search" name="q"') - page.count('id="palette-q"') == 1
        assert f'class="{name} field" role="search"' in page
        assert page.count('data-shortcut="/"') == 1


def test_statement_kinds_without_a_speaker_are_found_too(as_reader: Client, say: Callable[..., Statement]) -> None:
    say("Halibut is a fish.", kind=StatementKind.REPORTED, on_behalf_of=None,
        bearings=None)  # fmt: skip
    assert "its own report" in shown(as_reader, "halibut")
