"""The reader: what it marks, which copies it shows, what waits to be settled; and a passage taken from it."""

import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from relations.actions.documents import add_capture
from relations.actions.passages import settle_passage
from relations.actions.statements import correct_statement
from relations.choices import Settlement
from relations.models import Document, Issue, Passage, PassageSettlement, Statement, User
from tests import factories

pytestmark = pytest.mark.django_db

WORDS = "We want the sanctions lifted"
CHANGED = factories.TEXT.replace(WORDS, "We wish that sanctions end")


def page_of(client: Client, document: Document, query: str = "") -> str:
    answer = client.get(f"{document.get_absolute_url()}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def settle_url(statement: Statement, number: int = 1) -> str:
    return reverse("passage_settle", args=[statement.relationship.slug, statement.ref, number])


def new_url(document: Document, **query: object) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{reverse('statement_new', args=[document.relationship.slug])}?document={document.ref}&{asked}"


# Marks and margin


def test_one_passage_leads_to_each_of_its_statements_and_they_lead_back(
    issue: Issue, document: Document, analyst: User, as_analyst: Client
) -> None:
    first = factories.make_statement(issue, analyst, document=document)
    second = factories.make_statement(issue, analyst, document=document)
    page = page_of(as_analyst, document)
    for statement in (first, second):
        assert f'href="#s-{statement.ref}"' in page
        assert f'id="s-{statement.ref}"' in page
        passage = statement.passages.get()
        assert f'id="p{passage.pk}"' in page
        assert f'href="#p{passage.pk}"' in page


def test_statements_stand_in_the_order_of_their_passages(
    issue: Issue, document: Document, analyst: User, as_analyst: Client
) -> None:
    late = factories.make_statement(
        issue, analyst, document=document, passages=[factories.passage_of(document, "Talks are good")]
    )
    early = factories.make_statement(issue, analyst, document=document)
    page = page_of(as_analyst, document)
    assert page.index(f'id="s-{early.ref}"') < page.index(f'id="s-{late.ref}"')


def test_a_reader_sees_the_marks_of_what_is_published_alone(
    issue: Issue, published: Statement, analyst: User, as_reader: Client
) -> None:
    draft = factories.make_statement(issue, analyst, document=published.document)
    page = page_of(as_reader, published.document)
    assert f'href="#s-{published.ref}"' in page
    assert draft.ref not in page
    assert "data-selectable" not in page


@pytest.mark.parametrize("number", [1, 200])
def test_the_reader_takes_the_same_queries_for_one_passage_and_two_hundred(
    issue: Issue,
    document: Document,
    analyst: User,
    as_analyst: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    number: int,
) -> None:
    statement = factories.make_statement(issue, analyst, document=document)
    passage = statement.passages.get()
    others = [Passage(**{**passage_fields(passage), "number": each, "start": each % 9, "end": each % 9 + 20})
              for each in range(2, number + 1)]  # fmt: skip
    for other in others:
        other.exact = factories.TEXT[other.start : other.end]
    Passage.objects.bulk_create(others)
    add_capture(actor=analyst, document=document, text=f"Ankara. {factories.TEXT}")
    page_of(as_analyst, document)
    with django_assert_num_queries(9):
        page = page_of(as_analyst, document)
    assert len(re.findall(r'id="p\d+"', page)) == number


def passage_fields(passage: Passage) -> dict[str, object]:
    names = ("relationship_id", "statement_id", "capture_id", "prefix", "suffix")
    return {name: getattr(passage, name) for name in names}


def test_turkish_arabic_and_mixed_text_is_told_by_paragraph_with_its_invisible_characters_marked(
    issue: Issue, analyst: User, as_analyst: Client
) -> None:
    text = "İstanbul’da konuştu.\n\nقال الوزير إن المحادثات مستمرة.\n\nHidden\u202e here."
    document = factories.make_document(issue.relationship, analyst, text=text, language="tr")
    page = page_of(as_analyst, document)
    assert '<div class="copy-text" lang="tr"' in page
    assert page.count('<p dir="auto"') == 3
    assert 'data-code="U+202E"' in page


# Copies


def test_an_older_copy_stays_readable_and_says_that_it_is_one(
    published: Statement, analyst: User, as_analyst: Client
) -> None:
    document = published.document
    add_capture(actor=analyst, document=document, text="Nothing of it is left.")
    page = page_of(as_analyst, document)
    assert "Nothing of it is left." in page
    assert "?copy=1" in page
    older = page_of(as_analyst, document, "?copy=1")
    assert "You are reading copy 1" in older
    assert f'id="p{published.passages.get().pk}"' in older
    assert "data-selectable" not in older
    assert 'id="waiting"' not in older


@pytest.mark.parametrize("copy", ["2", "0", "-1", "x", "99999999999", "1 "])
def test_a_copy_that_is_not_there_is_not_found(document: Document, as_analyst: Client, copy: str) -> None:
    assert as_analyst.get(document.get_absolute_url(), {"copy": copy}).status_code == 404


# Moved and lost


def test_a_lost_passage_stands_first_and_is_flagged_everywhere_until_settled(
    published: Statement, issue: Issue, analyst: User, as_analyst: Client
) -> None:
    document, desk = published.document, published.relationship
    add_capture(actor=analyst, document=document, text=CHANGED)
    passage = published.passages.get()
    page = page_of(as_analyst, document)
    assert page.index(f'id="p{passage.pk}"') < page.index('class="copy-text"')
    assert settle_url(published) in page
    flag = "passage moved or lost in a later copy"
    person = published.speaker_person
    assert person is not None
    lists = [reverse("statement_list", args=[desk.slug]), issue.get_absolute_url(), person.get_absolute_url()]
    for url in lists:
        assert flag in as_analyst.get(url).content.decode(), url
    assert "lost in a later copy" in as_analyst.get(published.get_absolute_url()).content.decode()
    for url in (reverse("home"), reverse("document_list", args=[desk.slug])):
        assert "1 passage to settle" in as_analyst.get(url).content.decode(), url

    settle_passage(actor=analyst, passage=passage, copy=2, outcome=Settlement.SOURCE_CHANGED)
    page = page_of(as_analyst, document)
    assert 'id="waiting"' not in page
    assert "The source no longer says this" in page
    for url in lists:
        assert flag not in as_analyst.get(url).content.decode(), url
    assert "lost in a later copy: The source no longer says this" in re.sub(
        r"\s+", " ", as_analyst.get(published.get_absolute_url()).content.decode()
    )
    for url in (reverse("home"), reverse("document_list", args=[desk.slug])):
        assert "passage to settle" not in as_analyst.get(url).content.decode(), url


def test_a_moved_passage_is_marked_where_it_stands_now_and_both_places_are_shown(
    published: Statement, analyst: User, as_analyst: Client
) -> None:
    add_capture(actor=analyst, document=published.document, text=f"Ankara, today. {factories.TEXT}")
    page = page_of(as_analyst, published.document)
    assert f'<mark class="passage passage--moved" data-note="{published.ref}" id="p' in page
    shown = as_analyst.get(settle_url(published)).content.decode()
    assert shown.count(f'<mark class="passage">{WORDS}</mark>') == 2
    assert "Ankara, today." in shown
    assert f"at character {factories.TEXT.index(WORDS) + 16} instead of {factories.TEXT.index(WORDS) + 1}" in shown


def test_settling_goes_on_to_the_next_passage_and_then_back_to_the_document(
    issue: Issue, document: Document, analyst: User, as_analyst: Client
) -> None:
    first = factories.make_statement(issue, analyst, document=document)
    second = factories.make_statement(issue, analyst, document=document)
    add_capture(actor=analyst, document=document, text=CHANGED)
    typed = {"copy": "2", "outcome": "source_changed", "note": "Reworded."}
    answer = as_analyst.post(settle_url(first), typed)
    assert answer["Location"] == settle_url(second)
    answer = as_analyst.post(settle_url(second), typed)
    assert answer["Location"] == document.get_absolute_url()
    assert PassageSettlement.objects.count() == 2
    settled = as_analyst.get(settle_url(second)).content.decode()
    assert "Reworded." in settled
    assert "<button" in settled


def test_what_moved_alone_is_settled_together_where_a_person_says_so(
    issue: Issue, document: Document, analyst: User, as_analyst: Client
) -> None:
    first = factories.make_statement(issue, analyst, document=document)
    for words in ("He added", "Talks are good"):
        factories.make_statement(issue, analyst, document=document, passages=[factories.passage_of(document, words)])
    add_capture(actor=analyst, document=document, text=f"Ankara. {factories.TEXT}".replace("He added", "He said"))
    typed = {"copy": "2", "outcome": "source_changed", "together": "on"}
    answer = as_analyst.post(settle_url(first), typed)
    assert "Only the same words" in answer.content.decode()
    answer = as_analyst.post(settle_url(first), {**typed, "outcome": "same_words"}, follow=True)
    assert "2 passages are settled." in answer.content.decode()
    assert "A later copy lost this passage" in answer.content.decode()
    assert PassageSettlement.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"copy": "2", "outcome": ""}, "This field is required"),
        ({"copy": "2", "outcome": "same_words"}, "Select a valid choice"),
        ({"copy": "2", "outcome": "nonsense"}, "Select a valid choice"),
        ({"copy": "1", "outcome": "source_changed"}, "A newer copy came meanwhile"),
        ({"copy": "x", "outcome": "source_changed"}, "Enter a whole number"),
        ({"copy": "2", "outcome": "source_changed", "note": "x" * 301}, "at most 300 characters"),
    ],
)
def test_settling_refuses_with_a_message(
    published: Statement, analyst: User, as_analyst: Client, typed: dict[str, str], message: str
) -> None:
    add_capture(actor=analyst, document=published.document, text=CHANGED)
    answer = as_analyst.post(settle_url(published), typed)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not PassageSettlement.objects.exists()


