"""What is taken out of a file of each kind, and what a bad one is told."""

import datetime

import pytest

from relations.choices import MediaType
from relations.extraction.reading import read
from relations.extraction.results import TEXT_LIMIT, CannotRead, Fault
from tests import making
from tests.making import ARABIC, ENGLISH, TURKISH


def fault_of(content: bytes) -> Fault:
    with pytest.raises(CannotRead) as cannot:
        read(content)
    return cannot.value.fault


# Kinds


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (ENGLISH.encode(), MediaType.TEXT),
        (b"Subject: not a letter, but a line of text\n\n" + ENGLISH.encode(), MediaType.TEXT),
        (b"1 < 2, says the text. <p> is a tag.", MediaType.TEXT),
        (making.page(f"<p>{ENGLISH}</p>").encode(), MediaType.HTML),
        (f"<!-- saved --><p>{ENGLISH}</p>".encode(), MediaType.HTML),
        (making.pdf(ENGLISH), MediaType.PDF),
        (making.word(ENGLISH), MediaType.DOCX),
        (making.mail(ENGLISH, Subject="Talks"), MediaType.EMAIL),
    ],
)
def test_the_kind_of_a_file_is_told_by_its_content(content: bytes, kind: str) -> None:
    assert read(content).media_type == kind


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", Fault.EMPTY),
        (b" \n \n", Fault.NO_TEXT),
        (bytes(range(256)), Fault.UNKNOWN),
        (b"\x89PNG\r\n\x1a\n\x00\x00", Fault.UNKNOWN),
        (b"{\\rtf1 words}", Fault.UNKNOWN),
        (b"PK\x03\x04 any other archive", Fault.UNKNOWN),
        (b"PK\x03\x04 [Content_Types].xml word/document.xml", Fault.BROKEN),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old one", Fault.OLD_WORD),
        (b"%PDF-1.7\n and nothing of a PDF after it", Fault.BROKEN),
        (making.pdf(ENGLISH)[:300], Fault.BROKEN),
        (making.pdf("", ""), Fault.NO_TEXT_LAYER),
        (making.pdf(ENGLISH, password="secret"), Fault.ENCRYPTED),
        (making.bomb(), Fault.UNPACKS),
        (making.page("<script>steal()</script>").encode(), Fault.NO_TEXT),
        (b"From: a@b.org\nSubject: nothing\n\n", Fault.NO_TEXT),
        (b"x" * (TEXT_LIMIT + 1), Fault.TOO_LONG),
    ],
)
def test_a_file_that_cannot_be_read_is_told_why(content: bytes, fault: Fault) -> None:
    assert fault_of(content) == fault


def test_a_word_document_is_bounded_before_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_args: object) -> None:
        raise AssertionError

    monkeypatch.setattr("relations.extraction.word.docx.Document", opened)
    assert fault_of(making.bomb()) == Fault.UNPACKS


# Character sets, languages and directions


@pytest.mark.parametrize(
    ("text", "charset", "language"),
    [
        (TURKISH, "utf-8", "tr"),
        (TURKISH, "utf-8-sig", "tr"),
        (TURKISH, "utf-16", "tr"),
        (TURKISH, "cp1254", "tr"),
        ("İşte: ığşçöü, İĞŞÇÖÜ ve daha fazlası bir cümle içinde.", "cp1254", "tr"),
        (ARABIC, "utf-8", "ar"),
        (ARABIC, "cp1256", "ar"),
        (f"{TURKISH} {ARABIC} {TURKISH}", "utf-8", "tr"),
        ("“Merhaba” said he, and it’s well known that the talks go on.", "cp1252", "en"),
        ("Le ministre a été reçu à Washington, où il a rencontré son homologue.", "cp1252", "fr"),
    ],
)
def test_text_comes_out_as_it_was_written_whatever_its_character_set(text: str, charset: str, language: str) -> None:
    extracted = read(text.encode(charset))
    assert (extracted.text, extracted.language) == (text, language)


def test_marks_of_direction_are_kept_and_control_characters_are_not() -> None:
    assert (
        read("one\u200f\u202etwo\u202c\r\nthree\x1b \x0cfour".encode()).text
        == "one\u200f\u202etwo\u202c\nthree\n\nfour"
    )


def test_a_text_of_five_megabytes_is_read_whole() -> None:
    text = ("Türkiye ve Amerika görüştü. " * 180_000).strip()[: TEXT_LIMIT - 1].strip()
    assert len(text.encode()) > 5_000_000
    assert read(text.encode()).text == text


# Web pages


def test_a_web_page_gives_its_text_and_what_it_says_of_itself() -> None:
    head = (
        '<title>Fidan Washington’da</title><meta property="og:site_name" content="Hürriyet">'
        '<meta property="article:published_time" content="2025-03-26T10:00:00+03:00">'
        '<link rel="canonical" href="https://www.hurriyet.com.tr/a/1">'
    )
    extracted = read(making.page(f"<article><h1>Fidan Washington’da</h1><p>{TURKISH}</p></article>", head).encode())
    assert TURKISH in extracted.text
    assert (extracted.title, extracted.publisher, extracted.language) == ("Fidan Washington’da", "Hürriyet", "tr")
    assert (extracted.url, extracted.date) == ("https://www.hurriyet.com.tr/a/1", datetime.date(2025, 3, 26))


