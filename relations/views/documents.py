"""Documents: the list, the reader, and taking them in."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from relations import access
from relations.access import Desk, Verb
from relations.actions.documents import add_capture, add_document
from relations.actions.refusal import Refused
from relations.filters.documents import DocumentFilter
from relations.filters.lists import DOCUMENTS
from relations.forms.documents import CopyForm, DocumentForm
from relations.models import Capture, Document, Statement
from relations.models.documents import kept_text, text_hash
from relations.reports.documents import reader
from relations.reports.paging import key_page
from relations.views.listing import listing
from relations.views.responses import desk_context, respond, show_refusal


def _documents(request: HttpRequest, here: Desk) -> QuerySet[Document]:
    return Document.objects.visible_to(request.user).at(here.relationship).select_related("publisher", "relationship")


def index(request: HttpRequest, desk: str) -> HttpResponse:
    """List the desk's documents, newest first."""
    here = access.enter(request.user, desk)
    shown = listing(request, here, DOCUMENTS)
    if shown.instead:
        return redirect(shown.instead)
    cited = (
        Statement.objects.visible_to(request.user)
        .filter(document=OuterRef("pk"))
        .order_by()
        .values("document")
        .annotate(number=Count("pk"))
        .values("number")
    )
    documents = _documents(request, here).annotate(statement_count=Coalesce(Subquery(cited), 0))
    document_filter = DocumentFilter(request.GET, documents=documents)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        **desk_context(here),
        "filter": document_filter,
        "listing": shown,
        "page": key_page(document_filter.qs, "-date_published", request.GET.get("page", "")),
        "query": query.urlencode(),
    }
    return respond(request, "relations/documents/list.html", context, partial="results")


def detail(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Read a document's newest copy with the passages that statements cite marked in place."""
    here = access.enter(request.user, desk)
    document = get_object_or_404(_documents(request, here), ref=ref)
    document.relationship = here.relationship
    context = {**desk_context(here), "document": document, "reader": reader(request.user, document)}
    return respond(request, "relations/documents/detail.html", context)


def _same_text(request: HttpRequest, here: Desk, text: str) -> Document | None:
    """Return the desk's document that holds this text already, if any."""
    copies = Capture.objects.visible_to(request.user).at(here.relationship).filter(sha256=text_hash(kept_text(text)))
    copy = copies.select_related("document__relationship").order_by("pk").first()
    return copy.document if copy else None


def new(request: HttpRequest, desk: str) -> HttpResponse:
    """Take in a document by pasted text; the same text at this desk is pointed out before it is stored twice."""
    here = access.enter(request.user, desk, Verb.WRITE)
    form = DocumentForm(request.POST or None, relationship=here.relationship, initial={"token": uuid.uuid4()})
    same = None
    if request.method == "POST" and form.is_valid():
        typed: dict[str, Any] = form.cleaned_data
        same = None if "anyway" in request.POST else _same_text(request, here, typed["text"])
        if same is None:
            try:
                document = add_document(
                    actor=request.user,
                    document=form.save(commit=False),
                    text=typed["text"],
                    extent=typed["extent"],
                    token=typed["token"],
                )
            except Refused as refused:
                show_refusal(form, refused)
            else:
                messages.success(request, _("The document is stored."))
                return redirect(document)
    context = {**desk_context(here), "form": form, "same": same}
    return respond(request, "relations/documents/form.html", context, status=422 if form.errors or same else 200)


def new_copy(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Take in a better copy of a document's text; every passage is checked against it."""
    here = access.enter(request.user, desk, Verb.WRITE)
    document = get_object_or_404(_documents(request, here), ref=ref)
    form = CopyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_capture(actor=request.user, document=document, **form.args("text", "extent"))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The copy is stored and every passage is checked against it."))
            return redirect(document)
    context = {**desk_context(here), "form": form, "document": document}
    return respond(request, "relations/documents/form.html", context, status=422 if form.errors else 200)
