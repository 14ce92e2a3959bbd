"""What both sides hold: since when, where it shifted, what is new or gone, and whether they agree."""

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from relations.actions.fixtures import load_files
from relations.actions.issues import correct_status_change, revise_status_change
from relations.actions.refusal import Refused
from relations.actions.reviews import approve, withdraw_statement, withdraw_status_change
from relations.choices import Act, Side, StatementKind, Verdict
from relations.models import Bearing, Issue, Party, Person, Relationship, Statement, StatusChange, User
from relations.models.moments import NOW, Moment
from relations.reports.matrix import Comparison, MatrixRow, Position, compare, position_matrix
from relations.reports.phrases import phrase_change
from relations.reports.positions import Held
from tests import factories
from tests.factories import DAY, bearing_on, make_move, make_published

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
US, TR, SYRIA = (Party(pk=number, code=code, name=code) for number, code in enumerate(("US", "TR", "SY"), start=1))


def day(number: int) -> datetime.date:
    return datetime.date(2025, 3, number)


@pytest.fixture
def say(issue: Issue, analyst: User, reviewer: User) -> Any:
    """Publish a statement of Türkiye (or of the United States) on the issue, on a day of March."""
    people = {
        party.pk: factories.make_person(f"Minister of {party}", party.code) for party in issue.relationship.parties
    }
    document = factories.make_document(issue.relationship, analyst)

    def publish(on: int, act: str = "REQUEST", intensity: str = "0", **fields: Any) -> Statement:
        party = fields.pop("party", issue.relationship.second_party)
        told_of = fields.pop("position_of", party)
        bearing = bearing_on(fields.pop("issue", issue), act, position_of=told_of)
        bearing.intensity = Decimal(intensity)
        fields.setdefault("speaker_person", people[party.pk])
        return make_published(
            issue, analyst, reviewer, document=document, on_behalf_of=party, bearings=[bearing],
            **{"earliest": day(on), "latest": day(on), **fields},
        )  # fmt: skip

    return publish


def row_of(issue: Issue, at: Moment = NOW, user: User | None = None) -> MatrixRow:
    [row] = position_matrix(user, issue.relationship, [issue], at)
    return row


def turkish(issue: Issue, at: Moment = NOW) -> Position:
    return row_of(issue, at).positions[1]


# Since when, and where it shifted


def test_a_side_has_said_so_since_it_last_did_another_thing(issue: Issue, say: Any) -> None:
    say(1, "REQUEST")
    assert (turkish(issue).since, turkish(issue).shift) == (day(1), None)
    asked = say(3, "REQUEST")
    refused = say(5, "REJECT", "-2")
    assert turkish(issue).has_just_shifted
    say(9, "REJECT", "-2")
    position = turkish(issue)
    assert position.since == day(5)
    assert position.since_words == "5 Mar 2025"
    assert position.shift is not None
    assert (position.shift.before.statement, position.shift.after.statement) == (asked, refused)
    assert (position.shift.is_of_act, position.shift.is_of_strength) == (True, False)
    assert not position.has_just_shifted


def test_the_same_act_is_another_position_from_three_on_and_not_before(issue: Issue, say: Any) -> None:
    say(1, "ACCUSE", "-1")
    say(2, "ACCUSE", "-3.9")
    assert turkish(issue).shift is None
    say(3, "ACCUSE", "-6.8")
    assert turkish(issue).since == day(1), "two steps of 2.9 are no shift: each is held against the one before"
    say(4, "ACCUSE", "-9.8")
    position = turkish(issue)
    assert position.since == day(4)
    assert position.shift is not None
    assert (position.shift.is_of_act, position.shift.is_of_strength) == (False, True)
    say(5, "ACCUSE", "-6.8")
    assert turkish(issue).since == day(5), "a milder word is a shift as well"


def test_what_is_said_of_other_days_comes_in_its_place_whenever_it_is_published(issue: Issue, say: Any) -> None:
    say(9, "REJECT", "-2")
    say(1, "REQUEST")
    assert turkish(issue).since == day(9)
    say(5, "REJECT", "-2")
    assert turkish(issue).since == day(5)


def test_what_the_other_side_or_the_source_tells_is_no_shift_of_ones_own_word(issue: Issue, say: Any) -> None:
    say(1, "REQUEST")
    say(5, "REJECT", "-2", party=issue.relationship.first_party, position_of=issue.relationship.second_party)
    position = turkish(issue)
    assert position.is_own
    assert (position.since, position.shift) == (day(1), None)


