"""Builds an archive, all of it or nothing."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pghistory
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from relations.archive.aside import aside
from relations.archive.content import TABLES, Content
from relations.archive.copying import Taken, send
from relations.archive.finding import find_on_issues
from relations.archive.guards import unguarded
from relations.archive.history import write_history
from relations.archive.moves import store_moves
from relations.archive.plan import CODES, MOST_DESKS, SLUG, Plan, store_world
from relations.archive.rules import check
from relations.models import Relationship, Statement
from relations.models.published import IssueStatement, PublishedBearing
from relations.models.search import SearchEntry

_TOGETHER = 10_000  # statements sent at once
_AHEAD = 3  # lots of these that wait to be stored
_COMMAND = "make_archive"

Tell = Callable[[str], None]


class Unsuitable(Exception):
    """The database, or what is asked of it, is not suited to an archive."""


def require_suitable(plan: Plan, into: str) -> bool:
    """Return whether this archive has still to be built here. Raises `Unsuitable` where it may not.

    No database with a real desk is touched, and none but the private one without being named.
    """
    if not 1 <= plan.desks <= MOST_DESKS or plan.statements < 20 * plan.desks:
        raise Unsuitable(
            _("Ask for 1 to %(desks)s desks, and for at least 20 statements a desk.") % {"desks": MOST_DESKS}
        )
    name = connection.settings_dict["NAME"]
    if not settings.IS_PRIVATE and into != name:
        raise Unsuitable(
            _(
                "DATABASE_URL names a server of your own. To fill its database “%(name)s” with made-up desks, "
                "say so: --into %(name)s"
            )
            % {"name": name}
        )
    real = Relationship.objects.exclude(
        slug__startswith=SLUG, first_party__code__in=CODES, second_party__code__in=CODES
    ).first()
    if real is not None:
        raise Unsuitable(
            _("The database “%(name)s” holds the desk “%(desk)s”, which is no archive’s. Nothing was done. An archive "
              "needs a database without real desks, because none of its rows can be removed again.")
            % {"name": name, "desk": real.slug}
        )  # fmt: skip
    standing = _standing()
    if standing not in (None, plan):
        raise Unsuitable(
            _("An archive stands here already: %(archive)s. Another one needs an empty database.")
            % {"archive": standing}
        )
    return standing is None


def _standing() -> Plan | None:
    """Return the plan of the archive that stands in the database: its history tells."""
    event: Any = Relationship
    made = event.pgh_event_model.objects.filter(pgh_context__command=_COMMAND).first()
    if made is None:
        return None
    return Plan(**{name: made.pgh_context[name] for name in ("statements", "desks", "seed")})


class _Lane:
    """Works that one session of the database does one after the other, while others go on."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._waiting: deque[Future[None]] = deque()

    def do(self, work: Callable[..., None], *arguments: Any) -> None:
        """Have a work done in its turn, once few enough are waiting. Raises what one of these raised."""
        self.catch_up(_AHEAD)
        self._waiting.append(self._pool.submit(work, *arguments))

    def catch_up(self, waiting: int = 0) -> None:
        """Wait until no more than so many works are waiting or being done."""
        while len(self._waiting) > waiting:
            self._waiting.popleft().result()


def _store(raw: Any, taken: list[Taken]) -> None:
    """Store rows by psycopg's own connection `raw`, with their history and what is kept beside them.

    All statements of a document are in one of these lots, with all that is theirs.
    """
    with raw.cursor() as cursor:
        send(cursor, taken)
        write_history(cursor, taken)
        find_on_issues(cursor, next(rows for rows in taken if rows.model is Statement))


def _store_entries(raw: Any, taken: list[Taken]) -> None:
    with raw.cursor() as cursor:
        send(cursor, taken)


def _write(content: Content, entries_by: Any, advance: Callable[[int], Any]) -> None:
    """Write all desks' content, while two sessions store what was written before: one the content, one the search's entries."""
    content_by = connection.connection  # this thread's, which waits meanwhile and asks nothing
    with ThreadPoolExecutor(1) as of_content, ThreadPoolExecutor(1) as of_entries:
        lanes = _Lane(of_content), _Lane(of_entries)

        def take() -> None:
            lanes[0].do(_store, content_by, content.taken())
            lanes[1].do(_store_entries, entries_by, [content.entries.taken()])

        waiting = 0
        for desk in content.world.desks:
            for written in content.write(desk):
                advance(written)
                waiting += written
                if waiting >= _TOGETHER:
                    take()
                    waiting = 0
        take()
        for lane in lanes:
            lane.catch_up()


def build(plan: Plan, tell: Tell, advance: Callable[[int], Any]) -> int:
    """Build an archive. `tell` is told what is being done, `advance` how many statements more are on their way.

    Return how many queries asked whether the rules hold. Raises `rules.Broken` where one does not; nothing is stored then.
    """
    numbers = {"statements": plan.statements, "desks": plan.desks, "seed": plan.seed}
    with aside(SearchEntry) as entries, transaction.atomic(), pghistory.context(command=_COMMAND, **numbers):
        world = store_world(plan)
        with unguarded((*TABLES, PublishedBearing, IssueStatement)):
            content = Content(plan, world, entries.made)
            _write(content, entries.begin(), advance)
            tell(_("Building the indexes and checking the foreign keys"))
        entries.take_place()
        content.close()
        with connection.cursor() as cursor:
            for model in (*TABLES, SearchEntry):
                cursor.execute(f'ANALYZE "{model._meta.db_table}"')  # nothing is known yet of what has just come in
        tell(_("Storing what stands on the statements"))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for desk in world.desks:
                store_moves(plan, world, content, desk)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        tell(_("Asking every rule of all rows"))
        return check()
