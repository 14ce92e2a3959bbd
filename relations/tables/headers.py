"""What the columns of a desk's own spreadsheets are called, in English and Turkish, and which of ours each means."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from relations.columns import COLUMNS, TOLD
from relations.tables.words import plain

# Taken in although no export tells them, and those that an import reads although they are told along.
_GIVEN = {"statements": ("act", "note"), "documents": ("text",)}
_READ = {"statements": {"document_url", "publisher"}, "people": {"organisation"}}


@dataclass(frozen=True)
class Table:
    """What a table has one row of each: by which columns a row is known again, and which a new one needs."""

    name: str
    label: Any
    key: Any  # in words
    needed: tuple[str, ...]
    labels: dict[str, Any]
    words: dict[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are taken in."""
        return tuple(name for name in self.named if name not in self.told)

    @property
    def named(self) -> tuple[str, ...]:
        """All columns that a header can mean."""
        return (*COLUMNS[self.name], *_GIVEN.get(self.name, ()))

    @property
    def told(self) -> frozenset[str]:
        """The columns that an export tells along and that are not taken in."""
        return TOLD[self.name] - _READ.get(self.name, set())

    def label_of(self, column: str) -> str:
        """Return what the screen calls a column."""
        return str(self.labels.get(column, column.replace("_", " ").capitalize()))

    def guessed(self, header: Iterable[str]) -> list[str]:
        """Return for each column of a file which of ours its name means, each of ours once; empty for none."""
        known = {plain(name): name for name in reversed(self.named)}
        for name, words in self.words.items():
            for word in words.split(","):
                known.setdefault(plain(word), name)
        found: list[str] = []
        for name in header:
            meant = known.get(plain(name), "") if plain(name) else ""
            found.append("" if meant in found else meant)
        return found


STATEMENTS = Table(
    "statements",
    _("Statements"),
    _("A statement is known again by its ref. A row without one is new, and names its document by ref or address."),
    ("text", "earliest"),
    {
        "ref": _("Ref"),
        "text": _("Words"),
        "original_text": _("Original words"),
        "original_language": _("Original language"),
        "translated_by": _("Translated by"),
        "kind": _("Kind"),
        "basis": _("May we name them?"),
        "speaker": _("Who said it"),
        "speaker_ref": _("Who said it: their ref"),
        "office": _("In which office"),
        "relayer": _("Passed on by"),
        "relayer_ref": _("Passed on by: their ref"),
        "relayer_office": _("Passed on in which office"),
        "party": _("Speaking for"),
        "earliest": _("Said on"),
        "latest": _("Until"),
        "precision": _("Precise to the"),
        "told_on": _("Passed on on"),
        "meeting": _("Meeting: its ref"),
        "document": _("Document: its ref"),
        "document_url": _("Document: its address"),
        "publisher": _("Document: its publisher, who speaks in its own report"),
        "passages": _("Passages in the document"),
        "cited_place": _("Place in the source"),
        "first_said_in": _("First said in"),
        "first_said_url": _("First said at"),
        "issues": _("On which issue"),
        "credibility": _("Sure it was said?"),
        "marking": _("Who may see this"),
        "act": _("What they did"),
        "note": _("Analyst’s note"),
    },
    {
        "ref": "reference, id, referans, kayıt no",
        "text": "statement, what was said, words, said, söz, beyan, ifade, açıklama",
        "original_text": "original, original words, özgün metin, orijinal metin",
        "original_language": "language of the original, özgün dil, orijinal dil",
        "translated_by": "translator, çeviren, çevirmen, tercüman",
        "kind": "type, tür, türü, tip",
        "basis": "attribution, atıf, atıf esası",
        "speaker": "who, who said it, said by, name, konuşan, kim, kim söyledi, söyleyen, konuşmacı",
        "office": "post, position, title, görev, görevi, unvan, makam",
        "relayer": "relayed by, passed on by, aktaran, ileten",
        "party": "country, side, on behalf of, speaking for, taraf, ülke, adına",
        "earliest": "date, day, when, said on, from, tarih, gün, açıklama tarihi, başlangıç",
        "latest": "until, to, end, bitiş, bitiş tarihi",
        "precision": "kesinlik",
        "told_on": "relayed on, aktarıldığı tarih",
        "meeting": "görüşme, toplantı, ziyaret",
        "document": "belge, belge no",
        "document_url": "url, link, address, source, source url, adres, bağlantı, kaynak, kaynak adresi",
        "document_title": "headline, başlık, belge başlığı",
        "publisher": "newspaper, outlet, yayıncı, yayın, gazete",
        "passages": "passage, quotation, pasaj, alıntı",
        "cited_place": "place, page, para, paragraph, sayfa, paragraf, yer",
        "first_said_in": "ilk söylendiği yer",
        "issues": "issue, file, topic, konu, dosya, mesele",
        "credibility": "certainty, güvenilirlik, doğruluk",
        "marking": "tlp, classification, gizlilik, gizlilik derecesi",
        "act": "action, stance, eylem, tutum, tavır",
        "note": "notes, comment, remarks, not, notlar",
    },
)

