"""Marks that stand alone, that are gathered, and that cover days nobody can tell apart; none overlaps another."""

import datetime
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relations.reports.time_axis import Axis, Days, axis_of
from relations.reports.timeline_marks import SIGN, SPAN_ROWS, Cell, Item, Placed, cells_of, place, short

D = datetime.date
WEEK = axis_of(Days(D(2025, 3, 24), D(2025, 3, 30)), 28, 998)
DECADE = axis_of(Days(D(2015, 1, 1), D(2024, 12, 31)), 28, 998)


def item(first: datetime.date, last: datetime.date | None = None, what: Any = "said") -> Item:
    return Item(first, last or first, what)


def extent(mark: Placed) -> tuple[int, int]:
    """Return from where to where a mark takes room."""
    half = (mark.width or SIGN - 2) // 2
    left, right = mark.bar or (mark.x, mark.x)
    return min(left, mark.x - half), max(right, mark.x + half)


def test_a_single_statement_stands_in_the_middle_of_its_day() -> None:
    marks, rows = place(WEEK, cells_of(WEEK, [item(D(2025, 3, 25))]))
    assert [(mark.x, mark.number, mark.bar) for mark in marks] == [
        (WEEK.middle(D(2025, 3, 25), D(2025, 3, 25)), 1, None)
    ]
    assert rows == 0


def test_several_on_one_day_stand_side_by_side_around_its_middle() -> None:
    marks, _rows = place(WEEK, cells_of(WEEK, [item(D(2025, 3, 25))] * 3))
    middle = WEEK.middle(D(2025, 3, 25), D(2025, 3, 25))
    assert [mark.x for mark in marks] == [middle - SIGN, middle, middle + SIGN]


def test_more_than_fit_are_one_mark_with_their_number() -> None:
    marks, _rows = place(WEEK, cells_of(WEEK, [item(D(2025, 3, 25))] * 10_000))
    assert [(mark.number, mark.short_number, mark.item) for mark in marks] == [(10_000, "10k", None)]
    assert (marks[0].earliest, marks[0].latest) == (D(2025, 3, 25), D(2025, 3, 25))


def test_what_is_only_known_to_the_year_is_a_bar_over_it() -> None:
    marks, rows = place(DECADE, cells_of(DECADE, [item(D(2020, 1, 1), D(2020, 12, 31))]), span_row=5)
    assert [(mark.bar, mark.row) for mark in marks] == [((DECADE.x(D(2020, 1, 1)), DECADE.x(D(2021, 1, 1))), 5)]
    assert rows == 1


def test_a_month_in_a_decade_is_a_point_and_in_its_week_a_bar() -> None:
    march = item(D(2025, 3, 1), D(2025, 3, 31))
    assert place(WEEK, cells_of(WEEK, [march]))[0][0].bar == (28, 998)
    march = item(D(2020, 3, 1), D(2020, 3, 31))
    assert place(DECADE, cells_of(DECADE, [march]))[0][0].bar is None


def test_bars_over_the_same_days_lie_beneath_each_other_until_there_are_too_many() -> None:
    spans = [item(D(2015, 1, 1), D(2016 + number // 4, 1 + number % 4 * 3, 1)) for number in range(20)]
    marks, rows = place(DECADE, cells_of(DECADE, spans))
    assert rows == SPAN_ROWS
    assert sum(mark.number for mark in marks) == 20


def test_what_lies_outside_the_days_is_not_marked() -> None:
    assert cells_of(WEEK, [item(D(2025, 3, 23)), item(D(2025, 3, 31)), item(D(2024, 1, 1), D(2024, 12, 31))]) == []


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "1"), (999, "999"), (1000, "1.0k"), (1234, "1.2k"), (9999, "9.9k"), (12_345, "12k"), (999_999, "999k"),
     (3_400_000, "3.4M")],
)  # fmt: skip
def test_a_number_is_told_in_four_characters(number: int, words: str) -> None:
    assert short(number) == words


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([WEEK, DECADE, axis_of(Days(D(2024, 12, 1), D(2025, 6, 3)), 16, 326)]),
    st.lists(
        st.tuples(st.dates(D(2014, 12, 1), D(2025, 7, 1)), st.sampled_from([0, 0, 0, 1, 30, 364]), st.integers(0, 4)),
        max_size=60,
    ),
)
def test_no_two_marks_of_a_row_overlap_none_is_cut_and_none_is_lost(
    axis: Axis, days: list[tuple[datetime.date, int, int]]
) -> None:
    items = [Item(first, first + datetime.timedelta(days=more), row) for first, more, row in days]
    cells = cells_of(axis, items, lambda each: each.what)
    marks, rows = place(axis, cells, span_row=5)
    inside = [each for each in items if each.latest >= axis.days.first and each.earliest <= axis.days.last]
    assert sum(mark.number for mark in marks) == len(inside)
    assert rows <= SPAN_ROWS
    for _row, members in itertools.groupby(
        sorted(marks, key=lambda mark: (mark.row, extent(mark))), key=lambda m: m.row
    ):
        for mark, after in itertools.pairwise(members):
            assert extent(mark)[1] <= extent(after)[0]
    for mark in marks:
        assert axis.left <= extent(mark)[0] <= extent(mark)[1] <= axis.right
        if mark.bar is None:
            assert axis.x(mark.earliest) - SIGN * 4 <= mark.x <= axis.end(mark.latest) + SIGN * 4


def test_a_gathered_cell_of_the_database_needs_no_items() -> None:
    cell = Cell(2, 3, 3, 40, D(2015, 11, 1), D(2015, 12, 2), [])
    (mark,), _rows = place(DECADE, [cell])
    assert (mark.number, mark.row, mark.item) == (40, 2, None)
