"""The reader cuts a text at every passage's bounds, and loses nothing of it."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from relations.models import Capture, Passage, Statement
from relations.models.documents import kept_text
from relations.reports.documents import Mark, Note, paragraphs_of, segments_of
from relations.reports.passages import likely_place
from relations.templatetags.reading import copy_text

LETTERS = "aé İı“”\n\u202e<&😀"


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[Mark]]:
    text = draw(st.text(LETTERS, min_size=1, max_size=40))
    bounds = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(lambda pair: pair[0] < pair[1])
    spans = draw(st.lists(bounds, max_size=6))
    marks = []
    for number, (start, end) in enumerate(spans):
        passage = Passage(pk=number)
        passage.state, passage.outcome = "verified", None  # type: ignore[attr-defined]
        marks.append(Mark(passage, Note(Statement(ref=f"s{number}", text="Words")), start, end))
    return text, marks


@given(marked_texts())
def test_the_pieces_joined_are_the_text_and_each_passage_is_whole(case: tuple[str, list[Mark]]) -> None:
    text, marks = case
    segments = segments_of(text, marks)
    assert "".join(segment.text for segment in segments) == text
    for mark in marks:
        pieces = [segment.text for segment in segments if mark in segment.marks]
        assert "".join(pieces) == text[mark.start : mark.end]
        assert sum(mark in segment.opening for segment in segments) == 1
        assert sum(mark in segment.closing for segment in segments) == 1


@given(marked_texts())
def test_the_text_of_the_page_is_the_text_of_the_copy_and_paragraphs_say_where_they_start(
    case: tuple[str, list[Mark]],
) -> None:
    text, marks = case
    page = copy_text(paragraphs_of(text, marks))
    assert html.unescape(re.sub(r"<[^>]*>", "", page)) == text
    assert page.count("<mark") == page.count("</mark>")
    position = 0
    for start, paragraph in re.findall(r'<p dir="auto" data-start="(\d+)">(.*?)</p>', page, re.DOTALL):
        assert int(start) == position
        position += len(html.unescape(re.sub(r"<[^>]*>", "", paragraph)))
    assert position == len(text)


def test_a_text_of_lines_without_end_is_shown_in_a_bounded_number_of_blocks() -> None:
    assert len(paragraphs_of("a\n" * 500_000, [])) <= 20_001


@given(st.text(LETTERS, max_size=60), st.data())
def test_words_copied_from_a_text_are_found_where_they_stand(text: str, data: st.DataObject) -> None:
    text = kept_text(text)
    capture = Capture(text=text)
    start = data.draw(st.integers(0, len(text)))
    words = text[start : data.draw(st.integers(start, len(text)))]
    places = capture.places_of(words)
    place = capture.place_of(words, start)
    if words.strip():
        assert place is not None
        assert text[slice(*place)] == words.strip()
        assert place[0] in places
    else:
        assert places == {}
        assert place is None


def test_places_that_overlap_are_all_found() -> None:
    assert Capture(text="banana").places_of("ana", exactly=True) == {1: 4, 3: 6}


def test_what_stands_between_the_surroundings_of_a_lost_passage_is_what_became_of_it() -> None:
    capture = Capture(text="The minister said that the talks were good. They go on in Ankara next week.")
    passage = Passage.anchored(capture, 28, 42)
    assert passage.exact == "alks were good"
    later = "Ankara. The minister said that the talks were very useful. They go on in Ankara next week."
    place = likely_place(passage, later)
    assert place is not None
    assert later[slice(*place)] == "alks were very useful"
    assert likely_place(passage, "Nothing of it.") is None
