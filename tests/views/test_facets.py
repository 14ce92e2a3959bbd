"""What a list can be narrowed by, with how many rows each choice leaves; its orders, and its pages under each of them."""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from relations.actions.statements import discard_statement
from relations.filters.statement_facets import DIMENSIONS
from relations.filters.statements import ORDERS, StatementFilter
from relations.models import AgendaItem, Bearing, Issue, Meeting, Person, Relationship, Statement, User
from relations.reports import paging
from relations.reports.paging import KeyPage, key_page
from tests import factories

pytestmark = pytest.mark.django_db


def listed(client: Client, desk: Relationship, query: str = "") -> Any:
    answer = client.get(f"{reverse('statement_list', args=[desk.slug])}?{query}")
    assert answer.status_code == 200
    return answer.context


def numbers(client: Client, desk: Relationship, facet: str, query: str = "") -> dict[str, str]:
    """Return what a facet offers: each choice's number by its label."""
    group = next(each for each in listed(client, desk, f"{query}&open={facet}")["facets"].groups if each.name == facet)
    return {str(choice.label): choice.counted for choice in group.choices}


@pytest.fixture
def three(issue: Issue, analyst: User, reviewer: User) -> list[Statement]:
    """A published statement of each side on CAATSA, and a draft on Gaza."""
    desk = issue.relationship
    rubio = factories.make_person("Marco Rubio", "US", "Secretary of State")
    gaza = factories.make_issue(desk, "Gaza", "gaza")
    document = factories.make_document(desk, analyst, language="tr")
    return [
        factories.make_published(issue, analyst, reviewer, speaker_person=factories.make_person(), document=document),
        factories.make_published(
            issue, analyst, reviewer, text="The US refuses.", speaker_person=rubio, on_behalf_of=desk.first_party,
            bearings=[factories.bearing_on(issue, "REJECT", position_of=desk.first_party)], marking="GREEN",
        ),
        factories.make_statement(gaza, analyst, text="A draft.", speaker_person=rubio),
    ]  # fmt: skip


@pytest.mark.usefixtures("three")
def test_each_choice_tells_how_many_statements_it_leaves(desk: Relationship, as_analyst: Client) -> None:
    expected = {
        "state": {"Draft": "1", "Published": "2"},
        "party": {"Türkiye": "2", "United States": "1"},
        "person": {"Marco Rubio": "2", "Hakan Fidan": "1"},
        "issue": {"CAATSA sanctions": "2", "Gaza": "1"},
        "act": {"Asks": "2", "Refuses": "1"},
        "language": {"English": "2", "Turkish": "1"},
        "marking": {"Anyone": "2", "Our community": "1"},
        "reliability": {"Not rated": "3"},
        "passage": {"Found": "3"},
    }
    groups = listed(as_analyst, desk, "&".join(f"open={facet}" for facet in expected))["facets"].groups
    told = {group.name: {str(each.label): each.counted for each in group.choices or []} for group in groups}
    assert {facet: told[facet] for facet in expected} == expected


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("refuse", ["The US refuses."]),  # by the stem
        ("türkiye", ["Türkiye wants the sanctions lifted."]),
        ("turkiye sanction want", ["Türkiye wants the sanctions lifted."]),
        ('"we want the sanctions" refuses', ["The US refuses."]),  # what it cites
        ('"lifted sanctions"', []),
        ("-refuses -sanctions", None),
        ("draft -refuses", ["A draft."]),
        ("the", ["A draft.", "The US refuses.", "Türkiye wants the sanctions lifted."]),  # narrows nothing
        ("' \\ & | ! :* refuses", ["The US refuses."]),
        ("speaker:rubio", None),
        ("since:2025", None),
    ],
)
@pytest.mark.usefixtures("three")
def test_the_words_of_the_list_are_read_as_the_search_reads_them(
    desk: Relationship, as_analyst: Client, typed: str, found: list[str] | None
) -> None:
    shown = listed(as_analyst, desk, urlencode({"text": typed}))
    assert bool(shown["filter"].form.errors.get("text")) is (found is None)
    page = as_analyst.get(
        f"{reverse('statement_list', args=[desk.slug])}?{urlencode({'text': typed})}"
    ).content.decode()
    # What is wrong is seen where the filters are a drawer, too.
    assert ('id="facets-drawer" data-stays open>' in page) is (found is None)
    if found is not None:
        assert sorted(row.text for row in shown["page"].rows) == found


