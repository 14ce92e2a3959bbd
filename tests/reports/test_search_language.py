"""What one types in the search box, and how it is read."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relations.reports.search_language import LENGTH_LIMIT, PARTS_LIMIT, Part, Unreadable, read
from relations.reports.snippets import START, STOP, pieces_of

PIECES = st.sampled_from(
    ["sanctions", "-", '"', "“", "”", ":", "speaker:", "issue:", "party:tr", "since:2025-03", "until:", "-speaker:fidan",
     "since:0000", "&", "|", "!", "(", "\\", "'", "\u202e", "\u200b", "\x01", "İ", "ı", "\ud800", "日本", " ", "*", "<->", "F-35"]
)  # fmt: skip


def test_words_phrases_and_what_is_left_out_are_told_apart() -> None:
    assert read('sanctions "technical talks" -tariffs -"trade war"').parts == (
        Part("sanctions"),
        Part("technical talks", is_phrase=True),
        Part("tariffs", is_excluded=True),
        Part("trade war", is_phrase=True, is_excluded=True),
    )


def test_names_may_be_several_words_and_left_out() -> None:
    assert read('speaker:"hakan fidan" -party:us Issue:caatsa').names == [
        Part("hakan fidan", "speaker", is_phrase=True),
        Part("us", "party", is_excluded=True),
        Part("caatsa", "issue"),
    ]


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("since:2025-03 until:2025-06", (2025, 3, 1), (2025, 6, 30)),
        ("since:2025 until:2025", (2025, 1, 1), (2025, 12, 31)),
        ("since:2025-3-5 until:2025-03-05", (2025, 3, 5), (2025, 3, 5)),
    ],
)
def test_a_month_or_a_year_runs_from_its_first_day_to_its_last(
    typed: str, since: tuple[int, int, int], until: tuple[int, int, int]
) -> None:
    asked = read(typed)
    assert (asked.since, asked.until) == (datetime.date(*since), datetime.date(*until))


@pytest.mark.parametrize(("typed", "word"), [("Türkiye’nin", "Türkiye"), ("Rubio's", "Rubio"), ("O'Brien", "O'Brien")])
def test_what_grammar_hangs_on_a_name_is_left_away(typed: str, word: str) -> None:
    assert read(typed).parts == (Part(word),)


@pytest.mark.parametrize("typed", ["Rubio: we agree", "https://example.org/a", "10:30"])
def test_a_colon_in_a_text_is_no_operator(typed: str) -> None:
    assert not read(typed).names


def test_hidden_characters_do_not_change_what_is_searched_for() -> None:
    assert read("sanc\u200btions \u202etalks\u202c") == read("sanctions talks")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ('"technical talks', "not closed"),
        ("“technical talks", "not closed"),
        ("speaker:", "speaker:fidan"),
        ('issue:"" x', "issue:caatsa"),
        ("speeker:fidan", "not known"),
        ("since:yesterday", "takes a day, a month or a year"),
        ("since:2025-13", "takes a day, a month or a year"),
        ("until:2025-02-30", "takes a day, a month or a year"),
        ("since:0000", "takes a day, a month or a year"),
        ("-since:2025", "cannot be excluded"),
        ("since:2025 since:2024", "once"),
        ("since:2025 until:2024", "before"),
        ("-tariffs", "what to search for"),
        ("&|! ***", "no word"),
        ("\u200b\u200b ?", "no word"),
        ("x" * (LENGTH_LIMIT + 1), "at most 1,000 characters"),
        ("a b " * PARTS_LIMIT, "at most 50 words"),
        ("party:tr " * 100, "at most 50 words"),
    ],
)
def test_what_cannot_be_read_is_told_with_how_to_mend_it(typed: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(typed)


@given(
    st.one_of(
        st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join), st.lists(PIECES, max_size=60).map(" ".join)
    )
)
def test_whatever_is_typed_is_read_or_refused_with_a_sentence(typed: str) -> None:
    try:
        asked = read(typed)
    except Unreadable:
        return
    assert len(asked.parts) <= PARTS_LIMIT
    assert all(part.text.strip() for part in asked.parts)


@given(
    st.text(max_size=600),
    st.lists(st.tuples(st.integers(0, 600), st.integers(1, 30)), max_size=6),
    st.integers(20, 400),
)
def test_marks_change_no_letter_of_what_is_shown(text: str, places: list[tuple[int, int]], length: int) -> None:
    text = text.replace(START, "").replace(STOP, "")
    marked, at = "", 0
    for start, size in sorted(places):
        if at <= start < len(text):
            marked += text[at:start] + START + START + text[start : start + size] + STOP + STOP
            at = min(len(text), start + size)
    marked += text[at:]
    pieces = pieces_of(text, marked, length=length)
    for piece in pieces:
        assert piece.text in text or piece.text.strip() == "…"
    if len(text) <= length:
        assert "".join(piece.text for piece in pieces) == text
