"""The language of the search box: words, "phrases", -without, speaker: issue: party: since: until:.

Pure: it knows no table. What it cannot read is told by `Unreadable`, in a sentence for the box.
"""

import calendar
import datetime
import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

LENGTH_LIMIT = 1_000
PARTS_LIMIT = 50

NAMES = ("speaker", "issue", "party")
DAYS = ("since", "until")


class Unreadable(ValueError):
    """The search cannot be read; the message says why and how to mend it."""


@dataclass(frozen=True)
class Part:
    """One thing to find: words as typed, or with an `operator` a name. A phrase's words stand side by side."""

    text: str
    operator: str = ""
    is_phrase: bool = False
    is_excluded: bool = False


@dataclass(frozen=True)
class Asked:
    """What was asked for: every part that is not excluded, none that is, between two days."""

    parts: tuple[Part, ...] = ()
    since: datetime.date | None = None
    until: datetime.date | None = None

    @property
    def words(self) -> list[Part]:
        """The parts without an operator."""
        return [part for part in self.parts if not part.operator]

    @property
    def names(self) -> list[Part]:
        """The parts with one."""
        return [part for part in self.parts if part.operator]

    def __bool__(self) -> bool:
        return bool(self.parts or self.since or self.until)


_PART = re.compile(r'(?P<sign>-?)(?:(?P<operator>[^\W\d_]+):(?!//))?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))?')
_QUOTATION_MARKS = dict.fromkeys(map(ord, "“”„‟«»"), '"')
_LETTER = re.compile(r"[^\W_]")
# Rubio's, Türkiye'nin: what follows the mark is grammar.
_SUFFIXED = re.compile(r"(\w{3,})['’‘ʼ′]\w{1,6}")
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)


def read(typed: str) -> Asked:
    """Return what `typed` asks for; raises `Unreadable`. Characters that show nothing are left out."""
    if len(typed) > LENGTH_LIMIT:
        raise Unreadable(_("A search has at most %(limit)s characters. Shorten it.") % {"limit": f"{LENGTH_LIMIT:,}"})
    text = _visible(typed)
    if text.count('"') % 2:
        raise Unreadable(_("A quotation mark is not closed. Close it, or take it out."))
    parts: list[Part] = []
    days: dict[str, datetime.date] = {}
    count = 0
    for match in _PART.finditer(text):
        if not match[0].strip("-"):
            continue
        count += 1
        if count > PARTS_LIMIT:
            raise Unreadable(
                _("A search has at most %(limit)s words and conditions. Take some out.") % {"limit": PARTS_LIMIT}
            )
        operator = (match["operator"] or "").lower()
        value = (match["phrase"] if match["phrase"] is not None else match["word"] or "").strip()
        excluded = bool(match["sign"])
        if operator in DAYS:
            if excluded:
                raise Unreadable(_("A day cannot be excluded. Use since: and until:."))
            if operator in days:
                raise Unreadable(_("Give “%(operator)s:” once.") % {"operator": operator})
            days[operator] = _day(operator, value)
        elif operator in NAMES:
            if not _LETTER.search(value):
                raise Unreadable(
                    _("Say what “%(operator)s:” is, as in %(example)s.")
                    % {
                        "operator": operator,
                        "example": {"speaker": "speaker:fidan", "issue": "issue:caatsa", "party": "party:tr"}[operator],
                    }
                )
            parts.append(Part(value, operator, match["phrase"] is not None, excluded))
        elif operator and value:
            raise Unreadable(
                _("“%(operator)s:” is not known. There are speaker:, issue:, party:, since: and until:.")
                % {"operator": match["operator"][:40]}
            )
        elif _LETTER.search(value or operator):
            is_phrase = match["phrase"] is not None
            suffixed = None if is_phrase else _SUFFIXED.fullmatch(value)
            word = suffixed[1] if suffixed else value or match["operator"]
            parts.append(Part(word, "", is_phrase, excluded))
    asked = Asked(tuple(parts), days.get("since"), days.get("until"))
    _check(asked, text)
    return asked


def words_alone(typed: str) -> Asked:
    """Return the words, "phrases" and -without that `typed` asks for; raises `Unreadable`, for names and days too."""
    asked = read(typed)
    if asked.names or asked.since or asked.until:
        raise Unreadable(_("Here words are looked for. Names and days have fields of their own."))
    return asked


def _check(asked: Asked, text: str) -> None:
    if asked.since and asked.until and asked.until < asked.since:
        raise Unreadable(_("“until:” lies before “since:”. Change one of them."))
    if not asked and text.strip():
        raise Unreadable(_("There is no word in this to search for."))
    if asked and not (asked.since or asked.until) and all(part.is_excluded for part in asked.parts):
        raise Unreadable(_("Say also what to search for, beside what to leave out."))


def _visible(typed: str) -> str:
    """Return what one sees of `typed`: composed, marks made straight, white space for controls."""
    text = unicodedata.normalize("NFC", typed).translate(_QUOTATION_MARKS)
    return "".join(
        " " if category in {"Cc", "Zl", "Zp", "Zs"} else character
        for character in text
        if (category := unicodedata.category(character)) not in {"Cf", "Cs", "Cn", "Co"}
    )


def _day(operator: str, value: str) -> datetime.date:
    """Return the first day that `value` means, or, for `until`, the last."""
    match = _DAY.fullmatch(value)
    try:
        if match is None:
            raise ValueError(value)
        year, month, day = (int(part) if part else None for part in match.groups())
        if year is None:
            raise ValueError(value)
        if operator == "since":
            return datetime.date(year, month or 1, day or 1)
        month = month or 12
        return datetime.date(year, month, day or calendar.monthrange(year, month)[1])
    except ValueError:
        raise Unreadable(
            _("“%(operator)s:” takes a day, a month or a year: %(operator)s:2025-03-25, 2025-03 or 2025.")
            % {"operator": operator}
        ) from None
