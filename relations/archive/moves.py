"""What stands on published statements: moves of issues, tellings of meetings, notes. Stored as anyone would store them."""

import datetime
from collections import defaultdict
from random import Random

from relations.archive.content import Content, Said
from relations.archive.plan import Desk, Plan, World
from relations.archive.words import Prose
from relations.choices import Decision, Status, Trend
from relations.models import Evidence, Issue, Note, Readout, Review, StatusChange

_MOVES = 6  # of one issue at most


def store_moves(plan: Plan, world: World, content: Content, desk: Desk) -> None:
    """Store a desk's moves with their evidence and reviews, its meetings' readouts and its notes."""
    random = plan.random("moves", desk.number)
    grounds: dict[int, list[Said]] = defaultdict(list)
    for one in content.evidence[desk.number]:
        for pk in one.issues:
            grounds[pk].append(one)
    writer = _Moves(random, desk)
    for issue in desk.issues:
        some = random.sample(grounds[issue.pk], min(_MOVES, len(grounds[issue.pk])))
        for one in sorted(some, key=lambda one: one.published_at):
            writer.move(issue, one)
        writer.note(issue)
    writer.store()
    Readout.objects.bulk_create(
        Readout(
            relationship=desk.relationship,
            meeting=meeting,
            side=side,
            document_id=document,
            teller_person_id=world.mandate(side, 4, day).person_id,
        )
        for day, meeting, document in content.tellings[desk.number]
        for side in desk.relationship.parties
    )


class _Moves:
    def __init__(self, random: Random, desk: Desk) -> None:
        self.random = random
        self.desk = desk
        self.prose = Prose("en", random)
        self.changes: list[StatusChange] = []
        self.evidence: list[Evidence] = []
        self.reviews: list[Review] = []
        self.notes: list[Note] = []

    def move(self, issue: Issue, ground: Said) -> None:
        """Add a move of an issue, published within a day of the statement that is its evidence."""
        author, reviewer = self._two_people()
        proposed = ground.published_at + datetime.timedelta(hours=2)
        decided = proposed + datetime.timedelta(hours=self.random.randint(1, 10))
        ref = f"archive-{self.desk.number}-c{len(self.changes) + 1}"
        change = StatusChange(
            relationship=self.desk.relationship,
            issue=issue,
            ref=ref,
            to_status=self.random.choice(Status.values),
            to_trend=self.random.choice(Trend.values),
            effective=min(ground.latest, ground.published_at.date()),
            rationale=self.prose.sentence(8, 20),
            author=author,
            created_at=proposed,
            edited_by=author,
            edited_at=proposed,
            published_at=decided,
        )
        self.changes.append(change)
        self.evidence.append(
            Evidence(relationship=self.desk.relationship, status_change=change, statement_id=ground.pk)
        )
        self.reviews.append(
            Review(
                relationship=self.desk.relationship,
                status_change=change,
                ref=f"{ref}-read",
                revision=1,
                submitted_by=author,
                submitted_at=proposed,
                decision=Decision.APPROVED,
                decided_by=reviewer,
                decided_at=decided,
            )
        )

    def note(self, issue: Issue) -> None:
        """Add a note on an issue."""
        author = self.random.choice(self.desk.authors)
        when = issue.created_at + datetime.timedelta(days=self.random.randint(1, 7000))
        self.notes.append(
            Note(
                relationship=self.desk.relationship,
                issue=issue,
                ref=f"archive-{self.desk.number}-n{len(self.notes) + 1}",
                text=self.prose.sentence(10, 40),
                author=author,
                created_at=when,
                edited_by=author,
                edited_at=when,
            )
        )

    def store(self) -> None:
        """Store all, evidence before the review that freezes it."""
        StatusChange.objects.bulk_create(self.changes)
        Evidence.objects.bulk_create(self.evidence)
        Review.objects.bulk_create(self.reviews)
        Note.objects.bulk_create(self.notes)

    def _two_people(self) -> tuple:
        author = self.random.choice(self.desk.authors)
        return author, self.random.choice([user for user in self.desk.reviewers if user != author])
