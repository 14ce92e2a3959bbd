"""The way of a row through django-import-export: looked up, read, judged, and stored with the others of its stretch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _
from import_export import resources
from import_export.instance_loaders import BaseInstanceLoader
from import_export.results import RowResult
from tablib import Dataset

from relations.actions.importing.cells import tidy
from relations.actions.importing.lookups import Lookups
from relations.actions.importing.outcomes import Fate, State
from relations.actions.refusal import Refused, refusal
from relations.models import Relationship
from relations.tables.headers import Table
from relations.tables.reading import Line

# Rows that the database alone refuses are looked for by halves; past so many, the rest is told to wait.
_MOST_HALVED = 500


@dataclass
class Draft:
    """A row on its way: what its cells say, what stands of it already, what it is to become."""

    stored: Any = None
    said: dict[str, Any] = field(default_factory=dict)
    number: int = 0
    row: Any = None
    changed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    parts: dict[str, list[Any]] = field(default_factory=dict)
    name: str = ""
    revision: int = 0

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Job:
    """Whose import it is, at which desk, and how days are written; `revisions` are those that the trial saw."""

    actor: Any
    relationship: Relationship
    order: str = ""
    is_trial: bool = True
    revisions: Mapping[str, int] | None = None


def wrong(column: str, sentence: str) -> ValidationError:
    """Return what is wrong with a cell."""
    return ValidationError({column or NON_FIELD_ERRORS: sentence})


class Rows(resources.Resource):
    """The rows of one noun. A subclass declares the columns, judges a row, and stores those that are new or change."""

    table: Table
    one_by_one = False  # where an action of its own stores each row

    class Meta:
        use_bulk = True
        use_transactions = False  # one is around all stretches
        skip_diff = True
        report_skipped = True
        batch_size = None
        import_id_fields = ()
        instance_loader_class = BaseInstanceLoader

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.job = job
        self.widgets: list[tuple[str, Any]] = []
        self.create_instances: list[Draft] = []
        self.update_instances: list[Draft] = []
        self.find = Lookups(job.relationship)
        self.numbers: list[int] = []
        self.drafts: list[Draft] = []
        self.refused: dict[int, tuple[tuple[str, str], ...]] = {}
        self.seen: dict[Any, int] = {}
        self.halved = 0

    # What a noun says

    def learn(self, rows: list[dict[str, str]]) -> None:
        """Look up together what the rows of a stretch name."""

    def standing(self, row: dict[str, str]) -> Any:
        """Return what stands of a row already; None where it is new. Raises `ValidationError`."""
        raise NotImplementedError

    def judge(self, draft: Draft) -> None:
        """Make of what the cells say the row that is to be stored, or say which columns change.

        Raises `ValidationError`.
        """
        raise NotImplementedError

    def store_new(self, drafts: Sequence[Draft]) -> None:
        """Store new rows."""
        raise NotImplementedError

    def store_changed(self, drafts: Sequence[Draft]) -> None:
        """Store rows that change."""
        raise NotImplementedError

    # The way of a stretch

    def fates(self, columns: Sequence[str], lines: Sequence[Line]) -> list[Fate]:
        """Return what became of a stretch of rows: the new and changed are stored."""
        self.numbers, self.drafts, self.refused = [line.number for line in lines], [], {}
        places = [place for place, name in enumerate(columns) if name]
        dataset = Dataset(headers=[columns[place] for place in places])
        self.widgets = [(name, self.fields[name].widget) for name in columns if name]
        for line in lines:
            dataset.append([line.cells[place] for place in places])
        result = self.import_data(dataset)
        faults = [*result.base_errors, *(error for row in result.error_rows for error in row.errors)]
        if faults:
            raise faults[0].error
        width = len(columns)
        return [
            self._fate(draft, told, too_wide=any(line.cells[width:]))
            for draft, told, line in zip(self.drafts, result.rows, lines, strict=True)
        ]

    def _fate(self, draft: Draft, told: RowResult, *, too_wide: bool) -> Fate:
        why = self.refused.get(draft.number, ())
        if told.validation_error is not None:
            why = tuple(
                (column if column != NON_FIELD_ERRORS else "", " ".join(sentences))
                for column, sentences in told.validation_error.message_dict.items()
            )
        if too_wide:
            why = (*why, ("", _("This row has more cells than the header has columns.")))
        ref = getattr(draft.stored, "ref", "") or getattr(draft.stored, "slug", "")
        if why:
            return Fate(draft.number, State.REFUSED, draft.name, why, ref, draft.revision)
        state = State.NEW if draft.stored is None else State.CHANGED if draft.changed else State.UNCHANGED
        changes = [(column, "") for column in draft.changed] if state == State.CHANGED else []
        return Fate(
            draft.number, state, draft.name, (*changes, *(("", note) for note in draft.notes)), ref, draft.revision
        )

    def before_import(self, dataset: Any, **_kwargs: Any) -> None:
        """Look up what the stretch names."""
        self.learn([dict(zip(dataset.headers, row, strict=True)) for row in dataset])

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Begin a row."""
        self.drafts.append(Draft(number=self.numbers[kwargs["row_number"] - 1], name=self.name_of(row)))

    def name_of(self, row: dict[str, str]) -> str:
        """Return what a row is about, in short."""
        said = str(next((row[name] for name in ("text", "title", "name") if row.get(name)), ""))
        return said if len(said) <= 80 else f"{said[:79]}…"

    def get_instance(self, _loader: Any, row: dict[str, str]) -> Draft | None:
        """Return the row where something stands of it already."""
        draft = self.drafts[-1]
        draft.stored = self.standing(row)
        return draft if draft.stored is not None else None

    def init_instance(self, _row: Any = None) -> Draft:
        """Return the row that is new."""
        return self.drafts[-1]

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Read the row's cells, all of them where some cannot be, and judge it."""
        said, unread = instance.said, {}
        for name, widget in self.widgets:
            cell = row[name]
            try:
                said[name] = widget.clean(cell, order=self.job.order) if cell else widget.empty
            except ValueError as error:
                unread[name] = ValidationError(str(error), code="invalid")
        if unread:
            raise ValidationError(unread)
        self.judge(instance)
        if instance.stored is not None and instance.changed:
            instance.revision = self.revision(instance)
            known = getattr(instance.stored, "ref", "") or getattr(instance.stored, "slug", "")
            if self.job.revisions is not None and self.job.revisions.get(known) != instance.revision:
                raise wrong("", _("Someone changed this since the trial. Try the file again."))

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        """Say whether the row leaves everything as it is."""
        return not import_validation_errors and instance.stored is not None and not instance.changed

    def bulk_create(self, *_args: Any, **_kwargs: Any) -> None:
        """Store the new rows of the stretch."""
        drafts, self.create_instances = self.create_instances, []
        self.store_together(drafts, self.store_new)

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> None:
        """Store the changed rows of the stretch."""
        drafts, self.update_instances = self.update_instances, []
        self.store_together(drafts, self.store_changed)

    def store_together(self, drafts: Sequence[Draft], store: Callable[[Sequence[Draft]], None]) -> None:
        """Store rows together; where one is refused, by halves, until it is found."""
        if self.one_by_one and len(drafts) > 1:
            for draft in drafts:
                self.store_together([draft], store)
            return
        if not drafts:
            return
        if self.halved > _MOST_HALVED:
            self.refuse(drafts, "", _("This was not tried, because so many rows before it are refused."))
            return
        fresh = [row for draft in drafts for row in self.along(draft) if row._state.adding]
        try:
            with transaction.atomic():
                store(drafts)
        except (Refused, IntegrityError, DataError) as error:
            for row in fresh:  # they do not stand after all
                row.pk, row._state.adding = None, True
            self._halve(drafts, store, _meant(error))

    def _halve(self, drafts: Sequence[Draft], store: Any, refused: Refused) -> None:
        if len(drafts) == 1:
            self.halved += 1
            self.refuse(drafts, self.column_of(refused.field), str(refused))
            return
        half = len(drafts) // 2
        self.store_together(drafts[:half], store)
        self.store_together(drafts[half:], store)

    def along(self, draft: Draft) -> list[Any]:
        """Return the rows that are stored with this one, of which some may be new."""
        return [draft.row]

    def revision(self, draft: Draft) -> int:
        """Return by which number what stands is known."""
        return int(draft.stored.revision)

    def column_of(self, field: str) -> str:
        """Return the column that gives a field of the database."""
        return field if field in self.fields else ""

    def refuse(self, drafts: Sequence[Draft], column: str, sentence: str) -> None:
        """Note that rows are refused."""
        for draft in drafts:
            self.refused[draft.number] = ((column, sentence),)

    def stands_twice(self, key: Any, column: str) -> None:
        """Refuse a row whose `key` an earlier row of the file has."""
        number = self.drafts[-1].number
        earlier = self.seen.setdefault(key, number)
        if earlier != number:
            raise wrong(column, _("Row %(number)s is the same one.") % {"number": earlier})


