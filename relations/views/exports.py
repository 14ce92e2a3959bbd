"""What leaves the desk: a list as a file, a statement's source as a citation."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Desk, Verb
from relations.choices import Marking
from relations.filters.facets import facets
from relations.filters.lists import STATEMENTS
from relations.filters.statement_facets import DIMENSIONS
from relations.filters.statements import StatementFilter
from relations.forms.exports import ExportForm, ExportFormat
from relations.models import Statement
from relations.models.statements import StatementQuerySet
from relations.reports.citations import STYLES, citation_of
from relations.reports.exports import ExportedStatement, exported, marked_up_to
from relations.reports.linked_data import json_lines
from relations.reports.paging import capped_count
from relations.reports.tables import csv_lines, xlsx_file
from relations.views.responses import desk_context, respond

# Excel holds a million rows, but the file is whole before the first byte of it can be sent.
XLSX_LIMIT = 50_000


@require_safe
def statements(request: HttpRequest, desk: str) -> HttpResponseBase:
    """Ask in which format, and for whom; then send what the list shows under the filters of the address."""
    here = access.enter(request.user, desk)
    statement_filter = StatementFilter(
        request.GET,
        queryset=Statement.objects.visible_to(request.user, here.at)
        .at(here.relationship)
        .with_people()
        .with_review_state(here.at),
        relationship=here.relationship,
        drafts=here.may(Verb.WRITE),
        at=here.at,
    )
    form = ExportForm(request.GET if "format" in request.GET else None)
    readable = statement_filter.is_valid()
    if readable and form.is_valid():
        marking = Marking(form.cleaned_data["up_to"])
        rows = marked_up_to(statement_filter.qs, marking)
        if form.cleaned_data["format"] != ExportFormat.XLSX or capped_count(rows, XLSX_LIMIT) <= XLSX_LIMIT:
            return _file(here, rows, form.cleaned_data["format"], marking)
        form.add_error(
            "format", _("More than %(limit)s statements. Choose CSV, or set filters.") % {"limit": f"{XLSX_LIMIT:,}"}
        )
    visible = Statement.objects.visible_to(request.user, here.at).at(here.relationship)
    told = facets(statement_filter, visible.newest_first(), DIMENSIONS, request.GET)
    context = {
        **desk_context(here),
        "typed": [statement_filter.form[name] for name in ("since", "until", "intensity_min", "intensity_max")],
        "facets": told,
        "query": STATEMENTS.kept(request.GET).query,
        "asked": parse_qsl(STATEMENTS.kept(request.GET).query),
        "form": form,
    }
    wrong = not readable or (form.is_bound and not form.is_valid())
    return respond(request, "relations/statements/export.html", context, status=422 if wrong else 200)


def _file(here: Desk, rows: StatementQuerySet, kind: str, marking: Marking) -> HttpResponseBase:
    """Answer with the file, whose name says what is in it, who may see it and of which day it is."""
    records = exported(rows, here.relationship)
    day = (here.at.known or here.relationship.today()).isoformat()
    if here.at.effective:
        day += f"-as-of-{here.at.effective.isoformat()}"
    slug = here.relationship.slug
    name = f"{slug}-statements-tlp-{marking.lower().replace('+', '-')}-{day}.{kind}"
    if kind == ExportFormat.XLSX:
        return FileResponse(xlsx_file(records), as_attachment=True, filename=name)
    written: dict[str, tuple[Callable[[Iterator[ExportedStatement]], Iterator[str]], str]] = {
        ExportFormat.CSV: (csv_lines, "text/csv; charset=utf-8"),
        ExportFormat.JSON: (lambda found: json_lines(found, here.relationship.title), "application/ld+json"),
    }
    lines, content_type = written[kind]
    return StreamingHttpResponse(
        gathered(lines(records)),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def gathered(pieces: Iterator[str], size: int = 64_000) -> Iterator[str]:
    """Yield `pieces` joined to some `size` characters: a write to the network for each line costs more than the line."""
    held: list[str] = []
    length = 0
    for piece in pieces:
        held.append(piece)
        length += len(piece)
        if length >= size:
            yield "".join(held)
            held, length = [], 0
    yield "".join(held)


@require_safe
def citation(request: HttpRequest, desk: str, ref: str, style: str) -> HttpResponse:
    """Send how a statement's source is cited, in the style that the ending of the address names."""
    here = access.enter(request.user, desk)
    if style not in STYLES:
        raise Http404
    rows: Any = Statement.objects.visible_to(request.user, here.at).at(here.relationship).with_people()
    statement = get_object_or_404(rows, ref=ref)
    write, content_type = STYLES[style]
    return HttpResponse(
        write(citation_of(statement)),
        content_type=f"{content_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{statement.ref}.{style}"'},
    )
