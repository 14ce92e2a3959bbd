"""Statements as they leave the desk: with their source, by the names that people and other programs know things by."""

from typing import Any

from django.db.models import Prefetch

from relations.choices import StatementKind
from relations.columns import BearingCell
from relations.models import Bearing, Passage, ReliabilityRating
from relations.reports.exports import Noun, Record, Sending, attributed, code_of, ref_of, span_of, told


def _fetched(rows: Any, _sending: Sending) -> Any:
    return (
        rows.select_related("meeting")
        .prefetch_related(None)
        .prefetch_related(
            Prefetch("passages", Passage.objects.only("statement", "exact").order_by("pk")),
            Prefetch("bearings", Bearing.objects.select_related("issue", "position_of", "towards").order_by("pk")),
        )
    )


def _trust(sending: Sending) -> dict[int, str]:
    """Return how far the desk trusts each publisher, by key."""
    ratings = ReliabilityRating.objects.filter(relationship=sending.relationship)
    return dict(ratings.values_list("publisher", "reliability"))


def _record(statement: Any, trust: dict[int, str]) -> Record:
    document = statement.document
    reported = statement.kind == StatementKind.REPORTED
    return {
        "ref": statement.ref,
        "text": statement.text,
        "original_text": statement.original_text,
        "original_language": statement.original_language,
        "translated_by": statement.translated_by,
        "kind": statement.kind,
        "basis": statement.basis,
        "speaker": attributed(statement, statement.speaker),
        "speaker_ref": "" if reported else attributed(statement, ref_of(statement.speaker)),
        "office": _office(statement.mandate),
        "relayer": attributed(statement, statement.relayer),
        "relayer_ref": attributed(statement, ref_of(statement.relayer)),
        "relayer_office": attributed(statement, _office(statement.relayer_mandate)),
        "party": code_of(statement.on_behalf_of),
        "earliest": statement.earliest,
        "latest": statement.latest,
        "precision": statement.precision,
        "told_on": statement.told_on,
        "meeting": ref_of(statement.meeting),
        "document": document.ref,
        "document_title": document.title,
        "document_url": document.url,
        "document_language": document.language,
        "publisher": document.publisher.name,
        "document_date": document.date_published,
        "passages": tuple(passage.exact for passage in statement.passages.all()),
        "cited_place": statement.cited_place,
        "first_said_in": statement.first_said_in,
        "first_said_url": statement.first_said_url,
        "issues": tuple(
            BearingCell(
                bearing.issue.slug,
                bearing.act,
                bearing.mode,
                bearing.intensity,
                code_of(bearing.position_of),
                code_of(bearing.towards),
                stated=bearing.stated,
            )
            for bearing in statement.bearings.all()
        ),
        "credibility": statement.credibility,
        "reliability": trust.get(document.publisher_id, ""),
        "marking": statement.marking,
        "state": statement.review_state,
        "published_at": statement.published_at,
        "titles": tuple(bearing.issue.title for bearing in statement.bearings.all()),
    }


def _office(mandate: Any) -> str:
    return str(mandate.post) if mandate else ""


def _described(said: Record) -> dict[str, Any]:
    """Return a statement in schema.org's terms: a `Quotation` where it is word for word, else a `Claim`."""
    return {
        "@type": "Quotation" if said["kind"] == StatementKind.QUOTE else "Claim",
        "identifier": said["ref"],
        "text": said["text"],
        "temporalCoverage": span_of(said["earliest"], said["latest"], said["precision"]),
        "creator": _person(said["speaker"], said["speaker_ref"], said["office"]),
        "desk:onBehalfOf": said["party"],
        "desk:relayedBy": _person(said["relayer"], said["relayer_ref"], said["relayer_office"]),
        "desk:relayedOn": said["told_on"] and said["told_on"].isoformat(),
        "desk:kind": said["kind"],
        "desk:basis": said["basis"],
        "about": [_about(bearing, title) for bearing, title in zip(said["issues"], said["titles"], strict=True)],
        "isBasedOn": told(
            {
                "@type": "Article",
                "identifier": said["document"],
                "name": said["document_title"],
                "url": said["document_url"],
                "inLanguage": said["document_language"],
                "datePublished": said["document_date"].isoformat(),
                "publisher": {"@type": "Organization", "name": said["publisher"]},
            }
        ),
        "desk:passages": list(said["passages"]),
        "desk:citedPlace": said["cited_place"],
        "desk:firstSaidIn": said["first_said_in"],
        "desk:firstSaidAt": said["first_said_url"],
        "translationOfWork": said["original_text"]
        and {"@type": "CreativeWork", "text": said["original_text"], "inLanguage": said["original_language"]},
        "translator": said["translated_by"],
        "desk:meeting": said["meeting"],
        "desk:credibility": said["credibility"],
        "desk:reliability": said["reliability"],
        "desk:marking": said["marking"],
        "desk:state": said["state"],
        "datePublished": said["published_at"] and said["published_at"].isoformat(),
    }


def _person(name: str, ref: str, office: str) -> dict[str, str] | None:
    return told({"name": name, "identifier": ref, "jobTitle": office}) if name else None


def _about(bearing: BearingCell, title: str) -> dict[str, Any]:
    return told(
        {
            "identifier": bearing.issue,
            "name": title,
            "desk:act": bearing.act,
            "desk:mode": bearing.mode,
            "desk:intensity": float(bearing.intensity),
            "desk:positionOf": bearing.position_of,
            "desk:towards": bearing.towards,
            "desk:inTheirWords": bearing.stated,
        }
    )


STATEMENTS = Noun(
    "statements",
    fetched=_fetched,
    record=_record,
    described=_described,
    may_go=lambda sending: sending.marked("marking", "document__marking"),
    along=_trust,
)
