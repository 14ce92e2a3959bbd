"""Read a file in a process of its own: a hostile one ends that process, not the server's."""

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path

from relations.extraction.results import FILE_LIMIT, CannotRead, Extracted, Fault

_ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 20
# No address, key or password of the installation goes where such a file is read.
_ENVIRONMENT = {"PATH": os.defpath, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def extract(content: bytes) -> Extracted:
    """Return what is in a file. Raises `CannotRead`, whatever is wrong with it or however long it would take."""
    if not content:
        raise CannotRead(Fault.EMPTY)
    if len(content) > FILE_LIMIT:
        raise CannotRead(Fault.TOO_LARGE)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "relations.extraction"],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env=_ENVIRONMENT,
            timeout=_SECONDS,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise CannotRead(Fault.TOO_MUCH_WORK) from None
    answer = json.loads(done.stdout)
    if "fault" in answer:
        raise CannotRead(Fault(answer["fault"]))
    date = answer.pop("date")
    return Extracted(**answer, date=datetime.date.fromisoformat(date) if date else None)
