"""What a cell says with a word: one of a set of choices, as stored, as the screen says it, or in Turkish."""

import functools
import re
import unicodedata

from django.db.models import Choices
from django.utils.translation import gettext as _

from relations.choices import (
    Act,
    Basis,
    Impact,
    Marking,
    MeetingKind,
    MeetingState,
    Precision,
    Scope,
    StatementKind,
    Topic,
)

# Beside the stored value and the screen's label.
_WORDS: dict[type[Choices], dict[str, str]] = {
    StatementKind: {
        "quote": "alıntı, kendi sözleri", "paraphrase": "özet, aktarım", "joint": "ortak metin, ortak açıklama, joint statement",
        "readout": "okuma, taraf açıklaması", "reported": "haber, report",
    },
    Basis: {
        "on_the_record": "on the record, named, açık", "background": "unnamed, adsız",
        "deep_background": "deep background, atıf yapılamaz",
    },
    Precision: {"day": "gün", "month": "ay", "year": "yıl"},
    Marking: {
        "CLEAR": "white, tlp clear, tlp white, public, açık, tasnif dışı", "GREEN": "tlp green, yeşil",
        "AMBER": "tlp amber, sarı", "AMBER+STRICT": "amber strict, tlp amber strict", "RED": "tlp red, kırmızı",
    },
    Act: {
        "AGREE": "kabul ediyor", "SUPPORT": "destekliyor", "CONCEDE": "geri adım atıyor", "CONSULT": "görüşüyor",
        "REQUEST": "istiyor, talep ediyor", "ACCUSE": "eleştiriyor, suçluyor", "REJECT": "reddediyor",
        "THREATEN": "tehdit ediyor",
    },
    Topic: {"military": "savunma, defense", "economic": "ekonomi, ticaret, trade", "diplomatic": "diplomasi"},
    Impact: {"critical": "kritik, yüksek, high", "significant": "önemli, orta, medium", "limited": "sınırlı, düşük, low"},
    Scope: {"bilateral": "ikili", "consultation": "istişare"},
    MeetingKind: {"visit": "ziyaret", "talks": "görüşme, toplantı, meeting", "call": "telefon, telefon görüşmesi, phone"},
    MeetingState: {
        "expected": "bekleniyor", "scheduled": "planlandı, planned", "held": "yapıldı, done",
        "cancelled": "iptal, iptal edildi, canceled",
    },
}  # fmt: skip


def folded(words: str) -> str:
    """Return words without case and diacritics: `Dışişleri` is `disisleri`."""
    if words.isascii():
        return words.lower()
    letters = unicodedata.normalize("NFKD", words.replace("ı", "i").replace("İ", "I").casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@functools.lru_cache(2048)  # a file says the same names and choices again and again
def plain(words: str) -> str:
    """Return words as `folded`, and without what stands between letters: `Açıklama Tarihi` is `aciklamatarihi`."""
    return re.sub(r"[^a-z0-9+]", "", folded(words))


@functools.cache
def _known(choices: type[Choices]) -> dict[str, object]:
    known: dict[str, object] = {}
    for choice in choices:
        labels = (str(choice.value), str(choice.label), *_WORDS.get(choices, {}).get(str(choice.value), "").split(","))
        known |= {plain(label): choice.value for label in labels if plain(label)}
    return known


def choice_in(choices: type[Choices], cell: str) -> object:
    """Return the value that `cell` names. Raises `ValueError`, naming those that there are."""
    value = _known(choices).get(plain(cell))
    if value is None:
        raise ValueError(
            _("“%(word)s” is none of these: %(words)s.")
            % {"word": cell.strip()[:40], "words": ", ".join(str(value) for value in choices.values)}
        )
    return value