def test_a_passage_that_is_not_there_is_not_found(published: Statement, as_analyst: Client) -> None:
    assert as_analyst.get(settle_url(published, 2)).status_code == 404
    assert as_analyst.get(settle_url(published, 10**12)).status_code == 404


def test_the_settling_page_starts_a_correction_which_may_keep_the_passage_of_the_older_copy(
    published: Statement, issue: Issue, analyst: User, as_analyst: Client
) -> None:
    add_capture(actor=analyst, document=published.document, text=CHANGED)
    page = as_analyst.get(settle_url(published)).content.decode()
    assert "Correct the statement" in page
    draft = correct_statement(actor=analyst, statement=published)
    edit = reverse("statement_edit", args=[published.relationship.slug, draft.ref])
    form = as_analyst.get(edit).context["form"]
    typed = {
        "token": str(uuid.uuid4()),
        "revision": str(form["revision"].value()),
        "text": "Türkiye wants every sanction lifted.",
        "speaker_person": str(published.speaker_person_id),
        "passages-TOTAL_FORMS": "1",
        "passages-INITIAL_FORMS": "1",
        "passages-0-words": WORDS,
        "bearings-TOTAL_FORMS": "1",
        "bearings-INITIAL_FORMS": "0",
        "bearings-0-issue": str(issue.pk),
        "bearings-0-act": "REQUEST",
        "bearings-0-stated": "on",
        "draft": "1",
    }
    assert as_analyst.post(edit, typed).status_code == 302
    passage = draft.passages.get()
    assert (passage.exact, passage.capture.number) == (WORDS, 1)


