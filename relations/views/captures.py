"""Taking in documents: one by pasted text or a file, a better copy of one, many at once; and handing files out."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Desk, Verb
from relations.actions.documents import add_capture, add_document
from relations.actions.imports import BadLines, import_documents, plan_import
from relations.actions.refusal import Refused, stored_by
from relations.forms.documents import CopyForm, DocumentForm, ImportForm
from relations.models import Capture, Document, Original
from relations.models.documents import kept_text, text_hash
from relations.views.responses import desk_context, respond, show_refusal
from relations.views.uploads import Upload, filled, stored, text_beside, upload_of

# As many as one mends before trying again.
_LINES_SHOWN = 50


def _same_text(request: HttpRequest, here: Desk, text: str) -> Document | None:
    """Return the desk's document that holds this text already, if any."""
    copies = Capture.objects.visible_to(request.user).at(here.relationship).filter(sha256=text_hash(kept_text(text)))
    copy = copies.select_related("document__relationship").order_by("pk").first()
    return copy.document if copy else None


def _held_twice(request: HttpRequest, here: Desk, upload: Upload, form: Any) -> Document | None:
    """Return the document that holds the text already: what was just read, or what is about to be stored."""
    if upload.extracted:
        return _same_text(request, here, upload.extracted.text)
    if not form.is_bound or not form.is_valid() or "anyway" in request.POST:
        return None
    return _same_text(request, here, form.cleaned_data["text"])


def new(request: HttpRequest, desk: str) -> HttpResponse:
    """Take in a document by pasted text or a file; the same text at this desk is pointed out before it is stored twice."""
    here = access.enter(request.user, desk, Verb.WRITE)
    done = stored_by(request.POST.get("token", ""), request.user, Document)
    if done is not None:  # the same form sent twice
        return redirect(done)
    upload = upload_of(request, here, text_beside(request.POST.get("text", "")))
    data = request.POST if request.method == "POST" and not upload.is_step else None
    initial = filled(request, DocumentForm.proposed(upload.extracted) if upload.extracted else {})
    form = DocumentForm(data, relationship=here.relationship, initial=initial)
    same = _held_twice(request, here, upload, form)
    if form.is_valid() and same is None:
        typed: dict[str, Any] = form.cleaned_data
        try:
            document = add_document(
                actor=request.user,
                document=form.save(commit=False),
                text=typed["text"],
                extent=typed["extent"],
                original=upload.file,
                token=typed["token"],
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            stored(request, here, upload)
            messages.success(request, _("The document is stored."))
            return redirect(document)
    return _shown(request, here, form, upload, same)


def new_copy(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Take in a better copy of a document's text, pasted or from a file; every passage is checked against it."""
    here = access.enter(request.user, desk, Verb.WRITE)
    documents = Document.objects.visible_to(request.user).at(here.relationship).select_related("relationship")
    document = get_object_or_404(documents, ref=ref)
    if stored_by(request.POST.get("token", ""), request.user, Document) == document:
        return redirect(document)
    upload = upload_of(request, here, text_beside(request.POST.get("text", "")))
    data = request.POST if request.method == "POST" and not upload.is_step else None
    form = CopyForm(data, initial=filled(request, CopyForm.proposed(upload.extracted) if upload.extracted else {}))
    same = _held_twice(request, here, upload, form)
    if form.is_valid() and same is None:
        try:
            add_capture(actor=request.user, document=document, original=upload.file, **form.args("text", "extent"))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            stored(request, here, upload)
            messages.success(request, _("The copy is stored and every passage is checked against it."))
            return redirect(document)
    return _shown(request, here, form, upload, same, document)


def _shown(
    request: HttpRequest, here: Desk, form: Any, upload: Upload, same: Document | None, document: Document | None = None
) -> HttpResponse:
    wrong = form.errors or upload.fault or (same and not upload.is_step)
    context = {**desk_context(here), "form": form, "upload": upload, "same": same, "document": document}
    return respond(request, "relations/documents/form.html", context, status=422 if wrong else 200)


def take_in_many(request: HttpRequest, desk: str) -> HttpResponse:
    """Import a JSON-lines file: shown what it would bring first, then all of it stored, or nothing."""
    here = access.enter(request.user, desk, Verb.WRITE)
    upload = upload_of(request, here, lambda _content: None)
    if request.method == "POST" and upload == Upload():
        upload = Upload(fault=_("Choose a file."))
    form = ImportForm(request.POST or None)
    context = {**desk_context(here), "form": form, "upload": upload}
    wrong = bool(upload.fault)
    if upload.file is not None and form.is_valid():
        upload.file.seek(0)
        lines: Any = upload.file
        how: dict[str, Any] = {
            "relationship": here.relationship,
            "lines": lines,
            "publisher": form.named_publisher(),
        }
        try:
            if "confirm" in request.POST and "file" not in request.FILES:
                imported = import_documents(actor=request.user, marking=form.cleaned_data["marking"], **how)
                stored(request, here, upload)
                messages.success(request, _added(len(imported.rows)))
                return redirect("document_list", desk)
            context["plan"] = plan_import(**how)
        except BadLines as bad:
            stored(request, here, upload)
            wrong = True
            context |= {"upload": Upload(), "bad": bad.lines[:_LINES_SHOWN], "more": len(bad.lines[_LINES_SHOWN:])}
        except Refused as refused:
            form.add_error(None, str(refused))
    wrong = wrong or bool(form.errors)
    return respond(request, "relations/documents/import.html", context, status=422 if wrong else 200)


def _added(number: int) -> str:
    if not number:
        return _("The desk held all of these documents already. Nothing was added.")
    return ngettext("%(number)s document is stored.", "%(number)s documents are stored.", number) % {"number": number}


@require_safe
@never_cache
def original(request: HttpRequest, desk: str, ref: str, number: int) -> HttpResponse:
    """Hand out the file that a copy's text was taken out of: as a download, which no browser opens as a page."""
    here = access.enter(request.user, desk)
    files = Original.objects.visible_to(request.user, here.at).at(here.relationship)
    kept = get_object_or_404(files, capture__document__ref=ref, capture__number=number)
    try:
        with kept.file.open() as file:
            content = file.read()
    except OSError:
        raise Http404(_("The file is not where it was stored.")) from None
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=kept.name),
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)
