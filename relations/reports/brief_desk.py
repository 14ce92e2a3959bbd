"""What a brief tells besides statements: the desk's judgement, commitments, people, the days ahead, the meeting."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from relations.briefs.content import About, Ahead, Contact, Judgement, Promise
from relations.choices import Basis, CommitmentState, MeetingState, NoteKind, StatementKind
from relations.models import Commitment, Issue, Meeting, Note, Participant, Readout, Relationship, Statement
from relations.reports.audience import ForAudience, shown_to
from relations.reports.brief_words import TEXT, cut, day

CONTACTS = 30
AHEAD = 30
PROMISES = 12  # of one issue, the open ones first
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


def judgements_of(desk: Relationship, issues: Sequence[int], at: ForAudience) -> dict[int, Judgement]:
    """Return the desk's latest judgement on each issue that this audience may see; one query."""
    notes = Note.objects.at(desk).filter(kind=NoteKind.JUDGEMENT, issue__in=issues, marking__in=shown_to(at.audience))
    if at.known_until is not None:  # one edited later no longer says what was known then
        notes = notes.filter(edited_at__lt=at.known_until)
    latest = notes.order_by("issue_id", "-created_at", "-pk").distinct("issue_id").select_related("author")
    return {
        note.issue_id: Judgement(
            text=cut(_plain(note.text), 2 * TEXT),
            likelihood=str(note.get_likelihood_display()) if note.likelihood else "",
            confidence=str(note.get_confidence_display()) if note.confidence else "",
            who=str(note.author),
            when=day(desk.day_of(note.edited_at)),
        )
        for note in latest
    }


def _plain(text: str) -> str:
    """Return a note's Markdown as plain paragraphs, a line each."""
    lines = []
    for token in _MARKDOWN.parse(text):
        if token.type == "inline":
            parts = [
                " " if child.type in ("softbreak", "hardbreak") else child.content for child in token.children or []
            ]
            lines.append("".join(parts))
        elif token.type in ("fence", "code_block"):
            lines.append(token.content.strip())
    return "\n".join(line for line in lines if line.strip())


def promises_of(
    desk: Relationship, issues: Sequence[int], at: ForAudience
) -> dict[int, list[tuple[Promise, Statement]]]:
    """Return each issue's commitments, the open ones first, with the statements that say so; one query."""
    rows = (
        Commitment.objects.at(desk)
        .filter(at.stood("latest", "statement__"), at.recorded(column="created_at"), issue__in=issues)
        .select_related(
            "party", "issue", "statement__document__publisher", "statement__mandate__post", "statement__speaker_person",
            "statement__speaker_organisation", "statement__relayer_person", "statement__relayer_organisation",
            "statement__on_behalf_of", "settled_by__document",
        )
        .order_by("due_latest", "pk")
        .rewound(at)
    )  # fmt: skip
    markings = set(shown_to(at.audience))
    found: dict[int, list[tuple[Promise, Statement]]] = defaultdict(list)
    for row in rows:
        shown = row.settled_by is None or {row.settled_by.marking, row.settled_by.document.marking} <= markings
        promise = Promise(
            party=row.party.label,
            side=str(desk.side_of(row.party)),
            text=row.text,
            due=row.due,
            state=str(row.get_state_display()) if shown else _("what became of it is not for this audience"),
            issue=row.issue.title,
            note=0,
        )
        found[row.issue_id].append((promise, row.statement))
    is_open = str(CommitmentState.OPEN.label)
    return {issue: sorted(told, key=lambda each: each[0].state != is_open)[:PROMISES] for issue, told in found.items()}


