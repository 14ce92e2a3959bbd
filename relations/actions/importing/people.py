"""People that come in, one row for each office that they held; offices and bodies that are new come with them."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.actions.importing.cells import Address, Day, Said, Text, tidy
from relations.actions.importing.rows import Draft, Rows, changed_fields, copied, needed, wrong
from relations.actions.reference import save_reference
from relations.models import Mandate, Organisation, Party, Person, Post
from relations.models.versions import revision_of
from relations.tables.headers import PEOPLE
from relations.tables.words import plain

_OF_PERSON = {name: name for name in ("name", "sort_name", "biography")}
_DAYS = ("start", "end", "first_attested", "last_attested")
_OF_MANDATE = {name: name for name in (*_DAYS, "source_url")}


class PersonRows(Rows):
    """The rows of people and their offices. `row` of a draft is the person; its mandate is among the parts."""

    table = PEOPLE
    one_by_one = True

    ref = Said(Text(32))
    name = Said(Text(160))
    sort_name = Said(Text(160))
    biography = Said()
    same_as = Said(Text(32))
    mandate = Said(Text(32))
    office = Said(Text(200))
    post = Said(Text(32))
    party = Said(Text(120))
    organisation = Said(Text(200))
    start = Said(Day(exactly=True))
    end = Said(Day(exactly=True))
    first_attested = Said(Day(exactly=True))
    last_attested = Said(Day(exactly=True))
    source_url = Said(Address())

    def learn(self, rows: list[dict[str, str]]) -> None:
        """Look up people, their mandates, offices and bodies."""

        def cells(name: str) -> set[str]:
            return {cell for row in rows if (cell := tidy(row.get(name, "")))}

        self.find.learn_names(Person, cells("name"))
        self.find.learn_names(Post, cells("office"))
        self.find.learn_names(Organisation, cells("organisation"))
        self.find.learn_refs(Post, cells("post"))
        people = Person.objects.select_related("merged_into")
        self.by_ref = {row.ref: row for row in people.filter(ref__in=cells("ref") | cells("same_as"))}
        mandates = Mandate.objects.select_related("person", "post__party", "post__organisation")
        self.mandates = {row.ref: row for row in mandates.filter(ref__in=cells("mandate"))}
        self.find.learn_mandates(
            {*self.by_ref.values(), *(each for name in cells("name") for each in self.find.named(Person, name))}
        )
        self.may_mend = access.may(self.job.actor, Verb.MEND_REFERENCE)

    def standing(self, row: dict[str, str]) -> Any:
        """Return nothing: whether a row is new is seen once its office is known."""
        return None

    def judge(self, draft: Draft) -> None:
        """Find or make the person and the mandate, and see what changes of either."""
        said = draft.said
        person = self._person(draft, said)
        draft.row = person if person is not None else self._new_person(said)
        mandate = self._mandate(draft, said)
        key = (said.get("ref") or plain(said.get("name") or ""), said.get("mandate") or (mandate and _key(mandate)))
        self.stands_twice(key, "name")
        is_new_office = mandate is not None and mandate._state.adding
        draft.parts["mandate"] = [mandate] if mandate is not None else []
        if person is None or is_new_office:
            if person is not None and draft.changed:
                self._refuse_mending(draft)
            return
        draft.stored = person
        if draft.changed:
            self._refuse_mending(draft)

    def _refuse_mending(self, draft: Draft) -> None:
        if not self.may_mend:
            raise wrong(
                draft.changed[0],
                _("This takes the role “%(role)s” or higher.") % {"role": Verb.MEND_REFERENCE.least_role.label},
            )

    def _person(self, draft: Draft, said: dict[str, Any]) -> Person | None:
        """Return the person who stands already, with what the row changes noted; None for a new one."""
        if ref := said.get("ref"):
            stored = self.by_ref.get(ref)
            if stored is None:
                raise wrong("ref", _("There is no person of this ref. Leave it empty for a new person."))
        else:
            needed(self, said)
            named = self.find.named(Person, said["name"])
            if not named:
                return None
            if len(named) > 1:
                named = self._of_office(named, said) or named
            if len(named) > 1:
                refs = ", ".join(each.ref for each in named[:5])
                raise wrong(
                    "name",
                    _("Several people are called so. Write the ref of the one you mean: %(refs)s.") % {"refs": refs},
                )
            stored = named[0]
            if stored._state.adding:
                return stored
        row = copied(stored)
        for name in _OF_PERSON:
            # Without a ref a name of other case or diacritics is the same name, and an empty cell says nothing.
            if (said.get(name) and (name != "name" or said.get("ref"))) or (
                name in said and name != "name" and said.get("ref")
            ):
                setattr(row, name, said[name])
        if said.get("ref") and "same_as" in said:
            row.merged_into = self._joined(said["same_as"])
        draft.row, draft.stored = row, stored
        changed = changed_fields(draft, _OF_PERSON | {"same_as": "merged_into_id"} if said.get("ref") else _OF_PERSON)
        draft.stored = None
        draft.changed = changed
        return row

    def _of_office(self, people: list[Person], said: dict[str, Any]) -> list[Person]:
        wanted = plain(said.get("office") or "")
        return [each for each in people if any(plain(held.post.name) == wanted for held in self.find.mandates(each))]

    def _joined(self, ref: str) -> Person | None:
        if not ref:
            return None
        if ref not in self.by_ref:
            raise wrong("same_as", _("There is no person of this ref."))
        return self.by_ref[ref]

    def _new_person(self, said: dict[str, Any]) -> Person:
        person = Person(name=said["name"], sort_name=said.get("sort_name") or "", biography=said.get("biography") or "")
        if said.get("same_as"):
            person.merged_into = self._joined(said["same_as"])
        self.find.add_named(Person, said["name"], person)
        return person

    def _mandate(self, draft: Draft, said: dict[str, Any]) -> Mandate | None:
        """Return the mandate that the row tells of: one that stands, with what changes noted, or a new one."""
        person = draft.row
        if ref := said.get("mandate"):
            stored = self.mandates.get(ref)
            if stored is None or stored.person_id != person.pk:
                raise wrong("mandate", _("This person has no mandate of this ref. Leave it empty for a new one."))
            return self._mended(draft, stored, said)
        if not said.get("office") and not said.get("post"):
            if any(said.get(name) for name in _DAYS):
                raise wrong("office" if "office" in said else "", _("Say which office they held in those days."))
            return None
        post = self._post(said)
        held = [each for each in self.find.mandates(person) if each.post_id == post.pk] if person.pk and post.pk else []
        begun = said.get("start") or said.get("first_attested")
        same = next((each for each in held if begun in (each.start, each.first_attested)), None)
        if same is not None:
            return self._mended(draft, same, said)
        mandate = Mandate(person=person, post=post, source_url=said.get("source_url") or "")
        for name in _DAYS:
            setattr(mandate, name, said.get(name))
        self._check(mandate, said)
        return mandate

    def _mended(self, draft: Draft, stored: Mandate, said: dict[str, Any]) -> Mandate:
        row = copied(stored)
        for name in _OF_MANDATE:
            if name in said:
                setattr(row, name, said[name])
        office = Draft(stored=stored, said=said, row=row)
        changed = changed_fields(office, _OF_MANDATE)
        if said.get("mandate") and (said.get("post") or said.get("office")):
            names = (plain(stored.post.name), plain(str(stored.post)))
            if (
                said.get("post") not in (None, "", stored.post.ref)
                or plain(said.get("office") or stored.post.name) not in names
            ):
                row.post = self._post(said)
                changed.append("office")
        if changed:
            self._check(row, said)
        draft.changed += changed
        return row

    def _check(self, mandate: Any, said: dict[str, Any]) -> None:
        first = "start" if mandate.start else "first_attested"
        last = "end" if mandate.end else "last_attested"
        if getattr(mandate, first) is None:
            raise wrong(
                "start" if "start" in said else "",
                _("Give the first day, or a day on which the office was first attested."),
            )
        if getattr(mandate, last) is None:
            raise wrong(
                "end" if "end" in said else "", _("Give the last day, or a day on which the office was last attested.")
            )
        if getattr(mandate, last) < getattr(mandate, first):
            raise wrong(last if last in said else "", _("A mandate cannot end before it starts."))

    def _post(self, said: dict[str, Any]) -> Post:
        """Return the office of this ref, or of this name for this party; a new one where there is none."""
        if ref := said.get("post"):
            post = self.find.of_ref(Post, ref)
            if post is None:
                raise wrong("post", _("There is no office of this ref."))
            return post
        party = self._party(said)
        named = [each for each in self.find.named(Post, said["office"]) if party is None or each.party == party]
        if len(named) > 1:
            raise wrong("office", _("Several offices are called so. Write the ref of the one you mean: %(refs)s.")
                        % {"refs": ", ".join(each.ref for each in named[:5])})  # fmt: skip
        if named:
            return named[0]
        if party is None:
            raise wrong("party" if "party" in said else "", _("A new office needs the party that it is held for."))
        post = Post(name=said["office"], party=party, organisation=self._body(said, party))
        self.find.add_named(Post, said["office"], post)
        return post

    def _party(self, said: dict[str, Any]) -> Party | None:
        if not said.get("party"):
            return None
        try:
            return self.find.party(said["party"])
        except ValueError as error:
            raise wrong("party", str(error)) from None

    def _body(self, said: dict[str, Any], party: Party) -> Organisation | None:
        name = said.get("organisation")
        if not name:
            return None
        named = [each for each in self.find.named(Organisation, name) if each.party_id in (None, party.pk)]
        if named:
            return named[0]
        body = Organisation(name=name, party=party)
        self.find.add_named(Organisation, name, body)
        return body

    def along(self, draft: Draft) -> list[Any]:
        """Return the person, the mandate, its office and body."""
        posts = [mandate.post for mandate in draft.parts.get("mandate", [])]
        bodies = [post.organisation for post in posts if post.organisation is not None]
        return [draft.row, *draft.parts.get("mandate", []), *posts, *bodies]

    def revision(self, draft: Draft) -> int:
        """Return by which number the person and the mandate are known together."""
        return sum(revision_of(row) for row in [draft.row, *draft.parts["mandate"]])

    def store_new(self, drafts: Sequence[Draft]) -> None:
        """Store people who are new, or new offices of those who stand."""
        self._store(drafts)

    def store_changed(self, drafts: Sequence[Draft]) -> None:
        """Mend people and their offices."""
        self._store(drafts)

    def _store(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            person = draft.row
            if person._state.adding or (draft.changed and set(draft.changed) & {*_OF_PERSON, "same_as"}):
                self._save(person)
            for mandate in draft.parts["mandate"]:
                if not mandate._state.adding and not set(draft.changed) - {*_OF_PERSON, "same_as"}:
                    continue
                if mandate.post.organisation is not None and mandate.post.organisation._state.adding:
                    self._save(mandate.post.organisation)
                    mandate.post.organisation = mandate.post.organisation
                if mandate.post._state.adding:
                    self._save(mandate.post)
                mandate.post, mandate.person = mandate.post, person
                self._save(mandate)

    def _save(self, row: Any) -> None:
        save_reference(actor=self.job.actor, row=row, revision=None if row._state.adding else revision_of(row))


def _key(mandate: Any) -> tuple[Any, ...]:
    return plain(mandate.post.name), mandate.post.party_id, mandate.start or mandate.first_attested