def _meant(error: Exception) -> Refused:
    """Return what the database's refusal means to people; a fault is raised again."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, IntegrityError):
        meant = refusal(error)
        if meant is None:
            raise error
        return meant
    return Refused(_("The database cannot hold this row."))


def needed(rows: Rows, said: Mapping[str, Any]) -> None:
    """Raise `ValidationError` where a new row lacks what it needs."""
    for name in rows.table.needed:
        if not said.get(name):
            sentence = _("A new row needs “%(column)s”.") % {"column": rows.table.label_of(name)}
            raise wrong(name if name in said else "", sentence)


def changed_fields(draft: Draft, columns: Mapping[str, str]) -> list[str]:
    """Return which of the columns, each with the field that it gives, say something else than what stands."""
    return [
        column
        for column, name in columns.items()
        if column in draft.said and _plain(getattr(draft.row, name)) != _plain(getattr(draft.stored, name))
    ]


def copied(stored: Any) -> Any:
    """Return a row of the same values, to be changed while the first tells what stands."""
    model = type(stored)
    row = model(
        **{each.attname: getattr(stored, each.attname) for each in model._meta.concrete_fields if not each.generated}
    )
    row._state.adding = False
    for name, along in stored._state.fields_cache.items():
        setattr(row, name, along)
    return row


def _plain(value: Any) -> Any:
    return tidy(value) if isinstance(value, str) else value
