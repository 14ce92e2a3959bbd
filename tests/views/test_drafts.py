"""What is half typed is kept for its user alone, and forgotten once it is stored."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from relations.models import DeskMembership, FormDraft, Issue, Statement, User
from tests import factories
from tests.views.test_pages import at, composed

pytestmark = pytest.mark.django_db

ADDRESS = "/us-turkiye/statements/new/?document=abc"


def keep(client: Client, address: str = ADDRESS, **fields: list[str]) -> Any:
    return client.post("/drafts/", {"address": address, "fields": json.dumps(fields or {"text": ["Half typed"]})})


def test_what_is_half_typed_is_kept_and_given_back(as_analyst: Client) -> None:
    assert keep(as_analyst).status_code == 204
    assert keep(as_analyst, text=["More of it"], evidence=["1", "2"]).status_code == 204
    answer = as_analyst.get("/drafts/", {"address": ADDRESS})
    assert answer.json() == {"fields": {"text": ["More of it"], "evidence": ["1", "2"]}}
    assert "no-store" in answer["Cache-Control"]
    assert as_analyst.get("/drafts/", {"address": "/elsewhere/"}).status_code == 204


def test_nobody_else_sees_or_discards_it(
    as_analyst: Client, as_reviewer: Client, superuser: User, signed_in: Any
) -> None:
    keep(as_analyst)
    for other in (as_reviewer, signed_in(superuser)):
        assert other.get("/drafts/", {"address": ADDRESS}).status_code == 204
        other.post("/drafts/", {"address": ADDRESS, "discard": "1"})
    assert FormDraft.objects.count() == 1


def test_it_is_not_given_back_to_who_left_the_desk(as_analyst: Client, analyst: User) -> None:
    keep(as_analyst)
    DeskMembership.objects.filter(user=analyst).delete()
    assert as_analyst.get("/drafts/", {"address": ADDRESS}).status_code == 204


def test_discarding_forgets_it(as_analyst: Client) -> None:
    keep(as_analyst)
    assert as_analyst.post("/drafts/", {"address": ADDRESS, "discard": "1"}).status_code == 204
    assert not FormDraft.objects.exists()


def test_only_so_many_forms_are_kept_for_a_user(as_analyst: Client) -> None:
    for number in range(53):
        keep(as_analyst, f"/{number}/")
    assert FormDraft.objects.count() == 50
    assert not FormDraft.objects.filter(address="/0/").exists()


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"address": ADDRESS, "fields": "nonsense"}, 400),
        ({"address": ADDRESS, "fields": "[" * 100_000}, 400),
        ({"address": ADDRESS, "fields": '["text"]'}, 400),
        ({"address": ADDRESS, "fields": '{"text": "not a list"}'}, 400),
        ({"address": ADDRESS, "fields": '{"text": [1]}'}, 400),
        ({"address": ADDRESS, "fields": '{"text": ["\\u0000"]}'}, 400),
        ({"address": ADDRESS, "fields": '{"text": ["\\ud800"]}'}, 400),
        ({"address": "/\x00", "fields": "{}"}, 400),
        ({}, 400),
        ({"address": "https://elsewhere.example/", "fields": "{}"}, 413),
        ({"address": "/" * 501, "fields": "{}"}, 413),
        ({"address": ADDRESS, "fields": json.dumps({"text": ["x" * 500_001]})}, 413),
    ],
)
def test_what_is_no_form_or_too_much_is_refused_and_keeps_nothing(
    as_analyst: Client, typed: dict[str, str], status: int
) -> None:
    assert as_analyst.post("/drafts/", typed).status_code == status
    assert not FormDraft.objects.exists()


def test_a_form_from_elsewhere_cannot_write_it(analyst: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(analyst, backend="django.contrib.auth.backends.ModelBackend")
    assert keep(client).status_code == 403


def test_it_is_forgotten_once_the_form_is_stored_and_the_browser_is_told(
    as_analyst: Client, issue: Issue, analyst: User
) -> None:
    document = factories.make_document(issue.relationship, analyst)
    address = f"{at('statement_new', issue.relationship)}?document={document.ref}"
    keep(as_analyst, address)
    refused = as_analyst.post(address, composed(issue, text="", kept=address))
    assert refused.status_code == 422
    assert FormDraft.objects.exists()
    stored = as_analyst.post(address, composed(issue, kept=address))
    assert stored.status_code == 302
    assert not FormDraft.objects.exists()
    assert stored.cookies["stored"].value


def test_it_is_kept_where_the_session_had_ended(as_analyst: Client, issue: Issue) -> None:
    keep(as_analyst)
    as_analyst.cookies.clear()
    answer = as_analyst.post(ADDRESS, composed(issue, kept=ADDRESS))
    assert "/accounts/login/" in answer["Location"]
    assert FormDraft.objects.exists()


def test_it_is_kept_where_what_it_edits_was_published_meanwhile(
    as_analyst: Client, published: Statement, issue: Issue
) -> None:
    edit = at("statement_edit", published.relationship, published.ref)
    keep(as_analyst, edit)
    answer = as_analyst.post(edit, composed(issue, kept=edit, token=str(uuid.uuid4())))
    assert answer.status_code == 303
    assert FormDraft.objects.exists()


def test_every_form_that_is_typed_at_length_keeps_itself(
    as_analyst: Client, as_reviewer: Client, issue: Issue, published: Statement, signed_in: Callable[..., Client]
) -> None:
    desk = issue.relationship
    for client, address in (
        (as_analyst, at("document_new", desk)),
        (as_analyst, at("document_copy_new", desk, published.document.ref)),
        (as_analyst, at("issue_new", desk)),
        (as_analyst, at("issue_edit", desk, issue.slug)),
        (as_analyst, at("status_propose", desk, issue.slug)),
        (as_analyst, f"{at('statement_new', desk)}?document={published.document.ref}"),
        (as_reviewer, at("statement_withdraw", desk, published.ref)),
    ):
        assert "data-keep" in client.get(address).content.decode(), address