@pytest.mark.usefixtures("three")
def test_whoever_said_it_is_found_by_each_part_of_the_name_and_those_without_one_as_they_are_described(
    desk: Relationship, as_analyst: Client, issue: Issue, analyst: User
) -> None:
    factories.make_statement(
        issue, analyst, text="Soon.", speaker_descriptor="Sources close to Erdoğan", basis="background"
    )
    for typed, found in (
        ("rub marc", {"The US refuses.", "A draft."}),
        ("erdogan sources", {"Soon."}),
        ("rubio fidan", set()),
    ):
        assert {row.text for row in listed(as_analyst, desk, urlencode({"speaker": typed}))["page"].rows} == found


@pytest.mark.usefixtures("three")
def test_a_facet_counts_its_other_choices_as_if_nothing_were_chosen_in_it(
    desk: Relationship, as_analyst: Client
) -> None:
    assert numbers(as_analyst, desk, "party", "party=US") == {"Türkiye": "2", "United States": "1"}
    assert numbers(as_analyst, desk, "act", "party=US&act=REJECT") == {"Refuses": "1"}
    assert numbers(as_analyst, desk, "act", "issue=gaza") == {"Asks": "1"}
    assert listed(as_analyst, desk, "party=US&party=TR&act=REQUEST")["counted"] == "2"
    # What is chosen stays to be taken back, though it leaves nothing.
    assert numbers(as_analyst, desk, "marking", "party=TR&marking=GREEN") == {"Anyone": "2", "Our community": "0"}


def test_a_list_of_one_issue_counts_each_statement_that_is_on_it_once_and_from_its_day_on(
    issue: Issue, analyst: User, reviewer: User, as_analyst: Client
) -> None:
    desk = issue.relationship
    sides = [factories.bearing_on(issue, position_of=party) for party in desk.parties]
    factories.make_published(issue, analyst, reviewer, bearings=sides)
    draft = factories.make_statement(issue, analyst)
    day = draft.latest

    def counted(query: str = "") -> str:
        return listed(as_analyst, desk, f"issue={issue.slug}{query}")["counted"]

    assert counted() == "2"
    assert counted("&state=draft") == counted("&act=REQUEST&state=draft") == "1"
    later = day + datetime.timedelta(1)
    with connection.cursor() as cursor:
        Statement.objects.filter(pk=draft.pk).update(earliest=later, latest=later, revision=draft.revision + 1)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert (counted(f"&since={day}"), counted(f"&since={later}")) == ("2", "1")
    with connection.cursor() as cursor:
        Bearing.objects.filter(statement=draft).update(issue=factories.make_issue(desk, "Gaza", "gaza"))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert (counted(), listed(as_analyst, desk, "issue=gaza")["counted"]) == ("1", "1")
    draft.refresh_from_db()
    discard_statement(actor=analyst, statement=draft)
    assert listed(as_analyst, desk, "issue=gaza")["counted"] == "0"


@pytest.mark.usefixtures("three")
def test_what_one_may_not_see_counts_nowhere(
    desk: Relationship, as_reader: Client, outsider: User, signed_in: Callable[..., Client], reviewer: User
) -> None:
    greek = factories.make_desk("greece", "GR", "TR")
    author = factories.make_user("greek", greek)
    factories.make_published(factories.make_issue(greek, "Gaza", author=author), author, reviewer)
    assert numbers(as_reader, desk, "state") == {"Published": "2"}
    assert numbers(as_reader, desk, "person") == {"Hakan Fidan": "1", "Marco Rubio": "1"}
    every = listed(as_reader, desk, "&".join(f"open={each.name}" for each in DIMENSIONS))["facets"].groups
    assert {sum(choice.number for choice in group.choices) for group in every} == {0, 2}
    assert signed_in(outsider).get(reverse("statement_list", args=[desk.slug])).status_code == 404


def test_a_past_day_counts_what_was_known_then(issue: Issue, analyst: User, reviewer: User, as_analyst: Client) -> None:
    desk = issue.relationship
    with factories.clock(datetime.datetime(2025, 3, 26, 12, tzinfo=datetime.UTC)):
        factories.make_published(issue, analyst, reviewer)
    factories.make_published(issue, analyst, reviewer)
    assert numbers(as_analyst, desk, "state", "known=2025-03-27") == {"Published": "1"}
    assert numbers(as_analyst, desk, "state") == {"Published": "2"}


def test_entries_of_one_person_are_one_choice(issue: Issue, analyst: User, as_analyst: Client) -> None:
    fidan = factories.make_person()
    joined = Person.objects.create(name="H. Fidan", merged_into=fidan)
    for speaker in (fidan, joined):
        factories.make_statement(issue, analyst, speaker_person=speaker)
    assert numbers(as_analyst, issue.relationship, "person") == {"Hakan Fidan": "2"}
    assert listed(as_analyst, issue.relationship, f"person={fidan.ref}")["counted"] == "2"


