"""Every address has a declared rule, and each rule is tried with everyone, by every method, whole and in part (R7)."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import HttpResponseNotFound
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from relations.actions.documents import add_capture
from relations.actions.following import follow, make_feed_address
from relations.actions.notes import save_note
from relations.briefs.content import frozen
from relations.choices import BriefKind, Marking, Role
from relations.models import Brief, BriefTemplate, DeskMembership, FeedAddress, Note, Notification, Organisation, User
from relations.models.base import moment
from relations.reports.brief import Asked, write_brief
from tests import factories

pytestmark = pytest.mark.django_db

EVERYONE = ("anonymous", "outsider", "reader", "analyst", "reviewer", "lead", "admin", "stray_superuser", "disabled")
PAGE_METHODS = ("get", "head", "post")
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
# htmx asks by these two alone; whether a request is htmx's is looked at behind the rule, whatever the method.
WHOLE, IN_PART = [("get", False), ("post", False)], [("get", True), ("post", True)]
REQUESTS = [*((method, False) for method in METHODS), ("get", True), ("post", True)]
SHOWN = dict.fromkeys(EVERYONE, WHOLE + IN_PART) | {
    Role.ANALYST: [("get", False), ("get", True)], Role.REVIEWER: [("post", False)], Role.LEAD: IN_PART, "admin": REQUESTS,
}  # fmt: skip

PUBLIC, SIGNED_IN, WRITES_SOMEWHERE = "public", "signed in", "writes somewhere"
BY_KEY = "by key"  # whoever holds the key of a member, signed in or not
RULES: dict[str, str | Role] = {
    "home": SIGNED_IN,
    "people": SIGNED_IN,
    "person": SIGNED_IN,
    "person_history": SIGNED_IN,
    "organisation_history": SIGNED_IN,
    "post_history": SIGNED_IN,
    "publisher_history": SIGNED_IN,
    "party_history": SIGNED_IN,
    "desk_history": Role.LEAD,
    "note_history": Role.ANALYST,
    "person_new": Role.ANALYST,
    "person_edit": Role.REVIEWER,
    "mandate_new": Role.ANALYST,
    "mandate_edit": Role.REVIEWER,
    "posts": SIGNED_IN,
    "post": SIGNED_IN,
    "post_new": Role.ANALYST,
    "post_edit": Role.REVIEWER,
    "organisations": SIGNED_IN,
    "organisation": SIGNED_IN,
    "organisation_new": Role.ANALYST,
    "organisation_edit": Role.REVIEWER,
    "publishers": SIGNED_IN,
    "publisher": SIGNED_IN,
    "publisher_new": Role.ANALYST,
    "publisher_edit": Role.REVIEWER,
    "publisher_rate": Role.REVIEWER,
    "palette": SIGNED_IN,
    "search": SIGNED_IN,
    "changes": Role.READER,
    "drafts": SIGNED_IN,
    "choose": SIGNED_IN,
    "choose_add": WRITES_SOMEWHERE,
    "board": Role.READER,
    "months": Role.READER,
    "what_changed": Role.READER,
    "quiet": Role.READER,
    "desk_settings": Role.LEAD,
    "desk_timeline": Role.READER,
    "desk_timeline_picture": Role.READER,
    "issue_timeline": Role.READER,
    "issue_timeline_picture": Role.READER,
    "positions": Role.READER,
    "issue": Role.READER,
    "issue_new": Role.ANALYST,
    "issue_edit": Role.ANALYST,
    "status_propose": Role.ANALYST,
    "issue_history": Role.ANALYST,
    "status_change": Role.READER,
    "status_change_history": Role.ANALYST,
    "status_change_restore": Role.REVIEWER,
    "status_change_edit": Role.ANALYST,
    "status_change_submit": Role.ANALYST,
    "status_change_correct": Role.ANALYST,
    "status_change_withdraw": Role.REVIEWER,
    "status_change_discard": Role.ANALYST,
    "statement_history": Role.ANALYST,
    "statement_restore": Role.REVIEWER,
    "statement_list": Role.READER,
    "statement_new": Role.ANALYST,
    "statement_export": Role.READER,
    "issues_export": Role.READER,
    "document_export": Role.READER,
    "meeting_export": Role.READER,
    "commitment_export": Role.ANALYST,
    "note_export": Role.ANALYST,
    "review_export": Role.ANALYST,
    "search_export": SIGNED_IN,
    "people_export": SIGNED_IN,
    "posts_export": SIGNED_IN,
    "organisations_export": SIGNED_IN,
    "publishers_export": SIGNED_IN,
    "statement_citation": Role.READER,
    "statement": Role.READER,
    "statement_edit": Role.ANALYST,
    "statement_submit": Role.ANALYST,
    "statement_correct": Role.ANALYST,
    "statement_withdraw": Role.REVIEWER,
    "statement_discard": Role.ANALYST,
    "passage_settle": Role.ANALYST,
    "document_list": Role.READER,
    "document_new": Role.ANALYST,
    "document_import": Role.ANALYST,
    "table_import_new": Role.ANALYST,
    "table_import": Role.ANALYST,
    "table_import_report": Role.ANALYST,
    "document": Role.READER,
    "document_copy_new": Role.ANALYST,
    "document_original": Role.READER,
    "brief_list": Role.READER,
    "brief": Role.READER,
    "brief_file": Role.READER,
    "brief_new": Role.ANALYST,
    "brief_withdraw": Role.ANALYST,
    "brief_template": Role.LEAD,
    "brief_template_file": Role.LEAD,
    "meeting_list": Role.READER,
    "meeting_readouts": Role.READER,
    "meeting": Role.READER,
    "my_work": SIGNED_IN,
    "tokens": SIGNED_IN,
    "token_new": SIGNED_IN,
    "token_revoke": SIGNED_IN,
    "api_reference": SIGNED_IN,
    "notifications": SIGNED_IN,
    "notifications_read": SIGNED_IN,
    "notification_settings": SIGNED_IN,
    "feed_address_new": SIGNED_IN,
    "feed_address_revoke": SIGNED_IN,
    "feed": BY_KEY,
    "issue_feed": BY_KEY,
    "meeting_feed": BY_KEY,
    "person_follow": SIGNED_IN,
    "issue_follow": Role.READER,
    "issue_confirm": Role.ANALYST,
    "statement_follow": Role.READER,
    "view_follow": Role.READER,
    "note": Role.ANALYST,
    "note_new": Role.ANALYST,
    "note_edit": Role.ANALYST,
    "note_remove": Role.ANALYST,
    "document_edit": Role.ANALYST,
    "document_history": Role.ANALYST,
    "meeting_history": Role.ANALYST,
    "commitment_list": Role.ANALYST,
    "commitment": Role.ANALYST,
    "commitment_new": Role.ANALYST,
    "commitment_edit": Role.ANALYST,
    "commitment_settle": Role.ANALYST,
    "commitment_history": Role.ANALYST,
    "meeting_new": Role.ANALYST,
    "meeting_edit": Role.ANALYST,
    "issues_together": Role.ANALYST,
    "statements_together": Role.ANALYST,
    "saved_view_list": Role.READER,
    "saved_view_edit": Role.READER,
    "saved_view_overwrite": Role.READER,
    "saved_view_default": Role.READER,
    "saved_view_remove": Role.READER,
    "reviews": SIGNED_IN,
    "review_queue": Role.ANALYST,
    "review": Role.ANALYST,
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "account_signup": PUBLIC,  # closed: says so
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "account_confirm_email": PUBLIC,
    "account_email_verification_sent": PUBLIC,
    "account_confirm_login_code": PUBLIC,
    "account_reauthenticate": SIGNED_IN,
    "account_email": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
}
# Posted to alone; another method is answered 405 once the rule is met.
SECRET = "Words that only the desk may see"
MARK = "Xyzzy"


def patterns(resolver: Any = None, prefix: str = "") -> Iterator[str]:
    """Yield the name of every pattern, with its namespaces."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            namespace = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from patterns(pattern, namespace)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


