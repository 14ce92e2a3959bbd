"""What a desk keeps track of: parties and roles, issues and where they stand, meetings, commitments."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PartyKind(TextChoices):
    STATE = "state", _("State")
    ORGANISATION = "organisation", _("International organisation")


class Side(TextChoices):
    """A place in a relationship; a hue and a rule belong to the place, never to a country."""

    FIRST = "first", _("First")
    SECOND = "second", _("Second")
    NEITHER = "neither", _("Neither")


class Role(TextChoices):
    READER = "reader", _("Reader")
    ANALYST = "analyst", _("Analyst")
    REVIEWER = "reviewer", _("Reviewer")
    LEAD = "lead", _("Head of desk")

    @property
    def rank(self) -> int:
        """Where this role stands, reader lowest."""
        return list(Role).index(self)

    def at_least(self, other: "Role") -> bool:
        """Say whether this role may do all that `other` may."""
        return self.rank >= other.rank


class Status(TextChoices):
    OPEN = "open", _("Open")
    IN_TALKS = "in_talks", _("In talks")
    STALLED = "stalled", _("Stalled")
    AGREED = "agreed", _("Agreed")
    RESOLVED = "resolved", _("Resolved")
    DORMANT = "dormant", _("Dormant")


class Trend(TextChoices):
    NOT_ASSESSED = "not_assessed", _("Not assessed")
    IMPROVING = "improving", _("Improving")
    UNCHANGED = "unchanged", _("Unchanged")
    DETERIORATING = "deteriorating", _("Deteriorating")


class Agreement(TextChoices):
    """What a reviewed judgement says of the two sides' positions on an issue."""

    NOT_JUDGED = "not_judged", _("Not judged")
    AGREE = "agree", _("Sides agree")
    PARTLY = "partly", _("Sides agree in part")
    DIFFER = "differ", _("Sides differ")


class Verdict(TextChoices):
    """How the two sides' positions compare, worked out or judged; the first four mean what they do in `Agreement`."""

    NOT_JUDGED = "not_judged", _("Not judged")
    AGREE = "agree", _("Sides agree")
    PARTLY = "partly", _("Sides agree in part")
    DIFFER = "differ", _("Sides differ")
    ONE_SPOKE = "one_spoke", _("Only one side has spoken")
    NOTHING_KNOWN = "nothing_known", _("Nothing known")


class Impact(TextChoices):
    CRITICAL = "critical", _("Critical")
    SIGNIFICANT = "significant", _("Significant")
    LIMITED = "limited", _("Limited")


class Scope(TextChoices):
    BILATERAL = "bilateral", _("Between the two")
    CONSULTATION = "consultation", _("Consultation about others")


class IssueLinkKind(TextChoices):
    ARISES_FROM = "arises_from", _("arises from")
    BLOCKS = "blocks", _("blocks")
    RELATED_TO = "related_to", _("related to")


class MeetingKind(TextChoices):
    VISIT = "visit", _("Visit")
    TALKS = "talks", _("Talks")
    CALL = "call", _("Call")


class MeetingState(TextChoices):
    EXPECTED = "expected", _("Expected")
    SCHEDULED = "scheduled", _("Scheduled")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


class CommitmentState(TextChoices):
    OPEN = "open", _("Open")
    KEPT = "kept", _("Kept")
    BROKEN = "broken", _("Broken")
    LAPSED = "lapsed", _("Lapsed")
