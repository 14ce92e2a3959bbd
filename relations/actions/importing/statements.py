"""Statements that come in: each a draft of its importer, or a change to a draft; what was published stays."""

import datetime
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from relations.actions.importing.cells import Address, Choice, Day, Said, Text, tidy
from relations.actions.importing.parts import bearings_in, passages_in
from relations.actions.importing.rows import Draft, Rows, copied, needed, wrong
from relations.actions.importing.speakers import Speakers
from relations.actions.importing.telling import statement_told
from relations.actions.importing.together import Blanks, insert_together, keyed, update_together
from relations.choices import SPOKEN_KINDS, Act, Basis, Credibility, Marking, Precision, ReviewState, StatementKind
from relations.models import Bearing, Capture, Document, Meeting, Organisation, Passage, Person, Statement
from relations.models.base import lies_ahead, moment, widen
from relations.tables.headers import STATEMENTS

# Columns that are a field of the statement as they are, and those of them that are worked out where nothing is said.
_OWN = (
    "text", "original_text", "original_language", "translated_by", "kind", "basis", "told_on", "cited_place",
    "first_said_in", "first_said_url", "credibility", "marking", "note",
)  # fmt: skip
_WORKED_OUT = {"kind", "basis", "credibility", "marking", "precision", "office", "relayer_office", "party"}
_SPAN = {"earliest", "latest", "precision"}
_DOCUMENT = {"document", "document_url"}
_UPDATED = (
    *_OWN, "speaker_person_id", "speaker_organisation_id", "speaker_descriptor", "mandate_id", "relayer_person_id",
    "relayer_organisation_id", "relayer_descriptor", "relayer_mandate_id", "on_behalf_of_id", "earliest", "latest",
    "precision", "meeting_id", "document_id", "revision", "edited_by_id", "edited_at",
)  # fmt: skip

_STATEMENTS = Blanks(Statement)


