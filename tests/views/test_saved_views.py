"""A list as one keeps it: its filters, order and columns under a name, one's own or the desk's."""

import datetime
import html
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from relations.actions.refusal import Refused
from relations.actions.saved_views import VIEWS_EACH, change_view, open_with, overwrite_view, remove_view, save_view
from relations.models import (
    AgendaItem,
    DefaultView,
    Issue,
    Meeting,
    Participant,
    Relationship,
    SavedView,
    Statement,
    User,
)
from tests import factories

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def keep(actor: User, desk: Relationship, name: str = "Open files", **fields: Any) -> SavedView:
    typed: dict[str, Any] = {"page": "board", "query": "status=open", "columns": [], **fields}
    return save_view(actor=actor, relationship=desk, name=name, **typed)


def post(client: Client, desk: Relationship, **typed: Any) -> Any:
    values = {"token": str(uuid.uuid4()), "page": "board", "address": "", "name": "Open files", **typed}
    return client.post(reverse("saved_view_list", args=[desk.slug]), values)


def meeting(desk: Relationship, actor: User, title: str = "Talks", **fields: Any) -> Meeting:
    day = fields.setdefault("earliest", datetime.date(2025, 3, 25))
    values = {"state": "held", "kind": "talks", "latest": day, **fields}
    return Meeting.objects.create(relationship=desk, title=title, author=actor, edited_by=actor, **values)


def views_on(client: Client, address: str) -> list[str]:
    return [link.view.name for link in client.get(address).context["listing"].views]


def test_a_view_keeps_what_its_list_knows_of_the_address_and_nothing_else(
    desk: Relationship, as_analyst: Client
) -> None:
    address = "owner=&status=open&sort=-last&page=abc&evil=1&columns=last&columns=secret"
    answer = post(as_analyst, desk, address=address)
    view = SavedView.objects.get()
    assert (view.query, view.columns) == ("status=open&sort=-last", ["issue", "last"])
    assert answer["Location"] == f"/{desk.slug}/?status=open&sort=-last&columns=issue&columns=last"


def test_saving_twice_from_one_form_keeps_one_view(desk: Relationship, as_analyst: Client) -> None:
    token = str(uuid.uuid4())
    for _time in range(2):
        assert post(as_analyst, desk, token=token).status_code == 302
    assert SavedView.objects.count() == 1


def test_a_name_taken_or_blank_is_refused_at_the_form(desk: Relationship, as_analyst: Client) -> None:
    post(as_analyst, desk)
    taken = post(as_analyst, desk)
    assert taken.status_code == 422
    assert "already have a view of this name" in taken.content.decode()
    assert post(as_analyst, desk, name="  ").status_code == 422
    assert post(as_analyst, desk, page="nowhere").status_code == 422


def test_what_one_keeps_is_bounded(desk: Relationship, analyst: User) -> None:
    for number in range(VIEWS_EACH):
        keep(analyst, desk, f"View {number}")
    with pytest.raises(Refused, match="Remove one first"):
        keep(analyst, desk, "One more")


def test_a_view_is_ones_own_until_it_is_shared(
    desk: Relationship, analyst: User, as_analyst: Client, as_reader: Client
) -> None:
    view = keep(analyst, desk)
    board = reverse("board", args=[desk.slug])
    edit = reverse("saved_view_edit", args=[desk.slug, view.ref])
    assert views_on(as_analyst, board) == ["Open files"]
    assert views_on(as_reader, board) == []
    assert as_reader.get(edit).status_code == 404
    change_view(actor=analyst, view=view, name="Open files", shared=True)
    assert views_on(as_reader, board) == ["Open files"]


def test_a_reader_keeps_views_but_shares_none(desk: Relationship, as_reader: Client) -> None:
    assert post(as_reader, desk, shared="on").status_code == 302
    assert not SavedView.objects.get().shared


def test_only_its_owner_changes_a_view_and_only_she_or_a_lead_removes_it(
    desk: Relationship, analyst: User, reviewer: User, lead: User, signed_in: SignIn
) -> None:
    shared, own = keep(analyst, desk, shared=True), keep(analyst, desk, "Mine")
    with pytest.raises(Refused, match="Only analyst can change"):
        change_view(actor=lead, view=shared, name="Ours", shared=True)
    with pytest.raises(Refused, match="Only analyst or a lead can remove"):
        remove_view(actor=reviewer, view=shared)
    with pytest.raises(Refused):
        remove_view(actor=lead, view=own)
    remove = reverse("saved_view_remove", args=[desk.slug, shared.ref])
    assert signed_in(lead).post(reverse("saved_view_remove", args=[desk.slug, own.ref])).status_code == 404
    assert "is removed" in signed_in(lead).post(remove, {"remove": "1"}, follow=True).content.decode()
    assert list(SavedView.objects.all()) == [own]


