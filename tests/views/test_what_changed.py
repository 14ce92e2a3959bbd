"""The pages of what changed and of what has gone quiet, the desk's settings, and the home page made of them."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from relations.actions.notes import confirm_issue
from relations.actions.reviews import withdraw_statement
from relations.choices import Role
from relations.models import DeskMembership, DeskVisit, Issue, Relationship, Statement, User
from tests import factories

pytestmark = pytest.mark.django_db


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def asked(client: Client, desk: Relationship, **address: str) -> Any:
    return client.get(reverse("what_changed", args=[desk.slug]), address)


def visited(user: User, desk: Relationship) -> None:
    """Let the user's last visit have ended now."""
    DeskVisit.objects.create(user=user, relationship=desk, last_at=timezone.now(), before_at=timezone.now())


# Between two days


def test_by_default_it_is_what_changed_since_ones_last_visit(
    published: Statement, issue: Issue, desk: Relationship, analyst: User, reviewer: User, reader: User,
    as_reader: Client,
) -> None:  # fmt: skip
    assert asked(as_reader, desk).context["changed"].statements == 1  # never here before: of the last days
    DeskVisit.objects.all().delete()
    visited(reader, desk)
    page = words(asked(as_reader, desk))
    assert "since your last visit" in page
    assert "Nothing changed." in page
    assert f"?since={desk.today()}&amp;until={desk.today()}" in page  # when it published last
    factories.make_published(issue, analyst, reviewer, text="Türkiye asks again.")
    answer = asked(as_reader, desk)
    assert "Türkiye asks again." in words(answer)
    assert answer.context["changed"].statements == 1


def test_it_says_what_moved_shifted_was_said_corrected_and_withdrawn_and_why(
    published: Statement, corrected: Statement, issue: Issue, desk: Relationship, analyst: User, reviewer: User,
    reader: User, as_reader: Client,
) -> None:  # fmt: skip
    later = factories.make_published(
        issue, analyst, reviewer, text="Türkiye backs the talks.", bearings=[factories.bearing_on(issue, "SUPPORT")],
        earliest=datetime.date(2025, 3, 26), latest=datetime.date(2025, 3, 26),
    )  # fmt: skip
    factories.make_move(issue, analyst, reviewer, [later], rationale="Talks were announced.")
    gone = factories.make_published(issue, analyst, reviewer, text="Türkiye leaves.")
    withdraw_statement(actor=reviewer, subject=gone, reason="It did not.")
    factories.make_statement(issue, analyst, text="A draft.")
    today = str(desk.today())
    page = words(asked(as_reader, desk, since=today, until=today))
    for said in ("Talks were announced.", "Türkiye backs the talks.", "1 correction", "It did not.", "Türkiye leaves."):
        assert said in page
    assert "A draft." not in page
    assert "by the day of publication" in page


@pytest.mark.parametrize(
    ("address", "said", "field"),
    [
        ({"since": "2025-03-26", "until": "2025-03-25"}, "The last day cannot come before the first.", "until"),
        ({"since": "2999-01-01"}, "This day has not come.", "since"),
        ({"until": "9999-12-31"}, "This day has not come.", "until"),
        ({"until": "2001-01-01"}, "The desk published nothing before", "until"),
        ({"since": "0001-01-01", "until": "0001-01-01"}, "The desk published nothing before", "until"),
        ({"since": "yesterday"}, "Give a day such as 2025-03-25.", "since"),
        ({"until": "2025-02-30"}, "Give a day such as 2025-03-25.", "until"),
        ({"issue": "no-such"}, "not one of the available choices", "issue"),
    ],
)
def test_days_asked_wrongly_are_told_at_their_field_and_kept(
    reader: User, desk: Relationship, published: Statement, signed_in: Callable[..., Client],
    address: dict[str, str], said: str, field: str,
) -> None:  # fmt: skip
    for htmx in (False, True):
        answer = asked(signed_in(reader, htmx=htmx), desk, **address)
        assert answer.status_code == 200
        page = words(answer)
        assert re.search(rf'field--{field} field--wrong">.*{re.escape(said)}', page)
        assert all(f'value="{value}"' in page for name, value in address.items() if name != "issue")
        assert "What the desk published" not in page


