"""The timeline of an issue and of a relationship, against small desks made by hand."""

import datetime
from typing import Any

import pytest

from relations.actions.reviews import withdraw_statement
from relations.models import AgendaItem, Issue, Meeting, Relationship, Statement, User
from relations.models.moments import NOW, Moment
from relations.reports.time_axis import Days
from relations.reports.timeline import BANDS, NARROW, WIDE, Timeline, subject_of, timeline
from relations.reports.timeline_bands import BAND, LINE
from relations.reports.timeline_lines import Line
from relations.reports.timeline_picture import timeline_svg
from tests import factories
from tests.factories import bearing_on

pytestmark = pytest.mark.django_db

D = datetime.date
MARCH = Days(D(2025, 3, 1), D(2025, 3, 31))
YEARS = Days(D(2024, 1, 1), D(2025, 12, 31))


def drawn(issue: Issue, days: Days | None = MARCH, at: Moment = NOW, **options: Any) -> Timeline:
    return timeline(subject_of(issue.relationship, [issue], issue, at), days, **options)


def of_desk(desk: Relationship, days: Days | None = MARCH) -> Timeline:
    return timeline(subject_of(desk, list(Issue.objects.in_board_order()), None), days)


def marks(line: Line) -> list[tuple[str, str]]:
    return [(mark.when, mark.what) for mark in line.marks]


def meet(desk: Relationship, author: User, issue: Issue | None = None, **fields: Any) -> Meeting:
    values: dict[str, Any] = {
        "title": "Fidan and Rubio",
        "state": "held",
        "earliest": D(2025, 3, 25),
        "latest": D(2025, 3, 25),
    }
    meeting = Meeting.objects.create(relationship=desk, author=author, edited_by=author, **values | fields)
    if issue:
        AgendaItem.objects.create(relationship=desk, meeting=meeting, issue=issue)
    return meeting


def test_each_party_has_a_lane_and_a_mark_tells_act_intensity_speaker_and_day(
    issue: Issue, published: Statement
) -> None:
    first, second = drawn(issue).lines
    assert (first.name, second.name, first.marks) == (["United States"], ["Türkiye"], [])
    (mark,) = second.marks
    assert (mark.when, mark.who, mark.what, mark.words) == ("25 Mar 2025", "Hakan Fidan", "Asks, 0", published.text)
    assert (mark.sign, mark.tone, mark.url) == ("request", "neutral", published.get_absolute_url())


def test_friendlier_stands_higher(issue: Issue, analyst: User, reviewer: User) -> None:
    for act in ("SUPPORT", "REQUEST", "ACCUSE"):
        factories.make_published(issue, analyst, reviewer, bearings=[bearing_on(issue, act)])
    by_act = {mark.sign: mark.y for mark in drawn(issue).lines[1].marks}
    assert by_act["support"] < by_act["request"] < by_act["accuse"]


def test_the_day_is_the_one_the_desk_holds_on_both_sides_of_midnight(
    issue: Issue, analyst: User, reviewer: User
) -> None:
    """Said at one moment, late on the 24th in Washington and early on the 25th in Ankara: each desk wrote its own day."""
    for day in (24, 25):
        factories.make_published(issue, analyst, reviewer, earliest=D(2025, 3, day), latest=D(2025, 3, day))
    picture = drawn(issue)
    for mark, day in zip(picture.lines[1].marks, (24, 25), strict=True):
        assert picture.axis.x(D(2025, 3, day)) < mark.x < picture.axis.end(D(2025, 3, day))


def test_what_is_known_to_the_month_is_a_bar_in_a_lane_of_days(issue: Issue, analyst: User, reviewer: User) -> None:
    factories.make_published(
        issue, analyst, reviewer, earliest=D(2025, 3, 1), latest=D(2025, 3, 31), precision="month"
    )  # fmt: skip
    picture = drawn(issue)
    (mark,) = picture.lines[1].marks
    assert (mark.when, mark.bar) == ("Mar 2025", (picture.axis.left, picture.axis.right))
    assert picture.lines[1].span_rows == 1