@pytest.mark.usefixtures("three")
def test_what_is_chosen_is_told_with_the_way_back(desk: Relationship, as_analyst: Client) -> None:
    query = "kind=paraphrase&kind=quote&since=2025-03-01&issue=nowhere&sort=-said&page=x"
    chips = [(chip.label, str(chip.value), chip.address) for chip in listed(as_analyst, desk, query)["facets"].chips]
    assert chips == [
        ("Kind", "In other words", "?kind=quote&since=2025-03-01&issue=nowhere&sort=-said"),
        ("Kind", "Their own words", "?kind=paraphrase&since=2025-03-01&issue=nowhere&sort=-said"),
        ("Issue", "nowhere", "?kind=paraphrase&kind=quote&since=2025-03-01&sort=-said"),
        ("Since", "1 Mar 2025", "?kind=paraphrase&kind=quote&issue=nowhere&sort=-said"),
    ]
    page = as_analyst.get(f"{reverse('statement_list', args=[desk.slug])}?{query}").content.decode()
    assert "nowhere (not known here)" in page
    bogus = as_analyst.get(
        f"{reverse('statement_list', args=[desk.slug])}?kind=bogus&intensity_min=99"
    ).content.decode()
    assert "bogus is not one of the available choices" in bogus
    assert "less than or equal to 10" in bogus


@pytest.mark.usefixtures("three")
def test_a_heading_gets_its_choices_alone(desk: Relationship, analyst: User, signed_in: Callable[..., Client]) -> None:
    client = signed_in(analyst, htmx=True)
    path = reverse("statement_list", args=[desk.slug])
    part = client.get(f"{path}?open=issue", headers={"HX-Target": "facet-issue"}).content.decode()
    assert "CAATSA sanctions" in part
    assert "The US refuses." not in part
    assert 'name="open" value="issue"' in part  # so that it stays open when something is chosen
    closed = listed(client, desk)["facets"].groups
    assert [group.name for group in closed if group.choices is not None] == ["state", "party", "kind", "person"]


@pytest.mark.usefixtures("three")
def test_past_the_cap_numbers_are_the_least_that_there_are(
    desk: Relationship, as_analyst: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "COUNT_CAP", 1)
    assert listed(as_analyst, desk)["counted"] == "1+"
    assert numbers(as_analyst, desk, "kind") == {"In other words": "2+"}
    assert numbers(as_analyst, desk, "kind", "party=US") == {"In other words": "1"}
    refused = listed(as_analyst, desk, "sort=speaker")
    assert "Who said it: A to Z” is possible up to 1 rows" in refused["order"].refusal
    assert refused["order"].name == ""
    assert listed(as_analyst, desk, "sort=speaker&party=US")["order"].name == "speaker"
    assert listed(as_analyst, desk, "sort=-published")["order"].name == "-published"


