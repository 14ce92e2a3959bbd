"""What an analyst need not type: a statement's fields worked out from its words, speaker, document and the mandates.

One function, asked while she types and again when she saves. It never decides what it cannot know: an office that no
mandate covers is flagged (R8), and of two offices it asks which.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from relations.choices import SPOKEN_KINDS, Basis, Credibility, Marking, Precision, StatementKind
from relations.models import Document, Mandate, Passage, Person
from relations.models.base import span_words, widen

OPENING, CLOSING, EITHER = "“„«‹", "”»›", '"'
MARKS = OPENING + CLOSING + EITHER + "'‘’ \t\n"
# How far around a passage the marks of a quotation that it stands inside are looked for.
_AROUND = 2_000
_WHO = ("person", "organisation", "descriptor")


@dataclass(frozen=True)
class Part:
    """A piece of the sentence that tells what was worked out: `sign` is `guess`, `missing` or nothing."""

    lead: str
    text: str
    sign: str = ""


@dataclass
class WorkedOut:
    """Every field as typed or worked out; which of them are guesses; and which stay open, with the question."""

    document: Document
    values: dict[str, Any]
    guesses: set[str] = field(default_factory=set)
    asks: dict[str, str] = field(default_factory=dict)

    def sentence(self) -> list[Part]:
        """Return the sentence's parts: for whom and in which office, on which day, of what kind, from where, for whom."""
        get = self.values.get
        kind = get("kind")
        parts = self._who()
        if (day := span_words(get("earliest"), get("latest"), get("precision") or Precision.DAY)) != "":
            parts.append(Part(f" {_('on')} ", day, "guess" if "earliest" in self.guesses else ""))
        if relayer := next((get(f"relayer_{who}") for who in _WHO if get(f"relayer_{who}")), None):
            office = get("relayer_mandate")
            parts.append(
                Part("; ", _("passed on by %(name)s") % {"name": f"{relayer}, {office.post}" if office else relayer})
            )
        if meeting := get("meeting"):
            parts.append(Part("; ", str(meeting), "guess" if "meeting" in self.guesses else ""))
        if kind in SPOKEN_KINDS:
            parts.append(Part("; ", _BASIS_WORDS[Basis(get("basis") or Basis.ON_THE_RECORD)]()))
        if kind and kind != StatementKind.REPORTED:
            parts.append(Part("; ", _lowered(StatementKind(kind).label), "guess" if "kind" in self.guesses else ""))
        if (language := get("original_language")) and get("original_text"):
            told = {"language": language, "name": get("translated_by")}
            sign = "guess" if "translated_by" in self.guesses else ""
            parts.append(Part("; ", _("translated from %(language)s by %(name)s") % told, sign))
        published = date_format(self.document.date_published, "j M")
        parts.append(Part("; ", f"{self.document.publisher}, {published}"))
        marking = Marking(get("marking") or self.document.marking).label
        parts.append(Part("; ", _("%(who)s may see this") % {"who": _lowered(marking)}))
        return parts

    def _who(self) -> list[Part]:
        get = self.values.get
        kind = get("kind")
        if kind == StatementKind.REPORTED:
            return [Part("", _("%(publisher)s in its own voice") % {"publisher": self.document.publisher})]
        if kind == StatementKind.JOINT:
            return [Part("", _("Both sides"))]
        party = get("on_behalf_of")
        sign = "missing" if party is None else "guess" if "on_behalf_of" in self.guesses else ""
        parts = [Part("", party.label if party else _("Speaking for whom?"), sign)]
        if office := get("mandate"):
            parts.append(Part(", ", str(office.post)))
        elif get("speaker_person"):
            unsure = _("which office?") if "mandate" in self.asks else _("office on that day not known")
            parts.append(Part(", ", unsure, "missing"))
        return parts


_BASIS_WORDS = {
    Basis.ON_THE_RECORD: lambda: _("on the record"),
    Basis.BACKGROUND: lambda: _("as described, unnamed"),
    Basis.DEEP_BACKGROUND: lambda: _("never to be attributed"),
}


def _lowered(label: Any) -> str:
    text = str(label)
    return text[:1].lower() + text[1:]


def work_out(
    document: Document, typed: Mapping[str, Any], passages: Sequence[Passage] = (), writer: str = ""
) -> WorkedOut:
    """Return the fields in `typed`, with those left empty worked out. Fields that were wrong may be missing from it.

    Three queries at most: the offices of the speaker and of who passed it on, and the party the speaker was ever for.
    """
    worked = WorkedOut(document, dict(typed))
    _kind(worked, passages)
    _days(worked)
    _offices(worked)
    _rest(worked)
    _translation(worked, writer)
    return worked


