"""What a type-ahead offers: rows found by a few letters of their name, diacritics and case ignored."""

import contextlib
import functools
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from relations.models import (
    Bearing,
    Document,
    Issue,
    Mandate,
    Meeting,
    Organisation,
    Party,
    Person,
    Post,
    Publisher,
    Relationship,
    Statement,
)

MOST = 20
WORDS_LIMIT = 200


@dataclass(frozen=True)
class Option:
    """One row to choose: its key, its name, and what tells it from others of that name."""

    value: int
    label: str
    detail: str


@dataclass(frozen=True)
class Kind:
    """A kind of row that one chooses by typing.

    Rows of a kind `of_desk` are a desk's own and shown to its members alone; the others are what all desks share.
    """

    name: str
    model: Any
    called: Any  # as the list of findings is called
    fields: tuple[str, ...]
    order: tuple[str, ...]
    along: Callable[[QuerySet], QuerySet]
    detail: Callable[[Any], str]
    of_desk: bool = False
    condition: Q = field(default_factory=Q)
    narrowed: Callable[[QuerySet, Any], QuerySet] = field(default=lambda rows, _asked: rows)  # as an address asks

    def rows(self, user: Any, desk: Relationship | None = None) -> QuerySet:
        """Return the rows that `user` may choose among, at `desk` where they are a desk's own."""
        rows = self.model._default_manager.filter(self.condition)
        if not self.of_desk:
            return rows if user.is_authenticated and user.is_active else rows.none()
        return rows.visible_to(user).at(desk) if desk else rows.none()

    def among(self, rows: QuerySet, words: str) -> QuerySet:
        """Return those of `rows` whose name holds every one of these words, best first: a name that begins so."""
        words = words[:WORDS_LIMIT]
        found = rows
        for word in words.split():
            found = found.filter(
                functools.reduce(operator.or_, (Q(**{f"{name}__unaccent__icontains": word}) for name in self.fields))
            )
        begins = functools.reduce(
            operator.or_, (Q(**{f"{name}__unaccent__istartswith": words.strip()}) for name in self.fields)
        )
        rank = Case(When(begins, then=Value(0)), default=Value(1), output_field=IntegerField())
        return found.order_by(rank, *self.order) if words.strip() else found.order_by(*self.order)

    def is_called(self, row: Any, words: str) -> bool:
        """Say whether these words are the whole of a name of `row`: a party's short name, its long one, its code."""
        names = {str(row), *(str(getattr(row, name)) for name in self.fields)}
        return words.casefold() in {name.casefold() for name in names}

    def option(self, row: Any) -> Option:
        """Return `row` as it is offered."""
        return Option(row.pk, str(row), self.detail(row))


def _latest_office(person: Any) -> str:
    mandate = next(iter(person.mandates.all()), None)
    return f"{mandate.post}, {mandate.post.party}" if mandate else ""


def _on_issue(statements: Any, asked: Any) -> QuerySet:
    """Return what stands, on the issue that is asked for, from the day that is asked for on."""
    rows = statements.standing()
    if issue := asked.get("issue"):
        rows = rows.filter(pk__in=Bearing.objects.filter(issue__slug=issue).values("statement"))
    with contextlib.suppress(ValueError):
        day = parse_date(asked.get("since", ""))
        rows = rows.filter(latest__gte=day) if day else rows
    return rows


def _with_people(statements: Any) -> QuerySet:
    return statements.with_people()


def _days(mandate: Mandate) -> str:
    return f"{mandate.covers_from:%Y}–{mandate.covers_until:%Y}"


_OFFICES = Prefetch("mandates", Mandate.objects.select_related("post__party").order_by("-covers_until", "-pk"))

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "person", Person, _("People"), ("name",), ("sort_key", "pk"),
            lambda rows: rows.prefetch_related(_OFFICES), _latest_office, condition=Q(merged_into=None),
        ),
        Kind(
            "organisation", Organisation, _("Organisations"), ("name",), ("sort_key", "pk"),
            lambda rows: rows.select_related("party"), lambda row: str(row.party or ""),
        ),
        Kind(
            "party", Party, _("Parties"), ("name", "short_name", "code"), ("name", "pk"),
            lambda rows: rows, lambda row: row.code,
        ),
        Kind(
            "post", Post, _("Offices"), ("name",), ("sort_key", "pk"),
            lambda rows: rows.select_related("party"), lambda row: str(row.party),
        ),
        Kind(
            "issue", Issue, _("Issues"), ("title",), ("title", "pk"),
            lambda rows: rows, lambda row: row.get_impact_display(), of_desk=True,
        ),
        Kind(
            "meeting", Meeting, _("Meetings"), ("title", "place"), ("-earliest", "-pk"),
            lambda rows: rows, lambda row: row.when, of_desk=True,
        ),
        Kind(
            "publisher", Publisher, _("Publishers"), ("name",), ("sort_key", "pk"),
            lambda rows: rows.select_related("party"), lambda row: str(row.party or ""),
        ),
        Kind(
            "mandate", Mandate, _("Offices held"), ("person__name", "post__name"),
            ("person__sort_key", "-covers_until", "pk"),
            lambda rows: rows.select_related("person", "post"), _days,
        ),
        Kind(
            "document", Document, _("Documents"), ("title",), ("-date_published", "-pk"),
            lambda rows: rows.select_related("publisher"),
            lambda row: f"{row.publisher}, {date_format(row.date_published, 'j M Y')}", of_desk=True,
        ),
        Kind(
            "statement", Statement, _("Statements"), ("text", "speaker_person__name"), ("-latest", "-pk"),
            _with_people, lambda row: f"{row.speaker}, {row.when}", of_desk=True, narrowed=_on_issue,
        ),
    )
}  # fmt: skip


def offered(kind: Kind, rows: QuerySet, words: str) -> tuple[list[Option], bool]:
    """Return the first `MOST` of `rows` that `words` find, and whether there are more; two queries at most."""
    found = list(kind.along(kind.among(rows, words))[: MOST + 1])
    return [kind.option(row) for row in found[:MOST]], len(found) > MOST
