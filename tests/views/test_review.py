"""The review queue through the client: what it shows to whom, the way through it, what the author gets back."""

import datetime
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from relations.actions.claims import claim
from relations.actions.reviews import FieldComment, return_
from relations.actions.statements import save_statement
from relations.choices import Role
from relations.models import Issue, Relationship, Review, ReviewClaim, Statement, User
from tests import factories
from tests.views.test_pages import at, composed

pytestmark = pytest.mark.django_db


@pytest.fixture
def items(issue: Issue, analyst: User) -> list[Review]:
    """Five statements that wait, the first longest, as much as five days."""
    document = factories.make_document(issue.relationship, analyst)
    reviews = []
    for number in range(5):
        statement = factories.make_statement(issue, analyst, document, text=f"Sentence number {number}.")
        review = factories.submitted(statement, analyst)
        waits_since(review, timezone.now() - datetime.timedelta(days=5 - number, hours=1))
        reviews.append(review)
    return reviews


def waits_since(review: Review, moment: datetime.datetime) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE relations_review DISABLE TRIGGER USER")
        cursor.execute("UPDATE relations_review SET submitted_at = %s WHERE id = %s", [moment, review.pk])
        cursor.execute("ALTER TABLE relations_review ENABLE TRIGGER USER")
    review.submitted_at = moment


def decision(review: Review, **typed: str) -> dict[str, str]:
    return {"token": str(uuid.uuid4()), "revision": str(review.subject.revision), **typed}


def url_of(review: Review) -> str:
    return at("review", review.relationship, review.ref)


def said(answer: Any) -> str:
    return str(answer.content.decode())


# The queue


def test_the_longest_waiting_comes_first_with_who_reads_it(
    items: list[Review], as_reviewer: Client, lead: User, desk: Relationship
) -> None:
    claim(actor=lead, review=items[1])
    page = said(as_reviewer.get(at("review_queue", desk)))
    places = [page.index(f"Sentence number {number}.") for number in range(5)]
    assert places == sorted(places)
    assert "being read by lead" in page
    ReviewClaim.objects.update(renewed_at=timezone.now() - datetime.timedelta(minutes=16))
    assert "being read by" not in said(as_reviewer.get(at("review_queue", desk)))


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?age=3", {0, 1, 2}),
        ("?age=7", set()),
        ("?kind=statement", {0, 1, 2, 3, 4}),
        ("?kind=status", set()),
        ("?kind=correction", set()),
        ("?author=analyst", {0, 1, 2, 3, 4}),
        ("?author=nobody", {0, 1, 2, 3, 4}),
        ("?age=-1&kind=x&page=9", {0, 1, 2, 3, 4}),
    ],
)
def test_the_queue_filters_by_its_address_and_an_unknown_value_filters_nothing(
    items: list[Review], as_reviewer: Client, desk: Relationship, query: str, shown: set[int]
) -> None:
    for url in (at("review_queue", desk), reverse("reviews")):
        answer = as_reviewer.get(url + query)
        assert answer.status_code == 200
        assert {number for number in range(5) if f"Sentence number {number}." in said(answer)} == shown


def test_corrections_and_status_changes_are_kinds_of_their_own(
    issue: Issue, published: Statement, analyst: User, as_reviewer: Client, desk: Relationship
) -> None:
    from relations.actions.statements import correct_statement

    factories.submitted(correct_statement(actor=analyst, statement=published, note="Sharper."), analyst)
    factories.propose(issue, analyst, [published])
    queue = at("review_queue", desk)
    assert "In talks" in said(as_reviewer.get(queue + "?kind=status"))
    assert published.text not in said(as_reviewer.get(queue + "?kind=status"))
    assert published.text in said(as_reviewer.get(queue + "?kind=correction"))
    assert "In talks" not in said(as_reviewer.get(queue + "?kind=correction"))


def test_the_partial_is_the_results_alone(
    items: list[Review], reviewer: User, desk: Relationship, signed_in: Callable[..., Client]
) -> None:
    for url in (at("review_queue", desk), reverse("reviews")):
        answer = signed_in(reviewer, htmx=True).get(url + "?age=3")
        assert "<html" not in said(answer)
        assert "HX-Request" in answer["Vary"]


