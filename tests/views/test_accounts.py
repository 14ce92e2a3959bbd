"""Signing in and out, the lock-out, and changing one's password."""

import pytest
from django.test import Client
from django.urls import reverse

from relations.models import User
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(client: Client, name: str, password: str, back: str = "") -> str:
    """Sign in by the form. Return the page that follows."""
    typed = {"login": name, "password": password, **({"next": back} if back else {})}
    return client.post(reverse("account_login"), typed, follow=True).content.decode()


def test_signing_in_leads_back_to_where_one_wanted_to_go(reader: User) -> None:
    client = Client()
    answer = client.get("/us-turkiye/statements/?text=trade")
    assert answer.url.startswith("/accounts/login/?next=")  # type: ignore[attr-defined]
    typed = {"login": "reader", "password": PASSWORD, "next": "/us-turkiye/statements/?text=trade"}
    assert client.post(reverse("account_login"), typed).url == "/us-turkiye/statements/?text=trade"  # type: ignore[attr-defined]


def test_signing_in_leads_nowhere_outside(reader: User) -> None:
    typed = {"login": "reader", "password": PASSWORD, "next": "https://evil.example.org/"}
    answer = Client().post(reverse("account_login"), typed)
    assert answer.url == "/"  # type: ignore[attr-defined]


def test_a_wrong_password_says_so_and_a_nul_byte_is_no_error(reader: User) -> None:
    assert "not correct" in sign_in(Client(), "reader", "wrong")
    assert Client().post(reverse("account_login"), {"login": "a\x00b", "password": "x"}).status_code < 500


def test_five_wrong_passwords_lock_a_name_however_it_is_written(reader: User) -> None:
    client = Client()
    for name in ("reader", "Reader", "READER", "reader", "Reader"):
        sign_in(client, name, "wrong")
    page = sign_in(client, "reader", PASSWORD)
    assert "quarter of an hour" in page
    assert client.get("/").status_code == 302


def test_a_disabled_account_does_not_get_in(reader: User) -> None:
    User.objects.filter(pk=reader.pk).update(is_active=False)
    client = Client()
    sign_in(client, "reader", PASSWORD)
    assert client.get("/").status_code == 302


def test_signing_out_ends_the_session(as_reader: Client) -> None:
    as_reader.post(reverse("account_logout"))
    assert as_reader.get("/").status_code == 302


def test_a_password_is_changed_by_its_owner(reader: User, as_reader: Client) -> None:
    new = "another battery staple"
    typed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert as_reader.post(reverse("account_change_password"), typed).status_code == 302
    reader.refresh_from_db()
    assert reader.check_password(new)
    weak = {"oldpassword": new, "password1": "123", "password2": "123"}
    assert "too short" in as_reader.post(reverse("account_change_password"), weak).content.decode()


def test_someone_at_no_desk_is_told_whom_to_ask(outsider: User) -> None:
    client = Client()
    assert "You are not at any desk yet" in sign_in(client, "outsider", PASSWORD)
