"""Statements with their passages and bearings, saved as one through the action that the pages use."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.actions.statements import save_statement
from relations.admin.choosing import DeskFilter
from relations.admin.forms import RevisionForm
from relations.admin.inlines import WholeFormSet, WidePartInline
from relations.admin.workflow import ReviewedAdmin
from relations.choices import Precision
from relations.forms.base import TEXT_LIMIT
from relations.models import Bearing, Capture, Mandate, Passage, Person, Statement
from relations.models.base import lies_ahead, widen
from relations.models.documents import kept_text
from relations.models.search import SearchKind
from relations.reports.search import found
from relations.reports.search_language import Unreadable, read

_AROUND = 60
SEARCHED = 1_000
_OF_A_LINE = (
    "relationship__first_party", "relationship__second_party", "speaker_person", "speaker_organisation",
    "relayer_person", "relayer_organisation", "on_behalf_of", "document__publisher",
)  # fmt: skip


class StatementForm(RevisionForm):
    """A statement's own fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "latest" in self.fields:
            self.fields["latest"].required = False
            self.fields["latest"].help_text = _("Left empty: the same day.")
        if "mandate" in self.fields:
            self.fields["mandate"].help_text = _("Left empty: the one office they held on that day.")
            self.fields["on_behalf_of"].help_text = _("Left empty: the party of that office.")

    def clean(self) -> dict[str, Any]:
        """Work out the last day, the office held on the day and its party, where they were left empty."""
        typed = super().clean() or self.cleaned_data
        if not typed.get("earliest") or "latest" in self.errors:
            return typed
        desk = typed.get("relationship") or (self.instance.relationship if self.instance.pk else None)
        if desk is not None and typed["earliest"] > desk.today():
            self.add_error("earliest", _now("This day lies in the future."))
            return typed
        typed["latest"] = typed.get("latest") or typed["earliest"]
        if typed["earliest"] <= typed["latest"]:
            typed["earliest"], typed["latest"] = widen(
                typed["earliest"], typed["latest"], typed.get("precision") or Precision.DAY
            )
        if desk is not None and lies_ahead(typed["latest"], typed.get("precision") or Precision.DAY, desk.today()):
            self.add_error("latest", _now("This day lies in the future."))
            return typed
        for who, office in (("speaker_person", "mandate"), ("relayer_person", "relayer_mandate")):
            person: Person | None = typed.get(who)
            if person is not None and not typed.get(office):
                held = person.mandates.filter(covers_from__lte=typed["latest"], covers_until__gte=typed["earliest"])
                found = list(held.select_related("post__party")[:2])
                typed[office] = found[0] if len(found) == 1 else None
        mandate: Mandate | None = typed.get("mandate")
        if mandate is not None and not typed.get("on_behalf_of"):
            typed["on_behalf_of"] = mandate.post.party
        return typed


class SourceWords(forms.CharField):
    """Words as copies keep them, whatever line ends a browser sends."""

    def to_python(self, value: Any) -> str:
        """Return the words normalised."""
        return kept_text(super().to_python(value) or "")


