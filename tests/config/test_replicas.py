"""A real primary and a real replica: what may be a second old is read from the replica, one's own writes never."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from config import replicas
from config.embedded_postgres.server import Server
from relations.choices import Role
from relations.models import DeskMembership, Issue, User
from tests import factories
from tests.config.conftest import Filled
from tests.config.servers import Replica, connected, folders, settings_of

REPLICA = "replica_1"
pytestmark = pytest.mark.django_db  # the tests' own database gives its tables to the primary


@dataclass
class Cluster:
    """Both servers, and who works on them."""

    primary: Server
    replica: Replica
    issue: Issue
    analyst: User
    reader: User

    def pause(self) -> None:
        """Have the replica replay nothing until `resume`."""
        self._tell("SELECT pg_wal_replay_pause()")

    def resume(self) -> None:
        """Have it go on."""
        self._tell("SELECT pg_wal_replay_resume()")

    def _tell(self, what: str) -> None:
        with self.replica.connect() as connection:
            connection.execute(what)


@pytest.fixture(scope="module")
def cluster(filled: Filled) -> Iterator[Cluster]:
    with folders("replica") as (folder,):
        replica = Replica(folder, filled.server)
        try:
            replica.ensure()
            yield Cluster(filled.server, replica, filled.issue, filled.analyst, filled.reader)
        finally:
            replica.delete()


@pytest.fixture
def both(db: None, cluster: Cluster) -> Iterator[Cluster]:
    """The program on both servers."""
    replica = settings_of(cluster.replica, CONN_HEALTH_CHECKS=True)
    cluster.replica.catch_up()
    with (
        connected(default=settings_of(cluster.primary), **{REPLICA: replica}),
        override_settings(REPLICAS=[REPLICA], DATABASE_ROUTERS=["config.replicas.Router"]),
    ):
        yield cluster


def opened(client: Client, path: str) -> tuple[str, int]:
    """Return a page, and how many questions about the desk's content it asked the replica."""
    with CaptureQueriesContext(connections[REPLICA]) as asked:
        answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode(), len([each for each in asked if "pg_last_wal_replay_lsn" not in each["sql"]])


def rename(client: Client, cluster: Cluster, title: str) -> None:
    """Give the issue another title, by its form."""
    path = f"{cluster.issue.get_absolute_url()}edit/"
    form = client.get(path).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"title": title}
    assert client.post(path, typed).status_code == 302


def test_a_page_reads_the_desks_content_from_the_replica_and_who_may_from_the_primary(
    both: Cluster, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(both.reader)
    both.replica.catch_up()
    client.get(both.issue.get_absolute_url())  # notes the visit
    client.cookies.pop(replicas.COOKIE)
    both.replica.catch_up()
    with CaptureQueriesContext(connections["default"]) as at_the_primary:
        page, at_the_replica = opened(client, both.issue.get_absolute_url())
    assert both.issue.title in page
    assert at_the_replica > 3
    tables = " ".join(each["sql"] for each in at_the_primary)
    assert "relations_deskmembership" in tables
    assert 'FROM "relations_issue"' not in tables


def test_ones_own_writes_are_read_back_while_the_replica_is_paused(
    both: Cluster, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(both.analyst)
    both.pause()
    try:
        rename(client, both, "Sanctions under CAATSA")
        page, at_the_replica = opened(client, both.issue.get_absolute_url())
        assert "Sanctions under CAATSA" in page
        assert at_the_replica == 0
    finally:
        both.resume()
    both.replica.catch_up()
    page, at_the_replica = opened(client, both.issue.get_absolute_url())
    assert "Sanctions under CAATSA" in page
    assert at_the_replica > 0


def test_what_others_wrote_is_seen_after_a_second_however_far_the_replica_lags(
    both: Cluster, signed_in: Callable[..., Client]
) -> None:
    reader = signed_in(both.reader)
    reader.get(both.issue.get_absolute_url())
    both.pause()
    try:
        rename(signed_in(both.analyst), both, "CAATSA sanctions, lagging")
        time.sleep(replicas.MAY_BE_OLD)
        page, at_the_replica = opened(reader, both.issue.get_absolute_url())
        assert "CAATSA sanctions, lagging" in page
        assert at_the_replica == 0
    finally:
        both.resume()


def test_who_lost_the_desk_is_out_at_once(both: Cluster, signed_in: Callable[..., Client]) -> None:
    outgoing = factories.make_user("outgoing", both.issue.relationship, Role.READER)
    client = signed_in(outgoing)
    both.replica.catch_up()
    both.pause()
    try:
        DeskMembership.objects.filter(user=outgoing).delete()
        assert client.get(both.issue.get_absolute_url()).status_code == 404
    finally:
        both.resume()


def test_pages_come_from_the_primary_while_the_replica_is_down(both: Cluster, signed_in: Callable[..., Client]) -> None:
    client = signed_in(both.reader)
    both.replica.stop()
    try:
        page = client.get(both.issue.get_absolute_url())
        assert page.status_code == 200
        assert client.get(f"/search/?q={both.issue.slug}").status_code == 200
    finally:
        both.replica.ensure()


def test_a_page_whose_replica_ends_its_query_half_way_is_made_again_from_the_primary(
    both: Cluster, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(both.reader)
    client.get(both.issue.get_absolute_url())
    client.cookies.pop(replicas.COOKIE, None)
    both.replica.catch_up()

    def end_it(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if 'FROM "relations_issue"' in sql:
            sql, params = "SELECT pg_terminate_backend(pg_backend_pid())", None
        return execute(sql, params, many, context)

    with connections[REPLICA].execute_wrapper(end_it):
        page = client.get(both.issue.get_absolute_url())
    assert page.status_code == 200
    assert both.issue.slug in page.content.decode()
