"""A save over a newer revision in the admin: both sides, either taken (R5)."""

import pytest
from django.test import Client

from relations.models import Issue, Statement
from tests.admin.filling import filled, save

# What was opened is read from the history, whose moments differ on real transactions alone.
pytestmark = pytest.mark.django_db(transaction=True)


def change(row: Issue | Statement) -> str:
    return f"/admin/relations/{row._meta.model_name}/{row.pk}/change/"


def test_a_stale_save_takes_either_side_field_by_field(
    as_analyst: Client, as_reviewer: Client, draft: Statement
) -> None:
    address = change(draft)
    opened = as_analyst.get(address)
    theirs = {"text": "The reviewer’s words.", "note": "Theirs.", "passages-0-exact": "Talks are good for both"}
    save(as_reviewer, address, **theirs)
    page = as_analyst.post(address, filled(opened, text="The analyst’s words.", cited_place="para 2"))
    assert page.status_code == 409
    sides = {side.key: side.take for side in page.context["conflict"].sides}
    assert sides == {"take-text": "mine", "take-note": "theirs", "take-cited_place": "mine", "take-passages": "theirs"}
    assert 'name="take-passages"' in page.content.decode()
    assert as_analyst.post(address, filled(page, **sides)).status_code == 302
    draft.refresh_from_db()
    assert (draft.text, draft.note, draft.cited_place) == ("The analyst’s words.", "Theirs.", "para 2")
    assert draft.passages.get().exact == "Talks are good for both"


def test_an_issue_takes_either_side_too(as_analyst: Client, as_reviewer: Client, issue: Issue) -> None:
    opened = as_analyst.get(change(issue))
    save(as_reviewer, change(issue), summary="Six jets.", impact="critical")
    page = as_analyst.post(change(issue), filled(opened, summary="Six aircraft."))
    assert page.status_code == 409
    sides = {side.key: side.take for side in page.context["conflict"].sides}
    assert sides == {"take-summary": "mine", "take-impact": "theirs"}
    assert as_analyst.post(change(issue), filled(page, **{**sides, "take-summary": "theirs"})).status_code == 302
    issue.refresh_from_db()
    assert (issue.summary, issue.impact) == ("Six jets.", "critical")
