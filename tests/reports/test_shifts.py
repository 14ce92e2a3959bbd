"""When a side's position has shifted."""

from decimal import Decimal

import pytest

from relations.models import Bearing
from relations.reports.shifts import is_shift


def position(act: str, intensity: str) -> Bearing:
    return Bearing(act=act, intensity=Decimal(intensity))


@pytest.mark.parametrize(
    ("before", "after", "shifted"),
    [
        (("REQUEST", "0"), ("REQUEST", "2.9"), False),
        (("REQUEST", "0"), ("REQUEST", "3"), True),
        (("REQUEST", "1.5"), ("REQUEST", "-1.5"), True),
        (("REQUEST", "0"), ("REJECT", "0"), True),
    ],
)
def test_another_act_or_three_of_intensity_is_a_shift(
    before: tuple[str, str], after: tuple[str, str], shifted: bool
) -> None:
    assert is_shift(position(*before), position(*after)) is shifted


def test_a_first_position_is_no_shift() -> None:
    assert not is_shift(None, position("REJECT", "-4"))
