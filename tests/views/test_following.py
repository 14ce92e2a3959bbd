"""Following, what one was told, the settings, feeds, and my work."""

import datetime
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from relations.actions.following import follow, make_feed_address, mark_read
from relations.actions.notes import save_note
from relations.actions.reviews import return_, withdraw_statement
from relations.actions.statements import correct_statement
from relations.models import (
    DeskMembership,
    DeskVisit,
    DigestSetting,
    FeedAddress,
    Issue,
    Note,
    Notification,
    Relationship,
    SavedView,
    Statement,
    User,
    Watch,
)
from tests import factories

pytestmark = pytest.mark.django_db


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# Following


def test_each_page_has_a_button_that_follows_and_one_that_ends_it(
    issue: Issue, published: Statement, as_reader: Client, reader: User
) -> None:
    for subject in (issue, published, published.speaker_person):
        assert subject is not None
        page = subject.get_absolute_url()
        assert '<input type="hidden" name="follow" value="1">' in words(as_reader.get(page))
        for _click in range(2):
            assert as_reader.post(f"{page}follow/", {"follow": "1"})["Location"] == page
        assert '<input type="hidden" name="follow" value="0">' in words(as_reader.get(page))
    assert Watch.objects.filter(user=reader).count() == 3
    as_reader.post(f"{issue.get_absolute_url()}follow/", {"follow": "0"})
    assert Watch.objects.filter(user=reader).count() == 2


def test_following_in_part_answers_with_the_button(
    issue: Issue, reader: User, signed_in: Callable[..., Client]
) -> None:
    url = f"{issue.get_absolute_url()}follow/"
    answer = signed_in(reader, htmx=True).post(url, {"follow": "1"})
    assert "<html" not in answer.content.decode()
    assert "Stop following" in answer.content.decode()
    assert f'hx-post="{url}"' in answer.content.decode()


@pytest.mark.parametrize("typed", [{}, {"follow": "2"}, {"follow": "\x00"}])
def test_a_form_that_cannot_be_read_follows_nothing(issue: Issue, as_reader: Client, typed: dict[str, str]) -> None:
    answer = as_reader.post(f"{issue.get_absolute_url()}follow/", typed, follow=True)
    assert "cannot be read" in answer.content.decode()
    assert not Watch.objects.exists()


def test_a_draft_or_anothers_view_cannot_be_followed_by_who_does_not_see_it(
    draft: Statement, analyst: User, as_reader: Client
) -> None:
    view = SavedView.objects.create(relationship=draft.relationship, owner=analyst, page="board", name="Mine")
    for url in (
        f"{draft.get_absolute_url()}follow/",
        reverse("view_follow", args=[draft.relationship.slug, view.ref]),
    ):
        assert as_reader.post(url, {"follow": "1"}).status_code == 404


def test_what_one_follows_is_listed_as_far_as_one_still_sees_it(
    issue: Issue, draft: Statement, analyst: User, as_analyst: Client
) -> None:
    view = SavedView.objects.create(
        relationship=issue.relationship, owner=analyst, page="board", name="Stalled ones", query="status=stalled"
    )
    for subject in (issue, draft, draft.speaker_person, view):
        follow(actor=analyst, subject=subject)  # type: ignore[arg-type]
    page = words(as_analyst.get(reverse("notification_settings")))
    for shown in (issue.title, str(draft), "Hakan Fidan", "Stalled ones", "/us-turkiye/?status=stalled"):
        assert shown in page
    DeskMembership.objects.filter(user=analyst).delete()
    page = words(as_analyst.get(reverse("notification_settings")))
    assert "Hakan Fidan" in page
    for hidden in (issue.title, str(draft), "Stalled ones"):
        assert hidden not in page


# What one was told


@pytest.fixture
def published(draft: Statement, analyst: User, reviewer: User) -> Statement:
    """Published by the actions, which tell it."""
    return factories.publish(draft, analyst, reviewer)


