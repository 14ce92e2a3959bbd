"""Which row each natural key of a fixture names: asked of the database once for many keys."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import Q

from relations.actions.fixture_rows import Key, key_paths


class Keys:
    """The primary keys of rows by model and natural key, those of rows about to be stored included."""

    def __init__(self) -> None:
        self._pks: dict[Any, dict[Key, int]] = defaultdict(dict)

    def learn(self, model: Any, keys: Iterable[Key]) -> None:
        """Look up, in one query, the keys that are not known yet."""
        known, paths = self._pks[model], key_paths(model)
        first: dict[str, set[Any]] = defaultdict(set)
        for key in keys:
            if key not in known:
                for path, value in zip(paths, key, strict=True):
                    if value is not None:
                        first[path].add(value)
                        break
        if first:
            condition = Q(*((f"{path}__in", values) for path, values in first.items()), _connector=Q.OR)
            for pk, *key in model._base_manager.filter(condition).values_list("pk", *paths):
                known[tuple(key)] = pk

    def get(self, model: Any, key: Key) -> int | None:
        """Return the primary key of the row that was learnt by this natural key."""
        return self._pks[model].get(key)

    def find(self, model: Any, key: Key) -> int:
        """Return the primary key of the row of this natural key; raises `DoesNotExist`, or what no key raises."""
        pk = self.get(model, key)
        if pk is None:
            pk = self._pks[model][key] = model._default_manager.get_by_natural_key(*key).pk
        return pk

    def put(self, model: Any, key: Key, pk: int) -> None:
        """Note the row of this natural key."""
        self._pks[model][key] = pk

    def forget(self, model: Any, key: Key) -> None:
        """Take back what `put` noted: the row was refused."""
        self._pks[model].pop(key, None)


def new_pks(model: Any, block: int) -> Iterator[int]:
    """Yield primary keys that nobody else gets, taken from the sequence `block` at a time."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval((SELECT pg_get_serial_sequence(%s, 'id')::regclass)) FROM generate_series(1, %s)",
                [model._meta.db_table, block],
            )
            pks = [pk for (pk,) in cursor.fetchall()]
        yield from pks
