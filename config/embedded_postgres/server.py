"""Start and stop the private PostgreSQL on its data folder.

It listens on a Unix socket alone, in a folder that only its user may enter. As root, which PostgreSQL refuses to run
as, it runs as `nobody`, with its data and, if need be, a copy of its programs where that user can reach them.
"""

import fcntl
import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg

from config.embedded_postgres.binaries import Binaries, find_binaries
from config.embedded_postgres.errors import PrivateServerError

USER = DATABASE = "desk"
PORT = "5432"  # names the socket's file; nothing listens on TCP
PATIENCE = 60.0  # seconds for a start; recovery after a kill takes two or three
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "jit": "off",
}

# The server outlives whoever started it; what is kept here is not warned about as forgotten.
_launched: "list[subprocess.Popen[bytes]]" = []


def _others_may_enter(folder: Path) -> bool:
    """Say whether any user may pass through `folder` and all above it."""
    return all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents) if parent.exists())


@dataclass(frozen=True)
class Server:
    """A private PostgreSQL, by the folder that an installation keeps its data in."""

    var: Path

    @property
    def _as_root(self) -> bool:
        return os.geteuid() == 0

    @cached_property
    def _account(self) -> pwd.struct_passwd:
        """The account the server runs under."""
        return pwd.getpwnam("nobody") if self._as_root else pwd.getpwuid(os.geteuid())

    @cached_property
    def root(self) -> Path:
        """The folder of data, log and lock: `var`, or one under /var/lib where root's server could not enter that."""
        if not self._as_root or _others_may_enter(self.var):
            return self.var
        return Path("/var/lib") / f"relations-desk-{self._name}"

    @cached_property
    def _name(self) -> str:
        return hashlib.sha256(str(self.var.resolve()).encode()).hexdigest()[:12]

    @cached_property
    def socket_folder(self) -> Path:
        """The folder of the socket; short, as a socket's path may have 107 bytes, whatever the data folder's length.

        In /tmp and not in TMPDIR, which differs between sessions of one user.
        """
        return Path("/tmp") / f"desk-{self._name}-{self._account.pw_uid}"

    @cached_property
    def binaries(self) -> Binaries:
        """The PostgreSQL that it runs."""
        return find_binaries()

    @property
    def data(self) -> Path:
        """The data folder, named by major version: another version cannot read it."""
        return self.root / f"postgres-{self.binaries.major}"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.root / f"postgres-{self.binaries.major}.log"

    # Whether it runs

    def answers(self) -> bool:
        """Say whether the server takes connections."""
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self, database: str = DATABASE) -> "psycopg.Connection[Any]":
        """Return a connection of psycopg's own. Raises `psycopg.OperationalError` where the server does not run."""
        return psycopg.connect(
            host=str(self.socket_folder), port=PORT, user=USER, dbname=database, autocommit=True, connect_timeout=10
        )

    def socket_exists(self) -> bool:
        """Say whether the socket's file is there: cheap, and true for every running server."""
        return (self.socket_folder / f".s.PGSQL.{PORT}").exists()

    def _postmaster(self) -> int | None:
        """Return the pid of the server on this data folder; None where none runs, whoever has the pid now."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n")[0])
            os.kill(pid, 0)
        except (OSError, ValueError):
            return None
        return pid if self._works_here(pid) else None

    def _works_here(self, pid: int) -> bool:
        """Say whether process `pid` is a server on this folder: a postmaster's working folder is its data folder."""
        if Path("/proc/self").exists():
            try:
                return Path(f"/proc/{pid}/cwd").resolve(strict=True) == self.data.resolve()
            except OSError:
                return False
        said = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return str(self.data) in said.stdout

    def _lost_its_socket(self) -> bool:
        """Say whether a server is up whose socket was swept away, as cleaners of /tmp do; nobody can reach it."""
        if self._postmaster() is None or self.socket_exists():
            return False
        try:
            return "ready" in (self.data / "postmaster.pid").read_text()
        except OSError:
            return False

    # Start and stop

    def ensure(self) -> bool:
        """Make sure that the server runs and holds the desk's database. Return whether it had to be started.

        Raises `PrivateServerError`. Safe to call from many processes at once: one starts, the others wait.
        """
        if self.answers():
            return False
        self._make_root()
        with self._lock():
            if self.answers():
                return False
            self._make_socket_folder()  # under the lock: between its making and its change of owner it is nobody's
            self._make_cluster()
            self._start()
            self._make_database()
        return True

    def stop(self) -> bool:
        """Stop the server, ending its connections. Return whether it ran."""
        pid = self._postmaster()
        if pid is None:
            return False
        os.kill(pid, signal.SIGINT)  # PostgreSQL's fast shutdown
        deadline = time.monotonic() + PATIENCE
        while self._postmaster() is not None:
            if time.monotonic() > deadline:
                raise PrivateServerError(f"The private PostgreSQL (process {pid}) did not stop.")
            time.sleep(0.05)
        return True

    def delete(self) -> bool:
        """Stop the server and delete its data, of every version, its log and programs. Return whether there was any."""
        if any(self.root.glob("postgres-*/PG_VERSION")):
            self.stop()
        left = [path for pattern in ("postgres-*", "programs-*", "postgres.lock") for path in self.root.glob(pattern)]
        for path in left:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.rmtree(self.socket_folder, ignore_errors=True)
        return bool(left)

    def _make_root(self) -> None:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root):
                pass
        except OSError as error:
            raise PrivateServerError(f"The folder {self.root} cannot be written to ({error.strerror}).") from error

    def _make_socket_folder(self) -> None:
        try:
            self.socket_folder.mkdir(mode=0o700)
            os.chown(self.socket_folder, self._account.pw_uid, self._account.pw_gid)
        except FileExistsError:
            pass
        stat = self.socket_folder.lstat()
        if stat.st_uid != self._account.pw_uid or stat.st_mode & 0o077 or self.socket_folder.is_symlink():
            raise PrivateServerError(f"The folder {self.socket_folder} is not the private PostgreSQL's own. Remove it.")

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Let one process at a time start the server; a process that dies lets go of it."""
        with (self.root / "postgres.lock").open("w") as file:
            deadline = time.monotonic() + 2 * PATIENCE
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise PrivateServerError("Another process has been starting the server for too long.") from None
                    time.sleep(0.05)
            yield

    def _make_cluster(self) -> None:
        """Make the data folder where there is none; whole or not at all."""
        if self.data.exists():
            self._check_version()
            return
        others = sorted(folder.name for folder in self.root.glob("postgres-*") if (folder / "PG_VERSION").exists())
        if others:
            raise PrivateServerError(
                f"{self.root} holds the data of another PostgreSQL ({', '.join(others)}); the one found here is "
                f"{self.binaries.version}. Name the folder of that version's programs in PG_BIN."
            )
        new = self.root / f"{self.data.name}.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        os.chown(new, self._account.pw_uid, self._account.pw_gid)
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if self.binaries.major >= 17
            else ["--locale=C.UTF-8"]
        )
        options = ["-D", str(new), "-U", USER, "-E", "UTF8", "-A", "trust", "--no-instructions", *locale]
        with tempfile.TemporaryFile() as said:
            done = self._run([str(self._programs() / "initdb"), *options], said).wait()
            if done != 0:
                said.seek(0)
                raise PrivateServerError(f"Its data folder could not be made: {_last_line(said.read())}.")
        new.rename(self.data)

    def _check_version(self) -> None:
        try:
            version = (self.data / "PG_VERSION").read_text().strip()
        except OSError as error:
            raise PrivateServerError(f"The data folder {self.data} cannot be read ({error.strerror}).") from error
        if version != str(self.binaries.major):
            raise PrivateServerError(
                f"The data in {self.data} was made by PostgreSQL {version}, the one found here is "
                f"{self.binaries.version}. Name the folder of that version's programs in PG_BIN."
            )

    def _start(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self._lost_its_socket():
                self.stop()
            if self._postmaster() is None:
                # The pid in these files may be another program's by now, which PostgreSQL takes for a running server.
                (self.data / "postmaster.pid").unlink(missing_ok=True)
                (self.socket_folder / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
                process = self._launch()
            else:
                process = None  # it is starting, recovering or stopping
            while time.monotonic() < deadline:
                if self.answers():
                    self._tell()
                    return
                if process.poll() is not None if process else self._postmaster() is None:
                    break
                time.sleep(0.05)
            time.sleep(0.2)
        raise PrivateServerError(f"It did not start: {_last_line(self.log.read_bytes())} (see {self.log}).")

    def _launch(self) -> "subprocess.Popen[bytes]":
        settings = {**_SETTINGS, "unix_socket_directories": str(self.socket_folder), "port": PORT}
        options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            process = self._run([str(self._programs() / "postgres"), "-D", str(self.data), *options], log)
        _launched.append(process)
        return process

    def _run(self, command: list[str], output: Any) -> "subprocess.Popen[bytes]":
        """Run a program as the server's user, in a session of its own. Its output goes to a file: the server keeps
        whatever it is given, and a pipe would hang whoever waits for its end."""
        account = self._account
        # As root only: anyone else already is that user.
        identity: dict[str, Any] = (
            {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if self._as_root else {}
        )
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,
            **identity,
        )

    def _programs(self) -> Path:
        """Return the folder of programs that the server's user can reach; as root a copy may be needed."""
        folder = self.binaries.folder
        if not self._as_root or _others_may_enter(folder.resolve()):
            return folder
        copy = self.root / f"programs-{self.binaries.version}"
        source = folder.parent.parent  # the package; its libraries lie beside it, found by relative path
        if not copy.exists():
            new = copy.with_name(f"{copy.name}.new")
            shutil.rmtree(new, ignore_errors=True)
            shutil.copytree(folder.parent, new / source.name / folder.parent.name, symlinks=True)
            libraries = source.with_name(f"{source.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, new / libraries.name)
            new.rename(copy)
        return copy / source.name / folder.parent.name / folder.name

    def _make_database(self) -> None:
        with self.connect("postgres") as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _tell(self) -> None:
        sys.stderr.write(f"The private PostgreSQL {self.binaries.version} runs; its data is in {self.data}.\n")


def _last_line(output: bytes) -> str:
    lines = [line for line in output.decode(errors="replace").splitlines() if line.strip()]
    return re.sub(r"^.*?(FATAL|ERROR|error): +", "", lines[-1]).rstrip(".") if lines else "it said nothing"
