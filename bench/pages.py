"""The pages that the benchmark opens in one archive: their addresses, who opens them, and the queries each of them asks.

    DJANGO_SETTINGS_MODULE=bench.settings DATABASE_URL=... python -m bench.pages

Run by bench/measure.py. Prints one object of JSON; changes nothing but sessions and the administrator's account.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import django

django.setup()

from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from relations.archive.words import _vocabulary
from relations.choices import Role
from relations.models import Document, Issue, Relationship, SearchEntry, Statement, User
from relations.models.search import ENGLISH, SearchKind
from relations.reports.paging import encode_cursor

COMMON, OTHER = "talks", "sanctions"  # the first stands in a fifth of all statements
HTMX, ASKS_AGAIN = {"HX-Request": "true"}, {"If-None-Match": ""}
FROM_THE_END = 60  # rows: where the deepest page begins


@dataclass
class Page:
    """One address, opened by one user, whole or as the part that htmx fetches."""

    name: str
    path: str
    user: str
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    bar: float = 0  # at most so many times the floor; 0 where none is set
    is_list: bool = False  # eight queries at most
    queries: list[str] = field(default_factory=list)
    bytes: int = 0


def _deepest(statements: Any) -> str:
    last = statements.order_by("latest", "pk")[min(FROM_THE_END, statements.count() - 1)]
    return encode_cursor("next", ["-latest"], [last.latest, last.pk])


def _rare() -> str:
    """Return the rarest English word that a statement here has."""
    words, _drawn, _clauses = _vocabulary("en")
    for word in reversed(words):
        asked = SearchQuery(word, config=ENGLISH)
        if SearchEntry.objects.filter(kind=SearchKind.STATEMENT, vector=asked).exists():
            return word
    raise SystemExit("No word of the archive is found.")


def pages() -> Iterator[Page]:
    """Yield every page, with the bars that the issue sets."""
    desk = Relationship.objects.order_by("order")[0]
    members = desk.memberships.select_related("user")
    reviewer = members.filter(role=Role.REVIEWER)[0].user.username
    everywhere = User.objects.get(username="archive-analyst-everywhere").username
    statements = Statement.objects.at(desk)
    issue = Issue.objects.at(desk).annotate(number=Count("bearings")).order_by("-number", "pk")[0]
    document = Document.objects.at(desk).annotate(number=Count("statements")).order_by("-number", "pk")[0]
    one = statements.published().newest_first()[0]
    listed = reverse("statement_list", args=[desk.slug])
    rare = _rare()

    yield Page("Floor: an empty page", "/bench/floor/", reviewer)
    yield Page("Home", reverse("home"), reviewer, bar=3)
    yield Page("Home, all desks", reverse("home"), everywhere)
    lists = [
        ("Board", reverse("board", args=[desk.slug]), reviewer, 5),
        ("Statements, first page", listed, reviewer, 5),
        ("Statements, deepest page", f"{listed}?page={_deepest(statements)}", reviewer, 5),
        ("Statements, filtered", f"{listed}?issue={issue.slug}&since=2015-01-01", reviewer, 5),
        ("Statements, with a common word", f"{listed}?text={COMMON}", reviewer, 5),
        ("Search, a rare word", f"{reverse('search')}?q={rare}&order=date", everywhere, 8),
        ("Search, a common word", f"{reverse('search')}?q={COMMON}&order=date", everywhere, 8),
        ("Search, two words", f"{reverse('search')}?q={COMMON}+{OTHER}&order=date", everywhere, 8),
        ("Search, a common word, best first", f"{reverse('search')}?q={COMMON}&order=relevance", everywhere, 0),
        ("Search, two words at one desk, best first", f"{reverse('search')}?q={COMMON}+{OTHER}", reviewer, 0),
        ("Review queue", reverse("review_queue", args=[desk.slug]), reviewer, 5),
    ]
    for name, path, user, bar in lists:
        yield Page(name, path, user, bar=bar, is_list=True)
        yield Page(f"{name}, part", path, user, HTMX, bar=3 if bar == 5 else bar, is_list=True)
    yield Page("Issue", issue.get_absolute_url(), reviewer, bar=3)
    yield Page("Issue, part", issue.get_absolute_url(), reviewer, HTMX, bar=3)
    for what, name in (("board", "board"), ("issue", issue.slug)):
        path = reverse("changes", args=[desk.slug, what, name])
        yield Page(f"Did the {what} change? No (304)", path, reviewer, ASKS_AGAIN, status=304, bar=0.5)
    yield Page("Document reader", document.get_absolute_url(), reviewer, bar=3)
    yield Page("Statement", one.get_absolute_url(), reviewer, bar=3)
    yield Page("Admin: statements", reverse("admin:relations_statement_changelist"), everywhere)
    yield Page("Admin: statements, search", f"{reverse('admin:relations_statement_changelist')}?q={COMMON}", everywhere)
    yield Page("Django's admin: statements", reverse("plain:relations_statement_changelist"), _administrator())
    yield Page(
        "Django's admin: statements, search",
        f"{reverse('plain:relations_statement_changelist')}?q={COMMON}",
        _administrator(),
    )


def _administrator() -> str:
    name = "bench-administrator"
    User.objects.get_or_create(username=name, defaults={"is_staff": True, "is_superuser": True})
    return name


def _client(username: str) -> Client:
    client = Client(headers={"Host": settings.ALLOWED_HOSTS[0]})
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


def opened(page: Page, client: Client) -> Page:
    """Open a page twice and note what the second time asked. Raises `SystemExit` where it is no page."""
    if "If-None-Match" in page.headers:
        page.headers = {"If-None-Match": client.get(page.path).headers["ETag"]}
    for _time in range(2):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(page.path, headers=page.headers)
    if answer.status_code != page.status:
        raise SystemExit(f"{page.name}: {page.path} answers {answer.status_code}.")
    page.queries = [each["sql"] for each in asked.captured_queries]
    page.bytes = len(answer.content)
    return page


def main() -> None:
    """Print the pages, the sessions they are opened in, and how much the archive holds."""
    if settings.IS_PRIVATE:
        sys.exit("Name the archive’s database by DATABASE_URL.")
    found = list(pages())
    clients = {name: _client(name) for name in {page.user for page in found}}
    told = {
        "statements": Statement.objects.count(),
        "entries": SearchEntry.objects.count(),
        "sessions": {name: client.cookies["sessionid"].value for name, client in clients.items()},
        "pages": [asdict(opened(page, clients[page.user])) for page in found],
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
