"""What the cells of a stretch of rows name, looked up together: parties, people, bodies, publishers, issues."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from relations.models import Issue, Mandate, Organisation, Party, Person, Post, Publisher, Relationship
from relations.tables.words import folded, plain

# As people write them beside the list's own names.
_ALSO = {
    "turkey": "TR", "turkiyecumhuriyeti": "TR", "usa": "US", "us": "US", "abd": "US", "amerika": "US",
    "amerikabirlesikdevletleri": "US", "uk": "GB", "ingiltere": "GB", "birlesikkrallik": "GB", "yunanistan": "GR",
    "almanya": "DE", "fransa": "FR", "rusya": "RU", "suriye": "SY", "irak": "IQ", "iran": "IR", "israil": "IL",
    "kibris": "CY", "cin": "CN", "ukrayna": "UA", "misir": "EG", "ab": "EU", "avrupabirligi": "EU",
}  # fmt: skip


class Lookups:
    """Rows by what they are called; each name is looked up once in an import."""

    def __init__(self, relationship: Relationship) -> None:
        self.relationship = relationship
        self._named: dict[type, dict[str, list[Any]]] = defaultdict(dict)
        self._fresh: dict[type, dict[str, list[Any]]] = defaultdict(dict)
        self._by_ref: dict[type, dict[str, Any]] = defaultdict(dict)
        self._mandates: dict[int, list[Mandate]] = {}

    @cached_property
    def _parties(self) -> dict[str, Party]:
        known: dict[str, Party] = {}
        parties = list(Party.objects.all())
        for party in parties:
            for word in (party.name, party.short_name, party.code):
                if plain(word):
                    known[plain(word)] = party
        by_code = {party.code: party for party in parties}
        for word, code in _ALSO.items():
            if code in by_code:
                known.setdefault(word, by_code[code])
        return known

    def party(self, words: str) -> Party:
        """Return the party of this code or name. Raises `ValueError`."""
        party = self._parties.get(plain(words))
        if party is None:
            raise ValueError(_("There is no party “%(name)s”. Write its code, such as TR.") % {"name": words[:60]})
        return party

    @cached_property
    def _issues(self) -> dict[str, Issue]:
        issues = list(Issue.objects.filter(relationship=self.relationship).select_related("owner").order_by("-pk"))
        return {plain(issue.title): issue for issue in issues} | {issue.slug: issue for issue in issues}

    def issue(self, words: str) -> Issue:
        """Return the desk's issue of this slug or title. Raises `ValueError`."""
        issue = self._issues.get(words) or self._issues.get(plain(words))
        if issue is None:
            raise ValueError(_("This desk has no issue “%(name)s”.") % {"name": words[:80]})
        return issue

    def issue_of_slug(self, slug: str) -> Issue | None:
        """Return the desk's issue of this very slug, if any."""
        issue = self._issues.get(slug)
        return issue if issue is not None and issue.slug == slug else None

    def learn_names(self, model: Any, names: Iterable[str]) -> None:
        """Look up together the rows of a model that have one of these names, case and diacritics ignored."""
        known = self._named[model]
        unknown = sorted({name for name in names if name and "\x00" not in name} - known.keys())
        if not unknown:
            return
        known.update((name, []) for name in unknown)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT word, t.id FROM unnest(%s::text[]) word JOIN {model._meta.db_table} t "
                "ON lower(public.unaccent(t.name)) = lower(public.unaccent(word)) ORDER BY t.id",
                [unknown],
            )
            found = cursor.fetchall()
        rows = _fetched(model).in_bulk({pk for _word, pk in found})
        for word, pk in found:
            row = _kept(rows[pk])
            if row not in known[word]:
                known[word].append(row)

    def named(self, model: Any, name: str) -> list[Any]:
        """Return what was learnt to be called so."""
        return self._named[model].get(name) or self._fresh[model].get(folded(name), [])

    def add_named(self, model: Any, name: str, row: Any) -> None:
        """Let a row that is to be stored be found by its name."""
        self._fresh[model].setdefault(folded(name), []).append(row)

    def learn_refs(self, model: Any, refs: Iterable[str], rows: Any = None) -> None:
        """Look up together the rows of these refs, among `rows` where they are given."""
        known = self._by_ref[model]
        unknown = {ref for ref in refs if ref and ref.isascii() and "\x00" not in ref} - known.keys()
        if unknown:
            among = rows if rows is not None else _fetched(model)
            known.update((row.ref, _kept(row)) for row in among.filter(ref__in=unknown))

    def of_ref(self, model: Any, ref: str) -> Any:
        """Return what was learnt to have this ref; None where nothing has."""
        return self._by_ref[model].get(ref)

    def learn_mandates(self, people: Iterable[Person]) -> None:
        """Look up together the offices that these people held."""
        unknown = {person.pk for person in people if person.pk} - self._mandates.keys()
        if unknown:
            self._mandates.update((pk, []) for pk in unknown)
            held = Mandate.objects.filter(person__in=unknown).select_related("post__party")
            for mandate in held.order_by("covers_from", "pk"):
                self._mandates[mandate.person_id].append(mandate)

    def mandates(self, person: Person) -> list[Mandate]:
        """Return the offices that were learnt."""
        return self._mandates.get(person.pk, [])

    def held(self, person: Person, first: datetime.date, last: datetime.date) -> list[Mandate]:
        """Return the offices that a person held on one of these days."""
        return [each for each in self.mandates(person) if each.covers_from <= last and each.covers_until >= first]

    def person(self, words: str, office: str = "") -> Person | None:
        """Return the one person called so; of several the one who held `office`; None where nobody is.

        Raises `ValueError` where it is not clear who is meant.
        """
        people: list[Person] = self.named(Person, words)
        if len(people) > 1 and office:
            self.learn_mandates(people)
            wanted = plain(office)
            people = [
                person
                for person in people
                if any(wanted in (plain(each.post.name), plain(str(each.post))) for each in self.mandates(person))
            ] or people
        if len(people) > 1:
            raise ValueError(
                _("Several people are called “%(name)s”. Write the ref of the one you mean: %(refs)s.")
                % {"name": words[:60], "refs": ", ".join(person.ref for person in people[:5])}
            )
        return people[0] if people else None


def _fetched(model: Any) -> Any:
    rows = model.objects.all()
    if model is Person:
        return rows.select_related("merged_into__merged_into")
    if model in (Organisation, Post, Publisher):
        return rows.select_related("party")
    return rows


def _kept(row: Any) -> Any:
    """Return the entry to keep of a person who was joined to another."""
    while isinstance(row, Person) and row.merged_into is not None:
        row = row.merged_into
    return row