ISSUES = Table(
    "issues",
    _("Issues"),
    _("An issue is known again by its slug. A row without one is a new issue."),
    ("title",),
    {
        "slug": _("Slug"),
        "title": _("Title"),
        "summary": _("Summary"),
        "topic": _("Topic"),
        "impact": _("Impact"),
        "scope": _("Scope"),
        "owner": _("Owner: an account"),
        "review_due": _("Review due"),
        "links": _("Links to other issues"),
    },
    {
        "slug": "ref, id, key, kısa ad, kod",
        "title": "issue, name, konu, başlık, dosya, mesele, ad",
        "summary": "description, özet, açıklama, tanım",
        "topic": "area, alan, konu alanı",
        "impact": "importance, priority, önem, öncelik, etki",
        "scope": "kapsam",
        "owner": "responsible, sorumlu",
        "review_due": "due, gözden geçirme, gözden geçirme tarihi",
        "status": "durum",
        "trend": "eğilim, gidişat",
    },
)

PEOPLE = Table(
    "people",
    _("People and their offices"),
    _("A person is known again by their ref, else by their name. One row for each office that they held."),
    ("name",),
    {
        "ref": _("Ref"),
        "name": _("Name"),
        "sort_name": _("Sorted as"),
        "biography": _("Who they are"),
        "same_as": _("Same person as: their ref"),
        "mandate": _("Mandate: its ref"),
        "office": _("Office"),
        "post": _("Office: its ref"),
        "party": _("For which party"),
        "organisation": _("Organisation of a new office"),
        "start": _("From"),
        "end": _("Until"),
        "first_attested": _("First attested on"),
        "last_attested": _("Last attested on"),
        "source_url": _("Source"),
    },
    {
        "ref": "reference, id, referans",
        "name": "person, full name, ad, ad soyad, adı soyadı, isim, kişi",
        "biography": "bio, about, özgeçmiş, biyografi",
        "office": "position, title, görev, görevi, unvan, makam",
        "party": "country, side, taraf, ülke",
        "organisation": "organization, body, ministry, kurum, kuruluş, bakanlık",
        "start": "from, since, start date, başlangıç, başlangıç tarihi, göreve başlama",
        "end": "until, to, end date, bitiş, bitiş tarihi, görevden ayrılma",
        "first_attested": "first seen, ilk görüldüğü tarih",
        "last_attested": "last seen, son görüldüğü tarih",
        "source_url": "url, link, source, kaynak, adres, bağlantı",
    },
)

MEETINGS = Table(
    "meetings",
    _("Meetings"),
    _("A meeting is known again by its ref. A row without one is a new meeting."),
    ("title",),
    {
        "ref": _("Ref"),
        "title": _("Title"),
        "kind": _("Kind"),
        "state": _("State"),
        "earliest": _("On"),
        "latest": _("Until"),
        "precision": _("Precise to the"),
        "place": _("Place"),
        "summary": _("Summary"),
        "participants": _("Who took part"),
        "issues": _("Issues on the agenda"),
    },
    {
        "ref": "reference, id, referans",
        "title": "meeting, name, subject, görüşme, toplantı, başlık, ad",
        "kind": "type, tür, türü, tip",
        "state": "status, durum",
        "earliest": "date, day, when, on, from, start, tarih, gün, başlangıç",
        "latest": "until, to, end, bitiş, bitiş tarihi",
        "place": "city, location, venue, yer, şehir, mekan",
        "summary": "description, outcome, özet, sonuç, açıklama",
        "participants": "who took part, attendees, people, katılanlar, katılımcılar, heyet",
        "issues": "agenda, topics, issue, gündem, konular, konu",
    },
)

DOCUMENTS = Table(
    "documents",
    _("Documents"),
    _("A document is known again by its ref, else by its address. A row with neither is a new document."),
    ("title", "publisher", "date_published"),
    {
        "ref": _("Ref"),
        "title": _("Title"),
        "publisher": _("Publisher"),
        "publisher_ref": _("Publisher: its ref"),
        "url": _("Address"),
        "date_published": _("Published on"),
        "language": _("Language"),
        "marking": _("Who may see this"),
        "reprints": _("Reprints: a document’s ref"),
        "text": _("Text"),
    },
    {
        "ref": "document, reference, id, referans, belge no",
        "title": "headline, document_title, name, başlık, belge, ad",
        "publisher": "newspaper, outlet, yayıncı, yayın, gazete, kurum",
        "url": "link, address, source, document_url, source url, adres, bağlantı, kaynak",
        "date_published": "date, published, published on, document_date, day, tarih, gün, yayın tarihi",
        "language": "document_language, dil",
        "marking": "tlp, classification, gizlilik, gizlilik derecesi",
        "text": "full text, body, content, metin, tam metin, içerik",
    },
)

TABLES = {table.name: table for table in (STATEMENTS, ISSUES, PEOPLE, MEETINGS, DOCUMENTS)}
