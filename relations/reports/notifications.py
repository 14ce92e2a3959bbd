"""What a user was told, as the page and the digest tell it on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.text import capfirst

from relations.choices import Happening, Marking
from relations.models import Evidence, Issue, Notification, SavedView, Statement, Watch
from relations.models.following import NotificationQuerySet
from relations.reports.paging import KeyPage, key_page

# Stricter than this is not quoted outside the program (TLP 2.0).
_LOOSEST_GUARDED = Marking.AMBER
GUARDED = [marking.value for marking in Marking if marking.rank >= _LOOSEST_GUARDED.rank]


@dataclass(frozen=True)
class Told:
    """One notification with the words and the address of what it is about."""

    notification: Notification
    kind: str  # a statement, a note, ...
    words: str
    about: str  # the issue, where the words do not name it
    url: str
    correction: Statement | None  # what stands now in place of a corrected statement
    guarded: bool  # may not be quoted outside the program: its kind and its address alone


def notifications_of(user: Any) -> NotificationQuerySet:
    """Return what `user` was told, as far as she still may see it, with all that a line about it names."""
    evidence = Evidence.objects.filter(status_change=OuterRef("status_change"), statement__marking__in=GUARDED)
    return (
        Notification.objects.of(user)
        .annotate(rests_on_guarded=Exists(evidence))
        .select_related(
            "actor", "relationship__first_party", "relationship__second_party", "statement", "status_change__issue",
            "issue", "note__issue", "meeting", "commitment__issue", "commitment__statement",
        )
    )  # fmt: skip


def told_page(user: Any, cursor: str = "") -> KeyPage[Notification]:
    """Return a page of what `user` was told, newest first."""
    return key_page(notifications_of(user), "-at", cursor)


def told(notifications: Iterable[Notification]) -> list[Told]:
    """Return a line for each of these, which `notifications_of` gave; one query for what corrected what."""
    rows = list(notifications)
    corrected = {row.pk: row.statement_id for row in rows if row.happening == Happening.CORRECTED and row.statement_id}
    successors = Statement.objects.published().filter(supersedes__in=corrected.values())
    by_old = {successor.supersedes_id: successor for successor in successors}
    return [_line(row, by_old.get(corrected.get(row.pk))) for row in rows]


def _line(row: Notification, correction: Statement | None) -> Told:
    subject: Any = row.subject
    subject.relationship = row.relationship
    issue = getattr(subject, "issue", None)
    if issue is not None:
        issue.relationship = row.relationship
    if correction is not None:
        correction.relationship = row.relationship
    return Told(
        notification=row,
        kind=capfirst(str(subject._meta.verbose_name)),
        words=str(subject),
        about=str(issue) if row.note_id or row.commitment_id else "",
        # A commitment is told where it is listed: on its issue's page.
        url=issue.get_absolute_url() if row.commitment_id and issue else subject.get_absolute_url(),
        correction=correction,
        guarded=_is_guarded(row),
    )


def _is_guarded(row: Any) -> bool:
    """Say whether its words stay in the program: notes, drafts, what no longer stands, and what is marked so."""
    if row.statement is not None:
        return row.statement.marking in GUARDED or not row.statement.is_standing
    if row.status_change is not None:
        return row.rests_on_guarded or not row.status_change.published_at
    if row.commitment is not None:
        return row.commitment.statement.marking in GUARDED
    return row.note is not None


@dataclass(frozen=True)
class Followed:
    """What a user follows, with its address."""

    watch: Watch
    kind: str
    words: str
    url: str
    follow_url: str


def watches_of(user: Any) -> Any:
    """Return what `user` follows and still may see, the latest first, with all that a line about it names."""
    return (
        Watch.objects.of(user)
        .filter(
            Q(person__isnull=False)
            | Q(issue__in=Issue.objects.visible_to(user))
            | Q(statement__in=Statement.objects.visible_to(user))
            | Q(saved_view__in=SavedView.objects.visible_to(user))
        )
        .select_related("issue__relationship", "statement__relationship", "person", "saved_view__relationship")
    )


def followed_by(user: Any) -> list[Followed]:
    """Return a line for each thing that `user` follows and still may see."""
    return [_followed(watch) for watch in watches_of(user)]


def _followed(watch: Watch) -> Followed:
    subject: Any = watch.subject
    if watch.person_id:
        follow_url = reverse("person_follow", args=[subject.ref])
    elif watch.issue_id:
        follow_url = reverse("issue_follow", args=[subject.relationship.slug, subject.slug])
    elif watch.statement_id:
        follow_url = reverse("statement_follow", args=[subject.relationship.slug, subject.ref])
    else:
        follow_url = reverse("view_follow", args=[subject.relationship.slug, subject.ref])
    return Followed(
        watch, capfirst(str(subject._meta.verbose_name)), str(subject), subject.get_absolute_url(), follow_url
    )
