"""A list as a fixture: with all that its rows cite it loads at an empty installation, and changes nothing at its own."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command

from relations.access import enter
from relations.actions.fixtures import load_files
from relations.actions.notes import save_note
from relations.actions.statements import correct_statement
from relations.choices import Basis, Marking, NoteKind
from relations.models import Commitment, Document, Issue, Note, Person, Relationship, Statement, StatusChange, User
from relations.reports.export_files import file_pieces
from relations.reports.exports import Sending
from relations.views.exported_lists import LISTS
from tests import factories

pytestmark = pytest.mark.django_db


class Asked:
    """A request for a list without filters."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.GET: Any = {}


def fixture(noun: str, user: User, desk: Relationship, marking: Marking = Marking.RED) -> list[dict[str, Any]]:
    exported = LISTS[noun]
    here = enter(user, desk.slug) if exported.verb else None
    rows = exported.find(Asked(user), here).rows
    sending = Sending(user, desk if here else None, marking=marking if here else None)
    return json.loads(b"".join(file_pieces("fixture", exported.noun, rows, sending)))


def refs(rows: list[dict[str, Any]], model: str) -> set[str]:
    return {row["fields"]["ref"] for row in rows if row["model"] == f"relations.{model}"}


def events() -> int:
    models = apps.get_app_config("relations").get_models()
    return sum(model._default_manager.count() for model in models if hasattr(model, "pgh_tracked_model"))


def test_each_list_loads_at_an_empty_installation_and_changes_nothing_at_its_own(
    desk: Relationship,
    corrected: Statement,
    issue: Issue,
    analyst: User,
    reviewer: User,
    draft: Statement,
    tmp_path: Path,
) -> None:
    move = factories.make_move(issue, analyst, reviewer, [corrected])
    factories.make_commitment(corrected, issue, analyst)
    save_note(actor=analyst, note=Note(relationship=desk, issue=issue, text="Watch this."))
    joined = Person.objects.create(name="H. Fidan", merged_into=corrected.speaker_person)
    files = {}
    for noun, exported in LISTS.items():
        if "fixture" in exported.formats:
            files[noun] = tmp_path / f"{noun}.json"
            files[noun].write_text(json.dumps(fixture(noun, analyst, desk)))
    before = events()
    for file in files.values():
        load_files([file])
    assert events() == before
    stated = set(Statement.objects.values_list("ref", "text", "published_at", "supersedes__ref"))
    factories.empty_database()
    load_files([files["statements"]])
    assert set(Statement.objects.values_list("ref", "text", "published_at", "supersedes__ref")) == stated
    assert draft.ref in {ref for ref, *_rest in stated}
    call_command("loaddata", files["statements"], verbosity=0)
    assert not StatusChange.objects.exists()
    for file in files.values():
        load_files([file])
    assert StatusChange.objects.get().ref == move.ref
    assert (Commitment.objects.count(), Note.objects.count()) == (1, 1)
    assert not Person.objects.filter(ref=joined.ref).exists()  # in no list, cited by nothing


def test_what_must_stay_takes_along_what_needs_it(
    desk: Relationship, corrected: Statement, issue: Issue, analyst: User, reviewer: User
) -> None:
    free = factories.make_published(issue, analyst, reviewer, text="For anyone.")
    secret = factories.make_document(desk, analyst)
    of_secret = factories.make_statement(issue, analyst, secret, text="Of a source few may see.")
    Document.objects.filter(pk=secret.pk).update(marking=Marking.RED)
    reprint = factories.make_document(desk, analyst, reprints=secret)
    of_reprint = factories.make_statement(issue, analyst, reprint, text="Of its reprint.")
    aside = factories.make_statement(issue, analyst, speaker_descriptor="an aide", basis=Basis.DEEP_BACKGROUND)
    judged = factories.make_published(issue, analyst, reviewer, text="We refuse.", marking=Marking.AMBER)
    move = factories.make_move(issue, analyst, reviewer, [judged])
    Note.objects.create(relationship=desk, issue=issue, text="x", kind=NoteKind.NOTE, author=analyst, edited_by=analyst)
    sent = fixture("statements", analyst, desk, Marking.CLEAR)
    gone = refs(sent, "statement")
    assert {free.ref, corrected.ref, corrected.supersedes.ref} <= gone
    assert not gone & {of_secret.ref, of_reprint.ref, aside.ref, judged.ref}
    assert not refs(sent, "document") & {secret.ref, reprint.ref}
    assert refs(fixture("issues", analyst, desk, Marking.GREEN), "statuschange") == set()
    assert refs(fixture("issues", analyst, desk, Marking.AMBER), "statuschange") == {move.ref}
    assert refs(fixture("notes", analyst, desk, Marking.AMBER), "note") == set()


def test_a_correction_stays_where_what_it_corrects_must_stay(
    desk: Relationship, published: Statement, issue: Issue, analyst: User, reviewer: User
) -> None:
    strict = factories.make_published(issue, analyst, reviewer, text="For few.", marking=Marking.AMBER)
    later = correct_statement(actor=analyst, statement=strict)
    Statement.objects.filter(pk=later.pk).update(marking=Marking.CLEAR, revision=later.revision + 1)
    assert refs(fixture("statements", analyst, desk, Marking.CLEAR), "statement") == {published.ref}
    assert {strict.ref, later.ref} < refs(fixture("statements", analyst, desk, Marking.AMBER), "statement")
