"""Briefs: make one, read it, send it in any of its formats; the desk's own template."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Desk, Verb
from relations.actions.briefs import keep_brief, use_no_template, use_template, withdraw_brief
from relations.actions.refusal import Refused, stored_by
from relations.briefs import letterhead
from relations.briefs.content import Content, Unreadable, frozen, thawed
from relations.briefs.html import html, shown
from relations.briefs.markdown import markdown
from relations.briefs.pdf import NoPdf, pdf
from relations.briefs.word import word
from relations.choices import BriefFormat
from relations.forms.base import ReasonForm
from relations.forms.briefs import BriefForm, TemplateForm
from relations.models import Brief, BriefTemplate
from relations.models.base import moment
from relations.reports.brief import write_brief
from relations.reports.briefs import brief_lines, changed_since
from relations.views.responses import desk_context, respond, show_refusal

# What an address may fill in; `known` in one asks for a past view, in which nothing is written.
_ASKED = ("kind", "title", "meeting", "since", "until", "up_to")
_LETTERS = 60  # of a title in a file's name
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FORMATS: dict[str, tuple[Callable[[Content, Brief], bytes], str]] = {
    BriefFormat.HTML: (lambda content, _brief: html(content).encode(), "text/html; charset=utf-8"),
    BriefFormat.DOCX: (
        lambda content, brief: word(content, brief.template.file if brief.template else None),
        _WORD,
    ),
    BriefFormat.PDF: (lambda content, _brief: pdf(content), "application/pdf"),
    BriefFormat.MARKDOWN: (lambda content, _brief: markdown(content).encode(), "text/markdown; charset=utf-8"),
}


@require_safe
def index(request: HttpRequest, desk: str) -> HttpResponse:
    """List the desk's briefs, newest first."""
    here = access.enter(request.user, desk)
    lines, page = brief_lines(request.user, here.relationship, request.GET.get("page", ""), here.at)
    context = {**desk_context(here), "lines": lines, "page": page, "may_oversee": here.may(Verb.OVERSEE)}
    return respond(request, "relations/briefs/list.html", context)


def new(request: HttpRequest, desk: str) -> HttpResponse:
    """Choose what a brief is to hold, and for whom; then write it and keep it as it is."""
    here = access.enter(request.user, desk, Verb.WRITE)
    done = stored_by(request.POST.get("token", ""), request.user, Brief)
    if done is not None:  # the same form sent twice
        return redirect(done)
    initial: dict[str, Any] = {name: request.GET[name] for name in _ASKED if name in request.GET}
    form = BriefForm(
        request.POST or None,
        relationship=here.relationship,
        user=request.user,
        initial={**initial, "issues": request.GET.getlist("issues")},
    )
    if form.is_valid():
        try:
            return redirect(_kept(request, here, form))
        except Refused as refused:
            show_refusal(form, refused)
    status = 422 if form.errors else 200
    return respond(request, "relations/briefs/form.html", {**desk_context(here), "form": form}, status=status)


def _kept(request: HttpRequest, here: Desk, form: BriefForm) -> Brief:
    asked, made = form.asked(), moment()
    written = write_brief(asked, made=made, by=str(request.user))
    return keep_brief(
        actor=request.user,
        relationship=here.relationship,
        kind=asked.kind,
        title=asked.title,
        marking=asked.audience,
        asked=asked.parameters | {"issues": [section.slug for section in written.content.sections]},
        made=made,
        known=asked.known_until(made),
        content=frozen(written.content),
        cites=written.cites,
        holds_own_work=asked.holds_own_work,
        token=form.cleaned_data["token"],
    )


def _brief(request: HttpRequest, here: Desk, ref: str) -> Brief:
    briefs = Brief.objects.visible_to(request.user).at(here.relationship).made_by(here.at)
    brief = get_object_or_404(briefs.select_related("template", "withdrawn_by"), ref=ref)
    brief.relationship = here.relationship
    return brief


def _content(brief: Brief) -> Content:
    """Return what a brief says; raises `Http404` where it came from a file that does not hold a brief's words."""
    try:
        return thawed(brief.content)
    except Unreadable:
        raise Http404(_("What this brief says cannot be read.")) from None


