"""Documents: the list, the reader, and what is told of one."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Desk, Verb
from relations.actions.editing import save_edited
from relations.actions.refusal import Refused, Stale
from relations.filters.documents import DIMENSIONS, ORDERS, DocumentFilter
from relations.filters.facets import facets
from relations.filters.lists import DOCUMENTS
from relations.filters.orders import ordered
from relations.forms.documents import DocumentEditForm
from relations.models import Document, Original, PassageCheck, Statement
from relations.models.versions import Version
from relations.reports.documents import reader
from relations.reports.paging import key_page
from relations.views.conflicts import settled, show_conflict
from relations.views.listing import listing
from relations.views.responses import desk_context, opened_version, respond, show_refusal


def _documents(request: HttpRequest, here: Desk) -> QuerySet[Document]:
    return Document.objects.visible_to(request.user, here.at).at(here.relationship).select_related("publisher")


@require_safe
def index(request: HttpRequest, desk: str) -> HttpResponse:
    """List the desk's documents, filtered and ordered as the address says."""
    here = access.enter(request.user, desk)
    shown = listing(request, here, DOCUMENTS)
    if shown.instead:
        return redirect(shown.instead)
    cited = (
        Statement.objects.visible_to(request.user, here.at)
        .filter(document=OuterRef("pk"))
        .order_by()
        .values("document")
        .annotate(number=Count("pk"))
        .values("number")
    )
    files = Original.objects.filter(here.at.recorded("capture__"), capture__document=OuterRef("pk")).order_by(
        "-capture__number"
    )
    waiting = (
        PassageCheck.objects.visible_to(request.user, here.at)
        .filter(capture__document=OuterRef("pk"))
        .unsettled(here.at)
        .order_by()
        .values("capture__document")
        .annotate(number=Count("pk"))
        .values("number")
    )
    visible = _documents(request, here)
    documents = visible.annotate(
        statement_count=Coalesce(Subquery(cited), 0),
        passages_waiting=Coalesce(Subquery(waiting), 0),
        file_kind=Subquery(files.values("media_type")[:1]),
        file_number=Subquery(files.values("capture__number")[:1]),
    )
    document_filter = DocumentFilter(request.GET, documents=documents)
    told = facets(document_filter, visible.order_by("-date_published", "-pk"), DIMENSIONS, request.GET)
    order = ordered(ORDERS, request.GET.get("sort", ""), told.number)
    found = order.order.of(document_filter.qs, document_filter)
    page = key_page(found, order.order.fields, request.GET.get("page", ""))
    for row in page.rows:
        row.relationship = here.relationship
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        **desk_context(here),
        "facets": told,
        "typed": [document_filter.form[name] for name in ("text", "since", "until")],
        "listing": shown,
        "order": order,
        "orders": ORDERS,
        "page": page,
        "query": query.urlencode(),
    }
    return respond(request, "relations/documents/list.html", context, partial="results")


@require_safe
def detail(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Read a document's newest copy, or an older one, with the passages that statements cite marked in place."""
    here = access.enter(request.user, desk)
    document = get_object_or_404(_documents(request, here), ref=ref)
    document.relationship = here.relationship
    shown = reader(request.user, document, request.GET.get("copy", ""), here.at)
    if shown is None:
        raise Http404
    context = {**desk_context(here), "document": document, "reader": shown}
    return respond(request, "relations/documents/detail.html", context)


def edit(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Edit what is told of a document; `version` in the address fills in what the record holds of an earlier day."""
    here = access.enter(request.user, desk, Verb.WRITE)
    document = get_object_or_404(_documents(request, here), ref=ref)
    document.relationship = here.relationship
    opened = opened_version(request, document)

    def build(version: Version, data: Any = None) -> list[Any]:
        return [DocumentEditForm(data, instance=version.row)]

    [form] = build(opened or Version(document), settled(request, document, build))
    conflict = None
    if form.is_bound and form.is_valid():
        try:
            save_edited(actor=request.user, row=form.save(commit=False), revision=form.cleaned_data["revision"])
        except Stale as stale:
            conflict = show_conflict(stale, [form], build)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The document is saved."))
            return redirect(document)
    stored = Document.objects.select_related("relationship", "publisher").get(pk=document.pk)
    context = {
        **desk_context(here),
        "form": form,
        "document": stored,
        "conflict": conflict,
        "opened": opened,
    }
    status = 409 if conflict else 422 if form.errors else 200
    return respond(request, "relations/documents/edit.html", context, status=status)
