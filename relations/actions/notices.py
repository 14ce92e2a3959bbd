"""Tell those concerned what was done, inside the transaction of the act itself.

Each `tell_*` is called by an action once its rows stand. Whom it reaches is one query over the desk's members, so that
nobody is told who may not see it (R7), nobody her own acts, and nobody the same twice: of several reasons the strongest
counts. What a member may see is asked again when she reads (`NotificationQuerySet.of`).

What asked for something to be done (a decision, a mending, other evidence) counts as read for everyone once that is
done, by whomever: what is unread is what still waits.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When

from relations import access
from relations.access import Verb
from relations.choices import Decision, Happening, ListPage, Reason, Role
from relations.models import (
    AgendaItem,
    Bearing,
    Commitment,
    Confirmation,
    DeskMembership,
    Issue,
    Meeting,
    Note,
    Notification,
    Participant,
    Person,
    Review,
    SavedView,
    Statement,
    StatusChange,
    Watch,
)
from relations.models.base import moment
from relations.models.reviewed import Reviewed

Condition = Q | Exists
Why = tuple[Reason, Condition]
# Says whether a saved view shows a row. The filters stand above the actions, so they hand theirs in when the program
# starts (`relations.apps`).
Matcher = Callable[[SavedView, Statement | Issue], bool]

_matchers: list[Matcher] = []
# The lists whose saved views can be followed, by what they list.
FOLLOWED_LISTS: dict[type, str] = {Statement: ListPage.STATEMENTS, Issue: ListPage.BOARD}


def match_views_with(matcher: Matcher) -> None:
    """Have `matcher` say which followed views a statement or an issue stands in."""
    _matchers[:] = [matcher]


# The acts


def tell_submitted(*, actor: Any, review: Review) -> None:
    """Tell those who may decide on it that something was sent to review; that it came back before is settled."""
    _settle(Happening.RETURNED, review.subject)
    _tell(
        actor,
        Happening.SUBMITTED,
        review.subject,
        [(Reason.REVIEWER, Q(role__in=Verb.REVIEW.roles) & ~Q(user__in=access.contributors(review.subject)))],
        published=False,
    )


def tell_decided(*, actor: Any, review: Review) -> None:
    """Tell who wrote it that it came back or was published; of what is published also those who follow it.

    That it waits for review is settled for all who were told.
    """
    subject = review.subject
    _settle(Happening.SUBMITTED, subject)
    if review.decision == Decision.RETURNED:
        _tell(actor, Happening.RETURNED, subject, _wrote(subject), published=False)
    elif subject.supersedes_id:
        _tell_corrected(actor, subject)
    elif isinstance(subject, Statement):
        _tell(actor, Happening.PUBLISHED, subject, [*_wrote(subject), *_follow_statements(subject)])
    else:
        _tell(actor, Happening.STATUS_MOVED, subject, [*_wrote(subject), *_follow_move(subject)])


def tell_withdrawn(*, actor: Any, subject: Reviewed) -> None:
    """Tell who wrote or follows it that something published was withdrawn, and whose status rested on it."""
    if isinstance(subject, Statement):
        _tell(actor, Happening.WITHDRAWN, subject, [*_wrote(subject), *_follow_statements(subject)])
        _tell_shaken(actor, subject)
    elif isinstance(subject, StatusChange):
        _settle(Happening.EVIDENCE_SHAKEN, subject)
        _tell(actor, Happening.WITHDRAWN, subject, [*_wrote(subject), *_follow_move(subject)])


def tell_issue_edited(*, actor: Any, issue: Issue) -> None:
    """Tell the owner and the followers of an issue that its title, summary or other fields were edited."""
    _tell(actor, Happening.ISSUE_EDITED, issue, _concern([issue.pk]))


def tell_confirmed(*, actor: Any, confirmation: Confirmation) -> None:
    """Tell the owner and the followers of an issue that someone confirmed it."""
    issue = confirmation.issue
    _tell(actor, Happening.CONFIRMED, issue, _concern([issue.pk]), published=False)


def tell_noted(*, actor: Any, note: Note, named: Collection[int], is_new: bool) -> None:
    """Tell those whom a note names (the ids `named`, those newly named); of a new note the issue's owner and followers too."""
    _tell(actor, Happening.MENTIONED, note, [(Reason.MENTION, Q(user__in=named))], published=False)
    if is_new:
        _tell(actor, Happening.NOTED, note, _concern([note.issue_id]), published=False, but=named)


def tell_meeting_saved(*, actor: Any, meeting: Meeting) -> None:
    """Tell of a meeting who owns or follows an issue on its agenda, or follows someone who takes part."""
    issues = list(AgendaItem.objects.filter(meeting=meeting).values_list("issue", flat=True))
    people = Participant.objects.filter(meeting=meeting, person__isnull=False).values_list("person", flat=True)
    _tell(actor, Happening.MEETING_SAVED, meeting, [*_concern(issues), _follow_people(list(people))])


def tell_commitment_recorded(*, actor: Any, commitment: Commitment) -> None:
    """Tell the owner and the followers of its issue what a side said it will do."""
    _tell(actor, Happening.COMMITMENT_RECORDED, commitment, _concern([commitment.issue_id]), published=False)


