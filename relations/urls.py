"""The desk's URL table. `tests/test_access.py` declares who may reach each."""

from django.urls import include, path

from relations.views import (
    briefs,
    bulk,
    captures,
    changes,
    choosing,
    commitments,
    desks,
    documents,
    drafts,
    exports,
    feeds,
    following,
    history,
    issues,
    me,
    meetings,
    months,
    notes,
    notifications,
    organisations,
    palette,
    passages,
    people,
    positions,
    posts,
    publishers,
    reviews,
    saved_views,
    search,
    statements,
    status_changes,
    table_imports,
    timelines,
    tokens,
    what_changed,
)

issue_urls = [
    path("new/", issues.new, name="issue_new"),
    path("<slug:slug>/", issues.detail, name="issue"),
    path("<slug:slug>/timeline/", timelines.issue, name="issue_timeline"),
    path("<slug:slug>/timeline.svg", timelines.issue_picture, name="issue_timeline_picture"),
    path("<slug:slug>/edit/", issues.edit, name="issue_edit"),
    path("<slug:slug>/status/new/", status_changes.propose, name="status_propose"),
    path("<slug:slug>/confirm/", notes.confirm, name="issue_confirm"),
    path("<slug:slug>/follow/", following.issue, name="issue_follow"),
    path("<slug:slug>/notes/new/", notes.new, name="note_new"),
    path("<slug:slug>/history/", history.issue, name="issue_history"),
]

status_urls = [
    path("<slug:ref>/", status_changes.detail, name="status_change"),
    path("<slug:ref>/edit/", status_changes.edit, name="status_change_edit"),
    path("<slug:ref>/submit/", status_changes.submit, name="status_change_submit"),
    path("<slug:ref>/correct/", status_changes.correct, name="status_change_correct"),
    path("<slug:ref>/withdraw/", status_changes.withdraw, name="status_change_withdraw"),
    path("<slug:ref>/discard/", status_changes.discard, name="status_change_discard"),
    path("<slug:ref>/history/", history.status_change, name="status_change_history"),
    path("<slug:ref>/restore/", history.restore_a_status_change, name="status_change_restore"),
]

statement_urls = [
    path("", statements.index, name="statement_list"),
    path("new/", statements.new, name="statement_new"),
    path("export/", exports.of_desk, {"noun": "statements"}, name="statement_export"),
    path("<slug:ref>/", statements.detail, name="statement"),
    path("<slug:ref>/edit/", statements.edit, name="statement_edit"),
    path("<slug:ref>/submit/", statements.submit, name="statement_submit"),
    path("<slug:ref>/correct/", statements.correct, name="statement_correct"),
    path("<slug:ref>/withdraw/", statements.withdraw, name="statement_withdraw"),
    path("<slug:ref>/discard/", statements.discard, name="statement_discard"),
    path("<slug:ref>/passages/<int:number>/", passages.settle, name="passage_settle"),
    path("<slug:ref>/citation.<slug:style>", exports.citation, name="statement_citation"),
    path("<slug:ref>/follow/", following.statement, name="statement_follow"),
    path("<slug:ref>/commitments/new/", commitments.new, name="commitment_new"),
    path("<slug:ref>/history/", history.statement, name="statement_history"),
    path("<slug:ref>/restore/", history.restore_a_statement, name="statement_restore"),
]

document_urls = [
    path("", documents.index, name="document_list"),
    path("new/", captures.new, name="document_new"),
    path("import/", captures.take_in_many, name="document_import"),
    path("export/", exports.of_desk, {"noun": "documents"}, name="document_export"),
    path("<slug:ref>/", documents.detail, name="document"),
    path("<slug:ref>/copies/new/", captures.new_copy, name="document_copy_new"),
    path("<slug:ref>/copies/<int:number>/original/", captures.original, name="document_original"),
    path("<slug:ref>/edit/", documents.edit, name="document_edit"),
    path("<slug:ref>/history/", history.document, name="document_history"),
]

