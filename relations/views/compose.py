"""The composer: one form for a new statement and for the next revision of a draft."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from relations.access import Desk
from relations.actions.refusal import Refused, Stale
from relations.actions.reviews import submit
from relations.actions.statements import save_statement
from relations.forms.reviews import show_comments
from relations.forms.statements import BearingFormSet, PassageFormSet, StatementForm
from relations.models import Document, Issue, Review, Statement
from relations.reports.reviews import came_back
from relations.reports.versions import Version, version_now
from relations.views.conflicts import settled, show_conflict
from relations.views.responses import desk_context, respond, show_refusal, tell_submitted


def compose(request: HttpRequest, here: Desk, statement: Statement, document: Document) -> HttpResponse:
    """Show the composer for `statement` of `document`, or store what was typed, and submit it if asked to."""

    def build(version: Version, data: Any = None) -> list[Any]:
        return _sheet(request, here, document, version, data)

    opened = version_now(statement) if statement.pk else Version(statement)
    data = settled(request, statement, build)
    form, passages, bearings = build(opened, data)
    stored = Statement.objects.with_people().get(pk=statement.pk) if statement.pk else None
    current, sides = None, []
    if data is not None and all([form.is_valid(), passages.is_valid(), bearings.is_valid()]):
        try:
            saved = _store(request, form, passages, bearings)
        except Stale as stale:
            current = stale.current
            sides = show_conflict(stale, [form, passages, bearings], build)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return _done(request, saved)
    wrong = data is not None
    returned = came_back(statement) if statement.pk else None
    if returned is not None:
        show_comments(form, list(returned.comments.all()))
    context = {
        **desk_context(here),
        "form": form,
        "passages": passages,
        "bearings": bearings,
        "parts": [passages, bearings],
        "document": document,
        "statement": stored,
        "current": current,
        "conflict": sides,
        "came_back": returned,
    }
    status = 409 if current else 422 if wrong else 200
    return respond(request, "relations/statements/form.html", context, status=status)


def _sheet(request: HttpRequest, here: Desk, document: Document, version: Version, data: Any) -> list[Any]:
    """Return the composer's forms of a version: the statement's own, its passages, its bearings."""
    form = StatementForm(data, instance=version.row, document=document, initial=_initial(version.row, document))
    passages = PassageFormSet(
        data,
        prefix="passages",
        initial=_passages(request, version),
        form_kwargs={"capture": document.newest_capture()},
    )
    bearings = BearingFormSet(
        data,
        prefix="bearings",
        initial=_bearings(request, here, version),
        form_kwargs={"relationship": here.relationship},
    )
    return [form, passages, bearings]


def _store(request: HttpRequest, form: StatementForm, passages: Any, bearings: Any) -> Statement:
    """Save, and submit if the button says so: both or neither."""
    statement = form.save(commit=False)
    with transaction.atomic():
        saved = save_statement(
            actor=request.user,
            statement=statement,
            passages=[row for each in passages if (row := each.passage())],
            bearings=[row for each in bearings if (row := each.bearing(statement))],
            revision=form.cleaned_data["revision"],
            token=form.cleaned_data["token"],
        )
        waits = Review.objects.filter(statement=saved).exclude(decision="returned").exists()
        if "submit" in request.POST and not waits:
            submit(actor=request.user, subject=saved, revision=saved.revision)
    return saved


def _done(request: HttpRequest, saved: Statement) -> HttpResponse:
    if "submit" in request.POST:
        tell_submitted(request, saved)
    else:
        messages.success(request, _("The draft is saved."))
    return redirect(saved)


def _initial(statement: Statement, document: Document) -> dict[str, Any]:
    """Start a new statement where the previous one of this document left off: same speaker, same relayer, same day."""
    initial: dict[str, Any] = {"token": uuid.uuid4()}
    if statement.pk:
        return initial | {"revision": statement.revision}
    previous = Statement.objects.filter(document=document).order_by("-created_at", "-pk").first()
    if previous is not None and previous.author_id:
        kept = ("speaker_person", "speaker_organisation", "relayer_person", "relayer_organisation", "meeting")
        initial |= {name: getattr(previous, f"{name}_id") for name in kept}
    return initial


def _passages(request: HttpRequest, version: Version) -> list[dict[str, Any]]:
    if version.row.pk:
        return [{"words": passage.exact, "place": str(passage.start)} for passage in version.parts["passages"]]
    words = request.GET.get("passage", "").replace("\x00", "")
    return [{"words": words[:5000]}] if words else []


def _bearings(request: HttpRequest, here: Desk, version: Version) -> list[dict[str, Any]]:
    if version.row.pk:
        names = ("issue", "act", "mode", "intensity", "position_of", "towards", "stated")
        return [{name: getattr(bearing, name) for name in names} for bearing in version.parts["bearings"]]
    issue = Issue.objects.filter(relationship=here.relationship, slug=request.GET.get("issue", "")).first()
    return [{"issue": issue}] if issue else []
