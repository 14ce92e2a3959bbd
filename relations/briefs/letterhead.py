"""A desk's own Word document as the frame of its briefs: its styles, letterhead and page, and fields to be filled.

Fields stand in double braces, `{{ title }}`. They are looked up in a list, nothing in a template is ever run, and what
it unpacks to is bounded before anything in it is opened: whoever uploads one can make a brief look odd, no more.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from django.utils.translation import gettext as _
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml.ns import qn

BODY = "brief"  # where the brief itself goes, on a line of its own
MARKING = "marking"
FIELDS = ("title", "kind", "desk", MARKING, "made", "by", "stands", BODY)
_NEEDED = (MARKING, BODY)
_MOST_PARTS = 500
_MOST_BYTES = 20 * 1024 * 1024
_ALONE = re.compile(rf"\s*\{{\{{\s*{BODY}\s*\}}\}}\s*")
_FIELD = re.compile(r"\{\{(.*?)\}\}|\{%.*?%\}", re.S)


class TemplateFault(Exception):
    """A file that cannot frame a brief; `str()` is the sentence for people."""


def opened(content: bytes) -> Any:
    """Return the Word document in `content`. Raises `TemplateFault` where it is none, or unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_BYTES:
            raise TemplateFault(
                _("This file unpacks to more than a template needs. Save it anew in Word, without pictures.")
            )
        document = docx.Document(io.BytesIO(content))
        list(_paragraphs(document))
    except TemplateFault:
        raise
    except Exception as error:  # python-docx and lxml raise what they meet: a key, a value, a syntax
        raise TemplateFault(
            _("This is not a Word document that can be read. Save it in Word as “Word document (.docx)”.")
        ) from error
    return document


def check(content: bytes) -> None:
    """Raise `TemplateFault` unless a brief can be written into this file: a Word document with the fields it needs."""
    document = opened(content)
    found = [name for paragraph in _paragraphs(document) for name in _fields(_text(paragraph))]
    unknown = [name for name in dict.fromkeys(found) if name not in FIELDS]
    if unknown:
        raise TemplateFault(
            _("No brief has a field “%(name)s”. Use %(fields)s.")
            % {"name": unknown[0][:60], "fields": ", ".join(f"{{{{ {field} }}}}" for field in FIELDS)}
        )
    for name in _NEEDED:
        if name not in found:
            raise TemplateFault(
                _("The template lacks the field {{ %(name)s }}. Put it where that is to stand.") % {"name": name}
            )
    if anchor(document) is None:
        raise TemplateFault(
            _("Put {{ brief }} on a line of its own in the text, outside of boxes, headers and tables.")
        )
    if _fetches(document):
        raise TemplateFault(_("This template fetches something from elsewhere when it is opened. Take that out of it."))


def anchor(document: Any) -> Any:
    """Return the paragraph that the brief takes the place of; None where no line of the text is for it."""
    body = document.element.body
    return next((each for each in body.iterchildren(qn("w:p")) if _ALONE.fullmatch(_text(each))), None)


def filled(document: Any, values: dict[str, str]) -> None:
    """Write `values` into the fields of the document, its headers and footers."""

    def value(found: re.Match[str]) -> str:
        return values.get((found[1] or "").strip(), "")

    for paragraph in _paragraphs(document):
        texts = _texts(paragraph)
        whole = "".join(each.text or "" for each in texts)
        if _FIELD.search(whole):
            # Word cuts a line into pieces wherever it was edited: the first one takes the whole.
            for each in texts:
                each.text = ""
            texts[0].text = _FIELD.sub(value, whole)
            texts[0].set(qn("xml:space"), "preserve")


def mark(document: Any, marking: str) -> None:
    """See to it that every page carries the marking, whatever the template says of first, left and right pages.

    Where a kind of page in use has it neither above nor beneath its text, it is written above.
    """
    is_two_sided = document.settings.odd_and_even_pages_header_footer
    for section in document.sections:
        pages = [(section.header, section.footer)]
        if section.different_first_page_header_footer:
            pages.append((section.first_page_header, section.first_page_footer))
        if is_two_sided:
            pages.append((section.even_page_header, section.even_page_footer))
        for above, beneath in pages:
            if not any(marking in _text(line) for part in (above, beneath) for line in part._element.iter(qn("w:p"))):
                line = above.paragraphs[0].insert_paragraph_before() if above.paragraphs else above.add_paragraph()
                line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                line.add_run(marking).bold = True


def _paragraphs(document: Any) -> Iterator[Any]:
    yield from document.element.body.iter(qn("w:p"))
    for rel in document.part.rels.values():
        if rel.reltype in (RT.HEADER, RT.FOOTER):
            yield from rel.target_part.element.iter(qn("w:p"))


def _texts(paragraph: Any) -> list[Any]:
    """Return the pieces of a paragraph's own text, without those of a box that stands in it."""
    return [each for each in paragraph.iter(qn("w:t")) if next(each.iterancestors(qn("w:p"))) is paragraph]


def _text(paragraph: Any) -> str:
    return "".join(each.text or "" for each in _texts(paragraph))


def _fields(text: str) -> list[str]:
    return [(found[1] if found[1] is not None else found[0]).strip() for found in _FIELD.finditer(text)]


def _fetches(document: Any) -> bool:
    """Say whether a part of the package names something outside of it, other than a link to be followed."""
    return any(
        rel.is_external and rel.reltype != RT.HYPERLINK
        for part in document.part.package.iter_parts()
        for rel in part.rels.values()
    )
