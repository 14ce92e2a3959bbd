"""What every admin of the desk shares: who sees and does what, saving through actions, history, plain refusals."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.paginator import Paginator
from django.db import DataError
from django.db.models.deletion import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _now

from relations.access import NotAllowed, Verb
from relations.actions.reference import remove_reference, save_reference
from relations.actions.refusal import Refused, Stale
from relations.admin.choosing import VisibleChoices, writing_desks
from relations.admin.conflicts import keep_typed, show_conflict, take_theirs
from relations.admin.forms import Form, OpenedForm, RevisionForm
from relations.admin.standing import standing
from relations.forms.base import is_key
from relations.reports.history import history_page
from relations.reports.paging import COUNT_CAP, capped_count, counted

# How Django's own list filters ask.
_FILTERED_BY = ("exact", "id__exact", "in", "id__in", "isnull", "gte", "lt")

_BOX = '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">'


class CappedPaginator(Paginator):
    """A paginator that counts no further than a reader would page."""

    cap = COUNT_CAP

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, capped."""
        return capped_count(cast("Any", self.object_list), self.cap)

    @property
    def counted(self) -> str:
        """Return the number as it is shown."""
        return counted(self.count, self.cap)


class BaseAdmin(VisibleChoices, admin.ModelAdmin):
    """An admin whose queries show what the user may see, and whose writes are the actions."""

    form: Any = Form
    paginator = CappedPaginator
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    save_as = False
    change_form_template = "admin/relations/change_form.html"
    change_list_template = "admin/relations/change_list.html"
    delete_confirmation_template = "admin/relations/delete_confirmation.html"
    object_history_template = "admin/relations/object_history.html"

    # What the user sees

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return what the user may see, with the rows that a line of it names."""
        rows: Any = super().get_queryset(request)
        if hasattr(rows, "visible_to"):
            rows = rows.visible_to(request.user)
        related = self.list_select_related
        return rows.select_related(*related) if isinstance(related, (list, tuple)) and related else rows

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Search; for a chooser among the rows of the form's desk."""
        match = request.resolver_match
        if match is not None and match.url_name == "autocomplete":
            queryset = self.offered(request, queryset)
        return super().get_search_results(request, queryset, search_term)

    def offered(self, request: HttpRequest, rows: Any) -> Any:
        """Return what a chooser offers."""
        desk = request.GET.get("desk", "")
        has_desk = any(field.name == "relationship" for field in self.model._meta.fields)
        return rows.filter(relationship=int(desk)) if has_desk and is_key(desk) else rows

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """Return the page's own address."""
        return obj.get_absolute_url() if obj is not None and hasattr(obj, "get_absolute_url") else None

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Say whether the index shows it."""
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no: what can be cited is kept."""
        return False

    def has_history_permission(self, request: HttpRequest, obj: Any) -> bool:
        """Say whether the user may read the earlier versions of a row that she sees."""
        return self.has_view_permission(request, obj)

    def may_choose(self, request: HttpRequest) -> bool:
        """Say whether the user may choose among its rows in a form."""
        return self.has_view_permission(request)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        raise Http404

    def get_urls(self) -> list[Any]:
        """Return its addresses, without the old one that leads on to any key's page."""
        return [url for url in super().get_urls() if url.name]

    # Lists

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow what the list's own filters ask, no more: a look-up of one's own making is a question to all fields."""
        field = lookup.partition("__")[0]
        if all(each.name != field for each in self.opts.get_fields()):
            return True  # an unknown word: the list is shown without it
        filters = self.get_list_filter(request) if request is not None else self.list_filter
        names = [each[0] if isinstance(each, (list, tuple)) else each for each in filters]
        return any(lookup in {name, *(f"{name}__{how}" for how in _FILTERED_BY)} for name in names)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Show the list. A look-up that the database cannot read leads to the list without it."""
        if request.method == "POST":
            data = request.POST.copy()
            data.setlist("_selected_action", [key for key in data.getlist("_selected_action") if is_key(key)])
            cast("Any", request).POST = data
        extra = {"title": capfirst(str(self.opts.verbose_name_plural)), **(extra_context or {})}
        try:
            return super().changelist_view(request, extra)
        except (DataError, OverflowError, ValueError):
            return HttpResponseRedirect(f"{request.path}?e=1")

    def action_checkbox(self, obj: Any) -> SafeString:
        """Return the box that chooses a row, as Django draws it, without a widget and its template for each."""
        label = format_html(_now("Select this object for an action - {}"), str(obj))
        return format_html(_BOX, ACTION_CHECKBOX_NAME, obj.pk, label)

    # Saving

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form, which knows its request and so its desk."""
        cast("Any", request)._form_desk = self.desk_of(request, obj)
        form = super().get_form(request, obj, change=change, **kwargs)
        form.request = request  # type: ignore[attr-defined]
        return form

    def desk_of(self, request: HttpRequest, obj: Any) -> int | None:
        """Return the relationship that a form is about; None where it is about none or is not known yet."""
        return None

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return what the address fills in; a key that cannot be one is left out."""
        initial = {}
        for name, value in super().get_changeform_initial_data(request).items():
            field = next((each for each in self.model._meta.fields if each.name == name), None)
            if field is not None and (not field.is_relation or is_key(value)):
                initial[name] = value
        return initial

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """Show or store. What an action refuses is shown at its field, with all that was typed kept."""
        asked: Any = request
        if request.method == "POST" and object_id is not None:
            take_theirs(self, request, self.get_object(request, unquote(object_id)))
        try:
            response = super().changeform_view(request, object_id, form_url, extra_context)
        except (Refused, NotAllowed) as refused:
            asked.refused = refused
            opened = keep_typed(request, refused.current) if isinstance(refused, Stale) else 0
            response = super().changeform_view(request, object_id, form_url, extra_context)
            response.status_code = 409 if isinstance(refused, Stale) else 422
            if isinstance(refused, Stale):
                show_conflict(self, request, cast("Any", response).context_data, refused.current, opened)
            return response
        if isinstance(response, TemplateResponse) and cast("Any", response).context_data.get("errors"):
            response.status_code = 422
        return response

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Leave it to `save_related`, which hands the whole to an action."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Hand what was typed to the action."""
        self.store(request, form.instance, form, formsets, change=change)

    def store(self, request: HttpRequest, obj: Any, form: Any, formsets: Any, *, change: bool) -> None:
        """Store `obj` and its parts through an action."""
        raise NotImplementedError

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Say nothing: the database writes the history (R6)."""
        return []

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Log nothing: the database writes the history, and the admin's own log would outlive a membership."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Log nothing; see `log_addition`."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Log nothing; see `log_addition`."""

    # Deleting

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what a deletion takes along and what forbids it: of the latter what the user may see."""
        protected: list[Any] = []
        for obj in objs:
            collector = admin.utils.NestedObjects(using="default")
            try:
                collector.collect([obj])
                protected += collector.protected
            except ProtectedError as error:
                protected += error.protected_objects
        shown = sorted({str(row) for row in protected if self._is_shown(request, row)})[:20]
        if protected and not shown:
            shown = [_now("This is cited, so it stays.")]
        return [str(obj) for obj in objs], {self.opts.verbose_name_plural: len(objs)}, set(), shown

    def _is_shown(self, request: HttpRequest, row: Any) -> bool:
        if not self.admin_site.is_registered(type(row)):
            return False
        its_admin: Any = self.admin_site.get_model_admin(type(row))
        return its_admin.get_queryset(request).filter(pk=row.pk).exists()

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Remove a row; what a rule refuses is said."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except (Refused, NotAllowed) as refused:
            self.message_user(request, str(refused), "ERROR")
            return HttpResponseRedirect(request.path.removesuffix("delete/") + "change/")

    # History

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show what happened to the row, as the database wrote it."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None or not self.has_history_permission(request, obj):
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": _now("History"),
            "subtitle": str(obj),
            "page": history_page(obj, request.GET.get("page", "")),
            "object": obj,
            "opts": self.opts,
            "module_name": self.opts.verbose_name_plural,
        }
        return TemplateResponse(request, self.object_history_template, context)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Add the tools of this row and whether its history may be read."""
        obj = kwargs.get("obj")
        if obj is not None:
            context["has_history"] = self.has_history_permission(request, obj)
            context["tools"] = self.tools(request, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def tools(self, request: HttpRequest, obj: Any) -> list[tuple[str, str]]:
        """Return the links beside the page's title: address and label."""
        return []


class ViewOnly(BaseAdmin):
    """An admin of what is written elsewhere: it can be looked at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no."""
        return False


class DeskAdmin(BaseAdmin):
    """An admin of what belongs to a desk."""

    write_verb = Verb.WRITE
    form: Any = RevisionForm

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns; the desk only to those who are at several."""
        columns = super().get_list_display(request)
        if len(standing(request).memberships) > 1:
            return columns
        return [name for name in columns if name != "relationship"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the user is at a desk; which rows she sees there, the query says."""
        return standing(request).may(Verb.READ, obj.relationship_id if obj is not None else None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say whether she may write at some desk."""
        return standing(request).may(self.write_verb)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether she may write at the row's desk."""
        return standing(request).may(self.write_verb, obj.relationship_id if obj is not None else None)

    def has_history_permission(self, request: HttpRequest, obj: Any) -> bool:
        """Say whether she may see drafts there, which a history holds."""
        return standing(request).may(Verb.WRITE, obj.relationship_id)

    def desk_of(self, request: HttpRequest, obj: Any) -> int | None:
        """Return the row's desk; of a new one the desk chosen, or the only one that the user may write at."""
        if obj is not None:
            return obj.relationship_id
        mine = standing(request).desks(self.write_verb)
        chosen = request.POST.get("relationship") or request.GET.get("relationship") or ""
        if is_key(chosen) and int(chosen) in mine:
            return int(chosen)
        return mine[0] if len(mine) == 1 else None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Fix the desk of what is stored."""
        fixed = super().get_readonly_fields(request, obj)
        return (*fixed, "relationship") if obj is not None else fixed

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill in the desk where it can be but one."""
        return {"relationship": self.desk_of(request, None), **super().get_changeform_initial_data(request)}

    def choices_for(self, db_field: Any, request: HttpRequest) -> Any:
        """Return the rows that a foreign key may take; of desks those where the user may write."""
        if db_field.name == "relationship":
            return writing_desks(request, self.write_verb)
        return super().choices_for(db_field, request)


class DeskViewOnly(ViewOnly, DeskAdmin):
    """An admin of parts and reviews, which their whole's page writes."""

    form: Any = Form


class ReferenceAdmin(BaseAdmin):
    """An admin of what all desks share: analysts add, reviewers and leads mend (R7)."""

    form: Any = OpenedForm

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say yes: every signed-in user sees it."""
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say whether the user may add to it."""
        return standing(request).may(Verb.ADD_REFERENCE)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the user may mend it."""
        return standing(request).may(Verb.MEND_REFERENCE)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the user may mend it; what is cited is refused."""
        return self.has_change_permission(request, obj)

    def store(self, request: HttpRequest, obj: Any, form: Any, formsets: Any, *, change: bool) -> None:
        """Store the row, and add the new parts; a stored one is mended at its own page."""
        if not change or form.has_changed():
            save_reference(actor=request.user, row=obj, revision=form.cleaned_data["revision"])
        for formset in formsets:
            for part in formset.save(commit=False):
                save_reference(actor=request.user, row=part)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Remove the row."""
        remove_reference(actor=request.user, row=obj)


class GovernedAdmin(BaseAdmin):
    """An admin that is the superuser's."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say whether the user is a superuser."""
        return standing(request).is_superuser

    has_change_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say whether the user is a superuser."""
        return standing(request).is_superuser
