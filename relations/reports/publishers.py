"""How far the reader's desks trust a publisher."""

from dataclasses import dataclass
from typing import Any

from relations.access import Verb
from relations.models import DeskMembership, Publisher, Relationship, ReliabilityRating


@dataclass(frozen=True)
class Trust:
    """One desk's judgement of a publisher; None where it has made none yet."""

    relationship: Relationship
    rating: ReliabilityRating | None
    may_rate: bool


def trust(user: Any, publisher: Publisher) -> list[Trust]:
    """Return what each of the user's desks thinks of `publisher`, and whether she may say so for the desk."""
    ratings = ReliabilityRating.objects.visible_to(user).filter(publisher=publisher)
    by_desk = {rating.relationship_id: rating for rating in ratings}
    memberships = DeskMembership.objects.filter(user=user).select_related(
        "relationship__first_party", "relationship__second_party"
    )
    return [
        Trust(each.relationship, by_desk.get(each.relationship_id), each.role in Verb.RATE.roles)
        for each in memberships.order_by("relationship__slug")
    ]
