"""Keep when a user was last at a desk, and when before that."""

import datetime
from typing import Any

from django.db import connections, router
from django.utils import timezone

from relations.models import DeskVisit
from relations.models.following import VISIT_ENDS_AFTER

# A page opened sooner after the last one says nothing new.
NOTED_EVERY = datetime.timedelta(minutes=5)

_NOTE = """
    INSERT INTO relations_deskvisit AS visit (user_id, relationship_id, last_at)
    SELECT member.user_id, member.relationship_id, %(now)s
    FROM relations_deskmembership member JOIN relations_relationship desk ON desk.id = member.relationship_id
    WHERE member.user_id = %(user)s AND desk.slug = %(slug)s
    ON CONFLICT (user_id, relationship_id) DO UPDATE SET
        before_at = CASE WHEN visit.last_at < %(ended)s THEN visit.last_at ELSE visit.before_at END,
        last_at = EXCLUDED.last_at
    WHERE visit.last_at < %(due)s
"""


def note_visit(*, actor: Any, slug: str) -> None:
    """Note that `actor` is at the desk `slug` now; where she was away for long, a new visit begins. One statement."""
    now = timezone.now()
    with connections[router.db_for_write(DeskVisit)].cursor() as cursor:
        cursor.execute(
            _NOTE,
            {"now": now, "user": actor.pk, "slug": slug, "ended": now - VISIT_ENDS_AFTER, "due": now - NOTED_EVERY},
        )
