"""What becomes of a file's rows."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """What becomes of a row."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    REFUSED = "refused", _("Refused")


@dataclass(frozen=True)
class Fate:
    """What becomes of one row: the columns that change, or those it is refused for, each with the reason."""

    number: int  # the row's in its file
    state: str
    name: str  # what the row is about, in short
    why: tuple[tuple[str, str], ...] = ()  # column (empty: the row) and sentence
    ref: str = ""  # of the row that stands already
    revision: int = 0  # of it, as it was read: what changed since is refused


@dataclass(frozen=True)
class Outcome:
    """What became of all rows; where one is refused, or it was a trial, nothing was stored."""

    fates: list[Fate]
    is_stored: bool
    counts: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", Counter(fate.state for fate in self.fates))

    @property
    def is_refused(self) -> bool:
        """Whether a row is refused."""
        return bool(self.counts[State.REFUSED])

    @property
    def revisions(self) -> dict[str, int]:
        """The revision of each row that changes, by its ref."""
        return {fate.ref: fate.revision for fate in self.fates if fate.state == State.CHANGED}