def test_a_list_opened_bare_shows_the_default_view_says_so_and_offers_everything(
    issue: Issue, analyst: User, as_analyst: Client, as_reader: Client
) -> None:
    board = reverse("board", args=[issue.relationship.slug])
    post(as_analyst, issue.relationship, address="status=resolved", default="on")
    opened = as_analyst.get(board)
    assert opened["Location"] == f"{board}?status=resolved"
    page = as_analyst.get(opened["Location"]).content.decode()
    assert "Shown: your view “Open files”." in page
    assert issue.title not in page
    everything = re.search(r'href="([^"]*)">Show all</a>', page)
    assert everything
    whole = as_analyst.get(html.unescape(everything[1]))
    assert issue.title in whole.content.decode()
    # Filters set back to "Any" leave nothing in the address but this, so that nobody is led back to the view.
    assert '<input type="hidden" name="all" value="1" form="filters">' in whole.content.decode()
    assert as_reader.get(board).status_code == 200


def test_a_default_view_that_keeps_everything_does_not_lead_round_in_circles(
    issue: Issue, analyst: User, as_analyst: Client
) -> None:
    open_with(actor=analyst, view=keep(analyst, issue.relationship, query=""))
    board = reverse("board", args=[issue.relationship.slug])
    assert as_analyst.get(board, follow=True).redirect_chain == [(f"{board}?all=1", 302)]


def test_a_list_opens_with_one_view_at_most_and_with_everything_again_when_asked(
    desk: Relationship, analyst: User, as_analyst: Client
) -> None:
    first, second = keep(analyst, desk, "First"), keep(analyst, desk, "Second")
    for view in (first, second):
        as_analyst.post(reverse("saved_view_default", args=[desk.slug, view.ref]))
    assert DefaultView.objects.get().view == second
    as_analyst.post(reverse("saved_view_default", args=[desk.slug, second.ref]), {"all": "1"})
    assert not DefaultView.objects.exists()


def test_a_view_no_longer_shared_opens_nobody_elses_list(
    desk: Relationship, analyst: User, reader: User, as_reader: Client
) -> None:
    view = keep(analyst, desk, shared=True)
    open_with(actor=reader, view=view)
    board = reverse("board", args=[desk.slug])
    assert as_reader.get(board).status_code == 302
    change_view(actor=analyst, view=view, name="Open files", shared=False)
    assert as_reader.get(board).status_code == 200
    with pytest.raises(Refused, match="no longer shared"):
        open_with(actor=reader, view=view)


@pytest.mark.parametrize(
    ("name", "columns", "gone", "stays"),
    [
        ("board", ["issue", "owner"], "Last word", "Owner"),
        ("statement_list", ["words"], "wants removal", "lifted"),
        ("document_list", ["title", "language"], '<th scope="col">Publisher', '<th scope="col">Language'),
        ("meeting_list", ["meeting", "kind"], "Washington", "Visit"),
        ("review_queue", ["item", "author"], "waiting", "from analyst"),
    ],
)
def test_columns_are_chosen_in_the_address_and_the_first_always_stays(
    published: Statement, analyst: User, as_analyst: Client, as_reader: Client, name: str, columns: list[str],
    gone: str, stays: str,
) -> None:  # fmt: skip
    desk = published.relationship
    meeting(desk, analyst, kind="visit", place="Washington")
    factories.submitted(factories.make_statement(Issue.objects.get(), analyst), analyst)
    as_reader = as_analyst if name == "review_queue" else as_reader
    address = reverse(name, args=[desk.slug])
    page = as_reader.get(address, {"columns": columns[1:] or columns}).content.decode()
    results = page[page.index("</details>") :]
    assert stays in results
    assert gone not in re.sub(r"<label>.*?</label>", "", results)
    assert as_reader.get(address, {"columns": "nonsense"}).context["listing"].kept.columns == []


@pytest.mark.parametrize(
    ("page", "name", "asked", "kept"),
    [
        ("meetings", "meeting_list", "state=held&who=Fidan&sort=-day&columns=place&page=2", "state=held&sort=-day"),
        ("queue", "review_queue", "kind=correction&desk=us-turkiye&sort=age&all=1", "kind=correction"),
    ],
)
def test_meetings_and_the_queue_are_kept_as_the_other_lists_are(
    issue: Issue, as_analyst: Client, page: str, name: str, asked: str, kept: str
) -> None:
    desk = issue.relationship
    post(as_analyst, desk, page=page, address=asked, default="on")
    view = SavedView.objects.get()
    assert set(kept.split("&")) <= set(view.query.split("&"))
    for lost in ("desk=", "page=", "sort=age"):
        assert lost not in view.query
    address = reverse(name, args=[desk.slug])
    assert as_analyst.get(address)["Location"] == view.get_absolute_url()
    page_shown = as_analyst.get(view.get_absolute_url())
    assert "Shown: your view “Open files”." in page_shown.content.decode()
    assert page_shown.context["listing"].kept.query == view.query


