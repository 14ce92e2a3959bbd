"""The desk's enumerations. Keys are the standards' own terms; labels are what the screen says (LOOK.md).

Standards: PLOVER (acts, modes, intensity, topics), the Admiralty scale (reliability, credibility), TLP 2.0 (marking),
W3C Web Annotation (passage states), ISO 639-1 (languages).
"""

from decimal import Decimal

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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


class Impact(TextChoices):
    CRITICAL = "critical", _("Critical")
    SIGNIFICANT = "significant", _("Significant")
    LIMITED = "limited", _("Limited")


class Scope(TextChoices):
    BILATERAL = "bilateral", _("Between the two")
    CONSULTATION = "consultation", _("Consultation about others")


class Topic(TextChoices):
    """PLOVER's contexts, as far as files between states fall under them."""

    DEFENCE = "military", _("Defence")
    ECONOMIC = "economic", _("Trade and economy")
    DIPLOMATIC = "diplomatic", _("Diplomacy")
    TERRORISM = "terrorism", _("Counter-terrorism")
    TERRITORY = "territory", _("Territory and conflict")
    PEACEKEEPING = "peacekeeping", _("Peacekeeping")
    HUMAN_RIGHTS = "human_rights", _("Human rights")
    RIGHTS_FREEDOMS = "rights_freedoms", _("Rights and freedoms")
    LEGAL = "legal", _("Law and courts")
    MIGRATION = "migration", _("Migration")
    ASYLUM = "asylum", _("Asylum")
    CBRN = "cbrn", _("Weapons of mass destruction")
    CYBER = "cyber", _("Cyber")
    NATURAL_RESOURCE = "natural_resource", _("Energy and resources")
    ENVIRONMENT = "environment", _("Environment")
    HEALTH = "health", _("Health")
    TECHNOLOGY = "technology", _("Technology")
    CRIME = "crime", _("Crime")
    INTELLIGENCE = "intelligence", _("Intelligence")
    ELECTION = "election", _("Elections")
    OTHER = "political_institutions", _("Political institutions")


class IssueLinkKind(TextChoices):
    ARISES_FROM = "arises_from", _("arises from")
    BLOCKS = "blocks", _("blocks")
    RELATED_TO = "related_to", _("related to")


class StatementKind(TextChoices):
    QUOTE = "quote", _("Their own words")
    PARAPHRASE = "paraphrase", _("In other words")
    READOUT = "readout", _("One side’s account")
    JOINT = "joint", _("Text agreed by both")
    REPORTED = "reported", _("The source’s own report")


class Basis(TextChoices):
    ON_THE_RECORD = "on_the_record", pgettext_lazy("may we name them?", "Yes")
    BACKGROUND = "background", _("As described, unnamed")
    DEEP_BACKGROUND = "deep_background", _("Use, never attribute")


class Precision(TextChoices):
    DAY = "day", _("Day")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")


class Act(TextChoices):
    """PLOVER event types. Those after THREATEN are deeds, told only by a source's own report."""

    AGREE = "AGREE", _("Agrees or offers")
    SUPPORT = "SUPPORT", _("Backs or praises")
    CONCEDE = "CONCEDE", _("Gives way")
    CONSULT = "CONSULT", _("Discusses")
    REQUEST = "REQUEST", _("Asks")
    ACCUSE = "ACCUSE", _("Criticises or accuses")
    REJECT = "REJECT", _("Refuses")
    THREATEN = "THREATEN", _("Threatens")
    COOPERATE = "COOPERATE", _("Works together")
    AID = "AID", _("Gives aid")
    RETREAT = "RETREAT", _("Pulls back")
    SANCTION = "SANCTION", _("Imposes or keeps sanctions")
    PROTEST = "PROTEST", _("Protests")
    COERCE = "COERCE", _("Coerces")
    MOBILIZE = "MOBILIZE", _("Mobilises")
    ASSAULT = "ASSAULT", _("Attacks")


STATED_ACTS = (
    Act.AGREE, Act.SUPPORT, Act.CONCEDE, Act.CONSULT, Act.REQUEST, Act.ACCUSE, Act.REJECT, Act.THREATEN,
)  # fmt: skip

