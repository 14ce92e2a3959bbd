"""The composer: what is worked out while one types, what is asked, what may be a duplicate, and what comes next."""

import datetime
import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from relations.actions.reviews import withdraw_statement
from relations.models import Document, Issue, Mandate, Party, Person, Post, Relationship, Review, Statement, User
from tests import factories
from tests.views.test_pages import at, composed

pytestmark = pytest.mark.django_db

SELECTED = "We want the sanctions lifted"


@pytest.fixture
def address(document: Document) -> str:
    return f"{at('statement_new', document.relationship)}?document={document.ref}"


@pytest.fixture
def fidan(desk: Relationship) -> Person:
    return factories.make_person()


@pytest.fixture
def partly(signed_in: Callable[..., Client], analyst: User) -> Client:
    return signed_in(analyst, htmx=True)


def typed_by(person: Person | None, issue: Issue, **more: str) -> dict[str, str]:
    return composed(
        issue,
        speaker_descriptor="",
        on_behalf_of="",
        speaker_person=str(person.pk) if person else "",
        **more,
    )


def sentence(client: Client, address: str, typed: dict[str, str]) -> str:
    answer = client.post(address, {**typed, "work_out": "1"})
    assert answer.status_code == 200
    assert not Statement.objects.exists()
    page = answer.content.decode()
    inner = page[page.index('id="sentence"') :]
    return " ".join(inner[inner.index("<p>") + 3 : inner.index("</p>")].split())


# Worked out, in a sentence, and stored as the sentence said


def test_the_sentence_tells_what_was_worked_out_and_marks_its_guesses(
    partly: Client, issue: Issue, address: str, fidan: Person, document: Document
) -> None:
    said = sentence(partly, address, typed_by(fidan, issue))
    assert said == (
        'Türkiye, Foreign Minister on <span class="guess">26 Mar 2025</span>; on the record; '
        f'<span class="guess">in other words</span>; {document.publisher}, 26 Mar; anyone may see this.'
    )


def test_working_out_answers_the_sentence_alone_and_stores_nothing(
    partly: Client, issue: Issue, address: str, fidan: Person
) -> None:
    page = partly.post(address, {**typed_by(fidan, issue), "work_out": "1"}).content.decode()
    assert "<html" not in page
    assert 'name="text"' not in page
    assert 'hx-swap-oob="true"' in page


def test_without_javascript_a_button_works_it_out_on_the_whole_page(
    as_analyst: Client, issue: Issue, address: str, fidan: Person
) -> None:
    page = as_analyst.post(address, {**typed_by(fidan, issue), "work_out": "1"}).content.decode()
    assert "<html" in page
    assert "Türkiye, Foreign Minister" in page
    assert not Statement.objects.exists()


@pytest.mark.parametrize(
    ("words", "passage", "kind"),
    [
        ("We want the sanctions lifted.", "We want the sanctions lifted.", "quote"),  # inside the source's marks
        ("“We want the sanctions lifted.”", "We want the sanctions lifted.", "quote"),
        ("He added that talks go on.", "He added that talks go on.", "paraphrase"),  # between two quotations
        ("Türkiye wants them lifted.", "We want the sanctions lifted.", "paraphrase"),
    ],
)
def test_words_inside_quotation_marks_are_their_own(
    as_analyst: Client, issue: Issue, address: str, fidan: Person, words: str, passage: str, kind: str
) -> None:
    typed = typed_by(fidan, issue, text=words, **{"passages-0-words": passage})
    assert as_analyst.post(address, typed).status_code == 302
    assert Statement.objects.get().kind == kind


def test_nobody_named_makes_it_the_sources_own_report(as_analyst: Client, issue: Issue, address: str) -> None:
    assert as_analyst.post(address, typed_by(None, issue)).status_code == 302
    statement = Statement.objects.get()
    assert (statement.kind, statement.credibility, statement.on_behalf_of) == ("reported", 6, None)


