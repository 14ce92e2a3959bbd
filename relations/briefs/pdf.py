"""A brief as PDF, by WeasyPrint, which draws with the system's Pango. Nothing is fetched but our own fonts."""

import logging
from pathlib import Path
from typing import Any

from django.conf import settings

from relations.briefs.content import Content
from relations.briefs.html import html

_STATIC = (Path(settings.BASE_DIR) / "static").resolve()


class NoPango(Exception):
    """The system libraries that PDF is drawn with are not on this machine."""


def pdf(content: Content) -> bytes:
    """Return the brief as PDF. Raises `NoPango` where the system lacks the libraries."""
    try:
        import weasyprint  # noqa: PLC0415  it opens the libraries when it is imported
    except OSError as error:
        raise NoPango from error

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
        string=html(content, with_fonts=True),
        base_url=(_STATIC / "css" / "brief-document.css").as_uri(),
        url_fetcher=OurFonts(allowed_protocols={"file"}),
    )
    return page.write_pdf()
