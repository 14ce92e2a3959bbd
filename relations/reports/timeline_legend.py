"""What the signs of a timeline mean: an entry for each that it bears, in as many lines as the picture is wide."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from relations.reports.lettering import width_of, wrapped
from relations.reports.time_axis import LETTERS
from relations.reports.timeline_lines import Line
from relations.reports.timeline_marks import ROW
from relations.reports.timeline_signs import SHAPES, WORDS, Tone

SIGN = 18  # px, a sign with the space before its word
SPACE = 16  # px between two entries


@dataclass(frozen=True)
class Entry:
    """A sign with its word; or words alone, where `sign` is empty."""

    sign: str
    tone: Tone
    word: str
    x: int
    y: int

    @property
    def word_x(self) -> int:
        """Where its word begins."""
        return self.x + SIGN if self.sign else self.x


def legend(lines: list[Line], lines_told: list[str], width: int, top: int) -> list[Entry]:
    """Return the entries for the signs in these lanes, from `top` on downwards; `lines_told` say what lines mean."""
    tones = {mark.sign: mark.tone for line in lines for mark in line.marks}
    y = top
    entries = []
    for sentence in wrapped(" ".join([*_explained(lines), *lines_told]), width, LETTERS):
        entries.append(Entry("", Tone.PLAIN, sentence, 0, y))
        y += ROW
    x = 0
    for sign in SHAPES:
        if sign not in tones:
            continue
        word = str(WORDS[sign])
        room = SIGN + width_of(word, LETTERS)
        if x and x + room > width:
            x, y = 0, y + ROW
        entries.append(Entry(sign, tones[sign], word, x, y))
        x += round(room) + SPACE
    return entries


def _explained(lines: list[Line]) -> list[str]:
    marks = [mark for line in lines for mark in line.marks]
    said = []
    if any(line.is_graded and line.marks for line in lines):
        said.append(_("The higher in its lane, the friendlier; the lower, the more hostile."))
    if any(not mark.sign for mark in marks):
        said.append(_("A number: so many together."))
    if any(mark.bar for mark in marks):
        said.append(_("A bar: the days it can be of."))
    return said
