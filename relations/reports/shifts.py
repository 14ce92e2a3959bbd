"""When a side's position has shifted from the one before."""

from decimal import Decimal

from relations.models import Bearing

SHIFT = Decimal(3)  # the change of intensity from which the same act is another position


def is_shift(before: Bearing | None, after: Bearing) -> bool:
    """Say whether a side's position `after` is a shift from the one `before`: another act, or stronger or milder by 3.

    A side's first position is none.
    """
    return before is not None and (before.act != after.act or abs(after.intensity - before.intensity) >= SHIFT)
