"""Small files of every kind that documents come as, made here so that each test says what is in its own."""

import io
import zipfile
from email.message import EmailMessage
from typing import Any

import docx
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

TURKISH = "Dışişleri Bakanı Hakan Fidan, Washington’da görüştü. Türkiye yaptırımların kaldırılmasını istiyor."
ARABIC = "التقى وزير الخارجية التركي هاكان فيدان نظيره الأمريكي في واشنطن وبحثا العلاقات الثنائية."
ENGLISH = "The ministers met in Washington and agreed that the talks would go on. Both sides said so."


def pdf(*pages: str, about: dict[str, str] | None = None, password: str = "") -> bytes:
    """Return a PDF with one line on each page; an empty line is a page without text."""
    writer = PdfWriter()
    font = DictionaryObject(
        {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
         NameObject("/BaseFont"): NameObject("/Helvetica")}
    )  # fmt: skip
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    for line in pages:
        page = writer.add_blank_page(300, 300)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 10 200 Td ({line}) Tj ET".encode("latin-1") if line else b"")
        page[NameObject("/Contents")] = writer._add_object(stream)
    writer.add_metadata(about or {})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def word(*paragraphs: str, **about: Any) -> bytes:
    """Return a Word document of these paragraphs, with a table of two cells at its end."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    cells = document.add_table(1, 2).rows[0].cells
    cells[0].text, cells[1].text = "Agreed", "Talks"
    for name, value in about.items():
        setattr(document.core_properties, name, value)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def bomb() -> bytes:
    """Return what looks like a Word document of some kilobytes and unpacks to 300 megabytes."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"\0" * 300_000_000)
    return written.getvalue()


def page(body: str, head: str = "") -> str:
    """Return a web page."""
    return f'<!doctype html><html lang="tr"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'


def mail(text: str = "", markup: str = "", **headers: str) -> bytes:
    """Return an e-mail."""
    message = EmailMessage()
    for name, value in {"From": "Press Office <press@mfa.gov.tr>", **headers}.items():
        message[name] = value
    if text:
        message.set_content(text)
    if markup and text:
        message.add_alternative(markup, subtype="html")
    elif markup:
        message.set_content(markup, subtype="html")
    return message.as_bytes()
