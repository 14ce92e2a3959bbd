"""The page of both sides' positions, as it is seen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import faults, overflows

pytestmark = pytest.mark.django_db(transaction=True)


def test_positions_are_read_on_any_screen_by_anyone(sign_in: Callable[..., Page]) -> None:
    page = sign_in("reader", viewport={"width": 360, "height": 800})
    page.goto("/us-turkiye/positions/")
    assert not overflows(page)
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert faults(page, "color-contrast") == []