@pytest.fixture
def told_reader(issue: Issue, analyst: User, reviewer: User, reader: User) -> User:
    follow(actor=reader, subject=issue)
    for number in range(3):
        factories.make_told(issue, analyst, reviewer, text=f"Sentence {number}.")
    return reader


def test_what_stands_now_is_told_at_the_correction_and_not_at_what_was_told_before(
    corrected: Statement, as_analyst: Client
) -> None:
    page = words(as_analyst.get(reverse("notifications")))
    assert page.count("was published</b>") == 1
    assert page.count("was corrected</b>") == 1
    assert page.count("and now says:") == 1


def test_the_list_says_what_happened_by_whom_and_why_it_came(told_reader: User, as_reader: Client) -> None:
    page = words(as_reader.get(reverse("notifications")))
    assert "Sentence 2.</a> <b>was published</b>" in page
    assert "reviewer, " in page
    assert "because you follow the issue" in page


def test_a_correction_is_told_with_what_stands_now(
    told_reader: User, analyst: User, reviewer: User, as_reader: Client
) -> None:
    old = Statement.objects.get(text="Sentence 0.")
    draft = correct_statement(actor=analyst, statement=old)
    Statement.objects.filter(pk=draft.pk).update(text="Sentence nought.", revision=2)
    factories.publish(draft, analyst, reviewer)
    page = words(as_reader.get(reverse("notifications")))
    assert "Sentence 0.</a> <b>was corrected</b>" in page
    assert "Sentence nought." in page


def test_one_is_marked_read_or_all_that_stood_on_the_page(
    told_reader: User, issue: Issue, analyst: User, reviewer: User, as_reader: Client
) -> None:
    mine = Notification.objects.filter(user=told_reader)
    first, newest = mine.earliest("pk"), mine.latest("pk")
    assert '<b class="unread__number">3' in words(as_reader.get("/"))
    as_reader.post(reverse("notifications_read"), {"one": first.pk})
    assert '<b class="unread__number">2' in words(as_reader.get("/"))
    factories.make_told(issue, analyst, reviewer, text="It came meanwhile.")
    as_reader.post(reverse("notifications_read"), {"until": newest.pk})
    assert [str(row.statement) for row in mine.unread()] == ["It came meanwhile."]


def test_nobody_marks_anothers_read(told_reader: User, as_analyst: Client, analyst: User) -> None:
    theirs = Notification.objects.filter(user=told_reader)
    as_analyst.post(reverse("notifications_read"), {"one": theirs.earliest("pk").pk})
    mark_read(actor=analyst, until=theirs.latest("pk").pk)
    assert theirs.unread().count() == 3


@pytest.mark.parametrize("typed", [{"one": "x"}, {"one": "9" * 40}, {"until": "-1"}, {}])
def test_marking_what_is_none_marks_nothing(told_reader: User, as_reader: Client, typed: dict[str, str]) -> None:
    assert as_reader.post(reverse("notifications_read"), typed).status_code == 302
    assert Notification.objects.filter(user=told_reader).unread().count() == 3


def test_marking_in_part_answers_with_the_list_and_the_new_count(
    told_reader: User, signed_in: Callable[..., Client]
) -> None:
    newest = Notification.objects.filter(user=told_reader).latest("pk")
    answer = signed_in(told_reader, htmx=True).post(reverse("notifications_read"), {"until": newest.pk})
    page = words(answer)
    assert "<html" not in page
    assert "3 marked read." in page
    assert 'id="unread"' in page
    assert 'hx-swap-oob="true"' in page
    assert "unread__number" not in page


@pytest.mark.parametrize("rows", [1, 30])
def test_lists_take_the_same_queries_for_one_row_and_thirty(
    desk: Relationship, analyst: User, reviewer: User, reader: User, as_reader: Client,
    django_assert_num_queries: DjangoAssertNumQueries, rows: int,
) -> None:  # fmt: skip
    for number in range(rows):
        issue = factories.make_issue(desk, f"Issue {number}", author=analyst)
        follow(actor=reader, subject=issue)
        published = factories.make_published(issue, analyst, reviewer)
        follow(actor=reader, subject=published)
        factories.make_move(issue, analyst, reviewer, [published])
    for name, queries in (("notifications", 4), ("notification_settings", 9)):
        with django_assert_num_queries(queries):
            as_reader.get(reverse(name))


