"""The statement list's filters; an unknown value is told at its field and filters nothing."""

from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from relations.choices import Marking, ReviewState, StatementKind
from relations.forms.base import DateInput
from relations.models import Bearing, Issue, Party, Statement
from relations.models.moments import NOW, Moment


class StatementFilter(filters.FilterSet):
    """Statements that carry `with_review_state`."""

    text = filters.CharFilter(method="holding", label=_("Words"))
    speaker = filters.CharFilter(method="said_by", label=_("Who said it"))
    issue = filters.ModelChoiceFilter(
        queryset=Issue.objects.none(), to_field_name="slug", method="on_issue", label=_("Issue"), empty_label=_("Any")
    )
    party = filters.ModelChoiceFilter(
        queryset=Party.objects.none(),
        to_field_name="code",
        field_name="on_behalf_of",
        label=_("Speaking for"),
        empty_label=_("Any"),
    )
    kind = filters.ChoiceFilter(choices=StatementKind.choices, label=_("Kind"), empty_label=_("Any"))
    marking = filters.ChoiceFilter(choices=Marking.choices, label=_("Who may see it"), empty_label=_("Any"))
    state = filters.ChoiceFilter(
        choices=ReviewState.choices, field_name="review_state", label=_("State"), empty_label=_("Any")
    )
    since = filters.DateFilter(field_name="latest", lookup_expr="gte", label=_("Since"), widget=DateInput())
    until = filters.DateFilter(field_name="earliest", lookup_expr="lte", label=_("Until"), widget=DateInput())

    class Meta:
        model = Statement
        fields: list[str] = []

    def __init__(self, *args: Any, relationship: Any, drafts: bool, at: Moment = NOW, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        each: Any = self.filters
        each["issue"].queryset = Issue.objects.at(relationship).known(at).order_by("title")
        each["party"].queryset = Party.objects.filter(pk__in=[party.pk for party in relationship.parties])
        if not drafts:
            del self.filters["state"]

    def holding(self, statements: QuerySet[Statement], _name: str, words: str) -> QuerySet[Statement]:
        """Return the statements whose words hold every one of these, diacritics ignored."""
        for word in words.split()[:20]:
            statements = statements.filter(
                Q(text__unaccent__icontains=word) | Q(original_text__unaccent__icontains=word)
            )
        return statements

    def said_by(self, statements: QuerySet[Statement], _name: str, words: str) -> QuerySet[Statement]:
        """Return the statements of or passed on by someone of this name or description, diacritics ignored."""
        names = (
            "speaker_person__name", "speaker_organisation__name", "speaker_descriptor", "relayer_person__name",
            "relayer_organisation__name", "relayer_descriptor",
        )  # fmt: skip
        for word in words.split()[:20]:
            anyone = Q()
            for name in names:
                anyone |= Q(**{f"{name}__unaccent__icontains": word})
            statements = statements.filter(anyone)
        return statements

    def on_issue(self, statements: QuerySet[Statement], _name: str, issue: Issue) -> QuerySet[Statement]:
        """Return the statements on this issue."""
        return statements.filter(Exists(Bearing.objects.filter(statement=OuterRef("pk"), issue=issue)))
