"""Reviews: the queue, and what was decided. Deciding happens at the statement or status change itself."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from relations.admin.base import DeskViewOnly
from relations.admin.choosing import DeskFilter
from relations.admin.workflow import ReviewedAdmin
from relations.choices import Decision
from relations.models import Review
from relations.templatetags.signs import desk_date


class DecisionFilter(admin.SimpleListFilter):
    """What waits, or how it was decided."""

    title = _("decision")
    parameter_name = "decision"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return waiting, approved and returned."""
        return [("open", _("Waiting")), *Decision.choices]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list."""
        wanted = {"open": "", **{each: each for each in Decision.values}}
        return queryset.filter(decision=wanted[value]) if (value := self.value() or "") in wanted else queryset


@admin.register(Review)
class ReviewAdmin(DeskViewOnly):
    """Readings of one revision each."""

    list_display = ("what", "kind", "submitted", "submitted_by", "decided", "decision_word", "relationship")
    list_filter = (("relationship", DeskFilter), DecisionFilter)
    list_select_related = (
        "statement", "status_change__issue", "submitted_by", "decided_by", "relationship__first_party",
        "relationship__second_party",
    )  # fmt: skip
    search_fields = (
        "statement__text__unaccent__icontains", "status_change__issue__title__unaccent__icontains", "ref",
    )  # fmt: skip
    fields = ("relationship", "subject_link", "revision", "submitted", "submitted_person", "decision_word", "comment")
    readonly_fields = ("subject_link", "submitted", "submitted_person", "decision_word")

    def tools(self, request: HttpRequest, obj: Any) -> list[tuple[str, str]]:
        """Link to the decision, at what is reviewed."""
        if obj.decision:
            return []
        subject: Any = obj.subject
        its_admin: Any = self.admin_site.get_model_admin(type(subject))
        assert isinstance(its_admin, ReviewedAdmin)  # noqa: S101  both kinds are
        return its_admin.tools(request, subject)

    @admin.display(description=_("what is reviewed"))
    def what(self, review: Review) -> str:
        """Return the subject in a line."""
        return str(review.subject)

    @admin.display(description=_("kind"))
    def kind(self, review: Review) -> str:
        """Return statement or status change."""
        return str(review.subject._meta.verbose_name)

    @admin.display(description=_("what is reviewed"))
    def subject_link(self, review: Review) -> Any:
        """Link to the subject."""
        subject = review.subject
        url = reverse(f"admin:{subject._meta.app_label}_{subject._meta.model_name}_change", args=[subject.pk])
        return format_html('<a href="{}">{}</a>', url, subject)

    @admin.display(description=_("submitted"), ordering="submitted_at")
    def submitted(self, review: Review) -> Any:
        """Return the moment."""
        return desk_date(review.submitted_at, "time")

    @admin.display(description=_("submitted by"))
    def submitted_person(self, review: Review) -> str:
        """Return who."""
        return str(review.submitted_by)

    @admin.display(description=_("decided"), ordering="decided_at")
    def decided(self, review: Review) -> Any:
        """Return the moment."""
        return desk_date(review.decided_at, "time")

    @admin.display(description=_("decision"), ordering="decision")
    def decision_word(self, review: Review) -> str:
        """Return the decision and whose it is."""
        if not review.decision:
            return str(_("Waiting"))
        return f"{review.get_decision_display()}, {review.decided_by}"
