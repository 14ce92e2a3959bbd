"""Briefs on their pages: made, kept word for word, sent in every format; a desk's own template."""

import datetime
import importlib
import io
import os
import re
import sys
import uuid
import zipfile
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx.oxml.ns import qn
from pypdf import PdfReader

from relations.actions.briefs import keep_brief
from relations.briefs import pdf as pdf_maker
from relations.briefs.content import thawed
from relations.briefs.markdown import plain
from relations.choices import Role
from relations.models import Brief, BriefTemplate, Issue, Relationship, Statement, User
from relations.models.base import moment
from relations.reports.brief import ISSUES
from tests import factories, making

pytestmark = pytest.mark.django_db


def address(name: str, desk: Relationship, *args: str) -> str:
    return reverse(name, args=[desk.slug, *args])


def posted(client: Client, desk: Relationship, **typed: Any) -> Any:
    given = {"kind": "brief", "up_to": "CLEAR", "token": str(uuid.uuid4())}
    return client.post(address("brief_new", desk), given | typed)


def made(client: Client, desk: Relationship, **typed: Any) -> Brief:
    answer = posted(client, desk, **{"title": "The title", **typed})
    assert answer.status_code == 302
    return Brief.objects.get(ref=answer["Location"].rstrip("/").rpartition("/")[2])


def sent(client: Client, brief: Brief, kind: str) -> Any:
    return client.get(reverse("brief_file", args=[brief.relationship.slug, brief.ref, kind]))


def template(*lines: str, head: str = "{{ marking }}") -> bytes:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = head
    for line in lines:
        document.add_paragraph(line)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def uploaded(client: Client, desk: Relationship, content: bytes, name: str = "letterhead.docx") -> Any:
    return client.post(address("brief_template", desk), {"file": SimpleUploadedFile(name, content)})


def test_a_brief_keeps_what_it_said_and_says_what_was_corrected_since(
    as_analyst: Client, desk: Relationship, published: Statement, analyst: User, reviewer: User
) -> None:
    brief = made(as_analyst, desk)
    before = {kind: sent(as_analyst, brief, kind).content for kind in ("html", "docx", "md")}
    assert b"Corrected or withdrawn since" not in as_analyst.get(brief.get_absolute_url()).content
    from relations.actions.statements import correct_statement

    Issue.objects.filter(relationship=desk).update(title="Another title", summary="Another summary")
    draft = correct_statement(actor=analyst, statement=published)
    factories.rewritten(draft, analyst, "Türkiye refuses the sanctions.")
    factories.publish(draft, analyst, reviewer)
    page = as_analyst.get(brief.get_absolute_url()).content.decode()
    assert published.text in page
    assert "Türkiye refuses" not in page
    assert "Corrected or withdrawn since this brief was made" in page
    assert "1 source corrected or withdrawn since" in as_analyst.get(address("brief_list", desk)).content.decode()
    for kind, content in before.items():
        assert sent(as_analyst, brief, kind).content == content


