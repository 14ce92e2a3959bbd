"""What an archive is to hold, by its three numbers, and what of it is few: parties, people, accounts, desks, issues.

What is few is stored as anyone would store it, every rule and trigger in force.
"""

import datetime
import itertools
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from relations.archive.words import Prose, name
from relations.choices import Impact, IssueLinkKind, MeetingKind, MeetingState, PartyKind, Reliability, Role, Topic
from relations.models import (
    AgendaItem,
    DeskMembership,
    Issue,
    IssueLink,
    Mandate,
    Meeting,
    Organisation,
    Participant,
    Party,
    Person,
    Post,
    Publisher,
    Relationship,
    ReliabilityRating,
    User,
)

FIRST_DAY, LAST_DAY = datetime.date(2005, 1, 1), datetime.date(2024, 12, 31)
DAYS = (LAST_DAY - FIRST_DAY).days
SLUG = "archive-"  # what every desk's slug begins with, and how one of ours is told from a real one
MOST_DESKS = 400
# ISO 3166-1 leaves these to users, so no state of today or tomorrow has one.
CODES = [f"X{letter}" for letter in "ABCDEFGHIJLMNOPQRSTUVWXYZ"] + [f"Q{letter}" for letter in "MNOPQRSTUVWXYZ"]
_OFFICES = ("Foreign Minister", "Prime Minister", "Defence Minister", "Trade Minister", "Spokesperson", "Ambassador")
_TERM = 1461  # days: four years
_ROLES = (Role.ANALYST, Role.ANALYST, Role.ANALYST, Role.REVIEWER, Role.REVIEWER, Role.LEAD, Role.READER)


@dataclass(frozen=True)
class Plan:
    """An archive's numbers. The same numbers make the same archive."""

    statements: int
    desks: int
    seed: int

    def __str__(self) -> str:
        return f"{self.statements:,} statements at {self.desks} desks from seed {self.seed}"

    def random(self, *parts: object) -> Random:
        """Return the source of chance for one part of the archive, whatever was drawn for the others."""
        return Random(f"{self.seed} {' '.join(map(str, parts))}")  # noqa: S311  reproducible, and no secret

    def sizes(self) -> list[int]:
        """Return how many statements each desk has: a third at the first, at the others ever fewer."""
        if self.desks == 1:
            return [self.statements]
        rest = self.statements - self.statements // 3
        weights = [1 / (place + 2) for place in range(self.desks - 1)]
        sizes = [int(rest * weight / sum(weights)) for weight in weights]
        return [self.statements - sum(sizes), *sizes]


@dataclass
class Desk:
    """One desk and who and what is known there."""

    number: int
    size: int
    relationship: Relationship
    authors: list[User]
    reviewers: list[User]
    issues: list[Issue] = field(default_factory=list)
    meetings: list[tuple[datetime.date, Meeting]] = field(default_factory=list)


