"""The private PostgreSQL, on real servers with data folders of their own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.embedded_postgres import binaries as finding
from config.embedded_postgres.base import DatabaseWrapper
from config.embedded_postgres.errors import PrivateServerError
from config.embedded_postgres.server import PORT, Server

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """A folder for data that root's server, running as `nobody`, may reach, with a space in its path."""
    folder = tmp_path / "with a space"
    folder.mkdir()
    for parent in (folder, *folder.parents):
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o111)
    return folder


@pytest.fixture
def server(var: Path) -> Iterator[Server]:
    """A private PostgreSQL that is stopped and removed afterwards."""
    server = Server(var)
    yield server
    server.delete()


def ask(server: Server, question: str) -> str:
    with server.connect() as connection:
        row = connection.execute(question).fetchone()  # type: ignore[call-overload]
    return str(row[0])


def postmaster_pid(server: Server) -> int:
    return int((server.data / "postmaster.pid").read_text().split("\n")[0])


def test_it_starts_once_and_keeps_the_desks_data_safe(server: Server) -> None:
    assert server.ensure() is True
    assert server.ensure() is False
    settings = {name: ask(server, f"SHOW {name}") for name in ("fsync", "full_page_writes", "synchronous_commit")}
    assert set(settings.values()) == {"on"}
    assert ask(server, "SHOW listen_addresses") == ""
    assert ask(server, "SHOW server_encoding") == "UTF8"
    assert ask(server, "SELECT lower('İIĞ')") in ("iiğ", "i̇iğ")
    assert server.socket_folder.stat().st_mode & 0o777 == 0o700
    assert len(str(server.socket_folder)) < 80
    for extension in ("btree_gist", "pg_trgm", "unaccent"):
        assert ask(server, f"SELECT count(*) FROM pg_available_extensions WHERE name = '{extension}'") == "1"


def test_many_starts_at_once_make_one_server(var: Path, server: Server) -> None:
    code = (
        "import sys, pathlib; from config.embedded_postgres.server import Server; "
        "print(Server(pathlib.Path(sys.argv[1])).ensure())"
    )
    command = [sys.executable, "-c", code, str(var)]
    with ThreadPoolExecutor(4) as pool:
        runs = list(
            pool.map(lambda _n: subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True), range(4))
        )
    assert [run.returncode for run in runs] == [0, 0, 0, 0], [run.stderr for run in runs]
    assert sorted(run.stdout.strip() for run in runs) == ["False", "False", "False", "True"]


def test_it_recovers_after_a_kill_with_what_was_committed(server: Server) -> None:
    server.ensure()
    with server.connect() as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('said')")
    os.kill(postmaster_pid(server), signal.SIGKILL)
    assert server.ensure() is True
    assert ask(server, "SELECT word FROM kept") == "said"


def test_a_pid_that_is_another_programs_now_does_not_stop_a_start(server: Server) -> None:
    server.ensure()
    server.stop()
    lines = [str(os.getpid()), str(server.data), "1", "5432", str(server.socket_folder), "", "", ""]
    (server.data / "postmaster.pid").write_text("\n".join(lines))
    assert server.ensure() is True


def test_a_server_whose_socket_was_swept_away_is_started_anew(server: Server) -> None:
    server.ensure()
    shutil.rmtree(server.socket_folder)
    assert server.ensure() is True
    assert ask(server, "SELECT 1") == "1"


def test_the_sockets_folder_does_not_depend_on_the_session(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(server.var))
    assert Server(server.var).socket_folder == server.socket_folder


def test_stopping_says_whether_it_ran(server: Server) -> None:
    assert server.stop() is False
    server.ensure()
    assert server.stop() is True
    assert server.answers() is False


def test_data_of_another_major_version_is_refused_in_one_clear_sentence(server: Server) -> None:
    other = server.root / "postgres-11"
    other.mkdir()
    (other / "PG_VERSION").write_text("11\n")
    with pytest.raises(PrivateServerError, match=r"another PostgreSQL \(postgres-11\).*PG_BIN.*DATABASE_URL"):
        server.ensure()
    shutil.rmtree(other)


def test_no_binaries_for_this_machine_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PG_BIN", raising=False)
    monkeypatch.setattr(finding, "_packaged", lambda: None)
    monkeypatch.setattr(finding, "_system_folders", list)
    with pytest.raises(PrivateServerError, match=r"No PostgreSQL for this machine.*DATABASE_URL"):
        finding.find_binaries()


def test_a_pg_bin_without_a_postgresql_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(PrivateServerError, match="PG_BIN names"):
        finding.find_binaries()


