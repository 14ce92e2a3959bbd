"""The review queue's filters; an unknown value is told at its field and filters nothing."""

import datetime
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from relations.models import Relationship, Review, User

KINDS = [("statement", _("Statements")), ("correction", _("Corrections")), ("status", _("Status changes"))]
AGES = [("1", _("Over a day")), ("3", _("Over three days")), ("7", _("Over a week"))]


class ReviewFilter(filters.FilterSet):
    """What waits for review, at one desk or at all of a user's."""

    desk = filters.ModelChoiceFilter(
        queryset=Relationship.objects.none(),
        field_name="relationship",
        to_field_name="slug",
        label=_("Desk"),
        empty_label=_("All my desks"),
    )
    kind = filters.ChoiceFilter(choices=KINDS, method="of_kind", label=_("Kind"), empty_label=_("Any"))
    author = filters.ModelChoiceFilter(
        queryset=User.objects.none(),
        field_name="submitted_by",
        to_field_name="username",
        label=_("From"),
        empty_label=_("Anyone"),
    )
    age = filters.ChoiceFilter(choices=AGES, method="waiting_over", label=_("Waiting"), empty_label=_("Any time"))

    class Meta:
        model = Review
        fields: list[str] = []

    def __init__(
        self, *args: Any, queryset: QuerySet[Review], one_desk: bool, now: datetime.datetime, **kwargs: Any
    ) -> None:
        """Take the moment that waiting is counted to, `now`."""
        super().__init__(*args, queryset=queryset, **kwargs)
        self.now = now
        each: Any = self.filters
        each["author"].queryset = User.objects.filter(pk__in=queryset.order_by().values("submitted_by"))
        if one_desk:
            del self.filters["desk"]
        else:
            desks = Relationship.objects.filter(pk__in=queryset.order_by().values("relationship"))
            each["desk"].queryset = desks.select_related("first_party", "second_party")

    def of_kind(self, reviews: QuerySet[Review], _name: str, kind: str) -> QuerySet[Review]:
        """Return the reviews of statements, of corrections (of either) or of status changes."""
        if kind == "correction":
            return reviews.filter(statement__supersedes__isnull=False) | reviews.filter(
                status_change__supersedes__isnull=False
            )
        return reviews.filter(statement__isnull=kind == "status")

    def waiting_over(self, reviews: QuerySet[Review], _name: str, days: str) -> QuerySet[Review]:
        """Return the reviews that have waited for more than so many days."""
        return reviews.filter(submitted_at__lt=self.now - datetime.timedelta(days=int(days)))
