"""One makes and revokes the keys of one's own programs; nobody sees one a second time."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from relations.actions.tokens import MOST_TOKENS, token_hash
from relations.models import ApiToken, Relationship, User
from tests.api.asking import address, make_token
from tests.factories import PASSWORD, make_desk

pytestmark = pytest.mark.django_db
ASKED = {"name": "The weekly figures", "desks": ["us-turkiye"], "days": "30"}


@pytest.fixture
def sure(reader: User, as_reader: Client) -> Client:
    """A reader who has just given her password again."""
    answer = as_reader.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": reverse("token_new")})
    assert answer["Location"] == reverse("token_new")
    return as_reader


def test_a_token_is_shown_once_and_reads_what_its_owner_may(sure: Client, desk: Relationship) -> None:
    answer = sure.post(reverse("token_new"), ASKED)
    page = answer.content.decode()
    [secret] = set(re.findall(r"desk_[\w-]{43}", page))
    assert answer.status_code == 201
    assert "no-store" in answer["Cache-Control"]
    token = ApiToken.objects.get()
    assert token.sha256 == token_hash(secret)
    assert (token.expires_at - token.created_at).days == 30
    told = Client(headers={"Authorization": f"Bearer {secret}"}).get(address("token")).json()
    assert (told["owner"], told["desks"]) == ("reader", ["us-turkiye"])
    later = sure.get(reverse("tokens")).content.decode()
    assert secret not in later
    assert "The weekly figures" in later
    assert "last used" in later


def test_making_one_takes_the_password_again(as_reader: Client) -> None:
    for ask in (as_reader.get, as_reader.post):
        answer = ask(reverse("token_new"), ASKED)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not ApiToken.objects.exists()


def test_what_is_missing_or_not_hers_is_said_at_its_field(sure: Client) -> None:
    make_desk("gr-de", "GR", "DE")
    for wrong, said in (
        ({"desks": ["gr-de"]}, "gr-de"),
        ({"desks": []}, "Choose at least one desk."),
        ({"name": " "}, "This field is required."),
        ({"days": "4000"}, "4000"),
    ):
        answer = sure.post(reverse("token_new"), ASKED | wrong)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_nobody_has_very_many(sure: Client, reader: User, desk: Relationship) -> None:
    for _each in range(MOST_TOKENS):
        make_token(reader, desk)
    answer = sure.post(reverse("token_new"), ASKED)
    assert answer.status_code == 422
    assert "Revoke one first" in answer.content.decode()


def test_one_revokes_ones_own_alone(as_reader: Client, reader: User, analyst: User, desk: Relationship) -> None:
    own, others = make_token(reader, desk), make_token(analyst, desk)
    for token in ApiToken.objects.all():
        assert as_reader.post(reverse("token_revoke", args=[token.pk])).status_code == 302
    assert "A test" not in as_reader.get(reverse("tokens")).content.decode()
    for secret, status in ((own, 401), (others, 200)):
        assert Client(headers={"Authorization": f"Bearer {secret}"}).get(address("token")).status_code == status


def test_what_the_api_offers_is_told_on_a_page(as_reader: Client) -> None:
    page = as_reader.get(reverse("api_reference")).content.decode()
    for told in ("/api/v1/desks/{desk}/statements/", "Published by that day", "paraphrase", "/api/v1/openapi.json"):
        assert told in page, told


def test_an_administrator_sees_and_revokes_everyones_but_no_secret(
    superuser: User, analyst: User, desk: Relationship, signed_in: Callable[..., Client]
) -> None:
    secret = make_token(analyst, desk, name="Of the analyst")
    token = ApiToken.objects.get()
    url = reverse("admin:relations_apitoken_changelist")
    client = signed_in(superuser)
    for page in (url, reverse("admin:relations_apitoken_change", args=[token.pk])):
        text = client.get(page).content.decode()
        assert "Of the analyst" in text
        assert "us-turkiye" in text
        assert token.sha256 not in text
    chosen: dict[str, Any] = {"action": "revoke_selected", "_selected_action": [token.pk]}
    assert signed_in(analyst).post(url, chosen).status_code == 404
    client.post(url, chosen)
    assert Client(headers={"Authorization": f"Bearer {secret}"}).get(address("token")).status_code == 401
