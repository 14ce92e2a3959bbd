"""Which nouns a desk's fixture holds, in loading order."""

from relations.models import (
    AgendaItem,
    Bearing,
    Brief,
    BriefTemplate,
    Capture,
    Commitment,
    Confirmation,
    Contribution,
    Document,
    Evidence,
    Issue,
    IssueLink,
    Mandate,
    Meeting,
    Note,
    Organisation,
    Participant,
    Party,
    Passage,
    PassageCheck,
    PassageSettlement,
    Person,
    Post,
    Publisher,
    Readout,
    Relationship,
    ReliabilityRating,
    Review,
    ReviewComment,
    Statement,
    StatusChange,
)

REFERENCE = (Party, Publisher, Organisation, Post, Person, Mandate)
# Parents before children, evidence after what it cites, an approval after all that it freezes. Left out are original
# files, which no fixture can hold; mentions, which are of members alone; and what is one user's own.
CONTENT = (
    Relationship, ReliabilityRating, Issue, IssueLink, Meeting, Participant, AgendaItem, Document, Capture, Readout,
    Statement, Passage, PassageCheck, PassageSettlement, Bearing, StatusChange, Evidence, Contribution, Review,
    ReviewComment, Commitment, Note, Confirmation, BriefTemplate, Brief,
)  # fmt: skip