def test_a_shift_that_was_withdrawn_is_none(issue: Issue, say: Any, reviewer: User) -> None:
    say(1)
    withdraw_statement(actor=reviewer, subject=say(5, "REJECT", "-2"), reason="The paper took it back.")
    say(7)
    assert (turkish(issue).since, turkish(issue).shift) == (day(1), None)


def test_a_word_of_some_day_in_a_year_stands_from_its_last_day_and_is_told_as_the_year(issue: Issue, say: Any) -> None:
    ends = datetime.date(2024, 12, 31)
    say(1, "REJECT", "-2", earliest=datetime.date(2024, 1, 1), latest=ends, precision="year")
    assert (turkish(issue).since, turkish(issue).since_words) == (ends, "2024")
    assert turkish(issue, Moment(effective=datetime.date(2024, 6, 1))).held is None


def test_talks_alone_are_no_position(issue: Issue, say: Any) -> None:
    say(1, "REQUEST")
    say(5, "CONSULT", "4")
    say(7, "REQUEST")
    assert turkish(issue).since == day(1)


def test_another_issue_has_a_series_of_its_own(issue: Issue, say: Any) -> None:
    other = factories.make_issue(issue.relationship, "F-35")
    say(1, "REQUEST")
    say(5, "REJECT", "-2", issue=other)
    first, second = position_matrix(None, issue.relationship, [issue, other])
    assert (first.issue, first.positions[1].since, first.positions[1].shift) == (issue, day(1), None)
    assert (second.issue, second.positions[1].since, second.positions[1].shift) == (other, day(5), None)


# New and gone


def test_new_and_gone_phrases_are_told_as_phrases() -> None:
    change = phrase_change(
        "Türkiye wants the CAATSA sanctions lifted at once.", "Türkiye wants the CAATSA sanctions eased step by step."
    )
    assert change.new == ("eased step by step",)
    assert change.gone == ("lifted at once",)
    assert not change.is_other_text


@pytest.mark.parametrize(
    ("before", "after", "new", "gone"),
    [
        ("We want talks.", "We want talks", (), ()),
        ("“We want talks”", "We WANT talks!", (), ()),
        ("We want talks now.", "We want talks.", (), ("now",)),
        ("We want talks.", "We do not want talks.", ("do not",), ()),
        ("We lift the ban, said he.", "We keep the tariff, said he.", ("keep the tariff",), ("lift the ban",)),
        ("", "", (), ()),
    ],
)  # fmt: skip
def test_case_and_punctuation_alone_are_nothing_new(
    before: str, after: str, new: tuple[str, ...], gone: tuple[str, ...]
) -> None:
    change = phrase_change(before, after)
    assert (change.new, change.gone) == (new, gone)


def test_a_text_with_hardly_a_word_in_common_is_another_text() -> None:
    assert phrase_change("We want the sanctions lifted.", "Talks on aircraft go on in Ankara.").is_other_text
    assert phrase_change("word " * 2000, "word " * 2000).is_other_text


def test_a_long_phrase_is_cut_and_no_more_than_four_are_told() -> None:
    long = phrase_change(
        "We want talks with all of you here.", f"We want talks with all of you here {'and more ' * 10}"
    )
    assert long.new == ("and more and more and more and more and more and more …",)
    many = phrase_change(
        " ".join(f"one two three {n}" for n in "abcdef"), " ".join(f"one two three {n}" for n in "ghijkl")
    )
    assert many.new == ("g", "h", "i", "j")


def test_phrases_are_held_against_the_same_speakers_last_word(issue: Issue, say: Any, analyst: User) -> None:
    other = factories.make_person("Yaşar Güler", post="Defence Minister")
    same = Person.objects.create(name="Minister", merged_into=Person.objects.get(name="Minister of Türkiye"))
    before = say(1, text="Türkiye wants the sanctions lifted.", speaker_person=same)
    say(3, text="Türkiye wants the sanctions gone.", speaker_person=other)
    say(5, text="Türkiye wants the sanctions lifted by summer.")
    reworded = turkish(issue).reworded
    assert reworded is not None
    assert reworded.before == before, "people found to be one are one speaker"
    assert (reworded.change.new, reworded.change.gone) == (("by summer",), ())
    assert not reworded.is_verbatim, "a paraphrase is the desk's sentence"


