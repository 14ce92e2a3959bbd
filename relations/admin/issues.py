"""Issues with their links, and the moves of their status with the evidence."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.access import Verb
from relations.actions.editing import link_issues, save_edited, unlink_issues
from relations.actions.issues import propose_status, revise_status_change
from relations.admin.accounts import writers
from relations.admin.base import DeskAdmin
from relations.admin.choosing import DeskFilter, form_desk
from relations.admin.forms import RevisionForm
from relations.admin.inlines import PartInline, WholeFormSet
from relations.admin.standing import standing
from relations.admin.workflow import ReviewedAdmin
from relations.choices import Status, Trend
from relations.models import Evidence, Issue, IssueLink, StatusChange
from relations.templatetags.signs import desk_date, status_sign, trend_sign


class LinkInline(PartInline):
    """What this issue hangs on."""

    model = IssueLink
    fk_name = "from_issue"
    fields = ("kind", "to_issue")
    autocomplete_fields = ("to_issue",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no: a link is taken away and another made."""
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the links with both issues."""
        return super().get_queryset(request).select_related("from_issue", "to_issue")


class IssueForm(RevisionForm):
    """An issue."""

    def _get_validation_exclusions(self) -> set[str]:
        # The desk may be no field of the form, but the constraint on desk and slug is checked here.
        return super()._get_validation_exclusions() - {"relationship"}


@admin.register(Issue)
class IssueAdmin(DeskAdmin):
    """Open files; where each stands is computed from its standing changes (R2)."""

    form = IssueForm
    list_display = ("title", "where_it_stands", "trend", "since", "impact", "owner", "relationship")
    list_filter = (("relationship", DeskFilter), "impact", "scope", "topic")
    list_select_related = ("owner", "relationship__first_party", "relationship__second_party")
    search_fields = ("title__unaccent__icontains", "summary__unaccent__icontains", "slug")
    autocomplete_fields = ("owner",)
    fields = ("relationship", "title", "slug", "summary", "topic", "impact", "scope", "owner", "review_due")
    inlines = (LinkInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the issues with where they stand."""
        return super().get_queryset(request).with_standing()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Propose the slug from the title."""
        return {"slug": ("title",)} if obj is None else {}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Fix the slug once addresses hold it."""
        return (*super().get_readonly_fields(request, obj), *(["slug"] if obj is not None else []))

    def choices_for(self, db_field: Any, request: HttpRequest) -> Any:
        """Return as owners those who may write at the desk."""
        rows = super().choices_for(db_field, request)
        desk = form_desk(request)
        return writers(rows, desk) if db_field.name == "owner" and desk else rows

    @admin.display(description=_("where it stands"))
    def where_it_stands(self, issue: Issue) -> Any:
        """Draw the status."""
        return status_sign(issue.status)

    @admin.display(description=_("trend"))
    def trend(self, issue: Issue) -> Any:
        """Draw the trend."""
        return trend_sign(issue.trend)

    @admin.display(description=_("since"))
    def since(self, issue: Issue) -> Any:
        """Return the day of the latest move."""
        return desk_date(issue.status_since)

    def tools(self, request: HttpRequest, obj: Any) -> list[tuple[str, str]]:
        """Offer to propose a move of its status."""
        if not standing(request).may(Verb.WRITE, obj.relationship_id):
            return []
        add = reverse("admin:relations_statuschange_add")
        return [(f"{add}?issue={obj.pk}&relationship={obj.relationship_id}", str(_("Propose a status change")))]

    def store(self, request: HttpRequest, obj: Any, form: Any, formsets: Any, *, change: bool) -> None:
        """Store the issue, and make and take its links."""
        if not change or form.has_changed():
            save_edited(actor=request.user, row=obj, revision=form.cleaned_data["revision"])
        for formset in formsets:
            for link in formset.save(commit=False):
                link_issues(actor=request.user, issue=obj, kind=link.kind, to_issue=link.to_issue)
            for link in formset.deleted_objects:
                unlink_issues(actor=request.user, link=link)


