"""The rules R1-R5, each as a sentence, through the actions and around them by raw writes."""

import datetime
import uuid

import pghistory
import pgtrigger
import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from relations import access
from relations.access import NotAllowed
from relations.actions.documents import add_capture
from relations.actions.issues import correct_status_change, propose_status, revise_status_change
from relations.actions.refusal import Refused, Stale, refusal
from relations.actions.reviews import approve, return_, submit, withdraw_statement, withdraw_status_change
from relations.actions.statements import correct_statement, discard_statement, save_statement
from relations.choices import Extent, PassageState, ReviewState, Role, StatementKind, Status, Trend
from relations.models import (
    Bearing,
    Contribution,
    Document,
    Evidence,
    Issue,
    Passage,
    Relationship,
    Review,
    Statement,
    StatusChange,
    User,
)
from relations.models.base import month_end, widen
from tests import factories
from tests.factories import DAY, bearing_on, make_move, make_published, make_statement, passage_of, propose, submitted

pytestmark = pytest.mark.django_db


def raw(sql: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def standing(issue: Issue) -> tuple[str, str]:
    found = Issue.objects.filter(pk=issue.pk).with_standing().get()
    return found.status, found.trend


# R1


def test_a_statement_without_passage_or_place_is_not_submitted(issue: Issue, analyst: User, document: Document) -> None:
    statement = save_statement(
        actor=analyst, statement=factories.unsaved_statement(document), passages=[], bearings=[bearing_on(issue)]
    )
    with pytest.raises(Refused, match="Cite the passage"):
        submitted(statement, analyst)


def test_a_place_is_enough_where_our_copy_is_an_excerpt(issue: Issue, analyst: User) -> None:
    document = factories.make_document(issue.relationship, analyst, extent=Extent.EXCERPT)
    statement = save_statement(
        actor=analyst,
        statement=factories.unsaved_statement(document, cited_place="para 7"),
        passages=[],
        bearings=[bearing_on(issue)],
    )
    assert submitted(statement, analyst).decision == ""


def test_a_place_is_not_enough_where_our_copy_is_whole(issue: Issue, analyst: User, document: Document) -> None:
    statement = save_statement(
        actor=analyst,
        statement=factories.unsaved_statement(document, cited_place="para 7"),
        passages=[],
        bearings=[bearing_on(issue)],
    )
    with pytest.raises(Refused, match="whole text"):
        submitted(statement, analyst)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (StatementKind.QUOTE, "We want the sanctions gone"),
        (StatementKind.PARAPHRASE, "He wants “the sanctions gone”."),
        (StatementKind.PARAPHRASE, 'He wants "the sanctions gone".'),
        (StatementKind.PARAPHRASE, "He wants ‘the sanctions gone’."),
        (StatementKind.PARAPHRASE, "He wants 'the sanctions gone' and Türkiye's word heard."),
        (StatementKind.PARAPHRASE, "He wants ‚the sanctions gone‘."),
        (StatementKind.PARAPHRASE, "He wants ‹the sanctions gone›."),
        (StatementKind.PARAPHRASE, "He wants ＂the sanctions gone＂."),
        (StatementKind.PARAPHRASE, "He wants 「the sanctions gone」."),
    ],
)
def test_quoted_words_that_stand_in_no_passage_keep_a_statement_from_review(
    issue: Issue, analyst: User, kind: str, text: str
) -> None:
    statement = make_statement(issue, analyst, kind=kind, text=text)
    with pytest.raises(Refused, match="do not stand in a passage") as refused:
        submitted(statement, analyst)
    assert refused.value.field == "text"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (StatementKind.QUOTE, "We want the sanctions lifted."),
        (StatementKind.QUOTE, "We want [...] sanctions lifted"),
        (StatementKind.PARAPHRASE, "He wants “the  sanctions lifted,” no less."),
        (StatementKind.PARAPHRASE, "He wants ‘the sanctions lifted’, no less."),
        # Apostrophes quote nothing.
        (StatementKind.PARAPHRASE, "Türkiye's minister wants Ankara’s and the allies' view heard, as in the '90s."),
        (StatementKind.PARAPHRASE, "The ministers’ talks and their deputies’ talks don't end."),
    ],
)
def test_quoted_words_that_stand_in_a_passage_go_to_review(issue: Issue, analyst: User, kind: str, text: str) -> None:
    assert submitted(make_statement(issue, analyst, kind=kind, text=text), analyst).decision == ""


