"""People, organisations, posts and mandates: what all desks share."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from relations.access import Verb
from relations.admin.base import ReferenceAdmin
from relations.admin.choosing import PartyFilter
from relations.admin.inlines import WidePartInline
from relations.admin.standing import standing
from relations.models import Mandate, Organisation, Person, Post
from relations.templatetags.signs import desk_date


class MandateInline(WidePartInline):
    """The offices a person held: new ones are added here, a stored one is mended at its own page (R5)."""

    model = Mandate
    fields = ("post", ("start", "end"), ("first_attested", "last_attested"), "source_url")
    autocomplete_fields = ("post",)
    show_change_link = True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no."""
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the mandates with their posts."""
        return super().get_queryset(request).select_related("post", "person")


class JoinedFilter(admin.SimpleListFilter):
    """Entries that were joined to another, or those that stand."""

    title = _("joined to another")
    parameter_name = "joined"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return yes and no."""
        return [("no", _("No")), ("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list."""
        wanted = {"no": True, "yes": False}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(merged_into__isnull=wanted)


@admin.register(Person)
class PersonAdmin(ReferenceAdmin):
    """People who speak or take part."""

    list_display = ("name", "sort_name", "latest_office", "merged_into")
    list_filter = (JoinedFilter, ("mandates__post__party", PartyFilter))
    list_select_related = ("merged_into",)
    search_fields = ("name__unaccent__icontains", "sort_name__unaccent__icontains")
    search_help_text = _("Part of a name; accents do not matter: Erdogan finds Erdoğan.")
    autocomplete_fields = ("merged_into",)
    fields = ("name", "sort_name", "biography", "merged_into")
    inlines = (MandateInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return people with their mandates at hand."""
        return super().get_queryset(request).prefetch_related("mandates__post__party")

    def offered(self, request: HttpRequest, rows: Any) -> Any:
        """Offer each person once: the entry that was kept."""
        return super().offered(request, rows).filter(merged_into=None)

    @admin.display(description=_("latest office"))
    def latest_office(self, person: Person) -> str:
        """Return the latest office with its party."""
        latest = max(person.mandates.all(), key=lambda mandate: str(mandate.covers_until), default=None)
        return f"{latest.post} ({latest.post.party})" if latest else ""


@admin.register(Organisation)
class OrganisationAdmin(ReferenceAdmin):
    """Bodies that people hold office in or that speak for themselves."""

    list_display = ("name", "party")
    list_filter = (("party", PartyFilter),)
    list_select_related = ("party",)
    search_fields = ("name__unaccent__icontains",)
    autocomplete_fields = ("party",)
    fields = ("name", "party")


@admin.register(Post)
class PostAdmin(ReferenceAdmin):
    """Offices."""

    list_display = ("name", "organisation", "party")
    list_filter = (("party", PartyFilter),)
    list_select_related = ("organisation", "party")
    search_fields = ("name__unaccent__icontains", "organisation__name__unaccent__icontains")
    autocomplete_fields = ("organisation", "party")
    fields = ("name", "organisation", "party")


@admin.register(Mandate)
class MandateAdmin(ReferenceAdmin):
    """Who held which office from when to when."""

    list_display = ("person", "post", "party", "from_day", "until_day")
    list_filter = (("post__party", PartyFilter),)
    list_select_related = ("person", "post__party")
    search_fields = ("person__name__unaccent__icontains", "post__name__unaccent__icontains")
    autocomplete_fields = ("person", "post")
    fields = ("person", "post", "start", "end", "first_attested", "last_attested", "source_url")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Fix whose mandate it is."""
        return ("person",) if obj is not None else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the user may mend it."""
        return standing(request).may(Verb.MEND_REFERENCE)

    @admin.display(description=_("party"), ordering="post__party__name")
    def party(self, mandate: Mandate) -> str:
        """Return the post's party."""
        return str(mandate.post.party)

    @admin.display(description=_("from"), ordering="covers_from")
    def from_day(self, mandate: Mandate) -> Any:
        """Return the first day known or attested."""
        return desk_date(mandate.start) or self._attested(mandate.first_attested)

    @admin.display(description=_("until"), ordering="covers_until")
    def until_day(self, mandate: Mandate) -> Any:
        """Return the last day known or attested."""
        return desk_date(mandate.end) or self._attested(mandate.last_attested)

    def _attested(self, day: Any) -> str:
        return _("attested %(day)s") % {"day": desk_date(day)} if day else ""
