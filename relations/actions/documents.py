"""Take in documents and better copies of their text."""

import uuid
from typing import Any

from django.core.files.base import File

from relations import access
from relations.access import Verb
from relations.actions.originals import keep_original
from relations.actions.passages import check_passage
from relations.actions.refusal import action
from relations.choices import Extent
from relations.models import Capture, Document, Passage


@action(Document)
def add_document(
    *,
    actor: Any,
    document: Document,
    text: str,
    extent: str = Extent.FULL,
    original: File | None = None,
    token: uuid.UUID | None = None,
) -> Document:
    """Store a new document with its first copy, the file it came as, and its publisher where that is new too.

    Raises `NotAllowed`, and `Refused` where a rule says no.
    """
    access.require(actor, Verb.WRITE, document.relationship)
    document.author = document.edited_by = actor
    if document.publisher._state.adding:
        access.require(actor, Verb.ADD_REFERENCE)
        document.publisher.save(force_insert=True)
    document.save(force_insert=True)
    capture = Capture.objects.create(relationship=document.relationship, document=document, text=text, extent=extent)
    if original is not None:
        keep_original(capture=capture, file=original)
    return document


@action(Document)
def add_capture(
    *,
    actor: Any,
    document: Document,
    text: str,
    extent: str = Extent.FULL,
    original: File | None = None,
    token: uuid.UUID | None = None,
) -> Document:
    """Store a better copy of a document's text, with the file it came as, and check every passage against it (R1).

    No passage is moved silently.

    Raises `NotAllowed`, and `Refused` where a rule says no.
    """
    access.require(actor, Verb.WRITE, document.relationship)
    document = Document.objects.select_for_update().get(pk=document.pk)
    newest = document.newest_capture()
    capture = Capture.objects.create(
        relationship=document.relationship,
        document=document,
        number=newest.number + 1 if newest else 1,
        text=text,
        extent=extent,
    )
    for passage in Passage.objects.filter(statement__document=document):
        check_passage(passage=passage, capture=capture)
    if original is not None:
        keep_original(capture=capture, file=original)
    return document