def contacts_of(desk: Relationship, issues: Sequence[int], at: ForAudience) -> tuple[Contact, ...]:
    """Return who spoke, passed on or took part for a side on these issues, in which office, and when last; three queries."""
    said = (
        Statement.objects.at(desk)
        .standing(at)
        .filter(bearings__issue__in=issues)
        .exclude(basis=Basis.DEEP_BACKGROUND)
        .exclude(kind=StatementKind.REPORTED)
    )
    met = Participant.objects.at(desk).filter(
        at.recorded("meeting__"), meeting__agenda__issue__in=issues, meeting__state=MeetingState.HELD
    )
    if at.last_day is not None:
        met = met.filter(meeting__earliest__lte=at.last_day)
    found: dict[tuple[str, str, int | None], datetime.date] = {}
    for rows, person, office, party, on in (
        (said, "speaker_person", "mandate__post", "on_behalf_of", "latest"),
        (said, "relayer_person", "relayer_mandate__post", "on_behalf_of", "latest"),
        (met, "person", "mandate__post", "party", "meeting__latest"),
    ):
        named: Any = rows.filter(**{f"{person}__isnull": False}).order_by()
        for name, post, of, last in named.values_list(f"{person}__name", f"{office}__name", party).annotate(Max(on)):
            key = (name, post or "", of)
            found[key] = max(found.get(key, last), last)
    sides = {party.pk: party for party in desk.parties}
    people = sorted(found.items(), key=lambda item: item[1], reverse=True)
    contacts = [
        Contact(name, office, sides[party].label, str(desk.side_of(sides[party])), day(last))
        for (name, office, party), last in people
        if party in sides
    ]
    return tuple(sorted(contacts[:CONTACTS], key=lambda each: each.side))


def days_ahead(desk: Relationship, issues: Sequence[int], at: ForAudience, *, own_work: bool) -> tuple[Ahead, ...]:
    """Return the meetings, and of the desk's own work what falls due and is to be looked at again; up to three queries."""
    today = at.effective or at.known or desk.today()
    # Known then and said to be held since, it lay ahead all the same.
    ahead = Q(latest__gt=today) | (
        Q(state_then__in=(MeetingState.EXPECTED, MeetingState.SCHEDULED)) & (Q(latest__isnull=True) | Q(latest=today))
    )
    meetings = (
        Meeting.objects.at(desk)
        .with_state_then(at)
        .filter(ahead, at.recorded())
        .exclude(state_then=MeetingState.CANCELLED)
    )
    dated: list[tuple[datetime.date, Ahead]] = [
        (
            meeting.earliest or datetime.date.max,
            Ahead(meeting.when or _("no day yet"), meeting.title, str(meeting.get_kind_display())),
        )
        for meeting in meetings.order_by("earliest", "pk")[:AHEAD]
    ]
    if own_work:
        due = (
            Commitment.objects.at(desk)
            .open(at)
            .filter(
                at.stood("latest", "statement__"),
                at.recorded(column="created_at"),
                issue__in=issues,
                due_latest__gte=today,
            )
        )
        dated += [
            (row.due_latest, Ahead(row.due, f"{row.party.label}: {row.text}", _("Commitment due")))
            for row in due.select_related("party").order_by("due_latest", "pk")[:AHEAD]
            if row.due_latest
        ]
        reviews = Issue.objects.at(desk).filter(pk__in=issues, review_due__gte=today).order_by("review_due", "pk")
        dated += [
            (issue.review_due, Ahead(day(issue.review_due), issue.title, _("Issue to be looked at again")))
            for issue in reviews[:AHEAD]
            if issue.review_due
        ]
    return tuple(ahead for _day, ahead in sorted(dated, key=lambda each: each[0])[:AHEAD])


def meeting_of(meeting: Meeting, at: ForAudience) -> About:
    """Return the meeting that a brief is for, with the tellings that this audience may see; two queries."""
    desk = meeting.relationship
    meeting.rewind(at)
    people = Participant.objects.filter(meeting=meeting).select_related("person", "party", "mandate__post")
    tellings = Readout.objects.filter(
        at.recorded("document__"), meeting=meeting, document__marking__in=shown_to(at.audience)
    ).select_related("side", "teller_person")
    return About(
        title=meeting.title,
        kind=f"{meeting.get_kind_display()}, {str(meeting.get_state_display()).lower()}",
        when=meeting.when or _("day not known"),
        place=meeting.place,
        summary=cut(meeting.summary, TEXT),
        people=tuple(
            Contact(
                str(each),
                str(each.mandate.post) if each.mandate else "",
                each.party.label,
                str(desk.side_of(each.party)),
                "",
            )
            for each in people.order_by("number")
        ),
        tellings=tuple(f"{each.side.label}: {each.teller}" for each in tellings.order_by("pk")),
    )