def test_who_speaks_for_the_first_time_has_nothing_new(issue: Issue, say: Any) -> None:
    say(1, text="Türkiye wants the sanctions lifted.")
    say(3, speaker_person=None, speaker_descriptor="Turkish diplomatic sources", basis="background")
    assert turkish(issue).reworded is None


# Whether they agree


def holds(
    party: Party, act: Act = Act.REQUEST, intensity: str = "0", *, how: Any = "own", towards: Party | None = None,
    statement: Statement | None = None,
) -> Position:  # fmt: skip
    said = statement or Statement(pk=party.pk, kind=StatementKind.QUOTE, earliest=DAY, latest=DAY, on_behalf_of=party)
    bearing = Bearing(
        pk=party.pk, statement=said, act=act, intensity=Decimal(intensity), position_of=party, towards=towards
    )
    side = Side.FIRST if party is US else Side.SECOND
    return Position(party, side, Held(party, bearing, how), start=bearing)


def verdict_of(first: Position, second: Position) -> tuple[Verdict, str]:
    comparison = compare(first, second)
    return comparison.verdict, comparison.label


def test_nothing_is_known_where_nobody_has_spoken_for_itself() -> None:
    silent = Position(US, Side.FIRST), Position(TR, Side.SECOND)
    assert verdict_of(*silent) == (Verdict.NOTHING_KNOWN, "Nothing known")
    assert compare(*silent).why == "Neither side has spoken."
    heard = compare(holds(US, how="told"), holds(TR, how="reported"))
    assert (heard.verdict, heard.why) == (Verdict.NOTHING_KNOWN, "Neither side has spoken for itself.")


def test_one_side_alone_is_named() -> None:
    assert verdict_of(holds(US, how="told"), holds(TR)) == (Verdict.ONE_SPOKE, "Only one side has spoken: TR")
    assert verdict_of(holds(US), Position(TR, Side.SECOND)) == (Verdict.ONE_SPOKE, "Only one side has spoken: US")
    assert compare(holds(US, how="told"), holds(TR)).why == "The other side is known only as others tell it."
    assert compare(holds(US), Position(TR, Side.SECOND)).why == "Nothing is held of the other side."


def test_they_agree_where_both_agreed_one_text() -> None:
    text = Statement(pk=7, kind=StatementKind.JOINT, earliest=DAY, latest=DAY)
    comparison = compare(holds(US, statement=text), holds(TR, statement=text))
    assert (comparison.verdict, comparison.why) == (Verdict.AGREE, "Both agreed one text, of 25 Mar 2025.")
    assert verdict_of(holds(US, statement=text), holds(TR))[0] is Verdict.NOT_JUDGED, (
        "one has said something else since"
    )


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("SUPPORT", "5"), ("REJECT", "-2"), Verdict.DIFFER),
        (("THREATEN", "-3.5"), ("AGREE", "2.5"), Verdict.DIFFER),
        (("SUPPORT", "5"), ("AGREE", "2.5"), Verdict.NOT_JUDGED),
        (("REJECT", "-2"), ("ACCUSE", "-3"), Verdict.NOT_JUDGED),  # both against: each other, or a third
        (("SUPPORT", "5"), ("REQUEST", "-1"), Verdict.NOT_JUDGED),  # who asks is neither for nor against
        (("SUPPORT", "0"), ("REJECT", "-2"), Verdict.NOT_JUDGED),
        (("SUPPORT", "-1"), ("REJECT", "-2"), Verdict.NOT_JUDGED),
    ],
)
def test_they_differ_where_one_is_for_and_the_other_against(first: Any, second: Any, expected: Verdict) -> None:
    comparison = compare(holds(US, Act(first[0]), first[1]), holds(TR, Act(second[0]), second[1]))
    assert comparison.verdict is expected
    assert not comparison.is_judged


def test_what_they_differ_in_is_told() -> None:
    comparison = compare(holds(US, Act.SUPPORT, "5"), holds(TR, Act.REJECT, "-2"))
    assert comparison.why == "US: backs or praises (+5); TR: refuses (−2)."


def test_for_one_and_against_another_is_no_difference() -> None:
    apart = holds(US, Act.SUPPORT, "5", towards=TR), holds(TR, Act.REJECT, "-2", towards=SYRIA)
    assert compare(*apart).verdict is Verdict.NOT_JUDGED
    same = holds(US, Act.SUPPORT, "5", towards=SYRIA), holds(TR, Act.REJECT, "-2", towards=SYRIA)
    assert compare(*same).verdict is Verdict.DIFFER
    each_other = holds(US, Act.SUPPORT, "5", towards=TR), holds(TR, Act.REJECT, "-2")
    assert compare(*each_other).verdict is Verdict.DIFFER