def test_a_stored_brief_is_never_changed_or_deleted(
    as_analyst: Client, desk: Relationship, published: Statement
) -> None:
    brief = made(as_analyst, desk)
    for change in ({"title": "Another"}, {"content": "{}"}, {"marking": "RED"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Brief.objects.filter(pk=brief.pk).update(**change)
    with pytest.raises(IntegrityError, match="kept"), transaction.atomic():
        Brief.objects.filter(pk=brief.pk).delete()


@pytest.fixture
def pango() -> None:
    """What PDF is drawn with. Where it is missing the tests say so; CI requires it, as it does a browser."""
    try:
        importlib.import_module("weasyprint")  # it opens them
    except OSError:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("No Pango was found, and REQUIRE_BROWSER wants what draws pages.")
        pytest.skip("no Pango on this machine; install it to test the PDF of a brief")


def test_every_format_is_a_download_that_says_for_whom_and_tells_the_same(
    pango: None, as_analyst: Client, desk: Relationship, published: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = made(as_analyst, desk, title="Talks: “Ankara”/İstanbul", up_to="AMBER+STRICT")
    texts = {}
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    for kind in ("html", "docx", "pdf", "md"):
        answer = sent(as_analyst, brief, kind)
        assert answer.status_code == 200
        name = answer["Content-Disposition"]
        assert name.startswith('attachment; filename="us-turkiye-brief-talks-ankaraistanbul-tlp-amber-strict-20')
        texts[kind] = answer.content
    assert b"<script" not in texts["html"]
    assert b"TLP:AMBER+STRICT" in texts["html"]
    document = docx.Document(io.BytesIO(texts["docx"]))
    sheets = [page.extract_text() for page in PdfReader(io.BytesIO(texts["pdf"])).pages]
    assert len(sheets) > 1
    assert all(sheet.count("TLP:AMBER+STRICT") >= 2 for sheet in sheets)  # above and beneath
    pages = " ".join(sheets)
    word = " ".join(each.text for each in document.paragraphs)
    assert document.sections[0].header.paragraphs[0].text == "TLP:AMBER+STRICT"
    for text in (texts["html"].decode(), texts["md"].decode(), word, " ".join(pages.split())):
        assert "Türkiye wants the sanctions lifted." in text
        assert "Only one side has spoken: Türkiye." in text
    assert sent(as_analyst, brief, "exe").status_code == 404
    # Drawn again, by a process that sorts otherwise, it is the same byte for byte.
    monkeypatch.setenv("PYTHONHASHSEED", "2")
    pdf_maker._printed.cache_clear()
    assert sent(as_analyst, brief, "pdf").content == texts["pdf"]


def test_the_word_document_has_real_headings_tables_endnotes_and_a_picture(
    as_analyst: Client, desk: Relationship, published: Statement
) -> None:
    content = sent(as_analyst, made(as_analyst, desk), "docx").content
    document = docx.Document(io.BytesIO(content))
    heads = [each.text for each in document.paragraphs if each.style and each.style.name == "Heading 1"]
    assert heads == [
        "Summary",
        "CAATSA sanctions",
        "What this rests on",
        "Check of the desk’s own words (ICD 203)",
        "Sources",
    ]
    assert len(document.inline_shapes) == 1
    # No wider than its lines, and explained where the first of them stands.
    assert {document.inline_shapes[0]._inline.get(side) for side in ("distL", "distR")} == {"0"}
    texts = [each.text for each in document.paragraphs]
    caption = next(number for number, text in enumerate(texts) if text.startswith("Timeline of"))
    assert texts[caption + 1].startswith("In the timelines")
    (table,) = document.tables
    assert [cell.text for cell in table.rows[0].cells] == ["Issue", "Where it stands", "United States", "Türkiye"]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        endnotes = package.read("word/endnotes.xml").decode()
        assert {part.date_time[0] for part in package.infolist()} == {1980}  # no stamp of its own
    assert "The Daily" in endnotes
    assert "Credibility: 2 Probably" in endnotes
    references = list(document.element.body.iter(qn("w:endnoteReference")))
    assert len(references) == 1  # told again by a field that repeats its number
    assert "NOTEREF _Source1" in "".join(each.text or "" for each in document.element.body.iter(qn("w:instrText")))


def test_readers_see_a_brief_of_published_content_alone(
    as_analyst: Client, as_reader: Client, desk: Relationship, published: Statement
) -> None:
    own = made(as_analyst, desk, title="With the desk’s own", own_work="on")
    open_to_all = made(as_analyst, desk, title="Of what is published")
    assert as_reader.get(own.get_absolute_url()).status_code == 404
    assert sent(as_reader, own, "md").status_code == 404
    assert as_reader.get(open_to_all.get_absolute_url()).status_code == 200
    page = as_reader.get(address("brief_list", desk)).content.decode()
    assert open_to_all.title in page
    assert own.title not in page
    assert as_reader.get(address("brief_new", desk)).status_code == 404


def test_a_form_sent_twice_makes_one_brief(as_analyst: Client, desk: Relationship, issue: Issue) -> None:
    token = "6f6a2f0e-24e4-4e4c-9c62-111111111111"
    assert made(as_analyst, desk, token=token) == made(as_analyst, desk, token=token)
    assert Brief.objects.count() == 1


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"since": "2025-03-25", "until": "2025-03-24"}, "The last day cannot come before the first."),
    ({"until": "9999-12-31"}, "This day lies in the future."),
    ({"known": "2999-01-01"}, "This day lies in the future."),
    ({"since": "2025-02-30"}, "Enter a valid date."),
    ({"title": "x" * 301}, "at most 300 characters"),
    ({"kind": "novel"}, "Select a valid choice"),
    ({"up_to": "PURPLE"}, "Select a valid choice"),
    ({"issues": ["nothing-here"]}, "Select a valid choice"),
    ({"meeting": "nothing-here"}, "Select a valid choice"),
]


