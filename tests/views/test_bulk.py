"""Many rows at once: a preview that leaves nothing, then each row all or nothing, by the acts that one row has."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from relations.actions.editing import save_edited
from relations.models import Issue, Notification, Relationship, Review, Statement, User
from tests import factories

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def together(client: Client, desk: Relationship, noun: str = "statements", **typed: Any) -> Any:
    return client.post(reverse(f"{noun}_together", args=[desk.slug]), typed)


def going(answer: Any) -> list[str]:
    """Return the rows that the preview would go on with."""
    return re.findall(r'name="row" value="([^"]*)"', answer.content.decode())


def refusals(answer: Any) -> dict[str, str]:
    return {str(fate.row.ref): fate.refusal for fate in answer.context["refused"]}


@pytest.fixture
def waiting(issue: Issue, analyst: User) -> Statement:
    statement = factories.make_statement(issue, analyst, text="This one waits.")
    factories.submitted(statement, analyst)
    return statement


def test_the_preview_says_of_each_row_what_it_will_undergo_and_changes_nothing(
    draft: Statement, published: Statement, waiting: Statement, as_analyst: Client
) -> None:
    told = Notification.objects.count()
    answer = together(as_analyst, draft.relationship, act="submit", ref=[draft.ref, published.ref, waiting.ref])
    assert [fate.row for fate in answer.context["allowed"]] == [draft]
    assert refusals(answer) == {
        published.ref: "This is published already. Correct it instead.",
        waiting.ref: "This waits for review already.",
    }
    assert going(answer) == [f"{draft.ref}:1"]
    assert not Review.objects.filter(statement=draft).exists()
    assert Notification.objects.count() == told


def test_what_the_database_would_refuse_is_told_in_the_preview(
    issue: Issue, draft: Statement, analyst: User, as_analyst: Client
) -> None:
    draft.passages.all().delete()
    answer = together(as_analyst, issue.relationship, act="submit", ref=[draft.ref])
    assert list(refusals(answer)) == [draft.ref]
    assert "passage" in refusals(answer)[draft.ref]
    assert "Submit these" not in answer.content.decode()


def test_the_second_step_does_what_the_preview_showed_once(
    issue: Issue, draft: Statement, analyst: User, as_analyst: Client
) -> None:
    other = factories.make_statement(issue, analyst, text="Another draft.")
    desk = issue.relationship
    rows = going(together(as_analyst, desk, act="submit", ref=[draft.ref, other.ref]))
    typed = {"act": "submit", "row": rows, "token": str(uuid.uuid4()), "confirmed": "1"}
    for _time in range(2):  # sent twice, it tells the same and does nothing more
        answer = together(as_analyst, desk, **typed)
        assert "Done for 2 rows." in answer.content.decode()
        assert refusals(answer) == {}
    assert Review.objects.filter(statement__in=[draft, other]).count() == 2


def test_a_row_someone_saved_since_the_preview_is_refused_and_keeps_no_other_from_being_done(
    issue: Issue, draft: Statement, analyst: User, as_analyst: Client
) -> None:
    other = factories.make_statement(issue, analyst, text="Another draft.")
    desk = issue.relationship
    rows = going(together(as_analyst, desk, act="submit", ref=[draft.ref, other.ref]))
    Statement.objects.filter(pk=draft.pk).update(text="Changed meanwhile.", revision=2)
    answer = together(as_analyst, desk, act="submit", row=rows, token=str(uuid.uuid4()), confirmed="1")
    assert "Someone saved this before you" in refusals(answer)[draft.ref]
    assert [review.statement for review in Review.objects.all()] == [other]


def test_everything_found_is_what_the_filters_find_up_to_a_bound_that_is_told(
    issue: Issue, draft: Statement, published: Statement, analyst: User, as_analyst: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    factories.make_statement(issue, analyst, text="Another draft.")
    desk = issue.relationship
    answer = together(as_analyst, desk, act="submit", all="1", address="state=draft&text=another")
    assert [str(fate.row.text) for fate in answer.context["allowed"]] == ["Another draft."]
    assert refusals(answer) == {}
    monkeypatch.setattr("relations.views.bulk.BULK_LIMIT", 1)
    answer = together(as_analyst, desk, act="submit", all="1", address="state=draft")
    assert len(going(answer)) == 1
    assert "These are the first 1 of more rows." in answer.content.decode()


@pytest.mark.parametrize(
    ("bound", "value"), [("relations.views.bulk.BULK_LIMIT", 2), ("relations.actions.bulk.BULK_SECONDS", 0)]
)
def test_rows_that_one_request_cannot_reach_are_told_and_gone_on_with(
    issue: Issue, analyst: User, as_analyst: Client, monkeypatch: pytest.MonkeyPatch, bound: str, value: int
) -> None:
    desk = issue.relationship
    refs = [factories.make_statement(issue, analyst, text=f"Draft {number}.").ref for number in range(3)]
    monkeypatch.setattr(bound, value)
    typed: dict[str, Any] = {"ref": refs}
    done = 0
    for step in range(3):
        shown = together(as_analyst, desk, act="submit", **typed)
        left = shown.context["later"]
        assert len(going(shown)) + len(left) == 3 - done
        answer = together(
            as_analyst,
            desk,
            act="submit",
            row=going(shown),
            later=" ".join(left),
            token=str(uuid.uuid4()),
            confirmed="1",
        )
        done += len(going(shown))
        assert Review.objects.count() == done, step
        if not left:
            break
        assert "more row" in answer.content.decode()
        typed = {"later": " ".join(answer.context["later"])}
    assert done == 3


def test_reviewers_withdraw_with_one_reason_and_not_without(
    published: Statement, draft: Statement, as_reviewer: Client, as_analyst: Client
) -> None:
    desk = published.relationship
    answer = together(as_reviewer, desk, act="withdraw", ref=[published.ref, draft.ref])
    assert refusals(answer) == {draft.ref: "Only what is published can be withdrawn."}
    rows = going(answer)
    typed = {"act": "withdraw", "row": rows, "token": str(uuid.uuid4()), "confirmed": "1"}
    assert together(as_reviewer, desk, **typed, reason=" ").status_code == 422
    assert together(as_analyst, desk, **typed, reason="Misheard.").status_code == 302  # not an analyst's to do
    published.refresh_from_db()
    assert published.withdrawn_at is None
    for _time in range(2):
        assert together(as_reviewer, desk, **typed, reason="Misheard.").context["done"]
    published.refresh_from_db()
    assert published.withdrawal_reason == "Misheard."


def test_rows_of_another_desk_are_not_there(draft: Statement, published: Statement, signed_in: SignIn) -> None:
    there = factories.make_desk("gr-de", "GR", "DE")
    foreigner = factories.make_user("foreigner", there, "lead")
    own = factories.make_statement(factories.make_issue(there, "Debt"), foreigner, text="Ours.")
    client = signed_in(foreigner)
    answer = together(client, there, act="submit", ref=[draft.ref, own.ref, "no-such", "\0", "a" * 99])
    assert [fate.row for fate in answer.context["allowed"]] == [own]
    assert draft.text not in answer.content.decode()
    assert together(client, there, act="submit", ref=[draft.ref]).status_code == 302
    assert together(client, there, act="submit").status_code == 302
    assert together(client, draft.relationship, act="submit", ref=[draft.ref]).status_code == 404


def test_readers_choose_no_rows(published: Statement, as_reader: Client, as_analyst: Client) -> None:
    for name in ("board", "statement_list"):
        address = reverse(name, args=[published.relationship.slug])
        assert 'name="ref"' not in as_reader.get(address).content.decode()
        assert 'name="ref"' in as_analyst.get(address).content.decode()


def test_issues_get_an_owner_and_a_review_date_together(
    issue: Issue, analyst: User, reviewer: User, as_analyst: Client
) -> None:
    desk = issue.relationship
    other = factories.make_issue(desk, "Visas", owner=analyst)
    asked = together(as_analyst, desk, "issues", ref=[issue.slug, other.slug])
    rows = going(asked)
    assert len(rows) == 2
    assert "Show what changes" in asked.content.decode()
    typed = {"row": rows, "token": str(uuid.uuid4()), "owner": "", "review_due": ""}
    assert "Choose an owner or a date." in together(as_analyst, desk, "issues", **typed).content.decode()
    typed |= {"owner": str(reviewer.pk), "review_due": "2026-03-25"}
    shown = together(as_analyst, desk, "issues", **typed)
    assert [fate.effect for fate in shown.context["allowed"]] == [
        "Owner: reviewer, until now no one; Review due: 25 Mar 2026, until now no date",
        "Owner: reviewer, until now analyst; Review due: 25 Mar 2026, until now no date",
    ]
    issue.refresh_from_db()
    assert issue.owner is None
    save_edited(actor=analyst, row=Issue.objects.get(pk=other.pk), revision=1)
    done = together(as_analyst, desk, "issues", **typed, confirmed="1")
    assert [fate.row for fate in done.context["refused"]] == [other]
    issue.refresh_from_db()
    assert (issue.owner, str(issue.review_due), issue.revision) == (reviewer, "2026-03-25", 2)
    again = together(as_analyst, desk, "issues", **typed, confirmed="1")
    assert [fate.effect for fate in again.context["allowed"]] == ["Stays as it is."]
    issue.refresh_from_db()
    assert issue.revision == 2


def test_an_owner_is_one_of_the_desks_writers(issue: Issue, reader: User, as_analyst: Client) -> None:
    typed = {"row": [f"{issue.slug}:1"], "token": str(uuid.uuid4()), "confirmed": "1", "owner": str(reader.pk)}
    assert together(as_analyst, issue.relationship, "issues", **typed).status_code == 422
    issue.refresh_from_db()
    assert issue.owner is None
