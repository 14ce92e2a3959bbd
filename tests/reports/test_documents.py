"""The reader cuts a text at every passage's bounds, and loses nothing of it."""

from hypothesis import given
from hypothesis import strategies as st

from relations.models import Capture, Passage
from relations.models.documents import kept_text
from relations.reports.documents import Mark, segments_of

LETTERS = "aé İı“”\n\u202e"


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[Mark]]:
    text = draw(st.text(LETTERS, min_size=1, max_size=40))
    bounds = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(lambda pair: pair[0] < pair[1])
    spans = draw(st.lists(bounds, max_size=6))
    return text, [Mark(Passage(pk=number), *span, "verified") for number, span in enumerate(spans)]


@given(marked_texts())
def test_the_pieces_joined_are_the_text_and_each_passage_is_whole(case: tuple[str, list[Mark]]) -> None:
    text, marks = case
    segments = segments_of(text, marks)
    assert "".join(segment.text for segment in segments) == text
    for mark in marks:
        pieces = [segment.text for segment in segments if mark in segment.marks]
        assert "".join(pieces) == text[mark.start : mark.end]
        assert sum(mark in segment.opening for segment in segments) == 1


@given(st.text(LETTERS, max_size=60), st.data())
def test_words_copied_from_a_text_are_found_where_they_stand(text: str, data: st.DataObject) -> None:
    text = kept_text(text)
    capture = Capture(text=text)
    start = data.draw(st.integers(0, len(text)))
    words = text[start : data.draw(st.integers(start, len(text)))].strip()
    places = capture.places_of(words)
    if words:
        assert any(text[first:last] == words for first, last in places.items())
    else:
        assert places == {}
