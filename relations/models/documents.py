"""Sources: who published, what, and the stored copies of its text."""

import hashlib
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Self
from urllib.parse import urlsplit

from django.apps import apps
from django.db import connections, models, router
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from relations.choices import Extent, Marking, Reliability
from relations.models.addresses import address
from relations.models.base import (
    Authored,
    DeskModel,
    DeskQuerySet,
    NaturalKeyManager,
    NaturalKeyModel,
    RefField,
    WebURLField,
    host_of,
    http_only,
    moment,
    not_blank,
    one_of,
)
from relations.models.desks import Party
from relations.models.history import tracked
from relations.models.moments import NOW, Moment
from relations.models.people import NamedManager, NamedQuerySet, SortKeyField
from relations.models.rules import before_write, immutable, refuse_when, same_desk, unchangeable


class PublisherQuerySet(NamedQuerySet):
    """Publishers."""

    def at_host(self, host: str) -> Self:
        """Return those whose address names this host, with or without `www.`."""
        return self.filter(url__iregex=rf"^https?://(www\.)?{re.escape(host)}(:\d+)?(/|$)") if host else self.none()

    def named(self, name: str) -> Self:
        """Return those of this name, diacritics and case ignored."""
        return self.filter(name__unaccent__iexact=name.strip()) if name.strip() else self.none()


class PublisherManager(NamedManager.from_queryset(PublisherQuerySet)):
    """Publishers, found by name and host."""


