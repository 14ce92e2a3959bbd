"""The server ended in mid-save: everything of the save is there afterwards, or nothing; sent again it is there once."""

import json
import random
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.core.files.base import ContentFile
from django.db import connection, connections
from django.urls import reverse

from relations.actions.originals import set_aside
from relations.actions.statements import correct_statement
from relations.choices import Role
from relations.models import Issue, Relationship, Review, Statement, User
from tests import factories
from tests.serving import PATIENCE, Served, backends, settle, wait_until
from tests.views.test_pages import composed

pytestmark = pytest.mark.django_db(transaction=True)

Post = Callable[[], int]
Counts = dict[str, int]


def held() -> Counts:
    """Return how many rows every table of ours holds, the history's too: what a save leaves, whatever it is."""
    tables = [table for table in connection.introspection.table_names() if table.startswith("relations_")]
    counts = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(counts)
        return dict(cursor.fetchall())


def more(before: Counts, after: Counts) -> Counts:
    return {table.removeprefix("relations_"): n for table in after if (n := after[table] - before[table])}


@contextmanager
def stopped_at(table: str) -> Iterator[None]:
    """Let no save write to `table`: one that does waits there, half done. Reading goes on."""
    holder = connection.copy()
    with holder.cursor() as cursor:
        cursor.execute("SET application_name = 'holder'")
        cursor.execute("BEGIN")
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
            cursor.execute("RESET application_name")
            holder.close()  # back into the pool, which has eight


@contextmanager
def under_way(post: Post) -> Iterator[Future[int]]:
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(in_thread, post)


def in_thread(post: Post) -> int:
    try:
        return post()
    finally:
        connections.close_all()


def end_in_mid_save(post: Post, table: str, end: Callable[[], None]) -> None:
    """Have the save come to `table`, end what runs it there, and find that it left nothing."""
    before = held()
    with stopped_at(table):
        with under_way(post) as answer:
            wait_until(lambda: backends("wait_event_type = 'Lock'"))
            end()
            assert answer.result(PATIENCE) in (0, 500)
        assert more(before, held()) == {}
    settle()
    assert more(before, held()) == {}, f"stopped at {table}"


def sent_again(post: Post) -> Counts:
    """Send the form again, and once more. Return what that left: the same as if it had been sent once."""
    before = held()
    assert post() == 302
    once = held()
    assert post() == 302
    assert more(once, held()) == {}
    return more(before, once)


def end_backend() -> None:
    """End PostgreSQL's own process that runs the save."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", backends("wait_event_type = 'Lock'"))


@pytest.fixture
def statement_post(served: Served, desk: Relationship, analyst: User, issue: Issue) -> Callable[[], Post]:
    """Return what makes posts of a new statement, with its passage and bearing, straight to review."""
    factories.make_user("reviewer", desk, Role.REVIEWER)
    document = factories.make_document(desk, analyst)
    address = f"{reverse('statement_new', args=[desk.slug])}?document={document.ref}"

    def make() -> Post:
        fields = composed(issue, submit="anyway")
        return lambda: served.post(analyst, address, fields)

    return make


ALL_OF_A_STATEMENT = {
    "statement": 1, "statementevent": 1, "passage": 1, "passageevent": 1, "bearing": 1, "bearingevent": 1,
    "review": 1, "reviewevent": 1, "contribution": 1, "contributionevent": 1, "notification": 1, "idempotencykey": 1,
    "searchentry": 1, "issuestatement": 1,
}  # fmt: skip


def test_a_save_ended_half_way_leaves_nothing_and_sent_again_is_there_once(
    served: Served, statement_post: Callable[[], Post]
) -> None:
    for table, end in (
        ("relations_passage", served.kill_worker),
        ("relations_bearingevent", end_backend),
        ("relations_notification", served.kill_worker),
    ):
        post = statement_post()
        end_in_mid_save(post, table, end)
        assert sent_again(post) == ALL_OF_A_STATEMENT


def test_an_approval_ended_half_way_publishes_nothing_and_sent_again_publishes_once(
    served: Served, desk: Relationship, analyst: User, reviewer: User, issue: Issue
) -> None:
    published = factories.make_published(issue, analyst, reviewer)
    draft = correct_statement(actor=analyst, statement=published)
    factories.rewritten(draft, analyst, "Wants them gone.")
    draft.refresh_from_db()
    review = factories.submitted(draft, analyst)
    decision = {"token": str(uuid.uuid4()), "revision": str(draft.revision), "comment": "", "approve": "1"}
    address = reverse("review", args=[desk.slug, review.ref])

    def post() -> int:
        return served.post(reviewer, address, decision)

    end_in_mid_save(post, "relations_notification", served.kill_worker)
    end_in_mid_save(post, "relations_statementevent", end_backend)
    assert Review.objects.get(pk=review.pk).decision == ""
    assert sent_again(post) == {
        "reviewevent": 1, "statementevent": 2, "notification": 1, "idempotencykey": 1, "publishedbearing": 1,
    }  # fmt: skip
    assert [each.text for each in Statement.objects.standing()] == ["Wants them gone."]


def test_an_import_ended_half_way_stores_no_document_and_sent_again_stores_each_once(
    served: Served, desk: Relationship, analyst: User
) -> None:
    lines = [
        {
            "doc_id": f"call-{n}",
            "date": "2025-03-26",
            "url": f"https://www.example.org/{n}",
            "text": f"Text number {n}.",
        }
        for n in range(300)  # more than are stored at once
    ]
    address = reverse("document_import", args=[desk.slug])

    def post() -> int:
        file = ContentFile("\n".join(map(json.dumps, lines)).encode(), "many.jsonl")
        handle = set_aside(actor=analyst, relationship=desk, file=file)
        return served.post(analyst, address, {"upload": handle, "confirm": "1", "marking": "CLEAR"})

    end_in_mid_save(post, "relations_capture", served.kill_worker)
    assert sent_again(post) == {
        "document": 300, "documentevent": 300, "capture": 300, "captureevent": 300, "publisher": 1, "publisherevent": 1,
        "searchentry": 300,
    }  # fmt: skip


def test_ended_at_any_moment_a_save_is_there_whole_or_not_at_all(
    served: Served, statement_post: Callable[[], Post]
) -> None:
    assert statement_post()() == 302
    started = time.monotonic()
    assert statement_post()() == 302
    seconds = time.monotonic() - started  # how long one takes tells the moments
    seed = random.randrange(10_000)
    print(f"moments from seed {seed}, within {seconds:.2f} s")
    moments = random.Random(seed)
    for _turn in range(4):
        before, post = held(), statement_post()
        with under_way(post) as answer:
            time.sleep(moments.uniform(0, seconds * 1.2))
            served.kill_worker()
            answered = answer.result(PATIENCE)
        settle()
        left = more(before, held())
        assert left in ({}, ALL_OF_A_STATEMENT), f"seed {seed}"
        assert left or answered != 302, f"seed {seed}"
        assert post() == 302
        assert more(before, held()) == ALL_OF_A_STATEMENT, f"seed {seed}"