# Intensity by act and mode ("" where no mode is told), from -10 (hostile) to +10 (cooperative). Source: PLOVER's
# scores, except bare ACCUSE, whose +3 there is a slip of sign.
INTENSITIES: dict[str, dict[str, Decimal]] = {
    act: {mode: Decimal(score) for mode, score in modes.items()}
    for act, modes in {
        "AGREE": {"": "2.5"},
        "SUPPORT": {"": "5"},
        "CONCEDE": {"": "4.5"},
        "CONSULT": {"": "2.5", "Multilateral": "4", "Phone": "1.5", "Third-party": "1", "Visit": "4"},
        "REQUEST": {"": "0", "Assist": "0.5", "Change": "-1", "Meet": "0", "Yield": "-1"},
        "ACCUSE": {"": "-3", "Allege": "-3.5", "Disapprove": "-2", "Investigate": "-3.5"},
        "REJECT": {"": "-2", "Assist": "-1.5", "Change": "-2", "Meet": "-2", "Yield": "-2"},
        "THREATEN": {
            "": "-3.5", "Arrest": "-3.5", "Expel": "-3.5", "Relations": "-3.5", "Restrict": "-3", "Territory": "-4",
            "Violence": "-3.5",
        },
        "COOPERATE": {"": "9.5"},
        "AID": {"": "10"},
        "RETREAT": {
            "": "6.5", "Access": "6.5", "Ceasefire": "7.5", "Disarm": "10", "Release": "6.5", "Resign": "4.5",
            "Withdraw": "8",
        },
        "SANCTION": {"": "-6", "Convict": "-6", "Discontinue": "-6", "Expel": "-5.5", "Withdraw": "-6"},
        "PROTEST": {
            "": "-5", "Boycott": "-4.5", "Demo": "-5", "Hunger": "-4.5", "Obstruct": "-4.5", "Riot": "-7",
            "Strike": "-5",
        },
        "COERCE": {
            "": "-7", "Arrest": "-7", "Censor": "-6.5", "Curfew": "-6.5", "Cyber": "-7", "Deport": "-7",
            "Martial-law": "-7.5", "Misinformation": "-6.5", "Restrict": "-7", "Seize": "-7", "Withhold": "-7",
        },
        "MOBILIZE": {"": "-5.5", "Militia": "-6", "Police": "-5.5", "Troops": "-6.5", "Weapons": "-6.5"},
        "ASSAULT": {
            "": "-9", "Abduct": "-8.5", "Aerial": "-9.5", "Beat": "-7.5", "Crowd-control": "-7.5", "Destroy": "-8.5",
            "Drone": "-9.5", "Explosives": "-9", "Firearms": "-9", "Heavy-weapons": "-9.5", "Primitive": "-8",
            "Sexual": "-8.5", "Suicide-attack": "-9.5", "Targeted": "-9.5", "Torture": "-8.5",
            "Unconventional": "-10",
        },
    }.items()
}  # fmt: skip

MODES: dict[str, list[str]] = {act: [mode for mode in modes if mode] for act, modes in INTENSITIES.items()}


class Mode(TextChoices):
    """PLOVER modes of the stated acts and of the deeds; which go with which act is in `MODES`."""

    MULTILATERAL = "Multilateral", _("with several parties")
    PHONE = "Phone", _("by telephone")
    THIRD_PARTY = "Third-party", _("in a third place")
    VISIT = "Visit", _("on a visit")
    ASSIST = "Assist", _("about help")
    CHANGE = "Change", _("about a change")
    MEET = "Meet", _("about meeting")
    YIELD = "Yield", _("about giving way")
    ALLEGE = "Allege", _("alleges")
    DISAPPROVE = "Disapprove", _("disapproves")
    INVESTIGATE = "Investigate", _("investigates")
    ARREST = "Arrest", _("arrest")
    EXPEL = "Expel", _("expulsion")
    RELATIONS = "Relations", _("to reduce relations")
    RESTRICT = "Restrict", _("restrictions")
    TERRITORY = "Territory", _("territory")
    VIOLENCE = "Violence", _("force")
    ACCESS = "Access", _("grants access")
    CEASEFIRE = "Ceasefire", _("ceasefire")
    DISARM = "Disarm", _("disarms")
    RELEASE = "Release", _("releases")
    RESIGN = "Resign", _("resigns")
    WITHDRAW = "Withdraw", _("withdraws")
    CONVICT = "Convict", _("convicts")
    DISCONTINUE = "Discontinue", _("breaks off")
    BOYCOTT = "Boycott", _("boycott")
    DEMO = "Demo", _("demonstration")
    HUNGER = "Hunger", _("hunger strike")
    OBSTRUCT = "Obstruct", _("obstruction")
    RIOT = "Riot", _("riot")
    STRIKE = "Strike", _("strike")
    CENSOR = "Censor", _("censorship")
    CURFEW = "Curfew", _("curfew")
    CYBER = "Cyber", _("cyber attack")
    DEPORT = "Deport", _("deportation")
    MARTIAL_LAW = "Martial-law", _("martial law")
    MISINFORMATION = "Misinformation", _("misinformation")
    SEIZE = "Seize", _("seizure")
    WITHHOLD = "Withhold", _("withholding")
    MILITIA = "Militia", _("militia")
    POLICE = "Police", _("police")
    TROOPS = "Troops", _("troops")
    WEAPONS = "Weapons", _("weapons")
    ABDUCT = "Abduct", _("abduction")
    AERIAL = "Aerial", _("from the air")
    BEAT = "Beat", _("beating")
    CROWD_CONTROL = "Crowd-control", _("crowd control")
    DESTROY = "Destroy", _("destruction")
    DRONE = "Drone", _("drone")
    EXPLOSIVES = "Explosives", _("explosives")
    FIREARMS = "Firearms", _("firearms")
    HEAVY_WEAPONS = "Heavy-weapons", _("heavy weapons")
    PRIMITIVE = "Primitive", _("primitive weapons")
    SEXUAL = "Sexual", _("sexual violence")
    SUICIDE_ATTACK = "Suicide-attack", _("suicide attack")
    TARGETED = "Targeted", _("targeted killing")
    TORTURE = "Torture", _("torture")
    UNCONVENTIONAL = "Unconventional", _("weapons of mass destruction")


