"""Which statements fit the filters, told by their first words."""

from decimal import Decimal

import pytest
from django.http import QueryDict

from relations.actions.documents import add_capture
from relations.actions.reviews import withdraw_statement
from relations.filters.lists import STATEMENTS
from relations.filters.statements import StatementFilter
from relations.models import (
    Document,
    Issue,
    Mandate,
    Meeting,
    Person,
    Relationship,
    ReliabilityRating,
    Statement,
    User,
)
from tests import factories

pytestmark = pytest.mark.django_db


def fitting(query: str, desk: Relationship, drafts: bool = True) -> str:
    """Return the words of the statements that fit, in alphabetical order."""
    statements = Statement.objects.at(desk)
    found = StatementFilter(QueryDict(query), queryset=statements, relationship=desk, drafts=drafts)
    return " ".join(sorted(found.qs.values_list("text", flat=True)))


def rated(desk: Relationship, document: Document, reliability: str) -> None:
    ReliabilityRating.objects.create(relationship=desk, publisher=document.publisher, reliability=reliability)


def test_each_filter_takes_several_choices_and_together_they_narrow(
    desk: Relationship, analyst: User, reviewer: User
) -> None:
    caatsa, gaza = (factories.make_issue(desk, title, slug) for title, slug in (("CAATSA", "caatsa"), ("Gaza", "gaza")))
    fidan, rubio = factories.make_person(), factories.make_person("Marco Rubio", "US", "Secretary of State")
    joined = Person.objects.create(name="H. Fidan", merged_into=fidan)
    talks = Meeting.objects.create(
        relationship=desk,
        title="Talks",
        author=analyst,
        edited_by=analyst,
        earliest=factories.DAY,
        latest=factories.DAY,
    )
    turkish = factories.make_document(desk, analyst, language="tr")
    rated(desk, turkish, "A")
    excerpt = factories.make_document(desk, analyst, extent="excerpt")
    on_both = [factories.bearing_on(caatsa), factories.bearing_on(gaza, "REJECT")]
    on_both[1].intensity = Decimal(-9)
    factories.make_published(
        caatsa, analyst, reviewer, text="one", speaker_person=fidan, mandate=Mandate.objects.get(person=fidan),
        document=turkish, bearings=on_both, meeting=talks, marking="RED", kind="readout",
        relayer_person=rubio,
    )  # fmt: skip
    two = factories.make_published(
        gaza, analyst, reviewer, text="two", speaker_person=rubio, on_behalf_of=desk.first_party, credibility=5,
        earliest="2025-03-01", latest="2025-03-31", precision="month",
    )  # fmt: skip
    withdraw_statement(actor=reviewer, subject=two, reason="Misheard.")
    factories.make_statement(gaza, analyst, text="three", speaker_person=joined)
    four = factories.unsaved_statement(
        excerpt, text="four", speaker_descriptor="Diplomatic sources", basis="background", cited_place="para 7"
    )
    four.author = four.edited_by = analyst
    four.save()
    expected = {
        "": "four one three two",
        "issue=caatsa": "one",
        "issue=caatsa&issue=gaza": "one three two",
        "issue=elsewhere": "",
        "issue=caatsa&act=REQUEST": "one",
        "issue=caatsa&act=REJECT": "",  # it refuses on the other issue
        "act=REJECT": "one",
        "intensity_max=-8.5": "one",
        "intensity_min=-3&issue=gaza": "three two",
        "party=US": "two",
        "party=US&party=TR": "four one three two",
        f"person={fidan.ref}": "one three",
        f"person={rubio.ref}&person={fidan.ref}": "one three two",
        "speaker=diplomatic": "four",
        f"post={Mandate.objects.get(person=fidan).post.ref}": "one",
        f"publisher={turkish.publisher.ref}&publisher={excerpt.publisher.ref}": "four one",
        "language=tr": "one",
        f"meeting={talks.ref}": "one",
        "kind=readout": "one",
        "kind=readout&kind=paraphrase&party=US": "two",
        "basis=background": "four",
        "credibility=5&credibility=6": "two",
        "reliability=A": "one",
        "reliability=none": "four three two",
        "marking=RED": "one",
        "state=published": "one",
        "state=draft": "four three",
        "state=withdrawn&state=draft": "four three two",
        "since=2025-03-26": "two",
        "until=2025-03-24": "two",
        "passage=cited": "four",
        "passage=found": "one three two",
        "kind=bogus": "four one three two",  # told, and filters nothing
        "issue=%27": "four one three two",
    }
    assert {query: fitting(query, desk) for query in expected} == expected


def test_a_later_copy_is_what_says_whether_the_words_still_stand(
    issue: Issue, analyst: User, reviewer: User, document: Document
) -> None:
    desk = issue.relationship
    factories.make_published(issue, analyst, reviewer, text="kept", document=document)
    end = factories.passage_of(document, "Talks are good for both")
    factories.make_published(issue, analyst, reviewer, text="gone", document=document, passages=[end])
    add_capture(actor=analyst, document=document, text="New. " + factories.TEXT.partition(" Talks go on")[0])
    assert fitting("passage=moved", desk) == "kept"
    assert fitting("passage=lost", desk) == "gone"
    assert fitting("passage=lost&passage=moved", desk) == "gone kept"
    assert fitting("passage=found", desk) == ""


def test_who_sees_no_drafts_cannot_ask_for_them(draft: Statement, desk: Relationship) -> None:
    asked = StatementFilter(
        QueryDict("state=draft"), queryset=Statement.objects.at(desk), relationship=desk, drafts=False
    )
    assert list(asked.form.errors) == ["state"]


def test_a_view_keeps_every_choice_once() -> None:
    address = QueryDict("kind=quote&kind=readout&kind=quote&act=ASK&page=x&open=act")
    assert STATEMENTS.kept(address).query == "act=ASK&kind=quote&kind=readout"
    assert STATEMENTS.is_filtered(QueryDict("kind=&act=ASK"))
