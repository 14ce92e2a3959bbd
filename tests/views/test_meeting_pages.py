"""A meeting's readouts side by side, its place in calendars, and how pages are cited."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from relations.actions.following import make_feed_address
from relations.models import AgendaItem, Issue, Meeting, Relationship, Statement, User
from tests import factories

pytestmark = pytest.mark.django_db


def said(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def meeting(desk: Relationship, analyst: User) -> Meeting:
    return Meeting.objects.create(
        relationship=desk, title="T" * 200, state="held", earliest=factories.DAY, latest=factories.DAY,
        author=analyst, edited_by=analyst,
    )  # fmt: skip


def url_of(meeting: Meeting) -> str:
    return reverse("meeting_readouts", args=[meeting.relationship.slug, meeting.ref])


def test_a_meeting_of_which_nothing_is_known_says_so(meeting: Meeting, as_reader: Client, as_analyst: Client) -> None:
    assert f'href="{url_of(meeting)}"' in said(as_reader.get(meeting.get_absolute_url()))
    page = said(as_reader.get(url_of(meeting)))
    assert "No agenda and no published statement from this meeting yet." in page
    assert "Edit the meeting" not in page
    assert "Edit the meeting" in said(as_analyst.get(url_of(meeting)))
    assert f"<title>{'T' * 200}: readouts side by side" in page


def test_what_one_side_alone_mentions_is_said_and_leads_to_the_passage(
    meeting: Meeting, issue: Issue, desk: Relationship, analyst: User, reviewer: User, as_reader: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    statement = factories.make_published(issue, analyst, reviewer, meeting=meeting)
    page = said(as_reader.get(url_of(meeting)))
    assert "No agenda is known, so every issue that was mentioned is listed." in page
    AgendaItem.objects.create(relationship=desk, meeting=meeting, issue=issue)
    untold = factories.make_issue(desk, "Untold")
    AgendaItem.objects.create(relationship=desk, meeting=meeting, issue=untold)
    with django_assert_num_queries(13):  # session, user, desks, membership, meeting; the report’s eight
        page = said(as_reader.get(url_of(meeting)))
    assert "No agenda is known" not in page
    assert "only TR mentions it" in page or "only Türkiye mentions it" in page
    assert "neither side mentions it" in page
    passage = statement.passages.get()
    assert "“We want the sanctions lifted”" in page
    assert f'href="{statement.document.get_absolute_url()}#p{passage.pk}"' in page


# Calendars


def test_a_calendar_is_subscribed_to_at_the_feeds_address(
    meeting: Meeting, desk: Relationship, reader: User, as_reader: Client
) -> None:
    page = said(as_reader.post(reverse("feed_address_new"), {"relationship": desk.pk}))
    key = make_feed_address(actor=reader, relationship=desk)
    url = reverse("meeting_feed", args=[key, desk.slug])
    assert url == reverse("feed", args=[key, desk.slug]) + "meetings.ics"
    assert "meetings.ics</code>" in page
    answer = Client().get(url)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in answer["Cache-Control"]
    assert b"SUMMARY:TTT" in answer.content
    assert Client().get(url, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    Meeting.objects.filter(pk=meeting.pk).update(title="Other", revision=2)
    assert b"SUMMARY:Other" in Client().get(url, headers={"If-None-Match": answer["ETag"]}).content


# Citations


def test_a_published_page_is_cited_by_a_line_with_its_address(
    published: Statement, issue: Issue, analyst: User, reviewer: User, as_reader: Client
) -> None:
    url = published.get_absolute_url()
    answer = as_reader.get(url)
    source = published.document
    assert answer.context["citation"] == (
        f"{published.speaker}, 25 Mar 2025: “We want the sanctions lifted”. {source.title}, {source.publisher}, "
        f"26 Mar 2025, {source.url} (retrieved {answer.context['citation'].split('(retrieved ')[1].split(')')[0]}). "
        f"Relations desk, {issue.relationship.title}: http://testserver{url}"
    )
    assert "data-copy" in answer.content.decode()
    assert f"<title>{published.speaker}, 25 Mar 2025: {published} ·" in said(answer)
    move = factories.make_move(issue, analyst, reviewer, [published])
    answer = as_reader.get(move.get_absolute_url())
    assert answer.context["citation"] == (
        f"{issue}: In talks, Improving, since 25 Mar 2025. "
        f"Relations desk, {issue.relationship.title}: http://testserver{move.get_absolute_url()}"
    )
    assert f"<title>{move}, since 25 Mar 2025 ·" in said(answer)


def test_a_draft_is_not_cited(draft: Statement, as_analyst: Client) -> None:
    assert "data-copy" not in as_analyst.get(draft.get_absolute_url()).content.decode()


def test_a_line_names_nobody_on_deep_background_quotes_no_more_than_a_little_and_says_who_may_see_it(
    issue: Issue, analyst: User, reviewer: User, as_reader: Client
) -> None:
    words = "We want it. " * 60
    document = factories.make_document(issue.relationship, analyst, text=f"“{words}” he said.")
    statement = factories.make_published(
        issue, analyst, reviewer, document=document, passages=[factories.passage_of(document, words.strip())],
        speaker_descriptor="Xyzzy sources", basis="deep_background", marking="AMBER",
    )  # fmt: skip
    citation = as_reader.get(statement.get_absolute_url()).context["citation"]
    assert "Xyzzy" not in citation
    assert "…”" in citation
    assert "TLP:AMBER." in citation
    assert len(citation) < 700


def test_a_picture_is_cited_with_its_range_and_day_in_whole_and_in_part(
    issue: Issue, reader: User, signed_in: Callable[..., Client]
) -> None:
    url = f"{reverse('months', args=[issue.relationship.slug])}?span=12"
    for htmx in (False, True):
        citation = signed_in(reader, htmx=htmx).get(url).context["citation"]
        assert citation.startswith("Month by month, as it stood on ")
        assert citation.endswith(f": http://testserver{url}")
