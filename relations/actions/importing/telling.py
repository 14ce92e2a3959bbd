"""What stands, in the words in which a table tells it: what a row says the same way changes nothing."""

from typing import Any

from relations.actions.importing.cells import tidy
from relations.choices import Basis, StatementKind
from relations.columns import BearingCell, joined


def statement_told(statement: Any) -> dict[str, str]:
    """Return the columns of a statement as an export tells them; nobody is named on deep background."""
    unsaid = statement.basis == Basis.DEEP_BACKGROUND
    spoken = statement.kind not in (StatementKind.REPORTED, StatementKind.JOINT)
    speaker, relayer = statement.speaker, statement.relayer
    told: dict[str, Any] = {
        "text": statement.text,
        "original_text": statement.original_text,
        "original_language": statement.original_language,
        "translated_by": statement.translated_by,
        "kind": statement.kind,
        "basis": statement.basis,
        "speaker": "" if unsaid else speaker,
        "speaker_ref": "" if unsaid or not spoken else getattr(speaker, "ref", ""),
        "office": statement.mandate.post if statement.mandate else "",
        "relayer": "" if unsaid else relayer,
        "relayer_ref": "" if unsaid else getattr(relayer, "ref", ""),
        "relayer_office": statement.relayer_mandate.post if statement.relayer_mandate and not unsaid else "",
        "party": statement.on_behalf_of.code if statement.on_behalf_of else "",
        "earliest": statement.earliest,
        "latest": statement.latest,
        "precision": statement.precision,
        "told_on": statement.told_on or "",
        "meeting": statement.meeting.ref if statement.meeting else "",
        "document": statement.document.ref,
        "document_url": statement.document.url,
        "passages": joined(tidy(passage.exact) for passage in statement.passages.all()),
        "cited_place": statement.cited_place,
        "first_said_in": statement.first_said_in,
        "first_said_url": statement.first_said_url,
        "issues": joined(str(bearing_told(bearing)) for bearing in statement.bearings.all()),
        "credibility": statement.credibility,
        "marking": statement.marking,
        "note": statement.note,
    }
    return {name: tidy(str(value)) for name, value in told.items()}


def bearing_told(bearing: Any) -> BearingCell:
    """Return what a bearing says as a cell tells it."""
    return BearingCell(
        bearing.issue.slug,
        bearing.act,
        bearing.mode,
        bearing.intensity,
        bearing.position_of.code if bearing.position_of else "",
        bearing.towards.code if bearing.towards else "",
        stated=bearing.stated,
    )