def test_views_of_the_queue_are_for_those_who_have_it(desk: Relationship, analyst: User, as_reader: Client) -> None:
    view = keep(analyst, desk, "Corrections", page="queue", query="kind=correction", shared=True)
    assert "Corrections" not in as_reader.get(reverse("saved_view_list", args=[desk.slug])).content.decode()
    assert as_reader.post(reverse("saved_view_default", args=[desk.slug, view.ref])).status_code == 404
    assert post(as_reader, desk, page="queue").status_code == 422


def test_a_view_of_ones_own_is_made_to_show_what_the_list_shows_now(
    issue: Issue, analyst: User, reviewer: User, as_analyst: Client, signed_in: SignIn
) -> None:
    desk = issue.relationship
    view = keep(analyst, desk, shared=True)
    open_with(actor=reviewer, view=view)
    board = as_analyst.get(
        reverse("board", args=[desk.slug]), {"status": "stalled", "sort": "-last", "columns": "last"}
    )
    form = board.context["listing"].overwrite
    assert f'<option value="{view.ref}">Open files</option>' in board.content.decode()
    typed = {"token": str(uuid.uuid4()), "view": view.ref, **{name: form.initial[name] for name in ("page", "address")}}
    overwrite = reverse("saved_view_overwrite", args=[desk.slug])
    assert as_analyst.post(overwrite, typed)["Location"] == board.context["listing"].views[0].address.replace(
        "status=open", "status=stalled&sort=-last&columns=issue&columns=last"
    )
    view.refresh_from_db()
    assert (view.name, view.shared, view.query, view.columns) == (
        "Open files", True, "status=stalled&sort=-last", ["issue", "last"],
    )  # fmt: skip
    assert DefaultView.objects.get().view == view
    # Another's view is not offered, and refused where its name is posted all the same.
    assert signed_in(reviewer).get(reverse("board", args=[desk.slug]) + "?all=1").context["listing"].overwrite is None
    assert signed_in(reviewer).post(overwrite, typed | {"token": str(uuid.uuid4())}).status_code == 422
    with pytest.raises(Refused, match="Only analyst can change"):
        overwrite_view(actor=reviewer, view=view, query="", columns=[])
    elsewhere = typed | {"page": "statements", "token": str(uuid.uuid4())}
    assert as_analyst.post(overwrite, elsewhere).status_code == 422
    assert as_analyst.get(overwrite).status_code == 405


def test_meetings_are_filtered_and_sorted(desk: Relationship, analyst: User, as_reader: Client) -> None:
    issue = factories.make_issue(desk, "Visas", slug="visas")
    ahead = meeting(desk, analyst, "Visit to Ankara", state="expected", earliest=None)
    talks = meeting(desk, analyst, "Talks in İzmir", place="İzmir")
    call = meeting(desk, analyst, "Call", kind="call", earliest=datetime.date(2025, 1, 1))
    AgendaItem.objects.create(relationship=desk, meeting=talks, issue=issue)
    Participant.objects.create(
        relationship=desk, meeting=call, person=factories.make_person("Hakan Fidan"), party=desk.second_party, number=1
    )

    def found(**asked: str) -> list[Meeting]:
        answer = as_reader.get(reverse("meeting_list", args=[desk.slug]), asked)
        return [row for group in answer.context["groups"] for row in group["rows"]]

    assert found() == [ahead, talks, call]
    assert found(text="izmir") == found(issue="visas") == [talks]
    assert found(who="fidan") == found(kind="call") == found(until="2025-02-01") == [call]
    assert found(state="expected") == [ahead]
    assert found(state="nonsense", sort="nonsense") == [ahead, talks, call]
    assert found(sort="meeting") == [call, talks, ahead]
    assert found(sort="day") == [call, talks, ahead]
    assert found(sort="-day") == [talks, call, ahead]
    assert found(text="nowhere") == []


def test_filters_and_columns_keep_each_other(issue: Issue, as_reader: Client) -> None:
    page = as_reader.get(reverse("board", args=[issue.relationship.slug]), {"status": "open", "columns": "last"})
    assert '<input type="hidden" name="columns" value="last" form="filters">' in page.content.decode()
    assert page.context["listing"].asked == [("status", "open")]
