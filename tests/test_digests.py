"""Digests: what they tell, to whom, when, and that no run of them loses or repeats a thing."""

import datetime
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone
from pytest_django.fixtures import Settings

from relations.actions.digests import due_digests, send_digest
from relations.actions.following import follow, mark_read, set_digest
from relations.actions.notes import save_note
from relations.actions.reviews import withdraw_statement
from relations.models import DeskMembership, DigestSetting, Issue, Note, Notification, Statement, User
from relations.reports.digests import write_digest
from tests import factories
from tests.test_concurrency import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(issue: Issue, analyst: User, reviewer: User) -> Statement:
    """Published by the actions, which tell it."""
    return factories.make_told(issue, analyst, reviewer)


@pytest.fixture
def subscriber(issue: Issue, reader: User, settings: Settings) -> User:
    settings.SITE_URL = "https://desk.example.org"
    User.objects.filter(pk=reader.pk).update(email="reader@example.org")
    reader.refresh_from_db()
    follow(actor=reader, subject=issue)
    set_digest(actor=reader, every="daily")
    return reader


def run() -> str:
    out = StringIO()
    call_command("send_digests", stdout=out)
    return out.getvalue()


def back_by(user: User, **ago: int) -> None:
    DigestSetting.objects.filter(user=user).update(sent_at=timezone.now() - datetime.timedelta(**ago))


def both_bodies(message: Any) -> list[str]:
    assert isinstance(message, EmailMultiAlternatives)
    return [str(message.body), str(message.alternatives[0].content)]


def test_a_digest_tells_in_text_and_html_what_happened_and_why_with_whole_addresses(
    subscriber: User, published: Statement
) -> None:
    assert "Sent 1 digest." in run()
    (message,) = mail.outbox
    assert message.to == ["reader@example.org"]
    assert message.subject == "Relations desk: 1 notification"
    for body in both_bodies(message):
        assert published.text in body
        assert f"https://desk.example.org{published.get_absolute_url()}" in body
        assert "because you follow the issue" in body
        assert "https://desk.example.org/notifications/settings/" in body


def test_a_second_run_sends_nothing_twice(subscriber: User, published: Statement) -> None:
    run()
    assert "Sent 0 digests." in run()
    back_by(subscriber, days=2)
    assert "Sent 0 digests." in run()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("every", "ago", "sends"),
    [("daily", {"hours": 19}, 0), ("daily", {"hours": 21}, 1), ("weekly", {"days": 6}, 0), ("weekly", {"days": 7}, 1),
     ("never", {"days": 70}, 0)],
)  # fmt: skip
def test_a_digest_comes_as_often_as_it_was_asked_for(
    subscriber: User, published: Statement, every: str, ago: dict[str, int], sends: int
) -> None:
    set_digest(actor=subscriber, every=every)
    back_by(subscriber, **ago)
    run()
    assert len(mail.outbox) == sends


def test_what_was_read_in_the_program_is_left_out(subscriber: User, published: Statement) -> None:
    mark_read(actor=subscriber, until=Notification.objects.latest("pk").pk)
    run()
    assert mail.outbox == []
    assert DigestSetting.objects.get().sent_at is None


def test_the_first_digest_tells_what_came_since_it_was_asked_for(
    subscriber: User, issue: Issue, analyst: User, reviewer: User
) -> None:
    set_digest(actor=subscriber, every="never")
    factories.make_told(issue, analyst, reviewer, text="Said before.")
    set_digest(actor=subscriber, every="weekly")
    factories.make_told(issue, analyst, reviewer, text="Said since.")
    set_digest(actor=subscriber, every="daily")  # more often, and what waits to be sent still is
    run()
    assert "Said since." in mail.outbox[0].body
    assert "Said before." not in mail.outbox[0].body
    assert Notification.objects.filter(user=subscriber).unread().count() == 2


def test_nothing_is_mailed_that_its_user_may_no_longer_see(subscriber: User, published: Statement) -> None:
    DeskMembership.objects.filter(user=subscriber).delete()
    run()
    assert mail.outbox == []