def test_a_dense_stretch_is_one_mark_that_leads_closer_and_a_dense_day_leads_to_the_list(
    issue: Issue, analyst: User, reviewer: User
) -> None:
    for number in range(4):
        day = D(2025, 3, 1 + number)
        factories.make_published(issue, analyst, reviewer, earliest=day, latest=day)
    (mark,) = drawn(issue, Days(D(2020, 1, 1), D(2025, 12, 31))).lines[1].marks
    assert (mark.number, mark.what, mark.when) == (4, "4 statements", "1 Mar 2025 – 4 Mar 2025")
    assert mark.url == "/us-turkiye/issues/caatsa/timeline/?since=2025-03-01&until=2025-03-04"
    for _number in range(3):
        factories.make_published(issue, analyst, reviewer, earliest=D(2025, 3, 2), latest=D(2025, 3, 2))
    mark = next(mark for mark in drawn(issue).lines[1].marks if mark.number > 1)
    assert mark.number == 4
    assert mark.url == "/us-turkiye/statements/?issue=caatsa&since=2025-03-02&until=2025-03-02"


def test_the_legend_says_where_a_mark_stands_that_has_no_room_at_its_day(
    issue: Issue, analyst: User, reviewer: User
) -> None:
    for _each in range(2):
        factories.make_published(issue, analyst, reviewer)
    beside = "A mark without room at its day stands beside it, between the same two ticks."
    told = {days: " ".join(entry.word for entry in drawn(issue, days).legend) for days in (MARCH, YEARS)}
    assert beside in told[YEARS]
    assert beside not in told[MARCH]


def test_a_side_that_tells_of_both_has_one_mark_and_one_that_tells_of_the_other_alone_says_so(
    issue: Issue, analyst: User, reviewer: User
) -> None:
    us, turkiye = issue.relationship.parties
    both = [bearing_on(issue, "SUPPORT", position_of=party) for party in (us, turkiye)]
    factories.make_published(issue, analyst, reviewer, bearings=both)
    assert marks(drawn(issue).lines[1]) == [("25 Mar 2025", "Backs or praises, +5")]
    factories.make_published(issue, analyst, reviewer, bearings=[bearing_on(issue, "REJECT", position_of=us)])
    assert marks(drawn(issue).lines[1])[1:] == [("25 Mar 2025", "tells of United States: Refuses, −2")]
    assert drawn(issue).lines[0].marks == []


def test_the_sources_own_report_has_a_lane_of_its_own(issue: Issue, analyst: User, reviewer: User) -> None:
    factories.make_published(
        issue, analyst, reviewer, kind="reported", on_behalf_of=None,
        bearings=[bearing_on(issue, "SANCTION", position_of=None)],
    )  # fmt: skip
    third = drawn(issue).lines[2]
    assert marks(third) == [("25 Mar 2025", "Imposes or keeps sanctions, −6 (the source’s own report)")]
    assert third.marks[0].sign == "harms"


def test_meetings_are_of_the_issue_on_its_page_and_all_on_the_desks(issue: Issue, analyst: User) -> None:
    meet(issue.relationship, analyst, issue)
    meet(issue.relationship, analyst, title="Another", kind="visit", state="scheduled")
    meet(issue.relationship, analyst, issue, title="No day yet", state="expected", earliest=None, latest=None)
    assert [mark.title for mark in drawn(issue).meetings.marks] == ["25 Mar 2025 · Talks · Fidan and Rubio"]
    assert [mark.sign for mark in of_desk(issue.relationship).meetings.marks] == ["talks", "visit_open"]
    assert [str(each) for each in drawn(issue).subject.undated] == ["No day yet"]


def test_the_band_tells_each_status_from_its_day_on_and_nothing_before_the_first_word(
    issue: Issue, published: Statement, analyst: User, reviewer: User
) -> None:
    for day, status, trend in ((28, "in_talks", "improving"), (30, "stalled", "not_assessed")):
        change = factories.make_move(
            issue, analyst, reviewer, [published], to_status=status, to_trend=trend, effective=D(2025, 3, day)
        )
    picture = drawn(issue)
    (band,) = picture.bands
    assert [(each.when, each.what) for each in band.segments[:2]] == [
        ("25 Mar 2025 – 27 Mar 2025", "Open"),
        ("28 Mar 2025 – 29 Mar 2025", "In talks, Improving"),
    ]
    assert band.segments[2].what == "Stalled"
    assert [each.x for each in band.segments] == [picture.axis.x(D(2025, 3, day)) for day in (25, 28, 30)]
    assert (band.segments[0].url, band.segments[2].url) == (issue.get_absolute_url(), change.get_absolute_url())