@pytest.mark.usefixtures("three")
def test_filters_cost_no_query(
    desk: Relationship, issue: Issue, as_analyst: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    opened = "&".join(f"open={each.name}" for each in DIMENSIONS)
    path = reverse("statement_list", args=[desk.slug])
    as_analyst.get(path)
    with django_assert_num_queries(8):
        query = f"issue={issue.slug}&issue=gaza&party=US&party=TR&state=draft&act=REQUEST&language=en&passage=found&{opened}"
        assert as_analyst.get(f"{path}?{query}").context["counted"] == "1"
    with django_assert_num_queries(8):
        as_analyst.get(f"{path}?{opened}&sort=speaker")


def page_of(desk: Relationship, order: str, cursor: str = "") -> KeyPage[Statement]:
    """Return a page, which is the same whether all rows are sorted or an index is walked."""
    asked = StatementFilter({}, queryset=Statement.objects.at(desk), relationship=desk, drafts=True)
    rows, fields = ORDERS[order].of(asked.qs, asked), ORDERS[order].fields
    shown = key_page(rows, fields, cursor, size=3)
    assert key_page(rows, fields, cursor, size=3, is_few=True) == shown
    return shown


def test_under_every_order_pages_lead_through_all_rows_both_ways_and_stay_as_rows_arrive(
    issue: Issue, analyst: User
) -> None:
    desk = issue.relationship
    people = [factories.make_person(name, "TR", name) for name in ("Çelik", "Zorlu", "Arslan")]
    document = factories.make_document(desk, analyst)
    for number in range(7):
        bearing = factories.bearing_on(issue)
        bearing.intensity = Decimal(number % 3) - 1
        day = factories.DAY - datetime.timedelta(days=number // 2)
        factories.make_statement(
            issue, analyst, document, text=f"Number {number}.", speaker_person=people[number % 3], earliest=day,
            latest=day, bearings=[bearing],
        )  # fmt: skip
    orders = {}
    for name in ORDERS:
        pages, cursors = [], [""]
        while cursors[-1] or not pages:
            shown = page_of(desk, name, cursors[-1])
            pages.append([row.text for row in shown.rows])
            cursors.append(shown.next)
        rows = [text for page in pages for text in page]
        assert [len(page) for page in pages] == [3, 3, 1], name
        assert len(set(rows)) == 7, name
        back = shown.previous
        for page in pages[-2::-1]:
            shown = page_of(desk, name, back)
            assert [row.text for row in shown.rows] == page, name
            back = shown.previous
        assert back == ""
        orders[name] = rows
    assert orders["-said"] == orders["said"][::-1]
    assert orders["speaker"][:2] == ["Number 2.", "Number 5."]
    assert [int(text[7]) % 3 for text in orders["intensity"]] == [0, 0, 0, 1, 1, 2, 2]
    second = page_of(desk, "-said").next
    before = [row.text for row in page_of(desk, "-said", second).rows]
    factories.make_statement(issue, analyst, document, text="Later.")
    assert [row.text for row in page_of(desk, "-said", second).rows] == before
    # A place in one order is none in another.
    assert page_of(desk, "told", second).previous == ""


@pytest.mark.usefixtures("three")
def test_an_export_is_narrowed_and_ordered_as_the_list(desk: Relationship, as_analyst: Client) -> None:
    path = reverse("statement_export", args=[desk.slug])
    page = as_analyst.get(f"{path}?party=US&party=TR&state=published&sort=speaker").content.decode()
    assert "2 rows fit the filters." in page
    assert re.findall(r'type="hidden" name="(party|sort)" value="(\w+)"', page)[:3] == [
        ("party", "US"), ("party", "TR"), ("sort", "speaker"),
    ]  # fmt: skip
    sent = as_analyst.get(f"{path}?format=csv&up_to=GREEN&state=published&sort=-speaker")
    text = b"".join(sent.streaming_content).decode()
    assert text.index("Marco Rubio") < text.index("Hakan Fidan")
    assert as_analyst.get(f"{path}?format=csv&up_to=CLEAR&kind=bogus").status_code == 422


def test_the_board_documents_and_meetings_are_narrowed_and_paged_alike(
    desk: Relationship, issue: Issue, analyst: User, reviewer: User, as_analyst: Client
) -> None:
    factories.make_issue(desk, "Gaza", "gaza", topic="territory", owner=analyst)
    factories.make_published(issue, analyst, reviewer)
    for number in range(3):
        factories.make_document(desk, analyst, title=f"Ünlü {number}", language="tr")
        day = desk.today() + datetime.timedelta(days=2 - number)
        meeting = Meeting.objects.create(
            relationship=desk, title=f"Talks {number}", author=analyst, edited_by=analyst, earliest=day, latest=day
        )
    AgendaItem.objects.create(relationship=desk, meeting=meeting, issue=issue)

    def told(name: str, query: str = "") -> tuple[dict[str, dict[str, int]], list[str]]:
        shown = as_analyst.get(f"{reverse(name, args=[desk.slug])}?{query}").context
        groups = shown["facets"].groups
        numbers = {group.name: {str(each.label): each.number for each in group.choices} for group in groups}
        return numbers, [str(row) for row in shown["page"].rows]

    board, rows = told("board", "topic=territory&sort=-last")
    assert rows == ["Gaza"]
    assert board["topic"] == {"Diplomacy": 1, "Territory and conflict": 1}
    assert board["owner"] == {"analyst": 1}
    assert told("board", "act=REQUEST&party=TR&speaker=fidan")[1] == [issue.title]
    assert (
        told("board", "act=REJECT")[1] == told("board", "party=US")[1] == told("board", f"owner={reviewer.pk}")[1] == []
    )
    documents, rows = told("document_list", "language=tr&sort=-title")
    assert rows == ["Ünlü 2", "Ünlü 1", "Ünlü 0"]
    assert documents["language"] == {"Turkish": 3, "English": 1}
    meetings, rows = told("meeting_list")
    assert rows == ["Talks 2", "Talks 1", "Talks 0"]  # the nearest first
    assert meetings["issue"] == {issue.title: 1}
    assert told("meeting_list", f"issue={issue.slug}")[1] == ["Talks 2"]
    for name in ("board", "document_list", "meeting_list"):
        for wrong in (
            "sort=bogus",
            "sort=-",
            "page=x",
            "owner=x",
            "issue=%FF",
            "language=-",
            "publisher=x&publisher=y",
        ):
            assert as_analyst.get(f"{reverse(name, args=[desk.slug])}?{wrong}").status_code == 200
