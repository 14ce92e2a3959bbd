"""Small, valid pieces of a desk."""

import datetime
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pghistory
from django.apps import apps
from django.db import connection, transaction

from relations.actions.commitments import record_commitment
from relations.actions.documents import add_document
from relations.actions.issues import propose_status
from relations.actions.reviews import approve, submit
from relations.actions.statements import save_statement
from relations.choices import Decision, Extent, Role, StatementKind
from relations.models import (
    Bearing,
    Commitment,
    DeskMembership,
    Document,
    Issue,
    Mandate,
    Party,
    Passage,
    Person,
    Post,
    Publisher,
    Relationship,
    Review,
    Statement,
    StatusChange,
    User,
)
from relations.models.base import moment


@contextmanager
def clock(now: datetime.datetime) -> Iterator[None]:
    """Let it be `now` for the program meanwhile, so that something was published on an earlier day."""
    with mock.patch("django.utils.timezone.now", return_value=now):
        yield


_numbers = itertools.count(1)
PASSWORD = "correct horse battery"
DAY = datetime.date(2025, 3, 25)
TEXT = (
    "The minister said: “We want the sanctions lifted.” He added that talks go on. "
    "Talks go on, he said again. “Talks are good for both,” the spokesperson said."
)


def make_party(code: str, name: str) -> Party:
    return Party.objects.get_or_create(code=code, defaults={"name": name})[0]


def make_desk(slug: str = "us-turkiye", first: str = "US", second: str = "TR") -> Relationship:
    names = {"US": "United States", "TR": "Türkiye", "GR": "Greece", "DE": "Germany"}
    return Relationship.objects.create(
        slug=slug,
        first_party=make_party(first, names.get(first, first)),
        second_party=make_party(second, names.get(second, second)),
        time_zone="Europe/Istanbul",
    )


def make_user(username: str, desk: Relationship | None = None, role: str = Role.ANALYST, **fields: Any) -> User:
    user = User.objects.create_user(username, password=PASSWORD, **fields)
    if desk is not None:
        DeskMembership.objects.create(user=user, relationship=desk, role=role)
    return user


def make_issue(desk: Relationship, title: str = "CAATSA sanctions", slug: str = "", **fields: Any) -> Issue:
    author = fields.pop("author", None) or User.objects.filter(memberships__relationship=desk).first()
    return Issue.objects.create(
        relationship=desk,
        title=title,
        slug=slug or f"issue-{next(_numbers)}",
        author=author,
        edited_by=author,
        **fields,
    )


def make_person(name: str = "Hakan Fidan", party: str = "TR", post: str = "Foreign Minister") -> Person:
    person = Person.objects.create(name=name)
    office = Post.objects.create(name=post, party=make_party(party, party))
    Mandate.objects.create(
        person=person, post=office, start=datetime.date(2023, 6, 3), last_attested=datetime.date(2025, 3, 26)
    )
    return person


def make_document(desk: Relationship, actor: User, text: str = TEXT, **fields: Any) -> Document:
    number = next(_numbers)
    values: dict[str, Any] = {
        "title": f"Article {number}",
        "url": f"https://news.example.org/{number}",
        "date_published": datetime.date(2025, 3, 26),
        **fields,
    }
    extent = values.pop("extent", Extent.FULL)
    publisher = Publisher.objects.create(name=f"The Daily {number}")
    document = Document(relationship=desk, publisher=publisher, **values)
    return add_document(actor=actor, document=document, text=text, extent=extent)


def unsaved_statement(document: Document, **fields: Any) -> Statement:
    values: dict[str, Any] = {
        "text": "Türkiye wants the sanctions lifted.",
        "kind": StatementKind.PARAPHRASE,
        "earliest": DAY,
        "latest": DAY,
        "on_behalf_of": document.relationship.second_party,
        **fields,
    }
    if not {"speaker_person", "speaker_organisation", "speaker_descriptor"} & values.keys() and values["kind"] in (
        StatementKind.QUOTE,
        StatementKind.PARAPHRASE,
        StatementKind.READOUT,
    ):
        values["speaker_person"] = Person.objects.first() or make_person()
    return Statement(relationship=document.relationship, document=document, **values)


def passage_of(document: Document, words: str = "We want the sanctions lifted") -> Passage:
    capture = document.newest_capture()
    assert capture is not None
    start, end = next(iter(capture.places_of(words).items()))
    return Passage.anchored(capture, start, end)


def bearing_on(issue: Issue, act: str = "REQUEST", **fields: Any) -> Bearing:
    fields.setdefault("position_of", issue.relationship.second_party)
    return Bearing(issue=issue, act=act, intensity=Bearing.usual_intensity(act), **fields)


def make_statement(issue: Issue, actor: User, document: Document | None = None, **fields: Any) -> Statement:
    """Return a draft that could be submitted."""
    document = document or make_document(issue.relationship, actor)
    passages = fields.pop("passages", None) or [passage_of(document)]
    bearings = fields.pop("bearings", None) or [bearing_on(issue)]
    return save_statement(
        actor=actor, statement=unsaved_statement(document, **fields), passages=passages, bearings=bearings
    )


