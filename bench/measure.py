"""`make bench`: how fast the program is with a thousand, ten thousand and a million statements, and beside its floor.

    python -m bench.measure [--statements 1000000] [--seconds 3] [--out bench/results.json] [--readme README.md]

Builds the archives, or uses those that stand, each in a database of its own on the private PostgreSQL; serves each by
gunicorn with two workers under production settings, and opens its pages by wrk from outside. All bars are ratios of
one run; the table goes into the README, between its two marks.
Needs wrk (`apt-get install wrk`). Sends nothing to any machine but this one.
"""

import argparse
import contextlib
import http.client
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg

from bench import bars
from config.embedded_postgres.server import PORT, USER, Server

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
GROWTH = (1_000, 10_000)  # statements of the small archives, which tell how much slower a large one is
DESKS, SEED = 40, 7
WORKERS, THREADS = 2, 4  # as `make run` serves
SQL_TIMES = 9
PATIENCE = 60  # seconds
LONGEST = 600  # seconds that one request may take
SLOW = 5  # seconds for all at once, above which a page is told of by one request
FEWEST = 12  # requests that a median is told of
LOADED = 500  # statements that `load_desk` and `loaddata` are compared with
IMPORTED = 10_000  # rows of a table
EVERYONE_HERE = "RED"  # the strictest marking: the export leaves nothing out