def test_the_queue_of_all_desks_shows_and_counts_only_ones_own(
    items: list[Review], as_reviewer: Client, signed_in: Callable[..., Client], reviewer: User
) -> None:
    other = factories.make_desk("gr-de", "GR", "DE")
    stranger = factories.make_user("stranger", other, Role.LEAD)
    theirs = factories.make_issue(other, "Their issue")
    foreign = factories.make_statement(
        theirs, stranger, text="Words of another desk.", on_behalf_of=other.first_party,
        bearings=[factories.bearing_on(theirs, position_of=other.first_party)],
    )  # fmt: skip
    factories.submitted(foreign, stranger)
    page = said(as_reviewer.get(reverse("reviews")))
    assert "Sentence number 0." in page
    assert "5 wait for you" in page
    for hidden in ("Words of another desk.", "stranger", "gr-de", "Greece"):
        assert hidden not in page
    assert "Words of another desk." not in said(as_reviewer.get(reverse("reviews") + "?desk=gr-de"))
    page = said(signed_in(stranger).get(reverse("reviews")))
    assert "Words of another desk." in page
    assert "Sentence number" not in page
    factories.DeskMembership.objects.create(user=stranger, relationship=items[0].relationship, role=Role.REVIEWER)
    assert "Sentence number 0." not in said(signed_in(stranger).get(reverse("reviews") + "?desk=gr-de"))
    assert "Sentence number 0." in said(signed_in(stranger).get(reverse("reviews") + "?desk=us-turkiye"))


@pytest.mark.parametrize("who", ["reader", "outsider"])
def test_who_sees_no_drafts_sees_no_queue(
    items: list[Review], request: pytest.FixtureRequest, signed_in: Callable[..., Client], who: str
) -> None:
    page = said(signed_in(request.getfixturevalue(who)).get(reverse("reviews")))
    assert "Sentence number" not in page
    assert "Nothing waits for you." in page


def test_the_lead_alone_sees_who_waited_how_long(
    items: list[Review], as_reviewer: Client, lead: User, desk: Relationship, signed_in: Callable[..., Client]
) -> None:
    assert "How long they wait" not in said(as_reviewer.get(at("review_queue", desk)))
    page = said(signed_in(lead).get(at("review_queue", desk)))
    table = page[page.index("How long they wait") :]
    assert "analyst" in table
    assert "5\N{NO-BREAK SPACE}days, 1\N{NO-BREAK SPACE}hour" in table
    assert "3\N{NO-BREAK SPACE}days, 1\N{NO-BREAK SPACE}hour" in table


