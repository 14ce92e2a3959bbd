"""Each address of the API answers those whom its rule lets in, by a token and by nothing else (R7)."""

import itertools
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from relations.choices import Role
from relations.models import DeskMembership, ReliabilityRating
from tests import factories
from tests.api.asking import ANY_TOKEN, OF_DESK, RULES, SHARED, address, asking
from tests.test_access import MARK, SECRET, module_world, patterns, world

pytestmark = pytest.mark.django_db
__all__ = ["module_world", "world"]


@pytest.fixture(autouse=True)
def rated(world: dict[str, Any]) -> None:
    publisher = factories.make_document(world["desk"], world["people"]["analyst"]).publisher
    ReliabilityRating.objects.create(relationship=world["desk"], publisher=publisher, reliability="B")
    world["refs"]["rating"] = publisher.ref


def addresses(world: dict[str, Any]) -> dict[str, str]:
    refs = world["refs"] | {"status-change": world["refs"]["status"]}
    desk = world["desk"].slug
    return {
        **{name: address(name) for name in ("token", "desks", "watches", *SHARED)},
        "desk": address("desk", desk),
        "copy": address("copy", desk, refs["document"], 1),
        **{several: address(several, desk) for several in OF_DESK},
        **{one: address(one, desk, refs[one]) for one, _rule in OF_DESK.values()},
        **{one: address(one, refs[one]) for one in SHARED.values()},
    }


def test_each_address_of_the_api_is_declared() -> None:
    told = {name.removeprefix("api:") for name in patterns() if name.startswith("api:")}
    assert told == {*RULES, "openapi-json", "api-root"}


def test_each_rule_of_the_api_is_kept_for_everyone(world: dict[str, Any]) -> None:
    roles = {"reader": Role.READER, "analyst": Role.ANALYST, "outsider": None, "stray_superuser": None}
    for who, role in roles.items():
        client = asking(world["people"][who], world["desk"])
        for name, url in addresses(world).items():
            rule = RULES[name]
            if rule == ANY_TOKEN and role is not None:
                continue  # told to everyone alike
            may = rule == ANY_TOKEN or (role is not None and role.at_least(Role(rule)))
            answer = client.get(url)
            text = answer.content.decode()
            assert answer.status_code == (200 if may else 404), (who, name, text)
            assert who == "analyst" or SECRET not in text, (who, name)
            assert role or name in ("organisation", "publisher") or MARK not in text, (who, name)


def test_without_a_live_token_nothing_is_told_to_whoever_is_signed_in(world: dict[str, Any]) -> None:
    signed_in = Client()
    signed_in.force_login(world["people"]["lead"], backend="django.contrib.auth.backends.ModelBackend")
    wrong = Client(headers={"Authorization": "Bearer desk_wrong"})
    of_other_kind = Client(headers={"Authorization": "Basic YTpi"})
    disabled = asking(world["people"]["disabled"], world["desk"])
    somewhere = [address("statements", world["desk"].slug), address("people")]
    asked = [(Client(), url) for url in addresses(world).values()]
    for client, url in [*asked, *itertools.product((signed_in, wrong, of_other_kind, disabled), somewhere)]:
        answer = client.get(url)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer["Content-Type"] == "application/problem+json"


def test_nothing_is_written_by_any_method(world: dict[str, Any]) -> None:
    client = asking(world["people"]["lead"], world["desk"])
    for method in ("post", "put", "patch", "delete", "options", "trace"):
        for url in (address("statements", world["desk"].slug), address("token"), address("openapi-json"), "/api/v2/"):
            answer = getattr(client, method)(url)
            assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD"), (method, url)
            assert answer["Content-Type"] == "application/problem+json"
    whole, head = client.get(address("token")), client.head(address("token"))
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", whole["ETag"])


def test_a_token_reads_its_own_desks_alone(world: dict[str, Any]) -> None:
    lead, desk = world["people"]["lead"], world["desk"]
    other = factories.make_desk("gr-de", "GR", "DE")
    DeskMembership.objects.create(user=lead, relationship=other, role=Role.LEAD)
    factories.make_issue(other, "Their issue", slug="theirs", author=lead)
    client = asking(lead, other)
    assert [row["slug"] for row in client.get(address("desks")).json()["items"]] == ["gr-de"]
    assert client.get(address("issue", "gr-de", "theirs")).status_code == 200
    for name, url in addresses(world).items():
        if "/desks/us-turkiye/" in url and name not in OF_DESK:
            assert client.get(url).status_code == 404, url
            # Nor under the other desk's own addresses.
            assert client.get(url.replace("us-turkiye", "gr-de")).status_code == (200 if name == "desk" else 404), url
    assert client.get(address("issues", desk.slug)).content == client.get(address("issues", "no-such-desk")).content


def test_losing_the_membership_ends_what_a_token_reads_at_once(world: dict[str, Any]) -> None:
    lead, desk = world["people"]["lead"], world["desk"]
    client = asking(lead, desk)
    url = address("statements", desk.slug)
    known = client.get(url)["ETag"]
    lead.memberships.update(role=Role.READER)
    seen = client.get(url, headers={"If-None-Match": known})
    assert seen.status_code == 200
    assert SECRET not in seen.content.decode()
    lead.memberships.all().delete()
    assert client.get(url, headers={"If-None-Match": known}).status_code == 404
    assert client.get(address("desks")).json()["items"] == []


def test_whatever_else_is_under_the_address_of_the_api_is_told_as_a_problem(world: dict[str, Any]) -> None:
    client = Client()
    for url, status in (("/api/", 404), ("/api/v1/", 404), ("/api/v1/nothing/", 404), ("/api/v1/token/%00/", 400)):
        answer = client.get(url)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), url
    assert client.get(reverse("api:openapi-json")).json()["openapi"] == "3.1.0"