@require_safe
def detail(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Show a brief as it was made, and what of that which it cites was corrected or withdrawn since."""
    here = access.enter(request.user, desk)
    brief = _brief(request, here, ref)
    answers = access.answers_for(request.user, brief)
    if brief.withdrawn_at and not answers:  # as of a day before that, too: what was marked wrongly is no more open then
        context = {**desk_context(here), "kept": brief}
        return respond(request, "relations/briefs/withdrawn.html", context)
    context = {
        **desk_context(here),
        **shown(_content(brief)),
        "kept": brief,
        "may_withdraw": answers and not brief.withdrawn_at and not here.at.is_past,
        "changed": changed_since([brief], here.at)[brief.pk],
        "formats": [(kind.value, kind.label) for kind in BriefFormat],
    }
    return respond(request, "relations/briefs/detail.html", context)


@require_safe
@never_cache
def file(request: HttpRequest, desk: str, ref: str, kind: str) -> HttpResponse:
    """Send a brief as a file, made from what it said when it was made."""
    here = access.enter(request.user, desk)
    brief = _brief(request, here, ref)
    if kind not in _FORMATS or (brief.withdrawn_at and not access.answers_for(request.user, brief)):
        raise Http404
    write, content_type = _FORMATS[kind]
    try:
        content = write(_content(brief), brief)
    except NoPdf as reason:
        messages.error(request, str(reason))
        return redirect(brief)
    return _download(content, content_type, _file_name(brief, kind))


def _file_name(brief: Brief, kind: str) -> str:
    """Return a file's name, which says of which desk it is, what it is, who may see it, and from which day."""
    marking = f"tlp-{brief.marking.lower().replace('+', '-')}"
    day = brief.relationship.day_of(brief.created_at).isoformat()
    title = slugify(brief.title)[:_LETTERS].strip("-")
    state = "withdrawn" if brief.withdrawn_at else ""
    return "-".join(filter(None, (state, brief.relationship.slug, brief.kind, title, marking, day))) + f".{kind}"


def _download(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(content, content_type=content_type, headers=headers)


def withdraw(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Withdraw a brief made by mistake or with the wrong marking, with the reason."""
    here = access.enter(request.user, desk, Verb.WRITE)
    brief = _brief(request, here, ref)
    if not access.answers_for(request.user, brief):
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_brief(actor=request.user, brief=brief, **form.args("reason"))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("The brief is withdrawn."))
            return redirect(brief)
    context = {**desk_context(here), "kept": brief, "form": form}
    return respond(request, "relations/briefs/withdraw.html", context, status=422 if form.errors else 200)


def template(request: HttpRequest, desk: str) -> HttpResponse:
    """Have the desk's briefs written into its own Word document, another one, or none again."""
    here = access.enter(request.user, desk, Verb.OVERSEE)
    form = TemplateForm()
    if request.method == "POST" and "remove" in request.POST:
        try:
            use_no_template(actor=request.user, relationship=here.relationship)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("New briefs look plain again. Those made with the template keep it."))
        return redirect("brief_template", desk)
    if request.method == "POST":
        form = TemplateForm(request.POST, request.FILES)
        if form.is_valid():
            uploaded: Any = form.cleaned_data["file"]
            try:
                use_template(
                    actor=request.user, relationship=here.relationship, name=uploaded.name, content=uploaded.read()
                )
            except Refused as refused:
                show_refusal(form, refused)
            else:
                messages.success(request, _("New briefs are written into this template from now on."))
                return redirect("brief_template", desk)
    context = {
        **desk_context(here),
        "form": form,
        "used": _used(request, here),
        "fields": [f"{{{{ {name} }}}}" for name in letterhead.FIELDS],
    }
    return respond(request, "relations/briefs/template.html", context, status=422 if form.errors else 200)


def _used(request: HttpRequest, here: Desk) -> BriefTemplate | None:
    templates = BriefTemplate.objects.visible_to(request.user).at(here.relationship)
    return templates.filter(retired_at=None).defer("encoded").select_related("uploaded_by").first()


@require_safe
@never_cache
def template_file(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Send a template of the desk as it was uploaded."""
    here = access.enter(request.user, desk, Verb.OVERSEE)
    kept = get_object_or_404(BriefTemplate.objects.visible_to(request.user).at(here.relationship), ref=ref)
    return _download(kept.file, _WORD, kept.name)
