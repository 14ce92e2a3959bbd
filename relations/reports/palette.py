"""Where one can go from the command palette: pages, issues and people, found by a few letters."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from relations.access import Verb
from relations.choices import Role
from relations.models import DeskMembership, Issue, Person
from relations.models.moments import Moments

OFFERED = 8  # issues, and people: more than are read at a glance need more letters
WORDS_LIMIT = 100


@dataclass(frozen=True)
class Destination:
    """One place to go: its name, what kind of place it is, and its address."""

    label: str
    kind: str
    url: str


def destinations(user: Any, words: str, at: Moments) -> list[Destination]:
    """Return where `user` may go whose name holds every one of `words`, pages first; three queries at most.

    Of a past day only what can be read so. Diacritics and case are ignored in issues and people. Without words, the
    pages of her desks.
    """
    words = words.strip()[:WORDS_LIMIT]
    memberships = (
        DeskMembership.objects.filter(user=user, user__is_active=True)
        .select_related("relationship__first_party", "relationship__second_party")
        .order_by("relationship__order", "relationship__slug")
    )
    pages = [page for page in _pages(list(memberships), at.is_past) if _holds(page.label, words)]
    if not words:
        return pages
    issues = _matching(Issue.objects.visible_to(user, at), "title", words).select_related(
        "relationship__first_party", "relationship__second_party"
    )
    people = Person.objects.filter(merged_into=None).matching(words).by_name()
    return [
        *pages[:OFFERED],
        *(
            Destination(issue.title, _("Issue, %(desk)s") % {"desk": issue.relationship}, issue.get_absolute_url())
            for issue in issues.order_by("title", "pk")[:OFFERED]
        ),
        *(Destination(person.name, _("Person"), person.get_absolute_url()) for person in people[:OFFERED]),
    ]


def _pages(memberships: list[DeskMembership], is_past: bool) -> list[Destination]:
    found = [
        Destination(_("My desks"), _("Page"), reverse("home")),
        Destination(_("People"), _("Page"), reverse("people")),
    ]
    several = len(memberships) > 1
    for membership in memberships:
        desk = membership.relationship
        named = [
            ("board", _("Board")),
            ("statement_list", _("Statements")),
            ("document_list", _("Documents")),
            ("meeting_list", _("Meetings")),
            ("what_changed", _("What changed")),
            ("quiet", _("Gone quiet")),
        ]
        if Role(membership.role) in Verb.WRITE.roles:
            named.append(("review_queue", _("Review")))
        if Role(membership.role) in Verb.WRITE.roles and not is_past:
            named += [
                ("statement_new", _("New statement")),
                ("document_new", _("New document")),
                ("issue_new", _("New issue")),
                ("meeting_new", _("New meeting")),
            ]
        for name, label in named:
            found.append(
                Destination(f"{label}, {desk}" if several else label, _("Page"), reverse(name, args=[desk.slug]))
            )
    return found


def _holds(label: str, words: str) -> bool:
    label = label.casefold()
    return all(word in label for word in words.casefold().split())


def _matching(rows: QuerySet[Any], field: str, words: str) -> QuerySet[Any]:
    for word in words.split():
        rows = rows.filter(**{f"{field}__unaccent__icontains": word})
    return rows
