"""No input to the admin gives a 500: each gets a message at its field and changes nothing."""

from typing import Any

import pytest
from django.template.response import TemplateResponse
from django.test import Client

from relations.models import Document, Issue, Person, Statement
from tests.admin.filling import errors, filled
from tests.factories import make_person

pytestmark = pytest.mark.django_db
LONG = "x" * 100_000
BAD = [
    "\x00",
    "a\x00b",
    LONG,
    "9" * 40,
    "-1",
    "abc",
    "javascript:alert(1)",
    "\u202e\u200b",
    "2025-02-30",
    "1e999",
    "NaN",
]


def fields_of(page: Any) -> set[str]:
    names = {bound.html_name for bound in page.context["adminform"].form}
    for inline in page.context["inline_admin_formsets"]:
        for form in [inline.formset.management_form, *inline.formset.forms]:
            names |= {bound.html_name for bound in form}
    return names


def is_answered(client: Client, address: str, typed: dict[str, str]) -> None:
    answer = client.post(address, typed)
    assert answer.status_code in (200, 302, 409, 422), answer.status_code


def every_bad_value(client: Client, address: str) -> None:
    """Post each bad value in all fields at once, and a form whose parts cannot be counted."""
    page = client.get(address)
    base, names = filled(page), fields_of(page)
    counts = {name for name in names if name.endswith("_FORMS")}
    for value in BAD:
        is_answered(client, address, base | dict.fromkeys(names - counts, value))
    is_answered(client, address, base | dict.fromkeys(counts, "x"))


def each_field_beside_good_ones(client: Client, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Post two bad values in each field, at most one other being bad: what is checked next meets it beside good ones.

    The pages are not drawn, which is most of the cost: how each field is drawn with each, `every_bad_value` shows.
    """
    page = client.get(address)
    base, names = filled(page), fields_of(page)
    monkeypatch.setattr(TemplateResponse, "rendered_content", "")
    fields = sorted(name for name in names if not name.endswith("_FORMS"))
    for one, other in zip(fields, fields[1:] + fields[:1], strict=True):
        is_answered(client, address, base | {one: "a\x00b", other: "9" * 40})
    for count in ("-TOTAL_FORMS", "-INITIAL_FORMS"):
        of_each_part = [name for name in names if name.endswith(count)]
        for value in ("x", "-1", "9" * 40, "70"):
            is_answered(client, address, base | dict.fromkeys(of_each_part, value))


NOUNS = ["statement", "statuschange", "issue", "document", "meeting", "person", "publisher"]


@pytest.mark.parametrize("noun", NOUNS)
def test_no_value_breaks_a_new_row(as_analyst: Client, issue: Issue, document: Document, noun: str) -> None:
    every_bad_value(as_analyst, f"/admin/relations/{noun}/add/")


@pytest.mark.parametrize("noun", NOUNS)
def test_no_field_of_a_new_row_breaks_the_others(
    as_analyst: Client, issue: Issue, document: Document, noun: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    each_field_beside_good_ones(as_analyst, f"/admin/relations/{noun}/add/", monkeypatch)


def test_no_value_breaks_a_draft(as_analyst: Client, draft: Statement) -> None:
    every_bad_value(as_analyst, f"/admin/relations/statement/{draft.pk}/change/")


def test_a_nul_byte_and_a_flood_are_told_at_their_field(as_analyst: Client, draft: Statement) -> None:
    address = f"/admin/relations/statement/{draft.pk}/change/"
    page = as_analyst.get(address)
    refused = as_analyst.post(address, filled(page, text="a\x00b"))
    assert refused.status_code == 422
    assert "Null characters are not allowed." in errors(refused)["text"]
    refused = as_analyst.post(address, filled(page, text=LONG))
    assert refused.status_code == 422
    assert "text" in errors(refused)
    draft.refresh_from_db()
    assert draft.revision == 1


def test_the_address_of_a_new_row_may_fill_in_nonsense(as_analyst: Client, issue: Issue) -> None:
    for query in (
        "document=abc",
        f"document={'9' * 40}",
        "earliest=zzz",
        "relationship=x",
        "revision=1",
        "foo=bar",
        "id=1",
    ):
        assert as_analyst.get(f"/admin/relations/statement/add/?{query}").status_code == 200, query
        assert as_analyst.get(f"/admin/relations/statuschange/add/?issue=x&{query}").status_code == 200, query


def test_a_form_without_its_bookkeeping_is_refused(as_analyst: Client, draft: Statement) -> None:
    address = f"/admin/relations/statement/{draft.pk}/change/"
    assert as_analyst.post(address, {}).status_code == 422
    step = f"/admin/relations/statement/{draft.pk}/do/submit/"
    for data in ({}, {"token": "x"}, {"token": "6f3f7e4e-6b2f-4b1f-8f5d-2d3e4c5b6a70", "revision": "9" * 30}):
        assert as_analyst.post(step, data).status_code == 422
    draft.refresh_from_db()
    assert draft.state() == "draft"


@pytest.mark.parametrize("key", ["0", "abc", "9" * 40, "_00", "1_00", "-1", "%2e%2e"])
def test_no_key_breaks_a_page(as_analyst: Client, desk: Any, key: str) -> None:
    for page in ("change", "history", "delete", "do/submit"):
        assert as_analyst.get(f"/admin/relations/statement/{key}/{page}/").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {}, {"app_label": "relations"}, {"app_label": "x", "model_name": "y", "field_name": "z"},
        {"app_label": "relations", "model_name": "statement", "field_name": "text"},
        {"app_label": "relations", "model_name": "statement", "field_name": "document", "page": "x"},
        {"app_label": "relations", "model_name": "statementevent", "field_name": "pgh_obj"},
        {"app_label": "relations", "model_name": "statement", "field_name": "document", "desk": "x"},
        {"app_label": "relations", "model_name": "statement", "field_name": "document", "term": "'\"\\"},
    ],
)  # fmt: skip
def test_no_question_breaks_a_chooser(as_analyst: Client, desk: Any, query: dict[str, str]) -> None:
    assert as_analyst.get("/admin/autocomplete/", query).status_code in (200, 404)


def test_names_with_markup_and_hidden_characters_are_shown_as_text(as_reviewer: Client) -> None:
    person = make_person("<script>alert(1)</script> \u202egnp")
    for page in ("", f"{person.pk}/change/", f"{person.pk}/history/", f"{person.pk}/delete/"):
        text = as_reviewer.get(f"/admin/relations/person/{page}").content.decode()
        assert "<script>alert(1)" not in text
    assert Person.objects.get().name.startswith("<script>")