def test_one_text_holds_until_a_side_shifts_from_it(issue: Issue, say: Any, analyst: User, reviewer: User) -> None:
    parties = issue.relationship.parties
    make_published(
        issue, analyst, reviewer, kind=StatementKind.JOINT, on_behalf_of=None, earliest=day(1), latest=day(1),
        bearings=[bearing_on(issue, "AGREE", position_of=party) for party in parties],
    )  # fmt: skip
    assert row_of(issue).comparison.why == "Both agreed one text, of 1 Mar 2025."
    say(3, "AGREE", "2.5")
    assert row_of(issue).comparison.verdict is Verdict.AGREE, "it has said the same again"
    say(5, "REJECT", "-2")
    assert row_of(issue).comparison.verdict is Verdict.DIFFER


# The desk's judgement


@pytest.fixture
def both(issue: Issue, say: Any) -> list[Statement]:
    return [say(1, "SUPPORT", "5"), say(2, "AGREE", "2.5", party=issue.relationship.first_party)]


def judged(issue: Issue, author: User, reviewer: User, evidence: list[Statement], **fields: Any) -> StatusChange:
    fields = {"to_status": "open", "to_trend": "not_assessed", "to_agreement": "partly", "effective": day(3), **fields}
    return make_move(issue, author, reviewer, evidence, **fields)


def test_what_the_rows_do_not_decide_is_the_desks_reviewed_judgement(
    issue: Issue, both: list[Statement], analyst: User, reviewer: User, reader: User
) -> None:
    assert row_of(issue).comparison.verdict is Verdict.NOT_JUDGED
    review = factories.propose(
        issue, analyst, both, to_status="open", to_trend="not_assessed", to_agreement="partly", effective=day(3)
    )
    assert row_of(issue).comparison.verdict is Verdict.NOT_JUDGED, "a proposal is no judgement yet"
    with pytest.raises(Refused, match="someone else"):
        approve(actor=_promoted(analyst), review=review, revision=review.revision)
    approve(actor=reviewer, review=review, revision=review.revision)
    comparison = row_of(issue, user=reviewer).comparison
    assert (comparison.verdict, comparison.label, comparison.is_judged) == (Verdict.PARTLY, "Sides agree in part", True)
    assert comparison.judgement is not None
    assert (comparison.judgement.judged_by, comparison.judgement.reviewed_by) == (analyst, reviewer)
    assert not comparison.judgement.is_overtaken
    assert not comparison.judgement.is_shaken
    for other in (reader, None):
        told = row_of(issue, user=other).comparison.judgement
        assert told is not None
        assert (told.judged_by, told.reviewed_by) == (None, None), "who reviewed is the desk's own"


def _promoted(user: User) -> User:
    user.memberships.update(role="reviewer")
    return user


def test_a_judgement_takes_the_words_of_both_sides(
    issue: Issue, both: list[Statement], analyst: User, reviewer: User
) -> None:
    with pytest.raises(Refused, match="words of both"):
        judged(issue, analyst, reviewer, both[:1])
    change = judged(issue, analyst, reviewer, both)
    assert change.published_at


def test_the_database_itself_asks_for_the_words_of_both(
    issue: Issue, both: list[Statement], analyst: User, reviewer: User
) -> None:
    review = factories.propose(issue, analyst, both, to_agreement="agree", effective=day(3))
    review.status_change.evidence.filter(statement=both[0]).delete()
    review.status_change.refresh_from_db()
    with pytest.raises(Refused, match="words of both") as refused:
        approve(actor=reviewer, review=review, revision=review.status_change.revision)
    assert refused.value.field == "evidence"


def test_a_judgement_is_corrected_and_withdrawn_like_every_move(
    issue: Issue, both: list[Statement], analyst: User, reviewer: User
) -> None:
    change = judged(issue, analyst, reviewer, both)
    with pytest.raises(Refused, match="already"):
        judged(issue, analyst, reviewer, both)
    draft = correct_status_change(actor=analyst, change=change, note="Too cautious.")
    assert draft.to_agreement == "partly"
    draft.to_agreement = "agree"
    draft = revise_status_change(actor=analyst, change=draft, evidence=both, revision=draft.revision)
    factories.publish(draft, analyst, reviewer)
    assert row_of(issue).comparison.verdict is Verdict.AGREE
    withdraw_status_change(actor=reviewer, subject=draft, reason="Misread.")
    assert row_of(issue).comparison.verdict is Verdict.NOT_JUDGED, "withdrawing a correction revives nothing"


