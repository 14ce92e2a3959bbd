"""What a brief says: of which issues, for whom, as of which day; what it leaves out; and what slips it finds."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.formats import date_format

from relations.actions.commitments import settle_commitment
from relations.actions.notes import save_note
from relations.actions.reviews import withdraw_statement
from relations.briefs.content import Content, Judgement, frozen, thawed
from relations.briefs.markdown import markdown
from relations.briefs.plan import no_slips, reach
from relations.briefs.tradecraft import mixed, unsure
from relations.choices import Basis, BriefKind, Marking, NoteKind, StatementKind
from relations.models import (
    AgendaItem,
    Document,
    Issue,
    Meeting,
    Note,
    Participant,
    Readout,
    Relationship,
    ReliabilityRating,
    Statement,
    User,
)
from relations.reports.audience import ForAudience
from relations.reports.brief import ISSUES, Asked, Written, write_brief
from relations.reports.positions import held_positions
from relations.reports.spoken import spoken, with_last_word
from tests import factories

pytestmark = pytest.mark.django_db

DAY = factories.DAY
MADE = datetime.datetime(2026, 11, 24, 12, 0, tzinfo=datetime.UTC)


def written(desk: Relationship, *, kind: BriefKind = BriefKind.BRIEF, **asked: Any) -> Written:
    issues = asked.pop("issues", None)
    keys = [issue.pk for issue in (Issue.objects.at(desk) if issues is None else issues)]
    given: dict[str, Any] = {
        "meeting": None,
        "since": None,
        "until": None,
        "known": None,
        "audience": Marking.CLEAR,
        "holds_own_work": True,
        **asked,
    }
    return write_brief(Asked(desk, kind, "The title", keys, **given), made=MADE, by="Analyst")


def brief(desk: Relationship, **asked: Any) -> Content:
    return written(desk, **asked).content


def test_a_brief_tells_where_an_issue_stands_who_says_what_since_when_and_on_which_source(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User
) -> None:
    mandate = factories.make_person().mandates.get()
    published = factories.make_published(issue, analyst, reviewer, speaker_person=mandate.person, mandate=mandate)
    factories.make_move(issue, analyst, reviewer, [published])
    ReliabilityRating.objects.create(relationship=desk, publisher=published.document.publisher, reliability="B")
    told = written(desk)
    (section,) = told.content.sections
    assert (section.standing.status_word, section.standing.trend_word) == ("In talks", "Improving")
    assert section.standing.since == "25 Mar 2025"
    united_states, turkiye = section.positions
    assert united_states.words is None
    assert turkiye.words is not None
    assert (turkiye.words.text, turkiye.since) == ("Türkiye wants the sanctions lifted.", "25 Mar 2025")
    assert section.agreement == "Only one side has spoken: Türkiye."
    (note,) = told.content.notes
    assert (turkiye.words.note, section.standing.notes) == (note.number, (1,))
    assert note.said == "Hakan Fidan, Foreign Minister, 25 Mar 2025"
    assert note.place == "“We want the sanctions lifted”"
    assert note.published == "26 Mar 2025"
    retrieved = published.passages.get().capture.retrieved_at
    assert note.retrieved == date_format(desk.day_of(retrieved), "j M Y")
    assert (note.reliability, note.credibility) == ("B Usually", "2 Probably")
    assert section.recent == ()  # told above as the side's position
    assert told.cites[0] == published.ref
    assert thawed(frozen(told.content)) == told.content


def test_a_judgement_of_the_sides_agreement_is_not_the_day_since_which_the_status_stands(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User
) -> None:
    ours = factories.make_published(issue, analyst, reviewer)
    theirs = factories.make_published(
        issue, analyst, reviewer, on_behalf_of=desk.first_party,
        speaker_descriptor="American officials", basis=Basis.BACKGROUND,
        bearings=[factories.bearing_on(issue, "SUPPORT", position_of=desk.first_party)],
    )  # fmt: skip
    spoken, opened = [ours, theirs], {"to_status": "open", "to_trend": "not_assessed"}
    factories.make_move(issue, analyst, reviewer, spoken, to_agreement="partly", **opened)
    assert brief(desk).sections[0].standing.since == ""
    for days, agreement in ((1, "not_judged"), (2, "partly")):
        moved = {"effective": DAY + datetime.timedelta(days=days), "to_agreement": agreement}
        factories.make_move(issue, analyst, reviewer, spoken, **moved)
        assert brief(desk).sections[0].standing.since == "26 Mar 2025"


def test_endnotes_are_numbered_as_they_are_first_read(
    desk: Relationship, analyst: User, reviewer: User, issue: Issue
) -> None:
    other = factories.make_issue(desk, "Trade")
    for number in range(2):
        for each in (issue, other):
            said = DAY - datetime.timedelta(days=number)
            factories.make_published(each, analyst, reviewer, text=f"Said {number}.", earliest=said, latest=said)
    content = brief(desk)
    in_table = [position.words.note for each in content.sections for position in each.positions if position.words]
    assert in_table == [1, 2]
    assert [words.note for each in content.sections for words in each.recent] == [3, 4]
    assert [note.number for note in content.notes] == [1, 2, 3, 4]


def test_nothing_above_the_audience_goes_in(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User, document: Document
) -> None:
    for number, each in enumerate(Marking):
        day = DAY + datetime.timedelta(days=number)
        said = factories.make_published(
            issue,
            analyst,
            reviewer,
            document=document,
            text=f"Words marked {each}.",
            marking=each,
            earliest=day,
            latest=day,
        )
        note = Note(relationship=desk, issue=issue, text=f"Judged {each}.", kind=NoteKind.JUDGEMENT, marking=each)
        save_note(actor=analyst, note=note)
        factories.make_commitment(said, issue, analyst, text=f"Promised {each}.")
    for marking in Marking:
        content = brief(desk, audience=marking)
        text = frozen(content)
        (section,) = content.sections
        shown = {str(each) for each in Marking if each.rank <= marking.rank}
        for each in Marking:
            for words in (f"Words marked {each}.", f"Promised {each}."):
                assert (words in text) == (str(each) in shown), words
        assert section.judgement is not None
        assert section.judgement.text == f"Judged {marking}."
        assert section.picture is not None
        assert sum(mark.count for mark in section.picture.marks) == len(shown)
        assert {note.marking for note in content.notes} == shown


def test_a_status_that_rests_on_what_the_audience_may_not_see_is_not_told(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User
) -> None:
    secret = factories.make_published(issue, analyst, reviewer, marking=Marking.RED)
    factories.make_move(issue, analyst, reviewer, [secret], rationale="The red words say so.")
    (section,) = brief(desk).sections
    assert section.standing.is_withheld
    assert section.standing.status == ""
    assert "red words" not in frozen(brief(desk))
    assert section.picture is None  # nothing else is known of it
    assert brief(desk, audience=Marking.RED).sections[0].standing.status_word == "In talks"
    factories.make_published(issue, analyst, reviewer)
    (section,) = brief(desk).sections
    assert section.picture is not None
    assert section.picture.bands == ()  # one that ends would tell the day of the move


def test_who_spoke_on_deep_background_is_named_nowhere(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User
) -> None:
    factories.make_published(
        issue, analyst, reviewer, speaker_descriptor="an aide to the minister", basis=Basis.DEEP_BACKGROUND
    )
    assert "an aide" not in frozen(brief(desk, kind=BriefKind.HANDOVER))


def test_a_brief_tells_what_stood_on_a_day_by_what_was_known_then(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User, published: Statement
) -> None:
    later = DAY + datetime.timedelta(days=30)
    factories.make_published(issue, analyst, reviewer, text="It refuses.", earliest=later, latest=later)
    assert "It refuses." not in frozen(brief(desk, until=DAY))
    assert published.text in frozen(brief(desk, until=DAY))
    assert brief(desk, known=DAY).notes == ()  # nothing had been published by then
    withdraw_statement(actor=reviewer, subject=published, reason="Misheard")
    assert published.text not in frozen(brief(desk))


def test_a_brief_of_a_past_day_tells_of_commitments_meetings_and_issues_what_was_known_then(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User
) -> None:
    then = datetime.datetime(2025, 3, 26, 12, tzinfo=datetime.UTC)
    known = then.date()
    after = known + datetime.timedelta(days=20)
    said = factories.make_published(issue, analyst, reviewer)
    promised = factories.make_commitment(said, issue, analyst)
    with factories.clock(then):
        old = factories.make_issue(desk, "Old", slug="old")
        was = factories.make_published(old, analyst, reviewer)
        kept = factories.make_commitment(was, old, analyst, text="Kept later.")
        meeting = Meeting.objects.create(
            relationship=desk, title="Talks", author=analyst, edited_by=analyst, earliest=after, latest=after,
        )  # fmt: skip
        AgendaItem.objects.create(relationship=desk, meeting=meeting, issue=old)
        Participant.objects.create(
            relationship=desk, meeting=meeting, party=desk.second_party, person=factories.make_person()
        )
    settle_commitment(
        actor=reviewer, commitment=kept, state="lapsed", settled_on=after, revision=kept.revision, note="Gone"
    )
    Meeting.objects.filter(pk=meeting.pk).update(state="held", summary="They agreed.")
    meeting.refresh_from_db()
    meeting.relationship = desk
    for given in ({"known": known}, {"known": known, "until": MADE.date()}):
        content = brief(desk, kind=BriefKind.HANDOVER, meeting=meeting, **given)
        assert [section.title for section in content.sections] == ["Old"]
        assert promised.text not in frozen(content)
        assert [each.state for each in content.sections[0].promises] == ["Open"]
        assert [each.last for each in content.contacts] == ["25 Mar 2025"]  # nobody had met yet
        assert content.meeting is not None
        assert (content.meeting.kind, content.meeting.summary) == ("Talks, scheduled", "")
        drawn = brief(desk, **given).sections[0].picture
        assert drawn is not None
        assert not [mark for mark in drawn.marks if "Talks" in mark.title]
    ahead = brief(desk, known=known).ahead
    assert [each.what for each in ahead] == ["Talks", "Türkiye: Kept later."]


def test_what_became_of_a_commitment_is_not_told_where_the_audience_may_not_see_what_shows_it(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User, published: Statement
) -> None:
    secret = factories.make_published(issue, analyst, reviewer, marking=Marking.RED)
    promised = factories.make_commitment(published, issue, analyst)
    settle_commitment(
        actor=reviewer, commitment=promised, state="broken", settled_by=secret, settled_on=DAY,
        revision=promised.revision,
    )  # fmt: skip
    (section,) = brief(desk, audience=Marking.AMBER).sections
    assert [each.state for each in section.promises] == ["what became of it is not for this audience"]
    (section,) = brief(desk, audience=Marking.RED).sections
    assert [each.state for each in section.promises] == ["Broken"]


def test_a_meetings_telling_in_a_document_that_the_audience_may_not_see_is_not_told(
    desk: Relationship, issue: Issue, analyst: User
) -> None:
    meeting = Meeting.objects.create(
        relationship=desk, title="Talks", author=analyst, edited_by=analyst, state="held", earliest=DAY, latest=DAY
    )
    secret = factories.make_document(desk, analyst, marking=Marking.RED)
    Readout.objects.create(
        relationship=desk, meeting=meeting, side=desk.first_party, teller_descriptor="an aide", document=secret
    )
    assert "an aide" not in frozen(brief(desk, meeting=meeting, audience=Marking.AMBER))
    assert "an aide" in frozen(brief(desk, meeting=meeting, audience=Marking.RED))


def test_a_brief_without_the_desks_own_work_holds_published_content_alone(
    desk: Relationship, issue: Issue, analyst: User, published: Statement
) -> None:
    save_note(
        actor=analyst,
        note=Note(relationship=desk, issue=issue, text="Judged so.", kind=NoteKind.JUDGEMENT, marking="CLEAR"),
    )
    save_note(actor=analyst, note=Note(relationship=desk, issue=issue, text="A note.", marking="CLEAR"))
    factories.make_commitment(published, issue, analyst)
    factories.make_statement(issue, analyst, text="A draft.")
    own, without = frozen(brief(desk)), frozen(brief(desk, holds_own_work=False))
    for words in ("Judged so.", "Technical talks will be held."):
        assert words in own
        assert words not in without
    for words in ("A draft.", "A note."):
        assert words not in own


def test_a_prep_sheet_is_for_a_meeting_and_a_handover_note_names_whom_to_call(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User
) -> None:
    mandate = factories.make_person().mandates.get()
    factories.make_published(issue, analyst, reviewer, speaker_person=mandate.person, mandate=mandate)
    meeting = Meeting.objects.create(
        relationship=desk, title="Talks in Ankara", state="scheduled", author=analyst, edited_by=analyst,
        earliest=datetime.date(2099, 5, 1), latest=datetime.date(2099, 5, 1),
    )  # fmt: skip
    AgendaItem.objects.create(relationship=desk, meeting=meeting, issue=issue)
    prep = brief(desk, kind=BriefKind.PREP, meeting=meeting)
    assert prep.meeting is not None
    assert (prep.meeting.title, prep.meeting.when) == ("Talks in Ankara", "1 May 2099")
    handover = brief(desk, kind=BriefKind.HANDOVER)
    assert [(each.name, each.office, each.party) for each in handover.contacts] == [
        ("Hakan Fidan", "Foreign Minister", "Türkiye")
    ]
    assert [each.what for each in handover.ahead] == ["Talks in Ankara"]
    assert handover.sections[0].picture is None


def test_a_brief_with_nothing_in_it_says_so(desk: Relationship, analyst: User) -> None:
    empty = brief(desk)
    assert (empty.sections, empty.notes) == ((), ())
    assert empty.sources == ("This brief cites no source.",)
    factories.make_issue(desk)
    (section,) = brief(desk).sections
    assert section.standing.status_word == "Open"
    assert section.picture is None


def test_the_source_summary_tells_what_it_chiefly_rests_on(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User, published: Statement
) -> None:
    one = " ".join(brief(desk).sources)
    assert "1 statement in 1 document from 1 publisher" in one
    assert "no other publisher bears it out" in one
    assert "US" not in one or "heard through others alone" in one
    factories.make_published(
        issue, analyst, reviewer, speaker_descriptor="Turkish diplomatic sources", basis=Basis.BACKGROUND, credibility=6
    )
    two = " ".join(brief(desk).sources)
    assert "2 statements in 2 documents from 2 publishers" in two
    assert "1 comes from speakers who are not named" in two
    assert "of 1 it is doubtful, improbable or impossible to tell" in two


def test_a_position_tells_where_it_shifted_and_which_phrases_are_new_or_gone_since_its_speaker_last_spoke(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User
) -> None:
    person = factories.make_person()
    before = {
        "text": "Türkiye wants the sanctions lifted at once.", "speaker_person": person,
        "earliest": DAY - datetime.timedelta(days=9), "latest": DAY - datetime.timedelta(days=9),
    }  # fmt: skip
    refused = [factories.bearing_on(issue, act="REJECT")]
    first = factories.make_published(issue, analyst, reviewer, bearings=refused, **before)
    after = "Türkiye wants the sanctions lifted in steps."
    factories.make_published(issue, analyst, reviewer, text=after, speaker_person=person)
    content = brief(desk)
    (section,) = content.sections
    position = section.positions[1]
    assert position.shift == "Just shifted from “refuses” to “asks” (from −2 to 0); before that on 16 Mar 2025."
    assert position.reworded is not None
    assert (position.reworded.new, position.reworded.gone) == (("in steps",), ("at once",))
    assert position.reworded.how.endswith("what the same speaker said on 16 Mar 2025.")
    assert {position.shift_note, position.reworded.note} == {2}  # told as a source of its own
    assert content.notes[1].ref == first.ref
    told = markdown(content)
    assert "New: “in steps”. Gone: “at once”." in told
    assert "**Just shifted from" in told


def test_neither_a_shift_nor_a_phrase_tells_of_words_that_the_audience_may_not_see(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User
) -> None:
    person = factories.make_person()
    early = DAY - datetime.timedelta(days=9)
    for text, day, marking in (("He wants it at once.", early, Marking.RED), ("He wants it in steps.", DAY, "CLEAR")):
        factories.make_published(
            issue, analyst, reviewer, text=text, speaker_person=person, marking=marking, earliest=day, latest=day,
            bearings=[factories.bearing_on(issue, act="REJECT" if day == early else "REQUEST")],
        )  # fmt: skip
    (position,) = [each for each in brief(desk).sections[0].positions if each.words]
    assert (position.shift, position.reworded) == ("", None)
    (position,) = [each for each in brief(desk, audience=Marking.RED).sections[0].positions if each.words]
    assert position.shift
    assert position.reworded is not None


def test_that_two_statements_on_deep_background_are_of_one_speaker_is_not_told(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User
) -> None:
    for number in range(2):
        said = DAY - datetime.timedelta(days=number)
        factories.make_published(
            issue, analyst, reviewer, text=f"Words {number} of an aide.", speaker_descriptor="an aide",
            basis=Basis.DEEP_BACKGROUND, earliest=said, latest=said,
        )  # fmt: skip
    assert [each.reworded for each in brief(desk).sections[0].positions] == [None, None]


def test_a_brief_of_a_past_day_says_of_which_day_its_titles_and_names_are(desk: Relationship, issue: Issue) -> None:
    assert "titles" not in brief(desk).stands
    for given in ({"known": DAY}, {"until": DAY}):
        assert brief(desk, **given).stands.endswith("; titles, summaries and names as they were on 24 Nov 2026")


def test_a_brief_takes_the_same_queries_for_one_issue_and_many(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User
) -> None:
    def taken() -> int:
        with CaptureQueriesContext(connection) as queries:
            brief(desk, kind=BriefKind.BRIEF)
        return len(queries)

    def filled(each: Issue) -> None:
        early = DAY - datetime.timedelta(days=9)
        refused = [factories.bearing_on(each, act="REJECT")]
        factories.make_published(each, analyst, reviewer, bearings=refused, earliest=early, latest=early)
        said = factories.make_published(each, analyst, reviewer)
        factories.make_move(each, analyst, reviewer, [said])
        factories.make_commitment(said, each, analyst)

    filled(issue)
    one = taken()
    for number in range(2):
        filled(factories.make_issue(desk, f"Issue {number}"))
    assert taken() == one
    assert one == 27


def test_a_brief_holds_no_more_issues_than_its_bound(desk: Relationship, analyst: User) -> None:
    Issue.objects.bulk_create(
        Issue(relationship=desk, title=f"Issue {number}", slug=f"i-{number}", author=analyst, edited_by=analyst)
        for number in range(ISSUES + 5)
    )
    assert len(brief(desk).sections) == ISSUES


# ICD 203


@pytest.mark.parametrize(
    ("text", "slips"),
    [
        ("We assess with high confidence that talks are likely.", 1),
        ("Talks are likely. We have high confidence in this.", 0),
        ("They will almost certainly meet; our confidence is low.", 1),
        ("Talks go on.", 0),
        ("He said “we are confident that a deal is likely”.", 0),  # the world's words
        ("It is unlikely.\nConfidence is low.", 0),
        ("New confidence-building measures are likely, as is a vote of confidence.", 0),  # not the desk's
        ("Anlaşma olası ve güvenimiz yüksek.", 1),
        ("İhtimal düşük, bunu orta düzeyde güvenle söylüyoruz.", 1),
        ("Anlaşma kuvvetle muhtemel. Güven düzeyimiz orta.", 0),
        ("Güvenlik alanında güven artırıcı önlemler alınması ve güvenoyu muhtemel.", 0),
        ("Bakan “eminiz, olası” dedi.", 0),
    ],
)
def test_a_likelihood_and_a_confidence_in_one_sentence_is_a_slip(text: str, slips: int) -> None:
    assert len(mixed("Trade", text)) == slips


@pytest.mark.parametrize(
    ("text", "likelihood", "confidence", "wrong"),
    [
        ("Talks will fail.", "", "", "neither how likely"),
        ("Talks will fail.", "Likely (55–80 %)", "", "not say how confident"),
        ("Talks will fail.", "", "Low", "not say how likely"),
        ("Talks will probably fail. Our confidence is low.", "", "", ""),
        ("Talks will fail.", "Likely (55–80 %)", "Low", ""),
        ("Görüşmeler çökecek.", "", "", "neither how likely"),
        ("Görüşmelerin çökmesi NEREDEYSE İMKÂNSIZ. Güvenimiz düşük.", "", "", ""),
    ],
)
def test_a_judgement_without_likelihood_or_confidence_is_a_slip(
    text: str, likelihood: str, confidence: str, wrong: str
) -> None:
    slips = unsure("Trade", text, likelihood, confidence)
    assert len(slips) == bool(wrong)
    assert all(wrong in slip.wrong for slip in slips)


def test_the_check_says_which_languages_it_knows_and_never_clears_a_text_of_another(
    desk: Relationship, issue: Issue, analyst: User
) -> None:
    def noted(text: str) -> Content:
        note = Note(relationship=desk, issue=issue, text=text, kind=NoteKind.JUDGEMENT, marking="CLEAR")
        save_note(actor=analyst, note=note)
        return brief(desk)

    assert reach(brief(desk)) == ""  # no words of the desk's own
    german = noted("Die Gespräche werden wahrscheinlich scheitern, und das mit hoher Sicherheit.")
    assert (german.slips, german.unchecked) == ((), 1)
    assert no_slips(german) == "No slip was found in what could be checked."
    assert "1 text is in another language" in reach(german)
    turkish = noted("Görüşmelerin bu yıl başarısız olması muhtemel. Bu konuda güvenimiz yüksek.")
    assert (turkish.slips, turkish.unchecked) == ((), 0)
    assert no_slips(turkish).startswith("No sentence tells a likelihood and a confidence")
    assert reach(turkish) == "The words of English and Turkish are known to this check."


def test_the_brief_lists_the_slips_in_the_desks_own_words(desk: Relationship, issue: Issue, analyst: User) -> None:
    assert not brief(desk).checked
    note = Note(relationship=desk, issue=issue, text="Talks **will** fail.", kind=NoteKind.JUDGEMENT, marking="CLEAR")
    save_note(actor=analyst, note=note)
    content = brief(desk)
    assert content.sections[0].judgement == Judgement(
        "Talks will fail.",
        "",
        "",
        "analyst",
        content.sections[0].judgement.when if content.sections[0].judgement else "",
    )
    assert [(slip.where, slip.sentence) for slip in content.slips] == [(issue.title, "Talks will fail.")]


def test_a_picture_gathers_what_would_be_drawn_over_each_other(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User
) -> None:
    for number in range(3):
        factories.make_published(issue, analyst, reviewer, text=f"Said {number}.")
    factories.make_published(
        issue, analyst, reviewer, kind=StatementKind.PARAPHRASE, precision="year",
        earliest=datetime.date(2024, 1, 1), latest=datetime.date(2024, 12, 31),
    )  # fmt: skip
    (section,) = brief(desk, until=DAY).sections
    assert section.picture is not None
    assert [mark.count for mark in section.picture.marks] == [1, 3]
    span = section.picture.marks[0]
    assert span.end > span.start  # a year is a bar
    assert [band.word for band in section.picture.bands] == ["Open"]
    assert all(0 <= mark.start <= mark.end <= 10_000 for mark in section.picture.marks)


def test_what_stands_now_is_told_to_an_audience_by_what_it_may_see(issue: Issue, analyst: User, reviewer: User) -> None:
    factories.make_published(issue, analyst, reviewer, marking="RED")
    told = {}
    for audience in (Marking.CLEAR, Marking.RED):
        at = ForAudience(audience=audience)
        last = with_last_word(Issue.objects.all(), at).get().last_word
        told[audience] = (last, *spoken([issue.pk], at), *held_positions(issue.relationship, at=at))
    assert told == {
        Marking.CLEAR: (None,),
        Marking.RED: (factories.DAY, issue.pk, (issue.pk, issue.relationship.second_party_id)),
    }
