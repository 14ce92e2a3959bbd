"""Builds an archive, all of it or nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pghistory
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from relations.archive.content import TABLES, Content
from relations.archive.copying import Taken, send
from relations.archive.finding import find, indexed_afterwards
from relations.archive.guards import unguarded
from relations.archive.history import write_history
from relations.archive.moves import store_moves
from relations.archive.plan import CODES, MOST_DESKS, SLUG, Plan, store_world
from relations.archive.rules import check
from relations.models import Document, Relationship, Statement

_TOGETHER = 10_000  # statements sent at once
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


def _store(raw: Any, taken: list[Taken]) -> None:
    """Store rows by psycopg's own connection `raw`, and what the search finds of them.

    All statements of a document are in one of these lots, so that what is found of either is final.
    """
    with raw.cursor() as cursor:
        send(cursor, taken)
        for rows in taken:
            if rows.model in (Document, Statement):
                find(cursor, rows.model._meta.model_name, rows.first, rows.behind)


def _write(content: Content, advance: Callable[[int], Any]) -> None:
    """Write all desks' content, while what was written before is being stored: two cores are busy and not one."""
    raw = connection.connection  # this thread's, which waits meanwhile and asks nothing
    with ThreadPoolExecutor(1) as sender:
        sending = sender.submit(_store, raw, [])
        waiting = 0
        for desk in content.world.desks:
            for written in content.write(desk):
                advance(written)
                waiting += written
                if waiting >= _TOGETHER:
                    sending.result()
                    sending, waiting = sender.submit(_store, raw, content.taken()), 0
        sending.result()
        sender.submit(_store, raw, content.taken()).result()


def build(plan: Plan, tell: Tell, advance: Callable[[int], Any]) -> int:
    """Build an archive. `tell` is told what is being done, `advance` how many statements more are on their way.

    Return how many queries asked whether the rules hold. Raises `rules.Broken` where one does not; nothing is stored then.
    """
    numbers = {"statements": plan.statements, "desks": plan.desks, "seed": plan.seed}
    with transaction.atomic(), pghistory.context(command=_COMMAND, **numbers):
        world = store_world(plan)
        with indexed_afterwards(), unguarded(TABLES):
            content = Content(plan, world)
            _write(content, advance)
            content.close()
            tell(_("Writing the history"))
            write_history()
            tell(_("Building the indexes and checking the foreign keys"))
        tell(_("Storing what stands on the statements"))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for desk in world.desks:
                store_moves(plan, world, content, desk)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        tell(_("Asking every rule of all rows"))
        return check()
