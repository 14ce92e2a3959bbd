"""What was said and where it stands: kinds of statement, how sure and how open it is, documents and their copies."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class StatementKind(TextChoices):
    QUOTE = "quote", _("Their own words")
    PARAPHRASE = "paraphrase", _("In other words")
    READOUT = "readout", _("One side’s account")
    JOINT = "joint", _("Text agreed by both")
    REPORTED = "reported", _("The source’s own report")


# Kinds that have a speaker of their own, who speaks for a party.
SPOKEN_KINDS = (StatementKind.QUOTE, StatementKind.PARAPHRASE, StatementKind.READOUT)


class Basis(TextChoices):
    ON_THE_RECORD = "on_the_record", pgettext_lazy("may we name them?", "Yes")
    BACKGROUND = "background", _("As described, unnamed")
    DEEP_BACKGROUND = "deep_background", _("Use, never attribute")


class Precision(TextChoices):
    DAY = "day", _("Day")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")


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

    @classmethod
    def usual(cls, kind: str, *, named: bool) -> "Credibility":
        """Return how sure one usually is of a single statement of this kind, whose speaker is named or not."""
        if kind == StatementKind.REPORTED:
            return cls.UNKNOWN
        return cls.PROBABLE if named else cls.POSSIBLE


class Extent(TextChoices):
    FULL = "full", _("Whole text")
    EXCERPT = "excerpt", _("Excerpt")


class PassageState(TextChoices):
    VERIFIED = "verified", _("Verified")
    MOVED = "moved", _("Moved")
    LOST = "lost", _("Lost")


class SourceState(TextChoices):
    """Whether a statement's words stand in the newest copy of its source: the worst of its passages, or why it has none."""

    FOUND = "found", _("Found")
    MOVED = "moved", _("Moved in a later copy")
    LOST = "lost", _("Lost in a later copy")
    CITED = "cited", _("Not in our copy")
    NONE = "none", _("No passage yet")


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
