"""Servers beside the tests' own: a primary with the program's tables, a replica of it, and a pooler before it."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

from config.embedded_postgres.server import DATABASE, PORT, USER, Server

PATIENCE = 60.0


@contextmanager
def folders(*names: str) -> Iterator[list[Path]]:
    """Make folders that the server's user may enter, which pytest's own are not; remove them afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        made = [Path(folder) / name for name in names]
        for each in made:
            each.mkdir()
        yield made


def fill(server: Server) -> None:
    """Give `server` the tables, rules and reference rows of the tests' database."""
    tests = connections["default"].settings_dict
    programs = server.binaries.folder
    dump = subprocess.run(
        [programs / "pg_dump", "--no-owner", "-h", tests["HOST"], "-p", str(tests["PORT"]), "-U", tests["USER"],
         tests["NAME"]],
        check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    subprocess.run(
        [programs / "psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-h", server.socket_folder, "-p", PORT, "-U", USER,
         DATABASE],
        check=True, input=dump.stdout, stdout=subprocess.DEVNULL,
    )  # fmt: skip


@dataclass(frozen=True)
class Replica(Server):
    """A streaming replica of `primary`."""

    primary: Server

    def _make_cluster(self) -> None:
        if self.data.exists():
            return
        self.data.mkdir(mode=0o700)
        os.chown(self.data, self._account.pw_uid, self._account.pw_gid)
        with self.log.open("ab") as said:
            copying = self._run(
                [str(self._programs() / "pg_basebackup"), "-D", str(self.data), "-h", str(self.primary.socket_folder),
                 "-p", PORT, "-U", USER, "--write-recovery-conf", "--checkpoint=fast"],
                said,
            )  # fmt: skip
        assert copying.wait() == 0, self.log.read_text()

    def _make_database(self) -> None:
        """It has the primary's."""

    def has_all(self) -> bool:
        """Say whether it has replayed all that the primary has written."""
        with self.primary.connect() as primary, self.connect() as replica:
            (position,) = primary.execute("SELECT pg_current_wal_lsn()::text").fetchone() or ("",)
            (replayed,) = replica.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [position]).fetchone() or (
                0,
            )
        return bool(replayed)

    def catch_up(self) -> None:
        """Wait until it has all."""
        deadline = time.monotonic() + PATIENCE
        while not self.has_all():
            assert time.monotonic() < deadline, "the replica does not come after"
            time.sleep(0.02)


def settings_of(server: Server, **more: Any) -> dict[str, Any]:
    """Return the connection settings of Django's own backend for `server`."""
    return {**connections["default"].settings_dict, "ENGINE": "django.db.backends.postgresql", "NAME": DATABASE,
            "HOST": str(server.socket_folder), "PORT": PORT, "USER": USER, "PASSWORD": "", "OPTIONS": {}, **more}  # fmt: skip


class Elsewhere(DatabaseWrapper):
    """A connection to a server that the tests' guards of the tests' own database know nothing of."""

    def ensure_connection(self) -> None:
        """Connect where there is no connection yet."""
        if self.connection is None:
            with self.wrap_database_errors:
                self.connect()


@contextmanager
def connected(**aliases: dict[str, Any]) -> Iterator[None]:
    """Have this thread's database connections lead elsewhere, by their aliases."""
    before = {alias: connections[alias] for alias in aliases if alias in connections.settings}
    for alias, settings in aliases.items():
        connections.settings.setdefault(alias, settings)
        connections[alias] = Elsewhere(settings, alias)
    try:
        yield
    finally:
        for alias in aliases:
            connections[alias].close()
            if alias in before:
                connections[alias] = before[alias]
            else:
                del connections[alias]
                del connections.settings[alias]


class Pooler:
    """pgbouncer before a server, in transaction mode with few connections, in a folder that it may write to."""

    def __init__(self, server: Server, folder: Path, program: str, connections_kept: int) -> None:
        self.folder = folder
        os.chown(folder, server._account.pw_uid, server._account.pw_gid)
        settings = folder / "pgbouncer.ini"
        settings.write_text(
            f"[databases]\n{DATABASE} = host={server.socket_folder} port={PORT} user={USER}\n"
            f"[pgbouncer]\nlisten_addr =\nunix_socket_dir = {folder}\nlisten_port = {PORT}\nauth_type = any\n"
            f"pool_mode = transaction\ndefault_pool_size = {connections_kept}\nlogfile = {folder}/pgbouncer.log\n"
        )
        with (folder / "said").open("ab") as said:
            self._process = server._run([program, str(settings)], said)
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self._process.poll() is None, (folder / "said").read_text()
            assert time.monotonic() < deadline, "pgbouncer does not answer"
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            psycopg.connect(host=str(self.folder), port=PORT, user=USER, dbname=DATABASE).close()
        except psycopg.OperationalError:
            return False
        return True

    def end(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(PATIENCE)
