"""Slips from ICD 203 (Analytic Standards) in the desk's own words, for their author to mend.

How likely something is and how confident the desk is are two things, and a sentence that holds both lets a reader
take one for the other; a judgement tells both. What stands in quotation marks is the world's, not the desk's.
"""

import re

from django.utils.translation import gettext as _

from relations.briefs.content import Slip

# ICD 203's two rows of words for likelihood, and what it says of confidence. Measures that build confidence, and
# a parliament's, are none of the desk's.
_LIKELY = re.compile(
    r"\b(almost no chance|remote(?:ly)?|(?:very |highly )?(?:un|im)?(?:likely|probabl[ey])|likelihood"
    r"|roughly even (?:chance|odds)|almost certain(?:ly|ty)?|nearly certain(?:ly)?|probability)\b",
    re.I,
)
_CONFIDENT = re.compile(r"(?<!vote of )(?<!votes of )\b(?:confiden(?:ce|t|tly))\b(?![- ]?building)", re.I)
# The same in Turkish, in small letters: "olası", "kuvvetle muhtemel", "düşük ihtimal", "neredeyse kesin"; "orta düzeyde
# güvenle", "güven düzeyimiz yüksek". "Güven artırıcı önlemler", "güvenlik" and "güvenoyu" are other things.
_LIKELY_TR = re.compile(
    r"\b(ihtimal\w*|muhtemel\w*|olası(?:lı[kğ]\w*|dır)?|neredeyse kesin\w*|kesine yakın|(?:neredeyse )?imk[âa]nsız\w*)\b"
)
_DEGREE_TR = r"(?:yüksek|orta|düşük|tam|sınırlı)(?:\s+(?:düzeyde|derecede|seviyede))?"
_CONFIDENT_TR = re.compile(
    rf"\b(?:{_DEGREE_TR}\s+(?:bir\s+)?güven(?:le|imiz\w*)?(?!\s+artırıcı)|güvenimiz\w*|güven\s+(?:düzey|derece|seviye)\w*"
    r"|emin(?:iz|im|likle))\b"
)
LANGUAGES = ("en", "tr")  # that the words above are of
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_LONGEST = 240


def sentences(text: str) -> list[str]:
    """Return the sentences of a text: what ends with a stop before white space, or with its line."""
    return [" ".join(found.split()) for found in re.split(r"(?<=[.!?…])\s+|\n+", text) if found.strip()]


def _is_likely(text: str) -> bool:
    """Say whether the desk's own words of a text tell how likely something is."""
    own = _QUOTED.sub("", text)
    return bool(_LIKELY.search(own) or _LIKELY_TR.search(_small(own)))


def _is_confident(text: str) -> bool:
    """Say whether the desk's own words of a text tell how confident it is."""
    own = _QUOTED.sub("", text)
    return bool(_CONFIDENT.search(own) or _CONFIDENT_TR.search(_small(own)))


def _small(text: str) -> str:
    """Return a text in small letters as Turkish has them: İ is i's capital, I is ı's."""
    return text.replace("İ", "i").replace("I", "ı").lower()


def mixed(where: str, text: str) -> list[Slip]:
    """Return the sentences that tell a likelihood and a confidence at once."""
    slips = []
    for sentence in sentences(text):
        if _is_likely(sentence) and _is_confident(sentence):
            shown = sentence if len(sentence) <= _LONGEST else f"{sentence[: _LONGEST - 1]}…"
            slips.append(Slip(where, shown, _("A likelihood and a confidence in one sentence. Say them apart.")))
    return slips


def unsure(where: str, text: str, likelihood: str, confidence: str) -> list[Slip]:
    """Return what a judgement leaves open: how likely it is, how confident the desk is, or both."""
    likely = bool(likelihood) or _is_likely(text)
    confident = bool(confidence) or _is_confident(text)
    if likely and confident:
        return []
    if not likely and not confident:
        wrong = _("The judgement says neither how likely this is nor how confident the desk is.")
    elif likely:
        wrong = _("The judgement does not say how confident the desk is.")
    else:
        wrong = _("The judgement does not say how likely this is.")
    first = (sentences(text) or [""])[0]
    return [Slip(where, first if len(first) <= _LONGEST else f"{first[: _LONGEST - 1]}…", wrong)]