def tell_commitment_settled(*, actor: Any, commitment: Commitment) -> None:
    """Tell who recorded it, and the owner and the followers of its issue, what became of a commitment."""
    wrote = (Reason.AUTHOR, Q(user=commitment.author_id))
    _tell(actor, Happening.COMMITMENT_SETTLED, commitment, [wrote, *_concern([commitment.issue_id])], published=False)


def _tell_corrected(actor: Any, correction: Any) -> None:
    """Tell of the row that was corrected: that is what people read and followed; its page leads to the correction."""
    old = correction.supersedes
    wrote = [*_wrote(correction), *_wrote(old)]
    if isinstance(correction, Statement):
        _tell(actor, Happening.CORRECTED, old, [*wrote, *_follow_statements(correction, old)])
        _tell_shaken(actor, old)
    else:
        _settle(Happening.EVIDENCE_SHAKEN, old)
        _tell(actor, Happening.CORRECTED, old, [*wrote, *_follow_move(correction)])


def _tell_shaken(actor: Any, statement: Statement) -> None:
    """Tell owners and followers of the issues whose standing status rests on a statement that no longer stands (R2)."""
    for change in StatusChange.objects.standing().filter(evidence__statement=statement).select_related("issue"):
        _tell(actor, Happening.EVIDENCE_SHAKEN, change, _concern([change.issue_id]))


# Who is concerned, and why


def _wrote(subject: Reviewed) -> list[Why]:
    return [(Reason.AUTHOR, Q(user__in=access.contributors(subject)))]


def _watching(**followed: Any) -> Exists:
    return Exists(Watch.objects.filter(user=OuterRef("user"), **followed))


def _concern(issues: Sequence[int]) -> list[Why]:
    """Return why owners and followers of these issues are told."""
    owners = Q(user__in=Issue.objects.filter(pk__in=issues, owner__isnull=False).values("owner"))
    return [(Reason.OWNER, owners), (Reason.WATCH_ISSUE, _watching(issue__in=issues))]


def _follow_move(change: Any) -> list[Why]:
    issue = Issue.objects.get(pk=change.issue_id)
    return [*_concern([issue.pk]), _follow_views(issue)]


def _follow_statements(*statements: Statement) -> list[Why]:
    """Return why the followers of these statements, their issues, their speakers and the views they stand in are told."""
    issues = Bearing.objects.filter(statement__in=statements).values("issue")
    speakers = [row.speaker_person_id for row in statements if row.speaker_person_id]
    return [
        (Reason.WATCH_STATEMENT, _watching(statement__in=statements)),
        (Reason.WATCH_ISSUE, _watching(issue__in=issues)),
        _follow_people(speakers),
        _follow_views(statements[0]),
    ]


def _follow_people(people: Collection[int]) -> Why:
    """Return why followers of these people are told; people found to be one are one."""
    same = Person.objects.filter(Q(pk__in=people) | Q(merged__in=people) | Q(merged_into__in=people))
    return Reason.WATCH_PERSON, _watching(person__in=same.values("pk"))


def _follow_views(row: Statement | Issue) -> Why:
    """Return why followers of the saved views in which `row` stands are told, each of those she may still open."""
    views = SavedView.objects.filter(
        Exists(Watch.objects.filter(saved_view=OuterRef("pk"))),
        relationship=row.relationship_id,
        page=FOLLOWED_LISTS[type(row)],
    )
    showing = [view.pk for matches in _matchers for view in views if matches(view, row)]
    watches = Watch.objects.filter(user=OuterRef("user"), saved_view__in=showing)
    return Reason.WATCH_VIEW, Exists(watches.filter(Q(saved_view__shared=True) | Q(saved_view__owner=F("user"))))


# Telling

_STRONGEST_FIRST = (
    Reason.MENTION, Reason.AUTHOR, Reason.OWNER, Reason.REVIEWER, Reason.WATCH_STATEMENT, Reason.WATCH_ISSUE,
    Reason.WATCH_PERSON, Reason.WATCH_VIEW,
)  # fmt: skip


def _tell(
    actor: Any,
    happening: Happening,
    subject: Any,
    why: Sequence[Why],
    *,
    published: bool = True,
    but: Collection[int] = (),
) -> None:
    """Store a notification for each member whom one of the reasons reaches; readers only of what is `published`."""
    members = DeskMembership.objects.filter(relationship=subject.relationship_id, user__is_active=True)
    members = members.exclude(user__in=[actor.pk, *but])
    if not published:
        members = members.exclude(role=Role.READER)
    ordered = sorted(why, key=lambda each: _STRONGEST_FIRST.index(each[0]))
    reason = Case(
        *(When(condition, then=Value(str(reason))) for reason, condition in ordered),
        default=Value(""),
        output_field=CharField(),
    )
    reached = members.annotate(reason=reason).exclude(reason="").values_list("user", "reason")
    Notification.objects.bulk_create(
        Notification(
            user_id=user,
            relationship_id=subject.relationship_id,
            happening=happening,
            reason=reason,
            actor=actor,
            published=published,
            **_about(subject),
        )
        for user, reason in reached
    )


def _settle(happening: Happening, subject: Any) -> None:
    """Count what was told of `subject` as read by all who were told: what it asked for is done."""
    Notification.objects.filter(happening=happening, **_about(subject)).unread().update(read_at=moment())


def _about(subject: Any) -> dict[str, Any]:
    column = "status_change" if isinstance(subject, StatusChange) else str(subject._meta.model_name)
    return {column: subject}
