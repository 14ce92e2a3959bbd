"""How a page that edits answers a save over a newer revision: both sides, either to be taken, nothing typed lost (R5)."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest

from relations.actions.refusal import Stale
from relations.forms.conflicts import Conflict, asks_for_theirs, conflict, settle
from relations.models.versions import Version, revision_of, version_at, version_now

# Makes the page's forms, unbound, of a version: the form itself first, then its formsets.
Build = Callable[[Version], Sequence[Any]]


def settled(request: HttpRequest, row: Any, build: Build) -> Any:
    """Return what was posted, with what stands now in each field for which it was chosen; None where nothing was."""
    if request.method != "POST":
        return None
    if row.pk is None or not asks_for_theirs(request.POST):
        return request.POST
    return settle(request.POST, build(version_now(row)))


def show_conflict(stale: Stale, mine: Sequence[Any], build: Build) -> Conflict:
    """Return what differs; the form is sent again over the revision that was shown here, by choice."""
    form = mine[0]
    opened = version_at(stale.current, form.cleaned_data.get("revision") or 0)
    found = conflict(stale.current, mine, build(version_now(stale.current)), build(opened) if opened else None)
    form.add_error(None, str(stale))
    form.data = form.data.copy()
    form.data["revision"] = str(revision_of(stale.current))
    return found
