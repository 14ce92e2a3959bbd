"""The search: what a user's desks hold that fits what she typed, by noun, with the words marked (R7).

All is bounded: counts stop at `COUNT_CAP`, relevance is told of the newest `RANKED`, words are marked in the rows that
are shown alone, and each query has a time limit. Where more than the cap fits, the newest are found along the day's
index; where fewer, among the hits of the words' index: left to itself the planner walks days for a rare word.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from django.contrib.postgres.search import SearchHeadline, SearchRank
from django.db import OperationalError, connections, router, transaction
from django.db.models import DateField, ExpressionWrapper, F, IntegerField, QuerySet, TextChoices, Value
from django.db.models.functions import Cast, Left
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relations.models import SearchEntry
from relations.models.moments import NOW, AnyMoment
from relations.models.search import ENGLISH, TURKISH, Searchable, SearchKind
from relations.reports.paging import COUNT_CAP, KeyPage, capped_count, counted, key_page
from relations.reports.search_language import Asked, Unreadable
from relations.reports.search_terms import Lexemes, Terms, terms_of
from relations.reports.snippets import START, STOP, Piece, pieces_of
from relations.reports.spelling import suggested

RANKED = 500  # of more, two common words of a desk with a third of a million statements took two seconds to find 2,000
EACH = 5  # of each noun, where all are shown
PAGE = 20
_MARKED_PART = 20_000  # characters of a text in which words are marked
_ALONG = {
    SearchKind.STATEMENT: (
        "speaker_person", "speaker_organisation", "relayer_person", "relayer_organisation", "mandate__post",
        "on_behalf_of", "document__publisher",
    ),
    SearchKind.ISSUE: (),
    SearchKind.DOCUMENT: ("publisher",),
    SearchKind.PERSON: (),
    SearchKind.MEETING: (),
    SearchKind.NOTE: ("issue", "author"),
}  # fmt: skip


class SearchOrder(TextChoices):
    """How what was found is ordered."""

    RELEVANCE = "relevance", gettext_lazy("Best first")
    DATE = "date", gettext_lazy("Newest first")


@dataclass(frozen=True)
class Finding:
    """One row that was found, its title and a piece of its text with the words marked."""

    kind: SearchKind
    subject: Any
    title: list[Piece]
    snippet: list[Piece]


@dataclass(frozen=True)
class Group:
    """What was found of one noun: how many, at most one more than the cap, and those shown."""

    kind: SearchKind
    count: int
    findings: list[Finding]

    @property
    def counted(self) -> str:
        """How many there are, as it is shown."""
        return counted(self.count)

    @property
    def has_more(self) -> bool:
        """Whether there are more than are shown."""
        return self.count > len(self.findings)


@dataclass(frozen=True)
class Results:
    """What a search found; of one noun with the page's neighbours. `suggestion` where nothing was found."""

    groups: list[Group]
    page: KeyPage[SearchEntry] | None = None
    suggestion: str = ""
    is_ranked: bool = False

    @property
    def is_partly_ranked(self) -> bool:
        """Whether more was found than is ranked."""
        return self.is_ranked and any(group.count > RANKED for group in self.groups)


@contextmanager
def _bounded() -> Iterator[None]:
    """Run a search's queries in one transaction, whose time limit ends with it; raises `Unreadable` past the limit."""
    try:
        with transaction.atomic(using=router.db_for_read(SearchEntry), savepoint=False):
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise Unreadable(
                _("This search takes too long. Add a word, or a day as in since:2025-03, to narrow it.")
            ) from error
        raise


def search(
    user: Any,
    typed: str,
    asked: Asked,
    *,
    order: SearchOrder,
    kind: SearchKind | None = None,
    cursor: str = "",
    at: AnyMoment = NOW,
) -> Results:
    """Return what `user` may see that fits; of each noun the first few, of one (`kind`) the page that `cursor` names.

    As of a past moment other words are suggested to nobody: they may be those of what came later.
    Raises `Unreadable` where the words say too little or the answer takes too long. Five queries at most.
    """
    with _bounded():
        terms = terms_of(user, asked)
        results = Results([]) if terms.is_vain else _results(user, terms, order, kind, cursor, at)
        suggestion = "" if terms.is_vain or results.groups or at.is_past else suggested(user, typed, asked)
    if terms.is_vain:
        raise Unreadable(_("These words are in almost every text. Add one that is not."))
    return replace(results, suggestion=suggestion)


