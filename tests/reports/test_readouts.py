"""A meeting's readouts stand side by side: what each side said of each issue, and who is not quoted."""

import datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from relations.actions.reviews import withdraw_statement
from relations.models import (
    AgendaItem,
    Document,
    Issue,
    Meeting,
    Participant,
    Person,
    Readout,
    Relationship,
    Statement,
    User,
)
from relations.models.moments import Moment
from relations.reports import readouts
from relations.reports.readouts import SideBySide, Topic, side_by_side
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(desk: Relationship, analyst: User) -> Meeting:
    return Meeting.objects.create(
        relationship=desk, title="Talks", state="held", earliest=factories.DAY, latest=factories.DAY,
        author=analyst, edited_by=analyst,
    )  # fmt: skip


class Talks:
    """One meeting, told by both sides."""

    def __init__(self, meeting: Meeting, issue: Issue, document: Document, analyst: User, reviewer: User) -> None:
        self.meeting, self.issue, self.document = meeting, issue, document
        self.analyst, self.reviewer = analyst, reviewer
        self.desk = meeting.relationship
        self.us, self.tr = self.desk.parties
        self.fidan = factories.make_person()

    def said(self, party: Any = None, issue: Issue | None = None, **fields: Any) -> Statement:
        party = party or self.tr
        fields.setdefault("bearings", [factories.bearing_on(issue or self.issue, position_of=party)])
        fields = {"meeting": self.meeting, "on_behalf_of": party, "speaker_person": self.fidan, **fields}
        return factories.make_published(self.issue, self.analyst, self.reviewer, document=self.document, **fields)

    def takes_part(self, number: int, **who: Any) -> None:
        Participant.objects.create(relationship=self.desk, meeting=self.meeting, number=number, party=self.tr, **who)

    def on_agenda(self, *issues: Issue) -> None:
        for issue in issues:
            AgendaItem.objects.create(relationship=self.desk, meeting=self.meeting, issue=issue)

    def page(self, user: User | None = None, **more: Any) -> SideBySide:
        return side_by_side(user or self.analyst, self.meeting, **more)


@pytest.fixture
def talks(meeting: Meeting, issue: Issue, document: Document, analyst: User, reviewer: User) -> Talks:
    return Talks(meeting, issue, document, analyst, reviewer)


def columns(topic: Topic) -> list[list[Statement]]:
    return [[telling.statement for telling in column.tellings] for column in topic.columns]


def test_each_side_has_its_column_and_what_one_alone_mentions_is_marked(talks: Talks) -> None:
    syria, gaza = factories.make_issue(talks.desk, "Syria"), factories.make_issue(talks.desk, "Gaza")
    talks.on_agenda(talks.issue, syria, gaza)
    ours, theirs = talks.said(talks.us), talks.said(talks.tr)
    alone = talks.said(talks.tr, syria)
    both, one, none = talks.page().agenda
    assert columns(both) == [[ours], [theirs]]
    assert (both.only, both.is_untold) == (None, False)
    assert columns(one) == [[], [alone]]
    assert one.only is not None and one.only.party == talks.tr
    assert columns(none) == [[], []]
    assert (none.only, none.is_untold) == (None, True)


def test_issues_beyond_the_agenda_are_told_apart_and_all_are_where_there_is_none(talks: Talks) -> None:
    trade = factories.make_issue(talks.desk, "Trade")
    talks.said()
    talks.said(issue=trade)
    assert talks.page().agenda == ()
    assert [topic.issue for topic in talks.page().beyond] == [talks.issue, trade]
    talks.on_agenda(talks.issue)
    assert [topic.issue for topic in talks.page().agenda] == [talks.issue]
    assert [topic.issue for topic in talks.page().beyond] == [trade]


def test_a_joint_text_stands_in_both_columns_and_the_sources_report_in_neither(talks: Talks) -> None:
    talks.on_agenda(talks.issue)
    report = talks.said(kind="reported", on_behalf_of=None, speaker_person=None)
    (topic,) = talks.page().agenda
    assert columns(topic) == [[], []]
    assert topic.is_untold
    assert [telling.statement for telling in topic.others] == [report]
    assert talks.page().has_reports
    bearings = [factories.bearing_on(talks.issue, position_of=party) for party in talks.desk.parties]
    joint = talks.said(kind="joint", on_behalf_of=None, speaker_person=None, bearings=bearings)
    (topic,) = talks.page().agenda
    assert columns(topic) == [[joint], [joint]]
    assert topic.only is None


