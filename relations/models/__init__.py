"""The desk's nouns, a module each; a model and its QuerySet stand side by side."""

from relations.models.bearings import Bearing
from relations.models.desks import DeskMembership, IdempotencyKey, Party, Relationship, User
from relations.models.documents import Capture, Document, Publisher, ReliabilityRating
from relations.models.issues import Evidence, Issue, IssueLink, StatusChange
from relations.models.meetings import AgendaItem, Meeting, Participant, Readout
from relations.models.passages import Passage, PassageCheck
from relations.models.people import Mandate, Organisation, Person, Post
from relations.models.reviews import Contribution, Review
from relations.models.statements import Statement

__all__ = [
    "AgendaItem",
    "Bearing",
    "Capture",
    "Contribution",
    "DeskMembership",
    "Document",
    "Evidence",
    "IdempotencyKey",
    "Issue",
    "IssueLink",
    "Mandate",
    "Meeting",
    "Organisation",
    "Participant",
    "Party",
    "Passage",
    "PassageCheck",
    "Person",
    "Post",
    "Publisher",
    "Readout",
    "Relationship",
    "ReliabilityRating",
    "Review",
    "Statement",
    "StatusChange",
    "User",
]