@pytest.mark.parametrize("nothing", ["", " \n", "\u200b", "\u00a0\u2060 \ufeff", "\u3164\U000e0041"])
def test_words_of_which_nothing_is_seen_say_nothing(
    draft: Statement, published: Statement, analyst: User, reviewer: User, nothing: str
) -> None:
    with pytest.raises(IntegrityError, match="statement_text_not_blank"):
        raw("UPDATE relations_statement SET text = %s, revision = revision + 1 WHERE id = %s", nothing, draft.pk)
    with pytest.raises(ValidationError) as wrong:
        Statement(text=nothing).validate_constraints(exclude={"relationship", "document"})
    assert wrong.value.message_dict["text"] == ["This may not be empty."]
    review = submitted(draft, analyst)
    with pytest.raises(Refused, match="Say what should be changed"):
        return_(actor=reviewer, review=review, revision=1, comment=nothing)
    with pytest.raises(Refused, match="Say why"):
        withdraw_statement(actor=reviewer, subject=published, reason=nothing)


def test_a_statement_on_no_issue_is_not_submitted(analyst: User, document: Document) -> None:
    statement = save_statement(
        actor=analyst,
        statement=factories.unsaved_statement(document),
        passages=[passage_of(document)],
        bearings=[],
    )
    with pytest.raises(Refused, match="on which issue"):
        submitted(statement, analyst)


def test_a_span_may_run_to_the_end_of_its_month_but_no_further(issue: Issue, analyst: User, document: Document) -> None:
    today = issue.relationship.today()
    first, last = widen(today, today, "month")
    make_statement(issue, analyst, document, earliest=first, latest=last, precision="month")
    for latest, precision in (
        (today + datetime.timedelta(days=1), "day"),
        (month_end(last + datetime.timedelta(days=1)), "month"),
    ):
        with pytest.raises(Refused, match="lies in the future") as refused:
            make_statement(issue, analyst, document, earliest=first, latest=latest, precision=precision)
        assert refused.value.field == "latest"


def test_a_passage_must_stand_in_the_copy_it_cites(draft: Statement) -> None:
    passage = draft.passages.get()
    with pytest.raises(IntegrityError, match="do not stand in our copy"):
        Passage.objects.filter(pk=passage.pk).update(exact="Words of nobody")


def test_a_later_copy_flags_what_it_loses_and_changes_nothing(published: Statement, analyst: User) -> None:
    passage = published.passages.get()
    text = published.document.newest_capture().text
    add_capture(actor=analyst, document=published.document, text=f"Ankara. {text}")
    assert Passage.objects.with_state().get(pk=passage.pk).state == PassageState.MOVED
    add_capture(actor=analyst, document=published.document, text="Nothing of it is left.")
    flagged = Passage.objects.with_state().get(pk=passage.pk)
    assert flagged.state == PassageState.LOST
    assert (flagged.exact, flagged.start) == (passage.exact, passage.start)
    published.refresh_from_db()
    assert published.is_standing


# R2


def test_an_issue_opens_as_open_and_not_assessed(issue: Issue) -> None:
    assert standing(issue) == (Status.OPEN, Trend.NOT_ASSESSED)


def test_a_move_without_evidence_is_refused(issue: Issue, analyst: User) -> None:
    with pytest.raises(Refused, match="at least one published statement") as refused:
        propose(issue, analyst, [])
    assert refused.value.field == "evidence"
    assert not StatusChange.objects.exists()


def test_evidence_of_another_issue_is_refused(issue: Issue, analyst: User, published: Statement) -> None:
    other = factories.make_issue(issue.relationship, "Trade")
    with pytest.raises(Refused, match="on this issue"):
        propose(other, analyst, [published])


@pytest.mark.parametrize("slipped", ["draft", "on another issue"])
def test_good_evidence_carries_no_other_along(
    issue: Issue, analyst: User, reviewer: User, published: Statement, slipped: str
) -> None:
    review = propose(issue, analyst, [published])
    if slipped == "draft":
        other = make_statement(issue, analyst)
    else:
        other = make_published(factories.make_issue(issue.relationship, "Other"), analyst, reviewer)
    with pghistory.context(user=analyst.pk):
        Evidence.objects.create(relationship=issue.relationship, status_change=review.status_change, statement=other)
    review.status_change.refresh_from_db()
    with pytest.raises(Refused, match="One of these is not"):
        approve(actor=reviewer, review=review, revision=review.status_change.revision)