def submitted(subject: Any, actor: User) -> Review:
    subject.refresh_from_db()
    return submit(actor=actor, subject=subject, revision=subject.revision)


def publish(subject: Any, author: User, reviewer: User) -> Any:
    """Take a draft through review. Return it as published."""
    review = submitted(subject, author)
    approve(actor=reviewer, review=review, revision=subject.revision)
    subject.refresh_from_db()
    return subject


def make_published(issue: Issue, author: User, reviewer: User, **fields: Any) -> Statement:
    """Return a published statement, stored row by row as from a fixture: every rule holds, and nobody is told.

    Most tests need a few, and the actions would take a quarter of the suite's time.
    """
    document = fields.pop("document", None) or make_document(issue.relationship, author)
    passages = fields.pop("passages", None) or [passage_of(document)]
    bearings = fields.pop("bearings", None) or [bearing_on(issue)]
    statement = unsaved_statement(document, **fields)
    statement.author = statement.edited_by = author
    with transaction.atomic(), pghistory.context(user=author.pk, action="save_statement"):
        statement.created_at = statement.edited_at = sent_at = moment()
        statement.save(force_insert=True)
        for number, passage in enumerate(passages, start=1):
            passage.number = number
        for child in (*passages, *bearings):
            child.statement, child.relationship = statement, statement.relationship
            child.save(force_insert=True)
    with transaction.atomic(), pghistory.context(user=reviewer.pk, action="approve"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        statement.published_at = moment()
        Review.objects.create(
            relationship=statement.relationship, statement=statement, submitted_by=author, submitted_at=sent_at,
            decision=Decision.APPROVED, decided_by=reviewer, decided_at=statement.published_at,
        )  # fmt: skip
        Statement.objects.filter(pk=statement.pk).update(published_at=statement.published_at)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    statement.refresh_from_db()
    return statement


def make_told(issue: Issue, author: User, reviewer: User, **fields: Any) -> Statement:
    """Return a published statement that went through the actions, which tell whoever it concerns."""
    return publish(make_statement(issue, author, **fields), author, reviewer)


def propose(issue: Issue, actor: User, evidence: list[Statement], **fields: Any) -> Review:
    values: dict[str, Any] = {
        "to_status": "in_talks",
        "to_trend": "improving",
        "effective": DAY,
        "rationale": "Talks were announced.",
        **fields,
    }
    change = StatusChange(relationship=issue.relationship, issue=issue, **values)
    return propose_status(actor=actor, change=change, evidence=evidence)


def make_move(issue: Issue, author: User, reviewer: User, evidence: list[Statement], **fields: Any) -> StatusChange:
    review = propose(issue, author, evidence, **fields)
    approve(actor=reviewer, review=review, revision=review.revision)
    return StatusChange.objects.get(pk=review.status_change_id)


def last_version(row: Statement | StatusChange) -> int:
    """Return the record's number of the newest version of `row`."""
    event = row.pgh_event_model.objects.filter(pgh_obj=row.pk).order_by("-pgh_id").first()  # type: ignore[attr-defined]
    return int(event.pgh_id)


def rewritten(statement: Statement, actor: User, text: str, *, act: str = "REJECT", words: str = "") -> None:
    """Store the next revision of a draft with other words, another bearing and another passage."""
    issue = statement.bearings.first().issue  # type: ignore[union-attr]
    statement.refresh_from_db()
    statement.text = text
    save_statement(
        actor=actor,
        statement=statement,
        passages=[passage_of(statement.document, words or "He added that talks go on")],
        bearings=[bearing_on(issue, act)],
        revision=statement.revision,
    )


def make_commitment(statement: Statement, issue: Issue, actor: User, **fields: Any) -> Commitment:
    """Record what Türkiye is to do in April 2025, unless `fields` say otherwise."""
    values: dict[str, Any] = {
        "party": issue.relationship.second_party,
        "text": "Technical talks will be held.",
        "due_earliest": datetime.date(2025, 4, 1),
        "due_latest": datetime.date(2025, 4, 30),
        "due_precision": "month",
        **fields,
    }
    commitment = Commitment(relationship=issue.relationship, issue=issue, statement=statement, **values)
    return record_commitment(actor=actor, commitment=commitment)


def empty_database() -> None:
    """Empty the database of all but accounts, as an empty installation is; that history refuses it is put aside."""
    models = [m for m in apps.get_app_config("relations").get_models() if not hasattr(m, "pgh_tracked_model")]
    tables = ", ".join(model._meta.db_table for model in models if not model._meta.auto_created)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname) FROM pg_trigger "
            "WHERE tgname LIKE 'pgtrigger_no_truncate%'"
        )
        for (aside,) in cursor.fetchall():
            cursor.execute(aside)
        cursor.execute(f"TRUNCATE {tables} CASCADE")
