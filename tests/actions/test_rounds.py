"""A round of review: comments at fields, claims, and what moved since (issue 4, R3, R5)."""

import datetime

import pytest
from django.utils import timezone

from relations.access import NotAllowed
from relations.actions.claims import claim, release
from relations.actions.refusal import Refused
from relations.actions.reviews import FieldComment, approve, return_
from relations.choices import Role
from relations.models import Issue, Relationship, Review, ReviewClaim, ReviewComment, Statement, User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(draft: Statement, analyst: User) -> Review:
    return factories.submitted(draft, analyst)


# Comments at fields


def test_a_return_keeps_its_comments_at_their_fields_in_order(review: Review, reviewer: User) -> None:
    said = [
        FieldComment("Which sanctions?", "text", "the  sanctions"),
        FieldComment("Too short.", "passages", "We want the sanctions"),
        FieldComment("Is this a request?", "bearings"),
    ]
    return_(actor=reviewer, review=review, revision=1, comment="Nearly.", comments=said)
    kept = ReviewComment.objects.filter(review=review).values_list("number", "field", "words", "text")
    assert list(kept) == [
        (1, "text", "the  sanctions", "Which sanctions?"),
        (2, "passages", "We want the sanctions", "Too short."),
        (3, "bearings", "", "Is this a request?"),
    ]


def test_comments_at_fields_are_comment_enough(review: Review, reviewer: User) -> None:
    return_(actor=reviewer, review=review, revision=1, comments=[FieldComment("Which ones?", "text")])
    review.refresh_from_db()
    assert review.comment == "See the comments at the fields."


@pytest.mark.parametrize(
    ("comments", "said"),
    [
        ([], "Say what should be changed"),
        ([FieldComment("  ", "text")], "Say what should be changed"),
        ([FieldComment("Why?", "shoe_size")], "no such field"),
        ([FieldComment("Why?", "relationship")], "no such field"),
        ([FieldComment("Why?", "text", "words of another")], "does not stand"),
        ([FieldComment("Why?", "passages", "words of another")], "does not stand"),
    ],
)
def test_a_comment_that_is_about_nothing_is_refused_and_returns_nothing(
    review: Review, reviewer: User, comments: list[FieldComment], said: str
) -> None:
    good = [FieldComment("Which sanctions?", "text", "sanctions")] if comments else []
    with pytest.raises(Refused, match=said):
        return_(actor=reviewer, review=review, revision=1, comments=[*good, *comments])
    review.refresh_from_db()
    assert review.decision == ""
    assert not ReviewComment.objects.exists()


def test_what_is_chosen_and_not_written_may_be_commented_in_any_words(review: Review, reviewer: User) -> None:
    return_(actor=reviewer, review=review, revision=1, comments=[FieldComment("A quote?", "kind", "In other words")])
    assert ReviewComment.objects.get().label == "Kind"


def test_a_status_change_comes_back_with_comments_the_same_way(
    issue: Issue, analyst: User, reviewer: User, published: Statement
) -> None:
    review = factories.propose(issue, analyst, [published])
    comments = [FieldComment("By whom?", "rationale", "were announced"), FieldComment("One side only.", "evidence")]
    return_(actor=reviewer, review=review, revision=1, comments=comments)
    assert [each.label for each in ReviewComment.objects.filter(review=review)] == ["Why", "Evidence"]


# Claims


def test_a_claim_is_renewed_by_its_reader_and_others_see_whose_it_is(
    review: Review, reviewer: User, lead: User
) -> None:
    first = claim(actor=reviewer, review=review)
    ReviewClaim.objects.update(renewed_at=timezone.now() - datetime.timedelta(minutes=10))
    assert claim(actor=lead, review=review).user == reviewer
    again = claim(actor=reviewer, review=review)
    assert again.pk == first.pk
    assert again.renewed_at > timezone.now() - datetime.timedelta(minutes=1)


def test_a_claim_left_open_expires_and_the_next_reader_takes_it(review: Review, reviewer: User, lead: User) -> None:
    claim(actor=reviewer, review=review)
    ReviewClaim.objects.update(renewed_at=timezone.now() - datetime.timedelta(minutes=16))
    assert not ReviewClaim.objects.live().exists()
    assert claim(actor=lead, review=review).user == lead


def test_a_reader_lets_go_of_her_own_claim_alone(review: Review, reviewer: User, lead: User) -> None:
    claim(actor=reviewer, review=review)
    release(actor=lead, review=review)
    assert ReviewClaim.objects.get().user == reviewer
    release(actor=reviewer, review=review)
    assert not ReviewClaim.objects.exists()


def test_a_claim_hinders_nobody_and_ends_with_the_decision(review: Review, reviewer: User, lead: User) -> None:
    claim(actor=reviewer, review=review)
    approve(actor=lead, review=review, revision=1)
    assert not ReviewClaim.objects.exists()
    with pytest.raises(Refused, match="decided already"):
        claim(actor=reviewer, review=review)


def test_who_may_not_decide_claims_nothing(review: Review, analyst: User, desk: Relationship) -> None:
    with pytest.raises(NotAllowed):
        claim(actor=analyst, review=review)
    foreigner = factories.make_user("foreigner", factories.make_desk("gr-de", "GR", "DE"), Role.LEAD)
    with pytest.raises(NotAllowed):
        claim(actor=foreigner, review=review)
    author = factories.make_user("author", desk, Role.LEAD)
    own = factories.submitted(factories.make_statement(factories.make_issue(desk), author), author)
    with pytest.raises(Refused, match="someone else"):
        claim(actor=author, review=own)
    assert not ReviewClaim.objects.exists()
