"""Read a file of whatever kind it is."""

import dataclasses
import datetime
import re
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from relations.choices import MediaType
from relations.extraction.charsets import decoded
from relations.extraction.kinds import media_type_of
from relations.extraction.languages import language_of
from relations.extraction.mail import read_mail
from relations.extraction.pdf import read_pdf
from relations.extraction.results import TEXT_LIMIT, CannotRead, Extracted, Fault
from relations.extraction.titles import title_of
from relations.extraction.web import read_page
from relations.extraction.word import read_word

# What no text holds: control characters but tab and line feed, and halves of surrogate pairs.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def _read_text(content: bytes) -> Extracted:
    return Extracted(decoded(content), MediaType.TEXT)


_READERS: dict[MediaType, Callable[[bytes], Extracted]] = {
    MediaType.TEXT: _read_text,
    MediaType.HTML: read_page,
    MediaType.PDF: read_pdf,
    MediaType.DOCX: read_word,
    MediaType.EMAIL: read_mail,
}


def read(content: bytes) -> Extracted:
    """Return what is in a file. Raises `CannotRead`, whatever is wrong with it.

    In this process: `sandbox.extract` bounds the time and memory that a hostile file may take.
    """
    kind = media_type_of(content)
    try:
        return _settled(_READERS[kind](content))
    except CannotRead:
        raise
    except MemoryError:
        raise CannotRead(Fault.TOO_MUCH_WORK) from None
    except Exception as error:  # what libraries raise on damaged files has no common kind
        raise CannotRead(Fault.BROKEN) from error


def _settled(extracted: Extracted) -> Extracted:
    """Return it with its text tidied and what the file does not carry proposed from the text."""
    text = _NO_TEXT.sub("", extracted.text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n"))
    text = "\n".join(line.rstrip() for line in text.split("\n")).strip()
    if not text:
        raise CannotRead(Fault.NO_TEXT)
    if len(text) > TEXT_LIMIT:
        raise CannotRead(Fault.TOO_LONG)
    date = extracted.date
    return dataclasses.replace(
        extracted,
        text=text,
        title=_line(extracted.title, 300) or title_of(text),
        publisher=_line(extracted.publisher, 160),
        url=_web_address(extracted.url),
        date=date if date and date <= datetime.datetime.now(tz=datetime.UTC).date() else None,
        language=extracted.language or language_of(text),
    )


def _web_address(url: str) -> str:
    """Return `url` where it is one that a document may have."""
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        return ""
    return url if len(url) <= 2000 else ""


def _line(words: str, longest: int) -> str:
    return " ".join(_NO_TEXT.sub(" ", words).split())[:longest]
