"""How wide words will be, so that a picture gives them room: nothing in it is cut, and nothing overlaps.

The estimate is generous, because a picture is read in the page's own font, in a substitute on paper and in whatever a
word processor has.
"""

import unicodedata
from functools import lru_cache

_THIN = frozenset("ijltfr.,:;|!'’‘()[] /·-")
_BROAD = frozenset("mwMW@%—…")


@lru_cache(maxsize=4096)
def _advance(character: str) -> float:
    """Return the width of a character in ems."""
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Mn"}:
        return 0.0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.1
    if character in _THIN:
        return 0.4
    if character in _BROAD:
        return 0.95
    return 0.74 if character.isupper() else 0.62


def width_of(text: str, size: float) -> float:
    """Return how wide `text` will be at most in letters of `size`."""
    return size * sum(_advance(character) for character in text)


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Return `text` in lines of at most `width`, broken between words, or within one that alone is too long."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width_of(longer, size) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = ""
        for character in word:
            if line and width_of(line + character, size) > width:
                lines.append(line)
                line = ""
            line += character
    return [*lines, line] if line else lines
