"""A portion of a desk as a fixture: the rows of a list with all that they cite, which loads elsewhere.

What they cite is gathered by its keys, round by round; then all is written in loading order, `CHUNK` rows at a time: the
memory holds the numbers of the rows and never the rows. A row that cannot go without what must stay here stays too.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q

from relations.actions.dumps import key_paths
from relations.actions.portable import CONTENT, REFERENCE
from relations.choices import Basis
from relations.models import (
    AgendaItem,
    Bearing,
    Capture,
    Commitment,
    Contribution,
    Document,
    Evidence,
    Issue,
    IssueLink,
    Mandate,
    Meeting,
    Note,
    Participant,
    Party,
    Passage,
    PassageCheck,
    PassageSettlement,
    Person,
    Readout,
    Relationship,
    Review,
    ReviewComment,
    Statement,
    StatusChange,
)
from relations.reports.exports import CHUNK, Sending

Keys = dict[Any, set[int]]  # of the rows that go, by their model

# What belongs to a row and goes with it, and the path from there to the row.
_PARTS: dict[Any, tuple[tuple[Any, str], ...]] = {
    Meeting: ((Participant, "meeting"), (AgendaItem, "meeting"), (Readout, "meeting")),
    Document: ((Capture, "document"),),
    Statement: (
        (Passage, "statement"),
        (PassageCheck, "passage__statement"),
        (PassageSettlement, "check_row__passage__statement"),
        (Bearing, "statement"),
        (Contribution, "statement"),
        (Review, "statement"),
        (ReviewComment, "review__statement"),
    ),
    StatusChange: (
        (Evidence, "status_change"),
        (Contribution, "status_change"),
        (Review, "status_change"),
        (ReviewComment, "review__status_change"),
    ),
}
_WHOLE = {*REFERENCE, Issue, Meeting, Document, Statement, StatusChange, Commitment, Note}
# Where a row names another of its own kind, that one is loaded first.
_BEFORE: dict[Any, str] = {
    Document: "reprints", Person: "merged_into", Statement: "supersedes", StatusChange: "supersedes",
}  # fmt: skip


def fixture_lines(rows: Any, sending: Sending) -> Iterator[str]:
    """Yield the lines of a fixture that holds `rows` and what they cite, as far as it may go."""
    desk = sending.relationship
    stays = _staying(sending) if desk is not None else {}
    roots = _roots(rows, sending, stays)
    if desk is not None:
        roots[Party] = {party.pk for party in desk.parties}
    wanted = _gathered(roots, sending)
    before = "[\n"
    for row in _written(wanted, sending):
        (data,) = serializers.serialize("python", [row], use_natural_foreign_keys=True, use_natural_primary_keys=True)
        yield before + json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False)
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def _roots(rows: Any, sending: Sending, stays: dict[Any, Q]) -> Keys:
    """Return the keys of the rows of the list; with an issue go its moves, with a person their offices."""
    model = rows.model
    roots: Keys = {model: _keys(rows.exclude(stays[model]) if model in stays else rows)}
    if model is Issue:
        moves = StatusChange.objects.visible_to(sending.user).exclude(stays[StatusChange])
        roots[StatusChange] = _keys(moves.filter(issue__in=rows.order_by().values("pk")))
    if model is Person:
        roots[Mandate] = _keys(Mandate.objects.filter(person__in=rows.order_by().values("pk")))
    return roots


def _keys(rows: Any) -> set[int]:
    return set(rows.order_by().values_list("pk", flat=True).iterator(chunk_size=10 * CHUNK))


def _staying(sending: Sending) -> dict[Any, Q]:
    """Return, by model, the condition that a row must stay here: for its marking, for who spoke, for what it needs.

    A fixture tells who spoke, which of deep background nobody may be told.
    """
    documents = _with_followers(Document, ~sending.marked("marking"), sending)
    said = ~sending.marked("marking") | Q(basis=Basis.DEEP_BACKGROUND)
    said |= Q(document__in=Document.objects.filter(documents).values("pk"))
    said = _with_followers(Statement, said, sending)
    unsaid = Statement.objects.filter(said).order_by().values("pk")
    moves = Q(pk__in=Evidence.objects.filter(statement__in=unsaid).order_by().values("status_change"))
    return {
        Document: documents,
        Statement: said,
        StatusChange: _with_followers(StatusChange, moves, sending),
        Commitment: Q(statement__in=unsaid) | Q(settled_by__in=unsaid),
        Note: ~sending.marked("marking"),
    }


def _with_followers(model: Any, stays: Q, sending: Sending) -> Q:
    """Return the condition that a row stays, or one that it needs before it does."""
    rows = model.objects.filter(relationship=sending.relationship)
    needs = f"{_BEFORE[model]}__in"
    seen: set[int] = set()
    level: Any = rows.filter(stays).order_by().values("pk")
    while level := set(rows.filter(**{needs: level}).values_list("pk", flat=True)) - seen:
        seen |= level
    return stays | Q(pk__in=seen)


def _gathered(fresh: Keys, sending: Sending) -> Keys:
    """Return the keys of all that goes: `fresh`, and what they and their parts cite."""
    wanted: Keys = defaultdict(set)
    while fresh:
        cited: Keys = defaultdict(set)
        for model, keys in fresh.items():
            wanted[model] |= keys
            for citing, path in ((model, "pk"), *_PARTS.get(model, ())):
                targets = [
                    (field.attname, field.remote_field.model)
                    for field in citing._meta.concrete_fields
                    if field.many_to_one and field.remote_field.model in _WHOLE and field.name != path
                ]
                for chunk in _chunks(sorted(keys)) if targets else ():
                    rows = _parts(citing, path, chunk, sending).order_by().values_list(*(name for name, _to in targets))
                    for row in rows:
                        for (_name, target), key in zip(targets, row, strict=True):
                            if key is not None:
                                cited[target].add(key)
        fresh = {model: new for model, keys in cited.items() if (new := keys - wanted[model])}
    return wanted


def _chunks(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def _parts(model: Any, path: str, keys: Collection[int], sending: Sending) -> Any:
    """Return the rows of a model whose `path` leads to these keys; of a meeting's readouts those that may go."""
    rows = model._default_manager.filter(**{f"{path}__in": keys})
    return rows.filter(sending.marked("document__marking")) if model is Readout else rows


