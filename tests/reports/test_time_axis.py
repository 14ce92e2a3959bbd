"""The axis of a timeline: from a day to the whole calendar, in stretches wide enough to draw in."""

import datetime

import pytest

from relations.reports.lettering import width_of
from relations.reports.time_axis import COLUMN, LETTERS, Axis, Days, Grain, axis_of

D = datetime.date


def wide(first: datetime.date, last: datetime.date) -> Axis:
    return axis_of(Days(first, last), 28, 998)


def test_a_week_is_told_by_days_and_each_is_as_wide_as_the_others() -> None:
    axis = wide(D(2025, 3, 24), D(2025, 3, 30))
    assert [tick.word for tick in axis.ticks] == ["24", "25", "26", "27", "28", "29", "30"]
    assert [head.word for head in axis.heads] == ["Mar 2025"]
    assert (axis.x(D(2025, 3, 24)), axis.end(D(2025, 3, 30))) == (28, 998)
    assert axis.middle(D(2025, 3, 27), D(2025, 3, 27)) == (28 + 998) // 2


def test_a_decade_is_told_by_quarters_under_their_years() -> None:
    axis = wide(D(2015, 1, 1), D(2024, 12, 31))
    assert axis.grain == Grain(months=3)
    assert [head.word for head in axis.heads] == [str(year) for year in range(2015, 2025)]
    assert axis_of(Days(D(2015, 1, 1), D(2024, 12, 31)), 16, 326).grain == Grain(months=12)


def test_days_that_are_no_whole_stretches_are_shown_with_the_rest_of_theirs() -> None:
    assert wide(D(2024, 11, 3), D(2026, 11, 24)).days == Days(D(2024, 11, 1), D(2026, 11, 30))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (D(1, 1, 1), D(9999, 12, 31)),
        (D(9999, 12, 31), D(9999, 12, 31)),
        (D(1, 1, 1), D(1, 1, 1)),
        (D(1, 1, 1), D(30, 1, 1)),
        (D(9990, 2, 3), D(9999, 11, 30)),
        (D(2024, 2, 29), D(2025, 3, 1)),
        (D(2025, 1, 31), D(2025, 2, 1)),
        (D(1990, 6, 1), D(2025, 3, 1)),
    ],
)
@pytest.mark.parametrize(("left", "right"), [(28, 998), (16, 326)])
def test_any_days_of_the_calendar_are_laid_out_and_no_two_words_meet(
    first: datetime.date, last: datetime.date, left: int, right: int
) -> None:
    axis = axis_of(Days(first, last), left, right)
    assert axis.days.first <= first <= last <= axis.days.last
    assert len(axis.stretches) <= (right - left) // COLUMN
    for ticks in (axis.ticks, axis.heads):
        words = [tick for tick in ticks if tick.word]
        limits = [tick.x for tick in words[1:]] + [right]
        for tick, limit in zip(words, limits, strict=False):
            assert tick.x + width_of(tick.word, LETTERS) <= limit
