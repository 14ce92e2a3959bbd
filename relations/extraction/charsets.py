"""Bytes to text, whatever character set they are in."""

import codecs
import re

import charset_normalizer

from relations.extraction.languages import known_share

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# Likeliest first. The Turkish set is the western one but for six letters, so it wins a tie.
_CODE_PAGES = ["cp1254", "cp1252", "cp1256", "cp1251", "cp1253", "cp1255", "cp1250"]
_META = re.compile(rb"""<(?:meta[^>]+charset|\?xml[^>]+encoding)\s*=\s*["']?\s*([a-zA-Z0-9_:.-]+)""", re.I)
_SAMPLE = 200_000


def is_binary(content: bytes) -> bool:
    """Say whether `content` holds what no text does."""
    if any(content.startswith(mark) for mark in _MARKS):
        return False
    return any(byte < 9 or 13 < byte < 27 for byte in set(content[:_SAMPLE]))


def decoded(content: bytes, declared: str = "") -> str:
    """Return `content` as text: by its mark, as UTF-8, as it declares itself, or as its letters make words."""
    for mark, name in _MARKS.items():
        if content.startswith(mark):
            return content.decode(name, "replace")
    for name in ("utf-8", declared):
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode(likely_code_page(content), "replace")


def likely_code_page(content: bytes) -> str:
    """Return the code page in which the letters of `content` make words."""
    found = charset_normalizer.from_bytes(content[:_SAMPLE], cp_isolation=_CODE_PAGES)
    # Those that charset-normalizer takes for likely differ in single letters: the one that makes words is right.
    likely = [page for page in _CODE_PAGES if any(page in match.could_be_from_charset for match in found)]
    return max(likely or _CODE_PAGES, key=lambda page: known_share(content[:_SAMPLE].decode(page, "replace")))


def decoded_markup(content: bytes) -> str:
    """Return a web page's bytes as text, by the character set that it declares where that is right."""
    declared = _META.search(content[:4096])
    return decoded(content, declared[1].decode("ascii") if declared else "")
