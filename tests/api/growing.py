"""Many rows of every noun of a desk, each kind stored at one stroke."""

from collections.abc import Iterable
from typing import Any

from relations.models import (
    AgendaItem,
    Bearing,
    Brief,
    Capture,
    Commitment,
    Document,
    Evidence,
    Issue,
    IssueLink,
    Mandate,
    Meeting,
    Note,
    Organisation,
    Participant,
    Passage,
    Person,
    Post,
    Publisher,
    Readout,
    ReliabilityRating,
    Review,
    Statement,
    StatusChange,
    User,
    Watch,
)
from relations.models.base import make_ref, moment
from relations.models.documents import text_hash
from tests import factories


def _stored(model: Any, rows: Iterable[dict[str, Any]]) -> list[Any]:
    return model.objects.bulk_create([model(**row) for row in rows])


def grow(published: Statement, analyst: User, follower: User, number: int) -> None:
    """Store so many more rows of every noun, with all that the API tells of them; the statements are drafts."""
    desk, day, each = published.relationship, factories.DAY, range(number)
    here = {"relationship": desk}
    own = {**here, "author": analyst, "edited_by": analyst}
    party, cited_on = desk.second_party, published.bearings.get().issue

    bodies = _stored(Organisation, ({"name": "Body", "party": party} for _ in each))
    posts = _stored(Post, ({"name": "Post", "party": party, "organisation": body} for body in bodies))
    people = _stored(Person, ({"name": "Person"} for _ in each))
    held = zip(people, posts, strict=True)
    mandates = _stored(Mandate, ({"person": who, "post": post, "start": day, "end": day} for who, post in held))
    publishers = _stored(Publisher, ({"name": "Daily", "party": party} for _ in each))
    _stored(ReliabilityRating, ({"publisher": publisher, "reliability": "B", **here} for publisher in publishers))

    issues = _stored(Issue, ({"title": "Issue", "slug": make_ref(), "owner": analyst, **own} for _ in each))
    _stored(IssueLink, ({"from_issue": issue, "kind": "blocks", "to_issue": cited_on, **here} for issue in issues))
    _stored(Note, ({"issue": issue, "text": "A note", **own} for issue in issues))
    changes = _stored(
        StatusChange, ({"issue": issue, "effective": day, "rationale": "Talks.", **own} for issue in issues)
    )
    _stored(Evidence, ({"status_change": change, "statement": published, **here} for change in changes))
    waiting = {"submitted_by": analyst, "submitted_at": moment(), **here}
    _stored(Review, ({"status_change": change, **waiting} for change in changes))
    promised = {"issue": cited_on, "statement": published, "party": party, "text": "Talks", **own}
    _stored(Commitment, (promised for _ in each))
    made = {"title": "Brief", "author": analyst, "known": moment(), "content": "{}", "sha256": text_hash("{}"), **here}
    _stored(Brief, (made for _ in each))

    article = {"title": "Article", "date_published": day, "reprints": published.document, **own}
    documents = _stored(Document, ({"publisher": publisher, **article} for publisher in publishers))
    text = {"text": factories.TEXT, "sha256": text_hash(factories.TEXT), **here}
    copies = _stored(Capture, ({"document": document, **text} for document in documents))
    meetings = _stored(Meeting, ({"title": "Talks", "earliest": day, "latest": day, **own} for _ in each))
    for number, (meeting, mandate, document) in enumerate(zip(meetings, mandates, documents, strict=True)):
        meeting.of = {"meeting": meeting, **here}
        meeting.told = {"side": party, "teller_person": mandate.person, "document": document, **meeting.of}
        meeting.seen = {"party": party, "person": mandate.person, "mandate": mandate, **meeting.of}
        meeting.on = {"issue": issues[number], **meeting.of}
    _stored(Readout, (meeting.told for meeting in meetings))
    _stored(Participant, (meeting.seen for meeting in meetings))
    _stored(AgendaItem, (meeting.on for meeting in meetings))

    statements = []
    for document, mandate, meeting in zip(documents, mandates, meetings, strict=True):
        said = {"speaker_person": mandate.person, "mandate": mandate, "meeting": meeting}
        statements.append(factories.unsaved_statement(document, author=analyst, edited_by=analyst, **said))
    Statement.objects.bulk_create(statements)
    place = next(iter(copies[0].places_of("We want the sanctions lifted").items())) if copies else (0, 0)
    passages = [Passage.anchored(copy, *place) for copy in copies]
    for passage, statement in zip(passages, statements, strict=True):
        passage.statement, passage.relationship = statement, desk
    Passage.objects.bulk_create(passages)
    meant = {"act": "REQUEST", "intensity": 0, "position_of": party, "towards": desk.first_party, **here}
    pairs = zip(statements, issues, strict=True)
    _stored(Bearing, ({"statement": statement, "issue": issue, **meant} for statement, issue in pairs))
    for subject, rows in {"issue": issues, "statement": statements, "person": people}.items():
        _stored(Watch, ({"user": follower, subject: row} for row in rows))
