"""Exported statements as tables that spreadsheets read: CSV (RFC 4180) and XLSX."""

import csv
import datetime
from collections.abc import Iterable, Iterator
from dataclasses import fields
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from relations.reports.exports import ExportedBearing, ExportedStatement

COLUMNS = tuple("issues" if field.name == "bearings" else field.name for field in fields(ExportedStatement))
# What a spreadsheet would take for a formula where a cell begins so (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CELL_LIMIT = 32_767  # Excel's
BETWEEN = " | "  # two passages or two issues in one cell


class _Line:
    """A file whose `write` gives back what is written: csv's writer then returns each line."""

    def write(self, line: str) -> str:
        return line


def disarmed(text: str) -> str:
    """Return `text` so that no spreadsheet runs it: with an apostrophe before what would begin a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _in_words(bearing: ExportedBearing) -> str:
    act = f"{bearing.act}/{bearing.mode}" if bearing.mode else bearing.act
    return f"{bearing.issue} {act} {bearing.intensity:+}"


def _cells(statement: ExportedStatement) -> list[Any]:
    cells: list[Any] = []
    for field in fields(ExportedStatement):
        value = getattr(statement, field.name)
        if field.name == "bearings":
            value = BETWEEN.join(_in_words(bearing) for bearing in value)
        elif field.name == "passages":
            value = BETWEEN.join(value)
        cells.append(disarmed(value) if isinstance(value, str) else value)
    return cells


def csv_lines(statements: Iterable[ExportedStatement]) -> Iterator[str]:
    """Yield the lines of a CSV file, headed, in UTF-8 with the mark by which Excel knows it."""
    writer: Any = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for statement in statements:
        cells = _cells(statement)
        yield writer.writerow([cell.isoformat() if isinstance(cell, datetime.date) else cell for cell in cells])


def xlsx_file(statements: Iterable[ExportedStatement]) -> BytesIO:
    """Return an XLSX file, headed. Its rows are written to disk one by one; the packed file is in memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("statements")
    sheet.freeze_panes = "A2"
    sheet.append(COLUMNS)
    for statement in statements:
        sheet.append([_for_a_sheet(cell) for cell in _cells(statement)])
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def _for_a_sheet(cell: Any) -> Any:
    """Return a cell as XLSX can hold it: no time zone, no control characters, no more than 32,767 characters."""
    if isinstance(cell, datetime.datetime):
        return cell.isoformat()
    return ILLEGAL_CHARACTERS_RE.sub("", cell)[:_CELL_LIMIT] if isinstance(cell, str) else cell
