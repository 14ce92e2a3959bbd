"""Issues that come in, with their links to others of the desk; where they stand moves by reviewed changes alone."""

from collections.abc import Sequence
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from relations.access import Verb
from relations.actions.editing import link_issues, save_edited, unlink_issues
from relations.actions.importing.cells import Choice, Day, Said, Text, tidy
from relations.actions.importing.rows import Draft, Rows, changed_fields, copied, needed, wrong
from relations.choices import Impact, IssueLinkKind, Scope, Topic
from relations.columns import parted
from relations.models import Issue, User
from relations.tables.headers import ISSUES
from relations.tables.words import choice_in

_OWN = ("title", "summary", "topic", "impact", "scope", "review_due")
_FIELDS = {name: name for name in _OWN} | {"owner": "owner_id"}


class IssueRows(Rows):
    """The rows of issues."""

    table = ISSUES
    one_by_one = True

    slug = Said(Text(80))
    title = Said(Text(300))
    summary = Said()
    topic = Said(Choice(Topic))
    impact = Said(Choice(Impact))
    scope = Said(Choice(Scope))
    owner = Said(Text(150))
    review_due = Said(Day(exactly=True))
    links = Said()

    def learn(self, rows: list[dict[str, str]]) -> None:
        """Look up who may own an issue, and the links of those that stand."""
        names = {tidy(row.get("owner", "")) for row in rows}
        writers = User.objects.filter(
            username__in=names,
            is_active=True,
            memberships__relationship=self.job.relationship,
            memberships__role__in=Verb.WRITE.roles,
        )
        self.owners = {user.username: user for user in writers}
        slugs = {tidy(row.get("slug", "")) for row in rows}
        issues = Issue.objects.at(self.job.relationship).filter(slug__in=slugs).select_related("owner", "relationship")
        self.stored = {issue.slug: issue for issue in issues.prefetch_related("links__to_issue")}

    def standing(self, row: dict[str, str]) -> Issue | None:
        """Return the desk's issue of this slug."""
        slug = tidy(row.get("slug", ""))
        if slug:
            self.stands_twice(slug, "slug")
        return self.stored.get(slug)

    def judge(self, draft: Draft) -> None:
        """Make the issue of what the row says, or see what it changes."""
        said, stored = draft.said, draft.stored
        if stored is None:
            needed(self, said)
            draft.row = Issue(relationship=self.job.relationship, slug=self._slug(said))
        else:
            draft.row = copied(stored)
        issue = draft.row
        issue.relationship = self.job.relationship
        for name in _OWN:
            if name in said and (said[name] is not None or name == "review_due"):
                setattr(issue, name, said[name])
        if not issue.title:
            raise wrong("title", _("This may not be empty."))
        if "owner" in said:
            issue.owner = self._owner(said["owner"], stored)
        if "links" in said:
            draft.parts["links"] = self._links(said["links"] or "")
        if stored is not None:
            draft.changed = self._changes(draft)

    def _slug(self, said: dict[str, Any]) -> str:
        given = said.get("slug") or ""
        slug = given or slugify(said["title"].replace("ı", "i"))[:80].strip("-")
        column = "slug" if given else "title"
        if slugify(slug) != slug or not slug or slug == "new":
            raise wrong(column, _("A slug is small letters, digits and hyphens, as in caatsa. Give one."))
        if not given:
            if self.find.issue_of_slug(slug) is not None:
                raise wrong(
                    column, _("The desk has the issue “%(slug)s” already. Give its slug to change it.") % {"slug": slug}
                )
            self.stands_twice(slug, column)
        return slug

    def _owner(self, name: str, stored: Any) -> Any:
        if not name:
            return None
        if stored is not None and stored.owner is not None and stored.owner.username == name:
            return stored.owner
        if name not in self.owners:
            raise wrong("owner", _("An issue’s owner is someone who writes at this desk."))
        return self.owners[name]

    def _links(self, cell: str) -> list[tuple[str, Issue]]:
        found = []
        for words in parted(cell):
            kind, _space, slug = words.rpartition(" ")
            try:
                found.append((str(choice_in(IssueLinkKind, kind)), self.find.issue(slug)))
            except ValueError as error:
                raise wrong("links", str(error)) from None
        return found

    def _changes(self, draft: Draft) -> list[str]:
        changed = changed_fields(draft, _FIELDS)
        if "links" in draft.parts:
            wanted = {(kind, issue.pk) for kind, issue in draft.parts["links"]}
            if wanted != {(link.kind, link.to_issue_id) for link in draft.stored.links.all()}:
                changed.append("links")
        return changed

    def store_new(self, drafts: Sequence[Draft]) -> None:
        """Store new issues."""
        for draft in drafts:
            issue = draft.row
            save_edited(actor=self.job.actor, row=issue)
            for kind, other in draft.parts.get("links", []):
                link_issues(actor=self.job.actor, issue=issue, kind=kind, to_issue=other)

    def store_changed(self, drafts: Sequence[Draft]) -> None:
        """Store the next revisions of issues."""
        for draft in drafts:
            save_edited(actor=self.job.actor, row=draft.row, revision=draft.stored.revision)
            if "links" in draft.changed:
                wanted = {(kind, issue.pk): issue for kind, issue in draft.parts["links"]}
                for link in draft.stored.links.all():
                    if wanted.pop((link.kind, link.to_issue_id), None) is None:
                        unlink_issues(actor=self.job.actor, link=link)
                for (kind, _pk), other in wanted.items():
                    link_issues(actor=self.job.actor, issue=draft.row, kind=kind, to_issue=other)