def test_two_offices_on_one_day_are_asked_for(
    partly: Client, as_analyst: Client, issue: Issue, address: str, fidan: Person
) -> None:
    party = Party.objects.get(code="TR")
    second = Mandate.objects.create(
        person=fidan,
        post=Post.objects.create(name="Chief Negotiator", party=party),
        start=datetime.date(2024, 1, 1),
        last_attested=datetime.date(2025, 12, 31),
    )
    typed = typed_by(fidan, issue)
    assert '<span class="missing">which office?</span>' in sentence(partly, address, typed)
    answer = as_analyst.post(address, typed)
    assert answer.status_code == 422
    assert "They held more than one office on that day." in answer.content.decode()
    assert as_analyst.post(address, {**typed, "mandate": str(second.pk)}).status_code == 302
    assert Statement.objects.get().mandate == second


def test_an_office_no_mandate_covers_is_flagged_with_a_way_to_add_it(
    partly: Client, issue: Issue, address: str, fidan: Person
) -> None:
    page = partly.post(address, {**typed_by(fidan, issue, earliest="2020-01-01"), "work_out": "1"}).content.decode()
    assert '<span class="missing">office on that day not known</span>' in page
    assert f"/choose/mandate/new/?desk=us-turkiye&amp;day=2020-01-01&amp;person={fidan.pk}" in page
    assert '<span class="guess">Türkiye</span>' in page


def test_the_office_of_whoever_was_named_before_is_dropped(
    as_analyst: Client, issue: Issue, address: str, fidan: Person
) -> None:
    rubio = factories.make_person("Marco Rubio", "US", "Secretary of State")
    typed = typed_by(rubio, issue, mandate=str(fidan.mandates.get().pk))
    assert as_analyst.post(address, typed).status_code == 302
    assert Statement.objects.get().mandate == rubio.mandates.get()


def test_who_cannot_be_placed_stands_open_as_a_field(partly: Client, issue: Issue, address: str) -> None:
    typed = composed(issue, on_behalf_of="")
    page = partly.post(address, {**typed, "work_out": "1"}).content.decode()
    assert page.index("Say which party they speak for.") < page.index('id="rest"')


def test_a_passage_is_found_where_the_words_stand_in_the_copy(
    as_analyst: Client, issue: Issue, address: str, fidan: Person
) -> None:
    typed = typed_by(fidan, issue, text="“We want the sanctions lifted.”", **{"passages-0-words": ""}, submit="1")
    assert as_analyst.post(address, typed).status_code == 302
    assert Statement.objects.get().passages.get().exact == "We want the sanctions lifted."


# Act, mode, intensity


def test_strength_has_its_number_beside_it_and_modes_go_with_the_act(
    partly: Client, issue: Issue, address: str, fidan: Person
) -> None:
    typed = typed_by(fidan, issue, **{"bearings-0-act": "ACCUSE"})
    page = partly.post(address, {**typed, "work_out": "1"}).content.decode()
    for words in ("Milder −2", "As usual −3", "Stronger −4", "disapproves", "finds fault or blames"):
        assert words in page
    assert "by telephone" not in page
    assert re.search(r'value="usual"[^>]*checked', page)


@pytest.mark.parametrize(
    ("typed", "number"),
    [({}, 0), ({"strength": "stronger"}, -0.5), ({"strength": "milder"}, 0.5), ({"intensity": "2.5"}, 2.5)],
)
def test_strength_or_a_number_is_stored(
    as_analyst: Client, issue: Issue, address: str, fidan: Person, typed: dict[str, str], number: float
) -> None:
    more = {f"bearings-0-{name}": value for name, value in typed.items()}
    assert as_analyst.post(address, typed_by(fidan, issue, **more)).status_code == 302
    statement = Statement.objects.get()
    assert float(statement.bearings.get().intensity) == number
    page = as_analyst.get(at("statement_edit", issue.relationship, statement.ref)).content.decode()
    chosen = typed.get("strength", "usual")
    assert f'value="{chosen}"' in page


# Translation


