"""Lists cost the same at one row and at thirty, say something, and are searched without accents."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from relations.models import (
    AgendaItem,
    IssueLink,
    Mandate,
    Meeting,
    Organisation,
    Participant,
    Post,
    Readout,
    Relationship,
    ReliabilityRating,
    User,
)
from tests.factories import (
    DAY,
    make_document,
    make_issue,
    make_move,
    make_party,
    make_person,
    make_published,
    make_user,
)

SignIn = Callable[..., Client]
pytestmark = pytest.mark.django_db


def grow(desk: Relationship, author: User, reviewer: User, number: int) -> None:
    """Add one row of every kind."""
    person = make_person(f"Person {number}", post=f"Post {number}")
    Organisation.objects.create(name=f"Organisation {number}", party=desk.first_party)
    issue, other = make_issue(desk, f"Issue {number}", owner=author), make_issue(desk, f"Other {number}")
    IssueLink.objects.create(relationship=desk, from_issue=issue, kind="blocks", to_issue=other)
    document = make_document(desk, author)
    statement = make_published(issue, author, reviewer, document=document, speaker_person=person)
    make_move(issue, author, reviewer, [statement])
    ReliabilityRating.objects.create(relationship=desk, publisher=document.publisher, reliability="B")
    meeting = Meeting.objects.create(
        relationship=desk, title=f"Talks {number}", author=author, edited_by=author, earliest=DAY, latest=DAY
    )
    mandate = Mandate.objects.get(person=person)
    Participant.objects.create(
        relationship=desk, meeting=meeting, party=desk.first_party, person=person, mandate=mandate
    )
    AgendaItem.objects.create(relationship=desk, meeting=meeting, issue=issue)
    Readout.objects.create(
        relationship=desk, meeting=meeting, side=desk.first_party, teller_person=person, document=document
    )
    make_user(f"user-{number}", desk)


# People fetch mandates, posts and parties beside; accounts their memberships, desks and both parties; memberships
# name every desk in their filter.
EXPECTED = {"person": 8, "user": 9, "deskmembership": 6}


def test_every_list_costs_the_same_at_one_row_and_at_thirty(
    desk: Relationship, lead: User, analyst: User, reviewer: User, signed_in: SignIn
) -> None:
    User.objects.filter(pk=lead.pk).update(is_superuser=True)
    client = signed_in(User.objects.get(pk=lead.pk))
    names = [model._meta.model_name for model in admin.site._registry if model._meta.app_label == "relations"]

    def costs() -> dict[Any, int]:
        found = {}
        for name in names:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(f"/admin/relations/{name}/").status_code == 200
            found[name] = len(queries)
        return found

    grow(desk, analyst, reviewer, 0)
    client.get("/admin/")
    few = costs()
    for number in range(1, 31):
        grow(desk, analyst, reviewer, number)
    many = costs()
    assert many == few
    assert {name: count for name, count in many.items() if count != 5} == EXPECTED


def test_the_index_asks_for_the_user_and_her_roles_alone(as_analyst: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        as_analyst.get("/admin/")
    assert len(queries) == 3  # session, user, memberships


def test_names_are_found_without_their_accents(as_analyst: Client) -> None:
    make_person("Recep Tayyip Erdoğan", post="Cumhurbaşkanı")
    for address in ("person/?q=erdogan", "mandate/?q=ERDOGAN"):
        assert "Erdoğan" in as_analyst.get(f"/admin/relations/{address}").content.decode()
    found = as_analyst.get(
        "/admin/autocomplete/",
        {"app_label": "relations", "model_name": "statement", "field_name": "speaker_person", "term": "erdogan"},
    ).json()
    assert [each["text"] for each in found["results"]] == ["Recep Tayyip Erdoğan"]
    assert "1 post" in as_analyst.get("/admin/relations/post/?q=cumhurbaskani").content.decode()


def test_a_chooser_of_evidence_offers_what_stands_published(
    as_analyst: Client, published: Any, draft: Any, desk: Relationship
) -> None:
    query = {"app_label": "relations", "model_name": "evidence", "field_name": "statement", "desk": desk.pk}
    found = as_analyst.get("/admin/autocomplete/", query).json()
    assert [each["id"] for each in found["results"]] == [str(published.pk)]


def test_an_empty_list_says_so_and_what_to_do(as_analyst: Client, desk: Relationship) -> None:
    page = as_analyst.get("/admin/relations/meeting/").content.decode()
    assert "Nothing yet that you may see." in page
    assert "Add the first" in page
    page = as_analyst.get("/admin/relations/meeting/?q=nothing").content.decode()
    assert "Nothing here matches" in page


def test_filters_narrow_by_where_a_statement_is_on_its_way(as_analyst: Client, published: Any, draft: Any) -> None:
    for state, count in (("draft", 1), ("published", 1), ("withdrawn", 0), ("nonsense", 2)):
        page = as_analyst.get(f"/admin/relations/statement/?state={state}")
        assert page.context["cl"].result_count == count, state


@pytest.mark.parametrize(
    "query",
    [
        "foo=bar", "p=9999", "p=abc", "o=zzz", "o=99", "id__exact=x", f"id__exact={'9' * 40}", "created_at__year=99999999",
        "created_at__gt=nonsense", "text__regex=(((", "all=1", "e=1", "_to_field=ref", "_popup=1", "q=%27%22%5C", "q=%F0%9F",
        "relationship__slug__startswith=u", "relationship__id__exact=x", "q=" + "a" * 3000, "state=%00", "foo=%00",
        f"id__in={'9' * 40}", "document__statements__text__contains=a",
    ],
)  # fmt: skip
def test_no_query_breaks_a_list(as_analyst: Client, published: Any, query: str) -> None:
    for noun in ("statement", "issue", "person"):
        answer = as_analyst.get(f"/admin/relations/{noun}/?{query}")
        assert answer.status_code in (200, 302, 400, 404), (noun, answer.status_code)


def test_parties_are_offered_to_choose_and_kept_from_change(as_analyst: Client, as_reviewer: Client) -> None:
    party = make_party("TR", "Türkiye")
    for client in (as_analyst, as_reviewer):
        page = client.get(f"/admin/relations/party/{party.pk}/change/")
        assert page.status_code == 200
        assert 'name="_save"' not in page.content.decode()
        assert client.post(f"/admin/relations/party/{party.pk}/change/", {"name": "X"}).status_code == 404
    assert Post.objects.count() == 0


def test_statements_are_searched_as_the_site_does_by_words_speakers_and_refs(
    as_analyst: Client, desk: Relationship, analyst: User, reviewer: User
) -> None:
    speaker = make_person("Hakan Fidan", post="Bakan")
    issue = make_issue(desk, author=analyst)
    said = make_published(issue, analyst, reviewer, text="The tariffs have to go.", speaker_person=speaker)
    make_published(issue, analyst, reviewer, text="Visits follow.", speaker_person=make_person("Marco Rubio"))

    def shown(query: str) -> Any:
        return as_analyst.get("/admin/relations/statement/", {"q": query})

    for query in ("tariff", "FİDAN", "fidan tariffs", said.ref, '"tariffs have to go"', "-visits tariffs"):
        assert [row.pk for row in shown(query).context["cl"].result_list] == [said.pk], query
    assert "1 found" in shown("rubio").content.decode()
    assert "0 found" in shown("fidan visits").content.decode()
    page = shown('"not closed').content.decode()
    assert "A quotation mark is not closed." in page
    assert "0 found" in page
    assert shown(" ").context["cl"].result_count == 2


def test_a_search_counts_its_first_pages_and_says_that_there_is_more(
    as_analyst: Client, published: Any, draft: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relations.admin.statements.SEARCHED", 1)
    assert "1+ found" in as_analyst.get("/admin/relations/statement/?q=since:1900").content.decode()
