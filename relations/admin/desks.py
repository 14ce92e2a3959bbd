"""Parties, relationships and memberships: the superuser's."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from relations.actions.memberships import (
    change_membership,
    grant_membership,
    remove_governed,
    revoke_membership,
    save_governed,
)
from relations.admin.base import GovernedAdmin
from relations.admin.choosing import VisibleRelated
from relations.admin.inlines import PartInline
from relations.admin.standing import standing
from relations.models import DeskMembership, Party, Relationship


def store_memberships(request: HttpRequest, formset: Any) -> None:
    """Give, change and take the roles that an inline holds."""
    for row in formset.save(commit=False):
        store_membership(request, row)
    for row in formset.deleted_objects:
        revoke_membership(actor=request.user, membership=row)


def store_membership(request: HttpRequest, row: DeskMembership) -> None:
    """Give a role, or change it."""
    if row.pk is None:
        granted = grant_membership(actor=request.user, user=row.user, relationship=row.relationship, role=row.role)
        row.pk = granted.pk
    else:
        change_membership(actor=request.user, membership=row, role=row.role)


class MembershipInline(PartInline):
    """Who is at a desk, or at which desks someone is."""

    model = DeskMembership
    fields = ("user", "relationship", "role")
    autocomplete_fields = ("user", "relationship")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the memberships with what a row names."""
        rows = super().get_queryset(request)
        return rows.select_related("user", "relationship__first_party", "relationship__second_party")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the user is a superuser."""
        return standing(request).is_superuser

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave what a new row needs; of a stored one only the role moves, which the database holds."""
        return ()


@admin.register(Party)
class PartyAdmin(GovernedAdmin):
    """States and international organisations."""

    list_display = ("name", "short_name", "code", "kind")
    list_filter = ("kind",)
    search_fields = ("name__unaccent__icontains", "short_name__unaccent__icontains", "code__istartswith")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say yes: every signed-in user sees parties."""
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the user is a superuser; what is cited is refused."""
        return standing(request).is_superuser

    def store(self, request: HttpRequest, obj: Any, form: Any, formsets: Any, *, change: bool) -> None:
        """Store the party."""
        save_governed(actor=request.user, row=obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Remove the party."""
        remove_governed(actor=request.user, row=obj)


@admin.register(Relationship)
class RelationshipAdmin(GovernedAdmin):
    """Pairs of parties, each followed by a desk. A superuser sees that they exist, not what they hold."""

    list_display = ("title", "slug", "own_side", "time_zone", "order")
    list_select_related = ("first_party", "second_party")
    search_fields = (
        "slug", "first_party__name__unaccent__icontains", "second_party__name__unaccent__icontains",
    )  # fmt: skip
    autocomplete_fields = ("first_party", "second_party")
    inlines = (MembershipInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Fix which two parties a stored desk is about."""
        return ("first_party", "second_party") if obj is not None else ()

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the user's own relationships; a superuser's are all."""
        if not standing(request).is_superuser:
            return super().get_queryset(request)
        return Relationship.objects.select_related("first_party", "second_party").order_by("order", "slug")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say yes: the query says which."""
        return True

    def has_history_permission(self, request: HttpRequest, obj: Any) -> bool:
        """Say whether the user is a superuser: the history tells the desk's memberships."""
        return standing(request).is_superuser

    def store(self, request: HttpRequest, obj: Any, form: Any, formsets: Any, *, change: bool) -> None:
        """Store the relationship and its desk's memberships."""
        save_governed(actor=request.user, row=obj)
        for formset in formsets:
            store_memberships(request, formset)


@admin.register(DeskMembership)
class DeskMembershipAdmin(GovernedAdmin):
    """Who is at which desk, in which role."""

    list_display = ("user", "relationship", "role")
    list_filter = ("role", ("relationship", VisibleRelated))
    list_select_related = ("user", "relationship__first_party", "relationship__second_party")
    search_fields = ("user__username", "user__name__unaccent__icontains", "relationship__slug")
    autocomplete_fields = ("user", "relationship")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Fix whose membership it is, and where."""
        return ("user", "relationship") if obj is not None else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the user is a superuser."""
        return standing(request).is_superuser

    def store(self, request: HttpRequest, obj: Any, form: Any, formsets: Any, *, change: bool) -> None:
        """Give the role, or change it."""
        store_membership(request, obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Take the role away."""
        revoke_membership(actor=request.user, membership=obj)