def _written(wanted: Keys, sending: Sending) -> Iterator[Any]:
    """Yield the rows in loading order."""
    for model in (*REFERENCE, *CONTENT):
        if model is Relationship:
            if sending.relationship is not None:
                yield sending.relationship
        elif model is IssueLink:
            for keys in _chunks(sorted(wanted[Issue])):
                for link in _rows(IssueLink, IssueLink.objects.filter(from_issue__in=keys)):
                    if link.to_issue_id in wanted[Issue]:
                        yield link
        elif model in _WHOLE:
            for keys in _chunks(_in_order(model, wanted[model])):
                rows = {row.pk: row for row in _rows(model, model._default_manager.filter(pk__in=keys))}
                yield from (rows[key] for key in keys)
        else:
            for owner, parts in _PARTS.items():
                for part, path in parts:
                    for keys in _chunks(sorted(wanted[owner])) if part is model else ():
                        yield from _rows(model, _parts(model, path, keys, sending))


def _rows(model: Any, rows: Any) -> Any:
    return rows.select_related(*key_paths(model)).order_by("pk")


def _in_order(model: Any, keys: set[int]) -> list[int]:
    """Return the keys in the order the rows were made, each after the one of its kind that it needs."""
    if model not in _BEFORE:
        return sorted(keys)
    name = _BEFORE[model]
    needs = dict(model._default_manager.exclude(**{name: None}).filter(pk__in=keys).values_list("pk", name))
    ordered: dict[int, None] = {}
    for key in sorted(keys):
        chain = [key]
        while (further := needs.get(chain[-1])) in keys and further not in ordered and further not in chain:
            chain.append(further)
        ordered.update(dict.fromkeys(reversed(chain)))
    return list(ordered)