@pytest.mark.parametrize("rows", [1, 30])
def test_the_queue_takes_the_same_queries_for_one_item_and_thirty(
    desk: Relationship,
    analyst: User,
    lead: User,
    reviewer: User,
    signed_in: Callable[..., Client],
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    document = factories.make_document(desk, analyst)
    issue = factories.make_issue(desk, author=analyst)
    for number in range(rows):
        review = factories.submitted(factories.make_statement(issue, analyst, document), analyst)
        claim(actor=reviewer, review=review)
        moved = factories.make_issue(desk, f"Issue {number}", author=analyst)
        evidence = factories.make_published(moved, analyst, reviewer, document=document)
        factories.propose(moved, analyst, [evidence])
    client = signed_in(lead)
    for url, queries in ((at("review_queue", desk), 9), (reverse("reviews"), 8)):
        client.get(url)  # her visit is noted once, not with every page
        with django_assert_num_queries(queries):
            assert client.get(url).status_code == 200


# One item after another


def test_after_a_decision_or_a_skip_the_next_item_comes_by_itself(items: list[Review], as_reviewer: Client) -> None:
    assert "1 of 5" in said(as_reviewer.get(url_of(items[0])))
    answer = as_reviewer.post(url_of(items[0]), decision(items[0], approve="1"))
    assert answer.headers["Location"] == url_of(items[1])
    answer = as_reviewer.post(url_of(items[1]), decision(items[1], skip="1"))
    assert answer.headers["Location"] == url_of(items[2])
    assert "2 of 4" in said(as_reviewer.get(url_of(items[2])))
    answer = as_reviewer.post(url_of(items[2]), {**decision(items[2], comment="Which?"), "return": "1"})
    assert answer.headers["Location"] == url_of(items[3])
    as_reviewer.post(url_of(items[3]), decision(items[3], approve="1"))
    answer = as_reviewer.post(url_of(items[4]), decision(items[4], approve="1"), follow=True)
    assert "That was the last of these." in said(answer)
    assert "Sentence number 1." in said(answer)


def test_the_way_stays_within_the_filters_and_passes_over_what_another_reads(
    items: list[Review], as_reviewer: Client, lead: User
) -> None:
    claim(actor=lead, review=items[1])
    query = "?age=3&all=1"
    assert "1 of 3" in said(as_reviewer.get(url_of(items[0]) + query))
    answer = as_reviewer.post(url_of(items[0]) + query, decision(items[0], approve="1"))
    assert answer.headers["Location"] == url_of(items[2]) + query
    answer = as_reviewer.post(url_of(items[2]) + query, decision(items[2], approve="1"))
    assert answer.headers["Location"] == reverse("reviews") + "?age=3"


def test_the_way_through_all_desks_leads_from_one_to_the_next(
    items: list[Review], as_reviewer: Client, reviewer: User
) -> None:
    other = factories.make_desk("gr-de", "GR", "DE")
    factories.DeskMembership.objects.create(user=reviewer, relationship=other, role=Role.REVIEWER)
    author = factories.make_user("author", other)
    theirs = factories.make_issue(other, "Their issue")
    statement = factories.make_statement(
        theirs, author, on_behalf_of=other.first_party,
        bearings=[factories.bearing_on(theirs, position_of=other.first_party)],
    )  # fmt: skip
    last = factories.submitted(statement, author)
    answer = as_reviewer.post(url_of(items[4]) + "?all=1", decision(items[4], approve="1"))
    assert answer.headers["Location"] == url_of(last) + "?all=1"
    answer = as_reviewer.post(url_of(items[3]), decision(items[3], skip="1"))
    assert answer.headers["Location"] == at("review_queue", items[3].relationship)


def test_opening_claims_and_leaving_lets_go(items: list[Review], as_reviewer: Client, as_analyst: Client) -> None:
    as_analyst.get(url_of(items[0]))
    as_reviewer.head(url_of(items[0]))
    assert not ReviewClaim.objects.exists()
    assert "being read by you" in said(as_reviewer.get(url_of(items[0])))
    assert "being read by reviewer" in said(as_analyst.get(at("review_queue", items[0].relationship)))
    answer = as_reviewer.post(url_of(items[0]), {"leave": "1"})
    assert answer.headers["Location"] == at("review_queue", items[0].relationship)
    assert not ReviewClaim.objects.exists()


def test_a_second_reviewer_is_warned_and_not_blocked(
    items: list[Review], as_reviewer: Client, lead: User, signed_in: Callable[..., Client]
) -> None:
    as_reviewer.get(url_of(items[0]))
    other = signed_in(lead)
    assert "Being read by reviewer since" in said(other.get(url_of(items[0])))
    assert other.post(url_of(items[0]), decision(items[0], approve="1")).status_code == 302
    typed = {**decision(items[0], comment="What I had typed."), "return": "1"}
    answer = as_reviewer.post(url_of(items[0]), typed)
    assert answer.status_code == 422
    assert "decided on this already" in said(answer)
    assert "What I had typed." in said(answer)
    assert url_of(items[1]) in said(answer)


# What is read


def test_what_is_unusual_is_told_and_the_usual_is_not(
    issue: Issue, analyst: User, reviewer: User, as_reviewer: Client, document: Any
) -> None:
    person = factories.make_person()
    office = person.mandates.get()
    plain = factories.make_statement(issue, analyst, document, credibility=1, speaker_person=person, mandate=office)
    page = said(as_reviewer.get(url_of(factories.submitted(plain, analyst))))
    for words in ("our reading", "no second source", "speaker not named", "a guess", "office", "moved in", "stronger"):
        assert words not in page.split("Check:")[1].split("</p>")[0], words
    odd = factories.make_statement(
        issue, analyst, document, earliest=document.date_published, latest=document.date_published,
        speaker_descriptor="Turkish diplomatic sources", basis="deep_background",
        bearings=[factories.bearing_on(issue, stated=False, position_of=issue.relationship.first_party)],
    )  # fmt: skip
    odd.bearings.update(intensity=-9)
    page = said(as_reviewer.get(url_of(factories.submitted(odd, analyst)))).split("Check:")[1].split("</p>")[0]
    for words in ("a guess?", "our reading", "no second source", "speaker not named", "never attribute",
                  "tells the other side", "milder or stronger"):  # fmt: skip
        assert words in page, words


def test_a_second_source_is_another_origin_of_the_claim(
    issue: Issue, analyst: User, reviewer: User, as_reviewer: Client
) -> None:
    review = factories.submitted(factories.make_statement(issue, analyst), analyst)
    assert "no second source" in said(as_reviewer.get(url_of(review)))
    factories.make_published(issue, analyst, reviewer)  # the same quote elsewhere
    assert "no second source" in said(as_reviewer.get(url_of(review)))
    document = factories.make_document(issue.relationship, analyst)
    own_words = [factories.passage_of(document, "He added that talks go on")]
    factories.make_published(issue, analyst, reviewer, document=document, passages=own_words)
    assert "no second source" not in said(as_reviewer.get(url_of(review)))


def test_a_passage_lost_in_a_better_copy_is_told(draft: Statement, analyst: User, as_reviewer: Client) -> None:
    from relations.actions.documents import add_capture

    review = factories.submitted(draft, analyst)
    assert "lost in a later copy" not in said(as_reviewer.get(url_of(review)))
    add_capture(actor=analyst, document=draft.document, text="Quite another text.")
    page = said(as_reviewer.get(url_of(review)))
    assert "passage lost in a later copy" in page
    assert "We want the sanctions lifted" in page


def test_a_status_change_tells_on_whose_evidence_it_rests(
    issue: Issue, analyst: User, published: Statement, as_reviewer: Client
) -> None:
    review = factories.propose(issue, analyst, [published])
    page = said(as_reviewer.get(url_of(review)))
    assert "on one side’s evidence" in page
    assert published.text in page


# What comes back


@pytest.fixture
def returned(draft: Statement, analyst: User, reviewer: User) -> Review:
    review = factories.submitted(draft, analyst)
    comments = [FieldComment("Which ones?", "text", "the sanctions"), FieldComment("Too short.", "passages")]
    return return_(actor=reviewer, review=review, revision=1, comment="Nearly there.", comments=comments)


def test_the_reviewer_returns_with_comments_at_fields(
    draft: Statement, analyst: User, as_reviewer: Client, as_analyst: Client
) -> None:
    review = factories.submitted(draft, analyst)
    typed = {
        **decision(review, comment=""),
        "return": "1",
        "comments-TOTAL_FORMS": "2",
        "comments-INITIAL_FORMS": "0",
        "comments-0-field": "text",
        "comments-0-words": "the moon",
        "comments-0-text": "Which ones?",
    }
    answer = as_reviewer.post(url_of(review), typed)
    assert answer.status_code == 422
    assert "These words do not stand in that field." in said(answer)
    assert "Which ones?" in said(answer)
    for wrong, why in (
        ({"comments-0-field": ""}, "Say which field"),
        ({"comments-0-text": ""}, "Say what should be changed."),
        ({"comments-0-field": "shoe_size"}, "not one of the available choices"),
        ({"comments-0-words": "bad\x00byte"}, "Null characters"),
        ({"comments-0-text": "x" * 100_000}, "at most"),
        ({"comments-TOTAL_FORMS": "many"}, "This form cannot be read."),
    ):
        answer = as_reviewer.post(url_of(review), {**typed, "comments-0-words": "", **wrong})
        assert answer.status_code == 422, wrong
        assert why in said(answer), wrong
    assert as_reviewer.post(url_of(review), {**typed, "comments-0-words": "the sanctions"}).status_code == 302
    page = said(as_analyst.get(draft.get_absolute_url()))
    assert "Returned by reviewer" in page
    assert "<mark>the sanctions</mark> Which ones?" in page


def test_the_author_finds_each_comment_at_its_field(returned: Review, draft: Statement, as_analyst: Client) -> None:
    page = said(as_analyst.get(at("statement_edit", draft.relationship, draft.ref)))
    assert "Nearly there." in page
    at_words = page[page.index('id="id_text_comments"') :][:400]
    assert "Which ones?" in at_words
    assert 'aria-describedby="id_text_helptext id_text_comments"' in page
    assert "Too short." in page


def test_a_comment_on_any_part_of_a_statement_stands_open_at_it(
    draft: Statement, analyst: User, reviewer: User, as_analyst: Client
) -> None:
    review = factories.submitted(draft, analyst)
    names = [name for name in Statement.read_fields() if name != "correction_note"]  # only a correction has one
    comments = [FieldComment(f"On {name}.", name) for name in names]
    return_(actor=reviewer, review=review, revision=1, comments=comments)
    page = said(as_analyst.get(at("statement_edit", draft.relationship, draft.ref)))
    page = page[page.index('id="answers"') :]
    for name in names:
        assert f"On {name}." in page, name
    assert 'aria-describedby="id_passages-0-words_helptext id_passages-0-words_comments"' in page
    assert 'id="id_bearings-0-issue_comments"' in page
    closed = re.findall(r'<details class="change[^>]*>(?:(?!</details>).)*', page, re.DOTALL)
    assert not [each for each in closed if "open" not in each[: each.index(">")] and "field__comments" in each]


def test_a_comment_on_one_of_several_passages_stands_at_that_one(
    draft: Statement, issue: Issue, analyst: User, reviewer: User, as_analyst: Client
) -> None:
    both = [factories.passage_of(draft.document), factories.passage_of(draft.document, "He added that talks go on")]
    save_statement(actor=analyst, statement=draft, passages=both, bearings=[factories.bearing_on(issue)], revision=1)
    review = factories.submitted(draft, analyst)
    comments = [FieldComment("Where else?", "passages", "talks go on")]
    return_(actor=reviewer, review=review, revision=2, comments=comments)
    page = said(as_analyst.get(at("statement_edit", draft.relationship, draft.ref)))
    assert "Where else?" in page[page.index('id="id_passages-1-words_comments"') :][:400]
    assert 'id="id_passages-0-words_comments"' not in page


def test_a_comment_on_the_evidence_of_a_move_stands_at_the_evidence(
    published: Statement, issue: Issue, analyst: User, reviewer: User, as_analyst: Client
) -> None:
    review = factories.propose(issue, analyst, [published])
    comments = [FieldComment("One more.", "evidence")]
    return_(actor=reviewer, review=review, revision=review.revision, comments=comments)
    page = said(as_analyst.get(at("status_change_edit", issue.relationship, review.subject.ref)))
    assert "One more." in page[page.index('id="id_evidence_comments"') :][:400]
    assert 'aria-describedby="id_evidence_helptext id_evidence_comments"' in page


def test_the_next_round_shows_what_moved_and_each_round_is_kept(
    draft: Statement, issue: Issue, analyst: User, reviewer: User, as_analyst: Client, as_reviewer: Client
) -> None:
    assert draft.speaker_person is not None
    draft.mandate = draft.speaker_person.mandates.get()  # which the form would fill in
    save_statement(
        actor=analyst, statement=draft, passages=[factories.passage_of(draft.document)],
        bearings=[factories.bearing_on(issue)], revision=1,
    )  # fmt: skip
    first = factories.submitted(draft, analyst)
    comments = [FieldComment("Which ones?", "text", "the sanctions"), FieldComment("Too short.", "passages")]
    return_(actor=reviewer, review=first, revision=2, comment="Nearly there.", comments=comments)
    typed = composed(
        issue, revision="2", submit="1", text="Türkiye wants the CAATSA sanctions lifted.",
        speaker_descriptor="", speaker_person=str(draft.speaker_person_id), earliest="2025-03-25",
    )  # fmt: skip
    assert as_analyst.post(at("statement_edit", draft.relationship, draft.ref), typed).status_code == 302
    review = Review.objects.open().get()
    page = said(as_reviewer.get(url_of(review)))
    assert "Since last round: 1 word changed" in page
    assert "CAATSA" in page[page.index("Since last round") :]
    assert "What reviewer asked for" in page
    as_reviewer.post(url_of(review), {**decision(review, comment="And the date?"), "return": "1"})
    page = said(as_analyst.get(draft.get_absolute_url()))
    for kept in ("And the date?", "Nearly there.", "Which ones?", "Too short."):
        assert kept in page
    assert "Which ones?" not in page[page.index("Returned by") : page.index("<figure")]


def test_readers_never_see_what_reviewers_said(
    returned: Review, draft: Statement, analyst: User, reviewer: User, as_reader: Client
) -> None:
    factories.publish(draft, analyst, reviewer)
    page = said(as_reader.get(draft.get_absolute_url()))
    assert draft.text in page
    assert "Which ones?" not in page
    assert "Nearly there." not in page
