"""A claim counts its independent origins: what goes back to one origin is counted once."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from relations.actions.editing import save_edited
from relations.actions.refusal import Refused
from relations.actions.statements import correct_statement
from relations.choices import Credibility
from relations.models import Document, Issue, Person, Relationship, Statement, User
from relations.models.moments import Moment
from relations.reports import origins
from relations.reports.origins import Claim, claims
from tests import factories

pytestmark = pytest.mark.django_db

WANTED, GO_ON, GOOD = "We want the sanctions lifted", "He added that talks go on", "Talks are good for both"


class Told:
    """Reports of one minister's words at one desk."""

    def __init__(self, issue: Issue, analyst: User, reviewer: User) -> None:
        self.issue, self.analyst, self.reviewer = issue, analyst, reviewer
        self.minister = factories.make_person()

    def document(self, **fields: Any) -> Document:
        return factories.make_document(self.issue.relationship, self.analyst, **fields)

    def report(self, words: str = WANTED, document: Document | None = None, **fields: Any) -> Statement:
        document = document or self.document()
        fields.setdefault("speaker_person", self.minister)
        return factories.make_published(
            self.issue, self.analyst, self.reviewer, document=document,
            passages=[factories.passage_of(document, words)], **fields,
        )  # fmt: skip

    def draft(self, words: str = WANTED, **fields: Any) -> Statement:
        document = self.document()
        passages = [factories.passage_of(document, words)]
        fields.setdefault("speaker_person", self.minister)
        return factories.make_statement(self.issue, self.analyst, document, passages=passages, **fields)

    def reprints(self, document: Document, original: Document | None) -> Document:
        document.reprints = original
        return save_edited(actor=self.analyst, row=document, revision=document.revision)

    def claim(self, statement: Statement, **more: Any) -> Claim:
        return claims(self.analyst, [Statement.objects.with_people().get(pk=statement.pk)], **more)[statement.pk]

    def counts(self, statement: Statement, **more: Any) -> tuple[int, int]:
        claim = self.claim(statement, **more)
        return claim.reports, claim.independent


@pytest.fixture
def told(issue: Issue, analyst: User, reviewer: User) -> Told:
    return Told(issue, analyst, reviewer)


# What is counted


def test_two_publishers_with_words_of_their_own_are_two_origins(told: Told) -> None:
    first = told.report()
    told.report(GO_ON)
    assert told.counts(first) == (2, 2)
    assert [origin.why for origin in told.claim(first).origins] == [(), ()]


def test_the_same_quote_is_one_origin_whoever_prints_it(told: Told) -> None:
    first = told.report()
    told.report("We  want the sanctions, LIFTED", told.document(text="“We  want the sanctions, LIFTED!” he said."))
    claim = told.claim(first)
    assert (claim.reports, claim.independent) == (2, 1)
    assert claim.origins[0].why == ("the same words",)


def test_a_quote_within_a_longer_one_is_the_same_quote(told: Told) -> None:
    first = told.report()
    told.report(
        "We want the sanctions lifted, and soon", told.document(text="“We want the sanctions lifted, and soon.”")
    )
    assert told.counts(first) == (2, 1)


def test_a_document_and_its_reprints_are_one_origin_over_any_number_of_steps(told: Told) -> None:
    wire, paper, blog = told.document(), told.document(), told.document()
    first, second, third = told.report(document=wire), told.report(GO_ON, paper), told.report(GOOD, blog)
    assert told.counts(first) == (3, 3)
    told.reprints(paper, wire)
    told.reprints(blog, paper)
    assert {told.counts(each) for each in (first, second, third)} == {(3, 1)}
    assert told.claim(first).origins[0].why == ("one reprints the other",)
    told.reprints(Document.objects.get(pk=blog.pk), None)
    assert told.counts(first) == (3, 2)


def test_two_reprints_of_a_document_that_nobody_cites_are_one_origin(told: Told) -> None:
    wire, paper, blog = told.document(), told.document(), told.document()
    told.reprints(paper, wire)
    told.reprints(blog, wire)
    first = told.report(document=paper)
    told.report(GO_ON, blog)
    assert told.counts(first) == (2, 1)


def test_what_the_same_passed_on_or_was_first_said_in_one_place_is_one_origin(told: Told) -> None:
    ways = [{"relayer_descriptor": "the spokesperson"}, {"first_said_in": "An interview with TV One"}]
    for number, fields in enumerate(ways):
        day = factories.DAY - datetime.timedelta(days=3 * number)
        spoken = {"earliest": day, "latest": day, **fields}
        first = told.report(**spoken)
        told.report(GO_ON, **spoken)
        assert told.counts(first) == (2, 1), fields


def test_one_publisher_does_not_confirm_itself(told: Told) -> None:
    first, again = told.document(), told.document()
    Document.objects.filter(pk=again.pk).update(publisher=first.publisher)
    report = told.report(document=first)
    told.report(GO_ON, again)
    assert told.counts(report) == (2, 1)


