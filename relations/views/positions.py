"""What both sides hold on every issue."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Verb
from relations.models import Issue
from relations.reports.board import grouped
from relations.reports.citations import picture_citation
from relations.reports.matrix import position_matrix
from relations.views.responses import desk_context, respond


@require_safe
def positions(request: HttpRequest, desk: str) -> HttpResponse:
    """Show each side's latest position on every issue, since when it has said so, and whether the two agree."""
    here = access.enter(request.user, desk)
    issues = list(Issue.objects.visible_to(request.user).at(here.relationship).in_board_order())
    for issue in issues:
        issue.relationship = here.relationship
    rows = position_matrix(request.user, here.relationship, issues, here.at)
    context = {
        **desk_context(here),
        "groups": grouped(rows),
        "has_reported": any(each.held and each.held.how == "reported" for row in rows for each in row.positions),
        "citation": picture_citation(_("Positions"), here.relationship, request.build_absolute_uri(), here.at),
        "may_judge": here.may(Verb.WRITE) and not here.at.is_past,
    }
    return respond(request, "relations/desks/positions.html", context)
