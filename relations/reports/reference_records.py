"""Records of what all desks share: parties, people with their offices, posts, organisations, publishers (R7)."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from relations.models import Mandate, Organisation, Party, Person, Post, Publisher
from relations.reports.feeds import absolute


@dataclass(frozen=True)
class PartyRecord:
    """A state or an international organisation that holds positions."""

    code: str
    kind: str
    name: str
    short_name: str


def parties(words: str) -> QuerySet[Party]:
    """Return the parties, as far as their names hold each of these words."""
    rows = Party.objects.all()
    for word in words.split():
        rows = rows.filter(name__unaccent__icontains=word)
    return rows


def party_record(row: Any) -> PartyRecord:
    """Return a party's record."""
    return PartyRecord(row.code, row.kind, row.name, row.short_name)


@dataclass(frozen=True)
class MandateRecord:
    """Who held which office from when to when, as far as the bounds are known or attested."""

    ref: str
    post: str
    office: str
    party: str
    start: datetime.date | None
    end: datetime.date | None
    first_attested: datetime.date | None
    last_attested: datetime.date | None
    source_url: str


@dataclass(frozen=True)
class PersonRecord:
    """A person who speaks or takes part, with the offices they held."""

    ref: str
    name: str
    sort_name: str
    biography: str
    same_as: str  # the entry to keep, where two turned out to be one person
    mandates: tuple[MandateRecord, ...]
    page: str


def people(words: str) -> QuerySet[Person]:
    """Return the people, as far as each of these words is in a name or an office of theirs; joined entries too."""
    mandates = Mandate.objects.select_related("post__party").order_by("-covers_until", "-pk")
    rows = Person.objects.found_by(words).select_related("merged_into")
    return rows.prefetch_related(Prefetch("mandates", mandates))


def person_record(row: Any) -> PersonRecord:
    """Return a person's record."""
    return PersonRecord(
        ref=row.ref,
        name=row.name,
        sort_name=row.sort_name,
        biography=row.biography,
        same_as=row.merged_into.ref if row.merged_into else "",
        mandates=tuple(
            MandateRecord(
                ref=each.ref,
                post=each.post.ref,
                office=each.post.name,
                party=each.post.party.code,
                start=each.start,
                end=each.end,
                first_attested=each.first_attested,
                last_attested=each.last_attested,
                source_url=each.source_url,
            )
            for each in row.mandates.all()
        ),
        page=absolute(row.get_absolute_url()),
    )


@dataclass(frozen=True)
class PostRecord:
    """An office."""

    ref: str
    name: str
    party: str
    organisation: str
    organisation_ref: str
    page: str


def posts(words: str) -> QuerySet[Post]:
    """Return the posts, as far as their titles hold each of these words."""
    return Post.objects.matching(words).select_related("party", "organisation")


def post_record(row: Any) -> PostRecord:
    """Return a post's record."""
    organisation = row.organisation
    return PostRecord(
        ref=row.ref,
        name=row.name,
        party=row.party.code,
        organisation=organisation.name if organisation else "",
        organisation_ref=organisation.ref if organisation else "",
        page=absolute(row.get_absolute_url()),
    )


@dataclass(frozen=True)
class OrganisationRecord:
    """A body that people hold office in or that speaks for itself."""

    ref: str
    name: str
    party: str
    page: str


def organisations(words: str) -> QuerySet[Organisation]:
    """Return the organisations, as far as their names hold each of these words."""
    return Organisation.objects.matching(words).select_related("party")


def organisation_record(row: Any) -> OrganisationRecord:
    """Return an organisation's record."""
    return OrganisationRecord(row.ref, row.name, row.party.code if row.party else "", absolute(row.get_absolute_url()))


@dataclass(frozen=True)
class PublisherRecord:
    """Who publishes documents; how far to trust them is each desk's own (`/desks/{desk}/ratings/`)."""

    ref: str
    name: str
    party: str
    url: str
    page: str


def publishers(words: str) -> QuerySet[Publisher]:
    """Return the publishers, as far as their names hold each of these words."""
    return Publisher.objects.matching(words).select_related("party")


def publisher_record(row: Any) -> PublisherRecord:
    """Return a publisher's record."""
    return PublisherRecord(
        row.ref, row.name, row.party.code if row.party else "", row.url, absolute(row.get_absolute_url())
    )
