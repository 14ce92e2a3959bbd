"""A title where a source carries none: its first line, or its name in words."""

import re
import textwrap

_LONGEST = 150
_SAMPLE = 8000
_DATED = re.compile(r"^\d{4}-\d{2}-\d{2}[-_ ]?|[-_ ]?\d{4}-\d{2}-\d{2}$")
_SMALL = {"a", "an", "and", "at", "between", "by", "for", "from", "in", "into", "of", "on", "over", "the", "to", "with"}
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
    """Return a name such as `2025-03-25-readout-of-the-secretarys-call` as a headline, its words written as in `text`.

    A name that says nothing in words gives way to the text's own beginning.
    """
    words = [word for word in re.split(r"[-_\s]+", _DATED.sub("", name.strip())) if word]
    if sum(word.isalpha() and len(word) > 2 for word in words) < 3:
        return title_of(text)
    written = {_plain(word): word for word in reversed(re.findall(r"\w[\w’'-]*", text[:_SAMPLE]))}
    title = " ".join(_headline(word, written) for word in words)
    return textwrap.shorten(title[:1].upper() + title[1:], 300, placeholder="…")


def _headline(word: str, written: dict[str, str]) -> str:
    """Return a word of a headline: `sullivans` is `Sullivan’s` where the text tells of Sullivan."""
    plain = _plain(word)
    if plain in _SMALL:
        return plain
    owner = written.get(plain[:-1], "") if plain.endswith("s") else ""
    if plain not in written and owner[:1].isupper():
        return f"{owner}’s"
    if plain in written and len(plain) <= 3:  # the “bin” of a name
        return written[plain]
    word = written.get(plain, word)
    return word[:1].upper() + word[1:]


def _plain(word: str) -> str:
    return re.sub(r"[’']", "", word).casefold()