def test_another_speaker_day_or_position_is_another_claim(told: Told) -> None:
    first = told.report()
    told.report(GO_ON, speaker_person=factories.make_person("Marco Rubio"))
    told.report(
        GO_ON, earliest=factories.DAY - datetime.timedelta(days=2), latest=factories.DAY - datetime.timedelta(days=2)
    )
    told.report(GO_ON, bearings=[factories.bearing_on(told.issue, "REJECT")])
    assert told.counts(first) == (1, 1)
    told.report(
        GO_ON, earliest=factories.DAY - datetime.timedelta(days=1), latest=factories.DAY - datetime.timedelta(days=1)
    )
    assert told.counts(first) == (2, 2)


def test_a_person_entered_twice_is_one_speaker(told: Told) -> None:
    first = told.report()
    twin = Person.objects.create(name="H. Fidan")
    told.report(GO_ON, speaker_person=twin)
    assert told.counts(first) == (1, 1)
    Person.objects.filter(pk=twin.pk).update(merged_into=told.minister)
    assert told.counts(first) == (2, 2)


def test_drafts_of_others_and_what_no_longer_stands_are_not_counted(told: Told) -> None:
    first = told.report()
    told.draft(GO_ON)
    assert told.counts(first) == (1, 1)
    correction = correct_statement(actor=told.analyst, statement=first)
    assert told.counts(correction) == (1, 1)  # what it corrects is no second report
    factories.publish(correction, told.analyst, told.reviewer)
    assert claims(told.analyst, [Statement.objects.with_people().get(pk=first.pk)]) == {}
    assert told.counts(correction) == (1, 1)


def test_a_draft_counts_itself_and_what_stands(told: Told) -> None:
    told.report(GO_ON)
    assert told.counts(told.draft()) == (2, 2)


def test_a_day_in_the_past_counts_what_was_known_then(told: Told) -> None:
    first, second = told.report(), told.report(GO_ON)
    published = second.published_at
    assert published
    yesterday = Moment(known=published.date() - datetime.timedelta(days=1))
    assert claims(told.analyst, [Statement.objects.with_people().get(pk=first.pk)], yesterday) == {}
    assert told.counts(first, at=Moment(known=published.date())) == (2, 2)


def test_reports_without_a_speaker_are_compared_by_position(told: Told) -> None:
    first = told.report(kind="reported", speaker_person=None, on_behalf_of=None)
    told.report(GO_ON, kind="reported", speaker_person=None, on_behalf_of=None)
    told.report(GOOD)
    assert told.counts(first) == (2, 2)


# What it speaks for


def test_two_origins_speak_for_confirmed_elsewhere_and_one_never_does(told: Told) -> None:
    first = told.report(credibility=Credibility.CONFIRMED)
    assert told.claim(first).suggested == Credibility.PROBABLE
    unnamed = told.report(
        speaker_person=None, speaker_descriptor="sources", basis="background", credibility=Credibility.CONFIRMED
    )
    assert told.claim(unnamed).suggested == Credibility.POSSIBLE
    second = told.report(GO_ON)
    assert told.claim(first).suggested is None
    assert told.claim(second).suggested == Credibility.CONFIRMED


# How many are compared


def test_any_number_of_statements_takes_at_most_five_queries(
    told: Told, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number, queries in ((1, 2), (3, 5)):  # one alone is compared with none
        while Statement.objects.count() < number:
            told.report()
        statements = list(Statement.objects.with_people())
        with django_assert_num_queries(queries):
            counted = claims(told.analyst, statements)
        with django_assert_num_queries(0):  # what a page tells of each is fetched along
            for each in (report for claim in counted.values() for origin in claim.origins for report in origin.reports):
                told_of_it = each.get_absolute_url(), str(each.document), str(each.document.publisher), each.text
                assert all(told_of_it)
    with django_assert_num_queries(0):
        assert claims(told.analyst, []) == {}


def test_more_reports_than_are_compared_are_told(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    first = told.report()
    told.report(GO_ON)
    assert not told.claim(first).is_cut
    monkeypatch.setattr(origins, "MOST", 1)
    assert told.claim(first).is_cut


# What a document may reprint


def test_no_document_reprints_itself_whatever_the_way(told: Told) -> None:
    one, two, three = told.document(), told.document(), told.document()
    told.reprints(one, two)
    told.reprints(two, three)
    for other in (one, two, three):
        with pytest.raises(Refused, match="cannot reprint itself") as refused:
            told.reprints(Document.objects.get(pk=three.pk), Document.objects.get(pk=other.pk))
        assert refused.value.field == "reprints"
        with pytest.raises(IntegrityError), transaction.atomic():
            Document.objects.filter(pk=three.pk).update(reprints=other)


def test_a_document_reprints_one_of_its_own_desk(told: Told, desk: Relationship) -> None:
    other = factories.make_desk("gr-de", "GR", "DE")
    foreign = factories.make_document(other, factories.make_user("foreign", other))
    with pytest.raises(Refused, match="another desk"):
        told.reprints(told.document(), foreign)
