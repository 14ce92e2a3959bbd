"""The ribbon: how an issue stood month by month, small enough for a row of the board."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from relations.choices import Trend
from relations.models import Issue, StatusChange
from relations.models.base import day_words
from relations.models.moments import NOW, AnyMoment
from relations.reports.lettering import width_of
from relations.reports.months import SPANS, Month, Run, issue_runs, months_until, runs_of

MONTH = 14  # px; a sign is as wide, so that a single month still shows its status and its trend
ROW = 18  # px, the height of the months
GAP = 1  # between two stretches
LETTERS = 11  # px, the size of the words in it


@dataclass(frozen=True)
class Stretch:
    """Months in a row of one status and trend, with where it is drawn."""

    run: Run
    x: int
    width: int

    @cached_property
    def word(self) -> str:
        """The status in words where they fit beside its sign; empty where they do not."""
        label = self.run.status_label
        return label if MONTH + 2 + width_of(label, LETTERS) <= self.width else ""

    @cached_property
    def words(self) -> str:
        """What it says: `Mar 2025 – May 2025: In talks, Improving`."""
        first, last = (day_words(month.first, "M Y") for month in (self.run.first, self.run.last))
        when = first if first == last else f"{first} – {last}"
        if not self.run.status:
            return _("%(when)s: nothing known") % {"when": when}
        return f"{when}: {self.run.status_label}" + (f", {self.run.trend_label}" if self.has_arrow else "")

    @property
    def has_arrow(self) -> bool:
        """Whether a trend is drawn: one that was assessed."""
        return self.run.trend not in ("", Trend.NOT_ASSESSED)


@dataclass(frozen=True)
class Ribbon:
    """The months that end with the day looked from, earliest first."""

    first: Month
    last: Month
    stretches: list[Stretch]
    width: int

    @cached_property
    def height(self) -> int:
        """The height of the months, and of the row of arrows beneath them where there are any."""
        return ROW + (MONTH if any(stretch.has_arrow for stretch in self.stretches) else 0)

    @property
    def words(self) -> str:
        """All of it in words, for those who do not see it."""
        return "; ".join(stretch.words for stretch in self.stretches)


def ribbon(months: list[Month], runs: list[Run]) -> Ribbon:
    """Return these runs, which cover the months, as they are drawn."""
    stretches = []
    x = 0
    for run in runs:
        stretches.append(Stretch(run, x, run.length * MONTH - GAP))
        x += run.length * MONTH
    return Ribbon(months[0], months[-1], stretches, len(months) * MONTH)


def ribbon_until(
    day: datetime.date, changes: Iterable[StatusChange], first_word: datetime.date | None, span: int
) -> Ribbon:
    """Return the ribbon of the last `span` months until `day` of an issue; `changes` are its standing ones, in order."""
    months = months_until(Month.of(day), span)
    return ribbon(months, runs_of(changes, first_word, months))


def ribbons_until(
    days: Mapping[int, datetime.date],
    issues: Iterable[Issue],
    at: AnyMoment = NOW,
    first_words: Mapping[int, datetime.date | None] | None = None,
) -> dict[int, Ribbon]:
    """Return by issue id the ribbon of the last twelve months as of `at`, which end with each desk's own day of `days`.

    Two queries whatever the issues and desks; one where it is known when each issue was first spoken on.
    """
    until = {month: months_until(month, SPANS[0]) for month in set(map(Month.of, days.values()))}
    months = {desk: until[Month.of(day)] for desk, day in days.items()}
    stood = issue_runs(issues, months, at, first_words)
    return {issue.pk: ribbon(months[issue.relationship_id], runs) for issue, runs in stood}
