"""What a round of review leaves: comments at fields; and who is reading an item just now."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relations.models.base import DeskModel, DeskQuerySet, NaturalKeyManager, moment, not_blank
from relations.models.history import tracked
from relations.models.issues import StatusChange
from relations.models.moments import NOW, Moment
from relations.models.reviews import Review
from relations.models.rules import before_write, refuse_when, same_desk, unchangeable
from relations.models.statements import Statement

CLAIM_LASTS = datetime.timedelta(minutes=15)


class OwnWorkQuerySet(DeskQuerySet):
    """Rows that are the desk's own: analysts and above see them, readers never."""

    def published_condition(self, at: Moment = NOW) -> Q:
        """Return a condition that no row meets."""
        return Q(pk__in=[])


class OwnWorkManager(NaturalKeyManager.from_queryset(OwnWorkQuerySet)):
    """Rows of one desk each that no reader sees."""


@tracked(asked_by=("review",))
class ReviewComment(DeskModel):
    """What a reviewer says of one field of what she returned, and of which words in it."""

    natural_key_fields = ("review__ref", "number")

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="comments", verbose_name=_("review"))
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    field = models.CharField(
        _("field"), max_length=40, help_text=_("The form's name of it; empty for the whole."), blank=True
    )
    words = models.TextField(_("which words"), blank=True)
    text = models.TextField(_("comment"))

    objects = OwnWorkManager()

    class Meta:
        verbose_name = _("comment at a field")
        verbose_name_plural = _("comments at fields")
        ordering = ("review", "number")
        constraints = [
            not_blank("text", name="review_comment_not_blank"),
            models.UniqueConstraint(
                fields=["review", "number"],
                name="review_comment_number_unique",
                violation_error_message=_("The review has a comment of this number already. Give the next number."),
            ),
        ]
        triggers = [
            same_desk(review_id="relations_review"),
            before_write(
                "of_a_return",
                refuse_when(
                    "(SELECT decision FROM relations_review WHERE id = NEW.review_id) <> 'returned'",
                    "Comments at fields go with a return.",
                    rule="comment_of_a_return",
                ),
            ),
            unchangeable(),
        ]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 60 else f"{self.text[:59]}…"

    @property
    def label(self) -> str:
        """What people call the field that it is about; empty for the whole."""
        kind = Statement if self.review.statement_id else StatusChange
        return kind.read_fields().get(self.field, self.field)


class ReviewClaimQuerySet(OwnWorkQuerySet):
    """Claims."""

    def live(self) -> "ReviewClaimQuerySet":
        """Return the claims that still hold: renewed within the last quarter of an hour."""
        return self.filter(renewed_at__gt=timezone.now() - CLAIM_LASTS)


class ReviewClaimManager(NaturalKeyManager.from_queryset(ReviewClaimQuerySet)):
    """Claims of one desk each."""


class ReviewClaim(DeskModel):
    """Who is reading an item of the queue just now. No content: it holds for a while, is overwritten, and binds nobody."""

    natural_key_fields = ("review__ref",)

    review = models.OneToOneField(Review, on_delete=models.CASCADE, related_name="claim", verbose_name=_("review"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("being read by")
    )
    renewed_at = models.DateTimeField(_("since"), default=moment)

    objects = ReviewClaimManager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        triggers = [same_desk(review_id="relations_review")]

    def __str__(self) -> str:
        return f"{self.user}: {self.review}"

    @property
    def is_live(self) -> bool:
        """Whether it still holds."""
        return self.renewed_at > timezone.now() - CLAIM_LASTS