# Settings


def test_a_digest_is_chosen_and_an_unknown_one_refused(as_reader: Client, reader: User) -> None:
    url = reverse("notification_settings")
    as_reader.post(url, {"every": "weekly"})
    assert DigestSetting.objects.get().every == "weekly"
    answer = as_reader.post(url, {"every": "hourly"})
    assert answer.status_code == 422
    assert "not one of the available choices" in answer.content.decode()
    assert DigestSetting.objects.get().every == "weekly"


def test_a_feeds_address_is_shown_once_and_can_be_revoked(
    published: Statement, as_reader: Client, as_analyst: Client
) -> None:
    answer = as_reader.post(reverse("feed_address_new"), {"relationship": "us-turkiye"})
    assert answer.status_code == 201
    found = re.search(r"<code>http://127.0.0.1:8000(/feeds/([\w-]+)/us-turkiye/)</code>", words(answer))
    assert found
    path, key = found.groups()
    assert key not in words(as_reader.get(reverse("notification_settings")))
    stored = FeedAddress.objects.get()
    assert key not in stored.key_sha256
    assert Client().get(path).status_code == 200
    assert as_analyst.post(reverse("feed_address_revoke", args=[stored.pk])).status_code == 302
    assert Client().get(path).status_code == 200  # it is not hers to revoke
    as_reader.post(reverse("feed_address_revoke", args=[stored.pk]))
    assert Client().get(path).status_code == 404


def test_addresses_are_made_for_ones_own_desks_and_not_without_end(as_reader: Client, desk: Relationship) -> None:
    factories.make_desk("gr-de", "GR", "DE")
    url = reverse("feed_address_new")
    for wrong in ("gr-de", "nowhere", "", "\x00"):
        assert as_reader.post(url, {"relationship": wrong}).status_code == 422
    for _turn in range(10):
        assert as_reader.post(url, {"relationship": desk.slug}).status_code == 201
    answer = as_reader.post(url, {"relationship": desk.slug})
    assert answer.status_code == 422
    assert "Revoke one first." in answer.content.decode()


# Feeds


@pytest.fixture
def feed(desk: Relationship, reader: User) -> str:
    return reverse("feed", args=[make_feed_address(actor=reader, relationship=desk), desk.slug])


def test_a_feed_tells_what_was_published_with_whole_addresses(
    published: Statement, issue: Issue, analyst: User, reviewer: User, feed: str, settings: Settings
) -> None:
    settings.SITE_URL = "https://desk.example.org"
    factories.make_move(issue, analyst, reviewer, [published])
    answer = Client().get(feed)
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    text = answer.content.decode()
    assert f"https://desk.example.org{published.get_absolute_url()}" in text
    assert published.text in text
    assert "CAATSA sanctions: In talks, Improving" in text


def test_the_feed_of_an_issue_tells_of_that_issue_alone(
    published: Statement, issue: Issue, analyst: User, reviewer: User, feed: str
) -> None:
    other = factories.make_issue(issue.relationship, "Trade", "trade", author=analyst)
    factories.make_published(other, analyst, reviewer, text="On trade.")
    text = Client().get(f"{feed}issues/caatsa/").content.decode()
    assert published.text in text
    assert "On trade." not in text
    assert Client().get(f"{feed}issues/none/").status_code == 404


def test_a_feed_quotes_nothing_that_is_strictly_marked_or_withdrawn(
    issue: Issue, analyst: User, reviewer: User, feed: str
) -> None:
    guarded = factories.make_published(issue, analyst, reviewer, text="Among us.", marking="AMBER")
    factories.make_move(issue, analyst, reviewer, [guarded], rationale="As we heard.")
    gone = factories.make_published(issue, analyst, reviewer, text="It was wrong.")
    withdraw_statement(actor=reviewer, subject=gone, reason="Misheard.")
    text = Client().get(feed).content.decode()
    for secret in ("Among us.", "It was wrong.", "As we heard.", "In talks", "Misheard."):
        assert secret not in text
    for said in ("A statement was published", "A statement was withdrawn", "moved", guarded.get_absolute_url()):
        assert said in text


