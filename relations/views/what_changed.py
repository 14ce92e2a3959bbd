"""What changed at a desk between two days, and what has gone quiet there."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Desk, Verb
from relations.choices import StatementKind
from relations.forms.what_changed import IntervalForm
from relations.models import Issue, Statement
from relations.reports.intervals import last_visits
from relations.reports.paging import PAGE_SIZE, KeyPage, key_page
from relations.reports.quiet import gone_quiet
from relations.reports.what_changed import (
    as_known,
    new_statements,
    published_days,
    what_changed,
)
from relations.views.responses import desk_context, respond


@require_safe
def between(request: HttpRequest, desk: str) -> HttpResponse:
    """Show what changed between the days that the address names, by default since the reader's last visit."""
    here = access.enter(request.user, desk)
    relationship = here.relationship
    issues = list(Issue.objects.visible_to(request.user, here.at).at(relationship).in_board_order())
    for issue in issues:
        issue.relationship = relationship
    first, last = published_days(relationship, here.at)
    visited = last_visits(request.user).get(relationship.pk)
    form = IntervalForm(request.GET, relationship=relationship, issues=issues, visited=visited, first=first, at=here.at)
    interval, only = form.interval, form.only
    changed = what_changed(relationship, interval, issues, only=only, at=here.at) if interval else None
    page = _statements(request, here, form) if only else None
    shown = page.rows if page else [row for new in changed.new for row in new.statements] if changed else []
    # Without days asked for it stays the time since the visit, for as long as this one lasts.
    days = form.days if form.names_days else {}
    context = {
        **desk_context(here),
        "form": form,
        "changed": changed,
        "only": only,
        "page": page,
        "has_reports": any(row.kind == StatementKind.REPORTED for row in shown),
        "days": urlencode(days),
        "query": urlencode({**days, "issue": only.slug}) if only else "",
        "lasting": urlencode({**form.days, **({"issue": only.slug} if only else {})}),
        "last_published": last,
    }
    return respond(request, "relations/desks/what_changed.html", context, partial="results")


def _statements(request: HttpRequest, here: Desk, form: IntervalForm) -> KeyPage[Statement] | None:
    """Return a page of what is new on the one issue asked for, the latest published first."""
    if form.interval is None:
        return None
    rows: Any = new_statements(here.relationship, form.interval, form.only, here.at)
    page: KeyPage[Statement] = key_page(
        rows.with_people(), "-published_at", request.GET.get("page", ""), size=PAGE_SIZE
    )
    for row in page.rows:
        as_known(row, here.at)
    return page


@require_safe
def quiet(request: HttpRequest, desk: str) -> HttpResponse:
    """Show the issues that have gone quiet, and to those who confirm issues what is not confirmed."""
    here = access.enter(request.user, desk)
    context = {
        **desk_context(here),
        "quiet": gone_quiet(here.relationship, request.user, confirms=here.may(Verb.WRITE), at=here.at),
    }
    return respond(request, "relations/desks/quiet.html", context)
