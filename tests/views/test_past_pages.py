"""The desk's own pages as of a past day (R9): home, the queue, notes, histories, saved views, feeds and the calendar."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from relations.actions.commitments import settle_commitment
from relations.actions.editing import save_edited
from relations.actions.following import make_feed_address
from relations.actions.notes import remove_note, save_note
from relations.actions.reviews import approve, withdraw_statement
from relations.models import Issue, Meeting, Note, Relationship, SavedView, Statement, User
from relations.models.moments import NOW, Moment
from relations.reports.history import history_page
from relations.reports.issue_page import issue_page, issue_record
from tests import factories

pytestmark = pytest.mark.django_db

KNOWN = {"known": "2025-03-26"}


def on(day: int) -> Any:
    return factories.clock(datetime.datetime(2025, 3, day, 12, tzinfo=datetime.UTC))


def shown(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture
def weeks(desk: Relationship, analyst: User, reviewer: User) -> dict[str, Any]:
    """A desk that on 26 March published, met and sent to review, and two days later withdrew, approved and sent more."""
    with on(26):
        issue = factories.make_issue(desk, slug="caatsa", author=analyst)
        early = factories.make_published(issue, analyst, reviewer, text="Words of the first day.")
        sent = factories.submitted(factories.make_statement(issue, analyst, text="Sent on the first day."), analyst)
        Meeting.objects.create(
            relationship=desk, title="Talks in Ankara", state="scheduled", earliest="2025-03-27", latest="2025-03-27",
            author=analyst, edited_by=analyst,
        )  # fmt: skip
    with on(28):
        withdraw_statement(actor=reviewer, subject=early, reason="Wrong.")
        approve(actor=reviewer, review=sent, revision=sent.revision)
        factories.submitted(factories.make_statement(issue, analyst, text="Sent later."), analyst)
        Meeting.objects.filter(title="Talks in Ankara").update(state="held", revision=2)
    return {"issue": issue, "early": early, "sent": sent}


def test_home_shows_what_changed_waited_and_lay_ahead_that_day(weeks: dict[str, Any], as_reviewer: Client) -> None:
    page = shown(as_reviewer.get("/", KNOWN))
    assert "Sent on the first day." in page
    assert "Sent later." not in page
    assert "1 new statement" in page
    assert "withdrawal" not in page
    assert "Talks in Ankara" in page
    assert "Drafts and passages to settle are left out" in page
    now = shown(as_reviewer.get("/"))
    assert "Sent later." in now
    assert "Talks in Ankara" not in now


def test_the_queue_holds_what_waited_that_day(weeks: dict[str, Any], as_reviewer: Client) -> None:
    for url in (reverse("review_queue", args=["us-turkiye"]), reverse("reviews")):
        page = shown(as_reviewer.get(url, KNOWN))
        assert "Sent on the first day." in page
        assert "Sent later." not in page
        assert "Sent on the first day." not in shown(as_reviewer.get(url))


def test_words_written_anew_since_are_not_shown_as_those_that_waited(
    weeks: dict[str, Any], as_reviewer: Client
) -> None:
    with on(29):
        Statement.objects.filter(text="Sent later.").update(edited_at=datetime.datetime.now(datetime.UTC), revision=9)
    page = shown(as_reviewer.get(reverse("review_queue", args=["us-turkiye"]), {"known": "2025-03-28"}))
    assert "Sent later." not in page
    assert "Words that were written anew since" in page


def test_one_review_is_of_today_and_its_refusal_says_where_to_look(weeks: dict[str, Any], as_reviewer: Client) -> None:
    answer = as_reviewer.get(reverse("review", args=["us-turkiye", weeks["sent"].ref]), KNOWN)
    assert answer.status_code == 403
    assert "is in the queue of that day" in answer.content.decode()


def test_notes_are_as_they_had_been_written_by_then(
    desk: Relationship, analyst: User, as_analyst: Client, as_reader: Client
) -> None:
    """The record of this test begins today, so what a note said at first stands for what it said before."""
    with on(26):
        issue = factories.make_issue(desk, author=analyst)
        note = save_note(actor=analyst, note=Note(relationship=desk, issue=issue, text="As first noted."))
        gone = save_note(actor=analyst, note=Note(relationship=desk, issue=issue, text="Taken away since."))
    with on(28):
        note.text = "As noted again."
        save_note(actor=analyst, note=note, revision=note.revision)
        remove_note(actor=analyst, note=gone)
        save_note(actor=analyst, note=Note(relationship=desk, issue=issue, text="A later note."))
    page = shown(as_analyst.get(issue.get_absolute_url(), KNOWN))
    assert "As first noted." in page
    assert "Taken away since." in page
    assert "As noted again." not in page
    assert "A later note." not in page
    today = {"known": desk.today().isoformat()}
    page = shown(as_analyst.get(issue.get_absolute_url(), today))
    assert "As noted again." in page
    assert "Taken away since." not in page
    assert "As noted again." not in shown(as_reader.get(issue.get_absolute_url(), today))


def test_the_way_to_a_note_keeps_the_day(desk: Relationship, analyst: User, as_analyst: Client) -> None:
    with on(26):
        issue = factories.make_issue(desk, author=analyst)
        note = save_note(actor=analyst, note=Note(relationship=desk, issue=issue, text="Noted."))
    url = reverse("note", args=[desk.slug, note.ref])
    assert as_analyst.get(url, KNOWN)["Location"] == f"{issue.get_absolute_url()}?known=2025-03-26#note-{note.ref}"
    assert as_analyst.get(url, {"known": "2025-03-25"}).status_code == 404


def test_a_history_ends_with_the_day(issue: Issue, as_analyst: Client) -> None:
    [entry] = history_page(issue).entries
    assert history_page(issue, until=entry.at).entries == []
    assert history_page(issue, until=entry.at + datetime.timedelta(milliseconds=1)).entries == [entry]
    url = reverse("issue_history", args=[issue.relationship.slug, issue.slug])
    assert as_analyst.get(url, KNOWN).status_code == 404
    page = shown(as_analyst.get(url, {"known": issue.relationship.today().isoformat()}))
    assert "Added" in page
    assert "Return to this version" not in page


def test_a_saved_view_opens_its_list_as_of_the_day_and_is_left_alone(desk: Relationship, as_analyst: Client) -> None:
    analyst = User.objects.get(username="analyst")
    view = SavedView.objects.create(
        relationship=desk, owner=analyst, page="board", name="Critical", query="impact=critical"
    )
    page = shown(as_analyst.get(reverse("saved_view_list", args=[desk.slug]), KNOWN))
    assert 'href="/us-turkiye/?impact=critical&amp;known=2025-03-26"' in page
    for name in ("saved_view_edit", "saved_view_default", "saved_view_remove", "view_follow"):
        assert as_analyst.post(f"{reverse(name, args=[desk.slug, view.ref])}?known=2025-03-26").status_code == 403


def test_a_feed_of_a_past_day_tells_what_was_known_and_says_so(
    weeks: dict[str, Any], desk: Relationship, reader: User
) -> None:
    key = make_feed_address(actor=reader, relationship=desk)
    for url in (reverse("feed", args=[key, desk.slug]), reverse("issue_feed", args=[key, desk.slug, "caatsa"])):
        feed = shown(Client().get(url, KNOWN))
        assert "Words of the first day." in feed
        assert "was withdrawn" not in feed
        assert "Sent on the first day." not in feed
        assert "as known by 26 Mar 2025" in feed
        assert f"{weeks['early'].get_absolute_url()}?known=2025-03-26" in feed
        assert "was withdrawn" in shown(Client().get(url))
    assert Client().get(url, {"known": "2999-01-01"}).status_code == 422


def test_a_calendar_of_a_past_day_holds_the_meetings_as_they_lay_ahead(
    weeks: dict[str, Any], desk: Relationship, reader: User
) -> None:
    url = reverse("meeting_feed", args=[make_feed_address(actor=reader, relationship=desk), desk.slug])
    calendar = shown(Client().get(url, KNOWN)).replace("\r\n ", "")
    assert "Talks\\, Scheduled." in calendar
    assert "as known by 26 Mar 2025" in calendar
    assert "Talks in Ankara" not in shown(Client().get(url, {"known": "2025-03-25"}))


def test_what_was_settled_later_stands_among_the_open_ones(
    weeks: dict[str, Any], analyst: User, reviewer: User
) -> None:
    desk, issue = weeks["issue"].relationship, weeks["issue"]
    with on(26):
        said, shows = (factories.make_published(issue, analyst, reviewer) for _each in range(2))
        dates = [datetime.date(2025, 4, day) for day in (1, 2)]
        first, second = (
            factories.make_commitment(said, issue, analyst, due_earliest=day, due_latest=day) for day in dates
        )
    with on(28):
        settle_commitment(
            actor=analyst, commitment=first, revision=first.revision, state="kept", settled_by=shows,
            settled_on=datetime.date(2025, 3, 28), note="",
        )  # fmt: skip

    def order(at: Moment) -> list[int]:
        row = Issue.objects.with_standing(at).get(pk=issue.pk)
        page = issue_page(analyst, row, issue_record(analyst, row, at=at), at)
        return [each.pk for each in page.commitments]

    assert order(Moment(known=datetime.date(2025, 3, 26), time_zone=desk.time_zone)) == [first.pk, second.pk]
    assert order(NOW) == [second.pk, first.pk]


def test_an_issues_page_says_what_was_recorded_of_it_by_then(
    desk: Relationship, analyst: User, as_reader: Client
) -> None:
    with on(26):
        issue = factories.make_issue(desk, "As first named", slug="caatsa", author=analyst, summary="As first told.")
    with on(28):
        issue.title, issue.summary = "Named anew", "Told anew."
        save_edited(actor=analyst, row=issue, revision=issue.revision)
    page = shown(as_reader.get(issue.get_absolute_url(), KNOWN))
    assert "As first told." in page
    assert "As first named" in page
    assert "anew" not in page
    assert "what had been recorded by then" in page
    page = shown(as_reader.get(issue.get_absolute_url(), {"known": desk.today().isoformat()}))
    assert "Told anew." in page


def test_a_meetings_page_says_what_was_recorded_of_it_by_then(
    desk: Relationship, analyst: User, as_reader: Client
) -> None:
    with on(26):
        talks = Meeting.objects.create(
            relationship=desk, title="Talks", state="scheduled", place="Ankara", author=analyst, edited_by=analyst
        )
        early = factories.make_issue(desk, "Known then", author=analyst)
        talks.participants.create(relationship=desk, party=desk.first_party, descriptor="Delegation")
        talks.agenda.create(relationship=desk, issue=early)
    with on(28):
        talks.agenda.create(relationship=desk, issue=factories.make_issue(desk, "Opened since", author=analyst))
        Meeting.objects.filter(pk=talks.pk).update(place="Antalya", revision=2)
    page = shown(as_reader.get(talks.get_absolute_url(), KNOWN))
    assert "Ankara" in page
    assert "Antalya" not in page
    assert "Delegation" in page
    assert "Known then" in page
    assert "Opened since" not in page
