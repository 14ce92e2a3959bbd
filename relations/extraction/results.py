"""What reading a file gives: its text with what it says of itself, or why it cannot be read."""

import datetime
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

FILE_LIMIT = 10 * 1024 * 1024  # bytes
TEXT_LIMIT = 5_000_000  # characters


class Fault(TextChoices):
    """Why a file cannot be read; the label is the sentence for people."""

    EMPTY = "empty", _("The file is empty.")
    TOO_LARGE = "too large", _("The file is larger than 10 MB.")
    UNKNOWN = (
        "unknown",
        _("This file is not of a kind we read: text, web page, PDF, Word document (.docx) or e-mail (.eml)."),
    )
    OLD_WORD = "old word", _("This is an old Word file, or one with a password. Save it as .docx without a password.")
    UNPACKS = "unpacks", _("This Word document unpacks to more than we take. Paste its text instead.")
    ENCRYPTED = "encrypted", _("This PDF needs a password. Save it without one, or paste its text.")
    NO_TEXT_LAYER = (
        "no text layer",
        _("This PDF has no text layer: it holds pictures of pages. Paste its text, or run text recognition first."),
    )
    NO_TEXT = "no text", _("No text was found in this file. Paste its text instead.")
    BROKEN = "broken", _("This file is damaged and cannot be read. Paste its text instead.")
    TOO_LONG = "too long", _("The text of this file is longer than 5,000,000 characters.")
    TOO_MUCH_WORK = "too much work", _("This file takes too long to read. Paste its text instead.")


class CannotRead(Exception):
    """A file cannot be read. `str()` is the sentence for people."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault

    def __str__(self) -> str:
        return str(self.fault.label)


@dataclass(frozen=True)
class Extracted:
    """A file's text, and what is proposed of it; empty where the file does not say."""

    text: str
    media_type: str
    title: str = ""
    publisher: str = ""
    url: str = ""
    date: datetime.date | None = None
    language: str = ""
