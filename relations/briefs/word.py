"""A brief as a Word document: real headings, tables, pictures and endnotes, in the desk's own letterhead if it has one."""

import datetime
import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

import docx
from django.utils.translation import gettext as _
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from relations.briefs import letterhead, plan
from relations.briefs.content import Content, Endnote, Picture, Position, Section, Words
from relations.briefs.endnotes import Endnotes, page_number
from relations.briefs.picture import png

# What a template need not have: made as plain as Word's own, and only where it lacks them.
_HEADINGS = {"Heading 1": (14, "0"), "Heading 2": (11, "1")}
_QUIET, _CELL, _QUOTED = "Brief Quiet", "Brief Cell", "Brief Quoted"
_VOICES = re.compile(r"(“[^”]*”)")
# What XML cannot hold; a text of the desk may.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_STAMP = (1980, 1, 1, 0, 0, 0)


def word(content: Content, template: bytes | None = None) -> bytes:
    """Return the brief as a Word document; the same brief and template give the same bytes."""
    document = letterhead.opened(template) if template else _plain(content)
    at = letterhead.anchor(document) if template else None
    _Writer(document, at, content).write()
    if template:
        if at is not None:
            at.getparent().remove(at)
        letterhead.filled(document, _values(content))
    letterhead.mark(document, f"TLP:{content.marking}")
    _describe(document, content)
    written = io.BytesIO()
    document.save(written)
    return _unstamped(written.getvalue())


def _values(content: Content) -> dict[str, str]:
    return {
        "title": _safe(content.title), "kind": content.kind_word, "desk": _safe(content.desk),
        letterhead.MARKING: f"TLP:{content.marking}", "made": content.made, "by": _safe(content.by),
        "stands": content.stands, letterhead.BODY: "",
    }  # fmt: skip


