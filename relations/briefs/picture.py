"""A brief's timeline, drawn as SVG for pages and PDF and as PNG for Word, both from the same frozen picture.

What an act was like is told by shape (warm points up, cool down), whose it was by its lane, the status by its word:
nothing hangs on colour.
"""

import io
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from PIL import Image, ImageDraw, ImageFont

from relations.briefs.content import Band, Mark, Picture

WIDTH, LABEL, LANE, BAND, AXIS, EDGE = 720, 112, 28, 24, 20, 10
WHOLE = 10_000  # what a place in the picture is told in
_SCALE = 3
_SIZE = 12
_NAME = 17  # letters of a lane's name that fit beside it
_WORD = 7  # what a letter takes, to see whether a word fits into its band
INK, GREY, FAINT, SHADE = "#1a1e23", "#646c75", "#d8dad4", "#eceee9"
_SIDES = {"first": "#3b4b8f", "second": "#86500a", "neither": "#4a525b"}
_STATUSES = {
    "open": "#5a626b", "in_talks": "#1f5fa8", "stalled": "#9a4b00", "agreed": "#6b3fa0", "resolved": "#176b4d",
    "dormant": "#646c75",
}  # fmt: skip


def height(picture: Picture) -> int:
    """Return how high the picture is."""
    return len(picture.lanes) * LANE + BAND + AXIS


def place(thousandths: int) -> float:
    """Return where from the left something is drawn."""
    return round(LABEL + EDGE + thousandths / WHOLE * (WIDTH - LABEL - 2 * EDGE), 1)


def shortened(words: str, letters: int = _NAME) -> str:
    """Return words that fit into so many letters."""
    return words if len(words) <= letters else f"{words[: letters - 1].rstrip()}…"


def _middle(lane: int) -> int:
    return lane * LANE + LANE // 2


def _corners(mark: Mark) -> list[tuple[float, float]]:
    """Return a mark's triangle, which points up where it is warm and down where it is cool."""
    x, y, up = place(mark.start), _middle(mark.lane), -1 if mark.tone == "warm" else 1
    return [(x, round(y + 5.5 * up, 1)), (x - 5.5, round(y - 4.5 * up, 1)), (x + 5.5, round(y - 4.5 * up, 1))]


def _word_of(bands: tuple[Band, ...], number: int) -> tuple[str, float, bool]:
    """Return a band's word, where it is written, and whether it ends there.

    It stands in its band, as far as that has room for it; before it where there is none and nothing comes before.
    """
    band = bands[number]
    left = place(band.start)
    letters = int((place(band.end) - left - 8) / _WORD)
    if len(band.word) <= letters:
        return band.word, left + 4, False
    if number == 0 and left - place(0) > len(band.word) * _WORD:
        return band.word, left - 6, True
    return shortened(band.word, letters) if letters > 3 else "", left + 4, False


def svg(picture: Picture) -> SafeString:
    """Return the picture as SVG.

    It carries its colours itself, for what applies no style sheet to it; a page's own style sheet goes before them.
    """
    lanes = [
        {
            "name": shortened(name),
            "side": side,
            "colour": _SIDES[side],
            "middle": _middle(number),
            "letters": _middle(number) + 4,
        }
        for number, (name, side) in enumerate(picture.lanes)
    ]
    bottom = len(lanes) * LANE
    marks = [
        {
            "mark": mark,
            "side": picture.lanes[mark.lane][1],
            "colour": _SIDES[picture.lanes[mark.lane][1]],
            "x": place(mark.start),
            "until": place(mark.end),
            "y": _middle(mark.lane),
            "corners": " ".join(f"{x},{y}" for x, y in _corners(mark)) if mark.tone != "plain" else "",
        }
        for mark in picture.marks
    ]
    bands = [
        {
            "band": band,
            "colour": _STATUSES.get(band.status, GREY),
            "x": place(band.start),
            "width": max(2.0, round(place(band.end) - place(band.start), 1)),
            "word": word,
            "word_x": word_x,
            "ends": ends,
        }
        for number, band in enumerate(picture.bands)
        for word, word_x, ends in [_word_of(picture.bands, number)]
    ]
    context = {
        "picture": picture,
        "ink": INK,
        "grey": GREY,
        "faint": FAINT,
        "shade": SHADE,
        "lanes": lanes,
        "marks": marks,
        "bands": bands,
        "below": bottom + BAND,
        "band_top": bottom + 2,
        "band_height": BAND - 4,
        "status_letters": bottom + BAND // 2 + 5,
        "status_word": shortened(picture.status_word),
        "width": WIDTH,
        "height": height(picture),
        "left": LABEL,
        "ticks": [(place(where), word) for where, word in picture.ticks],
    }
    return render_to_string("relations/briefs/picture.svg", context)


