"""Choosers of the admin: a foreign key offers what the user may see, of the desk that the form is about."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.http import HttpRequest

from relations.access import Verb
from relations.admin.standing import standing
from relations.forms.base import is_key
from relations.models import Relationship
from relations.models.base import DeskModel


class DeskSelect(AutocompleteSelect):
    """An autocomplete that asks for the rows of one desk, and outlives a key that is none."""

    desk: int | None = None

    def get_url(self) -> str:
        """Return the address to ask, with the desk in it."""
        url = super().get_url()
        return f"{url}?desk={self.desk}" if self.desk else url

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        """Return the chosen option."""
        return super().optgroups(name, [each for each in value if is_key(each)], attrs)


def form_desk(request: HttpRequest) -> int | None:
    """Return the relationship that the form of this request is about; None where it is not known yet."""
    return getattr(request, "_form_desk", None)


class VisibleChoices(admin.options.BaseModelAdmin):
    """Foreign keys limited to what the user may see, at the form's desk."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Limit the choices, for the page and for what is posted alike."""
        if "queryset" not in kwargs:
            kwargs["queryset"] = self.choices_for(db_field, request)
        if "widget" not in kwargs and db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = DeskSelect(db_field, self.admin_site)
            kwargs["widget"].desk = form_desk(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def choices_for(self, db_field: Any, request: HttpRequest) -> Any:
        """Return the rows that a foreign key may take."""
        remote = db_field.remote_field.model
        rows = self.admin_site.get_model_admin(remote).get_queryset(request)
        desk = form_desk(request)
        return rows.filter(relationship=desk) if desk and issubclass(remote, DeskModel) else rows

    def has_view_or_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the user may see it."""
        return self.has_view_permission(request, obj)


class VisibleRelated(admin.RelatedFieldListFilter):
    """A list filter by a foreign key that names only what the user may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return the choices."""
        rows = model_admin.admin_site.get_model_admin(field.remote_field.model).get_queryset(request)
        return [(row.pk, str(row)) for row in rows]


class DeskFilter(admin.RelatedFieldListFilter):
    """A list filter by the user's own desks; it does not show where she has but one."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return the choices."""
        return [(each.relationship_id, str(each.relationship)) for each in standing(request).memberships]


class PartyFilter(admin.RelatedFieldListFilter):
    """A list filter by party that names the parties of the user's desks alone: the list of states is long."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return the choices."""
        parties = {
            party.pk: str(party) for each in standing(request).memberships for party in each.relationship.parties
        }
        return sorted(parties.items(), key=lambda pair: pair[1])


def writing_desks(request: HttpRequest, verb: Verb = Verb.WRITE) -> models.QuerySet:
    """Return the relationships at whose desk the user may `verb`."""
    desks = Relationship.objects.filter(pk__in=standing(request).desks(verb))
    return desks.select_related("first_party", "second_party")