@pytest.mark.parametrize("how", [{"is_active": False}, {"email": ""}])
def test_who_cannot_be_written_to_is_passed_over(subscriber: User, published: Statement, how: dict[str, Any]) -> None:
    User.objects.filter(pk=subscriber.pk).update(**how)
    run()
    assert mail.outbox == []
    assert not Notification.objects.filter(user=subscriber, sent_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("marking", "quoted"), [("GREEN", True), ("AMBER", False), ("AMBER+STRICT", False), ("RED", False)]
)
def test_strictly_marked_words_are_not_mailed_but_their_kind_and_address(
    subscriber: User, issue: Issue, analyst: User, reviewer: User, marking: str, quoted: bool
) -> None:
    statement = factories.make_told(issue, analyst, reviewer, text="Among us.", marking=marking)
    factories.make_move(issue, analyst, reviewer, [statement])
    run()
    for body in both_bodies(mail.outbox[0]):
        assert ("Among us." in body) == ("In talks" in body) == quoted
        assert statement.get_absolute_url() in body
        assert "Statement" in body


def test_notes_drafts_and_what_no_longer_stands_are_not_quoted(
    subscriber: User, issue: Issue, analyst: User, reviewer: User
) -> None:
    DeskMembership.objects.filter(user=subscriber).update(role="reviewer")
    save_note(actor=analyst, note=Note(relationship=issue.relationship, issue=issue, text="Hush, @reader."))
    factories.submitted(factories.make_statement(issue, analyst, text="A draft."), analyst)
    gone = factories.make_told(issue, analyst, reviewer, text="It was wrong.")
    withdraw_statement(actor=reviewer, subject=gone, reason="Misheard.")
    run()
    for body in both_bodies(mail.outbox[0]):
        for secret in ("Hush", "A draft.", "It was wrong."):
            assert secret not in body
        for said in ("mentions you", "was sent to review", "was withdrawn"):
            assert said in body


class Broken(EmailMultiAlternatives):
    def send(self, fail_silently: bool = False) -> int:
        raise OSError("the mail server is down")


def test_a_mail_that_fails_loses_nothing_and_concerns_nobody_else(
    subscriber: User, issue: Issue, analyst: User, reviewer: User, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.filter(pk=lead.pk).update(email="lead@example.org")
    follow(actor=lead, subject=issue)
    set_digest(actor=lead, every="daily")
    factories.make_told(issue, analyst, reviewer)

    def write(user: User, notifications: Any) -> Any:
        message = write_digest(user, notifications)
        if user == subscriber and message is not None:
            message.__class__ = Broken
        return message

    monkeypatch.setattr("relations.management.commands.send_digests.write_digest", write)
    with pytest.raises(CommandError, match="the mail server is down"):
        run()
    assert [message.to for message in mail.outbox] == [["lead@example.org"]]
    assert Notification.objects.filter(user=subscriber, sent_at__isnull=True).exists()
    monkeypatch.undo()
    run()
    assert [message.to for message in mail.outbox] == [["lead@example.org"], ["reader@example.org"]]


# On real transactions


@pytest.fixture
def close_connections() -> Iterator[None]:
    yield
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_each_digest_once(
    close_connections: None, subscriber: User, published: Statement
) -> None:
    (setting,) = due_digests()
    sent: list[Any] = []

    class Slow(EmailMultiAlternatives):
        def send(self, fail_silently: bool = False) -> int:
            import time

            time.sleep(0.3)
            sent.append(self)
            return 1

    def write(user: User, notifications: Any) -> Any:
        message = write_digest(user, notifications)
        if message is not None:
            message.__class__ = Slow
        return message

    answers = at_once(*(lambda: send_digest(setting=setting, write=write) for _run in range(4)))
    assert sorted(answers) == [False, False, False, True]
    assert len(sent) == 1
    assert not send_digest(setting=setting, write=write)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_runs_at_once_would_send_twice(
    close_connections: None, subscriber: User, published: Statement
) -> None:
    sent: list[int] = []

    def naive() -> None:
        import time

        waiting = list(Notification.objects.filter(user=subscriber, sent_at__isnull=True))
        time.sleep(0.2)
        sent.append(len(waiting))
        Notification.objects.filter(pk__in=[row.pk for row in waiting]).update(sent_at=timezone.now())

    at_once(naive, naive)
    assert sent == [1, 1]  # the check sees what a naive version does
