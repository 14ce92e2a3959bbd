"""Keep a list's filters, columns and order under a name, share it with the desk, open with it."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.actions.refusal import Refused, action
from relations.models import DefaultView, Relationship, SavedView

# More would fill the page above the list they are for.
VIEWS_EACH = 50


@action(SavedView)
def save_view(
    *,
    actor: Any,
    relationship: Relationship,
    page: str,
    name: str,
    query: str,
    columns: Sequence[str],
    shared: bool = False,
    token: uuid.UUID | None = None,
) -> SavedView:
    """Keep a list as the actor's view. `query` and `columns` hold only what that list knows (`filters.lists`).

    Raises `NotAllowed` for who is not at the desk, or shares below analyst; `Refused` for a name taken or left
    blank, and past the number of views that one may keep.
    """
    access.require(actor, Verb.WRITE if shared else Verb.READ, relationship)
    if SavedView.objects.at(relationship).filter(owner=actor, page=page).count() >= VIEWS_EACH:
        raise Refused(
            _("You keep %(number)s views of this list already. Remove one first.") % {"number": VIEWS_EACH},
            rule="saved_views_bounded",
        )
    return SavedView.objects.create(
        relationship=relationship,
        owner=actor,
        page=page,
        name=name.strip(),
        query=query,
        columns=list(columns),
        shared=shared,
    )


@action(SavedView)
def change_view(*, actor: Any, view: SavedView, name: str, shared: bool, token: uuid.UUID | None = None) -> SavedView:
    """Rename the actor's own view, share it or stop sharing it; then others who open with it no longer do.

    Raises `Refused` for another's view or a name taken, `NotAllowed` for sharing below analyst.
    """
    stored = _lock_own(actor, view)
    access.require(actor, Verb.WRITE if shared and not stored.shared else Verb.READ, stored.relationship)
    stored.name = name.strip()
    stored.shared = shared
    stored.save(update_fields=["name", "shared"])
    if not shared:
        stored.defaults.exclude(user=actor).delete()
    return stored


@action(SavedView)
def overwrite_view(
    *, actor: Any, view: SavedView, query: str, columns: Sequence[str], token: uuid.UUID | None = None
) -> SavedView:
    """Have the actor's own view show other filters, columns and order; its name, sharing and followers stay.

    Raises `Refused` for another's view, `NotAllowed` for who is at the desk no longer.
    """
    stored = _lock_own(actor, view)
    access.require(actor, Verb.READ, stored.relationship)
    stored.query = query
    stored.columns = list(columns)
    stored.save(update_fields=["query", "columns"])
    return stored


@action(SavedView)
def remove_view(*, actor: Any, view: SavedView, token: uuid.UUID | None = None) -> SavedView:
    """Remove the actor's own view; a lead may remove one that is shared. The list it shows loses nothing.

    Raises `Refused` for another's view.
    """
    stored = _lock(view)
    access.require(actor, Verb.READ, stored.relationship)
    tends = stored.shared and access.may(actor, Verb.OVERSEE, stored.relationship)
    if stored.owner_id != actor.pk and not tends:
        raise Refused(
            _("Only %(who)s or a lead can remove this view.") % {"who": stored.owner},
            rule="own_view",
        )
    stored.delete()
    return stored


@action(SavedView)
def open_with(*, actor: Any, view: SavedView, token: uuid.UUID | None = None) -> SavedView:
    """Make this the view that the actor's list opens with, in place of any before it. Raises `Refused` if not hers to see."""
    stored = _lock(view)
    if not SavedView.objects.visible_to(actor).filter(pk=stored.pk).exists():
        raise Refused(_("This view is no longer shared with the desk."), rule="view_visible")
    DefaultView.objects.update_or_create(
        user=actor, relationship=stored.relationship, page=stored.page, defaults={"view": stored}
    )
    return stored


@action(SavedView)
def open_with_all(*, actor: Any, view: SavedView, token: uuid.UUID | None = None) -> SavedView:
    """Open the actor's list with everything again, where it opened with this view."""
    DefaultView.objects.filter(user=actor, view=view).delete()
    return view


def _lock(view: SavedView) -> SavedView:
    stored = SavedView.objects.select_for_update(of=("self",)).select_related("owner", "relationship")
    found = stored.filter(pk=view.pk).first()
    if found is None:
        raise Refused(_("This view was removed meanwhile."), rule="gone")
    return found


def _lock_own(actor: Any, view: SavedView) -> SavedView:
    stored = _lock(view)
    if stored.owner_id != actor.pk:
        raise Refused(
            _("Only %(who)s can change this view. Save it under a name of your own.") % {"who": stored.owner},
            rule="own_view",
        )
    return stored
