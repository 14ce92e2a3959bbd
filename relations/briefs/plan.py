"""What every format tells alike: the headings in their order, and the lines made of a brief's parts."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relations.briefs.content import About, Content, Endnote, Judgement, Position, Promise, Rewording, Standing, Words

# Of all rows of the table together, which is to fit one page, and of a position in it.
_ROOM, _LEAST, _MOST = 850, 40, 140


def quoted(words: Words) -> str:
    """Return a statement's words, in quotation marks where they are quoted whole."""
    return f"“{words.text}”" if words.is_quoted else words.text


def room(content: Content) -> int:
    """Return how many letters of a position the table has room for: the more issues, the fewer."""
    return max(_LEAST, min(_MOST, _ROOM // max(1, len(content.sections))))


def shortened(words: Words, letters: int) -> str:
    """Return a statement's words as far as so many letters go, ended after a whole word."""
    text = words.text
    if len(text) > letters:
        text = f"{text[: letters - 1].rsplit(' ', 1)[0].rstrip(',;:')}…"
        if text.count("“") > text.count("”"):
            text += "”"
    return f"“{text}”" if words.is_quoted else text


def byline(words: Words) -> str:
    """Return who said it and when."""
    return f"{words.who}, {words.when}" if words.who else words.when


def standing(each: Standing) -> str:
    """Return where an issue stands, in words."""
    if each.is_withheld:
        return _("Not for this audience")
    told = each.status_word
    if each.trend != "not_assessed":
        told = f"{told}, {each.trend_word.lower()}"
    return _("%(status)s since %(day)s") % {"status": told, "day": each.since} if each.since else told


def since(position: Position) -> str:
    """Return since when a side holds its position."""
    return _("since %(day)s") % {"day": position.since}


def did(position: Position) -> str:
    """Return what a side did with its position, how that is known, and since when."""
    return " · ".join(part for part in (position.did, position.how, since(position)) if part)


def reworded(each: Rewording) -> str:
    """Return what is new in a side's words and gone from them since their speaker last spoke, and what was compared."""
    told = []
    if each.new:
        told.append(_("New: %(phrases)s.") % {"phrases": "; ".join(f"“{phrase}”" for phrase in each.new)})
    if each.gone:
        told.append(_("Gone: %(phrases)s.") % {"phrases": "; ".join(f"“{phrase}”" for phrase in each.gone)})
    return " ".join((*told, each.how))


def sure(judgement: Judgement) -> list[str]:
    """Return how likely and how confident, a sentence each (ICD 203)."""
    told = []
    if judgement.likelihood:
        told.append(_("Likelihood: %(likelihood)s.") % {"likelihood": judgement.likelihood.lower()})
    if judgement.confidence:
        told.append(_("Confidence: %(confidence)s.") % {"confidence": judgement.confidence.lower()})
    return told


def promise(each: Promise) -> str:
    """Return a commitment as a line."""
    due = _("due %(day)s") % {"day": each.due} if each.due else _("no day given")
    return f"{each.party}: {each.text} ({due}; {each.state.lower()})"


def cited(note: Endnote) -> str:
    """Return what a note cites: who said it and when, and at which place."""
    return f"{note.said}: {note.place}." if note.place else f"{note.said}."


def source(note: Endnote) -> str:
    """Return where an endnote's words stand: who published what and when, and when the desk retrieved it (ICD 206)."""
    told = _("%(publisher)s, “%(title)s”, %(published)s") % {
        "publisher": note.publisher, "title": note.title, "published": note.published,
    }  # fmt: skip
    if note.language:
        told = f"{told} ({note.language})"
    if note.retrieved:
        told = _("%(source)s, retrieved %(day)s") % {"source": told, "day": note.retrieved}
    return f"{told}."


def address(note: Endnote) -> str:
    """Return the address of a source where it is one of the web."""
    return note.url if note.url.startswith(("http://", "https://")) else ""


def rating(note: Endnote) -> str:
    """Return how far the source is trusted and how sure it is that it was said so, with its marking (ICD 206)."""
    return _("Reliability: %(reliability)s. Credibility: %(credibility)s. TLP:%(marking)s.") % {
        "reliability": note.reliability, "credibility": note.credibility, "marking": note.marking,
    }  # fmt: skip


def within(note: Endnote, marking: str) -> str:
    """Return the marking of the brief that a note of a looser one stands in.

    Word processors may put endnotes on pages of their own without the document's header (LibreOffice before 24.8
    does): whatever page a note is printed on then carries the brief's marking all the same.
    """
    return "" if note.marking == marking else _("This brief is TLP:%(marking)s.") % {"marking": marking}


@dataclass(frozen=True)
class Headings:
    """The headings of a brief."""

    summary: str
    meeting: str
    contacts: str
    ahead: str
    about_sources: str
    checks: str
    sources: str


def headings() -> Headings:
    """Return the headings, in the reader's language."""
    return Headings(
        summary=_("Summary"),
        meeting=_("The meeting"),
        contacts=_("Contacts"),
        ahead=_("Dates ahead"),
        about_sources=_("What this rests on"),
        checks=_("Check of the desk’s own words (ICD 203)"),
        sources=_("Sources"),
    )


def legend() -> str:
    """Return what the marks of the pictures mean."""
    return _(
        "In the timelines a triangle that points up is a statement that agrees or supports, one that points down "
        "criticises or refuses, a disc is any other; a number tells how many stand there; a bar is a span of days."
    )


def scales() -> str:
    """Return what the ratings of the sources mean."""
    return _(
        "Reliability of the publisher from A to F, and credibility from 1 to 6, are the desk’s, on the Admiralty scale: "
        "that it was said so, not that it is true. TLP is the Traffic Light Protocol 2.0: who may see it."
    )


def no_slips(content: Content) -> str:
    """Return what the check found where it found nothing."""
    if not content.checked:
        return _("The brief holds no words of the desk’s own to check.")
    if content.unchecked:
        return _("No slip was found in what could be checked.")
    return _("No sentence tells a likelihood and a confidence at once, and no judgement leaves either out.")


def reach(content: Content) -> str:
    """Return how far the check goes: in which languages it knows the words, and how much it could not check."""
    if not content.checked:
        return ""
    told = [_("The words of English and Turkish are known to this check.")]
    if content.unchecked:
        rest = ngettext(
            "%(number)s text is in another language, or too short to tell its language: read it yourself.",
            "%(number)s texts are in other languages, or too short to tell their language: read them yourself.",
            content.unchecked,
        )
        told.append(rest % {"number": content.unchecked})
    return " ".join(told)


def nothing() -> str:
    """Return what stands in a brief that holds no issue."""
    return _("This brief holds no issue: none was chosen, or the desk has none yet.")


def tellings(meeting: About) -> str:
    """Return who told of a meeting for each side."""
    return (
        _("Each side’s account – %(tellers)s.") % {"tellers": "; ".join(meeting.tellings)} if meeting.tellings else ""
    )


def shaken() -> str:
    """Return what is told of a status whose evidence no longer stands."""
    return _("Evidence of this status was withdrawn or corrected since.")


def more(number: int) -> str:
    """Return how many statements of the period the desk holds besides."""
    return ngettext("%(number)s more statement at the desk.", "%(number)s more statements at the desk.", number) % {
        "number": number
    }