def _kind(worked: WorkedOut, passages: Sequence[Passage]) -> None:
    """Their own words where they stand in quotation marks and nobody passed them on; never a text agreed by both."""
    values = worked.values
    text = (values.get("text") or "").strip()
    said = (values.get("original_text") or text).strip()
    if not values.get("kind"):
        relayed = any(values.get(f"relayer_{who}") for who in _WHO)
        if not any(values.get(f"speaker_{who}") for who in _WHO):
            values["kind"] = StatementKind.REPORTED
        elif relayed and values.get("meeting"):
            values["kind"] = StatementKind.READOUT
        elif not relayed and (_in_marks(said) or any(is_quoted(said, passage) for passage in passages)):
            values["kind"] = StatementKind.QUOTE
        else:
            values["kind"] = StatementKind.PARAPHRASE
        worked.guesses.add("kind")
    if values["kind"] == StatementKind.QUOTE and text:
        values["text"] = text.strip(MARKS)


def _in_marks(text: str) -> bool:
    return len(text) > 1 and text[0] in OPENING + EITHER and text[-1] in CLOSING + EITHER + "“"


def is_quoted(text: str, passage: Passage) -> bool:
    """Say whether `text` is the words of `passage`, and these stand inside quotation marks in the source."""
    words = passage.exact
    if " ".join(text.split()).strip(MARKS) != " ".join(words.split()).strip(MARKS):
        return False
    if _in_marks(words.strip()):
        return True
    copy = passage.capture.text
    before = copy[max(0, passage.start - _AROUND) : passage.start].rpartition("\n\n")[2]
    after = copy[passage.end : passage.end + _AROUND].partition("\n\n")[0]
    opened = max(before.rfind(mark) for mark in OPENING) > max(before.rfind(mark) for mark in CLOSING)
    opened = opened or before.count(EITHER) % 2 == 1
    closes = next((mark for mark in after if mark in OPENING + CLOSING + EITHER), "")
    return opened and closes != "" and closes in CLOSING + EITHER + "“"


def _days(worked: WorkedOut) -> None:
    """The day that was typed, else the meeting's, else the document's; a month and a year run from end to end."""
    values = worked.values
    if "earliest" not in values or "latest" not in values:
        return
    precision = values["precision"] = values.get("precision") or Precision.DAY
    if not values["earliest"]:
        meeting = values.get("meeting")
        values["earliest"] = (meeting.earliest if meeting else None) or worked.document.date_published
        worked.guesses.add("earliest")
    values["latest"] = values["latest"] or values["earliest"]
    if values["earliest"] <= values["latest"]:
        values["earliest"], values["latest"] = widen(values["earliest"], values["latest"], precision)


def _held(person: Person, first: datetime.date, last: datetime.date) -> list[Mandate]:
    held = person.mandates.filter(covers_from__lte=last, covers_until__gte=first)
    return list(held.select_related("post__party")[:2])


def _offices(worked: WorkedOut) -> None:
    """Fill the office held on the day; two ask which; none leaves it open, to be flagged (R8)."""
    values = worked.values
    first, last = values.get("earliest"), values.get("latest")
    if not first or not last:
        return
    for who, office in (("speaker_person", "mandate"), ("relayer_person", "relayer_mandate")):
        if values.get(office) and values[office].person_id != getattr(values.get(who), "pk", None):
            values[office] = None  # the office of whoever was named before
        if values.get(who) is None or values.get(office):
            continue
        held = _held(values[who], first, last)
        if len(held) == 1:
            values[office] = held[0]
        elif held:
            worked.asks[office] = _("They held more than one office on that day. Choose the one they spoke in.")
    if values.get("kind") in SPOKEN_KINDS and "on_behalf_of" in values and not values["on_behalf_of"]:
        _side(worked)


def _side(worked: WorkedOut) -> None:
    """Speaking for the party of the office or the body; else, as a guess, the only one the person ever held office for."""
    values = worked.values
    person, organisation = values.get("speaker_person"), values.get("speaker_organisation")
    if office := values.get("mandate"):
        values["on_behalf_of"] = office.post.party
    elif organisation is not None:
        values["on_behalf_of"] = organisation.party
    elif person is not None:
        parties = {mandate.post.party for mandate in person.mandates.select_related("post__party")}
        if len(parties) == 1:
            values["on_behalf_of"] = parties.pop()
            worked.guesses.add("on_behalf_of")
    if not values["on_behalf_of"]:
        worked.asks["on_behalf_of"] = _("Say which party they speak for.")


def _rest(worked: WorkedOut) -> None:
    """Named or not; how sure; and who may see it, never more people than its document."""
    values = worked.values
    unnamed = bool(values.get("speaker_descriptor"))
    values["basis"] = values.get("basis") or (Basis.BACKGROUND if unnamed else Basis.ON_THE_RECORD)
    usual = Credibility.usual(values["kind"], named=not unnamed)
    values["credibility"] = int(values.get("credibility") or usual)
    values["marking"] = values.get("marking") or worked.document.marking


def _translation(worked: WorkedOut, writer: str) -> None:
    """Translated from the document's language, by who writes it, where neither is said."""
    values = worked.values
    if not values.get("original_text"):
        return
    if not values.get("translated_by") and "translated_by" in values:
        values["translated_by"] = writer
        worked.guesses.add("translated_by")
    if not values.get("original_language") and is_foreign(worked.document):
        values["original_language"] = worked.document.language


def is_foreign(document: Document) -> bool:
    """Say whether `document` is in another language than the one the desk writes in."""
    return not document.language.lower().startswith(settings.LANGUAGE_CODE[:2])
