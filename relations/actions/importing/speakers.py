"""Who said it and who passed it on, in which office and for which party: as named, else worked out as the pages do."""

import datetime
from collections.abc import Iterable
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from relations.actions.importing.lookups import Lookups
from relations.actions.importing.rows import wrong
from relations.choices import SPOKEN_KINDS, Basis, StatementKind
from relations.models import Mandate, Organisation, Person, Statement
from relations.tables.words import plain


class Speakers:
    """The people and bodies that a stretch of rows names."""

    columns: ClassVar = {
        "kind", "basis", "speaker", "speaker_ref", "office", "relayer", "relayer_ref", "relayer_office", "party",
        "earliest", "latest", "precision",
    }  # fmt: skip

    def __init__(self, find: Lookups, names: Iterable[str]) -> None:
        self.find = find
        people = {person for name in names for person in find.named(Person, name)}
        find.learn_mandates(people)

    def settle(self, statement: Statement, said: dict[str, Any], columns: set[str], *, is_new: bool) -> None:
        """Give a statement its speaker, kind, relayer, their offices and the party, as far as the row says or a new one
        leaves open. Raises `ValidationError`.
        """
        if is_new or columns & {"speaker", "speaker_ref"}:
            self._set(statement, "speaker", said, is_unnamed=said.get("basis") not in (None, Basis.ON_THE_RECORD))
        if columns & {"relayer", "relayer_ref"}:
            self._set(statement, "relayer", said, is_unnamed=True)
        if is_new and not said.get("kind"):
            says = statement.speaker_person_id or statement.speaker_organisation_id or statement.speaker_descriptor
            statement.kind = StatementKind.PARAPHRASE if says else StatementKind.REPORTED
        if statement.kind not in SPOKEN_KINDS:
            # An export tells the publisher as the speaker of its own report.
            if said.get("speaker_ref") or (said.get("speaker") and statement.kind == StatementKind.JOINT):
                raise wrong("speaker", _("The source’s own report and a text agreed by both have no speaker."))
            _refer(statement, "speaker_person", None)
            _refer(statement, "speaker_organisation", None)
            statement.speaker_descriptor = ""
        elif not (statement.speaker_person_id or statement.speaker_organisation_id or statement.speaker_descriptor):
            raise wrong("speaker" if "speaker" in said else "", _("Say who said it."))
        self._office(statement, "speaker", "mandate", "office", said, columns, is_new=is_new)
        self._office(statement, "relayer", "relayer_mandate", "relayer_office", said, columns, is_new=is_new)
        self._party(statement, said, columns, is_new=is_new)

    def _set(self, statement: Any, who: str, said: dict[str, Any], *, is_unnamed: bool) -> None:
        person, organisation, descriptor = None, None, ""
        name, ref = said.get(who) or "", said.get(f"{who}_ref") or ""
        if statement.kind == StatementKind.REPORTED and who == "speaker" and not ref and said.get("kind"):
            name = ""  # the publisher, whom the export tells
        if ref:
            person, organisation = self.find.of_ref(Person, ref), self.find.of_ref(Organisation, ref)
            if person is None and organisation is None:
                raise wrong(f"{who}_ref", _("There is no person or body of this ref."))
        elif name:
            office = said.get("office" if who == "speaker" else "relayer_office") or ""
            try:
                person = self.find.person(name, office)
            except ValueError as error:
                raise wrong(who, str(error)) from None
            bodies = self.find.named(Organisation, name) if person is None else []
            if len(bodies) > 1:
                bodies = self._of_party(bodies, said) or bodies
            if len(bodies) > 1:
                refs = ", ".join(body.ref for body in bodies[:5])
                raise wrong(
                    who,
                    _("Several bodies are called so. Write the ref of the one you mean: %(refs)s.") % {"refs": refs},
                )
            organisation = bodies[0] if bodies else None
            if person is None and organisation is None:
                if not is_unnamed:
                    raise wrong(
                        who,
                        _(
                            "No person or body is called “%(name)s”. Add them first, or say in “May we name them?” that "
                            "this is a description."
                        )
                        % {"name": name[:60]},
                    )
                descriptor = name
        _refer(statement, f"{who}_person", person)
        _refer(statement, f"{who}_organisation", organisation)
        setattr(statement, f"{who}_descriptor", descriptor)

    def _of_party(self, bodies: list[Any], said: dict[str, Any]) -> list[Any]:
        if not said.get("party"):
            return []
        try:
            party = self.find.party(said["party"])
        except ValueError:
            return []
        return [body for body in bodies if body.party_id == party.pk]

    def _office(
        self,
        statement: Any,
        who: str,
        field: str,
        column: str,
        said: dict[str, Any],
        columns: set[str],
        *,
        is_new: bool,
    ) -> None:
        """The office that is named; else the one held on those days. Of two it asks which; none is flagged (R8)."""
        person: Person | None = getattr(statement, f"{who}_person")
        moved = columns & {who, f"{who}_ref", column, "earliest", "latest", "precision"}
        if person is None:
            _refer(statement, field, None)
            return
        if not is_new and not moved:
            return
        self.find.learn_mandates([person])
        held = self._held(person, statement.earliest, statement.latest)
        if words := said.get(column):
            wanted = plain(words)
            held = [each for each in held if wanted in (plain(each.post.name), plain(str(each.post)))]
            if not held:
                raise wrong(
                    column,
                    _("%(name)s is not known to have held this office on that day.") % {"name": person},
                )
        if len(held) > 1:
            raise wrong(
                column if column in said else who,
                _("They held more than one office on that day. Name the one they spoke in."),
            )
        _refer(statement, field, held[0] if held else None)

    def _held(self, person: Person, first: datetime.date, last: datetime.date) -> list[Mandate]:
        return self.find.held(person, first, last)

    def _party(self, statement: Any, said: dict[str, Any], columns: set[str], *, is_new: bool) -> None:
        if statement.kind not in SPOKEN_KINDS:
            statement.on_behalf_of = None
            return
        if words := said.get("party"):
            if is_new or "party" in columns:
                try:
                    statement.on_behalf_of = self.find.party(words)
                except ValueError as error:
                    raise wrong("party", str(error)) from None
            return
        if not is_new and not columns & {"speaker", "speaker_ref", "party"}:
            return
        statement.on_behalf_of = self._worked_out(statement)
        if statement.on_behalf_of is None:
            raise wrong("party" if "party" in said else "", _("Say which party they speak for."))

    def _worked_out(self, statement: Any) -> Any:
        if statement.mandate is not None:
            return statement.mandate.post.party
        if statement.speaker_organisation is not None:
            return statement.speaker_organisation.party
        if statement.speaker_person is not None:
            parties = {each.post.party for each in self.find.mandates(statement.speaker_person)}
            return parties.pop() if len(parties) == 1 else None
        return None


def _refer(statement: Any, name: str, row: Any) -> None:
    """Let a statement refer to a row; to none where it does already, Django takes a while to say so again."""
    if row is not None or getattr(statement, f"{name}_id") is not None:
        setattr(statement, name, row)
