"""The marks of a timeline: what stands on it alone, and what is gathered into one mark with its number.

A cell is one row of a lane in one stretch of the axis. What fits into it stands side by side; what does not is one
mark. So a picture has a bounded number of marks, whatever a desk holds.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from relations.reports.lettering import width_of
from relations.reports.time_axis import Axis

SIGN = 14  # px, a sign with the space that keeps it from the next one
ROW = 18  # px, the height of a row
SPAN_ROWS = 4  # rows of a lane for what has no single stretch; more are gathered
NUMBERS = 11  # px, the size of the numbers of what is gathered


@dataclass(frozen=True)
class Item:
    """One thing to be marked: on which days, and what stands for it."""

    earliest: datetime.date
    latest: datetime.date
    what: Any


@dataclass(frozen=True)
class Cell:
    """What lies in one row and stretch; or, as `is_span`, what covers the same few stretches."""

    row: int
    first: int  # the number of the stretch it begins in; -1 before all that are shown
    last: int
    number: int
    earliest: datetime.date
    latest: datetime.date
    items: list[Item]  # as many as may stand alone; fewer than `number` where there are more

    @property
    def is_span(self) -> bool:
        """Whether it covers more than one stretch, as what is only known to the month or year does on a fine axis."""
        return self.first != self.last


@dataclass(frozen=True)
class Placed:
    """Where a mark stands: one item, or several gathered (`item` is None)."""

    x: int
    row: int
    number: int
    earliest: datetime.date
    latest: datetime.date
    item: Item | None
    bar: tuple[int, int] | None = None  # from where to where, for a span
    width: int = 0  # of what is gathered

    @property
    def short_number(self) -> str:
        """Its number as far as there is room: `37`, `1.2k`."""
        return short(self.number)


@dataclass
class _Bar:
    left: int
    right: int
    cells: list[Cell] = field(default_factory=list)


def short(number: int) -> str:
    """Return a number in at most four characters: `999`, `1.2k`, `10k`, `3.4M`."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            tenths = number * 10 // size
            return f"{tenths // 10}.{tenths % 10}{letter}" if tenths < 100 else f"{tenths // 10}{letter}"
    return str(number)


def fits_alone(axis: Axis) -> int:
    """Return how many signs fit side by side into the widest stretch."""
    return max(_room(axis, number) for number in range(len(axis.stretches)))


def cells_of(axis: Axis, items: Iterable[Item], row_of: Callable[[Item], int] = lambda _item: 0) -> list[Cell]:
    """Return the cells of items that are at hand; of statements the database makes them."""
    gathered: dict[tuple[int, int, int], list[Item]] = {}
    starts = [stretch.first for stretch in axis.stretches]
    for item in items:
        if item.latest < axis.days.first or item.earliest > axis.days.last:
            continue
        first, last = (sum(start <= day for start in starts) - 1 for day in (item.earliest, item.latest))
        last = len(starts) if item.latest > axis.days.last else last
        gathered.setdefault((row_of(item) if first == last else -1, first, last), []).append(item)
    return [
        Cell(row, first, last, len(inside), min(each.earliest for each in inside),
             max(each.latest for each in inside), inside)
        for (row, first, last), inside in gathered.items()
    ]  # fmt: skip


def place(axis: Axis, cells: Iterable[Cell], span_row: int = 0) -> tuple[list[Placed], int]:
    """Return the marks of one lane, earliest first, and how many rows the spans take, from `span_row` on downwards."""
    marks = []
    spans = []
    for cell in cells:
        if cell.is_span:
            spans.append(cell)
        elif cell.number > _room(axis, cell.first) or cell.number > len(cell.items):
            left, right = axis.bounds(cell.first)
            marks.append(_gathered(cell, (left + right) // 2, right - left))
        else:
            marks += _side_by_side(axis, cell)
    bars, rows = _spans(axis, spans, span_row)
    return sorted([*marks, *bars], key=lambda mark: (mark.earliest, mark.latest, mark.row)), rows


def _room(axis: Axis, number: int) -> int:
    left, right = axis.bounds(number)
    return (right - left) // SIGN


def _gathered(cell: Cell, x: int, room: int) -> Placed:
    width = min(max(round(width_of(short(cell.number), NUMBERS)) + 6, 18), room - 1)
    return Placed(x, cell.row, cell.number, cell.earliest, cell.latest, None, width=width)


def _side_by_side(axis: Axis, cell: Cell) -> list[Placed]:
    """Return a sign at each item's day, moved within the stretch only as far as the signs would overlap."""
    left, right = axis.bounds(cell.first)
    items = sorted(cell.items, key=lambda item: (item.earliest, item.latest))
    half = SIGN // 2
    middles = [axis.middle(item.earliest, item.latest) for item in items]
    # Several in one place stand around it, not beside it.
    shift = (SIGN * (len(items) - 1)) // 2 if len(set(middles)) == 1 else 0
    xs: list[int] = []
    for middle in middles:
        least = xs[-1] + SIGN if xs else left + half
        xs.append(max(middle - shift, least))
    limit = right - half
    for number in reversed(range(len(xs))):
        xs[number] = min(xs[number], limit)
        limit = xs[number] - SIGN
    return [
        Placed(x, cell.row, 1, item.earliest, item.latest, item) for x, item in zip(xs, items, strict=True)
    ]  # fmt: skip


def _spans(axis: Axis, cells: list[Cell], span_row: int) -> tuple[list[Placed], int]:
    """Return a bar for each span, in as few rows as they can share; what finds no row is gathered in the last."""
    rows: list[list[_Bar]] = []
    for cell in sorted(cells, key=lambda each: (each.earliest, each.latest)):
        left, right = axis.x(cell.earliest), axis.end(cell.latest)
        least = SIGN if cell.number == 1 else round(width_of(short(cell.number), NUMBERS)) + 6
        if right - left < least:
            left = min(max((left + right - least) // 2, axis.left), axis.right - least)
            right = left + least
        row = next((row for row in rows if row[-1].right + 2 <= left), None)
        if row is None and len(rows) < SPAN_ROWS:
            row = []
            rows.append(row)
        if row is not None:
            row.append(_Bar(left, right, [cell]))
            continue
        crowded = min(rows, key=lambda row: row[-1].right)[-1]
        crowded.right = max(crowded.right, right)
        crowded.cells.append(cell)
    return [_bar(bar, span_row + number) for number, row in enumerate(rows) for bar in row], len(rows)


def _bar(bar: _Bar, row: int) -> Placed:
    number = sum(cell.number for cell in bar.cells)
    alone = bar.cells[0].items[0] if number == 1 else None
    return Placed(
        x=(bar.left + bar.right) // 2,
        row=row,
        number=number,
        earliest=min(cell.earliest for cell in bar.cells),
        latest=max(cell.latest for cell in bar.cells),
        item=alone,
        bar=(bar.left, bar.right),
        width=0 if alone else round(width_of(short(number), NUMBERS)) + 6,
    )
