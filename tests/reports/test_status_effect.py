"""What a move would change: what stands before it, what the board shows after, and which later move stays the latest."""

import datetime

import pytest

from relations.actions.issues import correct_status_change
from relations.models import Issue, Statement, StatusChange, User
from relations.reports.status_effect import Standing, effect_of, may_be_cited, offered
from tests import factories

pytestmark = pytest.mark.django_db

MARCH, APRIL = factories.DAY, datetime.date(2025, 4, 1)


@pytest.fixture
def talks(issue: Issue, published: Statement, analyst: User, reviewer: User) -> StatusChange:
    return factories.make_move(issue, analyst, reviewer, [published])


def test_the_first_move_starts_from_open_and_is_what_the_board_will_show(issue: Issue, published: Statement) -> None:
    effect = effect_of(issue, status="stalled", trend="not_assessed", effective=APRIL, evidence=[published])
    assert effect.before == effect.now == Standing("open", "not_assessed", None)
    assert effect.after == effect.board == Standing("stalled", "not_assessed", APRIL)
    assert effect.later is None
    assert effect.sides == [issue.relationship.second_party.label]


def test_a_move_after_the_latest_starts_from_it(issue: Issue, talks: StatusChange) -> None:
    effect = effect_of(issue, status="stalled", trend="not_assessed", effective=APRIL, evidence=[])
    assert effect.before == effect.now == Standing("in_talks", "improving", MARCH)
    assert effect.board == Standing("stalled", "not_assessed", APRIL)


def test_a_move_dated_before_the_latest_leaves_the_board_as_it_is(
    issue: Issue, talks: StatusChange, published: Statement, analyst: User, reviewer: User
) -> None:
    later = factories.make_move(issue, analyst, reviewer, [published], effective=APRIL, to_status="agreed")
    day = datetime.date(2025, 3, 28)
    effect = effect_of(issue, status="stalled", trend="not_assessed", effective=day, evidence=[])
    assert effect.before == Standing("in_talks", "improving", MARCH)
    assert effect.now == effect.board == Standing("agreed", "improving", APRIL)
    assert effect.later == later
    assert not effect.later_moves_nothing
    same = effect_of(issue, status="agreed", trend="improving", effective=day, evidence=[])
    assert same.later_moves_nothing


def test_of_two_moves_of_one_day_the_one_published_last_is_shown(issue: Issue, talks: StatusChange) -> None:
    effect = effect_of(issue, status="stalled", trend="not_assessed", effective=MARCH, evidence=[])
    assert effect.before.status == "in_talks"
    assert effect.board.status == "stalled"


def test_a_correction_takes_the_place_of_what_it_corrects(issue: Issue, talks: StatusChange, analyst: User) -> None:
    draft = correct_status_change(actor=analyst, change=talks)
    effect = effect_of(issue, status="stalled", trend="not_assessed", effective=APRIL, evidence=[], change=draft)
    assert effect.replaced == talks
    assert effect.before == Standing("open", "not_assessed", None)
    assert effect.now.status == "in_talks"
    assert effect.waiting == []


def test_other_moves_under_way_are_told(issue: Issue, published: Statement, analyst: User) -> None:
    waiting = factories.propose(issue, analyst, [published]).status_change
    effect = effect_of(issue, status="stalled", trend="not_assessed", effective=APRIL, evidence=[])
    assert effect.waiting == [waiting]


def test_a_report_alone_is_told_not_to_be_enough(
    issue: Issue, published: Statement, analyst: User, reviewer: User
) -> None:
    report = factories.make_published(
        issue,
        analyst,
        reviewer,
        kind="reported",
        on_behalf_of=None,
        bearings=[factories.bearing_on(issue, position_of=None)],
    )
    move = {"status": "stalled", "trend": "unchanged", "effective": APRIL}
    assert effect_of(issue, **move, evidence=[report]).is_only_reported  # type: ignore[arg-type]
    assert not effect_of(issue, **move, evidence=[report, published]).is_only_reported  # type: ignore[arg-type]


def test_what_is_chosen_is_offered_first_whatever_the_search(
    issue: Issue, published: Statement, analyst: User, reviewer: User
) -> None:
    other = factories.make_published(issue, analyst, reviewer, text="Talks go on.")
    shown = offered(may_be_cited(issue).filter(text__contains="Talks"), issue, [published.pk])
    assert (shown.chosen, shown.found, shown.gone) == ([published], [other], [])
