"""E-mails, by the standard library: the plain text, else what the HTML part says."""

import contextlib
import email
import email.policy
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from typing import cast

from relations.choices import MediaType
from relations.extraction.charsets import decoded
from relations.extraction.languages import language_code
from relations.extraction.results import CannotRead, Extracted, Fault
from relations.extraction.web import read_markup


def read_mail(content: bytes) -> Extracted:
    """Return an e-mail's text, its subject, sender, day and language. What is attached to it is not read."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    name, address = parseaddr(_header(message, "from"))
    sent = None
    with contextlib.suppress(ValueError, TypeError):
        sent = parsedate_to_datetime(_header(message, "date")).date()
    return Extracted(
        _body(message),
        MediaType.EMAIL,
        title=_header(message, "subject"),
        publisher=name or address.rpartition("@")[2],
        date=sent,
        language=language_code(_header(message, "content-language").partition(",")[0]),
    )


def _header(message: EmailMessage, name: str) -> str:
    """Return a header's words; empty where it is not there or cannot be read."""
    with contextlib.suppress(Exception):  # the library parses a header when asked, and breaks in many ways
        return " ".join(str(message.get(name, "")).split())
    return ""


def _body(message: EmailMessage) -> str:
    for kind in ("plain", "html"):
        part = message.get_body(preferencelist=(kind,))
        if part is None:
            continue
        text = decoded(cast("bytes", part.get_payload(decode=True)) or b"", part.get_content_charset() or "")
        if kind == "html":
            text = read_markup(text).text
        if text.strip():
            return text
    raise CannotRead(Fault.NO_TEXT)
