"""The admin shows no desk that its user is not a member of (R7)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client

from relations.actions.reviews import return_
from relations.models import (
    AgendaItem,
    Brief,
    BriefTemplate,
    Commitment,
    Confirmation,
    DeskMembership,
    Document,
    Evidence,
    IssueLink,
    Meeting,
    Mention,
    Note,
    Original,
    Participant,
    PassageCheck,
    PassageSettlement,
    Person,
    Readout,
    Relationship,
    ReliabilityRating,
    ReviewClaim,
    ReviewComment,
    SavedView,
    Statement,
    StatusChange,
    User,
)
from relations.models.base import DeskModel, moment
from relations.models.following import Personal
from tests.factories import (
    make_desk,
    make_issue,
    make_move,
    make_person,
    make_published,
    make_statement,
    make_user,
    submitted,
)

SignIn = Callable[..., Client]
pytestmark = pytest.mark.django_db
SECRET = "zebra"


@pytest.fixture
def elsewhere(desk: Relationship) -> Relationship:
    """Another desk, with a row of every kind whose words hold the secret."""
    there = make_desk("gr-de", "GR", "DE")
    author, second = make_user("anna", there), make_user("bert", there, "reviewer")
    speaker = Person.objects.first() or make_person()
    issue = make_issue(there, f"The {SECRET} issue", f"{SECRET}-issue", owner=author)
    other = make_issue(there, f"Other {SECRET}")
    IssueLink.objects.create(relationship=there, from_issue=issue, kind="blocks", to_issue=other)
    statement = make_published(issue, author, second, text=f"The {SECRET} goes.", speaker_person=speaker)
    make_statement(issue, author, text=f"A {SECRET} draft.")
    make_move(issue, author, second, [statement], rationale=f"Because of the {SECRET}.")
    document = statement.document
    Document.objects.filter(pk=document.pk).update(title=f"The {SECRET} article")
    ReliabilityRating.objects.create(relationship=there, publisher=document.publisher, reliability="B")
    meeting = Meeting.objects.create(relationship=there, title=f"The {SECRET} meeting", author=author, edited_by=author)
    Participant.objects.create(relationship=there, meeting=meeting, party=there.first_party, person=speaker)
    AgendaItem.objects.create(relationship=there, meeting=meeting, issue=issue)
    Readout.objects.create(
        relationship=there, meeting=meeting, side=there.first_party, teller_person=speaker, document=document
    )
    passage = statement.passages.first()
    assert passage is not None
    from relations.actions.documents import add_capture

    add_capture(actor=author, document=document, text=f"Nothing of it, {SECRET}.")
    _daily_work(there, issue, statement, author, second)
    return there


def _daily_work(there: Relationship, issue: Any, statement: Statement, author: User, second: User) -> None:
    """Add what the working day leaves beside the content."""
    capture = statement.document.newest_capture()
    assert capture is not None
    Original.objects.create(
        relationship=there, capture=capture, name=f"{SECRET}.txt", media_type="text/plain", size=1, sha256="0" * 64
    )
    check = PassageCheck.objects.filter(relationship=there).first()
    PassageSettlement.objects.create(
        relationship=there, check_row=check, outcome="source_changed", note=SECRET, settled_by=second
    )
    returned = submitted(make_statement(issue, author, text=f"A returned {SECRET}."), author)
    return_(actor=second, review=returned, revision=returned.revision, comment=f"Mend the {SECRET}.")
    ReviewComment.objects.create(relationship=there, review=returned, field="text", text=f"Which {SECRET}?")
    waiting = submitted(make_statement(issue, author, text=f"A waiting {SECRET}."), author)
    ReviewClaim.objects.create(relationship=there, review=waiting, user=second)
    Commitment.objects.create(
        relationship=there, issue=issue, statement=statement, party=there.first_party, text=f"To feed the {SECRET}",
        author=author, edited_by=author,
    )  # fmt: skip
    note = Note.objects.create(
        relationship=there, issue=issue, text=f"On the {SECRET}.", author=author, edited_by=author
    )
    Mention.objects.create(relationship=there, note=note, user=second)
    Confirmation.objects.create(relationship=there, issue=issue, confirmed_by=second)
    frame = BriefTemplate(relationship=there, name=f"{SECRET}.docx", uploaded_by=second)
    frame.file = b"A letterhead"
    frame.save()
    Brief.objects.create(
        relationship=there, title=f"On the {SECRET}", author=author, known=moment(), content="{}", template=frame
    )
    SavedView.objects.create(relationship=there, owner=author, page="board", name=f"All {SECRET}", shared=True)


def desk_models() -> list[Any]:
    return [model for model in admin.site._registry if issubclass(model, DeskModel)]


def test_every_noun_of_the_desk_is_registered() -> None:
    nouns = {
        model
        for model in apps.get_app_config("relations").get_models()
        if not hasattr(model, "pgh_tracked_model")
        and not issubclass(model, Personal)
        and model.__name__ not in ("IdempotencyKey", "DefaultView", "SearchEntry", "PublishedBearing", "IssueStatement")
    }
    assert nouns <= set(admin.site._registry)
    others = {model.__name__ for model in set(admin.site._registry) - nouns}
    assert others == {"AccessAttempt", "ApiToken"}


@pytest.fixture
def mightiest(superuser: User, desk: Relationship) -> User:
    """A superuser who leads her own desk: what she is not shown of another, no lesser role is."""
    DeskMembership.objects.create(user=superuser, relationship=desk, role="lead")
    return superuser


def test_lists_searches_and_pages_hold_nothing_of_another_desk(
    mightiest: User, signed_in: SignIn, elsewhere: Relationship
) -> None:
    client = signed_in(mightiest)
    for model in desk_models():
        name = model._meta.model_name
        for query in ("", f"?q={SECRET[:4]}&relationship__id__exact={elsewhere.pk}"):
            found = client.get(f"/admin/relations/{name}/{query}").content.decode()
            assert SECRET not in found, (name, query)
            assert "Greece" not in found, (name, query)
        row = model._base_manager.filter(relationship=elsewhere).first()
        assert row is not None, f"the fixture makes no {name}"
        for page in ("change", "history", "delete"):
            assert client.get(f"/admin/relations/{name}/{row.pk}/{page}/").status_code == 404, (name, page)
        for page in ("change", "delete"):
            address = f"/admin/relations/{name}/{row.pk}/{page}/"
            assert client.post(address, {"post": "yes"}).status_code == 404, address


def test_an_analysts_lists_hold_nothing_of_another_desk(as_analyst: Client, elsewhere: Relationship) -> None:
    for model in desk_models():
        assert SECRET not in as_analyst.get(f"/admin/relations/{model._meta.model_name}/").content.decode()


def test_steps_of_another_desk_are_not_found(as_reviewer: Client, elsewhere: Relationship) -> None:
    for model in (Statement, StatusChange):
        row = model._base_manager.filter(relationship=elsewhere).first()
        assert row is not None
        for step in ("submit", "approve", "return", "withdraw", "correct", "discard", "nonsense"):
            address = f"/admin/relations/{model._meta.model_name}/{row.pk}/do/{step}/"
            assert as_reviewer.get(address).status_code == 404
            assert as_reviewer.post(address).status_code == 404


def test_choosers_offer_nothing_of_another_desk(
    as_analyst: Client, elsewhere: Relationship, desk: Relationship
) -> None:
    choosers = [
        ("statement", "document"), ("statement", "meeting"), ("bearing", "issue"), ("evidence", "statement"),
        ("readout", "document"), ("agendaitem", "issue"), ("issuelink", "to_issue"), ("statuschange", "issue"),
        ("passage", "capture"), ("issue", "owner"),
    ]  # fmt: skip
    for model, field in choosers:
        for extra in ({}, {"desk": elsewhere.pk}, {"term": SECRET}, {"desk": "x"}, {"desk": "9" * 40}):
            query = {"app_label": "relations", "model_name": model, "field_name": field, **extra}
            page = as_analyst.get("/admin/autocomplete/", query)
            assert page.status_code in (200, 404), (model, field)
            assert SECRET not in page.content.decode(), (model, field)
            assert "anna" not in page.content.decode(), (model, field)


def test_a_foreign_row_cannot_be_chosen(as_analyst: Client, elsewhere: Relationship, desk: Relationship) -> None:
    document = Document._base_manager.filter(relationship=elsewhere).get(title__contains=SECRET)
    page = as_analyst.post(
        "/admin/relations/statement/add/",
        {
            "relationship": desk.pk, "document": document.pk, "text": "x", "kind": "reported", "basis": "on_the_record",
            "earliest": "2025-03-25", "precision": "day", "credibility": 2, "marking": "CLEAR",
            "passages-TOTAL_FORMS": 0, "passages-INITIAL_FORMS": 0, "bearings-TOTAL_FORMS": 0,
            "bearings-INITIAL_FORMS": 0, "token": "6f3f7e4e-6b2f-4b1f-8f5d-2d3e4c5b6a70",
        },
    )  # fmt: skip
    assert page.status_code == 422
    assert "document" in page.context["adminform"].form.errors
    assert SECRET not in page.content.decode()


def test_refusing_a_deletion_names_nothing_of_another_desk(as_reviewer: Client, elsewhere: Relationship) -> None:
    person = Person.objects.get()
    page = as_reviewer.get(f"/admin/relations/person/{person.pk}/delete/")
    assert "other entries cite it" in page.content.decode()
    assert SECRET not in page.content.decode()
    as_reviewer.post(f"/admin/relations/person/{person.pk}/delete/", {"post": "yes"})
    assert Person.objects.filter(pk=person.pk).exists()


def test_a_reader_elsewhere_sees_what_is_published_there_and_no_history(
    elsewhere: Relationship, analyst: User, signed_in: SignIn
) -> None:
    DeskMembership.objects.create(user=analyst, relationship=elsewhere, role="reader")
    client = signed_in(analyst)
    page = client.get("/admin/relations/statement/").content.decode()
    assert f"The {SECRET} goes." in page
    assert f"A {SECRET} draft." not in page
    row = Statement.objects.get(text__startswith="The zebra")
    assert client.get(f"/admin/relations/statement/{row.pk}/change/").status_code == 200
    assert client.get(f"/admin/relations/statement/{row.pk}/history/").status_code == 404
    assert client.get(f"/admin/relations/statement/{row.pk}/do/correct/").status_code == 404
    meeting = Meeting.objects.get(relationship=elsewhere)
    assert client.post(f"/admin/relations/meeting/{meeting.pk}/change/", {"title": "Mine"}).status_code == 404


def test_no_address_tells_what_exists(as_analyst: Client, elsewhere: Relationship) -> None:
    from django.contrib.contenttypes.models import ContentType

    kind = ContentType.objects.get_for_model(Statement)
    row = Statement._base_manager.filter(relationship=elsewhere).first()
    assert row is not None
    assert as_analyst.get(f"/admin/r/{kind.pk}/{row.pk}/").status_code == 404
    assert as_analyst.get("/admin/relations/statement/999999/change/").status_code == 404


def test_only_superusers_see_accounts_and_memberships(as_analyst: Client, as_reviewer: Client, lead: User) -> None:
    for client in (as_analyst, as_reviewer):
        for noun in ("user", "deskmembership"):
            assert client.get(f"/admin/relations/{noun}/").status_code == 404
            assert client.get(f"/admin/relations/{noun}/add/").status_code == 404
        assert client.get(f"/admin/relations/user/{lead.pk}/password/").status_code == 404
        assert client.get("/admin/axes/accessattempt/").status_code == 404
        assert client.get("/admin/relations/party/add/").status_code == 404
        assert client.get("/admin/relations/relationship/add/").status_code == 404


def test_drafts_elsewhere_in_review_are_not_listed(elsewhere: Relationship, as_reviewer: Client) -> None:
    draft = Statement.objects.get(text=f"A {SECRET} draft.")
    submitted(draft, User.objects.get(username="anna"))
    assert SECRET not in as_reviewer.get("/admin/relations/review/").content.decode()
    assert PassageCheck.objects.exists()
    assert Evidence.objects.exists()