# A passage taken from the reader


def taken(client: Client, document: Document, **query: object) -> dict[str, str]:
    answer = client.get(new_url(document, **query))
    assert answer.status_code == 200
    return answer.context["passages"].forms[0].initial  # type: ignore[no-any-return]


def test_a_passage_that_stands_twice_is_taken_from_the_place_that_was_selected(
    document: Document, as_analyst: Client
) -> None:
    start = factories.TEXT.index("Talks go on,")
    assert "talks go on" in factories.TEXT[:start]
    text = "Talks go on. Talks go on."
    add_capture(actor=document.author, document=document, text=text)
    assert taken(as_analyst, document, passage="Talks go on.", start=13, end=25) == {
        "words": "Talks go on.",
        "place": "13",
    }
    page = as_analyst.get(new_url(document, passage="Talks go on.", start=13, end=25)).content.decode()
    assert re.search(r'value="13"[^>]*checked', page)


def test_words_that_do_not_stand_at_the_told_place_are_looked_for(document: Document, as_analyst: Client) -> None:
    assert taken(as_analyst, document, passage=WORDS, start=0, end=28) == {"words": WORDS}
    assert taken(as_analyst, document, passage=WORDS) == {"words": WORDS}


def test_long_words_are_told_by_their_place_in_the_newest_copy_alone(document: Document, as_analyst: Client) -> None:
    start = factories.TEXT.index(WORDS)
    place = {"start": start, "end": start + len(WORDS)}
    assert taken(as_analyst, document, **place, copy=1) == {"words": WORDS, "place": str(start)}
    assert taken(as_analyst, document, **place, copy=2) == {}
    assert taken(as_analyst, document, **place) == {}


@pytest.mark.parametrize("start", ["x", "-1", "9" * 12, "²", "99999"])
def test_a_place_that_is_none_is_no_error(document: Document, as_analyst: Client, start: str) -> None:
    assert taken(as_analyst, document, passage=WORDS, start=start, end=28) == {"words": WORDS}


def test_the_form_comes_as_a_part_for_the_margin(
    document: Document, analyst: User, signed_in: Callable[..., Client]
) -> None:
    answer = signed_in(analyst, htmx=True).get(new_url(document, passage=WORDS))
    page = answer.content.decode()
    assert "<form" in page
    assert "<html" not in page