def test_a_draft_is_no_evidence(issue: Issue, analyst: User, draft: Statement) -> None:
    with pytest.raises(Refused, match="published statements"):
        propose(issue, analyst, [draft])


def test_the_sources_own_report_cannot_be_the_only_evidence(issue: Issue, analyst: User, reviewer: User) -> None:
    report = make_published(
        issue,
        analyst,
        reviewer,
        kind=StatementKind.REPORTED,
        on_behalf_of=None,
        bearings=[bearing_on(issue, position_of=None)],
    )
    review = propose(issue, analyst, [report])
    with pytest.raises(Refused, match="only evidence"):
        approve(actor=reviewer, review=review, revision=review.revision)
    assert standing(issue) == (Status.OPEN, Trend.NOT_ASSESSED)


def test_a_move_is_not_dated_in_the_future(issue: Issue, analyst: User, published: Statement) -> None:
    tomorrow = issue.relationship.today() + datetime.timedelta(days=1)
    with pytest.raises(Refused, match="future"):
        propose(issue, analyst, [published], effective=tomorrow)


def test_a_move_that_moves_nothing_is_refused(issue: Issue, analyst: User, published: Statement) -> None:
    with pytest.raises(Refused, match="already"):
        propose(issue, analyst, [published], to_status="open", to_trend="not_assessed")


def test_status_is_the_latest_by_effective_date_then_by_publication(
    issue: Issue, analyst: User, reviewer: User, published: Statement
) -> None:
    make_move(issue, analyst, reviewer, [published], to_status="in_talks", effective=DAY)
    make_move(issue, analyst, reviewer, [published], to_status="stalled", effective=DAY - datetime.timedelta(days=3))
    assert standing(issue)[0] == "in_talks"
    make_move(issue, analyst, reviewer, [published], to_status="agreed", effective=DAY)
    assert standing(issue)[0] == "agreed"


def test_evidence_withdrawn_later_flags_the_move_and_moves_no_status(
    issue: Issue, analyst: User, reviewer: User, published: Statement
) -> None:
    change = make_move(issue, analyst, reviewer, [published])
    withdraw_statement(actor=reviewer, subject=published, reason="The paper took it back.")
    assert StatusChange.objects.with_evidence_flag().get(pk=change.pk).evidence_flagged
    assert standing(issue) == ("in_talks", "improving")


def test_withdrawing_a_move_lets_the_one_before_stand_again(
    issue: Issue, analyst: User, reviewer: User, published: Statement
) -> None:
    change = make_move(issue, analyst, reviewer, [published])
    withdraw_status_change(actor=reviewer, subject=change, reason="Misread.")
    assert standing(issue) == (Status.OPEN, Trend.NOT_ASSESSED)


def test_a_corrected_move_stands_in_place_of_the_old(
    issue: Issue, analyst: User, reviewer: User, published: Statement
) -> None:
    change = make_move(issue, analyst, reviewer, [published])
    correction = correct_status_change(actor=analyst, change=change, note="Too early.")
    correction.to_status = "stalled"
    correction = revise_status_change(
        actor=analyst, change=correction, evidence=[published], revision=correction.revision
    )
    factories.publish(correction, analyst, reviewer)
    change.refresh_from_db()
    assert change.superseded_at == correction.published_at
    assert standing(issue)[0] == "stalled"


# R3


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.LEAD])
def test_nobody_approves_her_own_statement_whatever_her_role(desk: Relationship, analyst: User, role: str) -> None:
    author = factories.make_user("author", desk, role, is_superuser=True)
    issue = factories.make_issue(desk)
    review = submitted(make_statement(issue, author), author)
    with pytest.raises(Refused, match="someone else"):
        approve(actor=author, review=review, revision=1)
    assert not Statement.objects.published().exists()


def test_who_edited_a_draft_once_cannot_approve_it_after_others_edited_it(
    draft: Statement, analyst: User, reviewer: User, issue: Issue
) -> None:
    passages, bearings = [passage_of(draft.document)], [bearing_on(issue)]
    draft.text = "Türkiye asks for the sanctions to go."
    save_statement(actor=reviewer, statement=draft, passages=passages, bearings=bearings, revision=1)
    draft.text = "Türkiye asks for the sanctions to be lifted."
    save_statement(
        actor=analyst,
        statement=draft,
        passages=[passage_of(draft.document)],
        bearings=[bearing_on(issue)],
        revision=draft.revision,
    )
    review = submitted(draft, analyst)
    with pytest.raises(Refused, match="someone else"):
        approve(actor=reviewer, review=review, revision=draft.revision)


