"""A file's rows, one by one: what kind of file it is is told by its content, and how much of it is read is bounded."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from django.utils.translation import gettext as _

from relations.tables.csvs import charset_of, csv_rows, delimiter_of
from relations.tables.faults import CannotReadTable, TableFault
from relations.tables.workbooks import workbook_rows, workbook_sheet

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
COLUMN_LIMIT = 200


@dataclass(frozen=True)
class Layout:
    """How a file is read: as a workbook its sheet, as CSV its characters and what stands between its cells."""

    sheet: str = ""
    charset: str = ""
    delimiter: str = ""

    @property
    def is_csv(self) -> bool:
        """Whether it is CSV."""
        return not self.sheet


@dataclass(frozen=True)
class Line:
    """A row of a file: its number there, and its cells."""

    number: int
    cells: list[str]


def layout_of(file: BinaryIO, *, charset: str = "", delimiter: str = "") -> Layout:
    """Return how `file` is read, its characters and separator found out where they are not told.

    Raises `CannotReadTable` where it is no table.
    """
    file.seek(0)
    opening = file.read(4096)
    if not opening:
        raise CannotReadTable(TableFault.EMPTY.label)
    if opening.startswith(_OLE):
        file.seek(0)
        encrypted = _ENCRYPTED in file.read(8 * 1024 * 1024)
        raise CannotReadTable((TableFault.PASSWORD if encrypted else TableFault.OLD_EXCEL).label)
    if opening.startswith(_ZIP):
        return Layout(sheet=workbook_sheet(file))
    charset = charset_of(file, charset)
    return Layout(charset=charset, delimiter=delimiter or delimiter_of(file, charset))


def rows_of(file: BinaryIO, layout: Layout) -> Iterator[Line]:
    """Yield the header, then each row that holds anything, as wide as the header at least. Raises `CannotReadTable`."""
    lines = csv_rows(file, layout.charset, layout.delimiter) if layout.is_csv else workbook_rows(file, layout.sheet)
    filled = (Line(number, cells) for number, cells in lines if any(cells))
    header = next(filled, None)
    if header is None:
        raise CannotReadTable(TableFault.EMPTY.label)
    names = [cell.strip() for cell in header.cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise CannotReadTable(TableFault.NO_HEADER.label)
    if len(names) > COLUMN_LIMIT:
        raise CannotReadTable(TableFault.TOO_MANY_COLUMNS.label)
    yield replace(header, cells=names)
    missing = [""] * len(names)
    for line in filled:
        line.cells.extend(missing[len(line.cells) :])
        yield line


def header_of(file: BinaryIO, layout: Layout) -> tuple[list[str], list[Line]]:
    """Return the header and the first rows, for people to see which column is which. Raises `CannotReadTable`."""
    rows = rows_of(file, layout)
    header = next(rows)
    shown = [line for line, _place in zip(rows, range(3), strict=False)]
    if not shown:
        raise CannotReadTable(TableFault.NO_ROWS.label)
    return header.cells, shown


def counted(file: BinaryIO, layout: Layout, limit: int) -> int:
    """Return how many rows are under the header. Raises `CannotReadTable` past `limit`, or where one cannot be read."""
    number = -1
    for number, _line in enumerate(rows_of(file, layout)):
        if number > limit:
            raise CannotReadTable(
                _("The file has more than %(number)s rows. Split it, or have the administrator run import_table.")
                % {"number": f"{limit:,}"}
            )
    return number
