"""A save over a newer revision in the admin: both sides, either to be taken, by the pages' own mechanism (R5)."""

from typing import Any, cast

from django.http import HttpRequest

from relations.admin.inlines import WholeFormSet
from relations.forms.conflicts import asks_for_theirs, conflict, settle
from relations.models.versions import Version, revision_of, version_at
from relations.views.responses import with_revision


def _unbound(its_admin: Any, request: HttpRequest, row: Any, base: Version | None = None) -> list[Any]:
    """Return the forms that would show `row` and its parts; of a `base`, which the history gives, that version of it."""
    sheets = [its_admin.get_form(request, row, change=True)(instance=base.row if base else row)]
    for formset, inline in its_admin.get_formsets_with_inlines(request, row):
        prefix = formset.get_default_prefix()
        if not issubclass(formset, WholeFormSet) or (base and prefix not in base.parts):
            continue
        as_stood = base.parts[prefix] if base else None
        sheets.append(formset(instance=row, prefix=prefix, queryset=inline.get_queryset(request), as_stood=as_stood))
    return sheets


def take_theirs(its_admin: Any, request: HttpRequest, row: Any) -> None:
    """Put what stands now in place of what was typed, in each field for which the user chose it."""
    if row is not None and asks_for_theirs(request.POST):
        cast("Any", request).POST = settle(request.POST, _unbound(its_admin, request, row))


def keep_typed(request: HttpRequest, current: Any) -> int:
    """Make saving again a choice, by the revision that stands now. Return the one that was opened."""
    opened = request.POST.get("revision", "")
    cast("Any", request).POST = with_revision(request, revision_of(current))
    return int(opened) if opened.isdecimal() else 0


def show_conflict(its_admin: Any, request: HttpRequest, context: dict[str, Any], current: Any, opened: int) -> None:
    """Add to the page's `context` what differs between what was typed and what stands now."""
    mine = [context["adminform"].form]
    mine += [each.formset for each in context["inline_admin_formsets"] if isinstance(each.formset, WholeFormSet)]
    base = version_at(current, opened)
    context["conflict"] = conflict(
        current,
        mine,
        _unbound(its_admin, request, current),
        _unbound(its_admin, request, current, base) if base else None,
    )
