"""The published versions of one thing: the chain of what corrects what."""

from dataclasses import dataclass
from typing import Any

from relations.models.moments import NOW, Moment
from relations.models.reviewed import Reviewed


@dataclass(frozen=True)
class Versions:
    """A chain of corrections, newest first; what stands of it, and the correction under way, if any."""

    chain: list[Any]
    standing: Any
    under_way: Any


def versions(row: Reviewed, at: Moment = NOW) -> Versions:
    """Return the published versions of `row`, which is as of `at`, as they stood then.

    A correction is found by what it corrects, one query a step.
    """
    model: Any = type(row)
    manager = model.objects
    related = manager.select_related(*(["issue"] if hasattr(row, "issue_id") else []))
    chain: list[Any] = [row] if row.published_at else []
    oldest: Any = row
    while oldest.supersedes_id:
        oldest = related.get(pk=oldest.supersedes_id)
        chain.append(oldest)
    newest: Any = row
    while newest.superseded_at:
        newest = related.get(supersedes=newest, published_at__isnull=False)
        chain.insert(0, newest)
    for each in chain:
        each.relationship = row.relationship
        if at.is_past:
            each.rewind(at)
    standing = newest if newest.is_standing else None
    under_way = (
        manager.filter(supersedes=standing, published_at__isnull=True).order_by("pk").first() if standing else None
    )
    if under_way is not None:
        under_way.relationship = row.relationship
    return Versions(chain, standing, under_way)
