"""What has gone quiet: issues nobody has spoken on, or nobody at the desk has confirmed, for longer than the desk allows."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery

from relations.choices import Status
from relations.models import Confirmation, Issue, Relationship
from relations.models.moments import NOW, AnyMoment, Moment
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
    """Return what has gone quiet at the desk, as `user` may see it, who `confirms` issues or only reads; one query."""
    issues = Issue.objects.visible_to(user, at).at(relationship).with_standing(at).order_by("title", "pk")
    return quiet_among(relationship, with_silence(issues, user, at), confirms=confirms, at=at)


def quiet_among(relationship: Relationship, issues: Iterable[Any], *, confirms: bool, at: Moment = NOW) -> Quiet:
    """Return what has gone quiet of the desk's issues, which carry their status and what `with_silence` adds.

    A resolved issue may be silent. An issue without a word is silent since it was opened, and so with confirmations.
    """
    today = at.day(relationship.today())
    found = [_quiet(relationship, issue, today) for issue in issues if issue.status != Status.RESOLVED]
    after = relationship.quiet_after
    silent = [each for each in found if each.silence >= after]
    unconfirmed = [each for each in found if each.silence < after <= each.unconfirmed] if confirms else []
    return Quiet(
        after=after,
        silent=sorted(silent, key=lambda each: (-each.silence, -each.unconfirmed)),
        unconfirmed=sorted(unconfirmed, key=lambda each: (-each.unconfirmed, -each.silence)),
    )


def with_silence(issues: QuerySet[Issue], user: Any, at: AnyMoment = NOW) -> QuerySet[Issue]:
    """Add `last_word`, and `last_confirmed`: the moment of the latest confirmation that `user` may see, as of `at`."""
    confirmations = Confirmation.objects.visible_to(user).filter(issue=OuterRef("pk"))
    confirmations = confirmations.filter(at.each(lambda moment: moment.recorded(column="confirmed_at")))
    latest = confirmations.order_by().values("issue").annotate(last=Max("confirmed_at")).values("last")
    return with_last_word(issues, at).annotate(last_confirmed=Subquery(latest))


def _quiet(relationship: Relationship, issue: Any, today: datetime.date) -> QuietIssue:
    issue.relationship = relationship
    opened = relationship.day_of(issue.created_at)
    confirmed = relationship.day_of(issue.last_confirmed) if issue.last_confirmed else None

    def since(day: datetime.date | None) -> int:
        return max(0, (today - (day or opened)).days)

    return QuietIssue(issue, issue.last_word, since(issue.last_word), confirmed, since(confirmed))
