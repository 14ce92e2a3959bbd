"""The history of each object, for those who see its drafts; of what all desks share, for every signed-in user."""

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from relations import access
from relations.access import Desk, Verb
from relations.actions.refusal import Refused
from relations.actions.versions import restore_statement, restore_status_change
from relations.forms.base import ActionForm
from relations.forms.history import RestoreForm
from relations.models import (
    Commitment,
    Document,
    Issue,
    Meeting,
    Note,
    Organisation,
    Party,
    Person,
    Post,
    Publisher,
    Statement,
    StatusChange,
)
from relations.models.base import DeskModel
from relations.models.moments import Moment
from relations.models.reviewed import Reviewed
from relations.models.versions import recorded_by, row_of, version_of
from relations.reports.history import history_page
from relations.reports.published_versions import versions
from relations.views.responses import desk_context, respond


def _respond(request: HttpRequest, row: Model, at: Moment, **context: Any) -> HttpResponse:
    back = getattr(row, "get_absolute_url", None)
    context = {
        "row": row,
        "words": _words(row, at),
        "noun": capfirst(str(row._meta.verbose_name)),
        "back": back() if back else "",
        "page": history_page(row, request.GET.get("page", ""), until=at.known_until),
        **context,
    }
    return respond(request, "relations/history/detail.html", context)


def _words(row: Any, at: Moment) -> str:
    """Return what people know `row` by, as it stood at `at`."""
    event = recorded_by(type(row), at.known_until, pgh_obj=row.pk).first() if at.known_until else None
    if event is None:
        return str(row)
    then = row_of(type(row), event)
    if isinstance(row, DeskModel):
        then.relationship = row.relationship
    return str(then)


def _of_desk(request: HttpRequest, here: Desk, model: Any, **key: str) -> Any:
    rows = model._default_manager.visible_to(request.user, here.at).at(here.relationship)
    row = get_object_or_404(rows, **key)
    row.relationship = here.relationship
    return row


def _reviewed(request: HttpRequest, desk: str, model: type[Reviewed], ref: str, restore: str) -> HttpResponse:
    """Show the history of what is reviewed, and to reviewers the return to each of its versions."""
    here = access.enter(request.user, desk, Verb.READ_WORK)
    row = _of_desk(request, here, model, ref=ref)
    found = versions(row, here.at)
    may_restore = here.may(Verb.REVIEW) and found.standing is not None and found.under_way is None
    return _respond(
        request,
        row,
        here.at,
        **desk_context(here),
        state=row.state().value,
        chain=found.chain,
        under_way=found.under_way if here.may(Verb.REVIEW) else None,
        restore_url=reverse(restore, args=[desk, ref]) if may_restore else "",
        restore_form=ActionForm(),
        keeps_current=found.standing == row,
    )


def _edited(request: HttpRequest, desk: str, model: Any, edit: str, **key: str) -> HttpResponse:
    """Show the history of what is edited in place; `edit` names its form, which a version is opened in."""
    here = access.enter(request.user, desk, Verb.READ_WORK)
    row = _of_desk(request, here, model, **key)
    edit_url = reverse(edit, args=[desk, *key.values()]) if edit and here.may(Verb.WRITE) else ""
    return _respond(request, row, here.at, **desk_context(here), edit_url=edit_url, keeps_current=True)


def _shared(request: HttpRequest, model: Any, **key: str) -> HttpResponse:
    return _respond(request, get_object_or_404(model, **key), access.moment_of_all())


@require_safe
def statement(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Show a statement's history."""
    return _reviewed(request, desk, Statement, ref, "statement_restore")


@require_safe
def status_change(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Show a status change's history."""
    return _reviewed(request, desk, StatusChange, ref, "status_change_restore")


@require_safe
def issue(request: HttpRequest, desk: str, slug: str) -> HttpResponse:
    """Show an issue's history."""
    return _edited(request, desk, Issue, "issue_edit", slug=slug)


@require_safe
def document(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Show a document's history, its copies included."""
    return _edited(request, desk, Document, "document_edit", ref=ref)


@require_safe
def meeting(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Show a meeting's history, who took part and its agenda included."""
    return _edited(request, desk, Meeting, "meeting_edit", ref=ref)


@require_safe
def commitment(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Show a commitment's history."""
    return _edited(request, desk, Commitment, "", ref=ref)


@require_safe
def note(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Show a note's history."""
    return _edited(request, desk, Note, "", ref=ref)


@require_safe
def relationship(request: HttpRequest, desk: str) -> HttpResponse:
    """Show to the head of desk what happened to the desk itself: who came to it, in which role."""
    here = access.enter(request.user, desk, Verb.READ_DESK)
    return _respond(request, here.relationship, here.at, **desk_context(here))


@require_safe
def person(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a person's history, their offices included."""
    return _shared(request, Person, ref=ref)


@require_safe
def organisation(request: HttpRequest, ref: str) -> HttpResponse:
    """Show an organisation's history."""
    return _shared(request, Organisation, ref=ref)


@require_safe
def post(request: HttpRequest, ref: str) -> HttpResponse:
    """Show an office's history."""
    return _shared(request, Post, ref=ref)


@require_safe
def publisher(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a publisher's history."""
    return _shared(request, Publisher, ref=ref)


@require_safe
def party(request: HttpRequest, code: str) -> HttpResponse:
    """Show a party's history."""
    return _shared(request, Party, code=code)


def _restore(request: HttpRequest, desk: str, model: Any, ref: str, restore: Any) -> HttpResponse:
    """Propose the return and go to the draft that it makes; what is refused is said at the history."""
    here = access.enter(request.user, desk, Verb.REVIEW)
    row = _of_desk(request, here, model, ref=ref)
    form = RestoreForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This form cannot be read. Open the page again."))
        return redirect(f"{row.get_absolute_url()}history/")
    number = form.cleaned_data["version"]
    earlier = version_of(row, number)
    day = date_format(localtime(earlier.at), "j M Y, H:i") if earlier and earlier.at else ""
    note = _("Returns to the version of %(day)s.") % {"day": day}
    try:
        draft = restore(row, version=number, note=note, token=form.cleaned_data["token"])
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(f"{row.get_absolute_url()}history/")
    messages.success(request, _("This draft holds the earlier version. Read it, then submit it for review."))
    return redirect(draft)


@require_POST
def restore_a_statement(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Propose that a statement returns to an earlier version."""

    def restore(row: Statement, **typed: Any) -> Statement:
        return restore_statement(actor=request.user, statement=row, **typed)

    return _restore(request, desk, Statement, ref, restore)


@require_POST
def restore_a_status_change(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Propose that a status change returns to an earlier version."""

    def restore(row: StatusChange, **typed: Any) -> StatusChange:
        return restore_status_change(actor=request.user, change=row, **typed)

    return _restore(request, desk, StatusChange, ref, restore)
