"""What all desks share, as it leaves: people with their offices, posts, organisations, publishers. None is marked."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch

from relations.models import Mandate, ReliabilityRating
from relations.reports.exports import Noun, Record, Sending, code_of, ref_of, told

_NO_OFFICE = {
    "mandate": "", "office": "", "post": "", "party": "", "organisation": "", "start": None, "end": None,
    "first_attested": None, "last_attested": None, "source_url": "",
}  # fmt: skip


def _people(rows: Any, _sending: Sending) -> Any:
    mandates = Mandate.objects.select_related("post__party", "post__organisation").order_by("covers_from", "pk")
    return rows.select_related("merged_into").prefetch_related(None).prefetch_related(Prefetch("mandates", mandates))


def _person(person: Any, _along: None) -> Record:
    return {
        "ref": person.ref,
        "name": person.name,
        "sort_name": person.sort_name,
        "biography": person.biography,
        "same_as": ref_of(person.merged_into),
        "offices": [
            {
                "mandate": mandate.ref,
                "office": mandate.post.name,
                "post": mandate.post.ref,
                "party": code_of(mandate.post.party),
                "organisation": str(mandate.post.organisation or ""),
                "start": mandate.start,
                "end": mandate.end,
                "first_attested": mandate.first_attested,
                "last_attested": mandate.last_attested,
                "source_url": mandate.source_url,
            }
            for mandate in person.mandates.all()
        ],
    }


def _office_lines(person: Record) -> Iterator[Record]:
    for office in person["offices"] or [_NO_OFFICE]:
        yield {**person, **office}


def _person_terms(person: Record) -> dict[str, Any]:
    return {
        "@type": "Person",
        "identifier": person["ref"],
        "name": person["name"],
        "alternateName": person["sort_name"],
        "description": person["biography"],
        "sameAs": person["same_as"],
        "memberOf": [
            told(
                {
                    "@type": "OrganizationRole",
                    "identifier": office["mandate"],
                    "roleName": office["office"],
                    "desk:post": office["post"],
                    "desk:party": office["party"],
                    "memberOf": office["organisation"] and {"@type": "Organization", "name": office["organisation"]},
                    "startDate": office["start"] and office["start"].isoformat(),
                    "endDate": office["end"] and office["end"].isoformat(),
                    "desk:firstAttested": office["first_attested"] and office["first_attested"].isoformat(),
                    "desk:lastAttested": office["last_attested"] and office["last_attested"].isoformat(),
                    "url": office["source_url"],
                }
            )
            for office in person["offices"]
        ],
    }


def _posts(rows: Any, _sending: Sending) -> Any:
    mandates = Mandate.objects.select_related("person").order_by("-covers_until", "-pk")
    rows = rows.select_related("party", "organisation").prefetch_related(None)
    return rows.prefetch_related(Prefetch("mandates", mandates))


def _post(post: Any, _along: None) -> Record:
    last = next(iter(post.mandates.all()), None)
    return {
        "ref": post.ref,
        "name": post.name,
        "party": code_of(post.party),
        "organisation": str(post.organisation or ""),
        "organisation_ref": ref_of(post.organisation),
        "held_by": last.person.name if last else "",
        "held_until": last.covers_until if last else None,
    }


def _post_terms(post: Record) -> dict[str, Any]:
    return {
        "@type": "Occupation",
        "identifier": post["ref"],
        "name": post["name"],
        "desk:party": post["party"],
        "desk:organisation": post["organisation_ref"],
        "desk:heldBy": post["held_by"],
        "desk:heldUntil": post["held_until"] and post["held_until"].isoformat(),
    }


def _organisation(organisation: Any, _along: None) -> Record:
    return {"ref": organisation.ref, "name": organisation.name, "party": code_of(organisation.party)}


def _organisation_terms(organisation: Record) -> dict[str, Any]:
    return {
        "@type": "Organization",
        "identifier": organisation["ref"],
        "name": organisation["name"],
        "desk:party": organisation["party"],
    }


def _publishers(rows: Any, sending: Sending) -> Any:
    """Fetch along how far the user's own desks trust each (R7)."""
    ratings = ReliabilityRating.objects.visible_to(sending.user).select_related("relationship")
    rows = rows.select_related("party").prefetch_related(None)
    return rows.prefetch_related(Prefetch("ratings", ratings.order_by("relationship__slug")))


def _publisher(publisher: Any, _along: None) -> Record:
    return {
        "ref": publisher.ref,
        "name": publisher.name,
        "party": code_of(publisher.party),
        "url": publisher.url,
        "trust": tuple(f"{rating.relationship.slug}: {rating.reliability}" for rating in publisher.ratings.all()),
    }


def _publisher_terms(publisher: Record) -> dict[str, Any]:
    return {
        "@type": "Organization",
        "identifier": publisher["ref"],
        "name": publisher["name"],
        "url": publisher["url"],
        "desk:party": publisher["party"],
        "desk:trust": list(publisher["trust"]),
    }


PEOPLE = Noun("people", fetched=_people, record=_person, described=_person_terms, lines=_office_lines)
POSTS = Noun("posts", fetched=_posts, record=_post, described=_post_terms)
ORGANISATIONS = Noun(
    "organisations",
    fetched=lambda rows, _sending: rows.select_related("party"),
    record=_organisation,
    described=_organisation_terms,
)
PUBLISHERS = Noun("publishers", fetched=_publishers, record=_publisher, described=_publisher_terms)