class Archive:
    """One archive: its database, and the environment in which the program runs on it."""

    def __init__(self, server: Server, statements: int) -> None:
        self.server = server
        self.statements = statements
        self.desks = min(DESKS, max(1, statements // 500))
        self.name = f"archive_{statements}"

    @property
    def environment(self) -> dict[str, str]:
        """Return a production installation's environment."""
        folder = quote(str(self.server.socket_folder), safe="")
        return os.environ | {
            "DATABASE_URL": f"postgres://{USER}@{folder}:{PORT}/{self.name}",
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "SECRET_KEY": "only-for-the-benchmark-" + "k" * 50,
            "ALLOWED_HOSTS": "127.0.0.1",
            "SECURE_SSL_REDIRECT": "0",
            "STATIC_ROOT": str(ROOT / "var" / "static"),
        }

    def manage(self, *arguments: str) -> str:
        """Run one of the program's commands on it. Return what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def connect(self) -> "psycopg.Connection[Any]":
        """Connect to its database."""
        return psycopg.connect(
            host=str(self.server.socket_folder), port=PORT, user=USER, dbname=self.name, autocommit=True
        )

    def stand(self) -> dict[str, Any]:
        """Build it where it does not stand. Return what building took, today or when it was built."""
        with self.server.connect() as connection:
            exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name]).fetchone()
            if not exists:
                connection.execute(f"CREATE DATABASE {self.name}")
        self.manage("migrate", "--no-input", "--verbosity", "0")
        numbers = ["--statements", str(self.statements), "--desks", str(self.desks), "--seed", str(SEED)]
        began = time.monotonic()
        said = self.manage("make_archive", *numbers, "--into", self.name)
        took = time.monotonic() - began
        kept = ROOT / "var" / f"built-{self.statements}.json"
        if "stands already" in said:
            return json.loads(kept.read_text()) if kept.exists() else {}
        with self.connect() as connection:
            connection.execute("VACUUM ANALYZE")
            (size,) = connection.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
        built = {"seconds": took, "statements a second": self.statements / took, "bytes": size}
        kept.write_text(json.dumps(built))
        return built

    def pages(self) -> dict[str, Any]:
        """Return what bench/pages.py tells of it."""
        command = [sys.executable, "-m", "bench.pages"]
        return json.loads(
            subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE).stdout
        )


class Served:
    """gunicorn on an archive, on a free port of the loopback."""

    def __init__(self, archive: Archive) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        command = [
            sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{self.port}",
            "--workers", str(WORKERS), "--threads", str(THREADS), "--no-control-socket", "--log-level", "warning",
        ]  # fmt: skip
        self.process = subprocess.Popen(command, cwd=ROOT, env=archive.environment)
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("gunicorn did not start.")
            time.sleep(0.1)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def end(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(PATIENCE)

    def url(self, path: str) -> str:
        """Return the whole address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def resident(self) -> int:
        """Return the bytes of memory of its largest worker."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return max(_resident(child) for child in children)


def _resident(process: str) -> int:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


@contextlib.contextmanager
def serving(archive: Archive) -> Iterator[Served]:
    """Serve an archive for as long as the context lasts."""
    served = Served(archive)
    try:
        yield served
    finally:
        served.end()


def _headers(page: dict[str, Any], session: str) -> dict[str, str]:
    return {"Cookie": f"sessionid={session}"} | page["headers"]


def _wrk(url: str, headers: dict[str, str], connections: int, seconds: int) -> dict[str, float]:
    """Open an address as often as it answers, longer where it answers slowly. Raises `SystemExit` for errors."""
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s",
               "--timeout", "30s", "--latency", "--script", str(HERE / "wrk.lua")]  # fmt: skip
    for name, value in headers.items():
        command += ["--header", f"{name}: {value}"]
    said = subprocess.run([*command, url], check=True, stdout=subprocess.PIPE, text=True).stdout
    told = json.loads(said.splitlines()[-1])
    if told["errors"]:
        raise SystemExit(f"{url}: {told['errors']} of {told['requests']} answers were errors.\n{said}")
    if told["requests"] < FEWEST and seconds < PATIENCE:
        return _wrk(url, headers, connections, seconds * 4)
    return told


def _get(url: str, headers: dict[str, str], status: int = 200) -> http.client.HTTPResponse:
    """Open an address. Raises `SystemExit` where it is not the page that was meant: a redirect is quick."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=LONGEST)
    connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
    answer = connection.getresponse()
    if answer.status != status:
        raise SystemExit(f"{url} answers {answer.status}.")
    return answer


def _sql(archive: Archive, queries: list[str]) -> float:
    """Return the milliseconds that the queries take one after the other, asked by psycopg alone: the median."""
    took = []
    with archive.connect() as connection, connection.cursor() as cursor:
        for _time in range(SQL_TIMES):
            began = time.perf_counter()
            with connection.transaction(force_rollback=True):
                for query in queries:
                    cursor.execute(query)
                    if cursor.description:
                        cursor.fetchall()
            took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


def measure(archive: Archive, seconds: int) -> dict[str, dict[str, Any]]:
    """Return the figures of every page of an archive, by its name."""
    told = archive.pages()
    found = {}
    with serving(archive) as served:
        for page in told["pages"]:
            url, headers = served.url(page["path"]), _headers(page, told["sessions"][page["user"]])
            for _time in range(WORKERS * 2):  # each worker compiles its templates once
                began = time.monotonic()
                _get(url, headers, page["status"]).read()
                took = time.monotonic() - began
            slow = {"p50": took * 1000, "p95": took * 1000, "rate": 1 / took}
            one, four = [slow if took * at_once > SLOW else _wrk(url, headers, at_once, seconds) for at_once in (1, 4)]
            found[page["name"]] = {
                "p50": one["p50"],
                "p95": one["p95"],
                "p50 of 4": four["p50"],
                "p95 of 4": four["p95"],
                "requests a second": four["rate"],
                "queries": len(page["queries"]),
                "sql": _sql(archive, page["queries"]),
                "bytes": page["bytes"],
                "bar": page["bar"],
                "is_list": page["is_list"],
            }
            print(f"  {page['name']:40} {one['p50']:8.1f} ms", file=sys.stderr, flush=True)
    return found


def export(archive: Archive) -> dict[str, Any]:
    """Return what the largest desk's statements take as CSV: seconds, rows, and the worker's memory before and at most."""
    told = archive.pages()
    page = next(page for page in told["pages"] if page["name"] == "Statements, first page")
    with serving(archive) as served:
        headers = _headers(page, told["sessions"][page["user"]])
        _get(served.url(page["path"]), headers).read()
        before = most = served.resident()
        path = f"{page['path']}export/?format=csv&up_to={EVERYONE_HERE}"
        began = time.monotonic()
        rows = size = 0
        answer = _get(served.url(path), headers)
        while block := answer.read(1 << 20):
            rows += block.count(b"\r\n")
            size += len(block)
            most = max(most, served.resident())
        took = time.monotonic() - began
    return {"rows": rows, "bytes": size, "seconds": took, "memory before": before, "memory at most": most}


def loads() -> dict[str, Any]:
    """Return how fast data comes in: what bench/loads.py tells."""
    command = [sys.executable, str(HERE / "loads.py"), str(LOADED), "--rows", str(IMPORTED), "--json"]
    said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(said)


def main() -> None:
    """Build, measure, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statements", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=3, help="how long each page is opened, alone and by four")
    parser.add_argument("--out", type=Path, default=HERE / "results.json")
    parser.add_argument("--readme", type=Path, default=ROOT / "README.md", help="where the table goes too")
    asked = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("This needs wrk: apt-get install wrk")
    server = Server(ROOT / "var")
    server.ensure()
    sizes = sorted({*(size for size in GROWTH if size < asked.statements), asked.statements})
    archives = [Archive(server, size) for size in sizes]
    archives[0].manage("collectstatic", "--no-input", "--verbosity", "0")
    results: dict[str, Any] = {"machine": machine(server), "sizes": sizes, "built": {}, "pages": {}}
    for archive in archives:
        print(f"{archive.statements:,} statements", file=sys.stderr, flush=True)
        results["built"][str(archive.statements)] = archive.stand()
        results["pages"][str(archive.statements)] = measure(archive, asked.seconds)
    results["export"] = export(archives[-1])
    results["loads"] = loads()
    results["missed"] = bars.missed(results)
    asked.out.write_text(json.dumps(results, indent=1) + "\n")
    asked.readme.write_text(bars.written_into(asked.readme.read_text(), bars.table(results)))
    print(bars.table(results))


def machine(server: Server) -> dict[str, Any]:
    """Return what the figures were measured on."""
    with server.connect() as connection:
        (version,) = connection.execute("SHOW server_version").fetchone() or ("",)
    return {"cores": os.cpu_count(), "python": platform.python_version(), "postgresql": version}


if __name__ == "__main__":
    main()
