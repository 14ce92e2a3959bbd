"""Reads that may be a second old go to streaming replicas; writes, and reads that may not be old, to the primary.

How far each server has come is compared by positions in the write-ahead log. A request that reads goes to a replica only
where that has replayed all that the primary had written a second ago, and all that this browser wrote itself (a cookie
tells how far that was). A replica that lags, is paused or down is passed over; where it fails half-way through a page,
the page is made again from the primary.
"""

import itertools
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse

PRIMARY = "default"
MAY_BE_OLD = 1.0  # seconds
PASSED_OVER = 5.0  # seconds for which a replica that failed is not asked
COOKIE = "written"
_COOKIE_LASTS = 24 * 60 * 60  # seconds; a replica that lags longer serves nobody who wrote
_POSITION = re.compile(r"[0-9A-F]{1,8}/[0-9A-F]{1,8}")
# Who may do what is never a second old, nor is a session that was ended.
_NEVER_OLD = {"user", "deskmembership", "apitoken"}

_reads_from: ContextVar[str] = ContextVar("reads_from", default=PRIMARY)
_has_written: ContextVar[bool] = ContextVar("has_written", default=False)


class Router:
    """Django's question which database a model is read from and written to (`DATABASE_ROUTERS`)."""

    def db_for_read(self, model: Any, **_hints: Any) -> str:
        """Return where the request under way reads the desk's content; everything else is read from the primary."""
        meta = model._meta
        may_be_old = meta.app_label == "relations" and meta.model_name not in _NEVER_OLD
        return _reads_from.get() if may_be_old else PRIMARY

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        """Return the primary, from which the request that writes also reads from now on."""
        _reads_from.set(PRIMARY)
        _has_written.set(True)
        return PRIMARY

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        """Let rows of all servers refer to each other: they are the same rows."""
        return True

    def allow_migrate(self, database: str, _app_label: str, **_hints: Any) -> bool:
        """Replicas get their tables from the primary."""
        return database == PRIMARY


@dataclass
class _Replica:
    """A replica, and how far it had come when it was last asked."""

    alias: str
    position: int = 0
    silent_until: float = 0.0

    def has_come_to(self, wanted: int) -> bool:
        """Say whether it has replayed the log as far as `wanted`; not where it does not answer."""
        if time.monotonic() < self.silent_until:
            return False
        if self.position < wanted:
            try:
                self.position = _asked(self.alias, "SELECT pg_last_wal_replay_lsn()::text")
            except (DatabaseError, InterfaceError):
                self.pass_over()
                return False
        return self.position >= wanted

    def pass_over(self) -> None:
        """Leave it alone for a while; it may have come back as another server."""
        self.position = 0
        self.silent_until = time.monotonic() + PASSED_OVER
        connections[self.alias].close()


class ReplicaMiddleware:
    """Decides for each request where it reads, and notes how far it wrote."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.REPLICAS:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self._replicas = {alias: _Replica(alias) for alias in settings.REPLICAS}
        self._turns = itertools.count()  # each in its turn, which spreads the load
        self._sample = (0.0, 0)  # when the primary was asked, and how far it had come

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; what is written after the answer began, as a long file is, was read from the primary."""
        where = _reads_from.set(self._choose(request))
        written = _has_written.set(request.method not in ("GET", "HEAD"))
        try:
            response = self.get_response(request)
            if _has_written.get():
                position = _text(_asked(PRIMARY, "SELECT pg_current_wal_lsn()::text"))
                response.set_cookie(
                    COOKIE, position, max_age=_COOKIE_LASTS, httponly=True, secure=settings.SESSION_COOKIE_SECURE,
                    samesite="Lax",
                )  # fmt: skip
        finally:
            _reads_from.reset(where)
            _has_written.reset(written)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Make the page again from the primary where its replica went away or ended the query."""
        alias = _reads_from.get()
        if alias == PRIMARY or not isinstance(exception, OperationalError | InterfaceError):
            return None
        self._replicas[alias].pass_over()
        _reads_from.set(PRIMARY)
        match: Any = request.resolver_match
        return match.func(request, *match.args, **match.kwargs)

    def _choose(self, request: HttpRequest) -> str:
        if request.method not in ("GET", "HEAD"):
            return PRIMARY
        wanted = max(self._a_second_ago(), _number(request.COOKIES.get(COOKIE, "")))
        level = [replica.alias for replica in self._replicas.values() if replica.has_come_to(wanted)]
        return level[next(self._turns) % len(level)] if level else PRIMARY

    def _a_second_ago(self) -> int:
        """Return how far the primary had come a second ago, or less; asked once a second."""
        now = time.monotonic()
        if now - self._sample[0] >= MAY_BE_OLD or not self._sample[1]:
            self._sample = (now, _asked(PRIMARY, "SELECT pg_current_wal_lsn()::text"))
        return self._sample[1]


def _asked(alias: str, question: str) -> int:
    with connections[alias].cursor() as cursor:
        cursor.execute(question)
        (position,) = cursor.fetchone()
    return _number(position or "")  # none of a replica that was made a primary


def _number(position: str) -> int:
    """Return a position in the log as a number; 0 for what is none (a cookie is what its browser sends)."""
    if not _POSITION.fullmatch(position):
        return 0
    high, low = position.split("/")
    return (int(high, 16) << 32) + int(low, 16)


def _text(position: int) -> str:
    return f"{position >> 32:X}/{position & 0xFFFFFFFF:X}"
