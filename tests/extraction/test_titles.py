"""Titles where a source carries none."""

from relations.extraction.titles import title_from_name, title_of

TEXT = (
    "Today, President Donald J. Trump held a call with King Abdullah II of Jordan. He thanked King Abdullah. "
    "President Trump’s team joined."
)


def test_a_name_in_words_becomes_a_title_written_as_the_text_writes() -> None:
    name = "2025-01-25-readout-of-president-donald-j-trumps-call-with-king-abdullah-ii-of-jordan"
    assert title_from_name(name, TEXT) == "Readout of President Donald J Trump’s Call with King Abdullah II of Jordan"


def test_what_the_text_does_not_write_is_written_as_in_a_headline() -> None:
    title = title_from_name("readout-of-jake-sullivans-meeting-with-turkish-officials", "Jake Sullivan met them.")
    assert title == "Readout of Jake Sullivan’s Meeting with Turkish Officials"


def test_a_name_that_says_nothing_gives_way_to_the_first_sentence() -> None:
    for name in ("000123", "a1b2-c3d4", "2025-01-25", "x"):
        assert title_from_name(name, f"{TEXT} {TEXT}") == TEXT.split(" He", maxsplit=1)[0]


def test_a_short_first_line_is_the_title_and_a_long_one_is_cut_at_a_word() -> None:
    assert title_of("\n  Joint   statement \n\nThe ministers met.") == "Joint statement"
    cut = title_of("word " * 100)
    assert cut.endswith(" word…")
    assert 140 < len(cut) <= 150
    assert len(title_of("x" * 1000)) == 150
