"""Documents that come in, with a first copy of their text where the file has it, and publishers that are new."""

from collections.abc import Sequence
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from relations.actions.editing import save_edited
from relations.actions.importing.cells import Address, Choice, Day, Said, Text, tidy
from relations.actions.importing.rows import Draft, Rows, changed_fields, copied, needed, wrong
from relations.choices import Marking
from relations.extraction.languages import language_of
from relations.extraction.results import TEXT_LIMIT
from relations.models import Capture, Document, Publisher
from relations.models.base import moment
from relations.models.documents import kept_text, text_hash
from relations.tables.headers import DOCUMENTS

_OWN = ("title", "url", "date_published", "language", "marking")
_FIELDS = {name: name for name in _OWN} | {
    "publisher": "publisher_id",
    "publisher_ref": "publisher_id",
    "reprints": "reprints_id",
}


class DocumentRows(Rows):
    """The rows of documents."""

    table = DOCUMENTS

    ref = Said(Text(32))
    title = Said(Text(300))
    publisher = Said(Text(160))
    publisher_ref = Said(Text(32))
    url = Said(Address())
    date_published = Said(Day(exactly=True))
    language = Said(Text(12))
    marking = Said(Choice(Marking))
    reprints = Said(Text(32))
    text = Said(Text(TEXT_LIMIT))

    def learn(self, rows: list[dict[str, str]]) -> None:
        """Look up the documents that stand and the publishers."""

        def cells(name: str) -> set[str]:
            return {cell for row in rows if (cell := tidy(row.get(name, "")))}

        newest = Capture.objects.filter(document=OuterRef("pk")).order_by("-number")
        documents = Document.objects.at(self.job.relationship).select_related("relationship", "publisher")
        documents = documents.annotate(text_sha256=Subquery(newest.values("sha256")[:1]))
        self.by_ref = {row.ref: row for row in documents.filter(ref__in=cells("ref"))}
        self.by_url = {row.url: row for row in documents.filter(url__in=cells("url"))}
        self.find.learn_refs(Document, cells("reprints"), Document.objects.at(self.job.relationship))
        self.find.learn_refs(Publisher, cells("publisher_ref"))
        self.find.learn_names(Publisher, cells("publisher"))

    def name_of(self, row: dict[str, str]) -> str:
        """Return the title."""
        return tidy(row.get("title", ""))[:80]

    def standing(self, row: dict[str, str]) -> Document | None:
        """Return the desk's document of this ref, or at this address."""
        ref, url = tidy(row.get("ref", "")), tidy(row.get("url", ""))
        if ref and ref not in self.by_ref:
            raise wrong("ref", _("This desk has no document of this ref. Leave it empty for a new document."))
        stored = self.by_ref.get(ref) or self.by_url.get(url)
        for key, column in ((stored.pk if stored else "", "ref" if ref else "url"), (url, "url")):
            if key:
                self.stands_twice(key, column)
        return stored

    def judge(self, draft: Draft) -> None:
        """Make the document of what the row says, or see what it changes."""
        said, stored = draft.said, draft.stored
        if stored is None:
            needed(self, {**said, "publisher": said.get("publisher") or said.get("publisher_ref")})
            draft.row = Document(relationship=self.job.relationship)
        else:
            draft.row = copied(stored)
        document = draft.row
        for name in _OWN:
            if name in said and said[name] is not None and (said[name] or name not in ("title", "language")):
                setattr(document, name, said[name])
        if document.date_published > self.job.relationship.today():
            raise wrong("date_published", _("This day lies in the future."))
        if said.get("publisher") or said.get("publisher_ref"):
            document.publisher = self._publisher(said, stored)
        if "reprints" in said:
            document.reprints = self._reprinted(said["reprints"])
        self._text(draft, kept_text(said.get("text") or ""))
        if stored is not None:
            draft.changed = changed_fields(draft, _FIELDS)
        elif not said.get("language"):
            document.language = language_of(said.get("text") or document.title) or "en"

    def _publisher(self, said: dict[str, Any], stored: Any) -> Publisher:
        name = said.get("publisher") or ""
        if ref := said.get("publisher_ref"):
            publisher = self.find.of_ref(Publisher, ref)
            if publisher is None:
                raise wrong("publisher_ref", _("There is no publisher of this ref."))
            return publisher
        if stored is not None and stored.publisher.name == name:
            return stored.publisher
        named = self.find.named(Publisher, name)
        if len(named) > 1:
            refs = ", ".join(each.ref for each in named[:5])
            raise wrong(
                "publisher",
                _("Several publishers are called so. Write the ref of the one you mean: %(refs)s.") % {"refs": refs},
            )
        if named:
            return named[0]
        new = Publisher.of_site(said.get("url") or "", name)
        self.find.add_named(Publisher, name, new)
        return new

    def _reprinted(self, ref: str) -> Document | None:
        if not ref:
            return None
        document = self.find.of_ref(Document, ref)
        if document is None:
            raise wrong("reprints", _("This desk has no document of this ref."))
        return document

    def _text(self, draft: Draft, text: str) -> None:
        """Take the text as a new document's first copy; what stands keeps the copies that it has."""
        if not text:
            return
        if draft.stored is None:
            draft.parts["text"] = [text]
        elif draft.stored.text_sha256 != text_hash(text):
            raise wrong("text", _("The desk holds another text of this. Add this one on its page, as a better copy."))

    def store_new(self, drafts: Sequence[Draft]) -> None:
        """Store documents with their first copies, and publishers that are new."""
        now = moment()
        for draft in drafts:
            document: Any = draft.row
            document.author = document.edited_by = self.job.actor
            document.created_at = document.edited_at = document.recorded_at = now
            self._store_publisher(document)
        Document.objects.bulk_create([draft.row for draft in drafts])
        Capture.objects.bulk_create(
            Capture(relationship=self.job.relationship, document=draft.row, text=text, sha256=text_hash(text))
            for draft in drafts
            for text in draft.parts.get("text", [])
        )

    def store_changed(self, drafts: Sequence[Draft]) -> None:
        """Store the next revisions of documents."""
        for draft in drafts:
            self._store_publisher(draft.row)
            save_edited(actor=self.job.actor, row=draft.row, revision=draft.stored.revision)

    def _store_publisher(self, document: Document) -> None:
        if document.publisher._state.adding:
            document.publisher.save(force_insert=True)
        document.publisher = document.publisher

    def along(self, draft: Draft) -> list[Any]:
        """Return the document and its publisher."""
        return [draft.row, draft.row.publisher]
