"""The orders that a list can be shown in: each by the fields that its pages are walked by, none of them empty."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from relations.reports import paging


def nothing(_filter_set: Any) -> dict[str, Any]:
    """Add nothing: the fields are columns."""
    return {}


@dataclass(frozen=True)
class Order:
    """An order: what it is called, the fields it goes by, and what the query adds for them.

    One that no index holds (`is_sorted`) reads every row that fits, so it is had up to the cap alone.
    """

    label: str | Promise
    fields: tuple[str, ...]
    adds: Callable[[Any], Mapping[str, Any]] = nothing
    is_sorted: bool = False

    def of(self, rows: QuerySet[Any], filter_set: Any) -> QuerySet[Any]:
        """Return the rows with what the fields need."""
        return rows.annotate(**self.adds(filter_set))

    def sorted(self, filter_set: Any) -> QuerySet[Any]:
        """Return all rows that fit, in this order: for a file, which is read to its end whatever holds the order."""
        last = "-pk" if self.fields[-1].startswith("-") else "pk"
        return self.of(filter_set.qs, filter_set).order_by(*self.fields, last)


@dataclass(frozen=True)
class Ordered:
    """The order that a list is shown in, by its name (empty: the usual one), and why it is not the one asked for."""

    name: str
    order: Order
    refusal: str = ""


def ordered(orders: Mapping[str, Order], asked: str, number: int) -> Ordered:
    """Return the order asked for, of `number` rows; the usual one, which is the first, where it cannot be had."""
    usual, first = next(iter(orders.items()))
    order = orders.get(asked)
    if order is None or asked == usual:
        refusal = "" if order or not asked else _("This list has no order of this name, so it is in its usual order.")
        return Ordered("", first, refusal)
    if order.is_sorted and number > paging.COUNT_CAP:
        refusal = _("“%(order)s” is possible up to %(most)s rows. Set a filter, so that fewer fit.")
        return Ordered("", first, refusal % {"order": order.label, "most": f"{paging.COUNT_CAP:,}"})
    return Ordered(asked, order)
