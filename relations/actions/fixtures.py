"""Load fixtures: all or nothing, naming every bad row.

The files are Django's own fixture format with natural keys and no primary keys; `loaddata` reads them too. Where that
asks the database several times for each row, this does for each stretch of rows of one model: natural keys are looked
up together, rows that stand already as the file has them are left alone, new ones are stored together.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pghistory
from django.contrib.auth.hashers import is_password_usable
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from relations.actions.fixture_columns import clean, columns_of
from relations.actions.fixture_files import rows_of
from relations.actions.fixture_keys import Keys, new_pks
from relations.actions.fixture_rows import (
    BadRow,
    Key,
    Wrong,
    fields_of,
    identity,
    identity_of,
    key_words,
    model_of,
    name_of,
    own_key,
    reason_of,
    references,
)
from relations.actions.importing.together import insert_values
from relations.choices import Decision
from relations.models import Review, Statement, StatusChange, User

ARCHIVE_ACCOUNTS = ("archive-author", "archive-reviewer")
_TOGETHER = 1000  # rows; more make the database no faster and a bad one harder to find

Progress = Callable[[Iterable[Any], int], Iterable[Any]]


class BadFixture(Exception):
    """Rows that cannot be loaded; nothing was."""

    def __init__(self, rows: list[BadRow]) -> None:
        super().__init__("\n".join(str(row) for row in rows))
        self.rows = rows


@dataclass(frozen=True)
class Loaded:
    """How many rows were read, and which accounts had to be made."""

    rows: int
    accounts: list[str]


class _Rollback(Exception):
    pass


@dataclass(slots=True)
class _Row:
    """A row of a file: its place among all rows, and what it says; the natural keys of what it refers to, and its own."""

    place: int
    file: str
    model: Any
    fields: dict[str, Any]
    referred: dict[str, Key] = field(default_factory=dict)
    key: Key | None = None


@dataclass(slots=True)
class _Built:
    """A row's values as they are to be stored; `is_new` where no row of its natural key stands."""

    row: _Row
    pk: int
    values: dict[str, Any]
    is_new: bool


def _everything(rows: Iterable[Any], _total: int) -> Iterable[Any]:
    return rows


def load_files(paths: Iterable[Path], progress: Progress = _everything) -> Loaded:
    """Load fixture files, all or nothing. Accounts that they name and nobody has are made inactive, without a role.

    Raises `BadFixture` with every bad row.
    """
    unread: list[BadRow] = []
    rows = [(path.name, number, row) for path in paths for number, row in enumerate(rows_of(path, unread), start=1)]
    if unread:
        raise BadFixture(unread)
    loader = _Loader()
    try:
        with transaction.atomic(), pghistory.context(command="load_desk"):
            _constraints("DEFERRED")
            _plan_for_many_rows()
            loader.load(progress(rows, len(rows)))
            loader.settle()
            if loader.bad:
                raise _Rollback
    except _Rollback:
        raise BadFixture([row for _place, row in sorted(loader.bad, key=lambda bad: bad[0])]) from None
    return Loaded(len(rows), loader.made)


