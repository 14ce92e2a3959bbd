"""XLSX: what the archive may unpack to is bounded before anything in it is opened, and only one sheet is read."""

import contextlib
import datetime
import re
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

import openpyxl
from django.utils.translation import gettext as _

from relations.tables.faults import CannotReadTable, TableFault

_MOST_PARTS = 2_000
_MOST_BYTES = 200 * 1024 * 1024
_MOST_TIMES = 200  # its own size: rows pack twentyfold, a bomb a thousandfold
_MOST_ROWS = 1_048_576  # Excel's
_PIECE = 1024 * 1024
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z0-9:]{1,20})"')


class Unread(str):
    """A cell that cannot be taken as it is: a formula, or an error that one gave."""

    __slots__ = ()


def workbook_sheet(file: BinaryIO) -> str:
    """Return the name of the sheet that is read: the first that is shown. Raises `CannotReadTable`."""
    _check_unpacked(file)
    with _opened(file) as book:
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not shown:
            raise CannotReadTable(TableFault.EMPTY.label)
        _check_sheet(file, shown[0]._worksheet_path.lstrip("/"))
        return str(shown[0].title)


def _check_unpacked(file: BinaryIO) -> None:
    """Raise where the archive says that it unpacks to more than a table needs: no more than it says is ever read."""
    size = file.seek(0, 2)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise CannotReadTable(TableFault.BROKEN.label) from None
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or unpacked > min(_MOST_BYTES, _MOST_TIMES * max(size, 16 * 1024)):
        raise CannotReadTable(TableFault.UNPACKS.label)
    if any(part.flag_bits & 1 for part in parts):
        raise CannotReadTable(TableFault.PASSWORD.label)
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise CannotReadTable(TableFault.OTHER_OFFICE.label)


@contextlib.contextmanager
def _opened(file: BinaryIO) -> Iterator[Any]:
    """Open a workbook to read it row by row; whatever is wrong with it is a damaged workbook."""
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that are not read
        try:
            book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
        except Exception:  # of the many that openpyxl and the XML parser below it know
            raise CannotReadTable(TableFault.BROKEN.label) from None
    try:
        yield book
    finally:
        book.close()


def _check_sheet(file: BinaryIO, path: str) -> None:
    """Raise where the sheet declares a document type, which hides bombs, or has merged cells, whose values stand once."""
    try:
        with zipfile.ZipFile(file) as archive, archive.open(path) as sheet:
            held = b""
            while piece := sheet.read(_PIECE):
                held = held[-200:] + piece
                if b"<!DOCTYPE" in held or b"<!ENTITY" in held:
                    raise CannotReadTable(TableFault.BROKEN.label)
                if merged := _MERGED.search(held):
                    raise CannotReadTable(
                        _("The cells %(cells)s are merged. Unmerge them and fill in each.")
                        % {"cells": merged[1].decode()}
                    )
    except (zipfile.BadZipFile, KeyError, OSError, EOFError):
        raise CannotReadTable(TableFault.BROKEN.label) from None


def workbook_rows(file: BinaryIO, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row of a sheet with its number. Raises `CannotReadTable`."""
    with _opened(file) as book:
        try:
            sheet = book[name]
            sheet.reset_dimensions()  # a sheet may say that it is wider than any memory
            for number, cells in enumerate(sheet.iter_rows(), start=1):
                if number > _MOST_ROWS:
                    raise CannotReadTable(TableFault.UNPACKS.label)
                yield number, [_text(cell) for cell in cells]
        except CannotReadTable:
            raise
        except Exception:  # of the many that openpyxl and the XML parser below it know
            raise CannotReadTable(TableFault.BROKEN.label) from None


def _text(cell: Any) -> str:
    """Return what a cell says as text: a day in ISO 8601, a whole number without its idle point."""
    value = cell.value
    if value is None:
        return ""
    if value.__class__ is str:
        if cell.data_type == "f":
            return Unread(_("This cell holds a formula. Put its value there."))
        if cell.data_type == "e":
            return Unread(_("This cell holds the error %(error)s.") % {"error": value[:20]})
        return value
    if isinstance(value, datetime.datetime):
        return value.isoformat() if value.time() != datetime.time() else value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool | int | float | datetime.time | datetime.timedelta):
        return str(value)
    return Unread(_("This cell holds a formula. Put its value there."))