class EvidenceForm(forms.ModelForm):
    """A statement that the change cites; the action judges whether it may."""

    class Meta:
        model = Evidence
        fields = ("statement",)

    def _post_clean(self) -> None:
        """Leave the row's own checks to the action."""


class EvidenceInline(PartInline):
    """What a status change cites."""

    model = Evidence
    form = EvidenceForm
    formset = WholeFormSet
    autocomplete_fields = ("statement",)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Ask for one."""
        return 1 if obj is None else 0

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the evidence with its statements."""
        return super().get_queryset(request).select_related("statement", "status_change__issue")


class StatusChangeForm(RevisionForm):
    """A move of an issue's status."""

    def clean_effective(self) -> Any:
        """Refuse a day to come, here where the field is."""
        day = self.cleaned_data["effective"]
        issue = self.cleaned_data.get("issue") or (self.instance.issue if self.instance.issue_id else None)
        if day and issue is not None and day > issue.relationship.today():
            raise ValidationError(_now("A status change cannot be dated in the future."))
        return day


@admin.register(StatusChange)
class StatusChangeAdmin(ReviewedAdmin):
    """Dated moves of issues, with their evidence."""

    form = StatusChangeForm
    list_display = ("issue", "to", "trend", "to_agreement", "since", "state", "evidence_stands", "relationship")
    list_filter = (("relationship", DeskFilter), "to_status", "to_trend", "to_agreement", *ReviewedAdmin.list_filter)
    list_select_related = ("issue", "author", "supersedes", "relationship__first_party", "relationship__second_party")
    search_fields = ("issue__title__unaccent__icontains", "rationale__unaccent__icontains", "ref")
    autocomplete_fields = ("issue",)
    inlines = (EvidenceInline,)
    content = ("relationship", "issue", "to_status", "to_trend", "to_agreement", "effective", "rationale")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the changes with whether their evidence stands."""
        return super().get_queryset(request).with_evidence_flag()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields of the move, then where it is on its way."""
        return [(None, {"fields": [*self.content, *self.correction(obj)]}), *self.way(obj)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Fix the issue once it is stored."""
        return (*super().get_readonly_fields(request, obj), *(["issue"] if obj is not None else []))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Start from how the issue stands."""
        initial = super().get_changeform_initial_data(request)
        issue = None
        if initial.get("issue"):
            issue = Issue.objects.visible_to(request.user).with_standing().filter(pk=initial["issue"]).first()
        if issue is not None:
            initial = {
                "to_status": issue.status,
                "to_trend": issue.trend,
                "to_agreement": issue.agreement,
                **initial,
            }
        return initial

    @admin.display(description=_("status"), ordering="to_status")
    def to(self, change: StatusChange) -> Any:
        """Draw the status."""
        return status_sign(Status(change.to_status))

    @admin.display(description=_("trend"), ordering="to_trend")
    def trend(self, change: StatusChange) -> Any:
        """Draw the trend."""
        return trend_sign(Trend(change.to_trend))

    @admin.display(description=_("since"), ordering="effective")
    def since(self, change: StatusChange) -> Any:
        """Return the day."""
        return desk_date(change.effective)

    @admin.display(description=_("evidence stands"), boolean=True)
    def evidence_stands(self, change: Any) -> bool:
        """Say whether no statement it cites was withdrawn or corrected."""
        return not change.evidence_flagged

    def store(self, request: HttpRequest, obj: Any, form: Any, formsets: Any, *, change: bool) -> None:
        """Propose the move, or store its next revision."""
        if change and not form.has_changed() and not any(formset.has_changed() for formset in formsets):
            return
        cited = [each.cleaned_data["statement"] for formset in formsets for each in formset.kept_forms]
        evidence = list({statement.pk: statement for statement in cited}.values())
        typed = form.cleaned_data
        if change:
            revise_status_change(
                actor=request.user,
                change=obj,
                evidence=evidence,
                revision=typed["revision"] or 0,
                token=typed["token"],
            )
            return
        review = propose_status(actor=request.user, change=obj, evidence=evidence, token=typed["token"])
        obj.pk = review.status_change_id
