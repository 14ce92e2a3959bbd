"""What the desk's models share: refs, moments, natural keys, days of a stated precision, visibility."""

import calendar
import datetime
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.db.models.lookups import IsNull
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from relations.choices import Precision, Role
from relations.models.moments import NOW, AnyMoment, Moment

if TYPE_CHECKING:
    from relations.models.desks import User

_REF_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no i, l, o, 0, 1: refs are read aloud and copied by hand


def make_ref() -> str:
    """Return a new short ref: eight letters and digits that are not mistaken for each other."""
    number, letters = secrets.randbelow(len(_REF_ALPHABET) ** 8), ""  # drawn at once: a file brings many
    for _place in range(8):
        number, place = divmod(number, len(_REF_ALPHABET))
        letters += _REF_ALPHABET[place]
    return letters


def moment() -> datetime.datetime:
    """Return now to the millisecond, the precision that fixtures write, so that a reload compares equal."""
    now = timezone.now()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


class RefField(models.CharField):
    """An immutable short name of a row without a natural slug; URLs, natural keys and the API use it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 32)
        kwargs.setdefault("unique", True)
        kwargs.setdefault("default", make_ref)
        kwargs.setdefault("editable", False)
        kwargs.setdefault("validators", [RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$")])
        super().__init__(**kwargs)

    def validate(self, value: Any, model_instance: Any) -> None:
        """Refuse an empty ref, which no address can name; Django leaves what is not editable unchecked."""
        if not value:
            raise ValidationError(self.error_messages["blank"], code="blank")
        super().validate(value, model_instance)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Say whether it is unique even where it is not, as in the history: not so is Django's default, not ours."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "unique": self.unique}


class WebURLField(models.URLField):
    """An http or https address of up to 2,000 characters; the model's `http_only` constraint holds it too."""

    default_validators: ClassVar[list[Any]] = [URLValidator(schemes=["http", "https"])]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 2000)
        kwargs.setdefault("blank", True)
        super().__init__(**kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        """Return a form field that takes `example.org` for https."""
        return super().formfield(**{"assume_scheme": "https", **kwargs})


def http_only(field: str, *, name: str) -> models.CheckConstraint:
    """Return the constraint that `field` is blank or an http or https address."""
    return models.CheckConstraint(
        condition=Q(**{field: ""}) | Q(**{f"{field}__iregex": r"^https?://[^\s/]+"}),
        name=name,
        violation_error_message=_("Give an address that starts with http:// or https://."),
    )


def host_of(url: str) -> str:
    """Return the host that an address names, without `www.`, for people to recognise a source by."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


# A character that is seen: no white space, and none of those that show nothing (zero widths, bidi controls, soft
# hyphens, fillers, tags), whose words would be empty to whoever reads them. Read by PostgreSQL and Python alike.
SEEN = (
    r"[^\s\u0085\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    r"\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef]"
)


def says_something(text: str) -> bool:
    """Say whether anything of `text` is seen."""
    return re.search(SEEN, text) is not None


class NotBlank(models.CheckConstraint):
    """The constraint that a field says something; a form shows its refusal at that field."""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Raise the refusal under the field's name."""
        try:
            super().validate(*args, **kwargs)
        except ValidationError as error:
            condition: Any = self.condition
            ((lookup, _pattern),) = condition.children
            raise ValidationError({lookup.removesuffix("__regex"): error.messages}) from None


def not_blank(field: str, *, name: str) -> NotBlank:
    """Return the constraint that `field` says something: not empty, nor only what shows nothing."""
    return NotBlank(
        condition=Q(**{f"{field}__regex": SEEN}),
        name=name,
        violation_error_message=_("This may not be empty."),
    )


def one_of(field: str, choices: type[models.TextChoices], *, name: str) -> models.CheckConstraint:
    """Return the constraint that `field` holds one of the choices; its words name them, for who loads a file."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": choices.values}),
        name=name,
        violation_error_message=format_lazy(
            _("Give as {field} one of {values}."), field=field, values=", ".join(choices.values)
        ),
    )


class NaturalKeyManager(models.Manager):
    """A manager whose rows are named, in fixtures, by the fields in the model's `natural_key_fields`."""

    def get_by_natural_key(self, *values: Any) -> Any:
        """Return the row that these values of its natural key name; raises `DoesNotExist`."""
        model: Any = self.model
        return self.get(**dict(zip(model.natural_key_fields, values, strict=True)))


class NaturalKeyModel(models.Model):
    """A model whose fixtures name rows by `natural_key_fields` (look-up paths from the row)."""

    natural_key_fields: ClassVar[tuple[str, ...]] = ("ref",)

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[Any, ...]:
        """Return the values of the natural key, in order."""
        values = []
        for path in self.natural_key_fields:
            value: Any = self
            for part in path.split("__"):
                value = getattr(value, part)
            values.append(str(value) if isinstance(value, datetime.date) else value)
        return tuple(values)


def has_any(rows: models.QuerySet) -> Q:
    """Return the condition that there are any of these rows, looked up for each outer row that gets so far.

    Of `Exists` PostgreSQL may make a hash of the whole table: a scan of a million rows to tell of a few hundred.
    """
    return Q(IsNull(models.Subquery(rows.order_by().values("pk")[:1]), rhs=False))


@dataclass(frozen=True)
class FirstThatHolds:
    """A value that no column holds: that of the first of some conditions that holds of a row, else `otherwise`."""

    conditions: Mapping[str, Q]
    otherwise: str

    @property
    def value(self) -> models.Case:
        """The value as a column of a query."""
        cases = (models.When(condition, then=models.Value(value)) for value, condition in self.conditions.items())
        return models.Case(*cases, default=models.Value(self.otherwise), output_field=models.CharField())

    def is_one_of(self, values: Iterable[str]) -> Q:
        """Return the condition that the value is one of these; unlike the value itself, an index can serve it."""
        wanted = set(values)
        fits, none_before = Q(pk__in=[]), Q()
        for value, condition in self.conditions.items():
            if value in wanted:
                fits |= none_before & condition
            none_before &= ~condition
        return fits | none_before if self.otherwise in wanted else fits


class DeskQuerySet(models.QuerySet):
    """A query over rows that belong to one desk each. Every page starts from `visible_to`."""

    _as_of: AnyMoment = NOW

    def published_condition(self, at: Moment = NOW) -> Q | None:
        """Return what makes a row one that readers see, as of `at`; None where all rows are."""
        return None

    def known_condition(self, at: Moment) -> Q:
        """Return what makes a row one that anyone sees as of the past moment `at` (R9)."""
        column = cast("type[DeskModel]", self.model).recorded_column
        return at.recorded(column=column) if column else Q()

    def visible_to(self, user: Any, at: AnyMoment = NOW) -> Self:
        """Return what `user` may see (R7): published content at her desks, drafts too where she is an analyst.

        As of a past moment it is what was known then, as it was then, and no draft.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        desks = models.Exists(_memberships(user))
        if self.published_condition() is None:
            visible = self.filter(desks)
        else:
            drafts = models.Exists(_memberships(user).exclude(role=Role.READER))
            published = at.each(lambda moment: cast("Q", self.published_condition(moment)))
            visible = self.filter(drafts | (Q(desks) & published))
        return visible.filter(at.each(self.known_condition)).rewound(at) if at.is_past else visible

    def rewound(self, at: AnyMoment) -> Self:
        """Return the same rows as they were at `at`: they forget what became of them later, and are not to be saved."""
        rows = self.all()
        rows._as_of = at
        return rows

    def _clone(self) -> Self:
        clone = super()._clone()
        clone._as_of = self._as_of
        return clone

    def _fetch_all(self) -> None:
        fetches = self._result_cache is None
        super()._fetch_all()
        if fetches and self._as_of.is_past:
            for row in self._result_cache or []:
                if isinstance(row, DeskModel):
                    row.rewind(self._as_of.of(row.relationship_id))

    def at(self, relationship: Any) -> Self:
        """Return the rows of one desk."""
        return self.filter(relationship=relationship)


def _memberships(user: "User") -> models.QuerySet:
    from relations.models.desks import DeskMembership  # noqa: PLC0415  desks stands on this module

    return DeskMembership.objects.filter(user=user, relationship=models.OuterRef("relationship"))


class DeskModel(NaturalKeyModel):
    """A row that belongs to one desk; a child's desk is its parent's (a trigger holds it)."""

    recorded_column: ClassVar[str] = ""  # what says since when the desk holds it, where nobody reviews it
    if TYPE_CHECKING:
        relationship_id: int

    relationship = models.ForeignKey("relations.Relationship", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def rewind(self, at: Moment) -> None:
        """Forget what became of this row after `at`, of what is fetched along too."""


class Authored(models.Model):
    """Who wrote a row and when, who edited it last and when, and how often: the revision that R5 compares."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("author"),
    )
    created_at = models.DateTimeField(_("created"), default=moment, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("last edited by"),
    )
    edited_at = models.DateTimeField(_("last edited"), default=moment, editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)

    class Meta:
        abstract = True


