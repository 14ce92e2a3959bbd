"""What kind of file this is, told by its content: neither its name nor what a browser says of it is asked."""

import re

from relations.choices import MediaType
from relations.extraction.charsets import is_binary
from relations.extraction.results import CannotRead, Fault

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPENING = 4096
_HTML = re.compile(
    rb"\s*(<\?xml[^>]*>|<!--.*?-->|\s)*<(!doctype\s+html|html|head|body|article|div|p|h1|table)\b", re.I | re.S
)
_HTML_INSIDE = re.compile(rb"<(html|body)\b", re.I)
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:[ \t\r\n]|[ \t]+\S|From \S")
_SENT = re.compile(rb"^(received|message-id|mime-version|date|subject|to):", re.I | re.M)


def media_type_of(content: bytes) -> MediaType:
    """Return the kind of file that `content` is. Raises `CannotRead` where it is none that we take."""
    if not content:
        raise CannotRead(Fault.EMPTY)
    if b"%PDF-" in content[:1024]:
        return MediaType.PDF
    if content.startswith(_ZIP):
        if b"[Content_Types].xml" in content and b"word/document.xml" in content:
            return MediaType.DOCX
        raise CannotRead(Fault.UNKNOWN)
    if content.startswith(_OLE):
        raise CannotRead(Fault.OLD_WORD)
    if content.startswith(b"{\\rtf") or is_binary(content):
        raise CannotRead(Fault.UNKNOWN)
    opening = content[:_OPENING].removeprefix(b"\xef\xbb\xbf")
    if _is_message(opening):
        return MediaType.EMAIL
    if _HTML.match(opening) or (opening.lstrip().startswith(b"<") and _HTML_INSIDE.search(opening)):
        return MediaType.HTML
    return MediaType.TEXT


def _is_message(opening: bytes) -> bool:
    """Say whether the file opens with an e-mail's header: fields alone, the sender's and another one among them."""
    head = re.split(rb"\r?\n\r?\n", opening.lstrip(b"\r\n"), maxsplit=1)[0]
    lines = head.splitlines()
    if len(head) == len(opening):
        lines = lines[:-1]  # cut off by our own bound
    if len(lines) < 2 or not all(_HEADER.match(line + b"\n") for line in lines):
        return False
    return bool(re.search(rb"^from:", head, re.I | re.M) and _SENT.search(head))
