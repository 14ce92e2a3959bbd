"""What a brief says of its sources as a whole (ICD 206's source summary statement), and of its own words (ICD 203)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relations.briefs.content import About, Endnote, Section, Slip
from relations.briefs.tradecraft import LANGUAGES, mixed, unsure
from relations.choices import Credibility, StatementKind
from relations.extraction.languages import language_of
from relations.models import Relationship, Statement
from relations.reports.brief_words import day

_DOUBTED = (Credibility.DOUBTFUL, Credibility.IMPROBABLE, Credibility.UNKNOWN)
_LISTED = 4  # publishers named; the rest are counted


def source_summary(desk: Relationship, cited: Sequence[Statement], notes: Sequence[Endnote]) -> tuple[str, ...]:
    """Return the strengths and weaknesses of the sources, a sentence each: how many, whose, how direct, how sure, how old.

    ICD 206 wants a source summary statement to tell what an account chiefly rests on, and where it rests on little.
    """
    if not cited:
        return (_("This brief cites no source."),)
    documents = {statement.document_id for statement in cited}
    publishers = Counter(note.publisher for note in notes)
    told = [
        _("The brief rests on %(statements)s in %(documents)s from %(publishers)s.")
        % {
            "statements": _number(len(cited), "statement"),
            "documents": _number(len(documents), "document"),
            "publishers": _number(len(publishers), "publisher"),
        },
        _rated(publishers, {note.publisher: note.reliability for note in notes}),
        _direct(cited),
        _by_side(desk, cited),
        _sure(cited),
    ]
    first, last = min(each.earliest for each in cited), max(each.latest for each in cited)
    if first == last:
        told.append(_("All of it was said on %(day)s.") % {"day": day(first)})
    else:
        told.append(_("It was said between %(first)s and %(last)s.") % {"first": day(first), "last": day(last)})
    return tuple(sentence for sentence in told if sentence)


def _number(count: int, noun: str) -> str:
    words = {
        "statement": ngettext("%(number)s statement", "%(number)s statements", count),
        "document": ngettext("%(number)s document", "%(number)s documents", count),
        "publisher": ngettext("%(number)s publisher", "%(number)s publishers", count),
    }
    return words[noun] % {"number": count}


def _rated(publishers: Counter[str], ratings: dict[str, str]) -> str:
    """Return whom it comes from, the most cited first, with the desk's rating; and where that is one alone."""
    if len(publishers) == 1:
        (name,) = publishers
        return _("All of it comes from %(publisher)s (reliability: %(rating)s); no other publisher bears it out.") % {
            "publisher": name,
            "rating": ratings[name],
        }
    named = [
        _("%(publisher)s (%(count)s cited; reliability: %(rating)s)")
        % {"publisher": name, "count": count, "rating": ratings[name]}
        for name, count in publishers.most_common(_LISTED)
    ]
    more = len(publishers) - len(named)
    rest = ngettext(" and %(number)s more", " and %(number)s more", more) % {"number": more} if more else ""
    return _("It comes from %(publishers)s%(rest)s.") % {"publishers": "; ".join(named), "rest": rest}


def _direct(cited: Sequence[Statement]) -> str:
    """Return how directly the statements came down."""
    kinds = Counter(statement.kind for statement in cited)
    unnamed = sum(1 for each in cited if each.speaker_descriptor or each.relayer_descriptor)
    parts = [
        (kinds[StatementKind.QUOTE], _("%(number)s in the speaker’s own words")),
        (kinds[StatementKind.PARAPHRASE], _("%(number)s told in other words")),
        (kinds[StatementKind.READOUT], _("%(number)s as one side’s account")),
        (kinds[StatementKind.JOINT], _("%(number)s in a text agreed by both sides")),
        (kinds[StatementKind.REPORTED], _("%(number)s as the source’s own report")),
    ]
    told = ", ".join(words % {"number": count} for count, words in parts if count)
    sentence = _("How they come: %(told)s.") % {"told": told}
    if unnamed:
        told = ngettext("%(number)s comes", "%(number)s come", unnamed) % {"number": unnamed}
        sentence += " " + _("%(told)s from speakers who are not named.") % {"told": told}
    return sentence


def _by_side(desk: Relationship, cited: Sequence[Statement]) -> str:
    counts = Counter(statement.on_behalf_of_id for statement in cited)
    told = [_("%(party)s: %(number)s") % {"party": each.label, "number": counts[each.pk]} for each in desk.parties]
    silent = [party.label for party in desk.parties if not counts[party.pk]]
    sentence = _("Said for each side: %(told)s.") % {"told": ", ".join(told)}
    if len(silent) == 1:
        sentence += " " + _("%(party)s is heard through others alone.") % {"party": silent[0]}
    return sentence


def _sure(cited: Sequence[Statement]) -> str:
    doubted = sum(1 for statement in cited if statement.credibility in _DOUBTED)
    confirmed = sum(1 for statement in cited if statement.credibility == Credibility.CONFIRMED)
    told = []
    if confirmed:
        told.append(_("%(number)s confirmed elsewhere") % {"number": confirmed})
    else:
        told.append(_("none is confirmed elsewhere"))
    if doubted:
        told.append(_("of %(number)s it is doubtful, improbable or impossible to tell") % {"number": doubted})
    return capfirst(_("whether it was said so: %(told)s.") % {"told": "; ".join(told)})


@dataclass(frozen=True)
class OwnWords:
    """The slips in the desk's own words, and whether there were any words to look through."""

    slips: tuple[Slip, ...]
    any: bool
    unchecked: int  # in a language whose words the check does not know, or that cannot be told


def own_words(sections: Sequence[Section], meeting: About | None) -> OwnWords:
    """Return the slips from ICD 203 in what the desk itself says: judgements, reasons for a status, summaries."""
    slips: list[Slip] = []
    texts: list[str] = []
    for section in sections:
        for text in (section.standing.why, section.summary):
            texts.append(text)
            slips += mixed(section.title, text)
        judgement = section.judgement
        if judgement is not None:
            texts.append(judgement.text)
            slips += mixed(section.title, judgement.text)
            # Of a language that it does not know the check cannot say what is missing.
            if language_of(judgement.text) in ("", *LANGUAGES):
                slips += unsure(section.title, judgement.text, judgement.likelihood, judgement.confidence)
    if meeting is not None:
        texts.append(meeting.summary)
        slips += mixed(meeting.title, meeting.summary)
    own = [text for text in texts if text]
    unchecked = sum(language_of(text) not in LANGUAGES for text in own)
    return OwnWords(tuple(slips), bool(own), unchecked)