def test_a_translation_keeps_its_original_and_names_its_translator(
    as_analyst: Client, issue: Issue, analyst: User, fidan: Person
) -> None:
    text = "Bakan konuştu. Yaptırımların kaldırılmasını istiyoruz, dedi."
    document = factories.make_document(issue.relationship, analyst, text=text, language="tr")
    address = f"{at('statement_new', issue.relationship)}?document={document.ref}&passage=Yaptırımların+kaldırılmasını+istiyoruz"
    page = as_analyst.get(address).content.decode()
    assert page.index('name="original_text"') < page.index('id="worked-out"')
    typed = typed_by(
        fidan,
        issue,
        text="Türkiye wants the sanctions lifted.",
        original_text="Yaptırımların kaldırılmasını istiyoruz",
        **{"passages-0-words": "Yaptırımların kaldırılmasını istiyoruz"},
    )
    assert as_analyst.post(address, typed).status_code == 302
    statement = Statement.objects.get()
    assert (statement.original_language, statement.translated_by) == ("tr", str(analyst))


# The next one


def test_the_next_statement_of_a_document_starts_where_the_last_left_off(
    as_analyst: Client, issue: Issue, address: str, fidan: Person
) -> None:
    answer = as_analyst.post(address, typed_by(fidan, issue, earliest="2025-03-24", another="1"))
    assert answer.status_code == 302
    assert answer.url.endswith(address)  # type: ignore[attr-defined]
    assert Review.objects.filter(statement__isnull=False).count() == 1
    page = as_analyst.get(address).content.decode()
    assert 'value="Hakan Fidan"' in page
    assert 'value="2025-03-24"' in page


def test_in_the_margin_what_is_stored_leads_on_by_itself(
    partly: Client, issue: Issue, address: str, fidan: Person, document: Document
) -> None:
    page = partly.get(address).content.decode()
    assert "<html" not in page
    assert 'hx-target="#margin"' in page
    answer = partly.post(address, typed_by(fidan, issue, another="1"))
    assert answer["HX-Refresh"] == "true"  # the reader, where one was
    wrong = partly.post(address, typed_by(fidan, issue, text=""))
    assert wrong.status_code == 422
    assert "<html" not in wrong.content.decode()


def test_another_issue_or_passage_gives_another_row_and_stores_nothing(
    as_analyst: Client, issue: Issue, address: str, fidan: Person
) -> None:
    page = as_analyst.post(address, typed_by(fidan, issue, another_issue="1")).content.decode()
    assert 'name="bearings-1-act"' in page
    page = as_analyst.post(address, typed_by(fidan, issue, another_passage="1")).content.decode()
    assert 'name="passages-1-words"' in page
    assert not Statement.objects.exists()


# Likely duplicates


def test_the_same_passage_is_pointed_out_before_saving_and_saved_anyway(
    as_analyst: Client, issue: Issue, address: str, fidan: Person
) -> None:
    as_analyst.post(address, typed_by(fidan, issue, text="The first telling."))
    typed = typed_by(fidan, issue, text="Something quite different is told.", submit="1")
    answer = as_analyst.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "From the same passage" in page
    assert "The first telling." in page
    assert Statement.objects.count() == 1
    assert as_analyst.post(address, {**typed, "submit": "anyway"}).status_code == 302
    assert Statement.objects.count() == 2
    assert Review.objects.count() == 1


@pytest.fixture
def elsewhere(issue: Issue, analyst: User) -> str:
    other = factories.make_document(issue.relationship, analyst)
    return f"{at('statement_new', issue.relationship)}?document={other.ref}"


NEAR = "Türkiye wants these sanctions to be lifted."


def test_nearly_the_same_words_of_that_speaker_on_that_day_are_pointed_out(
    as_analyst: Client, issue: Issue, address: str, elsewhere: str, fidan: Person
) -> None:
    as_analyst.post(address, typed_by(fidan, issue))
    answer = as_analyst.post(elsewhere, typed_by(fidan, issue, text=NEAR))
    assert answer.status_code == 422
    assert "Nearly the same words" in answer.content.decode()


