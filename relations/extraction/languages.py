"""Which language a text is in, by its commonest words: the stop lists that justext brings."""

import functools
import re
from collections import Counter

import justext

_NAMES = {
    "en": "English", "tr": "Turkish", "ar": "Arabic", "fr": "French", "de": "German", "ru": "Russian", "el": "Greek",
    "es": "Spanish", "fa": "Persian", "uk": "Ukrainian", "he": "Hebrew", "it": "Italian", "az": "Azerbaijani",
    "nl": "Dutch", "pt": "Portuguese", "pl": "Polish", "ro": "Romanian", "bg": "Bulgarian", "hy": "Armenian",
    "ka": "Georgian", "sr": "Serbian", "hr": "Croatian", "sq": "Albanian", "ku": "Kurdish",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 4000
_LEAST_SHARE = 0.15
_TAG = re.compile(r"([a-z]{2,3})([-_].*)?", re.I)


@functools.cache
def _languages_by_word() -> dict[str, list[str]]:
    languages: dict[str, list[str]] = {}
    for code, name in _NAMES.items():
        for word in justext.get_stoplist(name):
            languages.setdefault(word, []).append(code)
    return languages


def _likeliest(text: str) -> tuple[str, float]:
    """Return the language that knows most of the words of `text` as common ones, and how large a share it knows."""
    words = [word.lower() for word in _WORD.findall(text[:_SAMPLE])]
    known = Counter(code for word in words for code in _languages_by_word().get(word, ()))
    code, number = max(known.items(), key=lambda each: each[1], default=("", 0))
    return code, number / max(1, len(words))


def known_share(text: str) -> float:
    """Return how much of `text` are common words of the language that knows most of them."""
    return _likeliest(text)[1]


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of the language of `text`; empty where it cannot be told."""
    code, share = _likeliest(text)
    return code if share >= _LEAST_SHARE else ""


def language_code(tag: object) -> str:
    """Return the language of a tag such as `tr-TR`; empty where it is none."""
    match = _TAG.fullmatch(str(tag or "").strip())
    return match[1].lower() if match else ""
