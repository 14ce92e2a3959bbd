"""Simultaneous writers on real transactions. Each check is shown to catch a naive version."""

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections

from relations.actions.claims import claim
from relations.actions.editing import save_edited
from relations.actions.refusal import Refused, Stale
from relations.actions.reviews import FieldComment, approve, return_, submit
from relations.actions.statements import save_statement
from relations.models import Document, Review, ReviewClaim, ReviewComment, Statement, User
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def close_connections() -> Iterator[None]:
    yield
    connections.close_all()


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads that start together. Return what each answered, or the refusal."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            barrier.wait(10)
            return call()
        except Refused as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def won(answers: list[Any]) -> int:
    return sum(not isinstance(answer, Refused) for answer in answers)


def naive_approve(*, actor: User, review: Review, **_rest: object) -> str:
    """Approve as one would without lock or rule: look, then write."""
    if Review.objects.get(pk=review.pk).decision:
        raise Refused("decided")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.05)")
    return f"approved by {actor}"


def test_of_two_simultaneous_approvals_exactly_one_wins_a_hundred_times(
    desk: Any, analyst: User, reviewer: User, lead: User
) -> None:
    issue = factories.make_issue(desk, author=analyst)
    document = factories.make_document(desk, analyst)
    reviews = [factories.submitted(factories.make_statement(issue, analyst, document), analyst) for _turn in range(100)]

    def pair(decide: Callable[..., Any], review: Review) -> list[Any]:
        return at_once(*(lambda who=who: decide(actor=who, review=review, revision=1) for who in (reviewer, lead)))

    assert won(pair(naive_approve, reviews[0])) == 2  # the check sees what a naive version does
    assert [won(pair(approve, review)) for review in reviews] == [1] * 100
    assert Statement.objects.standing().count() == 100


def test_of_two_documents_that_are_to_reprint_each_other_one_does(desk: Any, analyst: User) -> None:
    def reprint(document: Document, original: Document) -> Document:
        document.reprints = original
        return save_edited(actor=analyst, row=document, revision=1)

    for _turn in range(10):
        one, other = factories.make_document(desk, analyst), factories.make_document(desk, analyst)
        assert won(at_once(partial(reprint, one, other), partial(reprint, other, one))) == 1


def test_twenty_writers_on_one_draft_lose_no_acknowledged_edit(desk: Any, analyst: User) -> None:
    issue = factories.make_issue(desk, author=analyst)
    draft = factories.make_statement(issue, analyst)
    history = Statement.pgh_event_model.objects.filter(pgh_obj=draft.pk)

    def write(number: int) -> str:
        """Save as a person would: again over what stands, until it is taken."""
        text = f"Text of writer {number}."
        while True:
            mine = Statement.objects.get(pk=draft.pk)
            mine.text = text
            try:
                save_statement(
                    actor=analyst,
                    statement=mine,
                    passages=[factories.passage_of(draft.document)],
                    bearings=[factories.bearing_on(issue)],
                    revision=mine.revision,
                )
            except Stale:
                continue
            return text

    acknowledged = at_once(*(lambda number=number: write(number) for number in range(20)))
    texts = list(history.order_by("pgh_id").values_list("text", flat=True))
    revisions = list(history.order_by("pgh_id").values_list("revision", flat=True))
    assert set(acknowledged) <= set(texts)
    assert len(set(revisions)) == len(revisions) == 21
    assert Statement.objects.get(pk=draft.pk).text == texts[-1]


def test_without_the_revision_check_an_edit_over_another_goes_unnoticed(desk: Any, analyst: User) -> None:
    draft = factories.make_statement(factories.make_issue(desk, author=analyst), analyst)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'relations_statement'::regclass "
            "AND tgname LIKE 'pgtrigger_frozen%'"
        )
        (rule,) = cursor.fetchone()
        cursor.execute(f"ALTER TABLE relations_statement DISABLE TRIGGER {rule}")
    try:
        readings = [Statement.objects.get(pk=draft.pk) for _reader in range(2)]
        for number, mine in enumerate(readings):
            mine.text = f"Text of writer {number}."
            mine.save()
        assert Statement.objects.get(pk=draft.pk).text == "Text of writer 1."
        assert Statement.objects.get(pk=draft.pk).revision == 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE relations_statement ENABLE ALWAYS TRIGGER {rule}")


def test_one_form_sent_twice_at_once_submits_once(desk: Any, analyst: User) -> None:
    issue = factories.make_issue(desk, author=analyst)
    for _turn in range(10):
        draft = factories.make_statement(issue, analyst)
        token = uuid.uuid4()
        answers = at_once(
            *(partial(submit, actor=analyst, subject=draft, revision=1, token=token) for _click in range(2))
        )
        assert len({getattr(answer, "pk", answer) for answer in answers}) == 1
        assert Review.objects.filter(statement=draft).count() == 1


def test_of_two_reviewers_who_open_one_item_at_once_one_claims_it(
    desk: Any, analyst: User, reviewer: User, lead: User
) -> None:
    issue = factories.make_issue(desk, author=analyst)
    document = factories.make_document(desk, analyst)
    for _turn in range(20):
        review = factories.submitted(factories.make_statement(issue, analyst, document), analyst)
        claims = at_once(*(partial(claim, actor=who, review=review) for who in (reviewer, lead)))
        assert won(claims) == 2
        assert len({held.user_id for held in claims}) == 1
        assert ReviewClaim.objects.get(review=review).user_id == claims[0].user_id


def test_an_approval_and_a_return_at_once_decide_once_and_leave_no_comment_of_the_loser(
    desk: Any, analyst: User, reviewer: User, lead: User
) -> None:
    issue = factories.make_issue(desk, author=analyst)
    document = factories.make_document(desk, analyst)
    for _turn in range(20):
        review = factories.submitted(factories.make_statement(issue, analyst, document), analyst)
        claim(actor=reviewer, review=review)
        answers = at_once(
            partial(approve, actor=reviewer, review=review, revision=1),
            partial(return_, actor=lead, review=review, revision=1, comments=[FieldComment("Which ones?", "text")]),
            partial(claim, actor=lead, review=review),
        )
        assert won(answers[:2]) == 1
        review.refresh_from_db()
        assert ReviewComment.objects.filter(review=review).count() == (review.decision == "returned")
        assert not ReviewClaim.objects.filter(review=review).exists()
