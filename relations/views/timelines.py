"""The timeline of an issue and of a relationship, as a page and as a picture."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Desk
from relations.forms.timelines import TimelineForm
from relations.models import Issue
from relations.reports.citations import picture_citation
from relations.reports.timeline import Subject, subject_of, timeline, timelines
from relations.reports.timeline_picture import timeline_svg
from relations.views.responses import desk_context, respond, wants_partial


@require_safe
def desk(request: HttpRequest, desk: str) -> HttpResponse:
    """Show the timeline of the relationship, on the days that the address asks for."""
    here = access.enter(request.user, desk)
    return _page(request, here, _of_desk(request, here))


@require_safe
def issue(request: HttpRequest, desk: str, slug: str) -> HttpResponse:
    """Show the timeline of an issue, on the days that the address asks for."""
    here = access.enter(request.user, desk)
    return _page(request, here, _of_issue(request, here, slug))


@require_safe
def desk_picture(request: HttpRequest, desk: str) -> HttpResponse:
    """Send the timeline of the relationship as a picture for a document."""
    here = access.enter(request.user, desk)
    return _picture(request, _of_desk(request, here), f"{desk}-timeline.svg")


@require_safe
def issue_picture(request: HttpRequest, desk: str, slug: str) -> HttpResponse:
    """Send the timeline of an issue as a picture for a document."""
    here = access.enter(request.user, desk)
    return _picture(request, _of_issue(request, here, slug), f"{slug}-timeline.svg")


def in_little(subject: Subject) -> dict[str, Any]:
    """Return what an issue's own page shows of its timeline: the pictures of the last that is known; two queries."""
    if subject.known is None:
        return {}
    drawn = timelines(subject, subject.lately)
    return {"timeline": drawn[0], "pictures": [timeline_svg(each) for each in drawn]}


def _of_desk(request: HttpRequest, here: Desk) -> Subject:
    issues = list(Issue.objects.visible_to(request.user, here.at).at(here.relationship).in_board_order())
    return subject_of(here.relationship, issues, None, here.at)


def _of_issue(request: HttpRequest, here: Desk, slug: str) -> Subject:
    issue = get_object_or_404(Issue.objects.visible_to(request.user, here.at).at(here.relationship), slug=slug)
    issue.relationship = here.relationship
    return subject_of(here.relationship, [issue], issue, here.at)


def _page(request: HttpRequest, here: Desk, subject: Subject) -> HttpResponse:
    form = TimelineForm(request.GET, subject=subject)
    wide, narrow = timelines(subject, form.days)
    title = _("Timeline of %(title)s") % {"title": wide.title}
    context = {
        **desk_context(here),
        "citation": picture_citation(title, here.relationship, request.build_absolute_uri(), here.at),
        "form": form,
        "issue": subject.issue,
        "subject": subject,
        "timeline": wide,
        "pictures": [timeline_svg(wide), timeline_svg(narrow)],
        "swapped": wants_partial(request),
    }
    return respond(request, "relations/timelines/detail.html", context, partial="results")


def _picture(request: HttpRequest, subject: Subject, name: str) -> HttpResponse:
    form = TimelineForm(request.GET, subject=subject)
    picture = timeline_svg(timeline(subject, form.days), standalone=True)
    return HttpResponse(
        picture,
        content_type="image/svg+xml; charset=utf-8",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )
