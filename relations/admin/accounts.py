"""Accounts, and the failed sign-ins that lock one: the superuser's."""

from typing import Any

from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.access import Verb
from relations.actions.memberships import save_governed
from relations.actions.tokens import revoke_anyones
from relations.admin.base import GovernedAdmin
from relations.admin.desks import MembershipInline, store_memberships
from relations.admin.forms import Form
from relations.admin.standing import standing
from relations.forms.base import is_key
from relations.models import ApiToken, User
from relations.templatetags.signs import desk_date

# Importing Django's account admin registers groups, which this program does not use: roles are memberships.
admin.site.unregister(Group)


class AccountForm(Form, UserChangeForm):
    """An account as it is mended."""

    def clean_is_active(self) -> bool:
        """Keep a superuser from locking herself out."""
        return self._not_oneself("is_active")

    def clean_is_superuser(self) -> bool:
        """Keep a superuser from locking herself out."""
        return self._not_oneself("is_superuser")

    def _not_oneself(self, name: str) -> bool:
        wanted = bool(self.cleaned_data[name])
        if not wanted and self.instance.pk == self.request.user.pk:
            raise ValidationError(_now("You cannot take this from your own account. Ask another administrator."))
        return wanted


class NewAccountForm(Form, AdminUserCreationForm):
    """A new account."""


@admin.register(User)
class AccountAdmin(GovernedAdmin, UserAdmin):
    """Accounts. Nobody is deleted: who leaves is made inactive, and renamed on request."""

    form = AccountForm
    add_form = NewAccountForm
    list_display = ("username", "name", "email", "is_active", "is_superuser", "desks", "last_login")
    list_filter = ("is_active", "is_superuser", "memberships__role")
    search_fields = ("username__unaccent__icontains", "name__unaccent__icontains", "email")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "name", "email", "password")}),
        (_("What it may do"), {"fields": ("is_active", "is_superuser")}),
        (_("When"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "name", "email", "usable_password", "password1", "password2"),
            },
        ),
    )
    inlines = (MembershipInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return all accounts to a superuser; to others, who only choose among them, their colleagues."""
        rows = (
            super()
            .get_queryset(request)
            .prefetch_related("memberships__relationship__first_party", "memberships__relationship__second_party")
        )
        if standing(request).is_superuser:
            return rows
        desks = [each.relationship_id for each in standing(request).memberships]
        return rows.filter(pk__in=User.objects.filter(memberships__relationship__in=desks).values("pk"))

    def may_choose(self, request: HttpRequest) -> bool:
        """Say yes: an issue's owner is chosen among colleagues."""
        return True

    def offered(self, request: HttpRequest, rows: Any) -> Any:
        """Offer those who may write at the form's desk; without one, to a superuser all."""
        desk = request.GET.get("desk", "")
        if is_key(desk):
            return writers(rows, int(desk)) if standing(request).may(Verb.READ, int(desk)) else rows.none()
        return rows

    def desks(self, user: User) -> str:
        """Return the desks with the roles there."""
        return ", ".join(f"{each.relationship}: {each.get_role_display()}" for each in user.memberships.all())

    desks.short_description = _("desks")  # type: ignore[attr-defined]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Leave the desks for after an account is made."""
        return super().get_inlines(request, obj) if obj is not None else ()

    def store(self, request: HttpRequest, obj: Any, form: Any, formsets: Any, *, change: bool) -> None:
        """Store the account and its memberships."""
        save_governed(actor=request.user, row=obj)
        for formset in formsets:
            store_memberships(request, formset)


def writers(rows: Any, desk: int) -> Any:
    """Return the active accounts that may write at a desk."""
    members = User.objects.filter(memberships__relationship=desk, memberships__role__in=Verb.WRITE.roles)
    return rows.filter(is_active=True, pk__in=members.values("pk"))


@admin.register(AccessAttempt)
class AccessAttemptAdmin(GovernedAdmin):
    """Failed sign-ins. Removing one lets its user try again before the lock-out ends."""

    list_display = ("attempt_time", "username", "ip_address", "failures_since_start")
    search_fields = ("username", "ip_address")
    readonly_fields = fields = ("attempt_time", "username", "ip_address", "user_agent", "failures_since_start")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the user is a superuser."""
        return standing(request).is_superuser

    def has_history_permission(self, request: HttpRequest, obj: Any) -> bool:
        """Say no: there is none."""
        return False

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return the attempts themselves."""
        return [str(each) for each in objs], {}, set(), []


@admin.register(ApiToken)
class ApiTokenAdmin(GovernedAdmin):
    """Who reads through the API, by which tokens; the tokens themselves are with their owners alone."""

    list_display = ("name", "user", "read_desks", "made", "expires", "last_used", "revoked")
    list_filter = ("user__is_active",)
    list_select_related = ("user",)
    search_fields = ("name__unaccent__icontains", "user__username__unaccent__icontains")
    readonly_fields = fields = ("name", "user", "read_desks", "made", "expires", "last_used", "revoked")
    actions = ("revoke_selected",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the tokens with the desks that they read."""
        return super().get_queryset(request).with_desks()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no: each makes her own."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no."""
        return False

    def has_history_permission(self, request: HttpRequest, obj: Any) -> bool:
        """Say no: there is none."""
        return False

    @admin.display(description=_("desks"))
    def read_desks(self, row: Any) -> str:
        """Return the slugs of the desks that it reads."""
        return ", ".join(sorted(row.desks))

    @admin.display(description=_("made"), ordering="created_at")
    def made(self, row: ApiToken) -> Any:
        """Return the moment."""
        return desk_date(row.created_at, "time")

    @admin.display(description=_("expires"), ordering="expires_at")
    def expires(self, row: ApiToken) -> Any:
        """Return the moment."""
        return desk_date(row.expires_at, "time")

    @admin.display(description=_("last used"), ordering="last_used_at")
    def last_used(self, row: ApiToken) -> Any:
        """Return the moment, if any."""
        return desk_date(row.last_used_at, "time") if row.last_used_at else None

    @admin.display(description=_("revoked"), ordering="revoked_at")
    def revoked(self, row: ApiToken) -> Any:
        """Return the moment, if any."""
        return desk_date(row.revoked_at, "time") if row.revoked_at else None

    @admin.action(description=_("Revoke the chosen tokens"), permissions=["view"])
    def revoke_selected(self, request: HttpRequest, tokens: Any) -> None:
        """Let these tokens open nothing from now on."""
        revoked = revoke_anyones(actor=request.user, tokens=[token.pk for token in tokens])
        self.message_user(request, _now("Revoked: %(number)s.") % {"number": revoked})