def found(
    user: Any, asked: Asked, kind: SearchKind, at: AnyMoment = NOW, *, by_speaker: bool = False
) -> QuerySet[SearchEntry]:
    """Return all of one noun that `user` may see and that fits, newest first; where `by_speaker` says so, also by the
    names of speakers. Raises `Unreadable` for stop-words alone."""
    terms = terms_of(user, asked, by_speaker=by_speaker)
    if terms.is_vain:
        raise Unreadable(_("These words are in almost every text. Add one that is not."))
    return _fitting(user, terms, kind, at).order_by("-day", "-pk")


def _results(
    user: Any, terms: Terms, order: SearchOrder, kind: SearchKind | None, cursor: str, at: AnyMoment
) -> Results:
    order = order if terms.words else SearchOrder.DATE
    return _page(user, terms, order, kind, cursor, at) if kind else _first_few(user, terms, order, at)


def _fitting(user: Any, terms: Terms, kind: SearchKind, at: AnyMoment) -> QuerySet[SearchEntry]:
    entries = _of_these_days(user, terms, at).filter(kind=kind)
    return entries.filter(vector=Lexemes(terms.everything)) if terms.everything else entries


def _of_these_days(user: Any, terms: Terms, at: AnyMoment) -> QuerySet[SearchEntry]:
    """Return what `user` may see between the days that are asked for, whatever its words."""
    entries = SearchEntry.objects.visible_to(user, at)
    if terms.since:
        entries = entries.filter(latest__gte=terms.since)
    if terms.until:
        entries = entries.filter(earliest__lte=terms.until)
    return entries


def _rank(terms: Terms) -> Cast:
    """Return how well an entry fits, as a whole number, which a cursor keeps exactly."""
    return Cast(SearchRank(F("vector"), Lexemes(terms.words)) * Value(1_000_000), IntegerField())


def _newest(fitting: QuerySet[SearchEntry], count: int) -> tuple[QuerySet[SearchEntry], str]:
    """Return the entries with the field that orders them by day: the column itself, whose index is then walked, only
    where more fit than the cap."""
    if count > COUNT_CAP:
        return fitting, "day"
    return fitting.annotate(at=ExpressionWrapper(F("day") + Value(0), DateField())), "at"


def _page(user: Any, terms: Terms, order: SearchOrder, kind: SearchKind, cursor: str, at: AnyMoment) -> Results:
    fitting = _fitting(user, terms, kind, at)
    count = capped_count(fitting)
    if not count:
        return Results([])
    rows, day = _newest(fitting, count)
    by = f"-{day}"
    if order == SearchOrder.RELEVANCE:
        if count > RANKED:
            rows = SearchEntry.objects.filter(pk__in=rows.order_by(by, "-pk").values("pk")[:RANKED])
        rows, by = rows.annotate(rank=_rank(terms)), "-rank"
    page = key_page(rows.only("pk", "day"), by, cursor, size=PAGE, called=[order])
    findings = _findings([entry.pk for entry in page.rows], terms, [kind], at)
    group = Group(kind, count, [findings[entry.pk] for entry in page.rows if entry.pk in findings])
    return Results([group], page, is_ranked=order == SearchOrder.RELEVANCE)


def _first_few(user: Any, terms: Terms, order: SearchOrder, at: AnyMoment) -> Results:
    sql, params = _asking_for_few(user, terms, order, at)
    with connections[router.db_for_read(SearchEntry)].cursor() as cursor:
        cursor.execute(sql, params)
        found = cursor.fetchall()
    if not found:
        return Results([])
    kinds = {SearchKind(kind): count for kind, count, _pk in found}
    findings = _findings([pk for _kind, _count, pk in found], terms, list(kinds), at)
    groups = [
        Group(kind, count, [findings[pk] for named, _count, pk in found if named == kind and pk in findings])
        for kind, count in kinds.items()
    ]
    return Results(groups, is_ranked=order == SearchOrder.RELEVANCE)