def month_end(day: datetime.date) -> datetime.date:
    """Return the last day of the month that `day` is in."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def widen(earliest: datetime.date, latest: datetime.date, precision: str) -> tuple[datetime.date, datetime.date]:
    """Return the first and last day that a span of this precision can mean."""
    if precision == Precision.YEAR:
        return earliest.replace(month=1, day=1), latest.replace(month=12, day=31)
    if precision == Precision.MONTH:
        return earliest.replace(day=1), month_end(latest)
    return earliest, latest


def lies_ahead(latest: datetime.date, precision: str, today: datetime.date) -> bool:
    """Say whether a span ends in a day, month or year that has not begun; one under way may run past today."""
    return widen(latest, latest, precision)[0] > today


def day_words(day: datetime.date, pattern: str) -> str:
    """Return a day as people read it, by one of Django's patterns for dates: `j M Y`."""
    return _day_words(day, pattern, get_language())


# The days of some decades: a page of a list writes dozens, of which most are on the next too.
@lru_cache(maxsize=20_000)
def _day_words(day: datetime.date, pattern: str, _language: str) -> str:
    return date_format(day, pattern)


_SPAN_PATTERNS = {Precision.DAY.value: "j M Y", Precision.MONTH.value: "M Y", Precision.YEAR.value: "Y"}


def span_words(earliest: datetime.date | None, latest: datetime.date | None, precision: str) -> str:
    """Return a span as people read it: `25 Mar 2025`, `Mar 2025`, `2025`, or two of them joined by an en dash."""
    if earliest is None or latest is None:
        return ""
    pattern = _SPAN_PATTERNS[precision]
    first = day_words(earliest, pattern)
    last = first if latest == earliest else day_words(latest, pattern)
    return first if first == last else f"{first} – {last}"


def signed_words(value: Decimal | float) -> str:
    """Return a number with its sign, a true minus, and no idle zero: `+2.5`, `−3`, `0`."""
    number = f"{abs(Decimal(str(value))).normalize():f}"
    if not value:
        return number
    return ("+" if value > 0 else "\N{MINUS SIGN}") + number


def clean_span(earliest: datetime.date | None, latest: datetime.date | None) -> None:
    """Raise `ValidationError` at `latest` where a span ends before it begins."""
    if earliest and latest and latest < earliest:
        raise ValidationError({"latest": _("The last day cannot come before the first.")})
