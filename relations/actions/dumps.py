"""Dump a desk as a fixture that loads elsewhere to the same desk."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections, models, router, transaction

from relations.actions.portable import CONTENT, REFERENCE
from relations.models import Contribution, Document, Person, Relationship


def dump_desk(relationship: Relationship) -> Iterator[str]:
    """Yield the lines of the fixture that holds the desk and the reference rows it cites, in loading order.

    Accounts are named, not dumped; the same desk gives the same lines, byte for byte.
    """
    with one_moment():
        content = [row for model in CONTENT for row in _content(model, relationship)]
        rows = [*_cited_reference(content), *content]
        yield "["
        for number, row in enumerate(rows, start=1):
            (data,) = serializers.serialize(
                "python", [row], use_natural_foreign_keys=True, use_natural_primary_keys=True
            )
            text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
            yield text + ("," if number < len(rows) else "")
        yield "]"


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything as it stands at one moment, while others write."""
    database = router.db_for_read(Relationship)
    connection = connections[database]
    outermost = not connection.in_atomic_block
    with transaction.atomic(using=database):
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _content(model: Any, relationship: Relationship) -> Iterable[Any]:
    """Return a desk's rows of one kind in the order they were made, which a loaded copy keeps."""
    if model is Relationship:
        return model.objects.filter(pk=relationship.pk).select_related("first_party", "second_party")
    rows = model._default_manager.filter(relationship=relationship).select_related(*key_paths(model))
    if model is Document:
        return _after_what_they_reprint(rows.order_by("pk"))
    # Those a trigger makes come in no order of their own.
    return rows.order_by(*(("statement", "status_change", "user__username") if model is Contribution else ("pk",)))


def _after_what_they_reprint(documents: Iterable[Document]) -> Iterator[Document]:
    """Yield documents in their order, but each after the one that it reprints, which may have come later."""
    waiting = {document.pk: document for document in documents}
    for key in list(waiting):
        chain: list[Document] = []
        further: int | None = key
        while further and (document := waiting.pop(further, None)):
            chain.append(document)
            further = document.reprints_id
        yield from reversed(chain)


def key_paths(model: Any) -> list[str]:
    """Return what to fetch along so that every reference's natural key is at hand."""
    paths = []
    for field in model._meta.concrete_fields:
        if field.many_to_one:
            target = field.remote_field.model
            further = [key.rpartition("__")[0] for key in getattr(target, "natural_key_fields", ()) if "__" in key]
            paths += [field.name, *(f"{field.name}__{path}" for path in further)]
    return paths


def _cited_reference(content: Iterable[Any]) -> Iterator[models.Model]:
    """Yield the reference rows that the desk's content cites, and those that these cite in turn, by their names."""
    wanted: dict[Any, set[int]] = {model: set() for model in REFERENCE}

    def want(row: Any) -> None:
        for field in row._meta.concrete_fields:
            if field.many_to_one and field.remote_field.model in wanted and getattr(row, field.attname):
                wanted[field.remote_field.model].add(getattr(row, field.attname))

    for row in content:
        want(row)
    cited: dict[Any, list[Any]] = {}
    for model in reversed(REFERENCE):  # what cites before what is cited
        cited[model] = _with_targets(wanted[model], model) if model is Person else list(_named(model, wanted[model]))
        for row in cited[model]:
            want(row)
    for model in REFERENCE:
        yield from cited[model]


def _named(model: Any, pks: set[int]) -> models.QuerySet:
    rows = model._default_manager.filter(pk__in=pks).select_related(*key_paths(model))
    return rows.order_by(*model.natural_key_fields)


def _with_targets(pks: set[int], model: Any) -> list[Any]:
    """Return people by name with those they were joined to, who come first."""
    rounds: list[list[Any]] = []
    while pks:
        rounds.append(list(_named(model, pks)))
        pks = {row.merged_into_id for row in rounds[-1] if row.merged_into_id}
    ordered = {row.pk: row for people in reversed(rounds) for row in people}
    return list(ordered.values())
