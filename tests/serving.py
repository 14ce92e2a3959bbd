"""A real gunicorn, as `make run` starts it, on the test database; it can be killed at any moment and started again."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client

from relations.models import User

PATIENCE = 60.0
CSRF = "a" * 32


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def backends(condition: str) -> list[int]:
    """Return the other sessions of this database of which `condition` is true."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            f"AND application_name <> 'holder' AND {condition}"
        )
        return [pid for (pid,) in cursor.fetchall()]


def wait_until(true: Callable[[], Any]) -> None:
    """Look until it is true."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it never came to pass"
        time.sleep(0.01)


def settle() -> None:
    """Wait until no request is under way in the database, also one whose client is gone."""
    wait_until(lambda: not backends("state <> 'idle'"))


class Served:
    """The program on a port of its own; `folder` takes its log and the files that it keeps."""

    def __init__(self, folder: Path) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "gunicorn.log"
        self.media = folder / "media"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        # --preload: the successor of a worker that was killed is there at once.
        command = [
            sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{self.port}", "--workers", "1",
            "--preload", "--no-control-socket", "--log-level", "warning",
        ]  # fmt: skip
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.serving_settings",
            "SERVED_DATABASE": str(connection.settings_dict["NAME"]),
            "MEDIA_ROOT": str(self.media),
        }
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """End master and workers at once, as a machine that loses its power does."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def kill_worker(self) -> None:
        """End the one worker at once; the master starts another."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)

    def post(self, user: User, path: str, fields: dict[str, Any]) -> int:
        """Post a form as `user`, who is signed in. Return the status; 0 where the server went away."""
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        cookies = {"sessionid": client.cookies["sessionid"].value, "csrftoken": CSRF}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        }
        body = urlencode({**fields, "csrfmiddlewaretoken": CSRF})
        caller = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            caller.request("POST", path, body, headers)
            return caller.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            caller.close()
