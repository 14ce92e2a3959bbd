"""What a mark on a timeline looks like: a shape for what was done, a tone for how friendly it was, a word for both."""

from decimal import Decimal
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from relations.choices import STATED_ACTS, Act, MeetingKind, MeetingState
from relations.models.base import signed_words

# Where one row of a lane ends and the next friendlier one begins; an intensity has one decimal.
ROW_EDGES = [Decimal("-5.4"), Decimal("-1.4"), Decimal("1.5"), Decimal("5.5")]
ROWS = len(ROW_EDGES) + 1


class Tone(StrEnum):
    """How what was done sounds, told by the row's height and by colour."""

    FRIENDLY = "friendly"
    NEUTRAL = "neutral"
    HOSTILE = "hostile"
    PLAIN = "plain"  # what has none: a meeting


TONES = [Tone.FRIENDLY, Tone.FRIENDLY, Tone.NEUTRAL, Tone.HOSTILE, Tone.HOSTILE]  # of the rows, from above

# Outlines around 0,0, filled: what is hollow has a hole, so that a shape needs one colour and no line.
_RING = "M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0z"
_SQUARE = "M-5-5h10v10h-10z"
SHAPES = {
    "agree": _RING,
    "support": "M-1.8-5.5h3.6v3.7h3.7v3.6h-3.7v3.7h-3.6v-3.7h-3.7v-3.6h3.7z",
    "concede": "M-5.5-2.5h11a5.5 5.5 0 0 1-11 0z",
    "consult": _RING + "M-3 0a3 3 0 1 1 6 0a3 3 0 1 1-6 0z",
    "request": "M0-6L6 0L0 6L-6 0zM0-3.2L-3.2 0L0 3.2L3.2 0z",
    "accuse": "M-6-5h12L0 6zM-2.7-3L0 2L2.7-3z",
    "reject": "M-5.4-3.2l2.2-2.2L0-2.2l3.2-3.2l2.2 2.2L2.2 0l3.2 3.2l-2.2 2.2L0 2.2l-3.2 3.2l-2.2-2.2L-2.2 0z",
    "threaten": "M-6-5h12L0 6z",
    "helps": _SQUARE + "M-2.8-2.8v5.6h5.6v-5.6z",
    "harms": _SQUARE,
    "visit": "M-5-6h2v1h8l-2.5 3l2.5 3h-8v5h-2z",
    "talks": "M-6-4h12v6h-6l-3 4v-4h-3z",
    "call": "M-6-2a6 6 0 0 1 12 0v2h-3.6v-2.4h-4.8v2.4h-3.6zM-4 5v-2.4a4 4 0 0 1 8 0v2.4z",
    "visit_open": "M-5-6h2v1h8l-2.5 3l2.5 3h-8v5h-2zM-3-3.2v2.4h4.1l-1.2-1.2l1.2-1.2z",
    "talks_open": "M-6-4h12v6h-6l-3 4v-4h-3zM-4.2-2.4v2.8h8.4v-2.8z",
    "call_open": "M-6-2a6 6 0 0 1 12 0v2h-3.6v-2.4h-4.8v2.4h-3.6zM-4 5v-2.4a4 4 0 0 1 8 0v2.4z"
    "M-2.4 3.6h4.8v-1a2.4 2.4 0 0 0-4.8 0z",
    "cancelled": "M-5-5h10v10h-10zM-3.4-3.4v6.8h6.8v-6.8zM-2.6-1.6l1-1L0-1l1.6-1.6l1 1L1 0l1.6 1.6l-1 1L0 1l-1.6 1.6l-1-1L-1 0z",
}  # fmt: skip

_HELPS = {Act.COOPERATE, Act.AID, Act.RETREAT}
WORDS: dict[str, str | Promise] = {
    **{act.lower(): Act(act).label for act in STATED_ACTS},
    "helps": _("Helps or gives way (a deed)"),
    "harms": _("Harms or threatens (a deed)"),
    "visit": _("Visit"),
    "talks": _("Talks"),
    "call": _("Call"),
    "visit_open": _("Visit planned"),
    "talks_open": _("Talks planned"),
    "call_open": _("Call planned"),
    "cancelled": _("Cancelled"),
}


def sign_of_act(act: str) -> str:
    """Return the shape that stands for an act: its own where it is said, a square where it is a deed."""
    if act in STATED_ACTS:
        return act.lower()
    return "helps" if act in _HELPS else "harms"


def sign_of_meeting(kind: str, state: str) -> str:
    """Return the shape that stands for a meeting: of its kind, hollow until it was held, crossed where cancelled."""
    if state == MeetingState.CANCELLED:
        return "cancelled"
    return str(MeetingKind(kind)) if state == MeetingState.HELD else f"{MeetingKind(kind)}_open"


def row_of(intensity: Decimal) -> int:
    """Return the row that an intensity stands in, the friendliest first."""
    return ROWS - 1 - sum(edge <= intensity for edge in ROW_EDGES)


def act_words(act: str, intensity: Decimal) -> str:
    """Return an act with its number: `Asks, −1`."""
    return f"{Act(act).label}, {signed_words(intensity)}"