def test_what_cannot_be_made_is_refused_at_its_field(as_analyst: Client, desk: Relationship, issue: Issue) -> None:
    for typed, said in REFUSED:
        answer = posted(as_analyst, desk, **typed)
        assert answer.status_code == 422, typed
        assert said in answer.content.decode(), typed
    assert not Brief.objects.exists()


def test_more_issues_than_a_document_holds_are_refused_with_the_number(
    as_analyst: Client, desk: Relationship, analyst: User
) -> None:
    Issue.objects.bulk_create(
        Issue(relationship=desk, title=f"Issue {number}", slug=f"i-{number}", author=analyst, edited_by=analyst)
        for number in range(500)
    )
    answer = posted(as_analyst, desk)
    assert answer.status_code == 422
    assert f"A brief holds up to {ISSUES} issues, and these are 500." in answer.content.decode()


def test_the_longest_titles_and_strangest_characters_come_out_in_every_format(
    pango: None, as_analyst: Client, desk: Relationship, analyst: User, reviewer: User
) -> None:
    odd = "\x0b\x1f\u202e<b>*_|[x](y) “"
    title = (odd + "ş" * 300)[:300]
    issue = factories.make_issue(desk, title)
    factories.make_published(issue, analyst, reviewer, text="Says\x0cso " + "long " * 400)
    brief = made(as_analyst, desk, title="ğ" * 300)
    for kind in ("html", "docx", "pdf", "md"):
        assert sent(as_analyst, brief, kind).status_code == 200, kind
    assert "<b>" not in sent(as_analyst, brief, "html").content.decode()


def test_a_brief_with_nothing_in_it_is_a_document_that_says_so(as_analyst: Client, desk: Relationship) -> None:
    brief = made(as_analyst, desk, title="")
    assert brief.title == "Brief: United States – Türkiye"
    for kind in ("docx", "md"):
        assert sent(as_analyst, brief, kind).status_code == 200
    assert "This brief holds no issue" in as_analyst.get(brief.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ("import sys; sys.exit(3)", "this server lacks the library Pango"),
        ("import time; time.sleep(60)", "too long to be made into PDF here"),
        ("raise MemoryError", "too long to be made into PDF here"),
    ],
)
def test_where_no_pdf_can_be_made_the_page_says_why_and_what_to_do(
    as_analyst: Client, desk: Relationship, issue: Issue, monkeypatch: pytest.MonkeyPatch, ends: str, said: str
) -> None:
    brief = made(as_analyst, desk)
    monkeypatch.setattr(pdf_maker, "_COMMAND", [sys.executable, "-c", ends])
    monkeypatch.setattr(pdf_maker, "_SECONDS", 0.5)
    answer = sent(as_analyst, brief, "pdf")
    assert answer["Location"] == brief.get_absolute_url()
    assert said in as_analyst.get(brief.get_absolute_url()).content.decode()


