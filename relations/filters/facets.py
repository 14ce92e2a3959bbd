"""A list's filters as people choose them: each choice with its number, what is chosen, and how to take it back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.formats import date_format, localize
from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext

from relations.reports import paging
from relations.reports.facets import Asked, Facet, Tally, tally

FIRST = 8  # choices of a facet that are seen at once
OPEN = "open"  # names, in an address, the facets that are counted besides the usual and the chosen ones


@dataclass(frozen=True)
class Dimension:
    """A filter of which one chooses: what its values are, of a filter set (`facet`), and what they are called."""

    name: str
    facet: Callable[[Any, str], Facet]
    labels: Callable[[Any], Mapping[str, Any]] | None = None  # of a few known choices, in their order
    label_of: Callable[[str], Any] | None = None  # of a value that is not a row's
    is_usual: bool = False  # counted wherever the list is shown: its column stands in the list's index


@dataclass(frozen=True)
class Choice:
    """One choice."""

    value: str
    label: str | Promise
    number: int | None  # None where it was not asked for
    is_capped: bool  # not all rows were counted: there are that many at least
    is_chosen: bool

    @property
    def counted(self) -> str:
        """How many rows the choice leaves, as it is shown."""
        if self.number is None:
            return ""
        return f"{self.number:,}+" if self.is_capped else f"{self.number:,}"


@dataclass(frozen=True)
class Group:
    """A facet as it is shown; `choices` is None where nobody asked for them yet, and `address` then asks.

    Where it has an address all the same, the choices are those chosen, and the others were not asked for.
    """

    name: str
    label: str
    choices: list[Choice] | None
    address: str = ""
    asked_for: bool = False

    @property
    def first(self) -> list[Choice]:
        """The choices that are seen at once, all that are chosen among them."""
        shown = self.choices or []
        return [choice for at, choice in enumerate(shown) if at < FIRST or choice.is_chosen]

    @property
    def rest(self) -> list[Choice]:
        """The other choices."""
        return [choice for choice in (self.choices or [])[FIRST:] if not choice.is_chosen]


@dataclass(frozen=True)
class Chip:
    """Something that is asked for, and the address of the list without it."""

    label: str
    value: str | Promise
    address: str
    is_unknown: bool = False


@dataclass(frozen=True)
class Facets:
    """How many rows fit, the facets with their choices, and what is asked for."""

    number: int
    groups: list[Group]
    chips: list[Chip]
    errors: list[str] = field(default_factory=list)

    @property
    def counted(self) -> str:
        """How many rows fit, as it is shown."""
        return paging.counted(self.number)

    @property
    def is_capped(self) -> bool:
        """Whether there are more than are counted."""
        return self.number > paging.COUNT_CAP


def facets(
    filter_set: Any, rows: QuerySet[Any], dimensions: Sequence[Dimension], address: QueryDict, *, only: str = ""
) -> Facets:
    """Return the facets of a list: `rows`, newest first and lightly fetched, under `filter_set`; one query.

    Counted are the usual facets and those that the address opens; of `only` one, that. Of the others what is chosen is
    told: to count what else could be takes other tables' rows, thousands of them.
    """
    asked_for = {only} if only else set(address.getlist(OPEN))
    errors = filter_set.errors  # reads the address
    typed: dict[str, Any] = filter_set.form.cleaned_data
    chosen = {each.name: tuple(typed.get(each.name) or ()) for each in dimensions}
    opened = [each for each in dimensions if each.name in asked_for or (not only and each.is_usual)]
    made = {
        each.name: replace(each.facet(filter_set, each.name), chosen=chosen[each.name])
        for each in dimensions
        if each in opened or chosen[each.name]
    }
    fitting = filter_set.newest(rows)
    together = Asked(fitting, [made[each.name] for each in opened if not chosen[each.name]])
    apart = [Asked(filter_set.newest(rows, but=each.name), [made[each.name]]) for each in opened if chosen[each.name]]
    told = tally(
        [together, *apart], [facet for name, facet in made.items() if name not in {each.name for each in opened}]
    )
    groups = []
    chips = []
    for each in dimensions:
        label = str(filter_set.filters[each.name].label)
        address_of_all = "" if each in opened else _opening(address, each.name)
        if address_of_all and not chosen[each.name]:
            groups.append(Group(each.name, label, None, address_of_all))
            continue
        choices = _choices(each, filter_set, told, chosen[each.name], is_counted=each in opened)
        known = {choice.value: choice.label for choice in choices}
        groups.append(Group(each.name, label, choices, address_of_all, each.name in asked_for))
        chips += [
            Chip(label, known.get(value, value), _without(address, each.name, value), value not in known)
            for value in chosen[each.name]
        ]
    named = {each.name for each in dimensions}
    chips += [
        Chip(str(filter_set.filters[name].label), _written(value), _without(address, name))
        for name, value in typed.items()
        if name not in named and value not in (None, "", [])
    ]
    return Facets(told.number, groups, chips, [message for name in errors if name in named for message in errors[name]])


def _choices(
    each: Dimension, filter_set: Any, tally: Tally, chosen: tuple[str, ...], *, is_counted: bool
) -> list[Choice]:
    """Return the choices that leave something, and those that are chosen whatever they leave."""
    told = tally.facets[each.name]
    numbers = {value: number for value, _label, number in told.values}
    labels: Mapping[str, Any]
    if each.labels is not None:
        labels = each.labels(filter_set)
    elif each.label_of is not None:
        named = sorted({*numbers, *chosen}, key=lambda value: -numbers.get(value, 0))
        labels = {value: each.label_of(value) for value in named}
    else:
        labels = {value: label for value, label, _number in told.values}

    def choice(value: str, label: Any) -> Choice:
        if chosen == (value,):  # what it leaves is the list itself
            return Choice(value, label, min(tally.number, paging.COUNT_CAP), tally.is_capped, is_chosen=True)
        number = numbers.get(value, 0) if is_counted else None
        return Choice(value, label, number, told.is_capped, value in chosen)

    return [choice(value, label) for value, label in labels.items() if numbers.get(value) or value in chosen]


def _written(value: Any) -> str:
    return date_format(value, "j M Y") if hasattr(value, "year") else str(localize(value))


def _asking(query: QueryDict) -> str:
    query.pop("page", None)
    return f"?{query.urlencode()}" if query else "?all=1"


def _without(address: QueryDict, name: str, value: str = "") -> str:
    query = address.copy()
    kept = [each for each in query.getlist(name) if value and each != value]
    query.setlist(name, kept)
    if not kept:
        query.pop(name, None)
    return _asking(query)


def _opening(address: QueryDict, name: str) -> str:
    query = address.copy()
    query.appendlist(OPEN, name)
    return _asking(query)


def column(path: str) -> Callable[[Any, str], Facet]:
    """Return what makes the facet of a column."""
    return lambda _asked, name: Facet(name, F(path))


def known(choices: Iterable[tuple[Any, Any]]) -> Callable[[Any], Mapping[str, Any]]:
    """Return what tells the labels of a few known choices."""
    labels = {str(value): label for value, label in choices}
    return lambda _asked: labels


def language(code: str) -> str:
    """Return what a language is called; its code where nobody knows."""
    try:
        return gettext(get_language_info(code)["name"])
    except KeyError:
        return code
