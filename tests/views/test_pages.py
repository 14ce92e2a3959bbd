"""The pages, through the client: what each shows to whom, how a form refuses, how many queries a list takes."""

import base64
import datetime
import re
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from relations.actions.reviews import withdraw_statement
from relations.models import Document, Issue, Meeting, Relationship, Review, Statement, StatusChange, User
from relations.reports.paging import encode_cursor
from tests import factories

pytestmark = pytest.mark.django_db


def at(name: str, desk: Relationship, *more: str) -> str:
    return reverse(name, args=[desk.slug, *more])


def composed(issue: Issue, **typed: str) -> dict[str, str]:
    """Return what an analyst types in the composer, at its least."""
    return {
        "token": str(uuid.uuid4()),
        "text": "Türkiye wants the sanctions lifted.",
        "speaker_descriptor": "Turkish diplomatic sources",
        "on_behalf_of": str(issue.relationship.second_party_id),
        "passages-TOTAL_FORMS": "1",
        "passages-INITIAL_FORMS": "0",
        "passages-0-words": "We want the sanctions lifted",
        "bearings-TOTAL_FORMS": "1",
        "bearings-INITIAL_FORMS": "0",
        "bearings-0-issue": str(issue.pk),
        "bearings-0-act": "REQUEST",
        "bearings-0-stated": "on",
        **typed,
    }


@pytest.fixture
def compose_url(document: Document) -> str:
    return f"{at('statement_new', document.relationship)}?document={document.ref}"


# Write, review, publish, move


def test_two_people_write_review_and_publish_and_move_a_status(
    issue: Issue, compose_url: str, as_analyst: Client, as_reviewer: Client, as_reader: Client
) -> None:
    desk = issue.relationship
    answer = as_analyst.post(compose_url, composed(issue, submit="1"), follow=True)
    assert "It waits for review." in answer.content.decode()
    statement = Statement.objects.get()
    assert as_reader.get(statement.get_absolute_url()).status_code == 404

    review = Review.objects.get()
    page = as_reviewer.get(at("review", desk, review.ref)).content.decode()
    assert "We want the sanctions lifted" in page
    assert "speaker not named" in page
    decision = {"token": str(uuid.uuid4()), "revision": str(statement.revision), "comment": "", "approve": "1"}
    assert as_reviewer.post(at("review", desk, review.ref), decision).status_code == 302
    assert "Türkiye wants the sanctions lifted." in as_reader.get(statement.get_absolute_url()).content.decode()

    move = {
        "token": str(uuid.uuid4()),
        "to_status": "in_talks",
        "to_trend": "improving",
        "to_agreement": "not_judged",
        "effective": "2025-03-25",
        "rationale": "Talks were announced.",
        "evidence": str(statement.pk),
    }
    assert as_analyst.post(at("status_propose", desk, issue.slug), move).status_code == 302
    review = Review.objects.get(status_change__isnull=False)
    as_reviewer.post(
        at("review", desk, review.ref), {"token": str(uuid.uuid4()), "revision": "1", "approve": "1", "comment": ""}
    )
    board = as_reader.get(at("board", desk)).content.decode()
    assert "In talks" in board
    assert "Türkiye wants the sanctions lifted." in board


def test_what_is_left_empty_is_worked_out(issue: Issue, compose_url: str, as_analyst: Client) -> None:
    person = factories.make_person()
    typed = composed(issue, speaker_descriptor="", on_behalf_of="", speaker_person=str(person.pk), draft="1")
    typed["text"] = "“We want the sanctions lifted.”"
    assert as_analyst.post(compose_url, typed).status_code == 302
    statement = Statement.objects.get()
    # The document is of 26 March, the last day on which the office is attested.
    assert statement.earliest == statement.latest == datetime.date(2025, 3, 26)
    assert statement.kind == "quote"
    assert statement.text == "We want the sanctions lifted."
    assert statement.mandate == person.mandates.get()
    assert statement.on_behalf_of == issue.relationship.second_party
    assert (statement.basis, statement.credibility, statement.marking) == ("on_the_record", 2, "CLEAR")
    bearing = statement.bearings.get()
    assert bearing.position_of == issue.relationship.second_party
    assert bearing.intensity == 0