@dataclass
class World:
    """What all desks of an archive share."""

    parties: list[Party]
    publishers: list[Publisher]
    holders: dict[int, list[list[Mandate]]]  # of each party: per office, one mandate after the other
    ministries: dict[int, Organisation]
    desks: list[Desk] = field(default_factory=list)

    def mandate(self, party: Party, office: int, day: datetime.date) -> Mandate:
        """Return who held an office of `party` on `day`."""
        return self.holders[party.pk][office][(day - FIRST_DAY).days // _TERM]


def at(day: datetime.date, seconds: int) -> datetime.datetime:
    """Return a moment of a day, in UTC."""
    return datetime.datetime.combine(day, datetime.time.min, datetime.UTC) + datetime.timedelta(seconds=seconds)


def store_world(plan: Plan) -> World:
    """Store what is few, and return it."""
    random = plan.random("world")
    parties = _store_parties(random, plan.desks)
    world = World(parties, _store_publishers(random), {}, {})
    _store_offices(random, world)
    everywhere = User(
        username="archive-analyst-everywhere", name="Analyst everywhere", password=UNUSABLE_PASSWORD_PREFIX
    )
    everywhere.save()
    pairs = itertools.combinations(parties, 2)
    for number, (size, pair) in enumerate(zip(plan.sizes(), pairs, strict=False), start=1):
        world.desks.append(_store_desk(plan, number, size, pair, everywhere, world))
    return world


def _store_parties(random: Random, desks: int) -> list[Party]:
    count = next(count for count in itertools.count(2) if count * (count - 1) // 2 >= desks)
    count = min(len(CODES), max(count, 6))
    names: dict[str, None] = {}
    while len(names) < count:
        names[f"{name(random)}nia"] = None
    parties = [Party(code=code, kind=PartyKind.STATE, name=word) for code, word in zip(CODES, names, strict=False)]
    return Party.objects.bulk_create(parties)


def _store_publishers(random: Random) -> list[Publisher]:
    return Publisher.objects.bulk_create(
        Publisher(
            ref=f"archive-paper-{number}", name=f"The {name(random)} Herald", url=f"https://paper{number}.example/"
        )
        for number in range(1, 61)
    )


def _store_offices(random: Random, world: World) -> None:
    for party in world.parties:
        code = party.code.lower()
        ministry = Organisation(ref=f"archive-{code}-mfa", name=f"Foreign Ministry of {party.name}", party=party)
        ministry.save()
        world.ministries[party.pk] = ministry
        posts = Post.objects.bulk_create(
            Post(
                ref=f"archive-{code}-post-{place}", name=f"{office} of {party.name}", organisation=ministry, party=party
            )
            for place, office in enumerate(_OFFICES)
        )
        world.holders[party.pk] = [_mandates(random, code, post) for post in posts]


def _mandates(random: Random, code: str, post: Post) -> list[Mandate]:
    starts = [FIRST_DAY + datetime.timedelta(days=days) for days in range(0, DAYS + 1, _TERM)]
    people = Person.objects.bulk_create(
        Person(ref=f"{post.ref}-holder-{term}", name=f"{name(random)} {name(random)}") for term in range(len(starts))
    )
    return Mandate.objects.bulk_create(
        Mandate(ref=f"{person.ref}-term", person=person, post=post, start=start,
                end=min(start + datetime.timedelta(days=_TERM - 1), LAST_DAY))
        for person, start in zip(people, starts, strict=True)
    )  # fmt: skip


def _store_desk(plan: Plan, number: int, size: int, pair: tuple[Party, Party], everywhere: User, world: World) -> Desk:
    first, second = pair
    relationship = Relationship(
        first_party=first,
        second_party=second,
        slug=f"{SLUG}{first.code}-{second.code}".lower(),
        order=number,
        time_zone="Europe/Istanbul" if number % 2 else "America/New_York",
    )
    relationship.save()
    users = User.objects.bulk_create(
        User(
            username=f"{relationship.slug}-{role}-{place}",
            name=f"{Role(role).label} {place} of desk {number}",
            password=UNUSABLE_PASSWORD_PREFIX,
        )
        for place, role in enumerate(_ROLES, start=1)
    )
    DeskMembership.objects.bulk_create(
        DeskMembership(user=user, relationship=relationship, role=role)
        for user, role in [*zip(users, _ROLES, strict=True), (everywhere, Role.ANALYST)]
    )
    desk = Desk(number, size, relationship, authors=users[:4], reviewers=users[3:6])
    random = plan.random("desk", number)
    ReliabilityRating.objects.bulk_create(
        ReliabilityRating(relationship=relationship, publisher=publisher, reliability=random.choice(Reliability.values))
        for publisher in random.sample(world.publishers, 20)
    )
    desk.issues = _store_issues(random, desk)
    desk.meetings = _store_meetings(random, desk, world)
    return desk


def _store_issues(random: Random, desk: Desk) -> list[Issue]:
    prose = Prose("en", random)
    issues = Issue.objects.bulk_create(
        Issue(
            relationship=desk.relationship,
            title=prose.title(random.randint(2, 5)),
            slug=f"file-{number}",
            summary=prose.sentence(12, 30),
            topic=random.choice(Topic.values),
            impact=random.choices(Impact.values, [1, 4, 3])[0],
            owner=desk.reviewers[-1],
            **_written(random.choice(desk.authors), at(FIRST_DAY, number)),
        )
        for number in range(1, 7 + int(desk.size**0.5 / 4))
    )
    IssueLink.objects.bulk_create(
        IssueLink(
            relationship=desk.relationship,
            from_issue=issue,
            to_issue=other,
            kind=random.choice(IssueLinkKind.values),
            recorded_at=at(FIRST_DAY, 0),
        )
        for issue, other in itertools.pairwise(issues)
        if random.random() < 0.5
    )
    return issues


def _written(author: User, when: datetime.datetime) -> dict[str, Any]:
    return {"author": author, "edited_by": author, "created_at": when, "edited_at": when}


def _store_meetings(random: Random, desk: Desk, world: World) -> list[tuple[datetime.date, Meeting]]:
    held, participants, agenda = [], [], []
    for number in range(1, 3 + desk.size // 200):
        day = FIRST_DAY + datetime.timedelta(days=random.randint(0, DAYS))
        meeting = Meeting(
            relationship=desk.relationship,
            ref=f"archive-{desk.number}-m{number}",
            title=f"{name(random)} talks",
            kind=random.choice(MeetingKind.values),
            state=MeetingState.HELD,
            earliest=day,
            latest=day,
            place=name(random),
            recorded_at=at(day, 70_000),
            **_written(random.choice(desk.authors), at(day, 70_000)),
        )
        held.append((day, meeting))
        for place, party in enumerate(desk.relationship.parties, start=1):
            mandate = world.mandate(party, random.randrange(4), day)
            participants.append(
                Participant(relationship=desk.relationship, meeting=meeting, number=place, party=party,
                            person_id=mandate.person_id, mandate=mandate)
            )  # fmt: skip
        agenda += [
            AgendaItem(relationship=desk.relationship, meeting=meeting, issue=issue)
            for issue in random.sample(desk.issues, 2)
        ]
    Meeting.objects.bulk_create(meeting for _day, meeting in held)
    Participant.objects.bulk_create(participants)
    AgendaItem.objects.bulk_create(agenda)
    return held
