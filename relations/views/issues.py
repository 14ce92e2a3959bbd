"""One issue: read it, open it, edit it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Desk, Verb
from relations.actions.editing import link_issues, save_edited, unlink_issues
from relations.actions.refusal import Refused, Stale
from relations.forms.issues import IssueForm, IssueLinkForm
from relations.models import Issue, Watch
from relations.models.versions import Version, known_version
from relations.reports.issue_page import Record, issue_page, issue_record
from relations.reports.ribbon import ribbon_until
from relations.reports.timeline import subject_of_issue
from relations.views.conflicts import settled, show_conflict
from relations.views.notes import desk_side_context
from relations.views.responses import desk_context, opened_version, respond, show_refusal, wants_partial
from relations.views.timelines import in_little

RIBBON = 24  # months


@require_safe
def detail(request: HttpRequest, desk: str, slug: str) -> HttpResponse:
    """Show where an issue stands and why, both positions, and the record."""
    here = access.enter(request.user, desk)
    issues = Issue.objects.visible_to(request.user, here.at).at(here.relationship).with_standing(here.at)
    issues = issues.annotate(followed=Watch.followed_by(request.user, "issue"))
    issue = get_object_or_404(issues.select_related("owner", "edited_by"), slug=slug)
    if here.at.known:
        issue = known_version(issue, here.at).row
    issue.relationship = here.relationship
    record = issue_record(request.user, issue, request.GET.get("page", ""), here.at)
    context = {**desk_context(here), "issue": issue, "record": record}
    if not wants_partial(request):
        context |= _beside_the_record(request, here, issue, record)
    return respond(request, "relations/issues/detail.html", context, partial="record")


def _beside_the_record(request: HttpRequest, here: Desk, issue: Issue, record: Record) -> dict[str, Any]:
    """Return what the page shows of an issue beside the record that it is turned in."""
    page = issue_page(request.user, issue, record, here.at)
    today = here.at.day(here.relationship.today())
    return {
        **desk_side_context(request, here, issue),
        **in_little(subject_of_issue(issue, here.at, page.standing, page.meetings, page.words)),
        "page": page,
        "ribbon": ribbon_until(today, page.standing, page.words.first if page.words else None, RIBBON),
    }


def new(request: HttpRequest, desk: str) -> HttpResponse:
    """Open an issue."""
    here = access.enter(request.user, desk, Verb.WRITE)
    form = IssueForm(request.POST or None, relationship=here.relationship)
    if request.method == "POST" and form.is_valid():
        try:
            issue = save_edited(actor=request.user, row=form.save(commit=False))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The issue is open."))
            return redirect(issue)
    return respond(
        request,
        "relations/issues/form.html",
        {**desk_context(here), "form": form},
        status=422 if form.errors else 200,
    )


def edit(request: HttpRequest, desk: str, slug: str) -> HttpResponse:
    """Edit an issue's fields, or link it to another and take links away (`link`, `unlink` in the form)."""
    here = access.enter(request.user, desk, Verb.WRITE)
    issue = get_object_or_404(Issue.objects.visible_to(request.user).at(here.relationship), slug=slug)
    if "unlink" in request.POST:
        link = get_object_or_404(issue.links, pk=request.POST["unlink"] if request.POST["unlink"].isdecimal() else None)
        unlink_issues(actor=request.user, link=link)
        return redirect("issue_edit", desk, slug)
    linking = "link" in request.POST
    opened = opened_version(request, issue)

    def build(version: Version, data: Any = None) -> list[Any]:
        return [IssueForm(data, instance=version.row, relationship=here.relationship)]

    [form] = build(opened or Version(issue), None if linking else settled(request, issue, build))
    link_form = IssueLinkForm(request.POST if linking else None, issue=issue, prefix="link")
    conflict = None
    try:
        if linking and link_form.is_valid():
            link_issues(actor=request.user, issue=issue, **link_form.cleaned_data)
            return redirect("issue_edit", desk, slug)
        if form.is_bound and form.is_valid():
            save_edited(actor=request.user, row=form.save(commit=False), revision=form.cleaned_data["revision"])
            messages.success(request, _("The issue is saved."))
            return redirect(issue)
    except Stale as stale:
        conflict = show_conflict(stale, [form], build)
    except Refused as refused:
        show_refusal(link_form if linking else form, refused)
    status = 409 if conflict else 422 if form.errors or link_form.errors else 200
    context = {
        **desk_context(here),
        "form": form,
        "link_form": link_form,
        "links": issue.links.select_related("to_issue"),
        "issue": Issue.objects.select_related("relationship").get(pk=issue.pk),
        "opened": opened,
        "conflict": conflict,
    }
    return respond(request, "relations/issues/form.html", context, status=status)