def test_what_the_browser_sends_back_untouched_is_worked_out_too(
    issue: Issue, document: Document, compose_url: str, as_analyst: Client
) -> None:
    Document.objects.filter(pk=document.pk).update(marking="GREEN")
    form = as_analyst.get(compose_url).context["form"]
    untouched = {name: form[name].value() or "" for name in ("kind", "basis", "credibility", "marking", "precision")}
    answer = as_analyst.post(compose_url, composed(issue, **untouched, draft="1"))
    assert answer.status_code == 302, answer.context["form"].errors
    unnamed = Statement.objects.get()
    assert (unnamed.kind, unnamed.basis, unnamed.credibility, unnamed.marking) == (
        "paraphrase", "background", 3, "GREEN",
    )  # fmt: skip
    report = composed(issue, **untouched, speaker_descriptor="", on_behalf_of="", draft="anyway")
    assert as_analyst.post(compose_url, report).status_code == 302
    assert Statement.objects.exclude(pk=unnamed.pk).get().kind == "reported"


def test_everything_to_mend_is_counted_and_named_at_the_top(issue: Issue, compose_url: str, as_analyst: Client) -> None:
    wrong = composed(
        issue, **{"passages-0-words": "Not in the text", "bearings-0-act": "", "first_said_url": "ftp://x"}
    )
    page = as_analyst.post(compose_url, wrong).content.decode()
    assert "3 things to mend" in page
    for name in ("first_said_url", "passages-0-words", "bearings-0-act"):
        assert f'<a href="#id_{name}">' in page


def test_an_office_that_covers_no_such_day_is_flagged_and_not_guessed(
    issue: Issue, compose_url: str, as_analyst: Client
) -> None:
    person = factories.make_person()
    typed = composed(issue, speaker_descriptor="", speaker_person=str(person.pk), earliest="2020-01-01", draft="1")
    assert as_analyst.post(compose_url, typed).status_code == 302
    statement = Statement.objects.get()
    assert statement.mandate is None
    assert "office on that day not known" in as_analyst.get(statement.get_absolute_url()).content.decode()


def test_a_passage_that_stands_twice_asks_which(issue: Issue, compose_url: str, as_analyst: Client) -> None:
    typed = composed(issue, **{"passages-0-words": "alks go on"}, draft="1")
    answer = as_analyst.post(compose_url, typed)
    assert answer.status_code == 422
    assert "These words stand more than once." in answer.content.decode()
    places = re.findall(r'name="passages-0-place" value="(\d+)"', answer.content.decode())
    assert len(places) == 2
    typed["passages-0-place"] = places[1]
    assert as_analyst.post(compose_url, typed).status_code == 302
    assert Statement.objects.get().passages.get().start == int(places[1])