def test_a_feed_names_nobody_who_spoke_on_deep_background(
    issue: Issue, analyst: User, reviewer: User, feed: str
) -> None:
    factories.make_published(issue, analyst, reviewer, speaker_descriptor="an aide", basis="deep_background")
    text = Client().get(feed).content.decode()
    assert "Türkiye wants the sanctions lifted." in text
    assert "an aide" not in text


def test_a_feed_that_did_not_change_costs_no_body(
    published: Statement, issue: Issue, analyst: User, reviewer: User, feed: str
) -> None:
    first = Client().get(feed)
    assert first["Cache-Control"] == "private"
    again = Client().get(feed, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    factories.make_published(issue, analyst, reviewer, text="News.")
    assert Client().get(feed, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_when_a_feed_was_last_used_is_noted_to_the_hour(feed: str) -> None:
    Client().get(feed)
    noted = FeedAddress.objects.get().last_used_at
    assert noted is not None
    Client().get(feed)
    assert FeedAddress.objects.get().last_used_at == noted
    FeedAddress.objects.update(last_used_at=noted - datetime.timedelta(hours=2))
    Client().get(feed)
    assert FeedAddress.objects.get().last_used_at >= noted  # type: ignore[operator]


# Visits and my work


def away(user: User, **ago: int) -> None:
    """Let the user's last page at each desk be so long ago."""
    cache.clear()
    DeskVisit.objects.filter(user=user).update(last_at=timezone.now() - datetime.timedelta(**ago))


def test_a_move_whose_evidence_no_longer_stands_is_flagged_where_it_is_told(
    published: Statement, issue: Issue, analyst: User, reviewer: User, reader: User, as_reader: Client
) -> None:
    board, flag = reverse("board", args=["us-turkiye"]), "evidence no longer stands"
    as_reader.get(board)
    away(reader, hours=3)
    factories.make_move(issue, analyst, reviewer, [published])
    as_reader.get(board)
    pages = [reverse("home"), reverse("what_changed", args=["us-turkiye"])]
    assert not [url for url in pages if flag in words(as_reader.get(url))]
    withdraw_statement(actor=reviewer, subject=published, reason="Misheard.")
    assert [url for url in pages if flag in words(as_reader.get(url))] == pages


def test_what_moved_since_the_last_visit_is_told_until_the_next(
    published: Statement, issue: Issue, analyst: User, reviewer: User, reader: User, as_reader: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    board = reverse("board", args=["us-turkiye"])
    factories.make_move(issue, analyst, reviewer, [published])
    assert "since your visit" not in words(as_reader.get(board))  # the first visit: nothing to compare with
    away(reader, hours=3)
    factories.make_move(issue, analyst, reviewer, [published], to_status="stalled")
    assert "1 moved since your visit" in words(as_reader.get(board))
    assert "1 moved since your visit" in words(as_reader.get(board))  # the same visit still
    (moved,) = as_reader.get(reverse("what_changed", args=["us-turkiye"])).context["changed"].moved
    assert (moved.before.status, moved.after.status, len(moved.moves)) == ("open", "stalled", 2)
    away(reader, minutes=10)
    assert "1 moved since your visit" in words(as_reader.get(board))
    monkeypatch.setattr("relations.models.following.VISIT_ENDS_AFTER", datetime.timedelta())  # she left and is back
    assert "since your visit" not in words(as_reader.get(board))


def test_a_visit_is_noted_once_in_five_minutes_and_by_whole_pages_alone(
    issue: Issue, reader: User, as_reader: Client, signed_in: Callable[..., Client]
) -> None:
    board = reverse("board", args=["us-turkiye"])
    signed_in(reader, htmx=True).get(board)
    assert not DeskVisit.objects.exists()
    as_reader.get(board)
    noted = DeskVisit.objects.get()
    as_reader.get(issue.get_absolute_url())
    assert DeskVisit.objects.get().last_at == noted.last_at
    cache.clear()  # another process, which does not know: the database does
    as_reader.get(board)
    assert DeskVisit.objects.get().last_at == noted.last_at


def test_who_is_not_at_a_desk_makes_no_visit(
    desk: Relationship, outsider: User, signed_in: Callable[..., Client]
) -> None:
    assert signed_in(outsider).get(reverse("board", args=[desk.slug])).status_code == 404
    assert not DeskVisit.objects.exists()


def test_my_work_shows_what_waits_for_me_and_nothing_of_others(
    issue: Issue, analyst: User, reviewer: User, as_analyst: Client, as_reviewer: Client, as_reader: Client
) -> None:
    factories.make_statement(issue, analyst, text="A draft of mine.")
    returned = factories.submitted(factories.make_statement(issue, analyst, text="It came back."), analyst)
    return_(actor=reviewer, review=returned, revision=1, comment="Which sanctions?")
    factories.submitted(factories.make_statement(issue, analyst, text="It waits."), analyst)
    Issue.objects.filter(pk=issue.pk).update(
        owner=analyst, review_due=issue.relationship.today() - datetime.timedelta(days=1)
    )
    save_note(actor=reviewer, note=Note(relationship=issue.relationship, issue=issue, text="Look, @analyst."))
    mine = words(as_analyst.get(reverse("my_work")))
    for shown in ("A draft of mine.", "It came back.", "Which sanctions?", "review due", "Look, @analyst."):
        assert shown in mine
    assert "It waits." not in mine
    theirs = words(as_reviewer.get(reverse("my_work")))
    assert "It waits." in theirs
    for hidden in ("A draft of mine.", "It came back.", "Look, @analyst.", "review due"):
        assert hidden not in theirs
    assert "Nothing waits for you." in words(as_reader.get(reverse("my_work")))


def test_an_issue_is_due_once_its_day_is_past(issue: Issue, analyst: User, as_analyst: Client) -> None:
    Issue.objects.filter(pk=issue.pk).update(owner=analyst, review_due=issue.relationship.today())
    assert "past their review" not in words(as_analyst.get(reverse("my_work")))


@pytest.mark.parametrize("rows", [1, 30])
def test_my_work_takes_the_same_queries_for_one_row_and_thirty(
    desk: Relationship, analyst: User, reviewer: User, signed_in: Callable[..., Client],
    django_assert_num_queries: DjangoAssertNumQueries, rows: int,
) -> None:  # fmt: skip
    document = factories.make_document(desk, analyst)
    client = signed_in(reviewer)
    for number in range(rows):
        issue = factories.make_issue(
            desk, f"Issue {number}", author=analyst, owner=reviewer, review_due=datetime.date(2025, 1, 1)
        )
        factories.make_statement(issue, reviewer, document)
        back = factories.submitted(factories.make_statement(issue, reviewer, document), reviewer)
        return_(actor=analyst_as_reviewer(analyst), review=back, revision=back.revision, comment="When?")
        factories.submitted(factories.make_statement(issue, analyst, document), analyst)
        save_note(actor=analyst, note=Note(relationship=desk, issue=issue, text="@reviewer"))
    with django_assert_num_queries(10):
        client.get(reverse("my_work"))


def analyst_as_reviewer(analyst: User) -> User:
    DeskMembership.objects.filter(user=analyst).update(role="reviewer")
    return analyst


def test_names_are_told_apart_by_a_fresh_form_each_time(issue: Issue, as_analyst: Client) -> None:
    tokens = set(re.findall(r'name="token" value="([^"]+)"', words(as_analyst.get(issue.get_absolute_url()))))
    assert all(uuid.UUID(token) for token in tokens)
    assert len(tokens) >= 2
