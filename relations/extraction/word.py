"""Word documents. What the file may unpack to is bounded before anything in it is opened."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn

from relations.choices import MediaType
from relations.extraction.languages import language_code
from relations.extraction.results import CannotRead, Extracted, Fault

_MOST_PARTS = 2000
_MOST_BYTES = 100 * 1024 * 1024
_MOST_TIMES = 200  # its own size; text packs twentyfold, a bomb a thousandfold
_BREAKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
# What was deleted or moved away, and a drawing's second telling for old programs.
_NOT_READ = {qn("w:del"), qn("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}


def read_word(content: bytes) -> Extracted:
    """Return a Word document's text, and its title, day and language where it carries them."""
    _check_unpacked(content)
    document = docx.Document(io.BytesIO(content))
    about = document.core_properties
    return Extracted(
        "\n".join(_lines(document.element.body)),
        MediaType.DOCX,
        title=about.title or "",
        date=about.created.date() if about.created else None,
        language=language_code(about.language),
    )


def _check_unpacked(content: bytes) -> None:
    """Raise `CannotRead` where the archive says, or hides, that it unpacks to more than a document needs."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or unpacked > min(_MOST_BYTES, _MOST_TIMES * max(len(content), 16 * 1024)):
        raise CannotRead(Fault.UNPACKS)
    if any(part.flag_bits & 1 for part in parts):
        raise CannotRead(Fault.OLD_WORD)


def _lines(body: Any) -> Iterator[str]:
    """Yield each paragraph's text in order: of tables, boxes and what a colleague inserted too."""
    pieces: list[str] = []
    for event, element in _walk(body):
        if element.tag == qn("w:p"):
            if pieces or event == "end":
                yield "".join(pieces)
            pieces = []
        elif event == "end" and element.tag == qn("w:t"):
            pieces.append(element.text or "")
        elif event == "end" and element.tag in _BREAKS:
            pieces.append(_BREAKS[element.tag])


def _walk(element: Any) -> Iterator[tuple[str, Any]]:
    """Yield the start and end of every element that is read, without going deeper than the stack bears."""
    stack: list[tuple[str, Any]] = [("start", element)]
    while stack:
        event, each = stack.pop()
        yield event, each
        if event == "start":
            stack.append(("end", each))
            children = [child for child in each if child.tag not in _NOT_READ]
            stack += [("start", child) for child in reversed(children)]
