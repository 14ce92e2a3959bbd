"""pgbouncer in transaction mode before a real server, with fewer connections than the program opens."""

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections

from config.embedded_postgres.server import PORT
from relations.models import Statement
from tests import factories
from tests.config.conftest import Filled
from tests.config.servers import Pooler, connected, folders, settings_of

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
pytestmark = [
    pytest.mark.django_db,  # the tests' own database gives its tables to the server
    pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed (apt-get install pgbouncer)"),
]
KEPT = 2  # connections of the pooler to the server
AT_ONCE = 6


@dataclass
class Pooled:
    """The way through the pooler, and who goes it."""

    settings: dict[str, Any]
    desk: Filled


@pytest.fixture(scope="module")
def pooled(filled: Filled) -> Iterator[Pooled]:
    assert PROGRAM is not None
    with folders("pooler") as (folder,):
        pooler = Pooler(filled.server, folder, PROGRAM, KEPT)
        yield Pooled(settings_of(filled.server, HOST=str(folder), PORT=PORT), filled)
        pooler.end()


@pytest.fixture
def through(db: None, pooled: Pooled) -> Iterator[Pooled]:
    with connected(default=pooled.settings):
        yield pooled


def test_pages_searches_and_exports_are_answered_through_it(through: Pooled, signed_in: Callable[..., Any]) -> None:
    client = signed_in(through.desk.analyst)
    board = through.desk.issue.relationship.get_absolute_url()
    for path in (board, through.desk.issue.get_absolute_url(), f"{board}statements/", "/search/?q=sanctions", "/"):
        assert client.get(path).status_code == 200
    export = client.get(f"{board}statements/export/?format=csv&up_to=RED")
    assert b"".join(export.streaming_content).count(b"\r\n") == 4


def test_what_is_published_through_it_is_recorded_with_who_did_it(through: Pooled) -> None:
    draft = factories.make_statement(through.desk.issue, through.desk.analyst)
    factories.publish(draft, through.desk.analyst, through.desk.reviewer)
    event: Any = Statement
    recorded = event.pgh_event_model.objects.filter(pgh_obj_id=draft.pk).order_by("pgh_id").last()
    assert recorded.published_at is not None
    assert recorded.pgh_context["user"] == through.desk.reviewer.pk


def test_more_people_at_once_than_it_keeps_connections_are_all_answered(
    through: Pooled, signed_in: Callable[..., Any]
) -> None:
    clients = [signed_in(through.desk.analyst) for _each in range(AT_ONCE)]
    ready = threading.Barrier(AT_ONCE)

    def read(client: Any) -> set[int]:
        with connected(default=through.settings):
            ready.wait()
            return {client.get(through.desk.issue.get_absolute_url()).status_code for _time in range(3)}

    with ThreadPoolExecutor(AT_ONCE) as people:
        assert set().union(*people.map(read, clients)) == {200}


def test_no_search_leaves_its_time_limit_with_the_next_who_gets_the_connection(
    through: Pooled, signed_in: Callable[..., Any]
) -> None:
    signed_in(through.desk.analyst).get("/search/?q=sanctions")
    with connections["default"].cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
