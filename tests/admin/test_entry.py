"""Who may enter the administration, and by which door."""

from collections.abc import Callable

import pytest
from django.test import Client

from relations.models import Relationship, User
from tests.factories import make_user

SignIn = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["analyst", "reviewer", "lead"])
def test_whoever_may_write_at_a_desk_enters(desk: Relationship, signed_in: SignIn, role: str) -> None:
    assert signed_in(make_user("someone", desk, role)).get("/admin/").status_code == 200


def test_the_flag_on_an_account_opens_nothing(desk: Relationship, signed_in: SignIn) -> None:
    reader = make_user("flagged", desk, "reader", is_staff=True)
    assert signed_in(reader).get("/admin/").status_code == 404


def test_readers_and_outsiders_find_no_administration(as_reader: Client, outsider: User, signed_in: SignIn) -> None:
    for address in (
        "/admin/",
        "/admin/relations/statement/",
        "/admin/login/",
        "/admin/autocomplete/",
        "/admin/jsi18n/",
    ):
        assert as_reader.get(address).status_code == 404, address
        assert signed_in(outsider).get(address).status_code == 404, address


def test_a_superuser_enters_and_is_told_that_she_is_at_no_desk(superuser: User, signed_in: SignIn) -> None:
    page = signed_in(superuser).get("/admin/")
    assert page.status_code == 200
    assert "at no desk" in page.content.decode()
    assert "Statements" not in page.content.decode()


def test_a_disabled_account_is_sent_to_sign_in(analyst: User, signed_in: SignIn) -> None:
    client = signed_in(analyst)
    User.objects.filter(pk=analyst.pk).update(is_active=False)
    assert client.get("/admin/").headers["Location"].startswith("/accounts/login/")


def test_the_anonymous_sign_in_at_the_one_door(client: Client, db: None) -> None:
    for address in ("/admin/", "/admin/relations/issue/", "/admin/login/?next=/admin/relations/issue/"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/?next=/admin/"), address


def test_a_foreign_way_back_is_not_taken(client: Client, as_analyst: Client) -> None:
    for target in ("https://evil.example/", "javascript:alert(1)", "//evil.example", "\\\\evil"):
        assert client.get("/admin/login/", {"next": target}).headers["Location"] == "/accounts/login/?next=/admin/"
        assert as_analyst.get("/admin/login/", {"next": target}).headers["Location"] == "/admin/"


def test_signing_out_and_passwords_are_the_pages_own(as_analyst: Client) -> None:
    assert as_analyst.get("/admin/password_change/").headers["Location"] == "/accounts/password/change/"
    page = as_analyst.get("/admin/").content.decode()
    assert "Sign out" in page
    assert "Log out" not in page
    assert as_analyst.post("/admin/logout/").headers["Location"] == "/accounts/login/"
    assert as_analyst.get("/admin/").status_code == 302


def test_the_frame_links_to_it_only_for_those_who_may_enter(as_analyst: Client, as_reader: Client) -> None:
    assert "/admin/" in as_analyst.get("/people/").content.decode()
    assert "/admin/" not in as_reader.get("/people/").content.decode()