class PassageForm(forms.ModelForm):
    """Words copied from the source, found in our newest copy; a passage that was left as it is keeps its own."""

    exact = SourceWords(
        label=_("Passage"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        max_length=TEXT_LIMIT,
        help_text=_("Copied from the document, word for word."),
    )
    place = forms.TypedChoiceField(
        label=_("Which one?"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("They stand once"))],
        help_text=_("Where the words stand more than once, choose here after saving."),
    )

    class Meta:
        model = Passage
        fields = ()

    def __init__(self, *args: Any, formset: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.formset = formset
        self.places: dict[int, int] = {}
        if self.instance.pk:
            self.initial["exact"] = self.instance.exact

    @cached_property
    def capture(self) -> Capture | None:
        """The newest copy of the statement's document; None where no document is chosen yet."""
        statement = self.formset.instance
        return statement.document.newest_capture() if statement.document_id else None

    def stored(self, words: str) -> Passage | None:
        """Return the stored passage of just these words, which stays where it was anchored."""
        return next((passage for passage in self.formset.stored if passage.exact == words), None)

    def full_clean(self) -> None:
        """Find the words first: the places are what may be chosen."""
        words = self.data.get(self.add_prefix("exact"), "") if self.is_bound else ""
        if words and "\x00" not in words and len(words) <= TEXT_LIMIT and self.capture is not None:
            self.places = self.capture.places_of(words)
            if len(self.places) > 1:
                field: Any = self.fields["place"]
                field.choices = [("", _("Choose")), *((str(at), self._around(at)) for at in list(self.places)[:50])]
        super().full_clean()

    def _around(self, start: int) -> str:
        text = self.capture.text if self.capture else ""
        end = self.places[start]
        return f"…{text[max(0, start - _AROUND) : start]}[{text[start:end][:80]}]{text[end : end + _AROUND]}…"

    def clean(self) -> dict[str, Any]:
        """Want words that stand in our copy, and which of several places is meant."""
        typed = super().clean() or self.cleaned_data
        if not typed.get("exact") or (typed.get("place") is None and self.stored(typed["exact"])):
            return typed
        if self.capture is None:
            self.add_error("exact", _now("Choose a document that has a text first."))
        elif not self.places:
            self.add_error("exact", _now("These words do not stand in our copy of the document."))
        elif len(self.places) > 1 and typed.get("place") is None:
            self.add_error("place", _now("These words stand more than once. Say which place you mean."))
        return typed

    def _post_clean(self) -> None:
        """Leave the row's own checks to the action."""

    def passage(self) -> Passage | None:
        """Return the unsaved passage; a stored one's anchor where its words were left as they are."""
        words, place = self.cleaned_data.get("exact", ""), self.cleaned_data.get("place")
        kept = self.stored(words) if place is None else None
        if kept is not None:
            names = ("capture_id", "exact", "prefix", "suffix", "start", "end")
            return Passage(**{name: getattr(kept, name) for name in names})
        if not words or self.capture is None:
            return None
        start = place if place in self.places else next(iter(self.places))
        return Passage.anchored(self.capture, start, self.places[start])


class PassageFormSet(WholeFormSet):
    """Passages, each of which knows its statement and so its document."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Hand over the whole."""
        return {**super().get_form_kwargs(index), "formset": self}


class PassageInline(WidePartInline):
    """The passages that a statement stands on."""

    model = Passage
    form = PassageForm
    formset = PassageFormSet
    fields = ("exact", "place")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Ask for one."""
        return 1 if obj is None else 0

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show where it is read only just the words and where they stand."""
        return self.fields if self.has_change_permission(request, obj) else ("exact", "capture", "start")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the model's own fields where nothing can be changed."""
        return () if self.has_change_permission(request, obj) else ("exact", "capture", "start")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the passages with their copies."""
        return super().get_queryset(request).select_related("capture__document")


class BearingForm(forms.ModelForm):
    """What the statement means on one issue."""

    class Meta:
        model = Bearing
        fields = ("issue", "act", "mode", "intensity", "position_of", "towards", "stated")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "intensity" in self.fields:
            self.fields["intensity"].required = False

    def clean(self) -> dict[str, Any]:
        """Want a sort that goes with what they did."""
        typed = super().clean() or self.cleaned_data
        if typed.get("mode") and Bearing.mode_misfits(typed.get("act", ""), typed["mode"]):
            self.add_error("mode", _now("This sort does not go with what they did."))
        return typed

    def _post_clean(self) -> None:
        """Leave the row's own checks to the action."""

    def bearing(self, statement: Statement) -> Bearing | None:
        """Return the unsaved bearing; what was left empty as usual."""
        typed = self.cleaned_data
        if not typed.get("issue"):
            return None
        given = typed["intensity"]
        return Bearing(
            issue=typed["issue"],
            act=typed["act"],
            mode=typed["mode"],
            intensity=given if given is not None else Bearing.usual_intensity(typed["act"], typed["mode"]),
            position_of=typed["position_of"] or statement.on_behalf_of,
            towards=typed["towards"],
            stated=typed["stated"],
        )


class BearingInline(WidePartInline):
    """What a statement means on issues."""

    model = Bearing
    form = BearingForm
    formset = WholeFormSet
    fields = ("issue", ("act", "mode", "intensity"), ("position_of", "towards"), "stated")
    autocomplete_fields = ("issue", "position_of", "towards")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Ask for one."""
        return 1 if obj is None else 0

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the bearings with what a row names."""
        return super().get_queryset(request).select_related("issue", "position_of", "towards")


@admin.register(Statement)
class StatementAdmin(ReviewedAdmin):
    """What was said."""

    form = StatementForm
    list_display = ("words", "said_by", "on_behalf_of", "said_on", "state", "relationship")
    list_filter = (("relationship", DeskFilter), *ReviewedAdmin.list_filter, "kind", "basis", "marking")
    search_fields = (
        "text__unaccent__icontains",
        "speaker_person__name__unaccent__icontains",
        "speaker_organisation__name__unaccent__icontains",
        "speaker_descriptor__unaccent__icontains",
        "document__title__unaccent__icontains",
        "ref",
    )
    search_help_text = _(
        "Words, speakers, or a ref, read as the site’s search reads them: “phrases”, -without, since:2025-03. Accents do "
        "not matter."
    )
    ordering = ("-latest", "-pk")
    autocomplete_fields = (
        "document", "speaker_person", "speaker_organisation", "mandate", "relayer_person", "relayer_organisation",
        "relayer_mandate", "on_behalf_of", "meeting",
    )  # fmt: skip
    inlines = (PassageInline, BearingInline)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the statements with whom they name; of a list with what its lines name, for each table takes planning."""
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match is not None and match.url_name == "relations_statement_changelist":
            return rows.select_related(*_OF_A_LINE)
        return rows.with_people().select_related("author", "edited_by", "supersedes")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Search the list by the words of the site's search; for a chooser, where a word is half typed, by any part."""
        match = request.resolver_match
        if not search_term.strip() or match is None or match.url_name == "autocomplete":
            return super().get_search_results(request, queryset, search_term)
        called = queryset.filter(ref=search_term.strip())
        if called.exists():
            return called, False
        try:
            entries = found(request.user, read(search_term), SearchKind.STATEMENT, by_speaker=True)
        except Unreadable as unreadable:
            self.message_user(request, str(unreadable), messages.WARNING)
            return queryset.none(), False
        return queryset.filter(Exists(entries.order_by().filter(statement=OuterRef("pk")))), False

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Count what a search finds no further than its first twenty pages: each row counted is looked up by its words."""
        paginator = super().get_paginator(request, *args, **kwargs)
        if request.GET.get(SEARCH_VAR):
            cast("Any", paginator).cap = SEARCHED
        return paginator

    def offered(self, request: HttpRequest, rows: Any) -> Any:
        """Offer as evidence what stands published."""
        rows = super().offered(request, rows)
        return rows.standing() if request.GET.get("model_name") == "evidence" else rows

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields in the order of the pages' form."""
        office = "mandate"
        return [
            (None, {"fields": ["relationship", "document", "text", "kind", *self.correction(obj)]}),
            (
                _("Who said it"),
                {
                    "fields": [
                        "speaker_person", "speaker_organisation", "speaker_descriptor", office, "on_behalf_of", "basis",
                    ]
                },
            ),
            (
                _("Passed on by"),
                {
                    "classes": ["collapse"],
                    "fields": [
                        "relayer_person", "relayer_organisation", "relayer_descriptor", "relayer_mandate", "told_on",
                    ],
                },
            ),
            (_("When and where"), {"fields": [("earliest", "latest", "precision"), "meeting", "cited_place"]}),
            (
                _("Translated"),
                {"classes": ["collapse"], "fields": ["original_text", "original_language", "translated_by"]},
            ),
            (
                _("How sure, and who may see it"),
                {"fields": [("credibility", "marking"), "first_said_in", "first_said_url", "note"]},
            ),
            *self.way(obj),
        ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Fix the document once passages stand in it."""
        return (*super().get_readonly_fields(request, obj), *(["document"] if obj is not None else []))

    @admin.display(description=_("words"), ordering="text")
    def words(self, statement: Statement) -> str:
        """Return the words in a line."""
        return str(statement)

    @admin.display(description=_("who said it"))
    def said_by(self, statement: Statement) -> str:
        """Return the speaker, and who passed it on."""
        relayer = str(statement.relayer)
        speaker = str(statement.speaker) or _now("Both sides")
        return (
            _now("%(who)s, in the words of %(relayer)s") % {"who": speaker, "relayer": relayer} if relayer else speaker
        )

    @admin.display(description=_("said on"), ordering="latest")
    def said_on(self, statement: Statement) -> str:
        """Return the day or span."""
        return statement.when

    def store(self, request: HttpRequest, obj: Any, form: Any, formsets: Any, *, change: bool) -> None:
        """Store the draft with its passages and bearings, as one revision."""
        if change and not form.has_changed() and not any(formset.has_changed() for formset in formsets):
            return
        kept = [each for formset in formsets for each in formset.kept_forms]
        passages = [each.passage() for each in kept if isinstance(each, PassageForm)]
        bearings = [each.bearing(obj) for each in kept if isinstance(each, BearingForm)]
        saved = save_statement(
            actor=request.user,
            statement=obj,
            passages=[row for row in passages if row],
            bearings=[row for row in bearings if row],
            revision=form.cleaned_data["revision"],
            token=form.cleaned_data["token"],
        )
        obj.pk = saved.pk