def test_the_database_itself_refuses_an_approval_by_its_author(draft: Statement, desk: Relationship) -> None:
    lead = factories.make_user("lead", desk, Role.LEAD)
    Contribution.objects.create(relationship=desk, statement=draft, user=lead)
    review = submitted(draft, draft.author)
    with pytest.raises(IntegrityError, match="someone else has to approve"):
        Review.objects.filter(pk=review.pk).update(decision="approved", decided_by=lead, decided_at=review.submitted_at)


def test_an_author_cannot_be_forgotten_before_she_approves(draft: Statement) -> None:
    with pytest.raises(IntegrityError, match="Who contributed is kept"):
        raw("DELETE FROM relations_contribution WHERE statement_id = %s", draft.pk)


@pytest.mark.parametrize(
    ("decided", "said"), [("2001-01-01", "decided_after_submitted"), ("2999-01-01", "in the future")]
)
def test_a_decision_is_neither_dated_before_its_submission_nor_in_the_future(
    draft: Statement, analyst: User, reviewer: User, decided: str, said: str
) -> None:
    review = submitted(draft, analyst)
    with pytest.raises(IntegrityError, match=said):
        raw(
            "UPDATE relations_review SET decision = 'approved', decided_by_id = %s, decided_at = %s WHERE id = %s",
            reviewer.pk, decided, review.pk,
        )  # fmt: skip


def test_a_desk_of_one_publishes_nothing_and_is_told_why(desk: Relationship) -> None:
    alone = factories.make_user("alone", desk, Role.LEAD)
    statement = make_statement(factories.make_issue(desk), alone)
    submitted(statement, alone)
    assert access.second_readers(statement) == []


def test_a_decision_on_a_text_that_moved_is_refused(
    draft: Statement, analyst: User, reviewer: User, issue: Issue
) -> None:
    review = submitted(draft, analyst)
    draft.text = "Türkiye insists that the sanctions go."
    save_statement(
        actor=analyst,
        statement=draft,
        passages=[passage_of(draft.document)],
        bearings=[bearing_on(issue)],
        revision=draft.revision,
    )
    with pytest.raises(Stale):
        approve(actor=reviewer, review=review, revision=1)
    approve(actor=reviewer, review=review, revision=draft.revision)
    draft.refresh_from_db()
    assert draft.is_standing


def test_a_new_passage_counts_as_a_new_revision_even_by_raw_sql(draft: Statement, analyst: User) -> None:
    submitted(draft, analyst)
    Bearing.objects.filter(statement=draft).update(act="REJECT")
    before, draft_now = draft.revision, Statement.objects.get(pk=draft.pk)
    assert draft_now.revision > before


def test_an_analyst_does_not_approve(draft: Statement, desk: Relationship) -> None:
    other = factories.make_user("other", desk, Role.ANALYST)
    review = submitted(draft, draft.author)
    with pytest.raises(NotAllowed):
        approve(actor=other, review=review, revision=1)


def test_a_return_needs_a_comment_and_lets_the_author_submit_again(
    draft: Statement, analyst: User, reviewer: User
) -> None:
    review = submitted(draft, analyst)
    with pytest.raises(Refused, match="what should be changed"):
        return_(actor=reviewer, review=review, revision=1, comment=" ")
    return_(actor=reviewer, review=review, revision=1, comment="Which sanctions?")
    assert Statement.objects.with_review_state().get(pk=draft.pk).review_state == ReviewState.RETURNED
    assert submitted(draft, analyst).pk != review.pk


# R4


