"""Exported records as XLSX, sent while they are read: neither the memory nor the disk ever holds the workbook.

openpyxl makes the workbook around the rows, with a second sheet that says what this is; the sheet of the rows is
written into the packed file as they come.
"""

import datetime
import io
import zipfile
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from relations.columns import CELL_LIMIT, COLUMNS, CUT
from relations.reports.exports import Noun, Record
from relations.reports.tables import rows_of

_ROWS = "xl/worksheets/sheet1.xml"
_BEFORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews>'
    '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
    "</sheetViews><sheetData>"
)
_AFTER = "</sheetData></worksheet>"
_DAY_ONE = datetime.date(1899, 12, 30)  # what Excel counts days from, of days after the one it makes up
_FIRST_DAY = datetime.date(1900, 3, 1)


class _Pipe:
    """What a packed file is written to that is sent at once: nobody can go back in it."""

    def __init__(self) -> None:
        self.held = bytearray()

    def write(self, piece: Any) -> int:
        self.held += piece
        return len(piece)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        """Return what was written since this was last asked."""
        piece = bytes(self.held)
        self.held.clear()
        return piece


def xlsx_pieces(noun: Noun, records: Iterable[Record], about: list[tuple[str, str]]) -> Iterator[bytes]:
    """Yield the pieces of a workbook: a headed sheet of the records, and one that says what they are (`about`)."""
    around, style_of_days = _around(noun, about)
    pipe: Any = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in around.namelist():
            if name != _ROWS:
                packed.writestr(name, around.read(name))
        with packed.open(_ROWS, "w") as sheet:
            sheet.write((_BEFORE + _row(COLUMNS[noun.name], style_of_days)).encode())
            for cells in rows_of(noun, records):
                sheet.write(_row(cells, style_of_days).encode())
                if pipe.held:
                    yield pipe.taken()
            sheet.write(_AFTER.encode())
    yield pipe.taken()


def _around(noun: Noun, about: list[tuple[str, str]]) -> tuple[zipfile.ZipFile, int]:
    """Return the workbook with an empty first sheet, packed, and the number of the style that shows days."""
    book = Workbook()
    book.active.title = noun.name
    sheet = book.create_sheet("about")
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 60
    for line in about:
        sheet.append(line)
    for name, value in about:
        if name == "title":
            book.properties.title = value
    style = sheet.cell(len(about) + 2, 1)
    style.number_format = "yyyy-mm-dd"
    file = io.BytesIO()
    book.save(file)
    return zipfile.ZipFile(file), style.style_id


def _row(cells: Iterable[Any], style_of_days: int) -> str:
    return f"<row>{''.join(_cell(value, style_of_days) for value in cells)}</row>"


def _cell(value: Any, style_of_days: int) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, datetime.datetime):
        return _text(value.isoformat())
    if isinstance(value, datetime.date):
        if value < _FIRST_DAY:
            return _text(value.isoformat())
        return f'<c s="{style_of_days}"><v>{(value - _DAY_ONE).days}</v></c>'
    return _text(value) if isinstance(value, str) else f"<c><v>{value}</v></c>"


def _text(text: str) -> str:
    """Return a cell of text: without control characters, which XML cannot hold, and no longer than a cell may be."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    if len(text) > CELL_LIMIT:
        text = text[: CELL_LIMIT - len(CUT)] + CUT
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text, quote=False)}</t></is></c>'
