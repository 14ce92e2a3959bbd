"""A desk's list of statements, made for being read: each row with what its line shows, worked out once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import F
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from relations.choices import Side, StatementKind
from relations.models import Bearing, Relationship, Statement
from relations.models.addresses import address
from relations.models.bearings import deed
from relations.models.moments import Moment
from relations.models.statements import StatementQuerySet

# Of fifteen tables all columns take longer to ask for than to find, and a model of each for each row longer to make.
_OWN = (
    "relationship", "ref", "text", "kind", "earliest", "latest", "precision", "on_behalf_of", "speaker_descriptor",
    "relayer_descriptor", "superseded_at", "withdrawn_at",
)  # fmt: skip
_OTHERS = {
    "of_person": "speaker_person__name",
    "of_organisation": "speaker_organisation__name",
    "of_publisher": "document__publisher__name",
    "of_office": "mandate__post__name",
    "by_person": "relayer_person__name",
    "by_organisation": "relayer_organisation__name",
    "for_name": "on_behalf_of__name",
    "for_short_name": "on_behalf_of__short_name",
}


@dataclass(frozen=True)
class OnIssue:
    """What was done on an issue, and whose position it tells where that is not the speaker's own party's."""

    issue: str
    url: str
    deed: str
    position: str


@dataclass(frozen=True)
class StatementRow:
    """A statement as a line of the list: of what it names, the words alone."""

    ref: str
    url: str
    text: str
    kind: str
    when: str
    side: str
    party: str  # whom it speaks for
    speaker: str
    office: str
    relayer: str
    review_state: str
    is_superseded: bool
    is_withdrawn: bool
    passage_flag: bool
    on_issues: list[OnIssue]

    @cached_property
    def choosing(self) -> str:
        """What choosing it is called."""
        return _("Choose “%(words)s”") % {"words": Truncator(self.text).words(8, truncate=" …")}


def with_line(statements: StatementQuerySet, at: Moment) -> StatementQuerySet:
    """Fetch of statements what `statement_rows` makes lines of, as of `at`."""
    named = {name: F(path) for name, path in _OTHERS.items()}
    return statements.only(*_OWN).annotate(**named).with_review_state(at).with_passage_flag(at)


def statement_rows(relationship: Relationship, statements: Iterable[Statement]) -> list[StatementRow]:
    """Return the lines of these statements of one desk, fetched `with_line`; one query, for the issues they bear on."""
    found: list[Any] = list(statements)
    on_issues = _on_issues(relationship, {each.pk: each.on_behalf_of_id for each in found})
    sides = {relationship.first_party_id: Side.FIRST, relationship.second_party_id: Side.SECOND}
    return [
        StatementRow(
            ref=each.ref,
            url=address("statement", relationship.slug, each.ref),
            text=each.text,
            kind=each.kind,
            when=each.when,
            side=sides.get(each.on_behalf_of_id, Side.NEITHER).value,
            party=each.for_short_name or each.for_name or "",
            speaker=_speaker(each),
            office=each.of_office or "",
            relayer=each.by_person or each.by_organisation or each.relayer_descriptor,
            review_state=each.review_state,
            is_superseded=each.superseded_at is not None,
            is_withdrawn=each.withdrawn_at is not None,
            passage_flag=each.passage_flag,
            on_issues=on_issues[each.pk],
        )
        for each in found
    ]


def _speaker(statement: Any) -> str:
    if statement.kind == StatementKind.REPORTED:
        return str(statement.of_publisher)
    return statement.of_person or statement.of_organisation or statement.speaker_descriptor


def _on_issues(relationship: Relationship, parties: Mapping[int, int | None]) -> dict[int, list[OnIssue]]:
    """Return by statement what it does on which issue; `parties` tells for whom each of them speaks."""
    on_issues: dict[int, list[OnIssue]] = defaultdict(list)
    bearings = Bearing.objects.filter(statement__in=parties).order_by("pk")
    columns = ("statement", "act", "issue__slug", "issue__title", "position_of")
    named = ("position_of__short_name", "position_of__name")
    urls: dict[str, str] = {}
    for statement, act, slug, title, party, short_name, name in bearings.values_list(*columns, *named):
        if slug not in urls:
            urls[slug] = address("issue", relationship.slug, slug)
        position = (short_name or name) if party not in (None, parties[statement]) else ""
        on_issues[statement].append(OnIssue(title, urls[slug], deed(act), position))
    return on_issues
