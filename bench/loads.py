"""How fast data comes in: a fixture by `load_desk` beside Django's own `loaddata`, and a table of statements by an import.

    python bench/loads.py [STATEMENTS] [--rows ROWS] [--json]

Makes a database of its own on the server and a desk of an archive in it. Loads that desk's dump by both, and imports a CSV
of so many of its statements as new ones, each time rolled back; removes the database again.
"""

import argparse
import csv
import gc
import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction

from relations.actions.dumps import dump_desk
from relations.actions.fixtures import load_files
from relations.actions.importing.outcomes import State
from relations.actions.importing.running import import_table
from relations.actions.importing.telling import statement_told
from relations.archive.building import build
from relations.archive.plan import Plan
from relations.choices import Role
from relations.models import Relationship, Statement, User
from relations.tables.headers import STATEMENTS
from relations.tables.reading import layout_of, rows_of


def undone(work: Callable[[], None]) -> float:
    """Do `work` in a transaction that is rolled back. Return the seconds it took."""
    with transaction.atomic():
        began = time.perf_counter()
        work()
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return took


def dump(statements: int, path: Path, accounts: list[str]) -> None:
    """Write the dump of a made-up desk to `path`, and to `accounts` whom it names, which `loaddata` does not make."""
    build(Plan(statements, 1, 7), tell=lambda _what: None, advance=lambda _count: None)
    path.write_text("\n".join(dump_desk(Relationship.objects.get())))
    accounts += User.objects.values_list("username", flat=True)


def table(desk: Relationship, rows: int) -> bytes:
    """Return a CSV of so many of the desk's statements, told as new ones."""
    statements = Statement.objects.at(desk).with_people().select_related("meeting")
    parts = ("passages", "bearings__issue", "bearings__position_of", "bearings__towards")
    file = io.StringIO()
    writer = csv.DictWriter(file, STATEMENTS.columns, extrasaction="ignore")
    writer.writeheader()
    for statement in statements.prefetch_related(*parts)[:rows].iterator(1000):  # no memory that counts as the import's
        writer.writerow(statement_told(statement))
    return file.getvalue().encode()


def import_rows(rows: int) -> dict[str, float]:
    """Return how many rows a second are imported into a desk that holds as many, and the memory that it took at most."""
    found: dict[str, float] = {}

    def work() -> None:
        build(Plan(rows, 1, 7), tell=lambda _what: None, advance=lambda _count: None)
        desk = Relationship.objects.get()
        actor = User.objects.filter(memberships__relationship=desk, memberships__role=Role.ANALYST)[0]
        file = io.BytesIO(table(desk, rows))
        lines = rows_of(file, layout_of(file))
        columns = STATEMENTS.guessed(next(lines).cells)
        Path("/proc/self/clear_refs").write_text("5")  # the highest memory so far is forgotten
        began = time.perf_counter()
        outcome = import_table(actor=actor, relationship=desk, table=STATEMENTS, lines=lines, columns=columns)
        took = time.perf_counter() - began
        if outcome.counts[State.NEW] != rows:
            raise RuntimeError(f"Not every row was new: {outcome.counts}")
        status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        found.update({"import_table": rows / took, "imported": rows, "memory": int(status["VmHWM"].split()[0]) * 1024})

    undone(work)
    return found


def compare(statements: int, imported: int) -> dict[str, float]:
    """Return the statements a second of each way in, the rows of the fixture, and what the import took."""
    own = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = "bench_load"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "desk.json"
            accounts: list[str] = []
            undone(lambda: dump(statements, path, accounts))
            User.objects.bulk_create(User(username=name) for name in accounts)
            rows = path.read_text().count('"model": ')
            ours = undone(lambda: load_files([path]) and None)
            djangos = undone(lambda: call_command("loaddata", path, verbosity=0))
            User.objects.all().delete()
            took = import_rows(imported)
    finally:
        connection.creation.destroy_test_db(own, verbosity=0)
    return {"load_desk": statements / ours, "loaddata": statements / djangos, "rows": rows, **took}


def main() -> None:
    """Print statements a second of each, and the ratio; or all as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("statements", type=int, nargs="?", default=2000)
    parser.add_argument("--rows", type=int, default=10_000, help="of the table that is imported")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    gc.freeze()  # as the commands do
    found = compare(asked.statements, asked.rows)
    if asked.json:
        print(json.dumps(found))
        return
    print(f"load_desk {found['load_desk']:,.0f} statements a second, loaddata {found['loaddata']:,.0f}")
    print(
        f"ratio {found['load_desk'] / found['loaddata']:.1f}; {found['rows']:,} rows, {asked.statements:,} statements"
    )
    print(
        f"import_table {found['import_table']:,.0f} rows a second of {asked.rows:,}, {found['memory'] / 2**20:.0f} MB"
    )


if __name__ == "__main__":
    main()
