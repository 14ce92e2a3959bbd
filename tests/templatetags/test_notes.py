"""What a note's Markdown may become."""

import pytest

from relations.templatetags.notes import note_line, note_markdown


def test_markdown_comes_out_as_html() -> None:
    html = note_markdown("Ask **now**:\n\n- one\n- `two`\n\n> three")
    for piece in ("<strong>now</strong>", "<li>one</li>", "<code>two</code>", "<blockquote>"):
        assert piece in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://example.org/x.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "# A heading",
        "A heading\n=====",
        '[x](https://example.org "\u202etitle")',
        "<a href='https://example.org' onclick='alert(1)'>x</a>",
    ],
)
def test_nothing_dangerous_or_loud_comes_out(text: str) -> None:
    html = note_markdown(text)
    for piece in ("<script", "<img", 'href="javascript:', 'href="data:', "<h1", 'title="\u202e', "<a href='"):
        assert piece not in html


def test_a_link_gives_nothing_away_and_no_weight() -> None:
    assert note_markdown("[x](https://example.org/ü)") == (
        '<p><a href="https://example.org/%C3%BC" rel="nofollow noopener">x</a></p>\n'
    )


def test_invisible_characters_are_shown() -> None:
    assert "U+202E" in note_markdown("so\u202eto")
    assert "U+200B" in note_markdown("`so\u200bto`")


def test_a_name_with_an_at_stays_text() -> None:
    assert note_markdown("Ask @reviewer") == "<p>Ask @reviewer</p>\n"


def test_a_line_about_a_note_holds_its_words_alone() -> None:
    assert note_line("Ask **@ada** & co:\n\n- one <b>\u200b") == (
        "Ask @ada &amp; co: one &lt;b&gt;"
        '<bdi class="invisible" data-code="U+200B" title="zero width space">\u200b</bdi>'
    )
    assert len(note_line("word " * 100)) <= 100
