"""Say who is reading an item of the queue: a courtesy to the other reviewers that binds nobody."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.actions.refusal import Refused
from relations.models import Review, ReviewClaim
from relations.models.base import moment


def claim(*, actor: Any, review: Review) -> ReviewClaim:
    """Claim an open review for `actor`, or renew her claim. Return the claim that holds: another's, while it lasts.

    Raises `NotAllowed` below reviewer, `Refused` once the review was decided or where she may not decide on it (R3).
    """
    access.require(actor, Verb.REVIEW, review.relationship)
    if actor.pk in access.contributors(review.subject):
        raise Refused(
            _("You wrote, edited or submitted this, so someone else has to decide on it."), rule="second_person"
        )
    with transaction.atomic():
        # Whoever decides holds this row's lock, so no claim is left on what was decided.
        if Review.objects.select_for_update().filter(pk=review.pk, decision="").first() is None:
            raise Refused(_("This was decided already."), rule="decided_once")
        held, _made = ReviewClaim.objects.get_or_create(
            review=review, defaults={"relationship": review.relationship, "user": actor}
        )
        if held.user_id == actor.pk or not held.is_live:
            held.user = actor
            held.renewed_at = moment()
            held.save(update_fields=["user", "renewed_at"])
    return held


def release(*, actor: Any, review: Review) -> None:
    """Let go of the claim that `actor` holds on a review, if she does; another's stays."""
    ReviewClaim.objects.filter(review=review, user=actor).delete()
