"""Rows found by their keys first: which ones in one small query, what is shown of them around it."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Lookup, QuerySet


class _AnyOf(Lookup):
    """A key that is among those of an array: found first, and then looked up. Of `IN`, PostgreSQL would make a join of all."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return `key = ANY (array)`."""
        (key, of_key), (array, of_array) = (
            self.process_lhs(compiler, connection),
            self.process_rhs(compiler, connection),
        )
        return f"{key} = ANY {array}", (*of_key, *of_array)


def among(keys: QuerySet[Any, Any], column: str = "pk") -> _AnyOf:
    """Return the condition that a row's key in `column` is among these.

    Else PostgreSQL may join what is shown of a row to all rows that it looks through.
    """
    return _AnyOf(F(column), ArraySubquery(keys))
