"""What the lists share: saved views, the default view, chosen columns."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse

from relations.access import Desk, Verb
from relations.filters.facets import Dimension
from relations.filters.lists import DeskList, Kept, kept_in
from relations.forms.saved_views import OverwriteForm, SaveViewForm
from relations.models import DefaultView, SavedView
from relations.views.responses import wants_partial


@dataclass(frozen=True)
class ViewLink:
    """A saved view beside its list."""

    view: SavedView
    address: str
    is_default: bool
    is_current: bool


@dataclass(frozen=True)
class Column:
    """A column one may choose."""

    key: str
    label: str
    is_shown: bool
    stays: bool


@dataclass(frozen=True)
class Listing:
    """A list as it is shown: its views, its columns, and what a view of it would keep."""

    kept: Kept
    views: list[ViewLink]
    columns: list[Column]
    is_filtered: bool
    form: SaveViewForm
    overwrite: OverwriteForm | None  # where one has a view of this list to put it in place of
    export: str  # the address that exports it so
    instead: str  # where the list, opened with no query at all, shows the user's default view

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The filters and the order of the address, as a form that keeps them sends them."""
        return parse_qsl(self.kept.query)

    @cached_property  # each row asks for it
    def shown(self) -> set[str]:
        """The columns to show."""
        return {column.key for column in self.columns if column.is_shown}

    @property
    def default(self) -> ViewLink | None:
        """The view that the list opens with, if any."""
        return next((link for link in self.views if link.is_default), None)


def listing(request: HttpRequest, here: Desk, desk_list: DeskList) -> Listing:
    """Return how this request asks for the list; one query."""
    kept = desk_list.kept(request.GET)
    opens = DefaultView.objects.filter(user=request.user, view=OuterRef("pk"))
    views = SavedView.objects.visible_to(request.user).at(here.relationship).filter(page=desk_list.page)
    links = [
        ViewLink(view, view.get_absolute_url(), view.is_default, kept_in(view) == kept)
        for view in views.select_related("relationship").annotate(is_default=Exists(opens)).order_by("name", "pk")
    ]
    seen = {"page": desk_list.page, "address": kept.asking}
    own = [link.view for link in links if link.view.owner_id == request.user.pk]
    parties = {"first": here.relationship.first_party.label, "second": here.relationship.second_party.label}
    shown = kept.columns or desk_list.usual
    opened_bare = request.method in ("GET", "HEAD") and not request.GET and not wants_partial(request)
    return Listing(
        kept=kept,
        views=links,
        columns=[
            Column(key, str(label) % parties, key in shown, key == desk_list.first)
            for key, label in desk_list.columns.items()
        ],
        is_filtered=desk_list.is_filtered(request.GET),
        form=SaveViewForm(initial=seen, pages=[desk_list.page], may_share=here.may(Verb.WRITE), auto_id="view-%s"),
        export=_with_query(reverse(desk_list.export_name, args=[here.relationship.slug]), kept.query),
        overwrite=OverwriteForm(initial=seen, views=own, auto_id="overwrite-%s") if own else None,
        instead=next((link.address for link in links if link.is_default), "") if opened_bare else "",
    )


def _with_query(url: str, query: str) -> str:
    return f"{url}?{query}" if query else url


def sort_heads(request: HttpRequest, sorts: Iterable[str], sort: str) -> dict[str, dict[str, str]]:
    """Return for each sortable column the address that sorts by it (or turns its order) and its state for ARIA."""
    heads = {}
    for name in sorts:
        query = request.GET.copy()
        query["sort"] = f"-{name}" if sort == name else name
        state = {name: "ascending", f"-{name}": "descending"}.get(sort, "none")
        heads[name] = {"url": f"?{query.urlencode()}", "state": state}
    return heads


def facet_opened(request: HttpRequest, dimensions: Iterable[Dimension]) -> str:
    """Return the facet whose choices alone htmx asks for, as its heading was opened; empty where it asks for none."""
    htmx: Any = getattr(request, "htmx", None)
    target = (htmx.target or "") if wants_partial(request) else ""
    return next((each.name for each in dimensions if target == f"facet-{each.name}"), "")
