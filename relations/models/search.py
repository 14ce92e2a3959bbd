"""What the search reads: one entry for each statement, issue, document, person, meeting and note.

The entries are kept by the database (`relations_find_…_now` in migrations/0010_search.py), whatever writes: the triggers
below note what is due, and when the transaction's rules are checked, at the end of an action or at COMMIT, each entry
is written once (migrations/0017_bulk.py). Nothing of the content's own tables is changed for the search, and their
history carries no vector.
An entry is as visible as what it stands for: of one desk, published or not, so `visible_to` is the desk's own.
"""

from typing import Any, ClassVar, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorCombinable, SearchVectorField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from relations.models.base import DeskQuerySet
from relations.models.bearings import Bearing
from relations.models.desks import Party, Relationship
from relations.models.documents import Capture, Document
from relations.models.history import Rule
from relations.models.issues import Issue
from relations.models.meetings import AgendaItem, Meeting, Participant, Readout
from relations.models.moments import NOW, AnyMoment, Moment
from relations.models.notes import Note
from relations.models.passages import Passage
from relations.models.people import Mandate, Organisation, Person, Post
from relations.models.statements import Statement

# Text-search configurations of the migration: without diacritics, then the language's stems; English stop-words in both.
ENGLISH, TURKISH = "desk_english", "desk_turkish"


class SearchKind(TextChoices):
    """What the search finds, in the order in which it is shown."""

    STATEMENT = "statement", _("Statements")
    ISSUE = "issue", _("Issues")
    DOCUMENT = "document", _("Documents")
    PERSON = "person", _("People")
    MEETING = "meeting", _("Meetings")
    NOTE = "note", _("Notes")


# What a past day can hold; notes are of now alone.
_KNOWN: dict[SearchKind, Any] = {
    SearchKind.STATEMENT: Statement,
    SearchKind.ISSUE: Issue,
    SearchKind.DOCUMENT: Document,
    SearchKind.MEETING: Meeting,
}


class SearchEntryQuerySet(DeskQuerySet):
    """Entries; readers see those of what is published, everyone who is signed in those of people."""

    def published_condition(self, at: Moment = NOW) -> Q:
        """Return the condition that readers see what the entry stands for."""
        return Q(published=True)

    def visible_to(self, user: Any, at: AnyMoment = NOW) -> Self:
        """Return the entries of what `user` may see (R7), as of a past moment of what was known then.

        An entry is made of the newest copy of a document; where a newer one came since, nothing is found by its words.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        people = self.filter(kind=SearchKind.PERSON)
        if not at.is_past:
            return people | super().visible_to(user)
        known = Q(kind=SearchKind.PERSON)
        for kind, model in _KNOWN.items():
            rows = model._default_manager.visible_to(user, at).filter(pk=OuterRef(kind.value))
            known |= Q(kind=kind) & Q(Exists(rows))
        came_later = at.each(lambda moment: moment.was_to_come("recorded_at"))
        newer = Capture.objects.filter(came_later, document=OuterRef("document"))
        return self.filter(known).exclude(Exists(newer))


class Searchable(Func):
    """A text as words are taken from it, character for character: marks that some locales take for letters, and what
    would be markup, are spaces."""

    function = "relations_searchable"
    output_field = models.TextField()


class Keys(SearchVectorCombinable, Func):
    """The keys as lexemes beside the words'; no word becomes one that holds `=`."""

    function = "array_to_tsvector"
    output_field = SearchVectorField()
    config = None


def _stands_for(model: type[models.Model]) -> Any:
    # No constraint: the triggers below remove an entry in the statement that removes what it stands for.
    return models.ForeignKey(
        model, on_delete=models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )


