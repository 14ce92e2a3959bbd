"""A title where a source carries none: its first line, or its name in words."""

import re
import textwrap

_LONGEST = 150
_DATED = re.compile(r"^\d{4}-\d{2}-\d{2}[-_ ]?|[-_ ]?\d{4}-\d{2}-\d{2}$")
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{3}[.!?؟])\s")


def title_of(text: str) -> str:
    """Return the first line of `text`, or as much of it as a title bears: its first sentence, else its first words."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    line = " ".join(line.split())
    if len(line) <= _LONGEST:
        return line
    sentence = _SENTENCE_END.split(line, maxsplit=1)[0]
    return textwrap.shorten(sentence, _LONGEST, placeholder="…") if " " in sentence[:_LONGEST] else line[:_LONGEST]


def title_from_name(name: str, text: str) -> str:
    """Return a name such as `2025-03-25-readout-of-the-secretarys-call` in words, written as `text` writes them.

    A name that says nothing in words gives way to the text's own beginning.
    """
    words = re.split(r"[-_\s]+", _DATED.sub("", name.strip()))
    if sum(word.isalpha() and len(word) > 2 for word in words) < 3:
        return title_of(text)
    written = {_plain(word): word for word in reversed(re.findall(r"\w[\w’'-]*", text))}
    title = " ".join(written.get(_plain(word), word) for word in words)
    return textwrap.shorten(title[:1].upper() + title[1:], 300, placeholder="…")


def _plain(word: str) -> str:
    return re.sub(r"[’']", "", word).casefold()
