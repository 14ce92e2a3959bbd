"""What leaves the desk: a list as a file, a statement's source as a citation."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Desk, Verb
from relations.choices import Marking
from relations.forms.exports import ExportForm, ExportFormat
from relations.models import Statement
from relations.reports.citations import STYLES
from relations.reports.export_files import KINDS, file_pieces
from relations.reports.exports import Sending, may_go
from relations.reports.paging import capped_count, counted
from relations.views.exported_lists import LISTS, Exported, Found
from relations.views.responses import desk_context, respond

# A sheet holds a million rows, but the packed file may not pass 2 GB while nobody can go back in it.
XLSX_LIMIT = 200_000


@require_safe
def of_desk(request: HttpRequest, desk: str, noun: str) -> HttpResponseBase:
    """Ask in which format, and for whom; then send what a list of the desk shows under the filters of the address."""
    exported = LISTS[noun]
    here = access.enter(request.user, desk, exported.verb or Verb.READ)
    return _export(request, exported, here)


@require_safe
def shared(request: HttpRequest, noun: str) -> HttpResponseBase:
    """Ask in which format; then send what a list of what all desks share shows under the filters of the address."""
    return _export(request, LISTS[noun], None)


def _export(request: HttpRequest, exported: Exported, here: Desk | None) -> HttpResponseBase:
    found = exported.find(request, here)
    form = ExportForm(
        request.GET if "format" in request.GET else None,
        formats=_formats(request, exported, here),
        is_marked=exported.is_marked,
    )
    readable = found.filters.is_valid()
    if readable and form.is_valid():
        kind = form.cleaned_data["format"]
        sending = Sending(
            request.user,
            here.relationship if here else None,
            here.at if here else access.moments(request.user),
            Marking(form.cleaned_data["up_to"]) if exported.is_marked else None,
            _asked(request, found),
        )
        rows = may_go(exported.noun, found.rows, sending)
        if kind != ExportFormat.XLSX or capped_count(rows, XLSX_LIMIT) <= XLSX_LIMIT:
            return _file(request, exported, found, sending, kind)
        form.add_error(
            "format", _("More than %(limit)s rows. Choose CSV, or set filters.") % {"limit": f"{XLSX_LIMIT:,}"}
        )
    count = capped_count(found.rows)
    context = {
        **(desk_context(here) if here else {}),
        "title": exported.title,
        "back": reverse(exported.url_name, args=[here.relationship.slug] if here else []),
        "filter": found.filters,
        "sort": request.GET.get("sort", ""),
        "form": form,
        "count": count,
        "counted": counted(count),
    }
    wrong = (found.filters.form.is_bound and not readable) or (form.is_bound and not form.is_valid())
    return respond(request, "relations/exports/form.html", context, status=422 if wrong else 200)


def _formats(request: HttpRequest, exported: Exported, here: Desk | None) -> list[str]:
    """Return the formats that this user may take the list in.

    A fixture tells more than pages tell a reader (who wrote and read each row, drafts, whole copies), and what stands
    now alone: it is for those who write.
    """
    writes = here.may(Verb.WRITE) if here else access.may(request.user, Verb.ADD_REFERENCE)
    return [kind for kind in exported.formats if kind != ExportFormat.FIXTURE or writes]


def _asked(request: HttpRequest, found: Found) -> str:
    """Return the filters and the order of the address, as an address says them."""
    names = [*found.filters.filters, "sort"]
    return urlencode([(name, value) for name in names for value in request.GET.getlist(name) if value])


def _file(request: HttpRequest, exported: Exported, found: Found, sending: Sending, kind: str) -> StreamingHttpResponse:
    """Answer with the file; whoever asks for its head alone gets no more than that."""
    pieces: Any = file_pieces(kind, exported.noun, found.rows, sending) if request.method == "GET" else ()
    return StreamingHttpResponse(
        pieces,
        content_type=KINDS[kind].content_type,
        headers={"Content-Disposition": f'attachment; filename="{_name(exported, sending, kind)}"'},
    )


def _name(exported: Exported, sending: Sending, kind: str) -> str:
    """Return the file's name, which says what is in it, who may see it and of which day it is."""
    desk, at = sending.relationship, sending.moment
    today = desk.today() if desk else timezone.now().date()
    parts = [desk.slug if desk else "", exported.noun.name]
    if sending.marking:
        parts.append(f"tlp-{sending.marking.lower().replace('+', '-')}")
    parts.append((at.known or today).isoformat())
    if at.effective:
        parts.append(f"as-of-{at.effective.isoformat()}")
    return f"{'-'.join(filter(None, parts))}.{KINDS[kind].ending}"


@require_safe
def citation(request: HttpRequest, desk: str, ref: str, style: str) -> HttpResponse:
    """Send how a statement's source is cited, in the style that the ending of the address names."""
    here = access.enter(request.user, desk)
    if style not in STYLES:
        raise Http404
    rows: Any = Statement.objects.visible_to(request.user, here.at).at(here.relationship).with_people()
    statement = get_object_or_404(rows, ref=ref)
    written = STYLES[style]
    return HttpResponse(
        "".join(written.pieces([statement])),
        content_type=f"{written.content_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{statement.ref}.{style}"'},
    )