def test_the_first_day_of_the_calendar_and_none_at_all_mean_from_the_beginning(
    as_reader: Client, desk: Relationship, published: Statement
) -> None:
    for since in ({"since": "0001-01-01"}, {}):
        answer = asked(as_reader, desk, until=str(desk.today()), **since)
        assert answer.context["changed"].statements == 1


def test_a_desk_that_published_nothing_says_so(as_reader: Client, desk: Relationship) -> None:
    assert "has not published anything yet" in words(asked(as_reader, desk, since="2025-01-01", until="2025-02-01"))


def test_one_issue_alone_is_paged(
    as_reader: Client, desk: Relationship, issue: Issue, analyst: User, reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relations.views.what_changed.PAGE_SIZE", 2)
    texts = [f"Türkiye asks for the {number}th time." for number in range(3)]
    for text in texts:
        factories.make_published(issue, analyst, reviewer, text=text)
    factories.make_published(factories.make_issue(desk, "Trade"), analyst, reviewer, text="Of another issue.")
    address = {"since": str(desk.today()), "issue": issue.slug}
    first = words(asked(as_reader, desk, **address))
    further = re.search(r'page=([^"]+)" rel="next"', first)
    assert further is not None
    second = words(asked(as_reader, desk, **address, page=further[1]))
    assert [text in first for text in texts] == [False, True, True]
    assert [text in second for text in texts] == [True, False, False]
    assert "Of another issue." not in first


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_asks_the_same_number_of_times(
    as_reader: Client, desk: Relationship, document: Any, analyst: User, reviewer: User, number: int
) -> None:
    issues = [factories.make_issue(desk) for _each in range(number)]
    bearings = [factories.bearing_on(issue) for issue in issues]
    said = factories.make_published(issues[0], analyst, reviewer, document=document, bearings=bearings)
    for issue in issues[:7]:
        factories.make_move(issue, analyst, reviewer, [said])
    with CaptureQueriesContext(connection) as captured:
        assert asked(as_reader, desk, since=str(desk.today())).status_code == 200
    assert len(captured) == 17


# Gone quiet, and the days that the head of desk sets


def test_the_head_of_desk_sets_the_days_and_the_history_keeps_it(
    desk: Relationship, lead: User, analyst: User, signed_in: Callable[..., Client], as_analyst: Client
) -> None:
    settings = reverse("desk_settings", args=[desk.slug])
    client = signed_in(lead)
    assert settings in words(client.get(reverse("quiet", args=[desk.slug])))
    assert settings not in words(as_analyst.get(reverse("quiet", args=[desk.slug])))
    form = client.get(settings).context["form"]
    opened = str(form["revision"].value())
    assert client.post(settings, {"quiet_after": "7", "revision": opened}).status_code == 302
    assert "after 7 days" in words(client.get(reverse("quiet", args=[desk.slug])))
    assert "Quiet after" in words(client.get(reverse("desk_history", args=[desk.slug])))
    assert client.post(settings, {"quiet_after": "9", "revision": opened}).status_code == 409
    for wrong in ("0", "3651", "", "x", "99999999999"):
        revision = str(client.get(settings).context["form"]["revision"].value())
        answer = client.post(settings, {"quiet_after": wrong, "revision": revision})
        assert answer.status_code == 422
        assert answer.context["form"].errors["quiet_after"]
    desk.refresh_from_db()
    assert desk.quiet_after == 7
    assert as_analyst.post(settings, {"quiet_after": "9"}).status_code == 404


def test_a_reader_sees_what_is_quiet_and_not_what_is_confirmed(
    desk: Relationship, analyst: User, as_reader: Client, as_analyst: Client
) -> None:
    issue = factories.make_issue(desk, created_at=datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC))
    confirm_issue(actor=analyst, issue=issue)
    pages = [reverse("home"), reverse("quiet", args=[desk.slug])]
    for url in pages:
        assert "CAATSA sanctions" in words(as_reader.get(url))
        assert "onfirm" not in words(as_reader.get(url))
        assert "onfirm" in words(as_analyst.get(url))


