"""CSV: in whatever characters and with whatever separator it was saved."""

import codecs
import contextlib
import csv
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from relations.extraction.charsets import is_binary, likely_code_page
from relations.extraction.results import TEXT_LIMIT
from relations.tables.faults import CannotReadTable, TableFault

CHARSETS = ("utf-8-sig", "utf-16", "cp1254", "cp1252", "cp1250", "cp1251", "cp1253", "cp1256", "iso8859-9")
DELIMITERS = {",": ",", ";": ";", "tab": "\t", "|": "|"}
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_PIECE = 1024 * 1024
_SAMPLE = 200_000
# A cell may hold a document's text; csv's own bound is for the whole process.
csv.field_size_limit(TEXT_LIMIT)


def charset_of(file: BinaryIO, told: str = "") -> str:
    """Return the characters that a file is in: as told, by its mark, UTF-8, or the code page whose letters make words.

    Raises `CannotReadTable` where it holds what no text does.
    """
    file.seek(0)
    opening = file.read(_SAMPLE)
    if is_binary(opening):
        raise CannotReadTable(TableFault.UNKNOWN.label)
    if told:
        return told
    for mark, name in _MARKS.items():
        if opening.startswith(mark):
            return name
    foreign = _first_that_is_no_utf8(file)
    return likely_code_page(foreign) if foreign else "utf-8-sig"


def _first_that_is_no_utf8(file: BinaryIO) -> bytes:
    """Return some bytes around the first that no UTF-8 has; none where all is UTF-8."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    while piece := file.read(_PIECE):
        try:
            decoder.decode(piece)
        except UnicodeDecodeError as error:
            start = max(0, error.start - _SAMPLE // 2)
            return piece[start : start + _SAMPLE]
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return bytes(error.object)
    return b""


def delimiter_of(file: BinaryIO, charset: str) -> str:
    """Return the name of what stands between the cells: what stands most often in the first line, outside quotation marks."""
    file.seek(0)
    opening = file.read(_SAMPLE).decode(charset, "replace").lstrip("\ufeff\r\n")
    if opening[:4].lower() == "sep=":  # Excel's own way of telling
        return next((name for name, mark in DELIMITERS.items() if mark == opening[4:5]), ",")
    line, inside = [], False
    for letter in opening:
        inside ^= letter == '"'
        if letter in "\r\n" and not inside:
            break
        if not inside:
            line.append(letter)
    return max(DELIMITERS, key=lambda name: line.count(DELIMITERS[name]))


def _storable(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines, of which none holds what the database cannot store. Raises `CannotReadTable`."""
    for number, line in enumerate(lines, start=1):
        if "\x00" in line:
            raise CannotReadTable(_("Line %(number)s holds a character that cannot be stored.") % {"number": number})
        yield line


def csv_rows(file: BinaryIO, charset: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with its number, counted as a spreadsheet does. Raises `CannotReadTable`."""
    file.seek(0)
    text = io.TextIOWrapper(file, charset, newline="")
    rows = csv.reader(_storable(text), delimiter=DELIMITERS[delimiter])
    number = 0
    try:
        for cells in rows:
            number += 1
            if number == 1 and len(cells) <= 2 and cells and cells[0].lower().startswith("sep="):
                continue
            yield number, cells
    except UnicodeError:
        raise CannotReadTable(TableFault.CHARACTERS.label) from None
    except csv.Error:
        raise CannotReadTable(
            _("Row %(number)s has a cell of more than 5,000,000 characters. A quotation mark may be missing there.")
            % {"number": number + 1}
        ) from None
    finally:
        with contextlib.suppress(ValueError):  # the file was closed first
            text.detach()