def _asking_for_few(user: Any, terms: Terms, order: SearchOrder, at: AnyMoment) -> tuple[str, Sequence[Any]]:
    """Return the query of the first few of each noun, with how many there are, and its parameters."""
    most = RANKED if order == SearchOrder.RELEVANCE else EACH
    params: Sequence[Any]
    seen, params = _of_these_days(user, terms, at).values_list("pk", "kind", "day", "vector").query.sql_with_params()
    # Put together once, and read by PostgreSQL as if it stood in each place that names it.
    tables = [f"seen (id, kind, day, vector) AS NOT MATERIALIZED ({seen})"]
    selects: list[str] = []
    ranks: list[str] = []
    holds = "vector @@ %s::tsquery" if terms.everything else "true"
    asked = [terms.everything] if terms.everything else []
    for name in SearchKind.values:
        # On the way along the days the words are looked at last: to read them takes longer than to see whose they are.
        tables.append(f"""
            {name}_hits AS MATERIALIZED (SELECT id, day FROM seen WHERE kind = '{name}' AND {holds} LIMIT {COUNT_CAP + 1}),
            {name}_count (number) AS MATERIALIZED (SELECT count(*) FROM {name}_hits),
            {name}_newest AS (
              (SELECT id, day FROM {name}_hits WHERE (SELECT number FROM {name}_count) <= {COUNT_CAP}
                ORDER BY day DESC, id DESC LIMIT {most})
              UNION ALL
              (SELECT id, day FROM seen CROSS JOIN LATERAL (SELECT WHERE {holds} OFFSET 0) holding
                WHERE kind = '{name}' AND (SELECT number FROM {name}_count) > {COUNT_CAP}
                ORDER BY day DESC, id DESC LIMIT {most})
            )""")
        params = [*params, *asked, *asked]
        best = f"SELECT id FROM {name}_newest ORDER BY day DESC, id DESC LIMIT {EACH}"
        if order == SearchOrder.RELEVANCE:
            vector = f"(SELECT vector FROM relations_searchentry entry WHERE entry.id = {name}_newest.id)"
            best = f"SELECT id FROM {name}_newest ORDER BY ts_rank({vector}, %s::tsquery) DESC, id DESC LIMIT {EACH}"
            ranks.append(terms.words)
        selects.append(f"(SELECT '{name}', (SELECT number FROM {name}_count), id FROM ({best}) best)")
    return f"WITH {', '.join(tables)} {' UNION ALL '.join(selects)}", [*params, *ranks]


def _findings(pks: list[int], terms: Terms, kinds: list[SearchKind], at: AnyMoment) -> dict[int, Finding]:
    """Return what these entries stand for as of `at`, by key, with what is shown of these nouns; one query."""
    paths = [f"{kind.value}__{path}" for kind in kinds for path in _ALONG[kind]]
    desk = ("relationship__first_party", "relationship__second_party")
    text = Left("text", _MARKED_PART)
    entries = (
        SearchEntry.objects.filter(pk__in=pks)
        .defer("text", "vector", "keys")
        .select_related(*desk, *(kind.value for kind in kinds), *paths)
        .annotate(piece=text, marked_title=_marked("title", terms), marked_text=_marked(text, terms))
    )
    return {entry.pk: _finding(entry, at) for entry in entries if entry.subject}


def _marked(text: Any, terms: Terms) -> Any:
    marked: Any = Searchable(text)
    for config in (ENGLISH, TURKISH) if terms.words else ():
        marked = SearchHeadline(
            marked, Lexemes(terms.words), config=config, start_sel=START, stop_sel=STOP, highlight_all=True
        )
    return marked


def _finding(entry: Any, at: AnyMoment) -> Finding:
    kind = SearchKind(entry.kind)
    subject = entry.subject
    if entry.relationship is not None:
        if at.is_past:
            subject.rewind(at.of(entry.relationship_id))
        subject.relationship = entry.relationship
        if kind == SearchKind.NOTE:
            subject.issue.relationship = entry.relationship
    title = pieces_of(entry.title, entry.marked_title, length=400)
    snippet = pieces_of(entry.piece, entry.marked_text, length=240)
    # The passage of a statement says mostly the same again.
    if kind == SearchKind.STATEMENT and (_has_marks(title) or not _has_marks(snippet)):
        snippet = []
    return Finding(kind, subject, title, snippet)


def _has_marks(pieces: list[Piece]) -> bool:
    return any(piece.is_marked for piece in pieces)