@pytest.mark.parametrize("number", [1, 30])
def test_the_quiet_page_asks_the_same_number_of_times(
    as_reader: Client, desk: Relationship, analyst: User, number: int
) -> None:
    for _each in range(number):
        factories.make_issue(desk, created_at=datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC))
    with CaptureQueriesContext(connection) as captured:
        assert as_reader.get(reverse("quiet", args=[desk.slug])).status_code == 200
    assert len(captured) == 6


# Home


def test_a_readers_home_shows_published_content_alone(
    issue: Issue, desk: Relationship, analyst: User, reviewer: User, reader: User, as_reader: Client,
    as_reviewer: Client,
) -> None:  # fmt: skip
    visited(reader, desk)
    visited(reviewer, desk)
    said = factories.make_published(issue, analyst, reviewer, text="Türkiye said so.")
    factories.make_move(issue, analyst, reviewer, [said])
    factories.submitted(factories.make_statement(issue, analyst, text="It waits."), analyst)
    factories.make_statement(issue, reviewer, text="A draft of hers.")
    factories.make_commitment(said, issue, analyst, text="Promised.")
    factories.propose(issue, analyst, [said], to_status="stalled", rationale="Proposed.")
    hers, readers = words(as_reviewer.get("/")), words(as_reader.get("/"))
    for work in ("Waits for me", "It waits.", "A draft of hers.", "Promised.", "Stalled"):
        assert work in hers
        assert work not in readers
    for shown in ("Changed since your visit", "In talks", "1 new statement", "No meeting is ahead.", 'class="ribbon"'):
        assert shown in hers
        assert shown in readers


def test_home_says_in_words_what_is_not_there(desk: Relationship, analyst: User, as_analyst: Client) -> None:
    page = words(as_analyst.get("/"))
    for said in (
        "Nothing waits for you here.", "Nothing changed.", "No meeting is ahead.", "No issue has gone quiet.",
        "No issue yet.",
    ):  # fmt: skip
        assert said in page


@pytest.mark.parametrize(("number", "desks", "queries"), [(1, 1, 20), (7, 1, 20), (1, 2, 20), (1, 6, 20)])
def test_home_asks_the_same_number_of_times_whatever_the_desks(
    lead: User, desk: Relationship, document: Any, analyst: User, reviewer: User, signed_in: Callable[..., Client],
    number: int, desks: int, queries: int,
) -> None:  # fmt: skip
    others = [factories.make_desk(f"de-{code}", "DE", code) for code in ("GR", "FR", "GB", "RU", "UA")[: desks - 1]]
    for other in others:
        for user, role in ((lead, Role.LEAD), (analyst, Role.ANALYST), (reviewer, Role.REVIEWER)):
            DeskMembership.objects.create(user=user, relationship=other, role=role)
    for here in (desk, *others):
        text = document if here == desk else factories.make_document(here, analyst)
        issues = [factories.make_issue(here, author=analyst) for _each in range(number)]
        bearings = [factories.bearing_on(issue) for issue in issues]
        said = factories.make_published(issues[0], analyst, reviewer, document=text, bearings=bearings)
        for issue in issues:
            factories.make_move(issue, analyst, reviewer, [said])
            factories.submitted(factories.make_statement(issue, analyst, text), analyst)
            factories.make_statement(issue, lead, text)
            factories.make_commitment(said, issue, analyst)
    client = signed_in(lead)
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/").status_code == 200
    assert len(captured) == queries
