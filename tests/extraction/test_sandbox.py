"""A file is read in a process of its own, which a hostile one may end without harm."""

import pytest

from relations.extraction import sandbox
from relations.extraction.results import FILE_LIMIT, CannotRead, Extracted, Fault
from tests import making


def test_what_is_read_comes_back_from_the_other_process_as_it_is() -> None:
    content = making.mail(making.ARABIC, Subject="Türkiye", Date="Wed, 26 Mar 2025 10:00:00 +0300")
    extracted = sandbox.extract(content)
    assert isinstance(extracted, Extracted)
    assert (extracted.text, extracted.title, str(extracted.date)) == (making.ARABIC, "Türkiye", "2025-03-26")


def test_a_refusal_comes_back_too() -> None:
    with pytest.raises(CannotRead, match="no text layer"):
        sandbox.extract(making.pdf(""))


def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_SECONDS", 0.01)
    with pytest.raises(CannotRead, match="too long"):
        sandbox.extract(making.pdf(making.ENGLISH))


def test_a_process_that_dies_is_a_file_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_ROOT", "/")  # where the module is not
    with pytest.raises(CannotRead):
        sandbox.extract(making.pdf(making.ENGLISH))


def test_nothing_larger_than_the_limit_is_read() -> None:
    with pytest.raises(CannotRead) as cannot:
        sandbox.extract(b"x" * (FILE_LIMIT + 1))
    assert cannot.value.fault == Fault.TOO_LARGE
