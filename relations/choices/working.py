"""The working day: reviews, what one is told and why, lists kept under a name."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Decision(TextChoices):
    """A review's outcome; blank while it is open."""

    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Returned")


class ReviewState(TextChoices):
    """Where a statement or status change stands; derived from its reviews and moments, never stored."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    RETURNED = "returned", _("Returned")
    PUBLISHED = "published", _("Published")
    SUPERSEDED = "superseded", _("Corrected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Happening(TextChoices):
    """What a notification tells."""

    SUBMITTED = "submitted", _("was sent to review")
    PUBLISHED = "published", _("was published")
    CORRECTED = "corrected", _("was corrected")
    RETURNED = "returned", _("came back")
    WITHDRAWN = "withdrawn", _("was withdrawn")
    EVIDENCE_SHAKEN = "evidence_shaken", _("rests on evidence that was corrected or withdrawn")
    STATUS_MOVED = "status_moved", _("moved")
    NOTED = "noted", _("has a new note")
    MENTIONED = "mentioned", _("mentions you")
    CONFIRMED = "confirmed", _("was confirmed")
    ISSUE_EDITED = "issue_edited", _("was edited")
    MEETING_SAVED = "meeting_saved", _("was added or changed")
    COMMITMENT_RECORDED = "commitment_made", _("was recorded")
    COMMITMENT_SETTLED = "commitment_settled", _("was settled")


class Reason(TextChoices):
    """Why a user is told."""

    AUTHOR = "author", _("you wrote it")
    OWNER = "owner", _("you own the issue")
    REVIEWER = "reviewer", _("you review at this desk")
    MENTION = "mention", _("you are named in it")
    WATCH_ISSUE = "watch_issue", _("you follow the issue")
    WATCH_STATEMENT = "watch_statement", _("you follow the statement")
    WATCH_PERSON = "watch_person", _("you follow the person")
    WATCH_VIEW = "watch_view", _("you follow the saved view")


class Digest(TextChoices):
    NEVER = "never", _("Never")
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")


class ListPage(TextChoices):
    """Lists whose filters, columns and order can be kept under a name."""

    BOARD = "board", _("Board")
    STATEMENTS = "statements", _("Statements")
    DOCUMENTS = "documents", _("Documents")
    MEETINGS = "meetings", _("Meetings")
    QUEUE = "queue", _("Review")
