"""The brief: its forms, and how sure a desk's judgement is.

Likelihood and confidence are those of ICD 203 (Analytic Standards): how likely something is, and how well founded the
judgement that says so, are two things and told apart.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BriefKind(TextChoices):
    """What the document is for."""

    BRIEF = "brief", _("Brief")
    PREP = "prep", _("Meeting prep sheet")
    HANDOVER = "handover", _("Handover note")


class BriefFormat(TextChoices):
    """What a brief is sent as."""

    HTML = "html", _("Web page")
    DOCX = "docx", _("Word document")
    PDF = "pdf", _("PDF")
    MARKDOWN = "md", _("Markdown")


class NoteKind(TextChoices):
    NOTE = "note", _("Note")
    JUDGEMENT = "judgement", _("Judgement")


class Likelihood(TextChoices):
    """ICD 203's seven steps, with the chance that each stands for."""

    ALMOST_NONE = "almost_none", _("Almost no chance (1–5 %)")
    VERY_UNLIKELY = "very_unlikely", _("Very unlikely (5–20 %)")
    UNLIKELY = "unlikely", _("Unlikely (20–45 %)")
    EVEN = "even", _("Roughly even chance (45–55 %)")
    LIKELY = "likely", _("Likely (55–80 %)")
    VERY_LIKELY = "very_likely", _("Very likely (80–95 %)")
    ALMOST_CERTAIN = "almost_certain", _("Almost certain (95–99 %)")


class Confidence(TextChoices):
    LOW = "low", _("Low")
    MODERATE = "moderate", _("Moderate")
    HIGH = "high", _("High")
