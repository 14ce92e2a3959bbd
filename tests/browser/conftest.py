"""Chromium on a live server with the demo desk. Where no browser is found the tests say so; CI requires one."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from relations.actions.demo import DESK, load_demo_desk
from relations.choices import Role
from relations.models import Relationship, User
from tests import factories
from tests.serving import settle

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()


@pytest.fixture(scope="session", autouse=True)
def allow_sync_orm() -> Iterator[None]:
    """Playwright's event loop runs in this thread; the tests' own queries are still plain ones."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # The shell is the same browser without the windows that no test looks at: it takes two thirds of the time.
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("No Chromium was found, and REQUIRE_BROWSER wants one.")
        pytest.skip("no Chromium on this machine; install it to run the browser tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def demo(transactional_db: None) -> Relationship:
    """The demo desk with its people."""
    load_demo_desk(Path(settings.BASE_DIR) / "fixtures")
    desk = Relationship.objects.get(slug=DESK)
    for role in Role.values:
        factories.make_user(role, desk, role)
    return desk


@pytest.fixture
def sign_in(browser: Browser, live_server: Any, demo: Relationship) -> Iterator[Callable[..., Page]]:
    """Return a page, in a browser context of its own, on which `who` is signed in; by the form, where that is looked at.

    Two pages are drawn for the form, which was a tenth of the time that browsers took.
    """
    contexts = []

    def open_page(who: str, *, by_form: bool = False, **options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        if by_form:
            fill_in(page, who)
        else:
            client = Client()
            client.force_login(User.objects.get(username=who), backend="django.contrib.auth.backends.ModelBackend")
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return page

    def fill_in(page: Page, who: str) -> None:
        page.goto("/accounts/login/")
        page.get_by_label("Username").fill(who)
        page.get_by_label("Password").fill(factories.PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda address: "/accounts/" not in address)

    yield open_page
    # What a page still wants to send as it goes would meet the emptying of the tables.
    for context in contexts:
        context.set_offline(True)
        context.close()
    settle()


def faults(page: Page, *rules: str) -> list[str]:
    """Return what axe-core finds against WCAG 2.2 A and AA (or these rules of it) on the page, once it is all there."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(
        "async (runOnly) => (await axe.run(document, {runOnly, resultTypes: ['violations']})).violations"
        ".map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | '))",
        list(rules) or ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    )
    return list(found)


def overflows(page: Page) -> bool:
    """Say whether the page scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
