"""The addresses of pages, written without looking them up anew."""

import pytest
from django.urls import reverse, set_script_prefix

from relations.models.addresses import address


@pytest.mark.parametrize("prefix", ["/", "/desk/"])
@pytest.mark.parametrize(
    ("name", "parts"), [("person", ("p4x",)), ("board", ("us-tr",)), ("statement", ("us-tr", "abcd2345"))]
)
def test_an_address_is_what_it_is_looked_up_as(name: str, parts: tuple[str, ...], prefix: str) -> None:
    set_script_prefix(prefix)
    try:
        assert address(name, *parts) == reverse(name, args=parts)
    finally:
        set_script_prefix("/")