meeting_urls = [
    path("", meetings.index, name="meeting_list"),
    path("new/", meetings.new, name="meeting_new"),
    path("export/", exports.of_desk, {"noun": "meetings"}, name="meeting_export"),
    path("<slug:ref>/", meetings.detail, name="meeting"),
    path("<slug:ref>/readouts/", meetings.readouts, name="meeting_readouts"),
    path("<slug:ref>/edit/", meetings.edit, name="meeting_edit"),
    path("<slug:ref>/history/", history.meeting, name="meeting_history"),
]

brief_urls = [
    path("", briefs.index, name="brief_list"),
    path("new/", briefs.new, name="brief_new"),
    path("template/", briefs.template, name="brief_template"),
    path("template/<slug:ref>/", briefs.template_file, name="brief_template_file"),
    path("<slug:ref>/", briefs.detail, name="brief"),
    path("<slug:ref>/withdraw/", briefs.withdraw, name="brief_withdraw"),
    path("<slug:ref>/brief.<slug:kind>", briefs.file, name="brief_file"),
]

commitment_urls = [
    path("", commitments.index, name="commitment_list"),
    path("export/", exports.of_desk, {"noun": "commitments"}, name="commitment_export"),
    path("<slug:ref>/", commitments.detail, name="commitment"),
    path("<slug:ref>/edit/", commitments.edit, name="commitment_edit"),
    path("<slug:ref>/settle/", commitments.settle, name="commitment_settle"),
    path("<slug:ref>/history/", history.commitment, name="commitment_history"),
]

table_import_urls = [
    path("<slug:noun>/", table_imports.new, name="table_import_new"),
    path("<slug:noun>/<slug:ref>/", table_imports.detail, name="table_import"),
    path("<slug:noun>/<slug:ref>/trial.csv", table_imports.report, name="table_import_report"),
]

review_urls = [
    path("", reviews.queue, name="review_queue"),
    path("export/", exports.of_desk, {"noun": "queue"}, name="review_export"),
    path("<slug:ref>/", reviews.detail, name="review"),
]

saved_view_urls = [
    path("", saved_views.index, name="saved_view_list"),
    path("overwrite/", saved_views.overwrite, name="saved_view_overwrite"),
    path("<slug:ref>/", saved_views.edit, name="saved_view_edit"),
    path("<slug:ref>/default/", saved_views.default, name="saved_view_default"),
    path("<slug:ref>/remove/", saved_views.remove, name="saved_view_remove"),
    path("<slug:ref>/follow/", following.saved_view, name="view_follow"),
]

note_urls = [
    path("export/", exports.of_desk, {"noun": "notes"}, name="note_export"),
    path("<slug:ref>/", notes.detail, name="note"),
    path("<slug:ref>/edit/", notes.edit, name="note_edit"),
    path("<slug:ref>/remove/", notes.remove, name="note_remove"),
    path("<slug:ref>/history/", history.note, name="note_history"),
]

notification_urls = [
    path("", notifications.index, name="notifications"),
    path("read/", notifications.read, name="notifications_read"),
    path("settings/", notifications.settings, name="notification_settings"),
    path("feeds/new/", notifications.new_feed_address, name="feed_address_new"),
    path("feeds/<int:pk>/revoke/", notifications.revoke, name="feed_address_revoke"),
]

people_urls = [
    path("", people.index, name="people"),
    path("export/", exports.shared, {"noun": "people"}, name="people_export"),
    path("new/", people.new, name="person_new"),
    path("<slug:ref>/", people.detail, name="person"),
    path("<slug:ref>/edit/", people.edit, name="person_edit"),
    path("<slug:ref>/history/", history.person, name="person_history"),
    path("<slug:ref>/follow/", following.person, name="person_follow"),
    path("<slug:ref>/mandates/new/", people.new_mandate, name="mandate_new"),
    path("<slug:ref>/mandates/<slug:mandate>/edit/", people.edit_mandate, name="mandate_edit"),
]

post_urls = [
    path("", posts.index, name="posts"),
    path("export/", exports.shared, {"noun": "posts"}, name="posts_export"),
    path("new/", posts.new, name="post_new"),
    path("<slug:ref>/", posts.detail, name="post"),
    path("<slug:ref>/edit/", posts.edit, name="post_edit"),
    path("<slug:ref>/history/", history.post, name="post_history"),
]

