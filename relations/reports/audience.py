"""The desk as an audience may be shown it: what is marked more strictly is in no answer."""

from dataclasses import dataclass

from django.db.models import Q

from relations.choices import Marking
from relations.models.moments import Moment


def shown_to(audience: Marking) -> list[Marking]:
    """Return the markings of what this audience may see: as many people or more may see it."""
    return [each for each in Marking if each.rank <= audience.rank]


@dataclass(frozen=True)
class ForAudience(Moment):
    """A moment as an audience may be shown it: every report that takes it leaves out what is marked more strictly.

    Statements carry a marking, and so do the documents that they cite.
    """

    audience: Marking = Marking.CLEAR

    @property
    def is_kept(self) -> bool:
        """Say no: what is kept is of all that stands, whoever may see it."""
        return False

    def stood(self, day: str, row: str = "") -> Q:
        """Return the condition that a row stood; of a statement, that this audience may see it too."""
        stood = super().stood(day, row)
        if day != "latest":  # a status change has no marking of its own; what it rests on has
            return stood
        markings = shown_to(self.audience)
        return stood & Q(**{f"{row}marking__in": markings, f"{row}document__marking__in": markings})
