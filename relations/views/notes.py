"""The desk's own side of an issue: notes, and confirming that it still stands so."""

import uuid
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget

from relations import access
from relations.access import Desk, NotAllowed, Verb
from relations.actions.notes import confirm_issue, remove_note, save_note
from relations.actions.refusal import Refused, Stale
from relations.forms.notes import ConfirmForm, NoteForm
from relations.models import Issue, Note
from relations.models.versions import Version
from relations.reports.notes import desk_side, last_confirmation, names_to_tell
from relations.views.conflicts import settled, show_conflict
from relations.views.responses import desk_context, respond, show_refusal, wants_partial

SECTION = "relations/notes/section.html"
STORED = HTTPStatus.CREATED  # so that what was kept of the form is forgotten (middleware.py)


def desk_side_context(request: HttpRequest, here: Desk, issue: Issue) -> dict[str, Any]:
    """Return what the issue page shows to those who write at the desk; nothing for its readers, no form as of a past day."""
    if not here.may(Verb.READ_WORK):
        return {}
    side = desk_side(request.user, issue, request.GET.get("notes", ""), here.at)
    shown: dict[str, Any] = {"notes": side.notes, "confirmation": side.confirmation}
    if here.at.is_past:
        return shown
    return {
        **shown,
        "confirm_form": ConfirmForm(auto_id="confirm_%s"),
        "note_form": NoteForm(names=names_to_tell(issue), auto_id="note_%s"),
    }


def _issue(request: HttpRequest, here: Desk, slug: str) -> Issue:
    issue = get_object_or_404(Issue.objects.visible_to(request.user).at(here.relationship), slug=slug)
    issue.relationship = here.relationship
    return issue


def _note(request: HttpRequest, here: Desk, ref: str) -> Note:
    note = get_object_or_404(
        Note.objects.visible_to(request.user, here.at).at(here.relationship).select_related("issue"), ref=ref
    )
    note.relationship = note.issue.relationship = here.relationship
    return note


def new(request: HttpRequest, desk: str, slug: str) -> HttpResponse:
    """Write a note on an issue."""
    here = access.enter(request.user, desk, Verb.WRITE)
    issue = _issue(request, here, slug)
    return _compose(request, here, Note(relationship=here.relationship, issue=issue))


def edit(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Edit one's own note."""
    here = access.enter(request.user, desk, Verb.WRITE)
    note = _note(request, here, ref)
    if note.author_id != request.user.pk:
        raise NotAllowed(_("Only who wrote a note edits or removes it."))
    return _compose(request, here, note)


def _compose(request: HttpRequest, here: Desk, note: Note) -> HttpResponse:
    names = names_to_tell(note.issue)
    is_new = note.pk is None
    form_url = (
        reverse("note_new", args=[here.relationship.slug, note.issue.slug])
        if is_new
        else reverse("note_edit", args=[here.relationship.slug, note.ref])
    )
    auto_id = "note_%s" if is_new else f"note-{note.ref}-%s"

    def build(version: Version, data: Any = None) -> list[Any]:
        initial = {"token": uuid.uuid4(), "revision": version.row.revision, **NoteForm.values(version.row)}
        return [NoteForm(data, names=names, initial=initial, auto_id=auto_id)]

    [form] = build(Version(note), settled(request, note, build))
    conflict = None
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        for name in ("text", "kind", "likelihood", "confidence", "marking"):
            setattr(note, name, typed[name])
        try:
            stored = save_note(actor=request.user, note=note, revision=typed["revision"], token=typed["token"])
        except Stale as stale:
            conflict = show_conflict(stale, [form], build)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            stored.issue = note.issue
            if not wants_partial(request):
                return redirect(stored)
            if is_new:
                return _section(request, here, stored.issue, _("The note is added"), at=stored.ref)
            return _one(request, here, stored.ref, _("The note is saved"), status=STORED)
    if not form.errors:
        form.fields["text"].widget.attrs["data-focus"] = True
    context = {
        **desk_context(here),
        "issue": note.issue,
        "note": note,
        "form": form,
        "form_url": form_url,
        "in_place": wants_partial(request),
        "conflict": conflict,
    }
    status = 409 if conflict else 422 if form.errors else 200
    return respond(request, "relations/notes/form.html", context, partial="form", status=status)


@require_safe
def detail(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Lead to a note on its issue's page; in part, which only its form asks for, show it alone."""
    here = access.enter(request.user, desk, Verb.READ_WORK)
    note = _note(request, here, ref)
    in_part = wants_partial(request) and not here.at.is_past
    return _one(request, here, note.ref) if in_part else redirect(note)


def _one(request: HttpRequest, here: Desk, ref: str, said: str = "", *, status: int = HTTPStatus.OK) -> HttpResponse:
    """Answer with one note, in place of itself; the focus goes to it."""
    note = _note(request, here, ref)
    context = {**desk_context(here), "note": note, "at": note.ref, "said": said}
    response = respond(request, SECTION, context, partial="note", status=status)
    return retarget(reswap(response, "outerHTML"), f"#note-{note.ref}")


def _section(request: HttpRequest, here: Desk, issue: Issue, said: str, *, at: str = "") -> HttpResponse:
    """Answer with all notes, in place of themselves; the focus goes to the note `at`, else to their heading."""
    context = {**desk_context(here), **desk_side_context(request, here, issue), "issue": issue, "said": said, "at": at}
    response = respond(request, SECTION, context, partial="notes", status=STORED)
    return retarget(reswap(response, "outerHTML"), "#desk-notes")


@require_POST
def remove(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Remove one's own note; the history keeps it."""
    here = access.enter(request.user, desk, Verb.WRITE)
    note = _note(request, here, ref)
    try:
        remove_note(actor=request.user, note=note)
    except Refused as refused:
        messages.error(request, str(refused))
        if wants_partial(request):
            return HttpResponseClientRedirect(note.issue.get_absolute_url())
    else:
        if wants_partial(request):
            return _section(request, here, note.issue, _("The note is removed; the history keeps it."))
        messages.success(request, _("The note is removed; the history keeps it."))
    return redirect(note.issue)


def confirm(request: HttpRequest, desk: str, slug: str) -> HttpResponse:
    """Confirm that the issue still stands so, and if one likes, say when to look at it again."""
    here = access.enter(request.user, desk, Verb.WRITE)
    issue = _issue(request, here, slug)
    form = ConfirmForm(request.POST or None, auto_id="confirm_%s")
    if request.method == "POST" and form.is_valid():
        try:
            confirm_issue(actor=request.user, issue=issue, **form.args("review_due"))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            if not wants_partial(request):
                messages.success(request, _("You confirmed that this issue stands so."))
                return redirect(issue)
            issue.refresh_from_db(fields=["review_due"])
            form = ConfirmForm(auto_id="confirm_%s")
    context = {
        **desk_context(here),
        "issue": issue,
        "confirmation": last_confirmation(request.user, issue),
        "confirmed": request.method == "POST" and not form.errors,
        "confirm_form": form,
    }
    status = 422 if form.errors else 200
    return respond(request, "relations/notes/confirm.html", context, partial="confirmed", status=status)