def test_moves_too_close_to_tell_apart_are_one_stretch_with_their_number(
    issue: Issue, published: Statement, analyst: User, reviewer: User
) -> None:
    for day in range(26, 31):
        status = "stalled" if day % 2 else "in_talks"
        factories.make_move(issue, analyst, reviewer, [published], to_status=status, effective=D(2025, 3, day))
    (band,) = drawn(issue, Days(D(2015, 1, 1), D(2025, 3, 31))).bands
    assert [each.what for each in band.segments] == ["4 moves, at last: Stalled, Improving", "In talks, Improving"]


def test_a_past_view_shows_nothing_later(issue: Issue, published: Statement, analyst: User, reviewer: User) -> None:
    meet(issue.relationship, analyst, issue, earliest=D(2025, 3, 27), latest=D(2025, 3, 27))
    factories.make_move(issue, analyst, reviewer, [published], to_status="stalled", effective=D(2025, 3, 28))
    withdrawn = factories.make_published(issue, analyst, reviewer)
    withdraw_statement(actor=reviewer, subject=withdrawn, reason="Misheard.")
    then = drawn(issue, at=Moment(effective=D(2025, 3, 26)))
    assert [len(line.marks) for line in then.lines] == [0, 1]
    assert then.meetings.marks == []
    assert [(each.status_label, each.when) for each in then.bands[0].segments] == [
        ("Open", "25 Mar 2025 – 26 Mar 2025")
    ]
    assert not drawn(issue, at=Moment(known=D(2025, 3, 26))).has_marks
    assert drawn(issue).meetings.marks


def test_a_meeting_between_the_day_known_and_the_day_asked_for_had_not_been_held(issue: Issue, analyst: User) -> None:
    with factories.clock(datetime.datetime(2025, 3, 1, tzinfo=datetime.UTC)):
        meet(issue.relationship, analyst, issue, state="scheduled")
    Meeting.objects.update(state="held")
    before = factories.DAY - datetime.timedelta(days=2)
    after = factories.DAY + datetime.timedelta(days=2)
    assert drawn(issue, at=Moment(after, after)).meetings.marks
    assert not drawn(issue, at=Moment(after, before)).meetings.marks


def test_a_picture_names_nobody_who_spoke_on_deep_background(issue: Issue, analyst: User, reviewer: User) -> None:
    factories.make_published(issue, analyst, reviewer, speaker_descriptor="an aide", basis="deep_background")
    picture = timeline_svg(drawn(issue), standalone=True)
    assert "Türkiye wants the sanctions lifted." in picture
    assert "an aide" not in picture
    assert "agreed by both" not in picture


def test_the_usual_days_run_from_what_is_first_known_to_today_or_what_is_planned(
    issue: Issue, published: Statement, analyst: User
) -> None:
    subject = subject_of(issue.relationship, [issue], issue)
    assert subject.usual == Days(D(2025, 3, 25), issue.relationship.today())
    meet(issue.relationship, analyst, issue, state="scheduled", earliest=D(2031, 5, 1), latest=D(2031, 5, 2))
    assert subject_of(issue.relationship, [issue], issue).usual.last == D(2031, 5, 2)


def test_in_little_it_shows_the_last_two_years_that_anything_is_known_of(
    issue: Issue, analyst: User, reviewer: User
) -> None:
    for day in (D(2010, 5, 1), D(2025, 3, 25)):
        factories.make_published(issue, analyst, reviewer, earliest=day, latest=day)
    lately = {}
    for effective in (D(2026, 2, 10), D(2030, 1, 1), D(2010, 6, 30)):
        subject = subject_of(issue.relationship, [issue], issue, Moment(effective))
        lately[effective.year] = subject.lately
    assert lately == {
        2026: Days(D(2024, 3, 1), D(2026, 2, 10)),
        2030: Days(D(2023, 4, 1), D(2025, 3, 25)),  # quiet for years since
        2010: Days(D(2010, 5, 1), D(2010, 6, 30)),
    }