# Bad input: a message at its field, what was typed kept, nothing changed, never a 500


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text": ""}, "This field is required"),
        ({"text": "x" * 100_000}, "at most"),
        ({"text": "bad\x00byte"}, "Null characters are not allowed"),
        ({"passages-0-words": "Words that stand nowhere"}, "do not stand in our copy"),
        ({"passages-0-words": "bad\x00byte"}, "Null characters are not allowed"),
        ({"earliest": "2025-02-30"}, "valid date"),
        ({"earliest": "2999-01-01"}, "lies in the future"),
        ({"latest": "2999-01-01", "earliest": "2025-02-01"}, "lies in the future"),
        ({"latest": "9999-12-31", "earliest": "2025-02-01", "precision": "month"}, "lies in the future"),
        ({"latest": "9999-12-31", "earliest": "2025-02-01", "precision": "year"}, "lies in the future"),
        ({"latest": "2025-01-01", "earliest": "2025-02-01"}, "cannot come before the first"),
        ({"first_said_url": "javascript:alert(1)"}, "valid URL"),
        ({"speaker_descriptor": "", "kind": "paraphrase"}, "Give one speaker"),
        ({"on_behalf_of": ""}, "Say which party"),
        ({"on_behalf_of": "999999"}, "not one of the available choices"),
        ({"basis": "on_the_record"}, "who is not named"),
        ({"bearings-0-act": "SHOUT"}, "not one of the available choices"),
        ({"bearings-0-act": ""}, "Say what they did"),
        ({"bearings-0-mode": "Visit"}, "does not go with"),
        ({"bearings-0-intensity": "11"}, "less than or equal to 10"),
        ({"bearings-0-act": "SANCTION"}, "own report alone"),
        ({"token": "not-a-token"}, "Open the page again"),
        ({"passages-TOTAL_FORMS": "many"}, "This form cannot be read."),
        ({"original_text": "İstiyoruz"}, "who translated them"),
        ({"text": "He wants “quite other words”.", "submit": "1"}, "do not stand in a passage"),
    ],
)
def test_the_composer_refuses_with_a_message_and_keeps_what_was_typed(
    issue: Issue, compose_url: str, as_analyst: Client, typed: dict[str, str], said: str
) -> None:
    answer = as_analyst.post(compose_url, composed(issue, **{"note": "Keep me.", **typed}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Keep me." in page
    assert not Statement.objects.exists()


def test_invisible_and_turning_characters_are_kept_and_shown_marked(
    issue: Issue, compose_url: str, as_analyst: Client
) -> None:
    as_analyst.post(compose_url, composed(issue, text="Türkiye\u202e wants\u200b it.", draft="1"))
    statement = Statement.objects.get()
    assert statement.text == "Türkiye\u202e wants\u200b it."
    assert "U+202E" in as_analyst.get(statement.get_absolute_url()).content.decode()


def test_a_save_over_a_newer_revision_shows_both_texts(draft: Statement, issue: Issue, as_analyst: Client) -> None:
    edit = at("statement_edit", draft.relationship, draft.ref)
    typed = composed(issue, revision="1", draft="1", speaker_descriptor="", speaker_person=str(draft.speaker_person_id))
    assert as_analyst.post(edit, {**typed, "text": "The first text."}).status_code == 302
    answer = as_analyst.post(edit, {**typed, "token": str(uuid.uuid4()), "text": "The second text."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Take theirs" in page
    assert ">first</del>" in page
    assert "The second text." in page
    draft.refresh_from_db()
    assert draft.text == "The first text."


def test_one_form_sent_twice_makes_one_statement(issue: Issue, compose_url: str, as_analyst: Client) -> None:
    typed = composed(issue, submit="1")
    first, second = as_analyst.post(compose_url, typed), as_analyst.post(compose_url, typed)
    assert first.url == second.url  # type: ignore[attr-defined]
    assert Statement.objects.count() == Review.objects.count() == 1


def test_a_published_statement_is_not_edited(published: Statement, issue: Issue, as_analyst: Client) -> None:
    edit = at("statement_edit", published.relationship, published.ref)
    answer = as_analyst.post(edit, composed(issue, text="Quite another text", revision="1", draft="1"), follow=True)
    assert "Correct it instead" in answer.content.decode()
    published.refresh_from_db()
    assert published.text != "Quite another text"


def test_a_correction_shows_what_it_changes(
    published: Statement, issue: Issue, as_analyst: Client, as_reviewer: Client, analyst: User
) -> None:
    desk = published.relationship
    correct = at("statement_correct", desk, published.ref)
    answer = as_analyst.post(correct, {"token": str(uuid.uuid4())}, follow=True)
    assert "Correct statement" in answer.content.decode()
    draft = published.corrections.get()
    typed = composed(
        issue,
        revision=str(draft.revision),
        text="Türkiye wants the sanctions ended.",
        correction_note="Too weak.",
        speaker_descriptor="",
        speaker_person=str(draft.speaker_person_id),
        submit="1",
    )
    assert as_analyst.post(at("statement_edit", desk, draft.ref), typed).status_code == 302
    review = Review.objects.get(statement=draft)
    page = as_reviewer.get(at("review", desk, review.ref)).content.decode()
    assert re.search(r"<del[^>]*>[^<]*lifted", page) or re.search(r"lifted[^<]*</del>", page)
    draft.refresh_from_db()
    as_reviewer.post(
        at("review", desk, review.ref), {"token": str(uuid.uuid4()), "revision": str(draft.revision), "approve": "1"}
    )
    assert "corrected" in as_analyst.get(published.get_absolute_url()).content.decode()


def test_a_return_needs_its_comment_and_reaches_the_author(
    draft: Statement, as_analyst: Client, as_reviewer: Client, analyst: User
) -> None:
    review = factories.submitted(draft, analyst)
    url = at("review", draft.relationship, review.ref)
    typed = {"token": str(uuid.uuid4()), "revision": "1", "comment": "", "return": "1"}
    answer = as_reviewer.post(url, typed)
    assert answer.status_code == 422
    assert "Say what should be changed." in answer.content.decode()
    assert as_reviewer.post(url, {**typed, "comment": "Which sanctions?"}).status_code == 302
    assert "Which sanctions?" in as_analyst.get(draft.get_absolute_url()).content.decode()
    assert "Returned" in as_analyst.get("/").content.decode()


def test_a_decision_on_a_text_that_moved_shows_what_moved(
    draft: Statement, issue: Issue, as_analyst: Client, as_reviewer: Client, analyst: User
) -> None:
    review = factories.submitted(draft, analyst)
    typed = composed(issue, revision="1", draft="1", speaker_descriptor="", speaker_person=str(draft.speaker_person_id))
    as_analyst.post(at("statement_edit", draft.relationship, draft.ref), {**typed, "text": "Türkiye wants them kept."})
    url = at("review", draft.relationship, review.ref)
    answer = as_reviewer.post(url, {"token": str(uuid.uuid4()), "revision": "1", "approve": "1", "comment": ""})
    assert answer.status_code == 409
    assert "What changed since you opened it" in answer.content.decode()
    assert not Statement.objects.published().exists()


def test_withdrawing_asks_for_the_reason(published: Statement, as_reviewer: Client, as_analyst: Client) -> None:
    url = at("statement_withdraw", published.relationship, published.ref)
    assert as_analyst.get(url).status_code == 404
    answer = as_reviewer.post(url, {"token": str(uuid.uuid4()), "reason": ""})
    assert answer.status_code == 422
    as_reviewer.post(url, {"token": str(uuid.uuid4()), "reason": "The paper took it back."})
    assert "The paper took it back." in as_analyst.get(published.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"evidence": []}, "Choose at least one published statement"),
        ({"evidence": ["999999"]}, "not one of the available choices"),
        ({"effective": "2999-01-01"}, "cannot be dated in the future"),
        ({"effective": "2025-02-30"}, "valid date"),
        ({"rationale": ""}, "This field is required"),
        ({"to_status": "open", "to_trend": "not_assessed"}, "how the issue stands on that day already"),
        ({"to_status": "excellent"}, "not one of the available choices"),
    ],
)
def test_a_proposal_refuses_at_its_field(
    issue: Issue, published: Statement, as_analyst: Client, typed: dict[str, Any], said: str
) -> None:
    move = {
        "token": str(uuid.uuid4()),
        "to_status": "in_talks",
        "to_trend": "improving",
        "to_agreement": "not_judged",
        "effective": "2025-03-25",
        "rationale": "Keep me.",
        "evidence": [str(published.pk)],
        **typed,
    }
    answer = as_analyst.post(at("status_propose", issue.relationship, issue.slug), move)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not StatusChange.objects.exists()


def test_a_proposal_shows_its_effect_before_it_is_sent(issue: Issue, published: Statement, as_analyst: Client) -> None:
    move = {
        "token": str(uuid.uuid4()),
        "to_status": "in_talks",
        "to_trend": "improving",
        "to_agreement": "not_judged",
        "effective": "2025-03-25",
        "rationale": "Talks.",
        "evidence": [str(published.pk)],
        "preview": "1",
    }
    page = as_analyst.post(at("status_propose", issue.relationship, issue.slug), move).content.decode()
    assert "What this changes" in page
    assert not StatusChange.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"url": "javascript:alert(1)"}, "valid URL"),
        ({"url": "ftp://example.org/x"}, "valid URL"),
        ({"title": ""}, "This field is required"),
        ({"title": "x" * 301}, "at most 300"),
        ({"text": "\x00"}, "Null characters are not allowed"),
        ({"date_published": "2999-01-01"}, "lies in the future"),
        ({"publisher": "999999"}, "not one of the available choices"),
    ],
)
def test_a_document_is_refused_at_its_field(
    document: Document, as_analyst: Client, typed: dict[str, str], said: str
) -> None:
    answer = as_analyst.post(
        at("document_new", document.relationship),
        {
            "token": str(uuid.uuid4()),
            "title": "Another",
            "publisher": str(document.publisher_id),
            "url": "https://news.example.org/another",
            "date_published": "2025-03-26",
            "language": "en",
            "marking": "CLEAR",
            "extent": "full",
            "text": "Keep me.",
            **typed,
        },
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Document.objects.count() == 1


def test_the_same_text_twice_is_pointed_out(document: Document, as_analyst: Client) -> None:
    typed = {
        "token": str(uuid.uuid4()),
        "title": "Another",
        "publisher": str(document.publisher_id),
        "date_published": "2025-03-26",
        "language": "en",
        "marking": "CLEAR",
        "extent": "full",
        "text": factories.TEXT,
    }
    answer = as_analyst.post(at("document_new", document.relationship), typed)
    assert document.get_absolute_url() in answer.content.decode()
    assert Document.objects.count() == 1
    as_analyst.post(at("document_new", document.relationship), {**typed, "anyway": "1"})
    assert Document.objects.count() == 2


@pytest.mark.parametrize(
    "query",
    ["?status=bogus", "?sort=bogus", "?sort=-", "?since=never", "?owner=9999", "?page=!!", "?page=999", "?text=%20"],
)
def test_an_unknown_filter_sort_or_page_is_never_an_error(published: Statement, as_reader: Client, query: str) -> None:
    for name in ("board", "statement_list", "document_list"):
        assert as_reader.get(at(name, published.relationship) + query).status_code == 200


@pytest.mark.parametrize(
    "text",
    ["[" * 2900, "7", '["next"]', '["next", "-latest", "2025-01-01", 1e999]', '["next", "-latest", null, null]',
     '["next", {}, [], "1"]', '["next", "-latest", "\\u0000", "1"]', '["next", "-latest", "\\ud800", "1"]',
     '["next", "-date_published", "2025-02-31", "1"]', '["next", "sort_key", "\\ud800", "1"]',
     '["next", "sort_key", "a", "9e99"]'],
)  # fmt: skip
def test_a_cursor_that_was_tampered_with_means_the_first_page(
    published: Statement, as_reader: Client, text: str
) -> None:
    page = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    for path in (
        at("statement_list", published.relationship), at("document_list", published.relationship), "/people/",
    ):  # fmt: skip
        answer = as_reader.get(path, {"page": page})
        assert answer.status_code == 200
        assert answer.context["page"].previous == ""


def test_a_cursor_at_an_offset_that_the_database_does_not_know_means_the_first_page(
    desk: Relationship, as_reader: Client
) -> None:
    cursor = encode_cursor("next", ["-created_at"], ["0001-01-01T00:00:00+23:59", "1"])
    assert as_reader.get(at("brief_list", desk), {"page": cursor}).status_code == 200


def test_a_nul_byte_in_an_address_is_refused(desk: Relationship, as_analyst: Client) -> None:
    assert as_analyst.get(at("board", desk) + "?text=%00").status_code == 400


# Lists: filters, pages, counts of queries


def test_the_board_filters_and_sorts_by_its_address(issue: Issue, as_reader: Client) -> None:
    factories.make_issue(issue.relationship, "Görüşmeler", topic="economic")
    board = at("board", issue.relationship)
    assert "Görüşmeler" in as_reader.get(board + "?text=gorus").content.decode()
    assert "CAATSA" not in as_reader.get(board + "?text=gorus").content.decode()
    assert "CAATSA" not in as_reader.get(board + "?topic=economic").content.decode()
    titles = re.findall(r"<th scope=\"row\">.*?>(.*?)</a>", as_reader.get(board + "?sort=-issue").content.decode())
    assert titles == ["Görüşmeler", "CAATSA sanctions"]


def test_an_empty_board_asks_for_its_first_issue(desk: Relationship, as_analyst: Client, as_reader: Client) -> None:
    board = at("board", desk)
    assert "No issue yet." in as_reader.get(board).content.decode()
    assert "Add an issue" not in as_reader.get(board).content.decode()
    assert "Add an issue" in as_analyst.get(board).content.decode()
    assert "No issue fits these filters." in as_analyst.get(board + "?status=open").content.decode()


def test_a_filter_keeps_the_order_that_was_chosen_in_place(
    issue: Issue, reader: User, signed_in: Callable[..., Client]
) -> None:
    part = signed_in(reader, htmx=True).get(at("board", issue.relationship) + "?sort=-issue").content.decode()
    # The form stands outside the part that is swapped, so the part brings the form's own field along.
    assert re.search(r'<input type="hidden" name="sort" value="-issue" form="filters">', part)


def test_one_statement_is_told_as_one(published: Statement, as_reader: Client) -> None:
    assert "<span>1 statement</span>" in as_reader.get(at("statement_list", published.relationship)).content.decode()


def test_an_account_of_the_other_side_says_whose_position_it_tells(
    issue: Issue, published: Statement, analyst: User, as_analyst: Client
) -> None:
    desk = issue.relationship
    bearings = [factories.bearing_on(issue, position_of=party) for party in desk.parties]
    factories.make_statement(issue, analyst, bearings=bearings)
    page = as_analyst.get(at("statement_list", desk)).content.decode()
    # The statement speaks for Türkiye, which its own rule and code say; the other side's is named.
    assert page.count(f"(position: {desk.first_party.label})") == 1


def test_what_lies_ahead_is_not_what_has_gone_by(desk: Relationship, analyst: User, as_analyst: Client) -> None:
    today = desk.today()
    for title, day in (("Gone by", today - datetime.timedelta(days=1)), ("Today", today), ("Undated", None)):
        Meeting.objects.create(
            relationship=desk, title=title, state="expected" if day is None else "scheduled", earliest=day, latest=day,
            author=analyst, edited_by=analyst,
        )  # fmt: skip
    summary = as_analyst.get(reverse("home")).context["summaries"][0]
    assert [str(meeting) for meeting in summary.ahead.rows] == ["Today", "Undated"]
    assert [str(meeting) for meeting in summary.overdue.rows] == ["Gone by"]


def test_an_htmx_request_gets_the_results_alone(
    published: Statement, reader: User, signed_in: Callable[..., Client]
) -> None:
    for name in ("board", "statement_list", "document_list"):
        answer = signed_in(reader, htmx=True).get(at(name, published.relationship))
        assert b"<html" not in answer.content
        assert "HX-Request" in answer["Vary"]


def test_statements_are_paged_by_key_both_ways(issue: Issue, analyst: User, as_analyst: Client) -> None:
    document = factories.make_document(issue.relationship, analyst)
    for number in range(60):
        factories.make_statement(issue, analyst, document, text=f"Sentence number {number:02}.")
    first = as_analyst.get(at("statement_list", issue.relationship)).content.decode()
    older = re.search(r'href="(\?[^"]*)" rel="next"', first)
    assert older
    second = as_analyst.get(at("statement_list", issue.relationship) + older[1].replace("&amp;", "&")).content.decode()
    seen = [set(re.findall(r"Sentence number \d\d", page)) for page in (first, second)]
    assert [len(part) for part in seen] == [50, 10]
    assert not seen[0] & seen[1]
    newer = re.search(r'href="(\?[^"]*)" rel="prev"', second)
    assert newer
    back = as_analyst.get(at("statement_list", issue.relationship) + newer[1].replace("&amp;", "&")).content.decode()
    assert set(re.findall(r"Sentence number \d\d", back)) == seen[0]


@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_takes_the_same_queries_for_one_row_and_thirty(
    desk: Relationship,
    analyst: User,
    reviewer: User,
    as_reader: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    for number in range(rows):
        issue = factories.make_issue(desk, f"Issue {number}", author=analyst)
        factories.make_published(issue, analyst, reviewer)
    # One of them finds the saved views of the list, where it has such; some note her first visit.
    for name, queries in (("board", 11), ("statement_list", 9), ("document_list", 8), ("meeting_list", 8)):
        cache.clear()
        with transaction.atomic():
            with django_assert_num_queries(queries):
                assert as_reader.get(at(name, desk)).status_code == 200
            transaction.set_rollback(True)
    # Its part has no head, which tells what waits and what moved; the statements' without the frame.
    for name, queries in (("board", 8), ("statement_list", 7)):
        with django_assert_num_queries(queries):
            as_reader.get(at(name, desk), headers={"HX-Request": "true"})


def test_a_person_page_shows_no_more_than_the_readers_desks_hold(
    published: Statement, outsider: User, signed_in: Callable[..., Client], as_reader: Client
) -> None:
    person = published.speaker_person
    assert person is not None
    assert published.text in as_reader.get(person.get_absolute_url()).content.decode()
    assert published.text not in signed_in(outsider).get(person.get_absolute_url()).content.decode()


def test_people_are_found_without_their_diacritics(as_reader: Client) -> None:
    factories.make_person("Recep Tayyip Erdoğan")
    assert "Erdoğan" in as_reader.get("/people/?q=erdogan").content.decode()
    assert "Nobody of this name" in as_reader.get("/people/?q=nobody").content.decode()


def test_the_issue_page_flags_evidence_that_no_longer_stands(
    issue: Issue, published: Statement, analyst: User, reviewer: User, as_reader: Client
) -> None:
    factories.make_move(issue, analyst, reviewer, [published])
    assert "no longer stands" not in as_reader.get(at("board", issue.relationship)).content.decode()
    withdraw_statement(actor=reviewer, subject=published, reason="Misheard.")
    assert "no longer stands" in as_reader.get(at("board", issue.relationship)).content.decode()
    assert "was withdrawn or corrected since" in as_reader.get(issue.get_absolute_url()).content.decode()


def test_an_issue_is_opened_edited_and_linked(issue: Issue, as_analyst: Client) -> None:
    desk = issue.relationship
    typed = {
        "title": "S-400 systems",
        "slug": "s-400",
        "summary": "",
        "topic": "military",
        "impact": "critical",
        "scope": "bilateral",
    }
    assert as_analyst.post(at("issue_new", desk), typed).status_code == 302
    assert "already has an issue" in as_analyst.post(at("issue_new", desk), typed).content.decode()
    edit = at("issue_edit", desk, "s-400")
    assert as_analyst.post(edit, {**typed, "title": "S-400", "revision": "1"}).status_code == 302
    answer = as_analyst.post(edit, {**typed, "title": "S-400 again", "revision": "1"})
    assert answer.status_code == 409
    assert "S-400 again" in answer.content.decode()
    other = Issue.objects.get(slug="s-400")
    link = {"link": "1", "link-kind": "arises_from", "link-to_issue": str(other.pk)}
    as_analyst.post(at("issue_edit", desk, issue.slug), link)
    assert "This arises from" in as_analyst.get(issue.get_absolute_url()).content.decode()
    again = as_analyst.post(at("issue_edit", desk, issue.slug), link)
    assert "linked so already" in again.content.decode()


def test_a_desk_of_one_is_told_why_nothing_can_be_published(
    desk: Relationship, signed_in: Callable[..., Client]
) -> None:
    alone = factories.make_user("alone", desk, "lead")
    issue = factories.make_issue(desk)
    statement = factories.make_statement(issue, alone)
    answer = signed_in(alone).post(
        at("statement_submit", desk, statement.ref), {"token": str(uuid.uuid4()), "revision": "1"}, follow=True
    )
    assert "No one else at this desk can approve it" in answer.content.decode()


def test_a_desks_pages_tell_times_by_its_own_clock(published: Statement, as_analyst: Client) -> None:
    there = published.published_at.astimezone(zoneinfo.ZoneInfo(published.relationship.time_zone))
    assert there.utcoffset()
    for path in (published.get_absolute_url(), f"{published.get_absolute_url()}history/"):
        assert there.strftime("%H:%M") in as_analyst.get(path).content.decode(), path
    assert timezone.get_current_timezone_name() == "UTC"  # it ends with the request
