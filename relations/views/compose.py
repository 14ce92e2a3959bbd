"""The composer: one form for a new statement and for the next revision of a draft."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from relations.access import Desk
from relations.actions.refusal import Refused, Stale
from relations.actions.reviews import submit
from relations.actions.statements import save_statement
from relations.choices import Credibility
from relations.forms.bearings import BearingFormSet
from relations.forms.passages import selected_passage
from relations.forms.reviews import show_comments
from relations.forms.statements import (
    PassageFormSet,
    StatementForm,
    add_address,
    anchored,
    passage_in_words,
)
from relations.models import Capture, Document, IdempotencyKey, Issue, Passage, Readout, Review, Statement
from relations.models.versions import Version, version_now
from relations.reports.duplicates import Duplicates, likely_duplicates
from relations.reports.reviews import came_back, rounds_of
from relations.reports.working_out import MARKS, is_foreign
from relations.views.conflicts import settled, show_conflict
from relations.views.responses import desk_context, respond, show_refusal, tell_submitted, wants_partial

FORM = "relations/statements/form.html"
# Buttons that store what was typed; a value of "anyway" stores it though the desk seems to hold it already.
STORING = ("submit", "another", "draft")
ROWS = {"another_issue": "bearings", "another_passage": "passages"}


def compose(request: Any, here: Desk, statement: Statement, document: Document) -> HttpResponse:
    """Show the composer for `statement` of `document`; work out what is left empty; or store it, and submit if asked to."""

    def build(version: Version, data: Any = None) -> list[Any]:
        return _sheet(request, here, document, version, data)

    opened = version_now(statement) if statement.pk else Version(statement)
    form, passages, bearings = build(opened, _with_row(settled(request, statement, build)))
    stored = Statement.objects.with_people().get(pk=statement.pk) if statement.pk else None
    pressed = _pressed(request)
    conflict, duplicates = None, None
    if pressed and all([form.is_valid(), passages.is_valid(), bearings.is_valid()]):
        _find_passage(form, document.newest_capture())
        duplicates = _duplicates(request, form, pressed)
        if not duplicates:
            try:
                saved = _store(request, form, bearings, to_review=pressed != "draft")
            except Stale as stale:
                conflict = show_conflict(stale, [form, passages, bearings], build)
            except Refused as refused:
                _show_refusal(form, passages, bearings, refused)
            else:
                return _done(request, saved, document, pressed)
    returned = came_back(rounds_of(statement)[:1]) if statement.pk else None
    if returned is not None:
        show_comments(form, list(returned.comments.all()), passages=(passages, "words"), bearings=(bearings, "issue"))
    wrong = bool(pressed)
    form.tell()
    context = {
        **desk_context(here),
        "form": form,
        "passages": passages,
        "bearings": bearings,
        "parts": [passages, bearings],
        "document": document,
        "statement": stored,
        "conflict": conflict,
        "came_back": returned,
        "duplicates": duplicates,
        "pressed": pressed,
        "is_wrong": wrong and not duplicates,
        "opens_rest": (wrong and form.rest_is_wrong()) or form.rest_is_commented() or credibility_asked(request.GET),
        "foreign": is_foreign(document),
        "again": wants_partial(request) and "work_out" in request.POST,
        "address": request.get_full_path(),
        "kept_at": _kept_at(request),
        "office_unknown": _office_unknown(form, document),
    }
    status = 409 if conflict else 422 if wrong else 200
    return respond(request, FORM, context, partial=_partial(request), status=status)


def _sheet(request: HttpRequest, here: Desk, document: Document, version: Version, data: Any) -> list[Any]:
    """Return the composer's forms of a version: the statement's own, its passages, its bearings."""
    capture = document.newest_capture()
    stored = version.parts.get("passages", [])
    passages: Any = PassageFormSet(
        data,
        prefix="passages",
        initial=_passages(stored) if version.row.pk else selected_passage(request.GET, capture),
        form_kwargs={"capture": capture, "stored": stored},
    )
    bearings: Any = BearingFormSet(
        data,
        prefix="bearings",
        initial=_bearings(request, here, version),
        form_kwargs={"relationship": here.relationship},
    )
    for rows in (passages, bearings):
        rows.extra = 0 if rows.initial else 1
    form = StatementForm(
        data,
        instance=version.row,
        document=document,
        writer=request.user,
        initial=_initial(request, version.row, document, passages),
    )
    form.passages = anchored(passages)
    return [form, passages, bearings]


def _with_row(posted: Any) -> Any:
    """Return what was posted, with one more row where one more passage or issue is asked for."""
    if posted is None:
        return None
    data = posted.copy()
    for button, prefix in ROWS.items():
        total = data.get(f"{prefix}-TOTAL_FORMS", "")
        if button in data and total.isascii() and total.isdigit() and len(total) < 4:
            data[f"{prefix}-TOTAL_FORMS"] = str(int(total) + 1)
    return data


def _pressed(request: HttpRequest) -> str:
    """Return which button stores what was typed; nothing where none of it is to be stored yet."""
    if request.method != "POST" or {"work_out", "again", *ROWS} & request.POST.keys():
        return ""
    return next((name for name in STORING if name in request.POST), "draft")


def _kept_at(request: HttpRequest) -> str:
    """Return the address that the half-typed form is kept under: its own, without the passage's words, which may be long."""
    query = request.GET.copy()
    query.pop("passage", None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _partial(request: HttpRequest) -> str:
    return "worked" if "work_out" in request.POST else "composer"


def _find_passage(form: StatementForm, capture: Capture | None) -> None:
    """Take the words for the passage where none was given and they stand in the copy, once."""
    typed = form.cleaned_data
    if not form.passages and not typed["cited_place"]:
        found = passage_in_words(typed["original_text"] or typed["text"], capture)
        form.passages = [found] if found else []


def _duplicates(request: HttpRequest, form: StatementForm, pressed: str) -> Duplicates | None:
    """Return what the desk seems to hold already; None for what is stored, was sent before, or is to be saved anyway."""
    sent = IdempotencyKey.objects.filter(key=form.cleaned_data["token"]).exists()
    if form.instance.pk or sent or request.POST.get(pressed) == "anyway":
        return None
    return likely_duplicates(request.user, form.instance, form.passages) or None


def _office_unknown(form: StatementForm, document: Document) -> str:
    """Return the address at which the speaker's office on that day can be added; nothing where it is known or none."""
    values = form.worked.values
    person = values.get("speaker_person")
    if person is None or values.get("mandate") or "mandate" in form.worked.asks:
        return ""
    day = values.get("earliest") or document.date_published
    return add_address("mandate", document.relationship, document, person=person.pk, day=day.isoformat())


def _store(request: HttpRequest, form: StatementForm, bearings: Any, *, to_review: bool) -> Statement:
    """Save, and submit if the button says so: both or neither."""
    statement = form.save(commit=False)
    with transaction.atomic():
        saved = save_statement(
            actor=request.user,
            statement=statement,
            passages=form.passages,
            bearings=[row for each in bearings if (row := each.bearing(statement))],
            revision=form.cleaned_data["revision"],
            token=form.cleaned_data["token"],
        )
        waits = Review.objects.filter(statement=saved).exclude(decision="returned").exists()
        if to_review and not waits:
            submit(actor=request.user, subject=saved, revision=saved.revision)
    return saved


def _show_refusal(form: StatementForm, passages: Any, bearings: Any, refused: Refused) -> None:
    """Put a refusal at the field that it is about: what lacks a passage or an issue has an empty row for it."""
    rows, name = {"passage": (passages, "words"), "bearings": (bearings, "issue")}.get(refused.field, (None, ""))
    if rows is not None and rows.forms:
        rows.forms[0].add_error(name, str(refused))
    else:
        show_refusal(form, refused)


def _done(request: HttpRequest, saved: Statement, document: Document, pressed: str) -> HttpResponse:
    if pressed == "draft":
        messages.success(request, _("The draft is saved."))
    else:
        tell_submitted(request, saved)
    if pressed != "another":
        address = saved.get_absolute_url()
    elif wants_partial(request):  # in the reader's margin: the text stays where it is
        return HttpResponseClientRefresh()
    else:
        address = f"{reverse('statement_new', args=[document.relationship.slug])}?document={document.ref}"
    return HttpResponseClientRedirect(address) if wants_partial(request) else redirect(address)


def _initial(request: HttpRequest, statement: Statement, document: Document, passages: Any) -> dict[str, Any]:
    """Start a new statement from the selection, and where the previous one of this document left off.

    Who spoke and who passed it on are the previous statement's; the day too, where the same analyst wrote it.
    """
    initial: dict[str, Any] = {"token": uuid.uuid4()}
    if statement.pk:
        asked = credibility_asked(request.GET)
        return initial | {"revision": statement.revision} | ({"credibility": asked} if asked else {})
    if passages.initial:
        words = " ".join(passages.initial[0]["words"].split()).strip(MARKS)
        initial["original_text" if is_foreign(document) else "text"] = words
    previous = (
        Statement.objects.visible_to(request.user)
        .filter(document=document)
        .select_related("speaker_person", "speaker_organisation", "relayer_person", "relayer_organisation", "meeting")
        .order_by("-created_at", "-pk")
        .first()
    )
    if previous is None:
        readouts = Readout.objects.filter(document=document).select_related("meeting")[:2]
        return initial | {"meeting": readouts[0].meeting} if len(readouts) == 1 else initial
    kept = ("speaker_person", "speaker_organisation", "relayer_person", "relayer_organisation", "meeting")
    initial |= {name: getattr(previous, name) for name in kept}
    if previous.author_id == request.user.pk:
        initial |= {name: getattr(previous, name) for name in ("earliest", "latest", "precision")}
    return initial


def credibility_asked(asked: QueryDict) -> int | None:
    """Return the credibility that an address or a button fills in; None where it asks none, or one that is none."""
    value = asked.get("credibility", "")
    return int(value) if value in map(str, Credibility.values) else None


def _passages(stored: list[Passage]) -> list[dict[str, Any]]:
    return [{"words": passage.exact, "place": str(passage.start)} for passage in stored]


def _bearings(request: HttpRequest, here: Desk, version: Version) -> list[dict[str, Any]]:
    if version.row.pk:
        names = ("issue", "act", "mode", "intensity", "position_of", "towards", "stated")
        return [{name: getattr(bearing, name) for name in names} for bearing in version.parts["bearings"]]
    issue = Issue.objects.filter(relationship=here.relationship, slug=request.GET.get("issue", "")).first()
    return [{"issue": issue}] if issue else []
