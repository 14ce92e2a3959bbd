"""A server that goes away while one types, and comes back: nothing of what was typed is lost."""

from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from relations.models import Document, FormDraft, Issue, Relationship, User
from tests import factories
from tests.serving import Served

pytestmark = pytest.mark.django_db(transaction=True)

AWAY = "The server does not answer."
BACK = "Your half-typed text is back."


@pytest.fixture
def signed_in_context(served: Served, browser: Browser, analyst: User) -> Iterator[BrowserContext]:
    client = Client()
    client.force_login(analyst, backend="django.contrib.auth.backends.ModelBackend")
    context = browser.new_context(base_url=served.url)
    context.set_default_timeout(15_000)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": served.url}])
    yield context
    context.close()


def sign_in(page: Page) -> None:
    page.get_by_label("Username").fill("analyst")
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_what_was_half_typed_outlives_a_server_that_ended_and_started_again(
    served: Served, signed_in_context: BrowserContext, desk: Relationship, issue: Issue, document: Document
) -> None:
    composer, notes = signed_in_context.new_page(), signed_in_context.new_page()
    address = f"{reverse('statement_new', args=[desk.slug])}?document={document.ref}"
    composer.goto(address)
    notes.goto(issue.get_absolute_url())
    composer.get_by_label("Words", exact=True).fill("Typed while it ran,")
    served.kill()
    composer.get_by_label("Words", exact=True).fill("Typed while it ran, and on while it did not.")
    composer.get_by_label("What they did").select_option("REQUEST")
    notes.get_by_label("Note", exact=True).fill("Half a note")
    expect(composer.locator("form.composer").get_by_text(AWAY)).to_be_visible(timeout=15_000)
    expect(notes.get_by_text(AWAY)).to_be_visible(timeout=15_000)
    # One sends it all the same, and meets the browser's own page of a server that is not there.
    with composer.expect_event("requestfailed", lambda request: request.is_navigation_request()):
        composer.get_by_role("button", name="Submit for review").click()
    served.start()
    # The page that stayed open sends what it kept by itself.
    expect(notes.get_by_text(AWAY)).to_have_count(0, timeout=15_000)
    kept = FormDraft.objects.get(user__username="analyst", address__contains="notes")
    assert kept.fields["text"] == ["Half a note"]
    # The session did not outlive it: after the sign-in both forms are back as they were.
    Session.objects.all().delete()
    composer.goto(address)
    sign_in(composer)
    expect(composer.get_by_text(BACK)).to_be_visible()
    expect(composer.get_by_label("Words", exact=True)).to_have_value("Typed while it ran, and on while it did not.")
    expect(composer.get_by_label("What they did")).to_have_value("REQUEST")
    notes.reload()
    expect(notes.get_by_text(BACK)).to_be_visible()
    expect(notes.get_by_label("Note", exact=True)).to_have_value("Half a note")