organisation_urls = [
    path("", organisations.index, name="organisations"),
    path("export/", exports.shared, {"noun": "organisations"}, name="organisations_export"),
    path("new/", organisations.new, name="organisation_new"),
    path("<slug:ref>/", organisations.detail, name="organisation"),
    path("<slug:ref>/edit/", organisations.edit, name="organisation_edit"),
    path("<slug:ref>/history/", history.organisation, name="organisation_history"),
]

publisher_urls = [
    path("", publishers.index, name="publishers"),
    path("export/", exports.shared, {"noun": "publishers"}, name="publishers_export"),
    path("new/", publishers.new, name="publisher_new"),
    path("<slug:ref>/", publishers.detail, name="publisher"),
    path("<slug:ref>/edit/", publishers.edit, name="publisher_edit"),
    path("<slug:ref>/history/", history.publisher, name="publisher_history"),
    path("<slug:ref>/trust/<slug:desk>/", publishers.rate, name="publisher_rate"),
]

token_urls = [
    path("", tokens.index, name="tokens"),
    path("new/", tokens.new, name="token_new"),
    path("<int:pk>/revoke/", tokens.revoke, name="token_revoke"),
    path("reference/", tokens.reference, name="api_reference"),
]

urlpatterns = [
    path("", desks.home, name="home"),
    path("me/", me.work, name="my_work"),
    path("me/tokens/", include(token_urls)),
    path("notifications/", include(notification_urls)),
    path("feeds/<slug:key>/<slug:rel>/", feeds.desk, name="feed"),
    path("feeds/<slug:key>/<slug:rel>/meetings.ics", feeds.meetings, name="meeting_feed"),
    path("feeds/<slug:key>/<slug:rel>/issues/<slug:slug>/", feeds.issue, name="issue_feed"),
    path("people/", include(people_urls)),
    path("posts/", include(post_urls)),
    path("organisations/", include(organisation_urls)),
    path("publishers/", include(publisher_urls)),
    path("parties/<slug:code>/history/", history.party, name="party_history"),
    path("<slug:desk>/history/", history.relationship, name="desk_history"),
    path("palette/", palette.palette, name="palette"),
    path("search/", search.index, name="search"),
    path("search/export/", exports.shared, {"noun": "search"}, name="search_export"),
    path("review/", reviews.index, name="reviews"),
    path("drafts/", drafts.drafts, name="drafts"),
    path("choose/<slug:kind>/", choosing.choose, name="choose"),
    path("choose/<slug:kind>/new/", choosing.add, name="choose_add"),
    path("<slug:desk>/", desks.board, name="board"),
    path("<slug:desk>/export/", exports.of_desk, {"noun": "issues"}, name="issues_export"),
    path("<slug:desk>/months/", months.months, name="months"),
    path("<slug:desk>/changes/", what_changed.between, name="what_changed"),
    path("<slug:desk>/quiet/", what_changed.quiet, name="quiet"),
    path("<slug:desk>/settings/", desks.settings, name="desk_settings"),
    path("<slug:desk>/timeline/", timelines.desk, name="desk_timeline"),
    path("<slug:desk>/timeline.svg", timelines.desk_picture, name="desk_timeline_picture"),
    path("<slug:desk>/positions/", positions.positions, name="positions"),
    path("<slug:desk>/changes/<slug:kind>/<slug:name>/", changes.changes, name="changes"),
    path("<slug:desk>/issues/", include(issue_urls)),
    path("<slug:desk>/status/", include(status_urls)),
    path("<slug:desk>/statements/", include(statement_urls)),
    path("<slug:desk>/documents/", include(document_urls)),
    path("<slug:desk>/meetings/", include(meeting_urls)),
    path("<slug:desk>/together/issues/", bulk.issues, name="issues_together"),
    path("<slug:desk>/together/statements/", bulk.statements, name="statements_together"),
    path("<slug:desk>/views/", include(saved_view_urls)),
    path("<slug:desk>/briefs/", include(brief_urls)),
    path("<slug:desk>/commitments/", include(commitment_urls)),
    path("<slug:desk>/import/", include(table_import_urls)),
    path("<slug:desk>/review/", include(review_urls)),
    path("<slug:desk>/notes/", include(note_urls)),
]
