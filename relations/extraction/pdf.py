"""PDF files: the text layer, page by page."""

import contextlib
import datetime
import io
from collections.abc import Callable
from typing import Any

import pypdf
from pypdf.errors import DependencyError, LimitReachedError

from relations.choices import MediaType
from relations.extraction.languages import language_code
from relations.extraction.results import TEXT_LIMIT, CannotRead, Extracted, Fault

_MOST_PAGES = 2000


def read_pdf(content: bytes) -> Extracted:
    """Return a PDF's text, and its title, publisher, day and language where it carries them."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not _opens(reader):
        raise CannotRead(Fault.ENCRYPTED)
    pages, length = [], 0
    try:
        for number, page in enumerate(reader.pages):
            if number == _MOST_PAGES:
                raise CannotRead(Fault.TOO_MUCH_WORK)
            pages.append(page.extract_text())
            length += len(pages[-1])
            if length > TEXT_LIMIT:
                raise CannotRead(Fault.TOO_LONG)
    except LimitReachedError:
        raise CannotRead(Fault.TOO_MUCH_WORK) from None
    text = "\n\n".join(page for page in pages if page.strip())
    if not any(character.isalnum() for character in text):
        raise CannotRead(Fault.NO_TEXT_LAYER)
    about = reader.metadata
    created: datetime.datetime | None = _told(lambda: about and about.creation_date)
    publishers = _told(lambda: reader.xmp_metadata and reader.xmp_metadata.dc_publisher)
    return Extracted(
        text,
        MediaType.PDF,
        title=str(_told(lambda: about and about.title) or "").removeprefix("Microsoft Word - "),
        publisher=str(publishers[0]) if publishers else "",
        date=created.date() if created else None,
        language=language_code(_told(lambda: reader.root_object.get("/Lang"))),
    )


def _opens(reader: pypdf.PdfReader) -> bool:
    """Say whether it opens without a password: one that only forbids printing does."""
    try:
        return bool(reader.decrypt(""))
    except (DependencyError, NotImplementedError):
        return False


def _told(ask: Callable[[], Any]) -> Any:
    """Return what a PDF says of itself; None where it says it wrongly, for its text is what we came for."""
    with contextlib.suppress(Exception):
        return ask()
    return None
