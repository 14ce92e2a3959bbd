"""The files that documents came as, kept beside the text that was taken out of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from relations.choices import MediaType
from relations.models.base import DeskModel, one_of
from relations.models.documents import Capture, CaptureManager, CaptureQuerySet
from relations.models.history import tracked
from relations.models.rules import same_desk, unchangeable

ORIGINAL_LIMIT = 10 * 1024 * 1024  # bytes


def original_path(original: "Original", _name: str) -> str:
    """Return where the storage keeps the file: by its desk and content hash, whatever its user called it."""
    return f"originals/{original.relationship_id}/{original.sha256[:2]}/{original.sha256}"


class OriginalQuerySet(CaptureQuerySet):
    """Original files: readers see those of documents that published content cites."""

    document_path = "capture__document"


class OriginalManager(CaptureManager.from_queryset(OriginalQuerySet)):
    """Original files of one desk each."""


@tracked()
class Original(DeskModel):
    """The file that a copy's text was taken out of, as it came. Served as a download only."""

    natural_key_fields = ("capture__document__ref", "capture__number")
    recorded_column = "capture__recorded_at"

    capture = models.OneToOneField(Capture, on_delete=models.PROTECT, related_name="original", verbose_name=_("copy"))
    name = models.CharField(_("file name"), max_length=200)
    media_type = models.CharField(_("kind of file"), max_length=100, choices=MediaType)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    file = models.FileField(_("file"), upload_to=original_path, max_length=160)

    objects = OriginalManager()

    class Meta:
        verbose_name = _("original file")
        verbose_name_plural = _("original files")
        ordering = ("capture",)
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gt=0, size__lte=ORIGINAL_LIMIT),
                name="original_size_bounded",
                violation_error_message=_("A file may have up to 10 MB and may not be empty."),
            ),
            one_of("media_type", MediaType, name="original_media_type_known"),
        ]
        triggers = [same_desk(capture_id="relations_capture"), unchangeable()]

    def __str__(self) -> str:
        return self.name
