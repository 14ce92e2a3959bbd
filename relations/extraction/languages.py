"""Which language a text is in, by its commonest words: the stop lists that justext brings."""

import functools
import re

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
def _common_words() -> dict[str, frozenset[str]]:
    return {code: justext.get_stoplist(name) for code, name in _NAMES.items()}


def _shares(text: str) -> dict[str, float]:
    words = [word.lower() for word in _WORD.findall(text[:_SAMPLE])]
    if not words:
        return {"": 0.0}
    return {code: sum(word in common for word in words) / len(words) for code, common in _common_words().items()}


def known_share(text: str) -> float:
    """Return how much of `text` are common words of the language that knows most of them."""
    return max(_shares(text).values())


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of the language of `text`; empty where it cannot be told."""
    code, share = max(_shares(text).items(), key=lambda each: each[1])
    return code if share >= _LEAST_SHARE else ""


def language_code(tag: object) -> str:
    """Return the language of a tag such as `tr-TR`; empty where it is none."""
    match = _TAG.fullmatch(str(tag or "").strip())
    return match[1].lower() if match else ""
