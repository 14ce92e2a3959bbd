"""Which rows stand in a saved view: asked for those who follow the view."""

from django.http import QueryDict

from relations.choices import ListPage
from relations.filters.issues import IssueFilter
from relations.filters.statements import StatementFilter
from relations.models import Issue, SavedView, Statement


def shows(view: SavedView, row: Statement | Issue) -> bool:
    """Say whether the list that `view` keeps holds `row` as it stands now; one whose filters cannot be read holds none."""
    query = QueryDict(view.query)
    if isinstance(row, Statement):
        if view.page != ListPage.STATEMENTS:
            return False
        statements = Statement.objects.filter(pk=row.pk)
        found = StatementFilter(query, queryset=statements, relationship=view.relationship, drafts=True)
    else:
        if view.page != ListPage.BOARD:
            return False
        issues = Issue.objects.filter(pk=row.pk).with_standing()
        found = IssueFilter(query, queryset=issues, relationship=view.relationship)
    return found.form.is_valid() and found.qs.exists()
