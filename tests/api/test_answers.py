"""What the API answers with: the rows of the pages, page by page, as of a day, and known again by the copy one has."""

import datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from relations.actions.following import follow
from relations.choices import Role
from relations.models import ApiToken, DeskVisit, Issue, Relationship, Statement, User
from relations.models.base import moment
from tests import factories
from tests.api.asking import OF_DESK, SHARED, address, asking, make_token
from tests.api.growing import grow

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_token(analyst: User, desk: Relationship) -> Client:
    return asking(analyst, desk)


def items(client: Client, name: str, *args: str, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(address(name, *args), query)
    assert answer.status_code == 200, answer.content
    return answer.json()["items"]


def refused(client: Client, url: str, **query: Any) -> dict[str, str]:
    """Return what the answer says of each parameter that cannot be read."""
    answer = client.get(url, query)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


def test_a_statement_is_told_with_its_source_passages_and_bearings(as_token: Client, published: Statement) -> None:
    [told] = items(as_token, "statements", "us-turkiye")
    assert told == as_token.get(address("statement", "us-turkiye", published.ref)).json()
    assert (told["text"], told["speaker"], told["party"]) == (published.text, "Hakan Fidan", "TR")
    [passage], [bearing] = told["passages"], told["bearings"]
    assert (passage["exact"], passage["copy"], passage["state"]) == ("We want the sanctions lifted", 1, "verified")
    assert factories.TEXT[passage["start"] : passage["end"]] == passage["exact"]
    assert (bearing["issue"], bearing["act"], bearing["position_of"]) == ("caatsa", "REQUEST", "TR")
    text = as_token.get(address("copy", "us-turkiye", told["document"], passage["copy"])).json()["text"]
    assert passage["exact"] in text


def test_a_correction_and_what_it_corrects_name_each_other(
    as_token: Client, published: Statement, corrected: Statement
) -> None:
    old, new = (as_token.get(address("statement", "us-turkiye", row.ref)).json() for row in (published, corrected))
    assert (old["state"], old["corrected_by"]) == ("superseded", new["ref"])
    assert (new["state"], new["corrects"]) == ("published", old["ref"])


def test_nobody_on_deep_background_is_named(issue: Issue, analyst: User, reviewer: User, as_token: Client) -> None:
    quiet = {"basis": "deep_background", "speaker_descriptor": "A quiet aide"}
    statement = factories.make_published(issue, analyst, reviewer, **quiet)
    told = as_token.get(address("statement", "us-turkiye", statement.ref))
    assert told.json()["speaker"] == ""
    assert "quiet aide" not in told.content.decode()


def test_the_filters_are_those_of_the_pages_and_say_what_they_cannot_read(
    as_token: Client, issue: Issue, published: Statement
) -> None:
    url = address("statements", "us-turkiye")
    assert len(items(as_token, "statements", "us-turkiye", text="sanctions", issue="caatsa", since="2025-01-01")) == 1
    assert items(as_token, "statements", "us-turkiye", text="grain") == []
    told = refused(as_token, url, kind="shouted", since="soon", isue="caatsa")
    assert set(told) == {"isue"}
    assert "issue" in told["isue"]
    assert set(refused(as_token, url, kind="shouted", since="soon")) == {"kind", "since"}
    assert set(refused(as_token, address("issue", "us-turkiye", "caatsa"), kind="x")) == {"kind"}
    assert set(refused(as_token, address("people"), name="Fidan")) == {"name"}
    assert [row["name"] for row in items(as_token, "people", q="fidan")] == ["Hakan Fidan"]


def test_pages_lead_on_and_back_and_hold_each_row_once(as_token: Client, desk: Relationship) -> None:
    slugs = sorted(factories.make_issue(desk, f"Issue {number}", f"i-{number:02}").slug for number in range(7))
    seen, before, url = [], [], f"{address('issues', 'us-turkiye')}?limit=3&impact=significant"
    while url:
        answer = as_token.get(url)
        page = answer.json()
        seen += [row["slug"] for row in page["items"]]
        before.append(page["previous"])
        assert answer.get("Link", "").count("rel=") == sum(1 for way in ("next", "previous") if page[way])
        url = page["next"]
    assert seen == slugs
    assert before[0] is None
    assert [row["slug"] for row in as_token.get(before[2]).json()["items"]] == slugs[3:6]


def test_a_cursor_that_is_none_and_a_limit_that_is_too_much_are_refused(as_token: Client, desk: Relationship) -> None:
    url = address("documents", "us-turkiye")
    assert set(refused(as_token, url, page="tampered")) == {"page"}
    for limit in ("0", "201", "-1", "many", "1e2"):
        assert set(refused(as_token, url, limit=limit)) == {"limit"}


def test_a_copy_is_known_again_until_something_that_it_tells_changes(as_token: Client, published: Statement) -> None:
    for url in (address("statements", "us-turkiye"), address("statement", "us-turkiye", published.ref)):
        answer = as_token.get(url)
        assert answer["Cache-Control"] == "private, no-cache"
        assert "Authorization" in answer["Vary"]
        again = as_token.get(url, headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"])
        assert as_token.get(url, headers={"If-None-Match": f"W/{answer['ETag']}"}).status_code == 304
        person: Any = published.speaker_person
        person.name += " Bey"
        person.save()
        changed = as_token.get(url, headers={"If-None-Match": answer["ETag"]})
        assert (changed.status_code, changed["ETag"] == answer["ETag"]) == (200, False)


def test_what_a_reader_and_an_analyst_are_told_is_known_apart(
    reader: User, desk: Relationship, as_token: Client, published: Statement, draft: Statement
) -> None:
    url = address("statements", "us-turkiye")
    etag = as_token.get(url)["ETag"]
    answer = asking(reader, desk).get(url, headers={"If-None-Match": etag})
    assert [row["ref"] for row in answer.json()["items"]] == [published.ref]


def test_a_past_view_tells_what_was_known_then(
    as_token: Client, issue: Issue, published: Statement, desk: Relationship
) -> None:
    yesterday = (desk.today() - datetime.timedelta(days=1)).isoformat()
    for name in ("issues", "statements", "documents"):
        assert items(as_token, name, "us-turkiye", known=yesterday) == []
        assert len(items(as_token, name, "us-turkiye", known=desk.today().isoformat())) == 1
    for url in (address("issue", "us-turkiye", "caatsa"), address("statement", "us-turkiye", published.ref)):
        assert as_token.get(url, {"known": yesterday}).status_code == 404
    assert items(as_token, "statements", "us-turkiye", effective="2025-01-01") == []
    tomorrow = (desk.today() + datetime.timedelta(days=1)).isoformat()
    for day, name in ((tomorrow, "known"), ("then", "effective")):
        assert set(refused(as_token, address("issues", "us-turkiye"), **{name: day})) == {name}
    # What exists now alone takes no day; and no day lasts into the next request.
    assert set(refused(as_token, address("notes", "us-turkiye"), known=yesterday)) == {"known"}
    assert len(items(as_token, "issues", "us-turkiye")) == 1


def test_the_owner_is_told_what_she_follows_at_the_desks_of_the_token(
    analyst: User, issue: Issue, as_token: Client
) -> None:
    other = factories.make_desk("gr-de", "GR", "DE")
    other.memberships.create(user=analyst, role=Role.ANALYST)
    theirs = factories.make_issue(other, "Theirs", author=analyst)
    person = factories.make_person()
    for subject in (issue, theirs, person):
        follow(actor=analyst, subject=subject)
    found = items(as_token, "watches")
    assert [(row["issue"], row["person"], row["desk"]) for row in found] == [
        ("", person.ref, ""),
        ("caatsa", "", "us-turkiye"),
    ]


def test_reading_by_a_program_is_no_visit(analyst: User, as_token: Client, issue: Issue) -> None:
    as_token.force_login(analyst, backend="django.contrib.auth.backends.ModelBackend")
    items(as_token, "issues", "us-turkiye")
    assert not DeskVisit.objects.exists()


# Tokens


def test_a_token_opens_nothing_once_it_is_revoked_or_has_expired(analyst: User, desk: Relationship) -> None:
    url = address("token")
    for fields in (
        {"revoked_at": moment()},
        {"created_at": moment() - datetime.timedelta(days=2), "expires_at": moment()},
    ):
        assert asking(analyst, desk).get(url).status_code == 200
        ended = Client(headers={"Authorization": f"Bearer {make_token(analyst, desk, **fields)}"})
        answer = ended.get(url)
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer["WWW-Authenticate"]


def test_an_account_that_was_inactive_once_has_to_make_its_tokens_anew(analyst: User, as_token: Client) -> None:
    assert as_token.get(address("token")).status_code == 200
    User.objects.filter(pk=analyst.pk).update(is_active=False)
    assert as_token.get(address("token")).status_code == 401
    User.objects.filter(pk=analyst.pk).update(is_active=True)
    assert as_token.get(address("token")).status_code == 401
    assert ApiToken.objects.get().revoked_at


def test_when_a_token_was_last_used_is_kept_to_the_minute(as_token: Client) -> None:
    as_token.get(address("token"))
    used = ApiToken.objects.get().last_used_at
    assert used is not None
    as_token.get(address("token"))
    assert ApiToken.objects.get().last_used_at == used
    ApiToken.objects.update(last_used_at=used - datetime.timedelta(minutes=2))
    as_token.get(address("token"))
    assert ApiToken.objects.get().last_used_at > used - datetime.timedelta(minutes=1)


def test_a_token_that_asks_too_often_is_told_when_to_ask_again(
    analyst: User, desk: Relationship, as_token: Client, settings: Settings
) -> None:
    settings.API_RATE = "2/h"
    answers = [as_token.get(address("token")) for _each in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2]["Content-Type"] == "application/problem+json"
    assert 1 <= int(answers[2]["Retry-After"]) <= 3600
    assert asking(analyst, desk).get(address("token")).status_code == 200
    cache.clear()  # as another hour's count begins
    assert as_token.get(address("token")).status_code == 200


# What it costs


# The token, the membership and the rows; besides, what each row has many of, and how far the desk trusts publishers.
QUERIES = {
    "token": 1, "desks": 2, "watches": 2,
    "issues": 4, "issue": 4, "statements": 6, "status-changes": 4, "documents": 4, "meetings": 6,
    "commitments": 3, "notes": 3, "briefs": 3, "reviews": 3, "ratings": 3,
    "parties": 2, "people": 3, "posts": 2, "organisations": 2, "publishers": 2,
}  # fmt: skip


def test_a_list_costs_the_same_at_one_row_and_at_thirty(
    desk: Relationship, analyst: User, reviewer: User, published: Statement
) -> None:
    client = asking(reviewer, desk)
    client.get(address("token"))

    def costs() -> dict[str, int]:
        urls = {name: address(name, desk.slug) for name in OF_DESK}
        urls |= {name: address(name) for name in (*SHARED, "token", "desks", "watches")}
        urls["issue"] = address("issue", desk.slug, Issue.objects.latest("pk").slug)
        found = {}
        for name, url in urls.items():
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            found[name] = len(queries)
        return found

    grow(published, analyst, reviewer, 1)
    assert costs() == QUERIES
    grow(published, analyst, reviewer, 29)
    assert costs() == QUERIES
    assert len(items(client, "statements", "us-turkiye")) == 31