def test_while_another_brief_is_being_drawn_one_is_told_to_wait_instead_of_waiting_long(
    as_analyst: Client, desk: Relationship, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = made(as_analyst, desk)
    monkeypatch.setattr(pdf_maker, "_PATIENCE", 0.01)
    with pdf_maker._PRESS:
        sent(as_analyst, brief, "pdf")
    assert "Try again in a minute." in as_analyst.get(brief.get_absolute_url()).content.decode()


def test_a_withdrawn_brief_is_kept_stamped_and_sent_to_nobody_but_who_answers_for_it(
    as_analyst: Client, as_reviewer: Client, as_reader: Client, signed_in: Any, desk: Relationship, published: Statement
) -> None:
    brief = made(as_analyst, desk)
    other = signed_in(factories.make_user("other", desk, Role.ANALYST))
    withdraw = reverse("brief_withdraw", args=[desk.slug, brief.ref])
    assert other.post(withdraw, {"reason": "No", "token": str(uuid.uuid4())}).status_code == 404
    assert "Say why" in as_analyst.post(withdraw, {"reason": "\u200b", "token": str(uuid.uuid4())}).content.decode()
    answer = as_analyst.post(withdraw, {"reason": "Marked too loosely", "token": str(uuid.uuid4())})
    assert answer["Location"] == brief.get_absolute_url()
    for client in (other, as_reader):
        page = client.get(brief.get_absolute_url()).content.decode()
        assert "This brief was withdrawn" in page
        assert "Marked too loosely" in page
        assert published.text not in page
        assert sent(client, brief, "md").status_code == 404
        # As of a day before it was withdrawn it is no more open.
        assert client.get(brief.get_absolute_url(), {"effective": "2025-03-25"}).content.count(b"sanctions lifted") == 0
    for client in (as_analyst, as_reviewer):
        page = client.get(brief.get_absolute_url()).content.decode()
        assert "This brief was withdrawn" in page
        assert published.text in page
        assert "Readers of the desk see it too" not in page
        assert "withdrawn-us-turkiye" in sent(client, brief, "md")["Content-Disposition"]
    assert "Withdrawn" in as_reader.get(address("brief_list", desk)).content.decode()
    again = as_analyst.post(withdraw, {"reason": "Again", "token": str(uuid.uuid4())})
    assert "This was withdrawn already." in again.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Brief.objects.filter(pk=brief.pk).update(withdrawn_at=None, withdrawn_by=None, withdrawal_reason="")


def test_a_form_whose_hidden_token_is_broken_says_to_open_the_page_again(
    as_analyst: Client, desk: Relationship
) -> None:
    for token in ("", "broken"):
        answer = posted(as_analyst, desk, token=token)
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "This form cannot be read. Open the page again." in text
        assert ">Token<" not in text


def test_an_issue_that_the_desk_opened_after_what_it_is_to_know_is_not_left_out_unsaid(
    as_analyst: Client, desk: Relationship, issue: Issue
) -> None:
    answer = posted(as_analyst, desk, known="2025-03-26", issues=[issue.slug])
    assert answer.status_code == 422
    assert f"did not hold these issues yet on 26 Mar 2025: {issue.title}." in answer.content.decode()
    assert made(as_analyst, desk, known="2025-03-26").parameters["issues"] == []  # of all: those it had


def test_the_list_takes_the_same_queries_for_one_brief_and_many(
    as_analyst: Client, desk: Relationship, analyst: User, published: Statement
) -> None:
    def taken() -> int:
        with CaptureQueriesContext(connection) as queries:
            as_analyst.get(address("brief_list", desk))
        return len(queries)

    first = made(as_analyst, desk)
    taken()  # the first look of the day is recorded as a visit
    assert taken() == 7
    for number in range(29):
        keep_brief(
            actor=analyst, relationship=desk, kind="brief", title=f"Brief {number}", marking="CLEAR", asked={},
            made=moment(), known=first.known, content=first.content, cites=[published.ref], holds_own_work=False,
        )  # fmt: skip
    assert taken() == 7


def test_what_the_form_offers_starts_from_the_address(as_analyst: Client, desk: Relationship, issue: Issue) -> None:
    page = as_analyst.get(address("brief_new", desk), {"kind": "handover", "issues": issue.slug, "until": "2025-03-26"})
    text = page.content.decode()
    assert re.search(r'value="handover"[^>]*checked', text)
    assert re.search(rf'value="{issue.slug}"[^>]*checked', text)
    assert 'value="2025-03-26"' in text


def test_the_word_document_carries_its_marking_above_and_beneath_each_page_and_in_each_note_of_a_looser_one(
    as_analyst: Client, desk: Relationship, published: Statement
) -> None:
    document = docx.Document(io.BytesIO(sent(as_analyst, made(as_analyst, desk, up_to="AMBER"), "docx").content))
    (section,) = document.sections
    for part in (section.header, section.footer):
        assert part.paragraphs[0].text == "TLP:AMBER"
    with zipfile.ZipFile(
        io.BytesIO(sent(as_analyst, made(as_analyst, desk, up_to="AMBER"), "docx").content)
    ) as package:
        notes = package.read("word/endnotes.xml").decode()
    # Some word processors put endnotes on pages without the document's header.
    assert notes.count("TLP:CLEAR. This brief is TLP:AMBER.") == notes.count("<w:endnoteRef/>") == 1


# A desk's own template


def test_pages_that_a_template_keeps_apart_carry_the_marking_too(
    as_analyst: Client, signed_in: Any, lead: User, desk: Relationship, published: Statement
) -> None:
    document = docx.Document(io.BytesIO(template("{{ marking }}", "{{ brief }}", head="Ministry")))
    document.settings.odd_and_even_pages_header_footer = True
    document.sections[0].different_first_page_header_footer = True
    document.sections[0].even_page_footer.paragraphs[0].text = "{{ marking }}"
    document.add_section()
    written = io.BytesIO()
    document.save(written)
    assert uploaded(signed_in(lead), desk, written.getvalue()).status_code == 302
    framed = docx.Document(io.BytesIO(sent(as_analyst, made(as_analyst, desk), "docx").content))
    first = framed.sections[0]
    assert [each.text for each in first.header.paragraphs] == ["TLP:CLEAR", "Ministry"]
    assert first.first_page_header.paragraphs[0].text == "TLP:CLEAR"
    assert first.even_page_footer.paragraphs[0].text == "TLP:CLEAR"
    assert not first.even_page_header.paragraphs[0].text
    assert framed.sections[1].header.paragraphs[0].text == "TLP:CLEAR"


def test_new_briefs_are_written_into_the_desks_template_and_old_ones_stay(
    as_analyst: Client, signed_in: Any, lead: User, desk: Relationship, published: Statement
) -> None:
    as_lead = signed_in(lead)
    plain_one = made(as_analyst, desk)
    before = sent(as_analyst, plain_one, "docx").content
    answer = uploaded(
        as_lead,
        desk,
        template("Ministry of Foreign Affairs", "{{ title }} ({{ made }})", "{{ brief }}", "Kind regards"),
    )
    assert answer.status_code == 302
    framed = made(as_analyst, desk)
    lines = [each.text for each in docx.Document(io.BytesIO(sent(as_analyst, framed, "docx").content)).paragraphs]
    assert lines[:2] == ["Ministry of Foreign Affairs", f"The title ({thawed(framed.content).made})"]
    assert lines[-1] == "Kind regards"
    assert "CAATSA sanctions" in lines
    assert not any("{{" in line for line in lines)
    assert sent(as_analyst, plain_one, "docx").content == before
    # Taken out of use, it still frames the briefs that were made with it.
    as_lead.post(address("brief_template", desk), {"remove": "1"})
    kept = docx.Document(io.BytesIO(sent(as_analyst, framed, "docx").content))
    assert kept.paragraphs[0].text == "Ministry of Foreign Affairs"
    assert made(as_analyst, desk).template is None


UNFIT: list[tuple[bytes, str]] = [
    (b"Not a Word document", "not a Word document that can be read"),
    (making.pdf("A page"), "not a Word document that can be read"),
    (b"PK\x03\x04broken", "not a Word document that can be read"),
    (making.bomb(), "unpacks to more"),
    (template("{{ brief }}", "{{ salary }}"), "No brief has a field “salary”"),
    (template("{{ brief }}", "{% for x in y %}"), "No brief has a field “{% for x in y %}”"),
    (template("{{ brief }}", "{{ ''.__class__ }}"), "No brief has a field"),
    (template("No field at all"), "lacks the field {{ brief }}"),
    (template("{{ brief }}", head="Ministry"), "lacks the field {{ marking }}"),
    (template("Here: {{ brief }}"), "on a line of its own"),
    (b"PK\x03\x04" + b"\0" * 1_100_000, "up to 1 MB"),
    (b"", "empty"),
]


def test_a_file_that_can_frame_no_brief_is_refused_with_the_reason(
    signed_in: Any, lead: User, desk: Relationship
) -> None:
    as_lead = signed_in(lead)
    for content, said in UNFIT:
        answer = uploaded(as_lead, desk, content)
        assert answer.status_code == 422, said
        assert said in answer.content.decode().replace("&#x27;", "'"), said
    assert not BriefTemplate.objects.exists()


def test_a_template_that_fetches_something_when_opened_is_refused(
    signed_in: Any, lead: User, desk: Relationship
) -> None:
    document = docx.Document(io.BytesIO(template("{{ brief }}")))
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
    document.part.relate_to("https://evil.example.org/x.dotm", kind, is_external=True)
    written = io.BytesIO()
    document.save(written)
    answer = uploaded(signed_in(lead), desk, written.getvalue())
    assert answer.status_code == 422
    assert "fetches something from elsewhere" in answer.content.decode()


def test_only_the_head_of_desk_changes_the_template(as_reviewer: Client, desk: Relationship) -> None:
    assert uploaded(as_reviewer, desk, template("{{ brief }}")).status_code == 404


def test_markdown_reads_as_the_text_does() -> None:
    assert plain("# 1. *a* _b_ [c](d) <e> | f\n- g") == r"\# 1. \*a\* \_b\_ \[c\](d) \<e\> \| f - g"


def test_the_days_chosen_are_kept_with_the_brief(as_analyst: Client, desk: Relationship, analyst: User) -> None:
    with factories.clock(datetime.datetime(2025, 3, 1, tzinfo=datetime.UTC)):
        issue = factories.make_issue(desk)
    brief = made(as_analyst, desk, since="2025-01-01", until="2025-03-26", known="2025-03-26")
    assert brief.parameters == {
        "meeting": "", "since": "2025-01-01", "until": "2025-03-26", "known": "2025-03-26", "own_work": False,
        "issues": [issue.slug],
    }  # fmt: skip
    assert brief.known == datetime.datetime(2025, 3, 26, 21, 0, tzinfo=datetime.UTC)  # the day ends in Istanbul


def test_a_loaded_brief_that_holds_no_briefs_words_is_not_there_instead_of_an_error(
    as_analyst: Client, desk: Relationship, analyst: User, published: Statement
) -> None:
    good = made(as_analyst, desk)
    for content in ("{}", "[]", "no JSON", good.content.replace('"The title"', "5")):
        bad = Brief.objects.create(relationship=desk, author=analyst, title="Bad", known=moment(), content=content)
        for url in (bad.get_absolute_url(), reverse("brief_file", args=[desk.slug, bad.ref, "docx"])):
            assert as_analyst.get(url).status_code == 404
    sneaky = good.content.replace("https://news", "javascript://news")
    bad = Brief.objects.create(relationship=desk, author=analyst, title="Bad", known=moment(), content=sneaky)
    assert 'href="javascript' not in as_analyst.get(bad.get_absolute_url()).content.decode()


def test_texts_of_any_length_are_cut_to_what_a_brief_holds(
    as_analyst: Client, desk: Relationship, issue: Issue, analyst: User, reviewer: User
) -> None:
    factories.make_published(issue, analyst, reviewer, text="words " * 3000)
    assert len(made(as_analyst, desk).content) < 8000