def test_a_web_page_of_more_tags_than_an_article_has_is_too_much_work() -> None:
    page = making.page("<p>a" * 500_000)
    for content in (page.encode(), making.mail(markup=page)):
        with pytest.raises(CannotRead, match="too long to read"):
            read(content)


def test_of_a_web_page_full_of_scripts_the_text_alone_is_taken() -> None:
    evil = "<script>steal()</script><style>p{}</style><noscript>steal()</noscript><iframe srcdoc='steal()'></iframe>"
    for words in ("Short.", TURKISH * 12, TURKISH * 12_000):  # judged, fallen back on, and read whole
        body = f"{evil}<svg onload='steal()'></svg><p onclick='steal()'>{words}</p>{evil}<p>End.<!-- steal() --></p>"
        text = read(making.page(body, evil).encode()).text
        assert "steal" not in text
        assert "<" not in text
        assert words in text


def test_a_web_page_declares_its_character_set() -> None:
    markup = making.page(f"<p>{TURKISH}</p>").replace("utf-8", "windows-1254")
    assert read(markup.encode("cp1254")).text == TURKISH


# PDF, Word, e-mail


def test_a_pdf_gives_its_pages_and_what_it_says_of_itself() -> None:
    about = {"/Title": "Joint statement", "/CreationDate": "D:20250326100000+03'00'"}
    extracted = read(making.pdf("The first page.", "", "The third page.", about=about))
    assert extracted.text == "The first page.\n\nThe third page."
    assert (extracted.title, extracted.date) == ("Joint statement", datetime.date(2025, 3, 26))


def test_a_pdf_that_says_nonsense_of_itself_is_read_all_the_same() -> None:
    extracted = read(making.pdf(ENGLISH, about={"/CreationDate": "yesterday", "/Title": ""}))
    assert (extracted.title, extracted.date) == (ENGLISH, None)


def test_a_pdf_of_too_many_pages_or_too_much_text_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relations.extraction.pdf._MOST_PAGES", 2)
    assert fault_of(making.pdf("One", "Two", "Three")) == Fault.TOO_MUCH_WORK
    monkeypatch.setattr("relations.extraction.pdf.TEXT_LIMIT", 2)
    assert fault_of(making.pdf("One", "Two")) == Fault.TOO_LONG


def test_a_word_document_gives_paragraphs_and_tables_in_order_and_what_it_says_of_itself() -> None:
    extracted = read(making.word(TURKISH, ARABIC, TURKISH, title="Not", created=datetime.datetime(2025, 3, 25)))
    assert extracted.text == f"{TURKISH}\n{ARABIC}\n{TURKISH}\nAgreed\nTalks"
    assert (extracted.title, extracted.date, extracted.language) == ("Not", datetime.date(2025, 3, 25), "tr")


def test_of_a_word_document_with_tracked_changes_the_newest_words_are_read() -> None:
    import io

    import docx
    from docx.oxml import parse_xml

    document = docx.Document()
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    document.element.body.insert(0, parse_xml(
        f'<w:p {space}><w:r><w:t xml:space="preserve">The talks </w:t></w:r>'
        '<w:del><w:r><w:delText>ended</w:delText></w:r></w:del><w:ins><w:r><w:t>go on</w:t></w:r></w:ins></w:p>'
    ))  # fmt: skip
    written = io.BytesIO()
    document.save(written)
    assert read(written.getvalue()).text == "The talks go on"


def test_an_email_gives_its_text_subject_sender_and_day() -> None:
    headers = {"Subject": "Türkiye: görüşme", "Date": "Wed, 26 Mar 2025 10:00:00 +0300"}
    extracted = read(making.mail(TURKISH, f"<p>{ENGLISH}</p>", **headers))
    assert extracted.text == TURKISH
    assert (extracted.title, extracted.publisher) == ("Türkiye: görüşme", "Press Office")
    assert extracted.date == datetime.date(2025, 3, 26)


def test_an_email_of_html_alone_gives_its_text() -> None:
    assert read(making.mail(markup=f"<p>{ENGLISH}</p><script>steal()</script>", Subject="Talks")).text == ENGLISH


def test_an_email_with_headers_that_cannot_be_read_gives_its_text() -> None:
    extracted = read(
        b"From: <<<@@\nDate: never\nSubject: =?x?q?=\nContent-Type: text/plain; charset=nope\n\n" + ENGLISH.encode()
    )
    assert (extracted.text, extracted.date) == (ENGLISH, None)


def test_a_day_to_come_is_not_proposed() -> None:
    assert read(making.mail(ENGLISH, Subject="x", Date="Wed, 26 Mar 2999 10:00:00 +0300")).date is None
