"""A cell holds what is not one word so that it can be taken apart again, and never as a formula."""

import re
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from relations.columns import (
    COLUMNS,
    TOLD,
    BearingCell,
    ParticipantCell,
    as_it_was,
    bearing_in,
    disarmed,
    joined,
    parted,
    participant_in,
)

risky = st.text(alphabet="=+-@'\t\r\n;ab ＝", max_size=12)


@given(risky)
@example("=1+1;=2\n'=3")
@settings(max_examples=200, deadline=None)
def test_a_disarmed_cell_is_no_formula_wherever_a_spreadsheet_lets_it_begin_and_can_be_read_back(text: str) -> None:
    cell = disarmed(text)
    assert not cell.startswith(tuple("=+-@＝\t\r"))
    assert not re.search(r"[;\t\r\n][=+\-@＝]", cell)
    assert as_it_was(cell) == text


@given(st.lists(st.text(alphabet="ab|\\ '", min_size=1).map(str.strip).filter(bool), max_size=4))
@settings(max_examples=200, deadline=None)
def test_texts_joined_in_a_cell_come_apart_as_they_were(texts: list[str]) -> None:
    assert parted(joined(texts)) == texts


def test_a_bearing_and_a_participant_are_read_as_they_are_written() -> None:
    bearing = BearingCell("caatsa", "REJECT", "change", Decimal("-4.0"), "TR", "US", stated=False)
    assert str(bearing) == "caatsa REJECT/change -4.0 of TR to US (our reading)"
    assert bearing_in(str(bearing)) == bearing
    assert bearing_in("caatsa AGREE +5.0") == BearingCell("caatsa", "AGREE", "", Decimal(5), "", "", stated=True)
    assert bearing_in("caatsa agrees") is None
    for told in (ParticipantCell("TR", "Hakan Fidan", "abcd2345"), ParticipantCell("US", "two officials", "")):
        assert participant_in(str(told)) == told
    assert participant_in("Hakan Fidan") is None


def test_a_table_names_each_column_once_and_knows_which_are_told_along() -> None:
    for noun, names in COLUMNS.items():
        assert len(set(names)) == len(names), noun
        assert TOLD[noun] <= set(names), noun
