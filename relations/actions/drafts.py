"""Keep what is half typed in a form, for its user alone, until the form is stored or she discards it."""

import json
from typing import Any

from django.utils.translation import gettext as _

from relations.actions.refusal import Refused
from relations.models import FormDraft, Relationship
from relations.models.base import moment

ADDRESS_LIMIT = 500
SIZE_LIMIT = 500_000  # characters of JSON; a longer text stays with the browser
MOST = 50  # forms a user has half typed; the oldest go


def keep_form(*, actor: Any, address: str, fields: dict[str, list[str]]) -> FormDraft:
    """Keep the fields of the form at `address`, in place of what was kept of it. Raises `Refused` where it is too much."""
    if not address.startswith("/") or len(address) > ADDRESS_LIMIT:
        raise Refused(_("A form is kept under its address on this site."), rule="draft_address")
    if len(json.dumps(fields)) > SIZE_LIMIT:
        raise Refused(_("This is too long to be kept while it is typed. Save it."), rule="draft_size")
    draft, _made = FormDraft.objects.update_or_create(
        user=actor, address=address, defaults={"fields": fields, "saved_at": moment()}
    )
    surplus = FormDraft.objects.of(actor).order_by("-saved_at", "-pk").values("pk")[MOST:]
    FormDraft.objects.filter(pk__in=list(surplus.values_list("pk", flat=True))).delete()
    return draft


def forget_form(*, actor: Any, address: str) -> None:
    """Forget what was kept of the form at `address`: it was stored, or is not wanted any more."""
    FormDraft.objects.of(actor).filter(address=address).delete()


def kept_form(user: Any, address: str) -> FormDraft | None:
    """Return what is kept of the user's form at `address`; nothing of a desk that she is not at any more (R7)."""
    slug = address.split("/")[1] if address.startswith("/") else ""
    if (
        Relationship.objects.filter(slug=slug).exists()
        and not Relationship.objects.visible_to(user).filter(slug=slug).exists()
    ):
        return None
    return FormDraft.objects.of(user).filter(address=address).first()