@tracked()
class Publisher(NaturalKeyModel):
    """Who publishes documents: a newspaper, a ministry's site. Reference data; how far to trust it is each desk's own."""

    ref = RefField()
    name = models.CharField(_("name"), max_length=160)
    sort_key = SortKeyField()
    party = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="publishers",
        verbose_name=_("country"),
    )
    url = WebURLField(verbose_name=_("address"))

    objects = PublisherManager()

    class Meta:
        verbose_name = _("publisher")
        verbose_name_plural = _("publishers")
        ordering = ("sort_key", "pk")
        constraints = [
            not_blank("name", name="publisher_name_not_blank"),
            http_only("url", name="publisher_url_http_only"),
        ]
        triggers = [
            immutable("ref"),
            before_write("keep_sort_key", "NEW.sort_key := lower(public.unaccent(NEW.name));"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of this publisher’s page."""
        return address("publisher", self.ref)

    @property
    def host(self) -> str:
        """The host of its address, for people to recognise it by."""
        return host_of(self.url)

    @classmethod
    def of_site(cls, url: str, name: str = "") -> Self:
        """Return a new one, at the site that `url` is on, and named after it where no name is given."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}/" if parts.netloc else ""
        return cls(name=(name or host_of(url))[:160], url=site)


class CitedQuerySet(DeskQuerySet):
    """Documents and their copies: readers see those that published content cites."""

    document_path = "pk"

    def published_condition(self, at: Moment = NOW) -> Q:
        """Return the condition that a published statement or a meeting's readout cites the document."""
        document = OuterRef(self.document_path)
        statements = apps.get_model("relations", "Statement").objects.filter(at.came("published_at"), document=document)
        readouts = apps.get_model("relations", "Readout").objects.filter(at.recorded("meeting__"), document=document)
        return Q(Exists(statements)) | Q(Exists(readouts))


class CaptureQuerySet(CitedQuerySet):
    """Stored copies."""

    document_path = "document"


class DocumentManager(NaturalKeyManager.from_queryset(CitedQuerySet)):
    """Documents of one desk each."""

    def origins(self, keys: Iterable[int]) -> dict[int, int]:
        """Return, by the key of each of these documents, that of the one it goes back to through reprints; one query.

        A document that reprints none goes back to itself.
        """
        with connections[router.db_for_read(self.model)].cursor() as cursor:
            cursor.execute(
                "WITH RECURSIVE chain (id, origin, next) AS ("
                "SELECT id, id, reprints_id FROM relations_document WHERE id = ANY(%s) UNION ALL "
                "SELECT c.id, d.id, d.reprints_id FROM chain c JOIN relations_document d ON d.id = c.next) "
                "SELECT id, origin FROM chain WHERE next IS NULL",
                [list(keys)],
            )
            return dict(cursor.fetchall())


class CaptureManager(NaturalKeyManager.from_queryset(CaptureQuerySet)):
    """Stored copies of one desk each."""


class DeskManager(NaturalKeyManager.from_queryset(DeskQuerySet)):
    """Rows of one desk each."""


@tracked()
class ReliabilityRating(DeskModel):
    """A desk's own judgement of a publisher, on the Admiralty scale."""

    natural_key_fields = ("relationship__slug", "publisher__ref")

    publisher = models.ForeignKey(
        Publisher, on_delete=models.PROTECT, related_name="ratings", verbose_name=_("publisher")
    )
    reliability = models.CharField(_("trust this publisher?"), max_length=1, choices=Reliability)

    objects = DeskManager()

    class Meta:
        verbose_name = _("publisher’s reliability")
        verbose_name_plural = _("publishers’ reliability")
        ordering = ("publisher",)
        constraints = [
            models.UniqueConstraint(
                fields=["relationship", "publisher"],
                name="rating_unique",
                violation_error_message=_("This desk has rated this publisher already. Change that rating instead."),
            ),
            one_of("reliability", Reliability, name="rating_known"),
        ]
        triggers = [immutable("relationship_id", "publisher_id")]

    def __str__(self) -> str:
        return f"{self.publisher}: {self.get_reliability_display()}"

    def get_absolute_url(self) -> str:
        """Return the address of the page that shows it: its publisher's."""
        return self.publisher.get_absolute_url()


@tracked()
class Document(DeskModel, Authored):
    """A source, held by one desk: the same article at two desks is two documents."""

    recorded_column = "recorded_at"

    ref = RefField()
    publisher = models.ForeignKey(
        Publisher, on_delete=models.PROTECT, related_name="documents", verbose_name=_("publisher")
    )
    title = models.CharField(_("title"), max_length=300)
    url = WebURLField(verbose_name=_("address"))
    date_published = models.DateField(_("published on"))
    language = models.CharField(_("language"), max_length=12, default="en", help_text=_("ISO 639-1: en, tr."))
    marking = models.CharField(_("who may see this"), max_length=12, choices=Marking, default=Marking.CLEAR)
    reprints = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reprinted_by",
        verbose_name=_("reprints"),
        help_text=_("The document of ours that this one reprints or retells: both count as one source."),
    )
    recorded_at = models.DateTimeField(_("recorded"), default=moment, editable=False)

    objects = DocumentManager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("-date_published", "-pk")
        indexes = [models.Index(fields=["relationship", "-date_published", "-id"], name="document_by_date")]
        constraints = [
            not_blank("title", name="document_title_not_blank"),
            http_only("url", name="document_url_http_only"),
            one_of("marking", Marking, name="document_marking_known"),
            models.UniqueConstraint(
                fields=["relationship", "url"],
                condition=~Q(url=""),
                name="document_url_once_a_desk",
                violation_error_message=_("This desk already holds a document with this address."),
            ),
        ]
        triggers = [
            immutable("ref", "relationship_id", "author_id", "created_at", "recorded_at"),
            same_desk(reprints_id="relations_document"),
            before_write(
                "reprints_in_no_circle",
                "IF NEW.reprints_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.reprints_id IS DISTINCT FROM OLD.reprints_id) "
                "THEN",
                # One at a time at a desk: two that each name the other would both find nothing.
                "PERFORM 1 FROM relations_relationship WHERE id = NEW.relationship_id FOR NO KEY UPDATE;",
                refuse_when(
                    "NEW.reprints_id = NEW.id OR EXISTS (WITH RECURSIVE origin (id) AS (SELECT NEW.reprints_id UNION "
                    "SELECT d.reprints_id FROM relations_document d JOIN origin o ON d.id = o.id "
                    "WHERE d.reprints_id IS NOT NULL) SELECT 1 FROM origin WHERE id = NEW.id)",
                    "A document cannot reprint itself, nor one that reprints it.",
                    rule="reprints_in_no_circle",
                    field="reprints",
                ),
                "END IF;",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the reader's address."""
        return address("document", self.relationship.slug, self.ref)

    @property
    def host(self) -> str:
        """The host of its address, for people to recognise it by."""
        return host_of(self.url)

    def newest_capture(self) -> "Capture | None":
        """Return the newest stored copy of the text."""
        return self.captures.order_by("-number").first()


def kept_text(text: str) -> str:
    """Return `text` as captures keep it: NFC, with `\\n` for every line end."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def text_hash(text: str) -> str:
    """Return the SHA-256 of `text` in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@tracked(asked_by=("document",))
class Capture(DeskModel):
    """One stored copy of a document's text, as it stood when it was retrieved. Never changed; a better copy is a new one."""

    natural_key_fields = ("document__ref", "number")
    recorded_column = "recorded_at"

    # No index of their own: that of `capture_number_unique` begins with them.
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="captures", verbose_name=_("document"), db_index=False
    )
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    text = models.TextField(_("text"))
    extent = models.CharField(_("extent"), max_length=8, choices=Extent, default=Extent.FULL)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    retrieved_at = models.DateTimeField(_("retrieved"), default=moment)
    recorded_at = models.DateTimeField(_("recorded"), default=moment, editable=False)

    objects = CaptureManager()

    class Meta:
        verbose_name = _("copy")
        verbose_name_plural = _("copies")
        ordering = ("document", "-number")
        indexes = [models.Index(fields=["relationship", "sha256"], name="capture_by_hash")]
        constraints = [
            not_blank("text", name="capture_text_not_blank"),
            models.UniqueConstraint(
                fields=["document", "number"],
                name="capture_number_unique",
                violation_error_message=_("The document has a copy of this number already. Give the next number."),
            ),
            one_of("extent", Extent, name="capture_extent_known"),
        ]
        triggers = [
            same_desk(document_id="relations_document"),
            before_write(
                "kept_as_it_stood",
                refuse_when(
                    "NEW.text IS NOT NFC NORMALIZED OR strpos(NEW.text, chr(13)) > 0",
                    "A copy’s text is kept in NFC with plain line ends.",
                    rule="capture_text_normal",
                    field="text",
                ),
                refuse_when(
                    "NEW.sha256 <> encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex')",
                    "The hash is not that of the text.",
                    rule="capture_hash",
                    field="sha256",
                ),
            ),
            unchangeable(),
        ]

    def __str__(self) -> str:
        return _("Copy %(number)s of “%(document)s”") % {"number": self.number, "document": self.document}

    def save(self, *args: object, **kwargs: object) -> None:
        """Store the text as captures keep it, with its hash."""
        self.text = kept_text(self.text)
        self.sha256 = text_hash(self.text)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def places_of(self, words: str, *, exactly: bool = False) -> dict[int, int]:
        """Return where `words` stand in the text: each place's start and end, in code points.

        Unless `exactly`, white space and the shape of quotation marks are not compared, as they change in copying.
        """
        if exactly:
            return {at: at + len(words) for at in _found(words, self.text)}
        folded, unfolded = self._folded
        words, _same = _fold(kept_text(words).strip())
        return {unfolded(at): unfolded(at + len(words) - 1) + 1 for at in _found(words, folded)}

    @cached_property
    def _folded(self) -> tuple[str, Callable[[int], int]]:
        # Once for all passages that are looked for: the text of a copy never changes.
        return _fold(self.text)

    def place_of(self, words: str, start: int) -> tuple[int, int] | None:
        """Return where `words` stand if it is at `start`, to the letter: start and end without white space around them.

        None where other words stand there, as in a newer copy than the one they were selected in.
        """
        words = kept_text(words)
        if start < 0 or not words.strip() or self.text[start : start + len(words)] != words:
            return None
        first = start + len(words) - len(words.lstrip())
        return first, first + len(words.strip())


_MARKS = str.maketrans(dict.fromkeys("“”„‟«»‹›＂", '"') | dict.fromkeys("‘’‚‛＇", "'"))


def _fold(text: str) -> tuple[str, Callable[[int], int]]:
    """Return `text` with all quotation marks and all white space alike, and what tells where a place in that stands."""
    places, shifts = [], [0]
    for run in re.finditer(r"\s{2,}", text):  # each becomes one space
        places.append(run.start() - shifts[-1])
        shifts.append(shifts[-1] + len(run[0]) - 1)
    folded = re.sub(r"\s+", " ", text.translate(_MARKS))
    return folded, lambda place: place + shifts[bisect_left(places, place)]


def _found(words: str, text: str) -> Iterator[int]:
    """Yield where `words` stand in `text`; places may overlap, as those of “ana” in “banana” do."""
    at = text.find(words) if words else -1
    while at >= 0:
        yield at
        at = text.find(words, at + 1)