@pytest.mark.parametrize("apart", ["day", "speaker", "words"])
def test_another_day_speaker_or_sense_is_no_duplicate(
    as_analyst: Client, issue: Issue, address: str, elsewhere: str, fidan: Person, apart: str
) -> None:
    as_analyst.post(address, typed_by(fidan, issue))
    rubio = factories.make_person("Marco Rubio", "US", "Secretary of State")
    typed = {
        "day": typed_by(fidan, issue, text=NEAR, earliest="2024-01-01"),
        "speaker": typed_by(rubio, issue, text=NEAR),
        "words": typed_by(fidan, issue, text="Talks on energy will be held in the autumn."),
    }[apart]
    assert as_analyst.post(elsewhere, typed).status_code == 302


def test_what_another_desk_holds_is_never_pointed_out(
    as_analyst: Client, issue: Issue, address: str, fidan: Person
) -> None:
    other = factories.make_desk("gr-de", "GR", "DE")
    foreigner = factories.make_user("foreigner", other)
    factories.make_statement(factories.make_issue(other, author=foreigner), foreigner, speaker_person=fidan)
    assert as_analyst.post(address, typed_by(fidan, issue)).status_code == 302


def test_what_was_withdrawn_is_no_duplicate(
    as_analyst: Client, issue: Issue, elsewhere: str, fidan: Person, analyst: User, reviewer: User
) -> None:
    held = factories.make_published(issue, analyst, reviewer, speaker_person=fidan)
    withdraw_statement(actor=reviewer, subject=held, reason="Misread.")
    assert as_analyst.post(elsewhere, typed_by(fidan, issue, earliest="2025-03-25")).status_code == 302


def test_an_edit_is_not_held_up_by_its_own_earlier_text(
    as_analyst: Client, issue: Issue, address: str, fidan: Person
) -> None:
    as_analyst.post(address, typed_by(fidan, issue))
    statement = Statement.objects.get()
    edit = at("statement_edit", issue.relationship, statement.ref)
    assert as_analyst.post(edit, typed_by(fidan, issue, revision="1")).status_code == 302


# Cost


def test_the_form_costs_the_same_whatever_the_desk_holds(
    as_analyst: Client, issue: Issue, address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    as_analyst.get(address)
    for number in range(2):
        with django_assert_num_queries(10):
            page = as_analyst.get(address).content.decode()
        for each in range(30):
            factories.make_person(f"Person {number} {each}", post=f"Post {number} {each}")
            factories.make_issue(issue.relationship, f"Issue {number} {each}")
    assert "Person 0 1" not in page


def test_words_of_which_nothing_is_seen_are_refused_at_their_field(
    as_analyst: Client, issue: Issue, address: str, fidan: Person
) -> None:
    answer = as_analyst.post(address, typed_by(fidan, issue, text="\u200b\u2060"))
    assert answer.status_code == 422
    assert answer.context["form"].errors["text"] == ["This may not be empty."]
    assert not Statement.objects.exists()


def test_what_a_submit_lacks_is_told_at_its_own_field(
    as_analyst: Client, issue: Issue, address: str, fidan: Person
) -> None:
    answer = as_analyst.post(
        address, typed_by(fidan, issue, submit="1", **{"bearings-0-issue": "", "bearings-0-act": ""})
    )
    assert answer.status_code == 422
    assert answer.context["bearings"].forms[0].errors["issue"] == [
        "Say on which issue this is, and what they did there."
    ]
    assert not Statement.objects.exists()


def test_throwing_a_draft_away_twice_by_one_form_leads_to_the_list_both_times(
    as_analyst: Client, draft: Statement
) -> None:
    address = at("statement_discard", draft.relationship, draft.ref)
    for _click in range(2):
        answer = as_analyst.post(address, {"token": "5a0c9f1e-0000-4000-8000-000000000001", "revision": "1"})
        assert answer.status_code == 302
        assert answer["Location"] == at("statement_list", draft.relationship)
    assert as_analyst.post(address, {"token": "5a0c9f1e-0000-4000-8000-000000000002"}).status_code == 404