def _plain(content: Content) -> Any:
    """Return an empty document as a desk without a template has it: A4, the marking above, the page's number beneath."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10.5)
    normal.paragraph_format.space_after = Pt(4)
    for name in ("Title", *_HEADINGS):
        style = document.styles[name]
        style.font.name, style.font.color.rgb = "Calibri", RGBColor(0x1A, 0x1E, 0x23)
        style.element.rPr.rFonts.attrib.clear()
        style.font.name = "Calibri"
    document.styles["Title"].font.size = Pt(20)
    border = document.styles["Title"].element.pPr.find(qn("w:pBdr"))
    if border is not None:
        border.getparent().remove(border)
    # TLP 2.0 wants the marking in the header and in the footer of each page, in 12 points, on the right.
    for margin in (section.header, section.footer):
        line = margin.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        marking = line.add_run(f"TLP:{content.marking}")
        marking.bold, marking.font.size = True, Pt(12)
    foot = section.footer.add_paragraph()
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    page_number(foot)
    return document


class _Writer:
    """Writes a brief into a document, before the line that stands for it, else at its end."""

    def __init__(self, document: Any, at: Any, content: Content) -> None:
        self._document, self._at, self._content = document, at, content
        self._endnotes = Endnotes(document)
        self._notes: dict[int, Endnote] = {note.number: note for note in content.notes}
        section = document.sections[0]
        self._width = section.page_width - section.left_margin - section.right_margin
        self._is_explained = False  # the marks of the pictures, beneath the first of them
        self._room = plan.room(content)
        self._styles()
        # Each look-up by name walks all of a document's styles.
        self._style_ids = {style.name: style.style_id for style in document.styles}

    def write(self) -> None:
        """Write the whole."""
        content, heads = self._content, plan.headings()
        if self._at is None:
            self._line(f"TLP:{content.marking} · {content.marking_word}", _QUIET)
            self._line(content.title, "Title")
            self._line(f"{content.kind_word} · {content.desk} · {content.made} · {content.by}", _QUIET)
        self._line(f"{content.stands}. {content.period}.", _QUIET)
        if content.meeting:
            about = content.meeting
            self._line(heads.meeting, "Heading 1")
            self._line(" · ".join(filter(None, (about.title, about.kind, about.when, about.place))))
            self._text(about.summary)
            self._text(plan.tellings(about), _QUIET)
            for each in about.people:
                self._line(f"{each.party}: {', '.join(filter(None, (each.name, each.office)))}", "List Bullet")
        self._line(heads.summary, "Heading 1")
        if content.sections:
            self._summary()
        else:
            self._line(plan.nothing())
        for section in content.sections:
            self._section(section)
        if content.contacts:
            self._line(heads.contacts, "Heading 1")
            rows = [(each.name, each.office or "–", each.party, each.last) for each in content.contacts]
            self._table((_("Name"), _("Office"), _("For"), _("Last heard or met")), rows)
        if content.ahead:
            self._line(heads.ahead, "Heading 1")
            self._table((_("When"), _("What"), ""), [(each.when, each.what, each.kind) for each in content.ahead])
        self._line(heads.about_sources, "Heading 1")
        self._line(" ".join(content.sources))
        self._line(heads.checks, "Heading 1")
        for slip in content.slips:
            self._line(f"{slip.where}: {slip.wrong} {slip.sentence}", "List Bullet")
        if not content.slips:
            self._line(plan.no_slips(content))
        self._text(plan.reach(content), _QUIET)
        if content.notes:  # they follow at the document's end, as Word puts them
            self._line(heads.sources, "Heading 1")
            self._line(plan.scales(), _QUIET)

    def _summary(self) -> None:
        """Write the table of all issues, which is to fit a page."""
        table = self._table(
            (_("Issue"), _("Where it stands"), *self._content.sides),
            [
                (each.title, _unbroken(plan.standing(each.standing), each.standing.since), "", "")
                for each in self._content.sections
            ],
            widths=(0.19, 0.15, 0.33, 0.33),
        )
        for row, section in zip(table.rows[1:], self._content.sections, strict=True):
            for cell, position in zip(row.cells[2:], section.positions, strict=True):
                self._cell(cell.paragraphs[0], position)
        if self._content.has_reports:
            self._line("† " + _("the source’s own report, attributed to no one"), _QUIET)

    def _cell(self, line: Any, position: Position) -> None:
        if position.words is None:
            line.add_run(_("nothing held"))
            return
        if position.how:
            line.add_run(f"{position.how}: ").italic = True
        self._voices(line, plan.shortened(position.words, self._room))
        self._cite(line, position.words.note, is_report=position.words.is_report)
        line.add_run(f" {_unbroken(plan.since(position), position.since)}").italic = True

    def _section(self, section: Section) -> None:
        self._line(section.title, "Heading 1")
        self._line(section.about, _QUIET)
        self._text(section.summary)
        where = self._line()
        where.add_run(plan.standing(section.standing)).bold = True
        if section.standing.why:
            where.add_run(". ")
            self._voices(where, section.standing.why)
        for number in section.standing.notes:
            self._cite(where, number)
        if section.standing.is_shaken:
            self._line(plan.shaken()).runs[0].bold = True
        self._text(section.agreement)
        for position in section.positions:
            self._line(position.party, "Heading 2")
            if position.words is None:
                self._line(_("Nothing held."))
            else:
                self._said(position.words)
                self._line(plan.did(position), _QUIET)
                self._since_before(position)
        if section.judgement:
            self._line(_("The desk’s judgement"), "Heading 2")
            for text in section.judgement.text.split("\n"):
                self._line(text)
            told = (*plan.sure(section.judgement), f"{section.judgement.who}, {section.judgement.when}")
            self._line(" ".join(told), _QUIET)
        if section.picture:
            self._picture(section.picture)
        if section.recent:
            self._line(_("Lately said"), "Heading 2")
        for words in section.recent:
            self._said(words, "List Bullet", words.party)
        if section.more:
            self._line(plan.more(section.more), _QUIET)
        if section.promises:
            self._line(_("Commitments"), "Heading 2")
        for promise in section.promises:
            self._cite(self._line(plan.promise(promise), "List Bullet"), promise.note)

    def _since_before(self, position: Position) -> None:
        """Write where a side's position shifted, and which phrases are new or gone since its speaker last spoke."""
        if position.shift:
            line = self._line(style=_QUIET)
            line.add_run(_safe(position.shift)).bold = True
            if position.shift_note:
                self._cite(line, position.shift_note)
        if position.reworded:
            line = self._line(style=_QUIET)
            self._voices(line, plan.reworded(position.reworded))
            self._cite(line, position.reworded.note)

    def _said(self, words: Words, style: str = "", party: str = "") -> None:
        line = self._line(style=style)
        if party:
            line.add_run(_safe(f"{party}: ")).bold = True
        self._voices(line, plan.quoted(words))
        self._cite(line, words.note, is_report=words.is_report)
        line.add_run(f" {_safe(plan.byline(words))}").italic = True

    def _picture(self, picture: Picture) -> None:
        line = self._line()
        line.paragraph_format.keep_with_next = True
        shape = line.add_run().add_picture(io.BytesIO(png(picture)), width=self._width)
        shape._inline.docPr.set("descr", _safe(picture.title))
        for side in ("distT", "distB", "distL", "distR"):  # left out, LibreOffice takes them for 3 mm, past the margin
            shape._inline.set(side, "0")
        self._line(picture.title, _QUIET)
        if not self._is_explained:
            self._line(plan.legend(), _QUIET)
            self._is_explained = True

    def _voices(self, line: Any, text: str) -> None:
        """Write a text with what it quotes in the voice of the world's words."""
        for piece in _VOICES.split(_safe(text)):
            if piece:
                run = line.add_run(piece)
                if piece.startswith("“"):
                    run._r.style = self._style_ids[_QUOTED]

    def _cite(self, line: Any, number: int, *, is_report: bool = False) -> None:
        if is_report:
            line.add_run("†")
        note = self._notes[number]
        told = [(_safe(f" {plan.cited(note)} {plan.source(note)} "), "")]
        if url := plan.address(note):
            told.append((_safe(url), _safe(url).replace('"', "%22")))
        rating = f" {plan.rating(note)} {plan.within(note, self._content.marking)}".rstrip()
        self._endnotes.cite(line, number, [*told, (_safe(rating), "")])

    def _text(self, text: str, style: str = "") -> None:
        """Add a paragraph of this text, if there is any."""
        if text:
            self._line(text, style)

    def _line(self, text: str = "", style: str = "") -> Any:
        """Add a paragraph, to be written on."""
        line = self._document.add_paragraph()
        if style:
            line._p.style = self._style_ids[style]
        if text:
            line.add_run(_safe(text))
        self._place(line._p)
        return line

    def _table(self, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], widths: tuple[float, ...] = ()) -> Any:
        """Add a table with hairlines, whose head stands on each page and whose rows are not broken."""
        table = self._document.add_table(1 + len(rows), len(heads))
        table.autofit = False
        lines = "".join(
            f'<w:{side} w:val="single" w:sz="4" w:color="B8BAB4"/>' for side in ("top", "bottom", "insideH")
        )
        table._tbl.tblPr.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{lines}</w:tblBorders>"))
        shares = widths or (1 / len(heads),) * len(heads)
        for column, share in zip(table.columns, shares, strict=True):
            column.width = int(self._width * share)
        for row, texts in zip(table.rows, [heads, *rows], strict=True):
            properties = row._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if texts is heads:
                properties.append(OxmlElement("w:tblHeader"))
            for number, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                cell.width = int(self._width * shares[number])
                line = cell.paragraphs[0]
                line.paragraph_format.space_after = Pt(2)
                line._p.style = self._style_ids[_CELL]
                if text:
                    line.add_run(_safe(text)).bold = texts is heads or number == 0
        self._place(table._tbl)
        return table

    def _place(self, element: Any) -> None:
        if self._at is not None:
            self._at.addprevious(element)

    def _styles(self) -> None:
        """Make the styles that the document lacks."""
        styles = self._document.styles
        for name, (points, level) in _HEADINGS.items():
            if name not in styles:
                made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
                made.font.bold, made.font.size = True, Pt(points)
                made.paragraph_format.space_before, made.paragraph_format.keep_with_next = Pt(10), True
                outline = OxmlElement("w:outlineLvl")
                outline.set(qn("w:val"), level)
                made.element.get_or_add_pPr().append(outline)
        if "List Bullet" not in styles:
            bullet = styles.add_style("List Bullet", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
            bullet.paragraph_format.left_indent = Cm(0.6)
        for name, size in ((_QUIET, 9.0), (_CELL, 8.0)):
            if name not in styles:
                made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
                made.base_style, made.font.size = styles.default(WD_STYLE_TYPE.PARAGRAPH), Pt(size)
        if _QUOTED not in styles:
            styles.add_style(_QUOTED, WD_STYLE_TYPE.CHARACTER).font.name = "Georgia"


def _unbroken(text: str, day: str) -> str:
    """Return the text with its day on one line: a date never wraps."""
    return text.replace(day, day.replace(" ", "\N{NO-BREAK SPACE}")) if day else text


def _safe(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def _describe(document: Any, content: Content) -> None:
    """Write the document's properties: the brief's, not those of whoever made the template."""
    about = document.core_properties
    made = datetime.datetime.fromisoformat(content.made_at).astimezone(datetime.UTC).replace(tzinfo=None)
    about.title, about.author, about.last_modified_by = _safe(content.title)[:255], _safe(content.by), _safe(content.by)
    about.subject, about.keywords = f"TLP:{content.marking}", ""
    about.comments, about.category, about.revision = "", "", 1
    about.created = about.modified = made


def _unstamped(package: bytes) -> bytes:
    """Return the package without the moment at which it was written."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(zipfile.ZipInfo(part.filename, _NO_STAMP), old.read(part), zipfile.ZIP_DEFLATED)
    return written.getvalue()