def test_a_telling_carries_its_passages_and_what_it_does_on_that_issue_alone(talks: Talks) -> None:
    trade = factories.make_issue(talks.desk, "Trade")
    talks.said(bearings=[factories.bearing_on(talks.issue, "REQUEST"), factories.bearing_on(trade, "SUPPORT")])
    for topic, act in zip(talks.page().beyond, ("REQUEST", "SUPPORT"), strict=True):
        (telling,) = topic.columns[1].tellings
        assert [bearing.act for bearing in telling.bearings] == [act]
        assert [passage.exact for passage in telling.passages] == ["We want the sanctions lifted"]


def test_who_took_part_without_a_word_is_named_and_who_has_none_of_her_own(talks: Talks) -> None:
    twin = Person.objects.create(name="H. Fidan", merged_into=talks.fidan)
    talks.takes_part(1, person=twin)
    talks.takes_part(2, person=factories.make_person("Yaşar Güler"))
    talks.takes_part(3, descriptor="Turkish diplomatic sources")
    assert [str(voice.participant) for voice in talks.page().silent] == [
        "H. Fidan", "Yaşar Güler", "Turkish diplomatic sources",
    ]  # fmt: skip
    talks.said(relayer_descriptor="the spokesperson")
    talks.said(speaker_person=None, speaker_descriptor="turkish diplomatic sources", basis="background", kind="quote",
               text="We want the sanctions lifted")  # fmt: skip
    page = talks.page()
    assert [str(voice.participant) for voice in page.silent] == ["Yaşar Güler"]
    assert [(str(voice.participant), voice.relayers) for voice in page.unquoted] == [
        ("H. Fidan", ("the spokesperson",))
    ]


def test_drafts_and_what_was_published_later_are_not_shown(talks: Talks, reader: User) -> None:
    draft = factories.make_statement(
        talks.issue, talks.analyst, talks.document, meeting=talks.meeting, speaker_person=talks.fidan
    )
    assert talks.page().topics == ()
    published = factories.publish(draft, talks.analyst, talks.reviewer)
    assert len(talks.page(reader).topics) == 1
    assert talks.page(at=Moment(known=factories.DAY)).topics == ()
    assert len(talks.page(at=Moment(known=published.published_at.date())).topics) == 1


def test_a_past_view_knows_no_account_that_was_taken_in_later_and_no_withdrawal(talks: Talks) -> None:
    said = talks.said()
    known = Moment(known=talks.desk.day_of(said.published_at))
    with factories.clock(said.published_at + datetime.timedelta(days=2)):
        late = factories.make_document(talks.desk, talks.analyst)
        withdraw_statement(actor=talks.reviewer, subject=said, reason="Misheard")
    Readout.objects.create(
        relationship=talks.desk, meeting=talks.meeting, side=talks.tr, teller_descriptor="an aide", document=late
    )
    assert [len(told) for _party, _side, told in talks.page().readouts] == [0, 1]
    page = talks.page(at=known)
    assert [len(told) for _party, _side, told in page.readouts] == [0, 0]
    (statement,) = columns(page.topics[0])[1]
    assert statement.withdrawn_at is None


def test_what_goes_back_to_one_origin_stands_there_once(talks: Talks) -> None:
    talks.on_agenda(talks.issue)
    first, again = talks.said(), talks.said()
    (topic,) = talks.page().agenda
    (telling,) = topic.columns[1].tellings
    assert (telling.statement, telling.again) == (first, (again,))


def test_any_meeting_takes_at_most_eleven_queries_and_no_more_than_a_page_holds(
    talks: Talks, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    with django_assert_num_queries(4):  # of no statements nothing more is asked
        assert talks.page().voices == ()
    talks.on_agenda(talks.issue)
    Readout.objects.create(
        relationship=talks.desk,
        meeting=talks.meeting,
        side=talks.tr,
        teller_descriptor="sources",
        document=talks.document,
    )
    talks.takes_part(1, person=talks.fidan)
    for number, queries in ((1, 8), (4, 11)):  # one alone is compared with none
        while Statement.objects.count() < number:
            talks.said()
        with django_assert_num_queries(queries):
            page = talks.page()
            assert [len(told) for _party, _side, told in page.readouts] == [0, 1]
    assert not page.is_cut
    monkeypatch.setattr(readouts, "MOST", 3)
    assert talks.page().is_cut
    (telling,) = talks.page().agenda[0].columns[1].tellings
    assert len(telling.again) == 2
