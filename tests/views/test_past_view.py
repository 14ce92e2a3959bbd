"""A past view (R9): the days of the address go along, are told in words, and nothing can be written there."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from relations.choices import Role
from relations.models import Relationship, Statement, User
from relations.past_view import OF_NOW, can_be_read_as_of, with_days
from tests.test_access import RULES, address, make_world

pytestmark = pytest.mark.django_db

# What can be read as of a day; a page that is added is one of these, or of those that write, or declared as of now.
READ = {
    "board", "months", "positions", "issue", "statement_list", "statement", "statement_export", "statement_citation",
    "status_change", "document_list", "document", "document_original", "meeting_list", "meeting", "commitment_list", "commitment",
    "issue_timeline", "issue_timeline_picture", "desk_timeline", "desk_timeline_picture", "meeting_readouts",
    "issues_export", "document_export", "meeting_export", "commitment_export", "review_export",
    "search_export", "people_export", "posts_export", "organisations_export", "publishers_export",
    "what_changed", "quiet", "brief_list", "brief", "brief_file", "home", "review_queue", "reviews", "saved_view_list", "note",
    "feed", "issue_feed", "meeting_feed", "desk_history", "issue_history", "statement_history", "status_change_history",
    "document_history", "meeting_history", "commitment_history", "note_history", "person_history", "organisation_history",
    "post_history", "publisher_history", "party_history",
    "search", "palette", "people", "person", "posts", "post", "organisations", "organisation", "publishers", "publisher",
}  # fmt: skip


# What does something, by the end of its name; whatever else cannot be read as of a day has its reason in `OF_NOW`.
WRITES = (
    "_new", "_edit", "_submit", "_correct", "_withdraw", "_discard", "_restore", "_settle", "_confirm", "_follow", "_remove",
    "_rate", "_default", "_overwrite", "_together", "_propose", "_import", "_settings", "_template", "_template_file", "_add",
    "_read", "_revoke",
)  # fmt: skip


class Page(HTMLParser):
    """What leads on from a page: its links, what it asks for in part, its forms with their fields."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[dict[str, Any]] = []
        self.posts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("hx-post") is not None:
            self.posts.append(str(found["hx-post"]))
        if tag == "form":
            self.forms.append({**found, "fields": []})
        if tag == "input" and self.forms:
            self.forms[-1]["fields"].append((found.get("name"), found.get("value")))
        if "data-now" not in found and tag != "form":
            self.links += [str(url) for url in (found.get("href") if tag == "a" else None, found.get("hx-get")) if url]

    def reading_links(self, base: str) -> list[str]:
        """Return the links to what can be read as of a day."""
        return [url for url in self.links if not url.startswith("#") and leads_to_reading(urljoin(base, url))]


def leads_to_reading(url: str) -> bool:
    parts = urlsplit(url)
    try:
        return not parts.netloc and can_be_read_as_of(resolve(parts.path))
    except Resolver404:
        return False


def days_in(url: str) -> tuple[list[str], list[str]]:
    query = parse_qs(urlsplit(url).query)
    return query.get("effective", []), query.get("known", [])


def test_every_page_that_is_read_keeps_the_days_in_its_links_says_so_and_writes_nothing(
    db: None, signed_in: Callable[..., Client]
) -> None:
    world = make_world()
    client = signed_in(world["people"][Role.LEAD])  # who is shown the most
    today = world["desk"].today().isoformat()
    answered = set()
    for name in RULES:
        if name.startswith("account_"):
            continue
        url = address(world, name)
        answer = client.get(url, {"effective": today, "known": today}, follow=name == "note")
        assert answer.status_code in (200, 403, 404, 405), name
        if answer.status_code != 200:
            continue
        answered.add(name)
        if answer.streaming or not answer["Content-Type"].startswith("text/html"):
            continue
        text = answer.content.decode()
        page = Page(text)
        assert "Nothing can be written here" in text, name
        for link in page.reading_links(url):
            assert days_in(link) == ([today], [today]), f"{name}: {link}"
        posting = [form for form in page.forms if form.get("method") == "post"]
        assert [form["action"] for form in posting] == [reverse("account_logout")], name
        assert page.posts == [], name
        for form in page.forms:
            if form.get("method") == "get" and leads_to_reading(urljoin(url, form.get("action") or "")):
                fields = sorted(field for field in form["fields"] if field[0] in ("effective", "known"))
                assert fields == [("effective", today), ("known", today)], f"{name}: {form}"
    assert answered == READ
    writes = {name for name in RULES if name.startswith("account_") or name.endswith(WRITES)}
    assert set(RULES) - READ - writes == set(OF_NOW)


def test_a_part_of_a_page_keeps_the_days_too(
    published: Statement, signed_in: Callable[..., Client], reader: User
) -> None:
    answer = signed_in(reader, htmx=True).get("/us-turkiye/?effective=2025-03-26&sort=issue")
    sorts = [link for link in Page(answer.content.decode()).reading_links("/us-turkiye/") if "sort=" in link]
    assert sorts
    assert {days_in(link)[0][0] for link in sorts} == {"2025-03-26"}


