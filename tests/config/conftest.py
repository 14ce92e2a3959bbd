"""A server beside the tests' own, for what only another server shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from config.embedded_postgres.server import Server
from relations.choices import Role
from relations.models import Issue, User
from tests import factories
from tests.config.servers import connected, fill, folders, settings_of


@dataclass
class Filled:
    """A server with the program's tables and a desk, and who works there."""

    server: Server
    issue: Issue
    analyst: User
    reviewer: User
    reader: User


@pytest.fixture(scope="session")
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[Filled]:
    with folders("server") as (folder,):
        server = Server(folder)
        try:
            server.ensure()
            with django_db_blocker.unblock():
                fill(server)
                with connected(default=settings_of(server)):
                    desk = factories.make_desk()
                    roles = (Role.ANALYST, Role.REVIEWER, Role.READER)
                    analyst, reviewer, reader = (factories.make_user(str(role), desk, role) for role in roles)
                    issue = factories.make_issue(desk, slug="caatsa")
                    for _each in range(3):
                        factories.make_published(issue, analyst, reviewer)
            yield Filled(server, issue, analyst, reviewer, reader)
        finally:
            server.delete()
