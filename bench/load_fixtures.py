"""How fast `load_desk` takes a desk, beside Django's own `loaddata` on the same file.

    python bench/load_fixtures.py [STATEMENTS] [--json]

Makes a database of its own on the server, a desk of an archive in it, and that desk's dump; loads the dump by both, each
time rolled back; removes the database again.
"""

import argparse
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
from relations.archive.building import build
from relations.archive.plan import Plan
from relations.models import Relationship, User


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


def compare(statements: int) -> dict[str, float]:
    """Return the statements a second of both, and the rows of the file."""
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
    finally:
        connection.creation.destroy_test_db(own, verbosity=0)
    return {"load_desk": statements / ours, "loaddata": statements / djangos, "rows": rows}


def main() -> None:
    """Print statements a second of both, and the ratio; or all as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("statements", type=int, nargs="?", default=2000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = compare(asked.statements)
    if asked.json:
        print(json.dumps(found))
        return
    print(f"load_desk {found['load_desk']:,.0f} statements a second, loaddata {found['loaddata']:,.0f}")
    print(
        f"ratio {found['load_desk'] / found['loaddata']:.1f}; {found['rows']:,} rows, {asked.statements:,} statements"
    )


if __name__ == "__main__":
    main()
