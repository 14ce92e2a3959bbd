"""Exported records as tables: CSV (RFC 4180), and the cells that any table has of them."""

import csv
import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from relations.columns import COLUMNS, disarmed, joined
from relations.reports.exports import Noun, Record


class _Line:
    """A file whose `write` gives back what is written: csv's writer then returns each line."""

    def write(self, line: str) -> str:
        return line


def rows_of(noun: Noun, records: Iterable[Record]) -> Iterator[list[Any]]:
    """Yield the cells of each line: texts that no spreadsheet runs, numbers, days, moments, None."""
    for record in records:
        for line in noun.lines(record):
            yield [_cell(line[name]) for name in COLUMNS[noun.name]]


def _cell(value: Any) -> Any:
    if isinstance(value, tuple):
        value = joined(map(str, value))
    return disarmed(value) if isinstance(value, str) else value


def csv_lines(noun: Noun, records: Iterable[Record]) -> Iterator[str]:
    """Yield the lines of a CSV file, headed, in UTF-8 with the mark by which Excel knows it."""
    writer: Any = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(COLUMNS[noun.name])
    for cells in rows_of(noun, records):
        yield writer.writerow([cell.isoformat() if isinstance(cell, datetime.date) else cell for cell in cells])
