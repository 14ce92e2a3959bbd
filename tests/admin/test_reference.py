"""Who adds and mends what all desks share, and what the superuser alone does (R7)."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from relations.models import (
    DeskMembership,
    Mandate,
    Organisation,
    Party,
    Person,
    Post,
    Publisher,
    Relationship,
    ReliabilityRating,
    User,
)
from tests.admin.filling import errors, filled, save
from tests.factories import make_party, make_person

SignIn = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def as_superuser(superuser: User, signed_in: SignIn) -> Client:
    return signed_in(superuser)


def test_analysts_add_and_reviewers_mend(as_analyst: Client, as_reviewer: Client) -> None:
    party = make_party("TR", "Türkiye")
    assert save(as_analyst, "/admin/relations/organisation/add/", name="The ministry").status_code == 302
    assert save(as_analyst, "/admin/relations/post/add/", name="Minister", party=party.pk).status_code == 302
    assert save(as_analyst, "/admin/relations/publisher/add/", name="The Daily").status_code == 302
    post = Post.objects.get()
    typed = {
        "name": "Hakan Fidan", "mandates-TOTAL_FORMS": 1, "mandates-0-post": post.pk, "mandates-0-start": "2023-06-03",
        "mandates-0-last_attested": "2025-03-26",
    }  # fmt: skip
    assert save(as_analyst, "/admin/relations/person/add/", **typed).status_code == 302
    person = Person.objects.get()
    assert person.mandates.get().post == post
    for row in (person, post, Organisation.objects.get(), Publisher.objects.get(), Mandate.objects.get()):
        address = f"/admin/relations/{row._meta.model_name}/{row.pk}/change/"
        assert as_analyst.post(address, {"name": "X"}).status_code == 404
        assert as_reviewer.get(address).status_code == 200
    assert save(as_reviewer, f"/admin/relations/person/{person.pk}/change/", name="Hâkan Fidan").status_code == 302
    person.refresh_from_db()
    assert person.name == "Hâkan Fidan"


@pytest.mark.parametrize("noun", ["person", "post", "organisation", "publisher", "mandate", "reliabilityrating"])
def test_of_two_who_mend_a_shared_row_either_side_is_taken_field_by_field(
    as_reviewer: Client, lead: User, signed_in: SignIn, desk: Relationship, noun: str
) -> None:
    person = make_person()
    publisher = Publisher.objects.create(name="The Daily")
    mandate = person.mandates.get()
    rows = {
        "person": (person, {"name": "H. Fidan"}, {"biography": "A minister."}),
        "post": (mandate.post, {"name": "Minister"}, {"name": "Minister of Foreign Affairs"}),
        "organisation": (Organisation.objects.create(name="House"), {"name": "The House"}, {"name": "White House"}),
        "publisher": (publisher, {"name": "Daily"}, {"url": "https://daily.example/"}),
        "mandate": (mandate, {"source_url": "https://mfa.example/"}, {"last_attested": "2025-04-30"}),
        "reliabilityrating": (
            ReliabilityRating.objects.create(relationship=desk, publisher=publisher, reliability="C"),
            {"reliability": "D"},
            {"reliability": "E"},
        ),
    }
    row, mine, theirs = rows[noun]
    address = f"/admin/relations/{noun}/{row.pk}/change/"
    opened = as_reviewer.get(address)
    assert opened.content.decode().count('name="revision"') == 1
    assert save(signed_in(lead), address, **theirs).status_code == 302
    page = as_reviewer.post(address, filled(opened, **mine))
    assert page.status_code == 409
    assert f"{lead} saved it" in page.content.decode()
    sides = {side.key: side.take for side in page.context["conflict"].sides}
    assert sides == {f"take-{name}": "mine" if name in mine else "theirs" for name in {**theirs, **mine}}
    assert as_reviewer.post(address, filled(page, **sides)).status_code == 302
    row = type(row)._default_manager.get(pk=row.pk)
    assert {name: str(getattr(row, name)) for name in {**theirs, **mine}} == {**theirs, **mine}


def test_a_stored_office_is_mended_at_its_own_page_and_new_ones_at_the_persons(as_reviewer: Client) -> None:
    person = make_person()
    mandate = person.mandates.get()
    address = f"/admin/relations/person/{person.pk}/change/"
    page = as_reviewer.get(address)
    assert f"/admin/relations/mandate/{mandate.pk}/change/" in page.content.decode()
    typed = {"mandates-0-end": "2024-01-01", "mandates-0-last_attested": "", "mandates-0-DELETE": "on"}
    new = {"mandates-TOTAL_FORMS": 2, "mandates-1-post": mandate.post_id, "mandates-1-start": "2010-01-01"}
    answer = as_reviewer.post(address, filled(page, **typed, **new, **{"mandates-1-end": "2011-01-01"}))
    assert answer.status_code == 302
    assert person.mandates.count() == 2
    assert person.mandates.get(pk=mandate.pk).end == mandate.end


def test_a_mandate_that_overlaps_is_refused_with_a_sentence(as_reviewer: Client) -> None:
    person = make_person()
    post = Post.objects.get()
    typed = {"person": person.pk, "post": post.pk, "start": "2024-01-01", "last_attested": "2024-02-01"}
    page = save(as_reviewer, "/admin/relations/mandate/add/", **typed)
    assert page.status_code == 422
    assert "already holds this post" in str(errors(page))
    person_page = f"/admin/relations/person/{person.pk}/change/"
    rows = {f"mandates-1-{name}": value for name, value in typed.items() if name != "person"}
    page = save(as_reviewer, person_page, **rows, **{"mandates-TOTAL_FORMS": 2})
    assert page.status_code == 422
    assert Mandate.objects.count() == 1


def test_what_nothing_cites_is_removed_by_those_who_mend(as_analyst: Client, as_reviewer: Client) -> None:
    row = Organisation.objects.create(name="Twice")
    address = f"/admin/relations/organisation/{row.pk}/delete/"
    assert as_analyst.post(address, {"post": "yes"}).status_code == 404
    assert as_reviewer.post(address, {"post": "yes"}).status_code == 302
    assert not Organisation.objects.exists()
    cited = make_person()
    page = as_reviewer.post(f"/admin/relations/person/{cited.pk}/delete/", {"post": "yes"})
    assert "stays: other entries cite it" in page.content.decode()


def test_reviewers_rate_publishers_for_their_desk(as_analyst: Client, as_reviewer: Client, desk: Relationship) -> None:
    publisher = Publisher.objects.create(name="The Daily")
    assert as_analyst.get("/admin/relations/reliabilityrating/add/").status_code == 404
    typed = {"publisher": publisher.pk, "reliability": "C"}
    assert save(as_reviewer, "/admin/relations/reliabilityrating/add/", **typed).status_code == 302
    assert ReliabilityRating.objects.get().relationship == desk
    assert "C Fairly" in as_analyst.get(f"/admin/relations/publisher/{publisher.pk}/change/").content.decode()


def test_the_superuser_makes_parties_relationships_and_accounts(as_superuser: Client) -> None:
    assert save(as_superuser, "/admin/relations/party/add/", code="GR", name="Greece").status_code == 302
    assert save(as_superuser, "/admin/relations/party/add/", code="TR", name="Türkiye").status_code == 302
    first, second = Party.objects.get(code="GR"), Party.objects.get(code="TR")
    typed = {"first_party": first.pk, "second_party": second.pk, "slug": "gr-tr", "time_zone": "UTC"}
    page = save(as_superuser, "/admin/relations/relationship/add/", **{**typed, "slug": "admin"})
    assert "own pages use this slug" in str(errors(page))
    assert save(as_superuser, "/admin/relations/relationship/add/", **typed).status_code == 302
    page = save(as_superuser, "/admin/relations/relationship/add/", **{**typed, "slug": "again"})
    assert "already have a desk" in str(errors(page))
    typed = {"username": "nora", "name": "Nora", "password1": "correct horse 9", "password2": "correct horse 9"}
    assert save(as_superuser, "/admin/relations/user/add/", **typed).status_code == 302
    nora = User.objects.get(username="nora")
    assert nora.check_password("correct horse 9")
    assert not nora.is_staff


def test_accounts_are_made_inactive_renamed_and_given_passwords_never_deleted(
    as_superuser: Client, superuser: User, analyst: User
) -> None:
    address = f"/admin/relations/user/{analyst.pk}"
    assert save(as_superuser, f"{address}/change/", username="former", is_active=None).status_code == 302
    analyst.refresh_from_db()
    assert (analyst.username, analyst.is_active) == ("former", False)
    answer = as_superuser.post(f"{address}/password/", {"password1": "new words 77", "password2": "new words 77"})
    assert answer.status_code == 302
    analyst.refresh_from_db()
    assert analyst.check_password("new words 77")
    assert as_superuser.post(f"{address}/delete/", {"post": "yes"}).status_code == 404
    history = as_superuser.get(f"{address}/history/").content.decode()
    assert "former" in history
    assert analyst.password not in history
    mine = save(as_superuser, f"/admin/relations/user/{superuser.pk}/change/", is_active=None)
    assert "cannot take this from your own account" in str(errors(mine))


def test_a_superuser_who_takes_a_role_is_told_to_the_leads(
    as_superuser: Client, superuser: User, desk: Relationship, lead: User, django_capture_on_commit_callbacks: Callable
) -> None:
    User.objects.filter(pk=lead.pk).update(email="lead@desk.example")
    typed = {"user": superuser.pk, "relationship": desk.pk, "role": "lead"}
    with django_capture_on_commit_callbacks(execute=True):
        assert save(as_superuser, "/admin/relations/deskmembership/add/", **typed).status_code == 302
    assert [message.to for message in mail.outbox] == [["lead@desk.example"]]
    assert "root" in mail.outbox[0].subject
    membership = DeskMembership.objects.get(user=superuser)
    history = as_superuser.get(f"/admin/relations/deskmembership/{membership.pk}/history/").content.decode()
    assert "grant membership" in history
    assert as_superuser.get("/admin/relations/statement/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        save(as_superuser, f"/admin/relations/deskmembership/{membership.pk}/change/", role="reader")
    assert len(mail.outbox) == 2


def test_giving_a_role_to_another_is_told_to_nobody(
    as_superuser: Client, outsider: User, desk: Relationship, lead: User, django_capture_on_commit_callbacks: Callable
) -> None:
    User.objects.filter(pk=lead.pk).update(email="lead@desk.example")
    page = f"/admin/relations/user/{outsider.pk}/change/"
    rows = {"memberships-TOTAL_FORMS": 1, "memberships-0-relationship": desk.pk, "memberships-0-role": "analyst"}
    with django_capture_on_commit_callbacks(execute=True):
        assert save(as_superuser, page, **rows).status_code == 302
    assert outsider.memberships.get().role == "analyst"
    assert mail.outbox == []
    opened = as_superuser.get(page)
    assert as_superuser.post(page, filled(opened, **{"memberships-0-DELETE": "on"})).status_code == 302
    assert not outsider.memberships.exists()


def test_a_second_role_at_one_desk_is_refused(as_superuser: Client, analyst: User, desk: Relationship) -> None:
    typed = {"user": analyst.pk, "relationship": desk.pk, "role": "lead"}
    page = save(as_superuser, "/admin/relations/deskmembership/add/", **typed)
    assert page.status_code == 422
    assert "already has a role" in str(errors(page))


def test_a_superuser_at_no_desk_adds_no_reference_data(as_superuser: Client) -> None:
    assert as_superuser.get("/admin/relations/person/add/").status_code == 404
    assert as_superuser.get("/admin/relations/person/").status_code == 200
