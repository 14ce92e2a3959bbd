"""Real endnotes in a Word document, which python-docx leaves to us: their part, their references, their numbering.

A source is cited by one endnote; where it is cited again a field repeats its number, which Word keeps up to date.
"""

from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt

REFERENCE, TEXT = "endnote reference", "endnote text"
_EMPTY = f"""<w:endnotes {nsdecls("w")}>
  <w:endnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:endnote>
  <w:endnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:endnote>
</w:endnotes>"""
# What the schema has after the endnotes' properties in the settings and in a section's own.
_AFTER_IN_SETTINGS = ("compat", "docVars", "rsids", "mathPr", "attachedSchema", "themeFontLang", "clrSchemeMapping",
                      "doNotIncludeSubdocsInStats", "shapeDefaults", "decimalSymbol", "listSeparator")  # fmt: skip
_BEFORE_IN_SECTION = ("headerReference", "footerReference", "footnotePr")


class Endnotes:
    """The endnotes of a document, numbered 1, 2, 3 in the order that they are first referred to."""

    def __init__(self, document: Any) -> None:
        self._root = _root(document)
        taken = [int(each.get(qn("w:id"))) for each in self._root]
        self._next = max([0, *taken]) + 1
        self._bookmark = 1_000 + self._next
        self._ids: dict[int, int] = {}
        styles = document.styles
        if REFERENCE not in styles:
            styles.add_style(REFERENCE, WD_STYLE_TYPE.CHARACTER, builtin=True).font.superscript = True
        if TEXT not in styles:
            made = styles.add_style(TEXT, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
            made.base_style, made.font.size = styles.default(WD_STYLE_TYPE.PARAGRAPH), Pt(9)
        self._reference, self._text = styles[REFERENCE].style_id, styles[TEXT].style_id
        _number_in_decimals(document)

    def cite(self, paragraph: Any, number: int, note: list[tuple[str, str]]) -> None:
        """Refer to endnote `number` at the end of a paragraph; the first time it is given `note`, texts with their links."""
        if number not in self._ids:
            self._ids[number] = self._next
            self._next += 1
            self._add(self._ids[number], note)
            self._refer(paragraph, number)
        else:
            self._repeat(paragraph, number)

    def _refer(self, paragraph: Any, number: int) -> None:
        """Put the reference in a bookmark, by which it is found again."""
        self._bookmark += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        start.set(qn("w:id"), str(self._bookmark))
        start.set(qn("w:name"), f"_Source{number}")
        end.set(qn("w:id"), str(self._bookmark))
        run = self._run()
        reference = OxmlElement("w:endnoteReference")
        reference.set(qn("w:id"), str(self._ids[number]))
        run.append(reference)
        for element in (start, run, end):
            paragraph._p.append(element)

    def _repeat(self, paragraph: Any, number: int) -> None:
        for element in _field(f" NOTEREF _Source{number} \\f \\h ", str(number), self._reference):
            paragraph._p.append(element)

    def _run(self) -> Any:
        return parse_xml(f'<w:r {nsdecls("w")}><w:rPr><w:rStyle w:val="{self._reference}"/></w:rPr></w:r>')

    def _add(self, key: int, note: list[tuple[str, str]]) -> None:
        endnote = parse_xml(
            f'<w:endnote {nsdecls("w")} w:id="{key}"><w:p><w:pPr><w:pStyle w:val="{self._text}"/>'
            f"<w:keepLines/></w:pPr>"
            f'<w:r><w:rPr><w:rStyle w:val="{self._reference}"/></w:rPr><w:endnoteRef/></w:r></w:p></w:endnote>'
        )
        line = endnote[0]
        for text, link in note:
            if link:
                for element in _field(f' HYPERLINK "{link}" ', text, ""):
                    line.append(element)
            else:
                line.append(_words(text))
        self._root.append(endnote)


def _words(text: str, style: str = "") -> Any:
    run = parse_xml(f"<w:r {nsdecls('w')}/>")
    if style:
        run.append(parse_xml(f'<w:rPr {nsdecls("w")}><w:rStyle w:val="{style}"/></w:rPr>'))
    words = OxmlElement("w:t")
    words.text = text
    words.set(qn("xml:space"), "preserve")
    run.append(words)
    return run


def _field(code: str, shown: str, style: str) -> list[Any]:
    """Return a field's runs: what Word works out, and what is shown until it does."""
    runs = []
    for kind in ("begin", "code", "separate", "shown", "end"):
        if kind == "shown":
            runs.append(_words(shown, style))
            continue
        run = OxmlElement("w:r")
        if kind == "code":
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = code
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run.append(part)
        runs.append(run)
    return runs


def page_number(paragraph: Any) -> None:
    """Put the page's number at the end of a paragraph."""
    for element in _field(" PAGE ", "1", ""):
        paragraph._p.append(element)


def _root(document: Any) -> Any:
    """Return the document's endnotes, a template's own or new ones."""
    part = document.part
    for rel in part.rels.values():
        if rel.reltype == RELATIONSHIP_TYPE.ENDNOTES:
            held = rel.target_part
            root = parse_xml(held.blob)
            rel._target = XmlPart(held.partname, held.content_type, root, part.package)
            return root
    root = parse_xml(_EMPTY)
    made = XmlPart(PackURI("/word/endnotes.xml"), CONTENT_TYPE.WML_ENDNOTES, root, part.package)
    part.relate_to(made, RELATIONSHIP_TYPE.ENDNOTES)
    return root


def _number_in_decimals(document: Any) -> None:
    """Number endnotes 1, 2, 3: a document that says nothing has them i, ii, iii."""
    settings = document.settings.element
    kept = settings.find(qn("w:endnotePr"))
    if kept is None:
        kept = parse_xml(f'<w:endnotePr {nsdecls("w")}><w:endnote w:id="-1"/><w:endnote w:id="0"/></w:endnotePr>')
        after = (settings.find(qn(f"w:{name}")) for name in _AFTER_IN_SETTINGS if name != "mathPr")
        place = next((each for each in after if each is not None), None)
        if place is None:
            settings.append(kept)
        else:
            place.addprevious(kept)
    _decimal(kept)
    for section in document.sections:
        own = section._sectPr.find(qn("w:endnotePr"))
        if own is None:
            own = OxmlElement("w:endnotePr")
            before = [each for each in section._sectPr if each.tag in {qn(f"w:{name}") for name in _BEFORE_IN_SECTION}]
            section._sectPr.insert(len(before), own)
        _decimal(own)


def _decimal(properties: Any) -> None:
    form = properties.find(qn("w:numFmt"))
    if form is None:
        form = OxmlElement("w:numFmt")
        position = properties.find(qn("w:pos"))
        properties.insert(0 if position is None else 1, form)
    form.set(qn("w:val"), "decimal")
