"""The desk month by month."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from relations import access
from relations.forms.months import MonthsForm
from relations.models import Issue
from relations.reports.citations import picture_citation
from relations.reports.months import issue_months
from relations.views.responses import desk_context, respond


@require_safe
def months(request: HttpRequest, desk: str) -> HttpResponse:
    """Show how each issue stood, and how much each side said on it, over the months that the address asks for."""
    here = access.enter(request.user, desk)
    relationship = here.relationship
    form = MonthsForm(request.GET or None, today=here.at.day(relationship.today()))
    issues = list(Issue.objects.visible_to(request.user, here.at).at(relationship).in_board_order())
    for issue in issues:
        issue.relationship = relationship
    rows = issue_months(relationship, issues, form.months, here.at)
    context = {
        **desk_context(here),
        "form": form,
        "months": form.months,
        "rows": rows,
        "is_silent": not any(said.total for row in rows for said in row.said),
        "citation": picture_citation(_("Month by month"), relationship, request.build_absolute_uri(), here.at),
    }
    return respond(request, "relations/desks/months.html", context, partial="results")
