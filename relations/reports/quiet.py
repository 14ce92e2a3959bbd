"""What has gone quiet: issues nobody has spoken on, or nobody at the desk has confirmed, for longer than the desk allows."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, OuterRef, Subquery

from relations.choices import Status
from relations.models import Confirmation, Issue, Relationship
from relations.models.moments import NOW, Moment
from relations.reports.spoken import with_last_word


@dataclass(frozen=True)
class QuietIssue:
    """An issue with its last word and its last confirmation, and the days since each; since it was opened where None."""

    issue: Issue
    last_word: datetime.date | None
    silence: int
    confirmed: datetime.date | None
    unconfirmed: int


@dataclass(frozen=True)
class Quiet:
    """The issues without a word for `after` days or more, the longest first; and those spoken on, but not confirmed."""

    after: int
    silent: list[QuietIssue]
    unconfirmed: list[QuietIssue]  # readers see none: confirmations are the desk's own


def gone_quiet(relationship: Relationship, user: Any, *, confirms: bool, at: Moment = NOW) -> Quiet:
    """Return what has gone quiet at the desk, as `user` may see it, who `confirms` issues or only reads; one query.

    A resolved issue may be silent. An issue without a word is silent since it was opened, and so with confirmations.
    """
    issues = Issue.objects.visible_to(user, at).at(relationship).with_standing(at).exclude(status=Status.RESOLVED)
    found = [_quiet(relationship, issue, at) for issue in _with_confirmation(with_last_word(issues, at), user, at)]
    after = relationship.quiet_after
    silent = [each for each in found if each.silence >= after]
    unconfirmed = [each for each in found if each.silence < after <= each.unconfirmed] if confirms else []
    return Quiet(
        after=after,
        silent=sorted(silent, key=lambda each: (-each.silence, -each.unconfirmed)),
        unconfirmed=sorted(unconfirmed, key=lambda each: (-each.unconfirmed, -each.silence)),
    )


def _with_confirmation(issues: Any, user: Any, at: Moment) -> Any:
    """Add `last_confirmed`: the moment of the latest confirmation that `user` may see, as of `at`."""
    confirmations = Confirmation.objects.visible_to(user).filter(issue=OuterRef("pk"))
    if at.known_until is not None:
        confirmations = confirmations.filter(confirmed_at__lt=at.known_until)
    latest = confirmations.order_by().values("issue").annotate(last=Max("confirmed_at")).values("last")
    return issues.annotate(last_confirmed=Subquery(latest)).order_by("title", "pk")


def _quiet(relationship: Relationship, issue: Any, at: Moment) -> QuietIssue:
    issue.relationship = relationship
    today = at.effective or at.known or relationship.today()
    opened = relationship.day_of(issue.created_at)
    confirmed = relationship.day_of(issue.last_confirmed) if issue.last_confirmed else None

    def since(day: datetime.date | None) -> int:
        return max(0, (today - (day or opened)).days)

    return QuietIssue(issue, issue.last_word, since(issue.last_word), confirmed, since(confirmed))
