"""What the statements of a desk are told apart by."""

from collections.abc import Callable
from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat, NullIf

from relations.choices import Act, Basis, Credibility, Marking, ReviewState, SourceState, StatementKind
from relations.filters.facets import Dimension, column, known, language
from relations.filters.statements import RELIABILITIES, UNRATED, StatementFilter
from relations.models import Issue, Meeting, Organisation, Party, Person, Post, Publisher, ReliabilityRating, Statement
from relations.reports.facets import Facet

Making = Callable[[StatementFilter, str], Facet]


def _row(path: str, named: Callable[[StatementFilter], QuerySet[Any]]) -> Making:
    return lambda asked, name: Facet(name, F(path), named=named(asked))


def _bearing(path: str, named: Callable[[StatementFilter], QuerySet[Any]] | None = None) -> Making:
    def facet(asked: StatementFilter, name: str) -> Facet:
        pairs = asked.bearings(but=name).values_list("statement", path)
        return Facet(name, through=pairs, named=named(asked) if named else None)

    return facet


def _called(rows: QuerySet[Any], called: str, label: Any) -> QuerySet[Any]:
    return rows.annotate(called=F(called), label=label if hasattr(label, "resolve_expression") else F(label))


def _people(_asked: StatementFilter) -> QuerySet[Any]:
    """Return people, each called as the entry that theirs was joined to."""
    kept = ("merged_into__merged_into", "merged_into")
    return Person.objects.annotate(
        called=Coalesce(*(f"{path}__ref" for path in kept), "ref"),
        label=Coalesce(*(f"{path}__name" for path in kept), "name"),
    )


_PARTY = Coalesce(NullIf("short_name", Value("")), "name")


def _posts(_asked: StatementFilter) -> QuerySet[Any]:
    party = Coalesce(NullIf("party__short_name", Value("")), "party__name")
    return _called(Post.objects.all(), "ref", Concat("name", Value(", "), party, output_field=CharField()))


def _issues(asked: StatementFilter) -> QuerySet[Any]:
    return _called(Issue.objects.at(asked.relationship).known(asked.at), "slug", "title")


def _meetings(asked: StatementFilter) -> QuerySet[Any]:
    known = Meeting.objects.at(asked.relationship)
    return _called(known.filter(known.known_condition(asked.at)), "ref", "title")


def _reliability(asked: StatementFilter, name: str) -> Facet:
    ratings = ReliabilityRating.objects.at(asked.relationship).filter(publisher=OuterRef("document__publisher"))
    return Facet(name, Coalesce(Subquery(ratings.values("reliability")[:1]), Value(UNRATED)))


def _state(asked: StatementFilter, name: str) -> Facet:
    return Facet(name, Statement.objects.all().review_states(asked.at).value)


def _passage(asked: StatementFilter, name: str) -> Facet:
    return Facet(name, Statement.objects.all().source_states(asked.relationship, asked.at).value)


DIMENSIONS = (
    Dimension("state", _state, known(ReviewState.choices), is_usual=True),
    Dimension(
        "party", _row("on_behalf_of", lambda _asked: _called(Party.objects.all(), "code", _PARTY)), is_usual=True
    ),
    Dimension("kind", column("kind"), known(StatementKind.choices), is_usual=True),
    Dimension("person", _row("speaker_person", _people), is_usual=True),
    Dimension("issue", _bearing("issue", _issues)),
    Dimension("act", _bearing("act"), known(Act.choices)),
    Dimension("post", _row("mandate__post", _posts)),
    Dimension("body", _row("speaker_organisation", lambda _asked: _called(Organisation.objects.all(), "ref", "name"))),
    Dimension("publisher", _row("document__publisher", lambda _asked: _called(Publisher.objects.all(), "ref", "name"))),
    Dimension("reliability", _reliability, known(RELIABILITIES)),
    Dimension("language", column("document__language"), label_of=language),
    Dimension("meeting", _row("meeting", _meetings)),
    Dimension("basis", column("basis"), known(Basis.choices)),
    Dimension("credibility", column("credibility"), known(Credibility.choices)),
    Dimension("marking", column("marking"), known(Marking.choices)),
    Dimension("passage", _passage, known(SourceState.choices)),
)