def test_a_system_postgresql_is_used_where_the_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PG_BIN", raising=False)
    monkeypatch.setattr(finding, "_packaged", lambda: None)
    if finding._newest_system() is None:
        pytest.skip("no system PostgreSQL of 15 or newer on this machine")
    assert finding.find_binaries().major >= finding.OLDEST_MAJOR


def test_a_socket_folder_of_someone_else_is_refused(server: Server) -> None:
    server.socket_folder.mkdir(mode=0o777)
    server.socket_folder.chmod(0o777)
    with pytest.raises(PrivateServerError, match=r"not the private PostgreSQL's own.*DATABASE_URL"):
        server.ensure()


ORDINARY = """
import os, sys
os.setgroups([]); os.setgid(65534); os.setuid(65534)
from pathlib import Path
from config.embedded_postgres.server import Server
server = Server(Path(sys.argv[1]))
try:
    server.ensure()
    print(server.root, server.answers())
finally:
    server.stop()
"""


def test_an_ordinary_user_runs_it_in_the_checkout(tmp_path: Path, var: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("the other tests run as an ordinary user already")
    try:
        probe = [sys.executable, "-c", "import os; os.setuid(65534); import psycopg"]
        subprocess.run(probe, check=True, capture_output=True)
    except subprocess.CalledProcessError:
        pytest.skip("an ordinary user cannot run this Python")
    os.chown(var, 65534, 65534)
    run = subprocess.run([sys.executable, "-c", ORDINARY, str(var)], cwd=CHECKOUT, capture_output=True, text=True)
    assert run.stdout.split()[-1:] == ["True"], run.stderr
    assert run.stdout.startswith(str(var))


def test_a_folder_that_cannot_be_written_is_told() -> None:
    with pytest.raises(PrivateServerError, match=r"cannot be written to.*DATABASE_URL"):
        Server(Path("/proc/var")).ensure()


def test_as_root_data_moves_where_its_server_can_reach_it(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root's server runs as another user")
    var.chmod(0o700)
    assert Server(var).root.parent == Path("/var/lib")


@pytest.mark.parametrize("command", [["check"], ["collectstatic", "--dry-run", "--no-input", "--verbosity", "0"]])
def test_checking_and_collecting_start_nothing(command: list[str]) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | {"PG_BIN": "/nowhere"}
    run = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=CHECKOUT, env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr


def test_a_command_that_needs_the_server_says_in_one_sentence_why_it_cannot_run(tmp_path: Path) -> None:
    code = (
        "import sys, django.conf; from config import settings; settings.DATABASES['default']['DATA_DIR'] = sys.argv[1];"
        "sys.argv = ['manage.py', 'migrate']; import manage; manage.main()"
    )
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | {"PG_BIN": "/nowhere"}
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=CHECKOUT, env=environment, capture_output=True, text=True
    )
    assert run.returncode == 1
    assert run.stderr.startswith("PG_BIN names /nowhere")
    assert "DATABASE_URL" in run.stderr
    assert "Traceback" not in run.stderr


def wrapper_of(server: Server) -> DatabaseWrapper:
    settings = {
        "ENGINE": "config.embedded_postgres", "NAME": "desk", "DATA_DIR": server.var, "OPTIONS": {}, "TIME_ZONE": None,
        "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False, "TEST": {},
    }  # fmt: skip
    return DatabaseWrapper(settings, "default")


def test_a_stopped_server_is_started_again_by_the_next_connection(server: Server, django_db_blocker: Any) -> None:
    wrapper = wrapper_of(server)
    with django_db_blocker.unblock():
        with wrapper.cursor() as cursor:
            cursor.execute("SELECT 1")
        wrapper.close()
        server.stop()
        with wrapper.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)
        wrapper.close()


def test_a_server_that_another_process_is_just_starting_is_waited_for(
    server: Server, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its socket is bound before it listens: two test processes met on a fresh checkout, and one was refused."""
    ensure = Server.ensure

    def started_by_another(this: Server) -> bool:
        ensure(this)
        return False

    server.ensure()
    server.stop()
    monkeypatch.setattr(Server, "ensure", started_by_another)
    wrapper = wrapper_of(server)
    with django_db_blocker.unblock(), socket.socket(socket.AF_UNIX) as bound:
        bound.bind(f"{server.socket_folder}/.s.PGSQL.{PORT}")
        with wrapper.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)
        wrapper.close()


def test_psycopg_itself_is_told_when_nothing_runs(server: Server) -> None:
    with pytest.raises(psycopg.OperationalError):
        server.connect()