def test_the_days_take_the_place_of_others_and_leave_the_rest_of_a_link_alone() -> None:
    page = (
        '<a href="/us-turkiye/?q=%C5%9F&amp;known=2020-01-01#x">a</a><a href="?page=2">b</a><a href="#x">c</a>'
        '<a href="https://example.org/us-turkiye/">d</a><a href="/me/">e</a><a data-now href="/us-turkiye/">f</a>'
        '<p>href="/us-turkiye/"</p>'
    )
    shown = with_days(page, "/us-turkiye/", [("known", "2025-03-26")])
    assert shown == (
        '<a href="/us-turkiye/?q=%C5%9F&amp;known=2025-03-26#x">a</a><a href="?page=2&amp;known=2025-03-26">b</a>'
        '<a href="#x">c</a><a href="https://example.org/us-turkiye/">d</a><a href="/me/">e</a>'
        '<a data-now href="/us-turkiye/">f</a><p>href="/us-turkiye/"</p>'
    )


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("known=yesterday", "Give a day such as 2025-03-25."),
        ("effective=2025-02-30", "Give a day such as 2025-03-25."),
        ("known=26/03/2025", "Give a day such as 2025-03-25."),
        ("known=9999-12-31", "This day lies in the future."),
        ("effective=2999-01-01&known=2025-03-26", "This day lies in the future."),
        ("known=2025-03-25&known=2025-03-26", "The address gives this day twice."),
        ("effective=2025-03-25&effective=", "The address gives this day twice."),
    ],
)
def test_a_day_that_cannot_be_looked_back_to_is_told_in_words(
    desk: Relationship, as_reader: Client, query: str, words: str
) -> None:
    for path in ("/us-turkiye/", "/us-turkiye/statements/", "/search/", "/people/"):
        answer = as_reader.get(f"{path}?{query}&q=x")
        assert answer.status_code == 422, path
        assert words in answer.content.decode(), path


@pytest.mark.parametrize("query", ["known=0001-01-01", "effective=0001-01-01", "known=1850-06-01&effective=1700-01-01"])
def test_a_day_before_everything_shows_a_desk_without_anything(
    published: Statement, as_reader: Client, query: str
) -> None:
    for path in ("/us-turkiye/", "/us-turkiye/statements/", "/us-turkiye/documents/", "/us-turkiye/months/"):
        answer = as_reader.get(f"{path}?{query}")
        assert answer.status_code == 200, path
        assert ("published nothing by then" in answer.content.decode()) is ("known" in query), path
        assert ("is of that day or an earlier one" in answer.content.decode()) is ("known" not in query), path


def test_empty_days_are_now(published: Statement, as_reader: Client) -> None:
    answer = as_reader.get("/us-turkiye/?effective=&known=")
    assert answer.status_code == 200
    assert "Nothing can be written here" not in answer.content.decode()


def test_nothing_is_written_at_an_address_of_the_past(
    published: Statement, as_reviewer: Client, reviewer: User
) -> None:
    url = reverse("statement_withdraw", args=["us-turkiye", published.ref])
    for path in (
        url,
        reverse("statement_follow", args=["us-turkiye", published.ref]),
        reverse("person_new"),
        "/us-turkiye/",
    ):
        answer = as_reviewer.post(f"{path}?known=2025-03-26", {"reason": "Wrong.", "follow": "1", "name": "Nobody"})
        assert answer.status_code == 403, path
        assert "Nothing was stored" in answer.content.decode(), path
    published.refresh_from_db()
    assert published.withdrawn_at is None


def test_a_form_asked_for_in_the_past_says_so_and_leads_back(published: Statement, as_analyst: Client) -> None:
    for name, args in (("statement_new", []), ("issue_edit", ["caatsa"]), ("statement_edit", [published.ref])):
        answer = as_analyst.get(f"{reverse(name, args=['us-turkiye', *args])}?known=2025-03-26")
        assert answer.status_code == 403, name
        assert "can be read, not written" in answer.content.decode(), name
        assert 'href="/us-turkiye/?known=2025-03-26"' in answer.content.decode(), name


def test_what_one_may_not_see_is_not_there_in_the_past_either(
    published: Statement, signed_in: Callable[..., Client], outsider: User, reader: User
) -> None:
    for path in ("/us-turkiye/", "/us-turkiye/statements/new/", "/no-such-desk/"):
        assert signed_in(outsider).get(f"{path}?known=2025-03-26").status_code == 404, path
    assert signed_in(reader).get("/us-turkiye/commitments/?known=2025-03-26").status_code == 404
    assert "/accounts/login/" in Client().get("/us-turkiye/?known=nonsense")["Location"]


def test_a_look_back_is_no_visit(published: Statement, as_reader: Client, reader: User) -> None:
    before = reader.memberships.get().__dict__.copy()
    as_reader.get("/us-turkiye/?known=2025-03-26")
    after = reader.memberships.get().__dict__
    assert {k: v for k, v in before.items() if k != "_state"} == {k: v for k, v in after.items() if k != "_state"}