class StatementRows(Rows):
    """The rows of statements."""

    table = STATEMENTS

    ref = Said(Text(32))
    text = Said()
    original_text = Said()
    original_language = Said(Text(12))
    translated_by = Said(Text(120))
    kind = Said(Choice(StatementKind))
    basis = Said(Choice(Basis))
    speaker = Said(Text(160))
    speaker_ref = Said(Text(32))
    office = Said(Text(400))
    relayer = Said(Text(160))
    relayer_ref = Said(Text(32))
    relayer_office = Said(Text(400))
    party = Said(Text(120))
    earliest = Said(Day())
    latest = Said(Day())
    precision = Said(Choice(Precision))
    told_on = Said(Day(exactly=True))
    meeting = Said(Text(32))
    document = Said(Text(32))
    document_url = Said(Address())
    publisher = Said(Text(200))
    passages = Said()
    cited_place = Said(Text(120))
    first_said_in = Said(Text(200))
    first_said_url = Said(Address())
    issues = Said()
    credibility = Said(Choice(Credibility))
    marking = Said(Choice(Marking))
    act = Said(Choice(Act))
    note = Said()

    @cached_property
    def today(self) -> datetime.date:
        """The day it is at the desk."""
        return self.job.relationship.today()

    def learn(self, rows: list[dict[str, str]]) -> None:
        """Look up the statements, documents, meetings, people and bodies that the rows name."""
        desk = self.job.relationship

        def cells(*names: str) -> set[str]:
            return {cell for row in rows for name in names if (cell := tidy(row.get(name, "")))}

        statements = Statement.objects.at(desk).with_people().with_review_state().select_related("meeting")
        statements = statements.prefetch_related(
            "passages", "bearings__issue", "bearings__position_of", "bearings__towards"
        )
        refs = cells("ref")
        if refs and not self.job.is_trial:
            list(Statement.objects.at(desk).filter(ref__in=refs).order_by("pk").select_for_update(of=("self",)))
        self.stored = {row.ref: row for row in statements.filter(ref__in=refs)} if refs else {}
        documents = Document.objects.at(desk)
        self.find.learn_refs(Document, cells("document"), documents)
        urls = cells("document_url")
        self.by_url = {row.url: row for row in documents.filter(url__in=urls)} if urls else {}
        self.find.learn_refs(Meeting, cells("meeting"), Meeting.objects.at(desk))
        for model in (Person, Organisation):
            self.find.learn_names(model, cells("speaker", "relayer"))
            self.find.learn_refs(model, cells("speaker_ref", "relayer_ref"))
        self.speakers = Speakers(self.find, cells("speaker", "relayer"))
        texts = cells("text")
        held = [*self.by_url.values(), *(self.find.of_ref(Document, ref) for ref in cells("document"))]
        equal = Statement.objects.at(desk).filter(document__in=[each.pk for each in held if each], text__in=texts)
        self.equal = {
            (document, text, day): ref
            for document, text, day, ref in equal.values_list("document", "text", "earliest", "ref")
        }
        self._learn_copies(each for each in held if each and any(row.get("passages") for row in rows))

    def _learn_copies(self, documents: Iterable[Document]) -> None:
        """Fetch the newest copies of documents whose words are cited; no newer one comes in meanwhile."""
        keys = sorted({document.pk for document in documents})
        self.copies: dict[int, Capture] = {}
        if not keys:
            return
        if not self.job.is_trial:
            list(Document.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True))
        newest = Capture.objects.filter(document__in=keys).values("document").annotate(last=Max("pk")).values("last")
        self.copies = {copy.document_id: copy for copy in Capture.objects.filter(pk__in=newest)}

    def standing(self, row: dict[str, str]) -> Statement | None:
        """Return the desk's statement of this ref."""
        ref = tidy(row.get("ref", ""))
        if not ref:
            return None
        if ref not in self.stored:
            raise wrong("ref", _("This desk has no statement of this ref. Leave it empty for a new statement."))
        self.stands_twice(ref, "ref")
        return self.stored[ref]

    def judge(self, draft: Draft) -> None:
        """Make the statement of what the row says, or see what it changes."""
        stored: Statement | None = draft.stored
        said = draft.said
        columns = set(said) - {"ref"}
        if stored is not None:
            told = statement_told(stored)
            columns = {name for name in columns if name in told and _shown(said[name]) != told[name]}
            if "act" in said and "issues" not in said:
                raise wrong(
                    "act", _("This says what was done on an issue. Choose the column that names the issue too.")
                )
            columns -= {"publisher"}
            if not columns:
                return
            draft.row = statement = copied(stored)
        else:
            needed(self, said)
            actor = self.job.actor.pk
            statement = draft.row = _STATEMENTS.row(
                author_id=actor, created_at=None, edited_by_id=actor, edited_at=None
            )
            statement.relationship = self.job.relationship
        self._fill(draft, statement, columns)
        if stored is None:
            self._check(statement)
            self._point_out_twins(draft, statement)
            return
        draft.changed = self._changes(draft, columns)
        if not draft.changed:
            return
        self._refuse_what_stays(stored, draft.changed[0])
        self._check(statement)

    def _refuse_what_stays(self, stored: Any, column: str) -> None:
        if stored.published_at:
            raise wrong(column, _("What was published is not changed by an import. Correct it on its page."))
        if stored.review_state == ReviewState.IN_REVIEW:
            raise wrong(column, _("This waits for review. Change it on its page."))

    def _fill(self, draft: Draft, statement: Statement, columns: set[str]) -> None:
        """Give the statement what these columns say, and work out what a new one leaves open."""
        said, is_new = draft.said, draft.stored is None
        for name in _OWN:
            if (
                name in columns
                and (said[name] or name not in _WORKED_OUT)
                and (said[name] is not None or name == "told_on")
            ):
                setattr(statement, name, said[name])
        if is_new or columns & _DOCUMENT:
            statement.document = self._document(said)
        if columns & _SPAN or is_new:
            self._span(statement, said)
        if "meeting" in columns:
            statement.meeting = self._meeting(said["meeting"])
        if is_new or columns & Speakers.columns:
            self.speakers.settle(statement, said, columns, is_new=is_new)
        if is_new:
            self._work_out(statement, said)
        if "passages" in columns:
            draft.parts["passages"] = passages_in(said["passages"] or "", self.copies.get(statement.document_id))
        if columns & {"issues", "act"}:
            draft.parts["bearings"] = bearings_in(said.get("issues") or "", statement, said.get("act"), self.find)

    def _document(self, said: dict[str, Any]) -> Document:
        if ref := said.get("document"):
            document = self.find.of_ref(Document, ref)
            if document is None:
                raise wrong("document", _("This desk has no document of this ref."))
            return document
        if url := said.get("document_url"):
            if url not in self.by_url:
                raise wrong("document_url", _("This desk has no document at this address. Import the documents first."))
            return self.by_url[url]
        column = next((name for name in ("document_url", "document") if name in said), "")
        raise wrong(column, _("Name the document that it stands in, by its ref or its address."))

    def _meeting(self, ref: str) -> Meeting | None:
        if not ref:
            return None
        meeting = self.find.of_ref(Meeting, ref)
        if meeting is None:
            raise wrong("meeting", _("This desk has no meeting of this ref."))
        return meeting

    def _span(self, statement: Statement, said: dict[str, Any]) -> None:
        """Set the days: as precise as they were given, or as a column of its own says."""
        first, last = said.get("earliest"), said.get("latest")
        if first:
            statement.earliest = first.first
        if (until := last or first) is not None:
            statement.latest = until.last
        given = {days.precision for days in (first, last) if days}
        if said.get("precision"):
            statement.precision = said["precision"]
        elif len(given) > 1:
            raise wrong("latest", _("Write both days equally precise."))
        elif given:
            statement.precision = given.pop()
        if statement.earliest <= statement.latest:
            statement.earliest, statement.latest = widen(statement.earliest, statement.latest, statement.precision)

    def _work_out(self, statement: Statement, said: dict[str, Any]) -> None:
        unnamed = bool(statement.speaker_descriptor)
        if not said.get("basis"):
            statement.basis = Basis.BACKGROUND if unnamed else Basis.ON_THE_RECORD
        if not said.get("credibility"):
            statement.credibility = int(Credibility.usual(statement.kind, named=not unnamed))
        if not said.get("marking"):
            statement.marking = statement.document.marking

    def _check(self, statement: Statement) -> None:
        """Say first what the database would refuse later, as it is looked for there by halves."""
        today = self.today
        if statement.latest < statement.earliest:
            raise wrong("latest", _("The last day cannot come before the first."))
        if statement.earliest > today or lies_ahead(statement.latest, statement.precision, today):
            raise wrong("earliest", _("This day lies in the future."))
        if statement.told_on and statement.told_on > today:
            raise wrong("told_on", _("This day lies in the future."))
        if Marking(statement.marking).rank < Marking(statement.document.marking).rank:
            raise wrong("marking", _("A statement cannot be seen by more people than its document."))
        translated = [statement.original_text, statement.original_language, statement.translated_by]
        if any(translated) and not all(translated):
            missing = ("original_text", "original_language", "translated_by")[translated.index("")]
            raise wrong(missing, _("A translation keeps the original words, their language and who translated them."))
        if statement.kind in SPOKEN_KINDS:
            named = statement.basis == Basis.ON_THE_RECORD
            if named == bool(statement.speaker_descriptor):
                raise wrong(
                    "basis",
                    _("A speaker who is not named is on background or deep background; a named one is on the record."),
                )
        if statement.told_on and (not statement.relayer or statement.told_on < statement.earliest):
            raise wrong(
                "told_on",
                _("The day it was passed on needs someone who passed it on, and cannot come before it was said."),
            )

    def _point_out_twins(self, draft: Draft, statement: Statement) -> None:
        key = (statement.document_id, statement.text, statement.earliest)
        if key in self.equal:
            draft.notes.append(_("An equal statement stands at the desk: %(ref)s.") % {"ref": self.equal[key]})
        elif (earlier := self.seen.setdefault(key, draft.number)) != draft.number:
            draft.notes.append(_("Equal to row %(number)s.") % {"number": earlier})

    def _changes(self, draft: Draft, columns: set[str]) -> list[str]:
        """Return the columns that really say something else than what stands."""
        same = {*_OWN} & {
            name for name in columns if name in _OWN and getattr(draft.row, name) == getattr(draft.stored, name)
        }
        compared = {
            "speaker": ("speaker_person_id", "speaker_organisation_id", "speaker_descriptor"),
            "relayer": ("relayer_person_id", "relayer_organisation_id", "relayer_descriptor"),
            "office": ("mandate_id",),
            "relayer_office": ("relayer_mandate_id",),
            "party": ("on_behalf_of_id",),
            "earliest": ("earliest",),
            "latest": ("latest",),
            "precision": ("precision",),
            "meeting": ("meeting_id",),
            "document": ("document_id",),
            "document_url": ("document_id",),
        }
        compared |= {"speaker_ref": compared["speaker"], "relayer_ref": compared["relayer"]}
        for name, fields in compared.items():
            if name in columns and all(getattr(draft.row, each) == getattr(draft.stored, each) for each in fields):
                same.add(name)
        if draft.parts.get("passages") is not None and _anchors(draft.parts["passages"]) == _anchors(
            draft.stored.passages.all()
        ):
            same.add("passages")
            del draft.parts["passages"]
        if draft.parts.get("bearings") is not None and _meanings(draft.parts["bearings"]) == _meanings(
            draft.stored.bearings.all()
        ):
            same |= {"issues", "act"}
            del draft.parts["bearings"]
        return [name for name in self.table.columns if name in columns - same]

    def store_new(self, drafts: Sequence[Draft]) -> None:
        """Store drafts of statements with their passages and bearings."""
        now = moment()
        for draft in drafts:
            draft.row.created_at = draft.row.edited_at = now
        statements = [draft.row for draft in drafts]
        keyed(Statement, statements)
        insert_together(statements, *self._parts(drafts))

    def store_changed(self, drafts: Sequence[Draft]) -> None:
        """Store the next revisions of drafts, and their passages and bearings where those change."""
        now = moment()
        for draft in drafts:
            draft.row.revision = draft.stored.revision + 1
            draft.row.edited_by = self.job.actor
            draft.row.edited_at = now
        update_together(Statement, [draft.row for draft in drafts], _UPDATED)
        for name, model in (("passages", Passage), ("bearings", Bearing)):
            replaced = [draft.row.pk for draft in drafts if name in draft.parts]
            if replaced:
                model._default_manager.filter(statement__in=replaced).delete()
        insert_together(*self._parts(drafts))

    def _parts(self, drafts: Sequence[Draft]) -> tuple[list[Any], list[Any]]:
        """Return the passages and the bearings of statements that have their keys."""
        parts: dict[str, list[Any]] = {"passages": [], "bearings": []}
        for draft in drafts:
            for name, rows in draft.parts.items():
                for number, row in enumerate(rows, start=1):
                    row.statement_id = draft.row.pk
                    row.relationship_id = draft.row.relationship_id
                    if name == "passages":
                        row.number = number
                    parts[name].append(row)
        keyed(Passage, parts["passages"])
        keyed(Bearing, parts["bearings"])
        return parts["passages"], parts["bearings"]

    def column_of(self, field: str) -> str:
        """Return the column that gives a field of the database."""
        return {
            "on_behalf_of": "party", "mandate": "office", "relayer_mandate": "relayer_office", "position_of": "issues",
            "exact": "passages", "capture": "passages",
        }.get(field, super().column_of(field))  # fmt: skip


def _shown(value: Any) -> str:
    """Return what a cell says as `statement_told` says it."""
    if value is None:
        return ""
    if hasattr(value, "first"):
        return value.first.isoformat() if value.first == value.last else f"{value.first}/{value.last}"
    return str(value)


def _anchors(passages: Iterable[Passage]) -> list[Any]:
    return [(each.capture_id, each.start, each.end) for each in passages]


def _meanings(bearings: Iterable[Bearing]) -> set[Any]:
    return {
        (each.issue_id, each.act, each.mode, each.intensity, each.position_of_id, each.towards_id, each.stated)
        for each in bearings
    }