def test_the_issues_beyond_those_drawn_are_counted_and_lead_to_all_of_them(desk: Relationship, analyst: User) -> None:
    for number in range(BANDS + 3):
        factories.make_issue(desk, f"Issue {number:02}", author=analyst)
    picture = of_desk(desk)
    assert len(picture.bands) == BANDS
    assert picture.more is not None
    assert picture.more.number == 3
    assert picture.bands[-1].bottom < picture.more.y < picture.foot
    assert '<a href="/us-turkiye/months/"' in timeline_svg(picture)
    assert "And 3 more issues, month by month" in timeline_svg(picture, standalone=True)
    Issue.objects.filter(title__gte=f"Issue {BANDS:02}").delete()
    assert of_desk(desk).more is None


def test_an_issue_without_anything_is_drawn_empty(issue: Issue) -> None:
    picture = drawn(issue, None)
    assert picture.subject.known is None
    assert not picture.has_marks
    assert "<svg" in timeline_svg(picture)


@pytest.mark.parametrize("frame", [WIDE, NARROW])
def test_long_names_are_broken_into_lines_and_nothing_lies_on_anything_else(
    desk: Relationship, analyst: User, reviewer: User, frame: Any
) -> None:
    for title in ("A" * 300, "Sanctions and " * 21, "Trade"):
        factories.make_published(factories.make_issue(desk, title[:300], author=analyst), analyst, reviewer)
    picture = timeline(subject_of(desk, list(Issue.objects.in_board_order()), None), MARCH, frame)
    bottom = 0
    for top, end in (
        *((line.top, line.bottom) for line in (*picture.lines, picture.meetings)),
        *((band.y - LINE * len(band.title), band.y + BAND) for band in picture.bands),
    ):
        assert bottom <= top < end
        bottom = end
    assert bottom <= picture.foot < picture.height
    assert "".join("".join(band.title) for band in picture.bands).count("A") >= 300


def test_the_desk_shows_a_statement_once_for_what_it_did_on_all_issues(
    issue: Issue, analyst: User, reviewer: User
) -> None:
    other = factories.make_issue(issue.relationship, "Trade", author=analyst)
    factories.make_published(issue, analyst, reviewer, bearings=[bearing_on(issue), bearing_on(other)])
    picture = of_desk(issue.relationship)
    assert [mark.number for mark in picture.lines[1].marks] == [1]
    assert [str(band.issue) for band in picture.bands] == ["CAATSA sanctions", "Trade"]


def test_a_picture_that_stands_alone_has_its_own_colours_and_no_link(issue: Issue, published: Statement) -> None:
    alone, on_page = timeline_svg(drawn(issue), standalone=True), timeline_svg(drawn(issue))
    for foreign in ('class="paint', 'class="pen', "<a ", "currentColor", "style="):
        assert foreign not in alone.replace('class="timeline timeline--wide"', "")
    assert "<title>CAATSA sanctions, 1 Mar 2025 – 31 Mar 2025</title>" in alone
    assert f'<a href="{published.get_absolute_url()}">' in on_page
    assert 'fill="#' not in on_page


def test_words_in_a_picture_are_escaped(issue: Issue, analyst: User, reviewer: User) -> None:
    factories.make_published(issue, analyst, reviewer, text="<script>alert(1)</script> & Türkiye asks.")
    assert "<script>" not in timeline_svg(drawn(issue), standalone=True)


@pytest.mark.parametrize("number", [1, 4])
def test_it_is_read_in_a_fixed_number_of_queries(
    issue: Issue, analyst: User, reviewer: User, number: int, django_assert_num_queries: Any
) -> None:
    for each in range(number):
        day = D(2025, 3, 10 + each)
        published = factories.make_published(issue, analyst, reviewer, earliest=day, latest=day)
        status = "stalled" if each % 2 else "in_talks"
        factories.make_move(issue, analyst, reviewer, [published], to_status=status)
        meet(issue.relationship, analyst, issue)
    with django_assert_num_queries(5):  # words, changes, meetings; cells, what stands alone
        drawn(issue)
