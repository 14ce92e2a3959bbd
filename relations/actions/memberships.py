"""Give, change and take roles at desks; the superuser's alone (R7)."""

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models.deletion import ProtectedError
from django.utils.translation import gettext as _

from relations.access import NotAllowed
from relations.actions.refusal import Refused, recorded
from relations.choices import Role
from relations.models import DeskMembership, Party, Relationship, User


def require_superuser(actor: Any) -> None:
    """Raise `NotAllowed` unless `actor` is an active superuser."""
    if not (actor.is_active and actor.is_superuser):
        raise NotAllowed(_("Only the administrator may do this."))


def grant_membership(*, actor: Any, user: User, relationship: Relationship, role: str) -> DeskMembership:
    """Give `user` a role at a desk. Where the actor gives it to herself, the desk's leads are told by mail.

    Raises `NotAllowed` for anyone but a superuser, `Refused` where the user has a role there already.
    """
    require_superuser(actor)
    if DeskMembership.objects.filter(user=user, relationship=relationship).exists():
        raise Refused(_("This account already has a role at this desk."), field="user", rule="membership_unique")
    with recorded(actor, "grant_membership"):
        membership = DeskMembership.objects.create(user=user, relationship=relationship, role=role)
        _tell_leads(actor, membership)
    return membership


def change_membership(*, actor: Any, membership: DeskMembership, role: str) -> DeskMembership:
    """Give a member another role; told to the leads as a grant is. Raises `NotAllowed`."""
    require_superuser(actor)
    with recorded(actor, "change_membership"):
        stored = DeskMembership.objects.select_for_update().get(pk=membership.pk)
        if stored.role != role:
            stored.role = role
            stored.save(update_fields=["role"])
            _tell_leads(actor, stored)
    return stored


def revoke_membership(*, actor: Any, membership: DeskMembership) -> None:
    """Take a role away; the history keeps it. Raises `NotAllowed`."""
    require_superuser(actor)
    with recorded(actor, "revoke_membership"):
        membership.delete()


def _tell_leads(actor: Any, membership: DeskMembership) -> None:
    """Mail the desk's other leads, once it is stored, that a superuser took a role there herself."""
    if membership.user_id != actor.pk:
        return
    leads = User.objects.filter(
        is_active=True, memberships__relationship=membership.relationship_id, memberships__role=Role.LEAD
    ).exclude(pk=actor.pk)
    addresses = sorted(leads.exclude(email="").values_list("email", flat=True))
    if not addresses:
        return
    subject = _("%(who)s took a role at %(desk)s") % {"who": actor, "desk": membership.relationship}
    text = _(
        "%(who)s, who administers the installation, took the role “%(role)s” at the desk %(desk)s and now sees its "
        "content. The history of the desk’s memberships keeps this."
    ) % {"who": actor, "role": membership.get_role_display(), "desk": membership.relationship}
    # A mail server that is down must not undo what was decided; robust: the failure is logged.
    transaction.on_commit(
        lambda: send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, addresses) and None, robust=True
    )


def save_governed(*, actor: Any, row: Party | Relationship | User) -> None:
    """Store a party, a relationship or an account. Raises `NotAllowed`, and `Refused` where a rule says no."""
    require_superuser(actor)
    with recorded(actor, f"save_{row._meta.model_name}"):
        row.save()


def remove_governed(*, actor: Any, row: Party) -> None:
    """Remove a party that nothing cites. Raises `NotAllowed`, and `Refused` where it is cited."""
    require_superuser(actor)
    try:
        with recorded(actor, f"remove_{row._meta.model_name}"):
            row.delete()
    except ProtectedError as error:
        raise Refused(_("This is cited, so it stays."), rule="cited") from error
