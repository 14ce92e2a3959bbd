"""The signs say in words what they draw, and nothing a text contains can hide in them."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import timezone

from relations.choices import ReviewState, Status, Trend, Verdict
from relations.templatetags import signs


def text_of(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


@pytest.mark.parametrize("status", Status)
def test_every_status_is_drawn_and_said(status: Status) -> None:
    html = signs.status_sign(status.value)
    assert str(status.label) in text_of(html)
    assert 'aria-hidden="true"' in html


@pytest.mark.parametrize("trend", Trend)
def test_every_trend_is_drawn_and_said_even_bare(trend: Trend) -> None:
    assert text_of(signs.trend_sign(trend.value)) == trend.label
    assert text_of(signs.trend_sign(trend.value, bare=True)) == trend.label


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_drawn_and_said(verdict: Verdict) -> None:
    html = signs.verdict_sign(verdict.value)
    assert text_of(html) == verdict.label
    assert 'aria-hidden="true"' in html


def test_what_is_not_judged_is_said_only_beside_what_is() -> None:
    assert signs.agreement_sign("not_judged") == signs.agreement_sign("not_judged", "") == ""
    assert text_of(signs.agreement_sign("not_judged", "differ")) == "Not judged"
    assert text_of(signs.agreement_sign("differ", "not_judged")) == "Sides differ"


def test_no_two_statuses_are_told_by_colour_alone() -> None:
    assert len(set(signs.STATUS_DRAWINGS.values())) == len(Status)
    assert len(set(signs.TREND_DRAWINGS.values())) == len(Trend)
    assert len(set(signs.VERDICT_DRAWINGS.values())) == len(Verdict)


def test_every_review_state_has_a_label() -> None:
    assert [text_of(signs.state_label(state.value)) for state in ReviewState] == [s.label for s in ReviewState]


@pytest.mark.parametrize(
    ("form", "shown", "machine"),
    [
        ("day", "25 Mar 2025", "2025-03-25"),
        ("month", "Mar 2025", "2025-03"),
        ("year", "2025", "2025"),
        ("short", "25 Mar 2025", "2025-03-25"),
    ],
)
def test_a_date_is_written_as_precisely_as_it_is_known(form: str, shown: str, machine: str) -> None:
    assert signs.desk_date(dt.date(2025, 3, 25), form) == f'<time datetime="{machine}">{shown}</time>'


def test_a_short_date_leaves_out_this_year_alone() -> None:
    day = timezone.localdate()
    assert str(day.year) not in text_of(signs.desk_date(day, "short"))


def test_no_date_is_no_text() -> None:
    assert signs.desk_date(None) == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Decimal("5.0"), "+5"), (Decimal("-3.5"), "−3.5"), (Decimal("10.0"), "+10"), (0, "0"), (None, "")],
)
def test_an_intensity_has_a_true_minus_and_no_idle_zero(value: Decimal | None, shown: str) -> None:
    assert signs.signed(value) == shown


def test_a_silence_is_short_to_the_eye_and_whole_to_the_ear() -> None:
    html = signs.days_since(1)
    assert "1\N{NO-BREAK SPACE}d" in html
    assert "1 day<" in html
    assert "no word" in signs.days_since(None)


@pytest.mark.parametrize(
    "character", ["\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u00ad", "\x07", "\U000e0041"]
)
def test_an_invisible_character_stays_and_is_shown(character: str) -> None:
    html = signs.show_invisibles(f"a{character}b")
    assert text_of(html) == f"a{character}b"
    assert f'data-code="U+{ord(character):04X}"' in html


def test_ordinary_words_of_either_side_are_left_alone() -> None:
    words = "Erdoğan, İstanbul, ığşçöüâ – “Türkiye’s” 5 €\n\tnew line"
    assert signs.show_invisibles(words) == words.replace("&", "&amp;")


def test_text_is_escaped() -> None:
    assert "<script>" not in signs.show_invisibles("<script>")
    assert "<script>" not in signs.voices('"<script>" “<script>”')
    assert "<script>" not in signs.word_diff("<script>", "<script>x")
    assert "<b>" not in Template("{% load signs %}{% flag t %}{{ t|in_quotes }}").render(Context({"t": "<b>"}))


def test_what_stands_in_quotation_marks_is_set_in_the_worlds_voice() -> None:
    assert signs.voices("Rubio noted “trade” and 'more'") == (
        'Rubio noted <span class="quoted">“trade”</span> and &#x27;more&#x27;'
    )
    assert signs.voices('said "so"') == 'said <span class="quoted">&quot;so&quot;</span>'


def test_quotation_marks_are_added_once() -> None:
    assert signs.in_quotes("so") == "“so”"
    assert signs.in_quotes("“so”") == "“so”"


def test_a_sentence_that_quotes_a_part_is_not_quoted_whole() -> None:
    assert signs.in_quotes("Rubio noted “trade”") == "Rubio noted “trade”"


def test_a_difference_is_told_in_words_too() -> None:
    html = signs.word_diff("noted trade", "praised trade")
    assert "<del" in html and "<ins" in html
    assert text_of(html) == "removed: notedadded: praised trade"


def test_a_difference_between_long_texts_is_found_in_reasonable_time() -> None:
    long = "word " * 20_000
    assert "<ins" in signs.word_diff(long, long + "more")
