"""What a timeline takes: its SQL, its layout, its drawing, and how large the page is.

    python bench/draw_timelines.py [STATEMENTS]

Makes a database of its own on the server and a made-up desk in it, opens its timelines as a reader would, then puts all
its statements on one issue, and then all on one day; removes the database again.
"""

import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client

from relations.archive.building import build
from relations.archive.plan import Plan
from relations.models import Bearing, DeskMembership, Issue, Relationship, Statement

TIMES = 7


def measure(client: Client, name: str, path: str) -> None:
    """Print what opening `path` takes: by the clock, of the processor, and for the database."""
    asked: list[float] = []

    def timed(execute: Any, *args: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*args)
        finally:
            asked.append(time.perf_counter() - began)

    took, own = [], []
    for _time in range(TIMES):
        asked.clear()
        began, began_own = time.perf_counter(), time.process_time()
        with connection.execute_wrapper(timed):
            answer = client.get(path)
        took.append(time.perf_counter() - began)
        own.append(time.process_time() - began_own)
        assert answer.status_code == 200, answer.status_code
    print(
        f"{name:34} {statistics.median(took) * 1000:6.0f} ms; this process alone {statistics.median(own) * 1000:4.0f} ms, "
        f"SQL {sum(asked) * 1000:4.0f} ms in {len(asked)} queries; {len(answer.content) / 1000:6.0f} kB, "
        f"{answer.content.count(b'<title>')} marks"
    )


def main(statements: int) -> None:
    """Print the figures for a made-up desk of so many statements."""
    own = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = "bench_timelines"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    settings.ALLOWED_HOSTS = ["testserver"]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # needs no collected files
    try:
        build(Plan(statements, 1, 7), tell=lambda _what: None, advance=lambda _count: None)
        desk = Relationship.objects.get()
        issue = Issue.objects.order_by("pk")[0]
        client = Client()
        member = DeskMembership.objects.select_related("user").filter(relationship=desk)[0]
        client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
        base, of_issue = f"/{desk.slug}/timeline/", f"/{desk.slug}/issues/{issue.slug}/timeline/"
        print(f"{Statement.objects.count():,} statements, {Issue.objects.count()} issues")
        measure(client, "the desk, all 20 years", base)
        measure(client, "the desk, a decade", f"{base}?since=2015-01-01&until=2024-12-31")
        measure(client, "the desk, a year", f"{base}?since=2024-01-01&until=2024-12-31")
        measure(client, "the desk, a week", f"{base}?since=2024-06-03&until=2024-06-09")
        measure(client, "one issue, all", of_issue)
        with connection.cursor() as cursor:
            for table in ("relations_bearing", "relations_statement"):  # past the rules: only to measure
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                "DELETE FROM relations_bearing b USING relations_bearing o WHERE o.statement_id = b.statement_id AND o.id < b.id"
            )
            Bearing.objects.update(issue=issue)
            cursor.execute("ANALYZE")
            measure(client, "one issue with all, 20 years", of_issue)
            measure(client, "one issue with all, a decade", f"{of_issue}?since=2015-01-01&until=2024-12-31")
            Statement.objects.update(earliest="2024-06-05", latest="2024-06-05", precision="day", told_on=None)
            measure(client, "one issue, all on one day", f"{of_issue}?since=2024-06-03&until=2024-06-09")
    finally:
        connection.creation.destroy_test_db(own, verbosity=0)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
