"""The process that draws one brief: a web page from standard input, as PDF to standard output.

Nothing is fetched but our own fonts.
"""

import logging
import resource
import sys
from pathlib import Path
from typing import Any

from relations.briefs.outcomes import NO_PANGO

_CPU_SECONDS = 100
_MEMORY = 3 * 1024 * 1024 * 1024
_STATIC = Path(__file__).resolve().parents[2] / "static"


def main() -> None:
    """Draw the page within bounds."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    answer, sys.stdout = sys.stdout.buffer, sys.stderr  # whatever a library prints is no part of the answer
    try:
        import weasyprint  # noqa: PLC0415  it opens the libraries when it is imported
    except OSError:
        sys.exit(NO_PANGO)
    # It warns of every rule that only browsers follow.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)

    class OurFonts(weasyprint.urls.URLFetcher):
        """Hands out our own fonts, and refuses every other address."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """Return a font file."""
            if not url.startswith((_STATIC / "vendor" / "fonts").as_uri()):
                raise ValueError(url)
            return super().fetch(url, headers)

    page = weasyprint.HTML(
        string=sys.stdin.buffer.read().decode(),
        base_url=(_STATIC / "css" / "brief-document.css").as_uri(),
        url_fetcher=OurFonts(allowed_protocols={"file"}),
    )
    answer.write(page.write_pdf())


main()