def test_a_later_move_tells_the_judgement_anew(
    issue: Issue, both: list[Statement], analyst: User, reviewer: User
) -> None:
    judged(issue, analyst, reviewer, both)
    make_move(issue, analyst, reviewer, both[:1], to_status="in_talks", effective=day(4))
    assert row_of(issue).comparison.verdict is Verdict.NOT_JUDGED


def test_a_judgement_that_a_side_has_spoken_after_says_so(
    issue: Issue, both: list[Statement], say: Any, analyst: User, reviewer: User
) -> None:
    judged(issue, analyst, reviewer, both)
    say(9, "SUPPORT", "5")
    comparison = row_of(issue).comparison
    assert comparison.verdict is Verdict.PARTLY
    assert comparison.judgement is not None
    assert comparison.judgement.is_overtaken


def test_a_judgement_stands_beside_what_is_worked_out_otherwise(
    issue: Issue, both: list[Statement], say: Any, analyst: User, reviewer: User
) -> None:
    judged(issue, analyst, reviewer, both)
    say(9, "REJECT", "-2")
    comparison = row_of(issue).comparison
    assert (comparison.verdict, comparison.is_judged) == (Verdict.DIFFER, False)
    assert comparison.is_contradicted


def test_a_judgement_whose_evidence_was_withdrawn_says_so(
    issue: Issue, both: list[Statement], say: Any, analyst: User, reviewer: User
) -> None:
    more = say(2, "SUPPORT", "5", text="Türkiye backs it.")
    judged(issue, analyst, reviewer, [*both, more])
    withdraw_statement(actor=reviewer, subject=more, reason="The paper took it back.")
    comparison = row_of(issue).comparison
    assert comparison.judgement is not None
    assert comparison.judgement.is_shaken


# Days in the past


def test_an_earlier_day_shows_what_stood_then(issue: Issue, say: Any, analyst: User, reviewer: User) -> None:
    say(1, "SUPPORT", "5")
    say(3, "SUPPORT", "5", party=issue.relationship.first_party)
    say(9, "REJECT", "-2")

    def then(number: int) -> tuple[Comparison, Position]:
        row = row_of(issue, Moment(effective=day(number)))
        return row.comparison, row.positions[1]

    assert row_of(issue).comparison.verdict is Verdict.DIFFER
    comparison, position = then(8)
    assert (comparison.verdict, position.since, position.shift) == (Verdict.NOT_JUDGED, day(1), None)
    assert then(2)[0].label == "Only one side has spoken: Türkiye"
    assert then(2)[0].verdict is Verdict.ONE_SPOKE
    nothing = row_of(issue, Moment(effective=datetime.date(2025, 2, 28)))
    assert nothing.comparison.verdict is Verdict.NOTHING_KNOWN
    assert nothing.positions[1].since is None
    assert row_of(issue, Moment(known=datetime.date(2025, 3, 20))).comparison.verdict is Verdict.NOTHING_KNOWN


@pytest.mark.django_db
def test_the_demo_desk_judges_what_its_statements_of_both_sides_bear_out() -> None:
    load_files([FIXTURES / "reference.json", FIXTURES / "us_turkiye.json"])
    desk = Relationship.objects.get(slug="us-turkiye")
    issues = list(Issue.objects.at(desk))

    def verdicts(**days: datetime.date) -> dict[str, Verdict]:
        at = Moment(**days, time_zone=desk.time_zone)
        return {row.issue.slug: row.comparison.verdict for row in position_matrix(None, desk, issues, at)}

    now = verdicts()
    assert {slug for slug, verdict in now.items() if verdict is Verdict.PARTLY} == {"syria", "ukraine"}
    assert now["defence-restrictions"] is Verdict.ONE_SPOKE, "what the Turkish side tells of the other is not its word"
    assert now["caatsa"] is Verdict.NOTHING_KNOWN
    assert verdicts(known=datetime.date(2025, 3, 26)) == now
    nothing = dict.fromkeys(now, Verdict.NOTHING_KNOWN)
    assert verdicts(known=datetime.date(2025, 3, 25)) == nothing
    assert verdicts(effective=datetime.date(2025, 3, 24)) == nothing
