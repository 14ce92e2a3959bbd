"""Who may do what. What a user may see at all is the QuerySets' `visible_to`; here are the verbs.

A verb is asked at a desk, for the role a user has there; `ADD_REFERENCE` and `MEND_REFERENCE` are about what all desks
share and ask for the role at any desk.

A request may ask for a desk as of a past day (R9): `reading_as_of` says so for as long as it lasts, `Desk.at` tells the
view which day, and nothing but reading is then allowed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from relations.choices import Role
from relations.models import Brief, Contribution, DeskMembership, Relationship, Review
from relations.models.moments import NOW, Moment, Moments
from relations.models.reviewed import Reviewed


class Verb(Enum):
    """What one does at a desk, with the least role that may."""

    READ = (Role.READER, "read")
    READ_WORK = (Role.ANALYST, "read the desk's own work")  # commitments
    WRITE = (Role.ANALYST, "write")  # drafts, documents, meetings, issues, proposals
    REVIEW = (Role.REVIEWER, "review")  # approve and return
    WITHDRAW = (Role.REVIEWER, "withdraw")
    RATE = (Role.REVIEWER, "rate")  # the desk's judgement of a publisher
    READ_DESK = (Role.LEAD, "read what happened to the desk itself")
    OVERSEE = (Role.LEAD, "oversee")  # the desk itself: who is at it, in which role; the views it shares
    ADD_REFERENCE = (Role.ANALYST, "add reference")
    MEND_REFERENCE = (Role.REVIEWER, "mend reference")

    @property
    def least_role(self) -> Role:
        """The least role that may."""
        return self.value[0]

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """Every role that may."""
        return tuple(role for role in Role if role.at_least(self.least_role))

    @property
    def reads(self) -> bool:
        """Whether it changes nothing, so that it may be done in the past too."""
        return self in (Verb.READ, Verb.READ_WORK, Verb.READ_DESK)


class NotAllowed(PermissionDenied):
    """The actor's role does not allow this; says which role would."""


class OfNowAlone(PermissionDenied):
    """What is asked for as of a past day can be done, or exists, today alone."""


class NoSuchDay(ValueError):
    """The day asked for, in `field`, cannot be looked back to; says why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


_asked: ContextVar[Moment] = ContextVar("asked", default=NOW)


@contextmanager
def reading_as_of(asked: Moment) -> Iterator[None]:
    """Meet every desk as of `asked` meanwhile."""
    token = _asked.set(asked)
    try:
        yield
    finally:
        _asked.reset(token)


def read_as_of(asked: Moment) -> None:
    """Meet every desk as of `asked` from here on, until the `reading_as_of` around it ends."""
    _asked.set(asked)


def moment_at(relationship: Relationship) -> Moment:
    """Return the moment asked for as it is at this desk. Raises `NoSuchDay` where its day has not come yet there."""
    asked = _asked.get()
    if not asked.is_past:
        return NOW
    today = relationship.today()
    for field, day in (("effective", asked.effective), ("known", asked.known)):
        if day is not None and day > today:
            raise NoSuchDay(
                field,
                _("This day lies in the future. Give one up to %(today)s.") % {"today": date_format(today, "j M Y")},
            )
    return replace(asked, time_zone=relationship.time_zone)


def moment_of_all() -> Moment:
    """Return the moment asked for of what belongs to no desk: its days end as those of the installation do."""
    asked = _asked.get()
    return replace(asked, time_zone=settings.TIME_ZONE) if asked.is_past else NOW


def _refuse_in_the_past(verb: Verb) -> None:
    if not verb.reads and _asked.get().is_past:
        raise OfNowAlone


@dataclass(frozen=True)
class Desk:
    """A desk as one of its members meets it, as of a day (R9)."""

    relationship: Relationship
    role: Role
    at: Moment = NOW
    reads: bool = True  # whether it was entered to read

    def may(self, verb: Verb) -> bool:
        """Say whether the member's role allows `verb`."""
        return self.role in verb.roles and (verb.reads or not self.at.is_past)


def enter(user: Any, slug: str, verb: Verb = Verb.READ) -> Desk:
    """Return the desk `slug` as `user` meets it. Raises Http404 where she is no member or may not `verb` there.

    Times are told by the desk's own clock from here on, as its days are, until the request ends (`PastViewMiddleware`).
    Raises `OfNowAlone` where it is asked for as of a past day and `verb` is more than reading, and `NoSuchDay`.
    """
    memberships = DeskMembership.objects.select_related("relationship__first_party", "relationship__second_party")
    membership = get_object_or_404(
        memberships, user=user, user__is_active=True, relationship__slug=slug, role__in=verb.roles
    )
    _refuse_in_the_past(verb)
    timezone.activate(membership.relationship.time_zone)
    return Desk(membership.relationship, Role(membership.role), moment_at(membership.relationship), verb.reads)


def moments(user: Any) -> Moments:
    """Return the moment asked for at each of `user`'s desks, for what is read of all of them. Raises `NoSuchDay`."""
    if not _asked.get().is_past:
        return Moments()
    return Moments({desk.pk: moment_at(desk) for desk in Relationship.objects.visible_to(user)})


def may(user: Any, verb: Verb, relationship: Relationship | None = None) -> bool:
    """Say whether `user` may `verb` at the desk of `relationship` (at any desk where none is given)."""
    if not verb.reads and _asked.get().is_past:
        return False
    return _has_role(user, verb, relationship)


def _has_role(user: Any, verb: Verb, relationship: Relationship | None = None) -> bool:
    if not user.is_authenticated or not user.is_active:
        return False
    memberships = DeskMembership.objects.filter(user=user, role__in=verb.roles)
    if relationship is not None:
        memberships = memberships.filter(relationship=relationship)
    return memberships.exists()


def require(user: Any, verb: Verb, relationship: Relationship | None = None) -> None:
    """Raise `NotAllowed`, naming the role that it takes, unless `user` may `verb`."""
    if not may(user, verb, relationship):
        raise NotAllowed(_("This takes the role “%(role)s” or higher.") % {"role": verb.least_role.label})


def admit(user: Any, verb: Verb) -> None:
    """Raise Http404 unless `user` may `verb` at some desk: what may not be done is not there. Raises `OfNowAlone`."""
    if not _has_role(user, verb):
        raise Http404
    _refuse_in_the_past(verb)


def answers_for(user: Any, brief: Brief) -> bool:
    """Say whether `user` may withdraw a brief, and read it once it is: whoever made it, and reviewers."""
    role = Verb.WRITE if brief.author_id == user.pk else Verb.WITHDRAW
    return _has_role(user, role, brief.relationship)


def contributors(subject: Reviewed) -> set[int]:
    """Return the ids of everyone who wrote, edited or submitted any revision of `subject` (R3)."""
    column = subject.review_column
    wrote = Contribution.objects.filter(**{column: subject}).order_by().values_list("user_id", flat=True)
    submitted = Review.objects.filter(**{column: subject}).order_by().values_list("submitted_by_id", flat=True)
    return {*wrote.union(submitted), subject.author_id}


def second_readers(subject: Reviewed) -> list[Any]:
    """Return the members who could approve `subject`; empty where its desk lacks a second person."""
    members = DeskMembership.objects.filter(
        relationship=subject.relationship_id, role__in=Verb.REVIEW.roles, user__is_active=True
    ).exclude(user__in=contributors(subject))
    return [member.user for member in members.select_related("user")]
