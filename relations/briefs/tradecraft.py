"""Slips from ICD 203 (Analytic Standards) in the desk's own words, for their author to mend.

How likely something is and how confident the desk is are two things, and a sentence that holds both lets a reader
take one for the other; a judgement tells both. What stands in quotation marks is the world's, not the desk's.
"""

import re

from django.utils.translation import gettext as _

from relations.briefs.content import Slip

# ICD 203's two rows of words for likelihood, and what it says of confidence; in English, as desks write.
_LIKELY = re.compile(
    r"\b(almost no chance|remote(?:ly)?|(?:very |highly )?(?:un|im)?(?:likely|probabl[ey])|likelihood"
    r"|roughly even (?:chance|odds)|almost certain(?:ly|ty)?|nearly certain(?:ly)?|probability)\b",
    re.I,
)
_CONFIDENT = re.compile(r"\b(confiden(?:ce|t|tly))\b", re.I)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_LONGEST = 240


def sentences(text: str) -> list[str]:
    """Return the sentences of a text: what ends with a stop before white space, or with its line."""
    return [" ".join(found.split()) for found in re.split(r"(?<=[.!?…])\s+|\n+", text) if found.strip()]


def mixed(where: str, text: str) -> list[Slip]:
    """Return the sentences that tell a likelihood and a confidence at once."""
    slips = []
    for sentence in sentences(text):
        own = _QUOTED.sub("", sentence)
        if _LIKELY.search(own) and _CONFIDENT.search(own):
            shown = sentence if len(sentence) <= _LONGEST else f"{sentence[: _LONGEST - 1]}…"
            slips.append(Slip(where, shown, _("A likelihood and a confidence in one sentence. Say them apart.")))
    return slips


def unsure(where: str, text: str, likelihood: str, confidence: str) -> list[Slip]:
    """Return what a judgement leaves open: how likely it is, how confident the desk is, or both."""
    own = _QUOTED.sub("", text)
    likely = bool(likelihood or _LIKELY.search(own))
    confident = bool(confidence or _CONFIDENT.search(own))
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