class SearchEntry(models.Model):
    """What can be found of one row: its words, the days it covers, and who speaks in it, on what, for whom (`keys`)."""

    kind = models.CharField(max_length=9, choices=SearchKind)
    relationship = models.ForeignKey(
        Relationship, on_delete=models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    published = models.BooleanField()
    day = models.DateField()  # for the order
    earliest = models.DateField(null=True)
    latest = models.DateField(null=True)
    title = models.TextField()
    text = models.TextField()
    keys = ArrayField(models.TextField())
    vector = models.GeneratedField(
        expression=SearchVector(Searchable("title"), config=ENGLISH, weight="A")
        + SearchVector(Searchable("title"), config=TURKISH, weight="A")
        + SearchVector(Searchable("text"), config=ENGLISH)
        + SearchVector(Searchable("text"), config=TURKISH)
        + Keys(F("keys")),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    statement = _stands_for(Statement)
    issue = _stands_for(Issue)
    document = _stands_for(Document)
    person = _stands_for(Person)
    meeting = _stands_for(Meeting)
    note = _stands_for(Note)

    objects: ClassVar[Any] = SearchEntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["kind", "-day", "-id"], name="search_by_day"),
            # One for each kind, so that finding few meetings does not walk through all statements. Without fastupdate:
            # a reader never waits for what writers left unsorted.
            *(
                GinIndex(fields=["vector"], name=f"search_{kind}", fastupdate=False, condition=Q(kind=kind.value))
                for kind in SearchKind
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=[kind.value], condition=Q(**{f"{kind.value}__isnull": False}), name=f"search_{kind.value}_once"
            )
            for kind in SearchKind
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.title[:80]}"

    @property
    def subject(self) -> Any:
        """What it stands for."""
        return getattr(self, self.kind)


_EVENTS = (
    ("insert", pgtrigger.Insert, {"new": "rows"}, "rows"),
    ("update", pgtrigger.Update, {"old": "before", "new": "after"},
     "(SELECT * FROM before UNION ALL SELECT * FROM after) rows"),
    ("delete", pgtrigger.Delete, {"old": "rows"}, "rows"),
)  # fmt: skip


def _keep(model: type[models.Model], *found: tuple[str, str]) -> None:
    """Have every write to the table of `model` bring entries up to date: pairs of what is to be found anew and the
    query of their ids among the written `{rows}`."""
    for name, operation, tables, rows in _EVENTS:
        calls = (f"PERFORM relations_find_{noun}(ARRAY({ids.format(rows=rows)}));" for noun, ids in found)
        pgtrigger.register(
            Rule(
                name=f"search_{name}",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=operation,
                referencing=pgtrigger.Referencing(**tables),
                func=" ".join([*calls, "RETURN NULL;"]),
            )
        )(model)


def _each(column: str, where: str = "") -> str:
    return f"SELECT DISTINCT {column} FROM {{rows}} WHERE {where or f'{column} IS NOT NULL'}"


def _holders(column: str) -> str:
    return (
        "SELECT DISTINCT m.person_id FROM relations_mandate m JOIN relations_post p ON p.id = m.post_id "
        f"WHERE {column} IN (SELECT id FROM {{rows}})"
    )


# A document is published by the statements that cite it, a person is found by their offices, and so on.
_keep(Statement, ("statements", _each("id")), ("documents", _each("document_id", "published_at IS NOT NULL")))
_keep(Passage, ("statements", _each("statement_id")))
_keep(Bearing, ("statements", _each("statement_id")))
_keep(Issue, ("issues", _each("id")))
_keep(Document, ("documents", _each("id")))
_keep(Capture, ("documents", _each("document_id")))
_keep(Readout, ("documents", _each("document_id")))
_keep(Person, ("people", _each("id")), ("people", _each("merged_into_id")))
_keep(Mandate, ("people", _each("person_id")))
_keep(Post, ("people", _holders("p.id")))
_keep(Organisation, ("people", _holders("p.organisation_id")))
_keep(Party, ("people", _holders("p.party_id")))
_keep(Meeting, ("meetings", _each("id")))
_keep(Participant, ("meetings", _each("meeting_id")))
_keep(AgendaItem, ("meetings", _each("meeting_id")))
_keep(Note, ("notes", _each("id")))
