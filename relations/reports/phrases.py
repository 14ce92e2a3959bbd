"""Which phrases of a text are new, and which of an earlier one are gone."""

import difflib
import re
from dataclasses import dataclass

_WORD = re.compile(r"\S+")
_EDGES = "“”‘’\"'.,;:!?()[]…"
_KEPT = 0.3  # the share of words in common under which a text is another one, not the old one changed
_WORDS = 3000  # of both texts together; beyond that comparing takes longer than a page may
_LONG = 12  # words of a phrase that are shown
_MANY = 4  # phrases shown of each sort


@dataclass(frozen=True)
class PhraseChange:
    """What is new in a text and gone from the one before, as short phrases; none of either where it is another text."""

    new: tuple[str, ...]
    gone: tuple[str, ...]
    is_other_text: bool = False


def phrase_change(before: str, after: str) -> PhraseChange:
    """Return the phrases in which `after` differs from `before`; case and punctuation alone are no difference."""
    left, right = _WORD.findall(before), _WORD.findall(after)
    if len(left) + len(right) > _WORDS:
        return PhraseChange((), (), is_other_text=True)
    matcher = difflib.SequenceMatcher(None, _plain(left), _plain(right), autojunk=False)
    if left and right and matcher.ratio() < _KEPT:
        return PhraseChange((), (), is_other_text=True)
    gone, new = [], []
    for i, j, k, m in _stretches(matcher):
        gone.append(left[i:j])
        new.append(right[k:m])
    return PhraseChange(_phrases(new), _phrases(gone))


def _plain(words: list[str]) -> list[str]:
    return [word.strip(_EDGES).casefold() for word in words]


def _stretches(matcher: difflib.SequenceMatcher[str]) -> list[tuple[int, int, int, int]]:
    """Return what differs; a single word in common between two differences belongs to the phrase around it."""
    found: list[tuple[int, int, int, int]] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            continue
        if found and i - found[-1][1] == 1 and k - found[-1][3] == 1:
            found[-1] = (found[-1][0], j, found[-1][2], m)
        else:
            found.append((i, j, k, m))
    return found


def _phrases(stretches: list[list[str]]) -> tuple[str, ...]:
    told = [" ".join(words).strip(_EDGES) if len(words) <= _LONG else _cut(words) for words in stretches]
    return tuple(phrase for phrase in told if phrase)[:_MANY]


def _cut(words: list[str]) -> str:
    return f"{' '.join(words[:_LONG]).strip(_EDGES)} …"