class Strength(TextChoices):
    """How an act's intensity compares with what is usual for it."""

    MILDER = "milder", _("Milder")
    USUAL = "usual", _("As usual")
    STRONGER = "stronger", _("Stronger")


class Marking(TextChoices):
    """TLP 2.0, loosest first."""

    CLEAR = "CLEAR", _("Anyone")
    GREEN = "GREEN", _("Our community")
    AMBER = "AMBER", _("Us and partners")
    AMBER_STRICT = "AMBER+STRICT", _("Us only")
    RED = "RED", _("Named people")

    @property
    def rank(self) -> int:
        """How strict this marking is, CLEAR lowest."""
        return list(Marking).index(self)


class Reliability(TextChoices):
    A = "A", _("A Completely")
    B = "B", _("B Usually")
    C = "C", _("C Fairly")
    D = "D", _("D Not usually")
    E = "E", _("E Not at all")
    F = "F", _("F Cannot tell")


class Credibility(IntegerChoices):
    """Whether it was said so, not whether it is true."""

    CONFIRMED = 1, _("1 Confirmed elsewhere")
    PROBABLE = 2, _("2 Probably")
    POSSIBLE = 3, _("3 Possibly")
    DOUBTFUL = 4, _("4 Doubtful")
    IMPROBABLE = 5, _("5 Improbable")
    UNKNOWN = 6, _("6 Cannot tell")


class Extent(TextChoices):
    FULL = "full", _("Whole text")
    EXCERPT = "excerpt", _("Excerpt")


class PassageState(TextChoices):
    VERIFIED = "verified", _("Verified")
    MOVED = "moved", _("Moved")
    LOST = "lost", _("Lost")


class MeetingKind(TextChoices):
    VISIT = "visit", _("Visit")
    TALKS = "talks", _("Talks")
    CALL = "call", _("Call")


class MeetingState(TextChoices):
    EXPECTED = "expected", _("Expected")
    SCHEDULED = "scheduled", _("Scheduled")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


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


class Settlement(TextChoices):
    """What a person found where a later copy moved or lost a passage."""

    SAME_WORDS = "same_words", _("The same words, at another place")
    SOURCE_CHANGED = "source_changed", _("The source no longer says this")
    COPY_LACKS_IT = "copy_lacks_it", _("The source says it; this copy lacks it")


class MediaType(TextChoices):
    """Kinds of file that text is taken out of, told by their content."""

    TEXT = "text/plain", _("Text")
    HTML = "text/html", _("Web page")
    PDF = "application/pdf", _("PDF")
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", _("Word document")
    EMAIL = "message/rfc822", _("E-mail")


class CommitmentState(TextChoices):
    OPEN = "open", _("Open")
    KEPT = "kept", _("Kept")
    BROKEN = "broken", _("Broken")
    LAPSED = "lapsed", _("Lapsed")


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
