"""Importing a file of rows: sent, its columns told, tried, and stored."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Desk, Verb
from relations.actions.importing.files import (
    ROW_LIMIT,
    outcome_of,
    read_again,
    store_table,
    take_in_table,
    throw_away_table,
    try_table,
)
from relations.actions.importing.outcomes import Fate, State
from relations.actions.refusal import Refused
from relations.columns import disarmed
from relations.extraction.results import FILE_LIMIT
from relations.forms.table_imports import ColumnsForm, ReadingForm
from relations.models import TableImport
from relations.tables.faults import CannotReadTable, TableFault
from relations.tables.headers import TABLES, Table
from relations.views.responses import desk_context, respond

_SHOWN = 100  # rows on a page
_LISTS = {"statements": "statement_list", "issues": "board", "meetings": "meeting_list", "documents": "document_list"}


def _table(noun: str) -> Table:
    if noun not in TABLES:
        raise Http404
    return TABLES[noun]


def _page(here: Desk, table: Table) -> dict[str, Any]:
    return {
        **desk_context(here),
        "table": table,
        "tables": TABLES.values(),
        "needed": [table.label_of(name) for name in table.needed],
        "columns": [(name, table.label_of(name)) for name in table.columns],
        "row_limit": f"{ROW_LIMIT:,}",
    }


def new(request: HttpRequest, desk: str, noun: str) -> HttpResponse:
    """Say what a file may hold, and take one."""
    here = access.enter(request.user, desk, Verb.WRITE)
    table = _table(noun)
    fault = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None or file.size is None:
                raise CannotReadTable(_("Choose a file."))
            if file.size > FILE_LIMIT:
                raise CannotReadTable(_("The file is larger than 10 MB. Split it, or have import_table run."))
            if not file.size:
                raise CannotReadTable(TableFault.EMPTY.label)
            upload = take_in_table(actor=request.user, relationship=here.relationship, table=table, file=file)
        except CannotReadTable as cannot:
            fault = str(cannot)
        else:
            return redirect(upload)
    context = {**_page(here, table), "upload": {"fault": fault}}
    return respond(request, "relations/table_imports/new.html", context, status=422 if fault else 200)


def _upload(request: HttpRequest, here: Desk, noun: str, ref: str) -> TableImport | None:
    """Return the user's own file of this ref; None where it is another's, thrown away or gone after a day."""
    uploads = TableImport.objects.of(request.user).kept_at(here.relationship).select_related("relationship")
    return uploads.filter(noun=noun, ref=ref).first()


def _gone(request: HttpRequest, here: Desk, table: Table) -> HttpResponse:
    messages.error(request, _("The file is not here any more. Choose it once more."))
    return redirect("table_import_new", here.relationship.slug, table.name)


def detail(request: HttpRequest, desk: str, noun: str, ref: str) -> HttpResponse:
    """Ask what the columns are; show what the file would change; store it, or throw it away."""
    here = access.enter(request.user, desk, Verb.WRITE)
    table = _table(noun)
    upload = _upload(request, here, noun, ref)
    if upload is None:
        return _gone(request, here, table)
    act = request.POST.get("act", "")
    if upload.stored_at is not None:
        return _told(request, here, upload)
    if act == "throw_away":
        throw_away_table(actor=request.user, upload=upload)
        messages.success(request, _("The file is thrown away. Nothing was changed."))
        return redirect("table_import_new", desk, noun)
    if act == "store":
        return _store(request, here, table, upload)
    columns = ColumnsForm(request.POST if act == "try" else None, upload=upload, table=table)
    layout = upload.reading["layout"]
    reading = None if layout["sheet"] else ReadingForm(request.POST if act == "read" else None, initial=layout)
    try:
        if reading is not None and reading.is_bound and reading.is_valid():
            read_again(actor=request.user, upload=upload, **reading.cleaned_data)
            return redirect(upload)
        if columns.is_bound and columns.is_valid():
            try_table(actor=request.user, upload=upload, columns=columns.columns(), order=columns.day_order())
            return redirect(f"{upload.get_absolute_url()}?show=report")
    except (CannotReadTable, Refused) as refused:
        wrong = reading if act == "read" and reading is not None else columns
        wrong.add_error(None, str(refused))
    if upload.report is not None and "show" in request.GET and request.method != "POST":
        return _report(request, here, table, upload)
    context = {**_page(here, table), "upload": upload, "form": columns, "reading": reading, "layout": layout}
    is_wrong = bool(columns.errors or (reading is not None and reading.errors))
    return respond(request, "relations/table_imports/columns.html", context, status=422 if is_wrong else 200)


def _store(request: HttpRequest, here: Desk, table: Table, upload: TableImport) -> HttpResponse:
    try:
        upload = store_table(actor=request.user, upload=upload)
    except (CannotReadTable, Refused) as refused:
        messages.error(request, str(refused))
        return redirect("table_import_new", here.relationship.slug, table.name)
    if upload.stored_at is not None:
        return _told(request, here, upload)
    messages.error(request, _("Nothing was stored: the desk changed since the trial. These rows are refused now."))
    return redirect(f"{upload.get_absolute_url()}?show=refused")


def _told(request: HttpRequest, here: Desk, upload: TableImport) -> HttpResponse:
    """Say what was stored, to the first submit and to one that finds it done."""
    counts: dict[str, int] = (upload.report or {}).get("counts", {})
    number = counts.get(State.NEW, 0) + counts.get(State.CHANGED, 0)
    words = ngettext("%(number)s row is stored.", "%(number)s rows are stored.", number) % {"number": f"{number:,}"}
    if upload.noun == "statements" and counts.get(State.NEW):
        words = f"{words} {_('The new statements are drafts. Submit them for review.')}"
    messages.success(request, words if number else _("The desk holds all of this already. Nothing was changed."))
    name = _LISTS.get(upload.noun)
    return redirect(name, here.relationship.slug) if name else redirect("people")


def _report(request: HttpRequest, here: Desk, table: Table, upload: TableImport) -> HttpResponse:
    outcome = outcome_of(upload)
    shown = request.GET.get("show", "")
    state = shown if shown in State.values else ""
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    fates = [fate for fate in outcome.fates if (not state or fate.state == state) and fate.number > start]
    rows = [(fate, State(fate.state).label, _whys(table, fate)) for fate in fates[:_SHOWN]]
    context = {
        **_page(here, table),
        "upload": upload,
        "outcome": outcome,
        "counts": [(each.value, each.label, outcome.counts[each]) for each in State],
        "total": len(outcome.fates),
        "going": outcome.counts[State.NEW] + outcome.counts[State.CHANGED],
        "state": state,
        "rows": rows,
        "next": fates[_SHOWN - 1].number if len(fates) > _SHOWN else 0,
        "is_first": not start,
    }
    return respond(request, "relations/table_imports/report.html", context)


def _whys(table: Table, fate: Fate) -> list[tuple[str, str]]:
    return [(table.label_of(column) if column else "", why) for column, why in fate.why]


@require_safe
def report(request: HttpRequest, desk: str, noun: str, ref: str) -> HttpResponseBase:
    """Send what the file would change, row by row, as CSV."""
    here = access.enter(request.user, desk, Verb.WRITE)
    table = _table(noun)
    upload = _upload(request, here, noun, ref)
    if upload is None or upload.report is None or upload.stored_at is not None:
        return _gone(request, here, table)
    return StreamingHttpResponse(
        _lines(table, outcome_of(upload).fates),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{here.relationship.slug}-{noun}-trial.csv"'},
    )


class _Line:
    def write(self, line: str) -> str:
        return line


def _lines(table: Table, fates: list[Fate]) -> Iterator[str]:
    writer: Any = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(["row", "what_becomes_of_it", "ref", "what", "column", "why"])
    for fate in fates:
        for column, why in fate.why or (("", ""),):
            cells = [fate.state, fate.ref, fate.name, column, why]
            yield writer.writerow([fate.number, *(disarmed(str(cell)) for cell in cells)])