def _constraints(when: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL {when}")


def _plan_for_many_rows() -> None:
    """Have the rules' look-ups planned by index: planned on tables that are empty still, they would read them whole
    for each row, however many have come meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")


@dataclass
class _Loader:
    """Loads rows, a stretch of one model at a time, and notes what is wrong with those that fail, by their place."""

    bad: list[tuple[int, BadRow]] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    keys: Keys = field(default_factory=Keys)
    seen: set[Any] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    reviewed: dict[Any, dict[int, _Row]] = field(default_factory=lambda: defaultdict(dict))
    came: Counter[Any] = field(default_factory=Counter)
    counted: Counter[Any] = field(default_factory=Counter)

    def load(self, rows: Iterable[tuple[str, int, Any]]) -> None:
        """Load all rows, or note what is wrong with some."""
        stretch: list[_Row] = []
        for place, (file, number, said) in enumerate(rows):
            try:
                row = _Row(place, file, model_of(said), said["fields"])
            except Wrong as wrong:
                words = _("row %(number)s") % {"number": number}
                self.bad += [(place, BadRow(file, words, *reason)) for reason in wrong.reasons]
                continue
            if stretch and (stretch[0].model is not row.model or len(stretch) == _TOGETHER):
                self._load_stretch(stretch)
                stretch = []
            stretch.append(row)
        if stretch:
            self._load_stretch(stretch)

    def _load_stretch(self, rows: list[_Row]) -> None:
        model = rows[0].model
        self._learn(rows)
        pks = new_pks(model, len(rows))
        built = [one for row in rows if (one := self._built(row, pks)) is not None]
        known = [one.pk for one in built if not one.is_new]
        stored = model._base_manager.in_bulk(known) if known else {}
        for is_new, those in itertools.groupby(built, key=lambda one: one.is_new):
            if is_new:
                self._insert(list(those))
            else:
                for one in those:
                    self._update(one, stored[one.pk])
        self._count(model, len(rows))

    def _count(self, model: Any, number: int) -> None:
        """Have the rules' look-ups planned anew where a table has grown to four times what they were planned for.

        On an empty table one index is as good as another, that of the desk as that of the key: each row then read all
        rows before it, as often as not (38 statements a second of 3,300, instead of 150).
        """
        self.came[model] += number
        if self.came[model] >= 4 * self.counted[model]:
            self.counted[model] = self.came[model]
            with connection.cursor() as cursor:
                cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")

    def _learn(self, rows: list[_Row]) -> None:
        """Look up what these rows refer to and whether they stand already."""
        keys: dict[Any, set[Key]] = defaultdict(set)
        for row in rows:
            for name, target, key in references(row.model, row.fields):
                row.referred[name] = key
                keys[target].add(key)
            row.key = own_key(row.model, row.fields, row.referred)
            if row.key is not None:
                keys[row.model].add(row.key)
        for model, wanted in keys.items():
            self.keys.learn(model, wanted)

    def _built(self, row: _Row, pks: Iterator[int]) -> _Built | None:
        """Return the row as it is to be stored; None where it is refused, or an account."""
        try:
            if row.model is User:
                self._load_account(row)
                return None
            values, is_sure = self._values(row)
            self._check_twice(row)
            if not is_sure:
                clean(row.model(**values))
            known = self.keys.get(row.model, row.key or ())
            pk = known or next(pks)
            self.keys.put(row.model, row.key or (), pk)
            return _Built(row, pk, values, is_new=known is None)
        except Wrong as wrong:
            reasons = wrong.reasons
        except (DatabaseError, ValueError, TypeError) as error:
            reasons = [reason_of(error)]
        self._refuse(row, reasons)
        return None

    def _insert(self, built: list[_Built]) -> None:
        """Store new rows of one model together; where one is refused, by halves, until it is found."""
        model: Any = built[0].row.model
        try:
            with transaction.atomic():
                insert_values((model, [{"id": one.pk, **one.values} for one in built]))
        except DatabaseError as error:
            if len(built) > 1:
                half = len(built) // 2
                self._insert(built[:half])
                self._insert(built[half:])
                return
            self.keys.forget(model, built[0].row.key or ())
            self._refuse(built[0].row, self._refused_references(built[0].row) or [reason_of(error)])
        else:
            self._note_reviewed(built)

    def _update(self, one: _Built, stored: Any) -> None:
        """Change a row that stands, if the file has it otherwise."""
        columns = [field.attname for field in fields_of(one.row.model).values()]
        if all(getattr(stored, column) == one.values[column] for column in columns):
            return
        try:
            with transaction.atomic():
                one.row.model(pk=one.pk, **one.values).save_base(raw=True, force_update=True)
        except DatabaseError as error:
            self._refuse(one.row, [reason_of(error)])
        else:
            self._note_reviewed([one])

    def _note_reviewed(self, built: list[_Built]) -> None:
        if (model := built[0].row.model) in (Statement, StatusChange):
            self.reviewed[model] |= {one.pk: one.row for one in built}

    def _refuse(self, row: _Row, reasons: list[tuple[str, str]]) -> None:
        """Note what is wrong with a row, so that what hangs on it is told as its consequence."""
        name = f"{row.model._meta.label_lower} {name_of(row.model, row.fields)}".strip()
        self.bad += [(row.place, BadRow(row.file, name, *reason)) for reason in reasons]
        self.refused.add(identity_of(row.model, row.fields))
        for column, subject in (("statement", Statement), ("status_change", StatusChange)):
            if row.model is Review and isinstance(row.fields.get(column), list):
                self.refused.add(identity(subject, row.fields[column]))

    def _refused_references(self, row: _Row) -> list[tuple[str, str]]:
        """Return what is wrong where a row refers to one of its own stretch that was refused before it."""
        return [
            (name, self._missing(row.model, row.fields[name]))
            for name, field in fields_of(row.model).items()
            if field.many_to_one
            and field.remote_field.model is row.model
            and row.fields.get(name)
            and identity(row.model, row.fields[name]) in self.refused
        ]

    def settle(self) -> None:
        """Check what the database checks at the end: a publication has its review, a correction its original."""
        at_the_end: list[BadRow] = []
        if not self.bad:
            try:
                with transaction.atomic():
                    _constraints("IMMEDIATE")
                return
            except DatabaseError as error:
                at_the_end = [BadRow("", "", *reason_of(error))]
        unsettled = [
            BadRow(row.file, f"{model._meta.label_lower} {name_of(model, row.fields)}", *reason)
            for model, rows in self.reviewed.items()
            for pk, reason in _unsettled(model, list(rows))
            if identity_of(model, (row := rows[pk]).fields) not in self.refused
        ]
        last = max(self.bad, default=(0,))[0]
        self.bad += [(last, row) for row in unsettled or at_the_end]

    def _load_account(self, row: _Row) -> None:
        """Make the two archive accounts where they are missing; change no account and take no other."""
        if row.fields.get("username") not in ARCHIVE_ACCOUNTS:
            raise Wrong("username", _("accounts are not loaded; only the two of the archive are"))
        values, _is_sure = self._values(row)
        if not User.objects.filter(username=row.fields["username"]).exists():
            self._make_account(User(**values))

    def _make_account(self, user: Any) -> None:
        user.is_active = user.is_staff = user.is_superuser = False
        if not user.password or is_password_usable(user.password):
            user.set_unusable_password()
        clean(user)
        with transaction.atomic():
            user.save()
        self.made.append(user.username)

    def _values(self, row: _Row) -> tuple[dict[str, Any], bool]:
        """Return a row's values by the columns they go to, and whether the fields surely take them.

        Raises `Wrong` with all that is wrong with them.
        """
        columns = columns_of(row.model)
        known = columns.by_name
        values: dict[str, Any] = {}
        wrong = [(name, _("is missing")) for name in columns.needed - row.fields.keys()]
        is_sure = True
        for name, value in row.fields.items():
            column = known.get(name)
            try:
                if column is None:
                    _refuse_unknown(row.model, name, value)
                elif column.target is None or value is None:
                    values[column.attname], takes = column.read(value)
                    is_sure = is_sure and takes
                else:
                    values[column.attname] = self._reference(column.field, row.referred.get(name))
            except Wrong as error:
                wrong += [(name, reason) for _field, reason in error.reasons]
        if wrong:
            raise Wrong(reasons=sorted(wrong))
        is_sure = is_sure and len(values) == len(known)
        columns.complete(values)
        return values, is_sure

    def _reference(self, field: Any, key: Key | None) -> int:
        """Return the primary key of what a row refers to; an account that nobody has yet is made."""
        target = field.remote_field.model
        if key is None:
            raise Wrong(field.name, _("is no natural key"))
        if pk := self.keys.get(target, key):
            return pk
        try:
            with transaction.atomic():
                return self.keys.find(target, key)
        except ObjectDoesNotExist:
            if target is not User:
                raise Wrong(field.name, self._missing(target, list(key))) from None
        except (ValueError, TypeError, ValidationError):
            raise Wrong(field.name, _("is no natural key")) from None
        account = User(username=key[0])
        self._make_account(account)
        self.keys.put(User, key, account.pk)
        return account.pk

    def _missing(self, target: Any, value: list[Any]) -> str:
        words = {"kind": target._meta.verbose_name, "key": key_words(value)}
        if identity(target, value) in self.refused:
            return _("the %(kind)s %(key)s is itself refused") % words
        return _("there is no %(kind)s %(key)s") % words

    def _check_twice(self, row: _Row) -> None:
        key = identity_of(row.model, row.fields) if row.key is None else (row.model, row.key)
        if key in self.seen:
            raise Wrong("", _("stands twice"))
        self.seen.add(key)


def _refuse_unknown(model: Any, name: str, value: Any) -> None:
    """Raise `Wrong` for a field that fixtures do not hold, but for an account's groups and permissions, of which it has none."""
    if model is not User or name not in {field.name for field in User._meta.many_to_many}:
        raise Wrong(name, _("is no field of this model"))
    if value != []:
        raise Wrong(name, _("is not loaded"))


def _unsettled(model: Any, pks: list[int]) -> Iterator[tuple[int, tuple[str, str]]]:
    """Yield pk, and field and reason, of each row whose moments its reviews and corrections do not bear out."""
    approvals = Review.objects.filter(**{model.review_column: OuterRef("pk")}, decision=Decision.APPROVED)
    corrections = model.objects.filter(supersedes=OuterRef("pk"), published_at__isnull=False)
    for start in range(0, len(pks), 10_000):
        rows = model.objects.filter(pk__in=pks[start : start + 10_000]).annotate(
            approved_at=Subquery(approvals.values("decided_at")[:1]),
            corrected_at=Subquery(corrections.values("published_at")[:1]),
        )
        for row in rows.order_by("pk"):
            if row.published_at != row.approved_at:
                reason = _("Only an approved review publishes, at the moment of its decision.")
                yield row.pk, ("published_at", reason)
            if row.superseded_at != row.corrected_at:
                reason = _("Only a published correction supersedes, at the moment of its publication.")
                yield row.pk, ("superseded_at", reason)
