"""The page of both sides' positions: what it tells, to whom, and for which day."""

import datetime
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from relations.choices import ReviewState
from relations.models import Issue, Relationship, Statement, StatusChange, User
from tests import factories
from tests.factories import bearing_on, make_move, make_published

pytestmark = pytest.mark.django_db
QUERIES = 11


def page_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def page(client: Client, desk: Relationship) -> str:
    return page_of(client.get(reverse("positions", args=[desk.slug])))


def day(number: int) -> datetime.date:
    return datetime.date(2025, 3, number)


@pytest.fixture
def spoken(issue: Issue, analyst: User, reviewer: User) -> Issue:
    """Türkiye asked, then refused in other words; the United States backs it; the desk judges that."""
    turkish = factories.make_person()
    american = factories.make_person("Marco Rubio", "US", "Secretary of State")
    document = factories.make_document(issue.relationship, analyst)
    first = issue.relationship.first_party
    said = [
        make_published(
            issue, analyst, reviewer, document=document, text=text, earliest=day(on), latest=day(on),
            speaker_person=person, on_behalf_of=bearing.position_of, bearings=[bearing],
        )
        for text, on, person, bearing in (
            ("Türkiye wants the sanctions lifted.", 1, turkish, bearing_on(issue)),
            ("Türkiye wants the sanctions <b>gone</b> by summer.", 5, turkish, bearing_on(issue, "CONCEDE")),
            ("Washington would lift them.", 6, american, bearing_on(issue, "SUPPORT", position_of=first)),
        )
    ]  # fmt: skip
    make_move(
        issue, analyst, reviewer, said[1:], to_status="open", to_trend="not_assessed", to_agreement="partly",
        effective=day(7), rationale="Both want them lifted; when, only Türkiye says.",
    )  # fmt: skip
    return issue


def test_each_position_tells_since_when_its_shift_and_what_is_new_or_gone_in_words(
    client: Client, spoken: Issue, reader: User
) -> None:
    client.force_login(reader)
    shown = page(client, spoken.relationship)
    assert 'since <span class="nowrap">5 Mar 2025</span>' in shown
    assert "Just shifted" in shown
    assert "from “asks” to “gives way”" in shown
    assert '<dt>New:</dt><dd><ins class="diff">&lt;b&gt;gone&lt;/b&gt; by summer</ins></dd>' in shown
    assert '<dt>Gone:</dt><dd><del class="diff">lifted</del></dd>' in shown
    assert (
        f"{reverse('statement_list', args=[spoken.relationship.slug])}?issue=caatsa&amp;party=TR&amp;since=2025-03-05"
        in shown
    )


def test_the_statements_behind_a_position_are_one_click_away(client: Client, spoken: Issue, reader: User) -> None:
    client.force_login(reader)
    url = reverse("statement_list", args=[spoken.relationship.slug])
    behind = client.get(f"{url}?issue=caatsa&party=TR&since=2025-03-05").content.decode()
    assert "by summer" in behind
    assert "wants the sanctions lifted" not in behind


def test_a_judgement_names_who_made_and_who_reviewed_it_to_those_who_see_reviews(
    client: Client, spoken: Issue, reader: User, analyst: User
) -> None:
    client.force_login(analyst)
    assert f"by {analyst}, reviewed by reviewer on" in page(client, spoken.relationship)
    client.force_login(reader)
    shown = page(client, spoken.relationship)
    assert "Sides agree in part" in shown
    assert "Both want them lifted; when, only Türkiye says." in shown
    assert "reviewed by a second person on" in shown
    assert "reviewed by reviewer" not in shown


def test_what_nobody_judged_yet_can_be_judged_by_those_who_write(
    client: Client, issue: Issue, analyst: User, reviewer: User, reader: User
) -> None:
    for party in issue.relationship.parties:
        make_published(issue, analyst, reviewer, on_behalf_of=party, bearings=[bearing_on(issue, position_of=party)])
    propose = reverse("status_propose", args=[issue.relationship.slug, issue.slug])
    client.force_login(analyst)
    assert propose in page(client, issue.relationship)
    client.force_login(reader)
    shown = page(client, issue.relationship)
    assert "nobody has judged yet whether they agree" in shown
    assert propose not in shown


def test_consultations_stand_apart_and_last(client: Client, desk: Relationship, reader: User, issue: Issue) -> None:
    factories.make_issue(desk, "Alpha", scope="consultation", author=reader)
    client.force_login(reader)
    shown = page(client, desk)
    assert shown.index("CAATSA sanctions") < shown.index("Consultations") < shown.index("Alpha")
    assert "Nothing known" in shown


def test_a_desk_without_issues_says_so(client: Client, desk: Relationship, reader: User) -> None:
    client.force_login(reader)
    assert "No issue yet." in page(client, desk)


def test_drafts_are_no_positions(client: Client, issue: Issue, analyst: User) -> None:
    factories.make_statement(issue, analyst, text="Not published yet.")
    client.force_login(analyst)
    shown = page(client, issue.relationship)
    assert "Not published yet." not in shown
    assert "Nothing known" in shown


def test_the_page_asks_as_much_for_thirty_issues_as_for_one(
    client: Client, spoken: Issue, analyst: User, reviewer: User
) -> None:
    client.force_login(analyst)
    desk = spoken.relationship
    document = factories.make_document(desk, analyst)
    page(client, desk)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(client, desk)
        return len(queries)

    assert asked() == QUERIES
    others = [factories.make_issue(desk, f"Issue {number}") for number in range(29)]
    for act in ("REQUEST", "REJECT"):
        make_published(
            others[0], analyst, reviewer, document=document, bearings=[bearing_on(each, act) for each in others]
        )
    assert asked() == QUERIES


def test_a_judgement_is_typed_shown_in_its_effect_and_sent_to_review(
    client: Client, spoken: Issue, analyst: User
) -> None:
    client.force_login(analyst)
    url = reverse("status_propose", args=[spoken.relationship.slug, spoken.slug])
    assert '<option value="partly" selected>' in client.get(url).content.decode(), "it starts from what stands"
    turkish, american = Statement.objects.order_by("latest")[1:]
    typed = {
        "token": str(uuid.uuid4()), "to_status": "open", "to_trend": "not_assessed", "to_agreement": "agree",
        "effective": "2025-03-08", "rationale": "Both would lift them.", "evidence": [turkish.pk],
    }  # fmt: skip
    alone = client.post(url, typed)
    assert alone.status_code == 422
    assert "here nothing is cited of: United States." in alone.content.decode()
    assert '<option value="agree" selected>' in alone.content.decode(), "no judgement falls away unasked"
    typed["evidence"] = [turkish.pk, american.pk]
    assert "The board will show: Open, Not assessed, Sides agree" in page_of(
        client.post(url, {**typed, "preview": "1"})
    )
    assert client.post(url, typed).status_code == 302
    change = StatusChange.objects.get(published_at=None)
    assert (change.to_agreement, change.state()) == ("agree", ReviewState.IN_REVIEW)
    shown = page_of(client.get(change.get_absolute_url()))
    assert shown.index("Sides agree in part") < shown.rindex("Sides agree<")