def png(picture: Picture) -> bytes:
    """Return the picture as PNG, for what takes no SVG."""
    image = Image.new("RGB", (WIDTH * _SCALE, height(picture) * _SCALE), "white")
    draw = _Pen(image)
    bottom = len(picture.lanes) * LANE
    for where, word in picture.ticks:
        x = place(where)
        draw.line([(x, 0), (x, bottom + BAND)], FAINT)
        draw.words(x + 3, bottom + BAND + 14, word, GREY)
    for number, (name, side) in enumerate(picture.lanes):
        draw.words(0, _middle(number) + 4, shortened(name), _SIDES[side])
        draw.line([(LABEL, _middle(number)), (WIDTH, _middle(number))], FAINT)
    draw.words(0, bottom + BAND // 2 + 5, shortened(picture.status_word), INK)
    for number, band in enumerate(picture.bands):
        left, right = place(band.start), max(place(band.end), place(band.start) + 2)
        draw.box([(left, bottom + 2), (right, bottom + BAND - 2)], SHADE, _STATUSES.get(band.status, GREY))
        word, x, ends = _word_of(picture.bands, number)
        draw.words(x, bottom + BAND // 2 + 5, word, INK, ends=ends)
    for mark in picture.marks:
        x, y, colour = place(mark.start), _middle(mark.lane), _SIDES[picture.lanes[mark.lane][1]]
        if mark.end > mark.start:
            draw.line([(x, y), (place(mark.end), y)], colour, 3)
        if mark.tone == "plain":
            draw.disc(x, y, 5, colour)
        else:
            draw.shape(_corners(mark), colour)
        if mark.count > 1:
            draw.words(x + 7, y - 2, str(mark.count), INK)
    written = io.BytesIO()
    # Few colours: a palette takes a third of the room and of the time; an octree finds one in a tenth of a median cut's.
    image.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(written, "PNG")
    return written.getvalue()


class _Pen:
    """Draws at the picture's own measures on an image some times as large."""

    def __init__(self, image: Image.Image) -> None:
        self._draw = ImageDraw.Draw(image)

    def line(self, points: list[tuple[float, float]], colour: str, width: int = 1) -> None:
        self._draw.line(self._at(points), colour, width * _SCALE)

    def box(self, points: list[tuple[float, float]], fill: str, edge: str) -> None:
        self._draw.rectangle(self._at(points), fill)
        self._draw.line(self._at([points[0], (points[1][0], points[0][1])]), edge, 3 * _SCALE)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        self._draw.ellipse(self._at([(x - radius, y - radius), (x + radius, y + radius)]), colour)

    def shape(self, points: list[tuple[float, float]], colour: str) -> None:
        self._draw.polygon(self._at(points), colour)

    def words(self, x: float, y: float, words: str, colour: str, *, ends: bool = False) -> None:
        """Write words from `x`, or up to it, on the line `y`: each letter in that half of our font which has it."""
        pieces = [(font, "".join(letters)) for font, letters in groupby(words, key=_font_of)]
        x *= _SCALE
        if ends:
            x -= sum(font.getlength(piece) for font, piece in pieces)
        for font, piece in pieces:
            self._draw.text((x, y * _SCALE), piece, colour, font=font, anchor="ls")
            x += font.getlength(piece)

    @staticmethod
    def _at(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(x * _SCALE, y * _SCALE) for x, y in points]


@cache
def _font(part: str) -> Any:
    fonts = Path(settings.BASE_DIR) / "static" / "vendor" / "fonts"
    font = ImageFont.truetype(fonts / f"source-sans-3-{part}-wght-normal.woff2", _SIZE * _SCALE)
    font.set_variation_by_axes([450])
    return font


def _font_of(letter: str) -> Any:
    """Return the font that has this letter: what is beyond Latin-1 is in the extended one, but for the dotless i and signs."""
    code = ord(letter)
    return _font("latin-ext" if 0x0100 <= code < 0x0300 and code != 0x0131 else "latin")
