"""What a desk exports changes nothing when it is imported again, whatever the list and the format."""

import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from relations.actions.importing.running import import_table
from relations.models import AgendaItem, Issue, IssueLink, Meeting, Participant, Person
from relations.tables.headers import TABLES
from relations.tables.reading import layout_of, rows_of
from tests import factories
from tests.test_access import make_world

pytestmark = pytest.mark.django_db

EXPORTS = {
    "statements": "statement_export",
    "issues": "issues_export",
    "documents": "document_export",
    "meetings": "meeting_export",
    "people": "people_export",
}


def test_export_followed_by_import_changes_nothing(signed_in: Callable[..., Client]) -> None:
    world = make_world()
    desk, lead = world["desk"], world["people"]["lead"]
    issue, meeting, person = Issue.objects.get(), Meeting.objects.get(), Person.objects.get()
    of_meeting = {"relationship": desk, "meeting": meeting}
    Participant.objects.create(number=1, person=person, party=desk.second_party, **of_meeting)
    Participant.objects.create(number=2, descriptor="two | officials", party=desk.first_party, **of_meeting)
    AgendaItem.objects.create(issue=issue, **of_meeting)
    other = factories.make_issue(desk, "Other", slug="other", summary="=x\n-y", author=lead)
    IssueLink.objects.create(relationship=desk, from_issue=issue, to_issue=other, kind="blocks")
    factories.make_statement(issue, lead, speaker_descriptor="an aide", basis="deep_background", text="=1+1;-2\r\n+3")
    deed = factories.bearing_on(issue, "SANCTION", position_of=None)
    factories.make_statement(issue, lead, kind="reported", on_behalf_of=None, bearings=[deed])
    factories.make_person("Hakan Fidan", "US", "Mayor")
    client = signed_in(lead)
    for noun, name in EXPORTS.items():
        table = TABLES[noun]
        for form in ("csv", "xlsx"):
            args = [] if noun == "people" else [desk.slug]
            answer = client.get(reverse(name, args=args), {"format": form, "up_to": "RED"})
            file = io.BytesIO(b"".join(answer.streaming_content))
            rows = rows_of(file, layout_of(file))
            guessed = table.guessed(next(rows).cells)
            assert all(guessed), (noun, form)
            columns = ["" if column in table.told else column for column in guessed]
            outcome = import_table(
                actor=lead, relationship=desk, table=table, lines=rows, columns=columns, is_trial=True
            )
            assert {fate.state for fate in outcome.fates} == {"unchanged"}, (noun, form, outcome.fates)
