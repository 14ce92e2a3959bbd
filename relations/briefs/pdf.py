"""A brief as PDF, by WeasyPrint, which draws with the system's Pango.

Drawing takes some 0.4 s of a processor for each issue, so it is done in a process of its own, one at a time for each
process of the server: the others go on being served, and a brief that would take too long ends that process alone.
"""

import datetime
import os
import subprocess
import sys
import threading
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

from relations.briefs.content import Content
from relations.briefs.html import html
from relations.briefs.outcomes import NO_PANGO

_ROOT = Path(__file__).resolve().parents[2]
_COMMAND = [sys.executable, "-m", "relations.briefs"]
_SECONDS = 120  # of drawing. Where what stands before the server gives up earlier, the next try finds it made
_PATIENCE = 15  # seconds to wait for another brief that is being drawn
_KEPT = 4  # the latest, for whoever fetches the same one next
_PRESS = threading.Lock()
# Where the system keeps its fonts and libraries; no address, key or password of the installation is needed there.
_PASSED_ON = ("HOME", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "LD_LIBRARY_PATH",
              "DYLD_FALLBACK_LIBRARY_PATH", "TMPDIR", "PYTHONHASHSEED")  # fmt: skip


class NoPdf(Exception):
    """No PDF can be made; `str()` is the sentence for people."""


def pdf(content: Content) -> bytes:
    """Return the brief as PDF; the same brief gives the same bytes. Raises `NoPdf` with the reason where it cannot."""
    if not _PRESS.acquire(timeout=_PATIENCE):
        raise NoPdf(_("Another brief is being made into PDF. Try again in a minute."))
    try:
        return _printed(
            html(content, with_fonts=True), int(datetime.datetime.fromisoformat(content.made_at).timestamp())
        )
    finally:
        _PRESS.release()


@lru_cache(maxsize=_KEPT)
def _printed(page: str, made: int) -> bytes:
    # The fonts that are put in are stamped with this time instead of the present one (reproducible-builds.org).
    environment = {"PATH": os.defpath, "PYTHONUTF8": "1", "SOURCE_DATE_EPOCH": str(made)}
    environment |= {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(
            _COMMAND,
            input=page.encode("utf-8", "replace"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env=environment,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        done = None
    if done is not None and done.returncode == NO_PANGO:
        raise NoPdf(
            _(
                "PDF cannot be made here: this server lacks the library Pango. Ask the administrator to install it, "
                "or take the Word document."
            )
        )
    if done is None or done.returncode or not done.stdout:
        raise NoPdf(
            _(
                "This brief is too long to be made into PDF here. Take the Word document, print its web page, "
                "or make it anew with fewer issues."
            )
        )
    return done.stdout
