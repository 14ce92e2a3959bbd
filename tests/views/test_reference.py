"""People, posts, mandates, organisations and publishers: what their pages hold, and how they are added and mended."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from relations.actions.reference import save_reference
from relations.actions.refusal import Refused
from relations.choices import Role
from relations.models import (
    Document,
    Issue,
    Mandate,
    Organisation,
    Party,
    Person,
    Post,
    Publisher,
    Relationship,
    ReliabilityRating,
    Statement,
    User,
)
from relations.models.versions import revision_of
from tests import factories
from tests.views.test_conflicts import choices

pytestmark = pytest.mark.django_db


def field_errors(answer: Any, field: str) -> str:
    assert answer.status_code == 422
    return " ".join(answer.context["form"].errors.get(field, []))


def opened(client: Client, url: str, **typed: str) -> dict[str, str]:
    """Return what the form at `url` holds, as a browser would send it back, with some of it typed over."""
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in values.items()} | typed


# Adding and mending


def test_an_analyst_adds_a_person_a_post_and_the_office_they_hold(as_analyst: Client, desk: Relationship) -> None:
    as_analyst.post(reverse("person_new"), {"name": "Hakan Fidan", "sort_name": "Fidan, Hakan"})
    as_analyst.post(reverse("post_new"), {"name": "Foreign Minister", "party": str(desk.second_party_id)})
    person, post = Person.objects.get(), Post.objects.get()
    typed = {"post": str(post.pk), "start": "2023-06-03", "last_attested": "2025-03-26"}
    answer = as_analyst.post(reverse("mandate_new", args=[person.ref]), typed, follow=True)
    assert "from <time" in answer.content.decode()
    assert person.mandates.get().covers(factories.DAY)
    assert "Hakan Fidan" in as_analyst.get(post.get_absolute_url()).content.decode()


def test_an_analyst_adds_an_organisation_and_a_publisher(as_analyst: Client, desk: Relationship) -> None:
    as_analyst.post(reverse("organisation_new"), {"name": "Dışişleri Bakanlığı", "party": str(desk.second_party_id)})
    as_analyst.post(reverse("publisher_new"), {"name": "Hürriyet", "url": "www.hurriyet.com.tr"})
    assert Organisation.objects.get().party == desk.second_party
    assert Publisher.objects.get().url == "https://www.hurriyet.com.tr"


def test_a_name_that_is_held_already_is_pointed_out_before_it_is_added_again(as_analyst: Client) -> None:
    held = factories.make_person("Mehmet Şimşek")
    typed = {"name": "Mehmet Simsek"}
    answer = as_analyst.post(reverse("person_new"), typed)
    assert "already" in field_errors(answer, "name")
    assert held.get_absolute_url() in answer.content.decode()
    as_analyst.post(reverse("person_new"), typed | {"anyway": "1"})
    assert Person.objects.count() == 2


def test_a_reviewer_mends_a_post_and_an_analyst_finds_no_way_to(as_analyst: Client, as_reviewer: Client) -> None:
    factories.make_person()
    post = Post.objects.get()
    url = reverse("post_edit", args=[post.ref])
    assert url in as_reviewer.get(post.get_absolute_url()).content.decode()
    assert url not in as_analyst.get(post.get_absolute_url()).content.decode()
    as_reviewer.post(url, opened(as_reviewer, url, name="Minister of Foreign Affairs"))
    post.refresh_from_db()
    assert post.name == "Minister of Foreign Affairs"


def test_a_save_over_someone_elses_mending_shows_both_and_loses_neither(as_reviewer: Client) -> None:
    organisation = Organisation.objects.create(name="White House")
    url = reverse("organisation_edit", args=[organisation.ref])
    mine = opened(as_reviewer, url, name="The White House, Washington")
    Organisation.objects.filter(pk=organisation.pk).update(name="Executive Office of the President")
    answer = as_reviewer.post(url, mine)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Executive Office" in text
    assert 'value="The White House, Washington"' in text
    again = {name: answer.context["form"][name].value() or "" for name in ("revision", "name", "party")}
    assert as_reviewer.post(url, again).status_code == 302
    organisation.refresh_from_db()
    assert organisation.name == "The White House, Washington"


def test_of_two_who_mend_a_row_either_side_is_taken_field_by_field_and_who_saved_is_told(
    as_reviewer: Client, lead: User, signed_in: Callable[..., Client]
) -> None:
    party = Party.objects.get(code="US")
    organisation = Organisation.objects.create(name="White House")
    url = reverse("organisation_edit", args=[organisation.ref])
    mine = opened(as_reviewer, url, name="The White House")
    as_lead = signed_in(lead)
    assert as_lead.post(url, opened(as_lead, url, name="Executive Office", party=str(party.pk))).status_code == 302
    answer = as_reviewer.post(url, mine)
    assert answer.status_code == 409
    sides = choices(answer.content.decode())
    assert sides == {"take-name": "mine", "take-party": "theirs"}
    assert f"{lead} saved it" in answer.content.decode()
    again = {name: answer.context["form"][name].value() or "" for name in ("revision", "name", "party")}
    assert as_reviewer.post(url, {**again, **sides}).status_code == 302
    organisation.refresh_from_db()
    assert (organisation.name, organisation.party) == ("The White House", party)


def test_a_save_that_does_not_say_what_it_saw_is_a_save_over_something_newer(as_reviewer: Client) -> None:
    organisation = Organisation.objects.create(name="White House")
    answer = as_reviewer.post(reverse("organisation_edit", args=[organisation.ref]), {"name": "Kremlin"})
    assert answer.status_code == 409
    organisation.refresh_from_db()
    assert organisation.name == "White House"


# Bad input


def test_an_address_that_is_a_script_is_refused_at_its_field(as_analyst: Client) -> None:
    answer = as_analyst.post(reverse("publisher_new"), {"name": "Bad", "url": "javascript:alert(1)"})
    assert field_errors(answer, "url")
    person = factories.make_person()
    typed = {"source_url": "javascript:alert(1)", "start": "2020-01-01", "end": "2020-02-01"}
    assert field_errors(as_analyst.post(reverse("mandate_new", args=[person.ref]), typed), "source_url")


@pytest.mark.parametrize(
    ("days", "field", "words"),
    [
        ({"start": "2024-01-01", "end": "2025-01-01"}, "start", "already hold this post from 3 Jun 2023"),
        ({"start": "2020-02-01", "end": "2020-01-01"}, "end", "cannot end before it starts"),
        ({"start": "2020-02-01", "last_attested": "2020-01-01"}, "last_attested", "cannot end before it starts"),
        (
            {"start": "2019-01-01", "end": "2019-12-31", "first_attested": "2019-03-01", "last_attested": "2019-02-01"},
            "last_attested",
            "cannot come before the first",
        ),
        ({"end": "2020-01-01"}, "start", "Give the first day"),
        ({"start": "2020-01-01"}, "end", "Give the last day"),
        ({"start": "30 February", "end": "2020-01-01"}, "start", "valid date"),
    ],
)
def test_a_mandates_days_are_refused_at_the_field_to_mend(
    as_analyst: Client, days: dict[str, str], field: str, words: str
) -> None:
    person = factories.make_person()
    typed = {"post": str(person.mandates.get().post_id), **days}
    answer = as_analyst.post(reverse("mandate_new", args=[person.ref]), typed)
    assert words in field_errors(answer, field)
    assert not answer.context["form"].non_field_errors()
    assert Mandate.objects.count() == 1


def test_no_typed_nonsense_breaks_a_form(as_reviewer: Client, desk: Relationship) -> None:
    person = factories.make_person()
    publisher = Publisher.objects.create(name="Daily")
    urls = [
        reverse("person_new"),
        reverse("post_new"),
        reverse("organisation_new"),
        reverse("publisher_new"),
        reverse("person_edit", args=[person.ref]),
        reverse("mandate_new", args=[person.ref]),
        reverse("publisher_rate", args=[publisher.ref, desk.slug]),
    ]
    for nonsense in ("", "\x00", "x" * 30_000, "-1", "99999999999999999999", "   "):
        names = (
            "name",
            "sort_name",
            "biography",
            "merged_into",
            "party",
            "organisation",
            "post",
            "start",
            "url",
            "revision",
        )
        for url in urls:
            answer = as_reviewer.post(url, {**dict.fromkeys(names, nonsense), "reliability": nonsense})
            assert answer.status_code in (302, 409, 422), (url, nonsense)


def test_a_mandate_is_mended_under_its_own_person_alone(as_reviewer: Client) -> None:
    mandate = factories.make_person().mandates.get()
    other = Person.objects.create(name="Someone else")
    assert as_reviewer.get(reverse("mandate_edit", args=[other.ref, mandate.ref])).status_code == 404
    url = reverse("mandate_edit", args=[mandate.person.ref, mandate.ref])
    as_reviewer.post(url, opened(as_reviewer, url, end="2025-04-01", last_attested=""))
    mandate.refresh_from_db()
    assert mandate.end == datetime.date(2025, 4, 1)


# One person entered twice


def test_entries_joined_are_one_person_and_each_shows_what_is_held_of_both(
    as_reviewer: Client, as_reader: Client, issue: Issue, published: Statement, analyst: User, reviewer: User
) -> None:
    kept = published.speaker_person
    twice = Person.objects.create(name="H. Fidan")
    other = factories.make_published(issue, analyst, reviewer, speaker_person=twice, text="Said under another name.")
    url = reverse("person_edit", args=[twice.ref])
    assert kept is not None
    as_reviewer.post(url, opened(as_reviewer, url, merged_into=str(kept.pk)))
    for person, named in ((kept, twice), (twice, kept)):
        text = as_reader.get(person.get_absolute_url()).content.decode()
        assert published.text in text
        assert other.text in text
        assert named.get_absolute_url() in text
    assert "H. Fidan" not in as_reader.get(reverse("people")).content.decode()


def test_nobody_is_joined_to_themselves_or_to_an_entry_that_was_joined(as_reviewer: Client) -> None:
    kept = factories.make_person()
    gone = Person.objects.create(name="H. Fidan", merged_into=kept)
    url = reverse("person_edit", args=[kept.ref])
    for target in (kept, gone):
        answer = as_reviewer.post(url, opened(as_reviewer, url, merged_into=str(target.pk)))
        assert field_errors(answer, "merged_into")


def test_two_entries_are_not_joined_to_each_other_whoever_asks(reviewer: User) -> None:
    kept = factories.make_person()
    Person.objects.create(name="H. Fidan", merged_into=kept)
    kept.merged_into = Person.objects.get(name="H. Fidan")
    with pytest.raises(Refused, match="already") as refusal:
        save_reference(actor=reviewer, row=kept, revision=revision_of(kept))
    assert refusal.value.field == "merged_into"


# What the reader's own desks hold


def test_a_post_an_organisation_and_a_publisher_show_what_the_readers_desks_hold_and_no_more(
    as_reader: Client,
    signed_in: Callable[..., Client],
    outsider: User,
    issue: Issue,
    analyst: User,
    reviewer: User,
) -> None:
    mandate = factories.make_person().mandates.get()
    published = factories.make_published(issue, analyst, reviewer, speaker_person=mandate.person, mandate=mandate)
    ministry = Organisation.objects.create(name="Ministry")
    factories.make_published(issue, analyst, reviewer, speaker_organisation=ministry, text="The ministry hopes.")
    factories.make_statement(issue, analyst, speaker_organisation=ministry, text="A draft of the ministry.")
    pages = {
        mandate.post.get_absolute_url(): published.text,
        ministry.get_absolute_url(): "The ministry hopes.",
        published.document.publisher.get_absolute_url(): published.document.title,
    }
    for url, words in pages.items():
        shown = as_reader.get(url).content.decode()
        assert words in shown
        assert "A draft" not in shown
        assert words not in signed_in(outsider).get(url).content.decode()
    text = as_reader.get(published.get_absolute_url()).content.decode()
    assert mandate.post.get_absolute_url() in text
    assert published.document.publisher.get_absolute_url() in text


def test_the_history_of_a_party_is_reached_from_the_pages_that_name_it(as_reader: Client) -> None:
    post = factories.make_person().mandates.get().post
    publisher = Publisher.objects.create(name="The Daily", party=post.party)
    ministry = Organisation.objects.create(name="Ministry", party=post.party)
    url = reverse("party_history", args=[post.party.code])
    for row in (post, publisher, ministry):
        assert f'href="{url}"' in as_reader.get(row.get_absolute_url()).content.decode()
    assert post.party.name in as_reader.get(url).content.decode()


def test_a_publisher_is_judged_by_each_desk_for_itself(
    as_reviewer: Client, as_analyst: Client, desk: Relationship, reviewer: User, signed_in: Callable[..., Client]
) -> None:
    publisher = Publisher.objects.create(name="Hürriyet")
    url = reverse("publisher_rate", args=[publisher.ref, desk.slug])
    as_reviewer.post(url, opened(as_reviewer, url, reliability="B"))
    assert ReliabilityRating.objects.get().relationship == desk
    shown = as_analyst.get(publisher.get_absolute_url()).content.decode()
    assert "B Usually" in shown
    assert url not in shown
    elsewhere = factories.make_user("elsewhere", factories.make_desk("gr-de", "GR", "DE"), Role.LEAD)
    for page in (publisher.get_absolute_url(), reverse("publishers")):
        assert "B Usually" not in signed_in(elsewhere).get(page).content.decode()
    assert signed_in(elsewhere).get(url).status_code == 404
    as_reviewer.post(url, opened(as_reviewer, url, reliability="D"))
    assert ReliabilityRating.objects.get().reliability == "D"


# Lists


@pytest.mark.parametrize(
    ("name", "held", "asked"),
    [
        ("people", "Erdoğan", "erdogan"),
        ("posts", "Büyükelçi", "buyukelci"),
        ("organisations", "Dışişleri", "disisleri"),
        ("publishers", "Hürriyet", "hurriyet"),
    ],
)
def test_lists_are_searched_without_diacritics_and_say_what_to_do_where_nothing_fits(
    as_analyst: Client, desk: Relationship, name: str, held: str, asked: str
) -> None:
    assert "new/" in as_analyst.get(reverse(name)).content.decode()
    make(name, held, desk)
    url = reverse(name)
    assert held in as_analyst.get(url, {"q": asked}).content.decode()
    nothing = as_analyst.get(url, {"q": "xyzzy"}, headers={"HX-Request": "true"}).content.decode()
    assert held not in nothing
    assert "<html" not in nothing
    assert f'href="{url}"' in nothing


@pytest.mark.parametrize("words", ["erdogan", "R. T.", "buyukelci", "turkiye BÜYÜKELÇİ erdoğan", "old name"])
def test_people_are_found_by_every_name_and_office_they_had(as_reader: Client, desk: Relationship, words: str) -> None:
    person = factories.make_person("Recep Tayyip Erdoğan", post="Büyükelçi")
    factories.make_person("Marco Rubio", party="US", post="Secretary of State")
    joined = Person.objects.create(name="R. T. Erdogan", merged_into=person)
    Person.objects.create(name="Old Name", merged_into=joined)
    answer = as_reader.get(reverse("people"), {"q": words})
    assert [str(row) for row in answer.context["page"].rows] == ["Recep Tayyip Erdoğan"]
    assert "Name or office" in answer.content.decode()


def test_an_office_is_found_at_the_entry_that_is_kept(as_reader: Client, desk: Relationship) -> None:
    kept = Person.objects.create(name="Hakan Fidan")
    twice = factories.make_person("H. Fidan", post="Head of intelligence")
    Person.objects.filter(pk=twice.pk).update(merged_into=kept)
    answer = as_reader.get(reverse("people"), {"q": "intelligence"})
    assert [str(row) for row in answer.context["page"].rows] == ["Hakan Fidan"]


def make(name: str, called: str, desk: Relationship) -> None:
    """Make a row of the list `name`, with all that its line shows."""
    if name == "people":
        factories.make_person(called, post=f"Office of {called}")
    elif name == "posts":
        organisation = Organisation.objects.create(name=f"Body of {called}")
        post = Post.objects.create(name=called, party=desk.second_party, organisation=organisation)
        person = Person.objects.create(name=f"Holder of {called}")
        Mandate.objects.create(person=person, post=post, start=factories.DAY, end=factories.DAY)
    elif name == "organisations":
        Organisation.objects.create(name=called, party=desk.second_party)
    else:
        publisher = Publisher.objects.create(name=called, party=desk.second_party)
        ReliabilityRating.objects.create(relationship=desk, publisher=publisher, reliability="B")


@pytest.mark.parametrize(("name", "queries"), [("people", 6), ("posts", 6), ("organisations", 5), ("publishers", 6)])
@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_takes_the_same_queries_for_one_row_and_for_thirty(
    as_reader: Client,
    desk: Relationship,
    django_assert_num_queries: DjangoAssertNumQueries,
    name: str,
    queries: int,
    rows: int,
) -> None:
    for number in range(rows):
        make(name, f"Row {number}", desk)
    as_reader.get(reverse(name))
    with django_assert_num_queries(queries):
        text = as_reader.get(reverse(name)).content.decode()
    assert text.count('<th scope="row">') == rows


@pytest.mark.parametrize("rows", [1, 30])
def test_a_persons_and_a_posts_page_take_the_same_queries_for_one_row_and_for_thirty(
    as_reader: Client,
    issue: Issue,
    analyst: User,
    reviewer: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    document = factories.make_document(issue.relationship, analyst)
    mandate = factories.make_person().mandates.get()
    for number in range(rows):
        said = {"speaker_person": mandate.person, "mandate": mandate, "text": f"Words {number}."}
        factories.make_published(issue, analyst, reviewer, document=document, **said)
    urls = {mandate.person.get_absolute_url(): 10, mandate.post.get_absolute_url(): 8}
    for url, queries in urls.items():
        as_reader.get(url)
        with django_assert_num_queries(queries):
            assert as_reader.get(url).content.decode().count('class="entry"') == rows


@pytest.mark.parametrize("rows", [1, 30])
def test_a_publishers_page_takes_the_same_queries_for_one_document_and_for_thirty(
    as_analyst: Client,
    desk: Relationship,
    analyst: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    publisher = Publisher.objects.create(name="Daily")
    for number in range(rows):
        document = factories.make_document(desk, analyst, title=f"Held {number}.")
        Document.objects.filter(pk=document.pk).update(publisher=publisher)
    as_analyst.get(publisher.get_absolute_url())
    with django_assert_num_queries(9):
        assert as_analyst.get(publisher.get_absolute_url()).content.decode().count("Held ") == rows


def test_a_long_list_is_read_page_by_page_under_its_search(as_reader: Client, desk: Relationship) -> None:
    for number in range(60):
        Publisher.objects.create(name=f"Gazette {number:02}")
    first = as_reader.get(reverse("publishers"), {"q": "gazette"})
    after = first.context["page"].next
    assert f"?q=gazette&amp;page={after}" in first.content.decode()
    second = as_reader.get(reverse("publishers"), {"q": "gazette", "page": after})
    assert [str(row) for row in second.context["page"].rows] == [f"Gazette {number}" for number in range(50, 60)]
