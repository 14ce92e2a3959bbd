"""Publishers, how far a desk trusts them, and documents with their copies."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.access import Verb
from relations.actions.documents import add_capture, add_document
from relations.actions.editing import save_edited
from relations.actions.reference import rate_publisher
from relations.actions.refusal import Refused
from relations.admin.base import DeskAdmin, ReferenceAdmin
from relations.admin.choosing import DeskFilter, PartyFilter
from relations.admin.forms import OpenedForm
from relations.admin.inlines import StoredInline, WidePartInline
from relations.admin.standing import standing
from relations.extraction.results import CannotRead
from relations.extraction.sandbox import extract
from relations.forms.documents import CopyField
from relations.models import Capture, Document, Publisher, ReliabilityRating
from relations.templatetags.signs import desk_date


class RatingInline(StoredInline):
    """How far the user's desks trust a publisher."""

    model = ReliabilityRating
    fields = readonly_fields = ("relationship", "reliability")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the ratings of the user's desks."""
        rows = super().get_queryset(request)
        return rows.select_related("relationship__first_party", "relationship__second_party")


@admin.register(Publisher)
class PublisherAdmin(ReferenceAdmin):
    """Who publishes documents."""

    list_display = ("name", "party", "url")
    list_filter = (("party", PartyFilter),)
    list_select_related = ("party",)
    search_fields = ("name__unaccent__icontains", "url__icontains")
    autocomplete_fields = ("party",)
    fields = ("name", "party", "url")
    inlines = (RatingInline,)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Leave the ratings for after it is stored."""
        return super().get_inlines(request, obj) if obj is not None else ()


@admin.register(ReliabilityRating)
class ReliabilityRatingAdmin(DeskAdmin):
    """A desk's own judgement of publishers; reviewers and leads make it."""

    write_verb = Verb.RATE
    form: Any = OpenedForm
    list_display = ("publisher", "reliability", "relationship")
    list_filter = (("relationship", DeskFilter), "reliability")
    list_select_related = ("publisher", "relationship__first_party", "relationship__second_party")
    search_fields = ("publisher__name__unaccent__icontains",)
    autocomplete_fields = ("publisher",)
    fields = ("relationship", "publisher", "reliability")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Fix whose judgement it is, and of whom."""
        return (*super().get_readonly_fields(request, obj), *(["publisher"] if obj is not None else []))

    def store(self, request: HttpRequest, obj: Any, form: Any, formsets: Any, *, change: bool) -> None:
        """Store the judgement."""
        rate_publisher(actor=request.user, row=obj, revision=form.cleaned_data["revision"])


class CopyForm(forms.ModelForm):
    """A copy of a document's text: pasted, or taken out of a file, which is kept beside it."""

    text = CopyField(required=False)
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("Text, web page, PDF, Word (.docx) or e-mail (.eml), up to 10 MB. Read where no text is pasted."),
    )

    class Meta:
        model = Capture
        fields = ("extent",)

    def clean(self) -> dict[str, Any]:
        """Take the text out of the file where none is pasted; one of the two is wanted."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        file = typed.get("file")
        if self.errors or typed.get("text"):
            return typed
        if file is None:
            self.add_error("text", _now("Paste the text, or choose a file: statements cite their passages in it."))
            return typed
        file.seek(0)
        try:
            typed["text"] = extract(file.read()).text
        except CannotRead as cannot:
            self.add_error("file", str(cannot))
        file.seek(0)
        return typed

    def _post_clean(self) -> None:
        """Leave the checks of the row to the action, which numbers and hashes it."""


class StoredCopies(StoredInline):
    """The copies that are stored: they stay as they are."""

    model = Capture
    fields = readonly_fields = ("number", "extent", "opening", "file", "retrieved", "sha256")
    ordering = ("-number",)
    verbose_name_plural = _("copies of its text")

    @admin.display(description=_("begins"))
    def opening(self, capture: Capture) -> str:
        """Return the first words."""
        return capture.text[:160]

    @admin.display(description=_("file"))
    def file(self, capture: Capture) -> Any:
        """Return the file that it was taken out of, to be downloaded."""
        document = capture.document
        if not hasattr(capture, "original"):
            return ""
        address = reverse("document_original", args=[document.relationship.slug, document.ref, capture.number])
        return format_html('<a href="{}" download>{}</a>', address, capture.original.name)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the copies with their files."""
        return super().get_queryset(request).select_related("original", "document__relationship")

    @admin.display(description=_("retrieved"))
    def retrieved(self, capture: Capture) -> Any:
        """Return the moment."""
        return desk_date(capture.retrieved_at, "time")


class CopyInline(WidePartInline):
    """A new copy: the text of a new document, or a better copy of a stored one."""

    model = Capture
    form = CopyForm
    fields = ("text", "file", "extent")
    max_num = 1
    verbose_name = _("better copy")
    verbose_name_plural = _("a better copy")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return none: those stored are not edited."""
        return super().get_queryset(request).none()

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Ask for the text of a new document; of a stored one by the button."""
        return 1 if obj is None else 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the user may add one: there is nothing else to see."""
        return self._may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no."""
        return False


@admin.register(Document)
class DocumentAdmin(DeskAdmin):
    """Sources, each with its stored copies."""

    list_display = ("title", "publisher", "published", "language", "marking", "relationship")
    list_filter = (("relationship", DeskFilter), "marking", "date_published")
    list_select_related = ("publisher", "relationship__first_party", "relationship__second_party")
    search_fields = ("title__unaccent__icontains", "publisher__name__unaccent__icontains", "url__icontains", "ref")
    autocomplete_fields = ("publisher", "reprints")
    fields = ("relationship", "title", "publisher", "url", "date_published", "language", "marking", "reprints")
    inlines = (StoredCopies, CopyInline)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Show the stored copies once there are any."""
        return self.inlines if obj is not None else (CopyInline,)

    @admin.display(description=_("published on"), ordering="date_published")
    def published(self, document: Document) -> Any:
        """Return the day."""
        return desk_date(document.date_published)

    def tools(self, request: HttpRequest, obj: Any) -> list[tuple[str, str]]:
        """Offer to write a statement from it."""
        if not standing(request).may(Verb.WRITE, obj.relationship_id):
            return []
        add = reverse("admin:relations_statement_add")
        return [(f"{add}?document={obj.pk}&relationship={obj.relationship_id}", str(_("Write a statement")))]

    def store(self, request: HttpRequest, obj: Any, form: Any, formsets: Any, *, change: bool) -> None:
        """Take in the document with its first copy, or its next revision and a better copy."""
        copies = [each.cleaned_data for each in formsets[-1].extra_forms if each.has_changed()]
        typed = form.cleaned_data
        if not change:
            if not copies:
                raise Refused(str(_("Paste the document’s text: statements cite their passages in it.")))
            stored = add_document(
                actor=request.user,
                document=obj,
                text=copies[0]["text"],
                extent=copies[0]["extent"],
                original=copies[0]["file"],
                token=typed["token"],
            )
            obj.pk = stored.pk
            return
        if form.has_changed():
            save_edited(actor=request.user, row=obj, revision=typed["revision"])
        for copy in copies:
            add_capture(
                actor=request.user,
                document=obj,
                text=copy["text"],
                extent=copy["extent"],
                original=copy["file"],
                token=typed["token"],
            )