@pytest.mark.parametrize(
    "change", [{"text": "Something else"}, {"published_at": None}, {"marking": "RED"}, {"revision": 9}]
)
def test_a_published_statement_is_not_changed_by_bulk_update(published: Statement, change: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        Statement.objects.filter(pk=published.pk).update(**change)


def test_a_published_statement_is_not_changed_by_raw_sql_with_triggers_ignored(published: Statement) -> None:
    with pgtrigger.ignore(), pytest.raises(IntegrityError, match="not changed"):
        raw("UPDATE relations_statement SET text = 'Something else' WHERE id = %s", published.pk)
    with pytest.raises(IntegrityError, match="not changed"):
        raw(
            "SET LOCAL pgtrigger.ignore = '{pgtrigger_frozen}'; UPDATE relations_statement SET text = 'x' WHERE id = "
            + str(published.pk)
        )


def test_a_published_statement_keeps_its_passages_and_bearings(published: Statement) -> None:
    for rows in (Passage.objects, Bearing.objects):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.filter(statement=published).delete()
    with pytest.raises(IntegrityError, match="not changed"):
        Bearing.objects.filter(statement=published).update(act="REJECT")


def test_a_published_statement_is_not_deleted(published: Statement) -> None:
    with pytest.raises(DatabaseError):
        raw("DELETE FROM relations_statement WHERE id = %s", published.pk)


def test_without_the_trigger_the_raw_write_would_have_passed(published: Statement) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE relations_statement DISABLE TRIGGER USER")
    Statement.objects.filter(pk=published.pk).update(text="Something else")
    published.refresh_from_db()
    assert published.text == "Something else"


def test_publishing_without_a_review_is_refused_at_commit(draft: Statement) -> None:
    with pytest.raises(IntegrityError, match="Only an approved review"):
        raw("UPDATE relations_statement SET published_at = now() WHERE id = %s", draft.pk)


def test_a_correction_supersedes_through_review_and_the_old_stays_readable(
    published: Statement, analyst: User, reviewer: User, reader: User
) -> None:
    correction = correct_statement(actor=analyst, statement=published, note="Which sanctions.")
    assert correct_statement(actor=analyst, statement=published).pk == correction.pk
    assert correction.passages.count() == published.passages.count()
    factories.publish(correction, analyst, reviewer)
    published.refresh_from_db()
    assert published.superseded_at == correction.published_at
    assert set(Statement.objects.visible_to(reader)) == {published, correction}


def test_withdrawing_a_correction_does_not_revive_the_old(published: Statement, analyst: User, reviewer: User) -> None:
    correction = factories.publish(correct_statement(actor=analyst, statement=published), analyst, reviewer)
    withdraw_statement(actor=reviewer, subject=correction, reason="Wrong too.")
    published.refresh_from_db()
    assert not published.is_standing
    assert not Statement.objects.standing().exists()


def test_withdrawal_needs_a_reason_a_reviewer_and_happens_once(
    published: Statement, analyst: User, reviewer: User
) -> None:
    with pytest.raises(NotAllowed):
        withdraw_statement(actor=analyst, subject=published, reason="Wrong")
    with pytest.raises(Refused, match="Say why"):
        withdraw_statement(actor=reviewer, subject=published, reason="  ")
    withdraw_statement(actor=reviewer, subject=published, reason="Wrong")
    with pytest.raises(Refused, match="already"):
        withdraw_statement(actor=reviewer, subject=published, reason="Wrong again")
    with pytest.raises(IntegrityError, match="set before"):
        Statement.objects.filter(pk=published.pk).update(withdrawal_reason="Never mind")


def test_only_a_draft_never_submitted_is_thrown_away(draft: Statement, issue: Issue, analyst: User) -> None:
    other = make_statement(issue, analyst)
    submitted(other, analyst)
    with pytest.raises(Refused, match="kept"):
        discard_statement(actor=analyst, statement=other)
    discard_statement(actor=analyst, statement=draft)
    assert list(Statement.objects.all()) == [other]


def test_a_review_is_decided_once_and_never_deleted(draft: Statement, analyst: User, reviewer: User) -> None:
    review = submitted(draft, analyst)
    approve(actor=reviewer, review=review, revision=1)
    with pytest.raises(Refused, match="already"):
        return_(actor=reviewer, review=review, revision=1, comment="No")
    with pytest.raises(IntegrityError, match="decided already"):
        Review.objects.filter(pk=review.pk).update(comment="Changed my mind")
    with pytest.raises(DatabaseError):
        raw("DELETE FROM relations_review WHERE id = %s", review.pk)


def test_evidence_is_frozen_with_its_move(issue: Issue, analyst: User, reviewer: User, published: Statement) -> None:
    make_move(issue, analyst, reviewer, [published])
    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
        Evidence.objects.all().delete()


# R5, and double submits


def test_a_save_over_a_newer_revision_is_refused_with_what_stands(
    draft: Statement, issue: Issue, analyst: User, reviewer: User
) -> None:
    mine, theirs = Statement.objects.get(pk=draft.pk), Statement.objects.get(pk=draft.pk)
    theirs.text = "Theirs."
    arguments = {"passages": [passage_of(draft.document)], "bearings": [bearing_on(issue)]}
    save_statement(actor=reviewer, statement=theirs, revision=1, **arguments)
    mine.text = "Mine."
    with pytest.raises(Stale) as stale:
        save_statement(actor=analyst, statement=mine, revision=1, **arguments)
    assert stale.value.current.text == "Theirs."
    assert Statement.objects.get(pk=draft.pk).text == "Theirs."


def test_a_raw_edit_that_does_not_raise_the_revision_is_refused(draft: Statement) -> None:
    with pytest.raises(IntegrityError, match="saved this before you"):
        Statement.objects.filter(pk=draft.pk).update(text="Quietly changed")


def test_one_form_submitted_twice_makes_one_statement(issue: Issue, analyst: User, document: Document) -> None:
    token = uuid.uuid4()
    first, second = (
        save_statement(
            actor=analyst,
            statement=factories.unsaved_statement(document),
            passages=[passage_of(document)],
            bearings=[bearing_on(issue)],
            token=token,
        )
        for _turn in range(2)
    )
    assert first.pk == second.pk
    assert Statement.objects.count() == 1


def test_a_form_of_someone_else_is_refused(draft: Statement, analyst: User, reviewer: User) -> None:
    token = uuid.uuid4()
    submit(actor=analyst, subject=draft, revision=1, token=token)
    with pytest.raises(Refused, match="already used"):
        submit(actor=reviewer, subject=draft, revision=1, token=token)


def test_a_form_of_one_draft_does_nothing_to_another(draft: Statement, issue: Issue, analyst: User) -> None:
    other, token = make_statement(issue, analyst), uuid.uuid4()
    submit(actor=analyst, subject=draft, revision=1, token=token)
    with pytest.raises(Refused, match="already used"):
        submit(actor=analyst, subject=other, revision=1, token=token)
    assert not Review.objects.filter(statement=other).exists()


def test_a_form_of_one_document_stores_no_second_time_for_another(issue: Issue, analyst: User) -> None:
    token = uuid.uuid4()
    documents = [factories.make_document(issue.relationship, analyst) for _turn in range(2)]
    first, second = (factories.unsaved_statement(each) for each in documents)
    save_statement(actor=analyst, statement=first, passages=[], bearings=[], token=token)
    with pytest.raises(Refused, match="already used"):
        save_statement(actor=analyst, statement=second, passages=[], bearings=[], token=token)


def test_a_form_whose_draft_was_thrown_away_says_so_and_throwing_away_twice_does_no_harm(
    issue: Issue, analyst: User
) -> None:
    draft, saved, thrown = make_statement(issue, analyst), uuid.uuid4(), uuid.uuid4()

    def save() -> Statement:
        return save_statement(
            actor=analyst,
            statement=factories.unsaved_statement(draft.document),
            passages=[passage_of(draft.document)],
            bearings=[bearing_on(issue)],
            token=saved,
        )

    stored = save()
    opened = [Statement.objects.get(pk=draft.pk) for _window in range(2)]
    for each in opened:
        assert discard_statement(actor=analyst, statement=each, token=thrown).ref == draft.ref
    discard_statement(actor=analyst, statement=stored)
    with pytest.raises(Refused, match="thrown away"):
        save()


def test_a_refused_action_changes_nothing(issue: Issue, analyst: User, published: Statement) -> None:
    change = StatusChange(
        relationship=issue.relationship,
        issue=issue,
        to_status="stalled",
        effective=issue.relationship.today() + datetime.timedelta(days=2),
        rationale="Later",
    )
    token = uuid.uuid4()
    with pytest.raises(Refused):
        propose_status(actor=analyst, change=change, evidence=[published], token=token)
    assert not StatusChange.objects.exists()
    change.effective = DAY
    assert propose_status(actor=analyst, change=change, evidence=[published], token=token).status_change.pk


# What the database says


def test_each_rule_that_the_database_holds_for_a_desk_says_in_words_what_is_wrong_and_what_to_do() -> None:
    wordless = [
        constraint.name
        for model in apps.get_app_config("relations").get_models()
        if hasattr(model, "pgh_event_model")  # written by people: not the search index, nor what is each user’s own
        for constraint in model._meta.constraints
        if constraint.violation_error_message == constraint.default_violation_error_message
    ]
    assert wordless == []


def test_a_word_that_the_desk_does_not_know_is_answered_with_those_it_knows(issue: Issue) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Issue.objects.filter(pk=issue.pk).update(impact="huge")
    assert str(refusal(error.value)) == "Give as impact one of critical, significant, limited."
