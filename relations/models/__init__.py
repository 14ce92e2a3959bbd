"""The desk's nouns, a module each; a model and its QuerySet stand side by side."""

from relations.models.bearings import Bearing
from relations.models.briefs import Brief, BriefTemplate
from relations.models.commitments import Commitment
from relations.models.desks import DeskMembership, IdempotencyKey, Party, Relationship, User
from relations.models.documents import Capture, Document, Publisher, ReliabilityRating
from relations.models.following import (
    DeskVisit,
    DigestSetting,
    FeedAddress,
    FormDraft,
    Notification,
    Watch,
)
from relations.models.issues import Evidence, Issue, IssueLink, StatusChange
from relations.models.meetings import AgendaItem, Meeting, Participant, Readout
from relations.models.notes import Confirmation, Mention, Note
from relations.models.originals import Original
from relations.models.passages import Passage, PassageCheck, PassageSettlement
from relations.models.people import Mandate, Organisation, Person, Post
from relations.models.published import IssueStatement, PublishedBearing
from relations.models.reviews import Contribution, Review
from relations.models.rounds import ReviewClaim, ReviewComment
from relations.models.saved_views import DefaultView, SavedView
from relations.models.search import SearchEntry
from relations.models.statements import Statement
from relations.models.table_imports import TableImport
from relations.models.tokens import ApiToken

__all__ = [
    "AgendaItem",
    "ApiToken",
    "Bearing",
    "Brief",
    "BriefTemplate",
    "Capture",
    "Commitment",
    "Confirmation",
    "Contribution",
    "DefaultView",
    "DeskMembership",
    "DeskVisit",
    "DigestSetting",
    "Document",
    "Evidence",
    "FeedAddress",
    "FormDraft",
    "IdempotencyKey",
    "Issue",
    "IssueLink",
    "IssueStatement",
    "Mandate",
    "Meeting",
    "Mention",
    "Note",
    "Notification",
    "Organisation",
    "Original",
    "Participant",
    "Party",
    "Passage",
    "PassageCheck",
    "PassageSettlement",
    "Person",
    "Post",
    "PublishedBearing",
    "Publisher",
    "Readout",
    "Relationship",
    "ReliabilityRating",
    "Review",
    "ReviewClaim",
    "ReviewComment",
    "SavedView",
    "SearchEntry",
    "Statement",
    "StatusChange",
    "TableImport",
    "User",
    "Watch",
]