def test_every_address_has_a_declared_rule() -> None:
    # Of the API's, which a token opens: tests/api/test_access.py
    undeclared = {
        name for name in patterns() if name not in RULES and not name.startswith(("admin:", "api:", "api_nothing"))
    }
    assert undeclared == set()


@pytest.fixture(scope="module")
def module_world(quick_settings: None, django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """One world for all of these tests, each of which undoes what it does to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(module_world: dict[str, Any], db: None) -> dict[str, Any]:
    return {**module_world, "people": dict(module_world["people"])}


def make_world() -> dict[str, Any]:
    """Two desks; the first holds one of everything, published and not, each marked with words to look for."""
    desk = factories.make_desk()
    people = {role: factories.make_user(role, desk, role) for role in Role.values}
    people["outsider"] = factories.make_user("outsider")
    people["admin"] = factories.make_user("admin", desk, Role.LEAD, is_superuser=True, is_staff=True)
    people["stray_superuser"] = factories.make_user("stray", is_superuser=True, is_staff=True)
    people["disabled"] = factories.make_user("disabled", desk, Role.LEAD, is_active=False)
    analyst, reviewer = people["analyst"], people["reviewer"]
    issue = factories.make_issue(desk, f"{MARK} issue", slug="caatsa", author=analyst)
    article = factories.make_document(desk, analyst, title=f"{MARK} article")
    mandate = factories.make_person().mandates.get()
    said = {"speaker_person": mandate.person, "mandate": mandate, "document": article}
    published = factories.make_published(issue, analyst, reviewer, text=f"{MARK} published.", **said)
    file = ContentFile(f"{MARK} file".encode(), f"{MARK}.txt")
    add_capture(actor=analyst, document=article, text=factories.TEXT, original=file)
    ministry = Organisation.objects.create(name="Ministry")
    factories.make_published(issue, analyst, reviewer, speaker_organisation=ministry, text=f"{MARK} of the ministry.")
    draft = factories.make_statement(issue, analyst, text=f"{SECRET}.", **said)
    waiting = factories.make_statement(issue, analyst, text=f"{SECRET}, waiting.")
    review = factories.submitted(waiting, analyst)
    change = factories.make_move(issue, analyst, reviewer, [published], rationale=f"{MARK} rationale.")
    proposal = factories.propose(
        issue, analyst, [published], to_status="stalled", rationale=f"{SECRET}, proposed."
    ).status_change
    from relations.models import Commitment, Meeting, SavedView

    # Written by someone else yet, so that nobody who tries removes it for the next one.
    note = save_note(
        actor=factories.make_user("writer", desk),
        note=Note(relationship=desk, issue=issue, text=f"{SECRET}, noted. @lead"),
    )
    view = SavedView.objects.create(relationship=desk, owner=analyst, page="board", name=f"{MARK} view", shared=True)
    follow(actor=people["reader"], subject=issue)
    meeting = Meeting.objects.create(
        relationship=desk, title=f"{MARK} meeting", state="expected", author=analyst, edited_by=analyst,
        earliest=factories.DAY, latest=factories.DAY,
    )  # fmt: skip
    commitment = Commitment.objects.create(
        relationship=desk, issue=issue, statement=published, party=desk.second_party, text=f"{SECRET}, promised.",
        author=analyst, edited_by=analyst,
    )  # fmt: skip
    letterhead = BriefTemplate(relationship=desk, name=f"{MARK}.docx", uploaded_by=people["lead"])
    letterhead.file = b"A letterhead"
    letterhead.save()
    asked = Asked(
        desk, BriefKind.BRIEF, f"{MARK} brief", [issue.pk], None, None, None, None, Marking.CLEAR, holds_own_work=False
    )
    content = frozen(write_brief(asked, made=moment(), by="An analyst").content)
    kept = {"relationship": desk, "author": analyst, "known": moment(), "content": content}
    brief = Brief.objects.create(title=asked.title, holds_own_work=False, **kept)
    Brief.objects.create(title=f"{SECRET}, in a brief with the desk’s own work.", **kept)
    return {
        "desk": desk,
        "people": people,
        "key": make_feed_address(actor=people["reader"], relationship=desk),
        "refs": {
            "note": note.ref,
            "brief": brief.ref,
            "brief_template": letterhead.ref,
            "issue": issue.slug,
            "statement": published.ref,
            "draft": draft.ref,
            "document": published.document.ref,
            "status": change.ref,
            "proposal": proposal.ref,
            "meeting": meeting.ref,
            "review": review.ref,
            "view": view.ref,
            "commitment": commitment.ref,
            "party": "TR",
            "person": mandate.person.ref,
            "mandate": mandate.ref,
            "post": mandate.post.ref,
            "organisation": ministry.ref,
            "publisher": article.publisher.ref,
        },
    }


def client_of(world: dict[str, Any], who: str, *, htmx: bool) -> Client:
    client = Client(headers={"HX-Request": "true"} if htmx else None)
    if who != "anonymous":
        client.force_login(world["people"][who], backend="django.contrib.auth.backends.ModelBackend")
    return client


def tried(client: Client, method: str, url: str) -> Any:
    """Return the answer to a request whose effects are undone, so that everyone meets the same world."""
    with transaction.atomic():
        answer = getattr(client, method)(url)
        transaction.set_rollback(True)
    client.cookies.pop("messages", None)  # what the user was told of her own act, not what the next page shows
    return answer


def address(world: dict[str, Any], name: str) -> str:
    refs, desk = world["refs"], world["desk"].slug
    kinds = {"issue": "issue", "status_propose": "issue", "status_change": "status", "statement": "statement",
             "document": "document", "meeting": "meeting", "review": "review", "note": "note", "view": "view", "brief": "brief",
             "brief_withdraw": "brief",
             "saved_view": "view",
             "commitment": "commitment", "commitment_new": "statement"}  # fmt: skip
    special = {
        "person_follow": [refs["person"]],
        "my_work": [], "tokens": [], "token_new": [], "token_revoke": [1], "api_reference": [],
        "notifications": [], "notifications_read": [], "notification_settings": [],
        "feed_address_new": [], "feed_address_revoke": [1], "note_new": [desk, refs["issue"]],
        "feed": [world["key"], desk], "issue_feed": [world["key"], desk, refs["issue"]],
        "meeting_feed": [world["key"], desk],
        "desk_history": [desk],
        **{f"{noun}_history": [refs[noun]] for noun in ("person", "organisation", "post", "publisher", "party")},
        "home": [], "people": [], "posts": [], "organisations": [], "publishers": [],
        "mandate_new": [refs["person"]], "mandate_edit": [refs["person"], refs["mandate"]],
        "publisher_rate": [refs["publisher"], desk],
        "palette": [], "search": [], "changes": [desk, "issue", refs["issue"]],
        "reviews": [], "months": [desk], "desk_timeline": [desk], "what_changed": [desk], "quiet": [desk],
        "desk_timeline_picture": [desk], "positions": [desk], "saved_view_overwrite": [desk], "desk_settings": [desk],
        "brief_new": [desk], "brief_template": [desk], "brief_template_file": [desk, refs["brief_template"]],
        "brief_file": [desk, refs["brief"], "md"],
        "table_import_new": [desk, "statements"], "table_import": [desk, "statements", "abcd2345"],
        "table_import_report": [desk, "statements", "abcd2345"],
        **{f"{noun}_export": [desk] for noun in ("statement", "issues", "document", "meeting", "commitment", "note", "review")},
        **{f"{noun}_export": [] for noun in ("search", "people", "posts", "organisations", "publishers")},
        "statement_citation": [desk, refs["statement"], "ris"],
        "drafts": [], "choose": ["person"], "choose_add": ["person"],
        "passage_settle": [desk, refs["statement"], 1],
        "account_reset_password_from_key": ["abc", "def-ghi"], "account_confirm_email": ["key"],
    }  # fmt: skip
    for shared in ("person", "post", "organisation", "publisher"):
        special |= {shared: [refs[shared]], f"{shared}_edit": [refs[shared]], f"{shared}_new": []}
    if name in special:
        return reverse(name, args=special[name])
    if name.startswith("account_"):
        return reverse(name)
    of_desk = ("issue_new", "statement_new", "document_new", "document_import", "meeting_new")
    if name == "board" or name.endswith(("_list", "_queue", "_together")) or name in of_desk:
        return reverse(name, args=[desk])
    if name == "document_original":
        return reverse(name, args=[desk, refs["document"], 2])
    kind = max((prefix for prefix in kinds if name.startswith(prefix)), key=len)
    return reverse(name, args=[desk, refs[kinds[kind]]])


def may(rule: str | Role, who: str) -> bool:
    if rule == PUBLIC:
        return True
    if who in ("anonymous", "disabled"):
        return False
    if rule == SIGNED_IN:
        return True
    if rule == WRITES_SOMEWHERE:
        rule = Role.ANALYST
    role = {"admin": Role.LEAD}.get(who) or (Role(who) if who in Role.values else None)
    return role is not None and role.at_least(Role(rule))


PARTS = 2  # of the pages, so that two processes share the work
PAGES = [name for name, rule in RULES.items() if not name.startswith("account_") and rule != BY_KEY]


@pytest.fixture
def bare_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer an error with its status alone: what its page shows is looked at once a person."""
    monkeypatch.setattr("config.urls.handler404", lambda request, exception: HttpResponseNotFound(), raising=False)


@pytest.mark.parametrize("who", EVERYONE)
@pytest.mark.parametrize("part", range(PARTS))
def test_each_rule_is_kept_for_everyone_by_every_method_whole_and_in_part(
    world: dict[str, Any], bare_errors: None, who: str, part: int
) -> None:
    clients = {htmx: client_of(world, who, htmx=htmx) for htmx in (False, True)}
    for name, (method, htmx) in itertools.product(PAGES[part::PARTS], REQUESTS):
        if may(RULES[name], who) and (method, htmx) not in SHOWN[who]:
            continue  # what is shown to one is drawn alike for the next; the administrator tries every method
        answer = tried(clients[htmx], method, address(world, name))
        case = f"{who} {method} {name} htmx={htmx}: {answer.status_code}"
        assert answer.status_code < 500, case
        if may(RULES[name], who):
            assert answer.status_code != 404, case
            assert method in PAGE_METHODS or answer.status_code == 405, case
        else:
            assert_refused(answer, who, htmx=htmx, case=case)


def assert_refused(answer: Any, who: str, *, htmx: bool, case: str) -> None:
    """The signed-in are told that there is nothing there; the others are sent to sign in. Neither sees a word."""
    assert MARK not in answer.content.decode(), case
    assert SECRET not in answer.content.decode(), case
    if who not in ("anonymous", "disabled"):
        assert answer.status_code in (404, 405), case
    elif htmx:
        assert "/accounts/login/" in answer["HX-Redirect"], case
    else:
        assert answer.status_code == 302, case
        assert "/accounts/login/" in answer["Location"], case


@pytest.mark.parametrize("who", EVERYONE)
def test_the_page_that_says_there_is_nothing_there_shows_nothing_either(world: dict[str, Any], who: str) -> None:
    for htmx, url in itertools.product((False, True), ("/us-turkiye/nothing/", address(world, "desk_history"))):
        answer = client_of(world, who, htmx=htmx).get(url)
        text = answer.content.decode()
        assert answer.status_code != 404 or "Not here" in text
        assert SECRET not in text
        assert MARK not in text


def test_account_pages_answer_without_an_error(world: dict[str, Any]) -> None:
    names = [name for name in RULES if name.startswith("account_")]
    for who, name, method in itertools.product(("anonymous", "reader", "disabled"), names, ("get", "post", "options")):
        answer = tried(client_of(world, who, htmx=False), method, address(world, name))
        assert answer.status_code < 500, f"{who} {method} {name}"
        if RULES[name] == SIGNED_IN and who != "reader":
            assert "/accounts/login/" in answer.get("Location", ""), f"{who} {method} {name}"


def test_public_sign_up_is_closed(world: dict[str, Any]) -> None:
    url = reverse("account_signup")
    typed = {"username": "intruder", "password1": factories.PASSWORD, "password2": factories.PASSWORD}
    Client().post(url, typed)
    assert not User.objects.filter(username="intruder").exists()


STRANGERS = ("outsider", "stray_superuser", "anonymous")


@pytest.mark.parametrize("htmx", [False, True])
def test_no_page_partial_or_count_shows_a_draft_to_who_may_not_see_it(world: dict[str, Any], htmx: bool) -> None:
    """Who may see no page of the desk at all is looked after above."""
    desk, refs = world["desk"].slug, world["refs"]
    of_drafts = [
        reverse("statement", args=[desk, refs["draft"]]),
        reverse("status_change", args=[desk, refs["proposal"]]),
        f"{reverse('statement_list', args=[desk])}?text=only&state=draft",
    ]
    seen = [address(world, name) for name in PAGES if may(RULES[name], "reader")]
    for who, addresses in {"reader": seen + of_drafts, **dict.fromkeys(STRANGERS, of_drafts)}.items():
        client = client_of(world, who, htmx=htmx)
        for url in addresses:
            text = client.get(url).content.decode()
            assert SECRET not in text, f"{who} {url}"
            assert who == "reader" or MARK not in text, f"{who} {url}"


def test_a_member_of_another_desk_meets_nothing_of_this_one(world: dict[str, Any]) -> None:
    other = factories.make_desk("gr-de", "GR", "DE")
    foreigner = factories.make_user("foreigner", other, Role.LEAD)
    world["people"]["foreigner"] = foreigner
    client = client_of(world, "foreigner", htmx=False)
    for name in PAGES:
        answer = client.get(address(world, name))
        assert MARK not in answer.content.decode(), name
        assert SECRET not in answer.content.decode(), name
    # Refs of the first desk under the second desk's own addresses lead nowhere either.
    for name in ("statement", "issue", "document", "meeting", "review", "status_change", "saved_view_edit", "brief"):
        foreign = address(world, name).replace("/us-turkiye/", "/gr-de/")
        assert client.get(foreign).status_code == 404, foreign


# Feeds: the key is the permission, and shows what its user may see of what is published, whoever holds it.


FEEDS = [name for name, rule in RULES.items() if rule == BY_KEY]


def test_a_feed_answers_whoever_holds_its_key_and_nobody_else(world: dict[str, Any]) -> None:
    for who, name in itertools.product(EVERYONE, FEEDS):
        client = client_of(world, who, htmx=False)
        url = address(world, name)
        for method in METHODS:
            answer = getattr(client, method)(url)
            assert answer.status_code == (200 if method in ("get", "head") else 405), (who, name, method)
            assert SECRET not in answer.content.decode()
        told = f"{MARK} meeting" if name == "meeting_feed" else f"{MARK} published."
        assert told in client.get(url).content.decode()
        for wrong in (url.replace(world["key"], "wrong"), url.replace("us-turkiye", "gr-de")):
            assert client.get(wrong).status_code == 404


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("ended", ["revoked", "membership", "account"])
def test_a_feed_ends_with_its_key_its_users_role_or_account(world: dict[str, Any], name: str, ended: str) -> None:
    reader = world["people"]["reader"]
    if ended == "revoked":
        FeedAddress.objects.update(revoked_at=moment())
    elif ended == "membership":
        DeskMembership.objects.filter(user=reader).delete()
    else:
        User.objects.filter(pk=reader.pk).update(is_active=False)
    answer = Client().get(address(world, name))
    assert answer.status_code == 404
    assert MARK not in answer.content.decode()


def test_the_feed_of_one_who_writes_shows_no_draft_either(world: dict[str, Any]) -> None:
    key = make_feed_address(actor=world["people"]["lead"], relationship=world["desk"])
    for name in FEEDS:
        answer = Client().get(address({**world, "key": key}, name))
        assert answer.status_code == 200
        assert SECRET not in answer.content.decode()


def test_who_left_the_desk_meets_nothing_of_it_in_what_she_was_told(
    world: dict[str, Any], signed_in: Callable[..., Client]
) -> None:
    lead = world["people"]["lead"]
    client = signed_in(lead)
    assert Notification.objects.of(lead).exists()
    assert SECRET in client.get(reverse("notifications")).content.decode()
    assert 'class="unread__number"' in client.get("/").content.decode()
    DeskMembership.objects.filter(user=lead).delete()
    for name in ("home", "notifications", "my_work", "notification_settings"):
        page = client.get(address(world, name)).content.decode()
        assert SECRET not in page, name
        assert MARK not in page, name
        assert 'class="unread__number"' not in page, name


def admin_addresses() -> list[str]:
    """Return the admin's addresses that need no object, and those of object 1."""
    found = []
    for name in sorted(set(patterns())):
        if not name.startswith("admin:") or name == "admin:None":
            continue
        for args in ([], ["1"], ["relations"], [1, 1]):
            try:
                found.append(reverse(name, args=args))
                break
            except NoReverseMatch:
                continue
    return found


# The roles that may enter differ little there: one looks, one sends, the lead and the superuser do both.
IN_ADMIN = dict.fromkeys(EVERYONE, ("get", "post")) | {Role.ANALYST: ("get",), Role.REVIEWER: ("post",)}


@pytest.mark.parametrize("who", EVERYONE)
def test_the_admin_shows_no_desk_to_who_is_not_at_it_and_breaks_for_nobody(
    world: dict[str, Any], bare_errors: None, who: str
) -> None:
    client = client_of(world, who, htmx=False)
    for url in admin_addresses():
        for method in IN_ADMIN[who]:
            answer = getattr(client, method)(url)
            assert answer.status_code < 500, f"{who} {method} {url}"
            if who not in ("analyst", "reviewer", "lead", "admin"):
                text = answer.content.decode()
                assert MARK not in text, f"{who} {method} {url}"
                assert SECRET not in text, f"{who} {method} {url}"


def test_a_role_taken_away_ends_access_at_once(world: dict[str, Any], signed_in: Callable[..., Client]) -> None:
    lead = world["people"]["lead"]
    client = signed_in(lead)
    assert client.get(address(world, "board")).status_code == 200
    DeskMembership.objects.filter(user=lead).delete()
    assert client.get(address(world, "board")).status_code == 404
