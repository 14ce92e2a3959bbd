"""History: every insert, change and removal, written by the database itself (R6).

pghistory makes an event table per model. As it comes, its triggers can be switched off by a session setting and its
tables take forged rows (POSTGRES.md), so here triggers are written without the switch and the event tables refuse
all but the triggers' own inserts.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import pghistory
import pghistory.trigger
import pgtrigger
from django.db.models import Model
from pgtrigger.compiler import Trigger as CompiledTrigger
from pgtrigger.compiler import UpsertTriggerSql

M = TypeVar("M", bound=Model)


class RuleSql(UpsertTriggerSql):
    """The SQL of a trigger that no session setting turns off. Migrations refer to it: add versions, don't edit."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Even with session_replication_role = replica, which the private server's account may set. After the template
        # and not in it, for the template makes the hash by which migrations know a trigger.
        self.data += f"ALTER TABLE {pgtrigger.utils.quote(self.table)} ENABLE ALWAYS TRIGGER {self.pgid};"

    def get_template(self) -> str:
        """Return pgtrigger's template without its ignore switch."""
        return """
            CREATE OR REPLACE FUNCTION {pgid}()
            RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql;

            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid}
                {when} {operation} ON {table}
                {timing}
                {referencing}
                FOR EACH {level} {condition}
                EXECUTE PROCEDURE {execute};

            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class Rule(pgtrigger.Trigger):
    """A trigger that holds a rule: `pgtrigger.ignore()` does not reach it."""

    def compile(self, model: Any) -> CompiledTrigger:
        """Compile as pgtrigger does, but to `RuleSql`."""
        compiled = super().compile(model)
        return CompiledTrigger(name=compiled.name, sql=RuleSql(**compiled.sql.kwargs))


class _RecordTrigger(Rule, pghistory.trigger.Event):
    """pghistory's event trigger, as a rule."""

    def get_func(self, model: Any) -> Any:
        """Return pghistory's function for a row; for a statement, one that writes the events of all its rows."""
        if self.level != pgtrigger.Statement:
            return super().get_func(model)
        # Not pghistory's own: it stores each context in a table, which here stands in the events themselves.
        event = cast("Any", self.event_model)._meta
        names = [one.column for one in event.concrete_fields if not one.name.startswith("pgh_") and not one.generated]
        columns = ", ".join(f'"{name}"' for name in names)
        return (
            f'INSERT INTO "{event.db_table}" ({columns}, pgh_created_at, pgh_label, pgh_obj_id, pgh_context, '
            f"pgh_context_id) SELECT {columns}, now(), '{self.label}', \"{model._meta.pk.column}\", "
            "nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, "
            "nullif(current_setting('pghistory.context_id', true), '')::uuid FROM new_values; RETURN NULL;"
        )


class _RecordedRow(pghistory.RowEvent):
    """A tracker that registers the rule kind of event trigger."""

    def add_event_trigger(self, event_model: Any) -> None:
        """Register the trigger on the tracked model."""
        pgtrigger.register(
            _RecordTrigger(
                event_model=event_model,
                label=self.label,
                name=self.trigger_name,
                row=self.row,
                operation=self.operation,
                condition=self.condition,
                level=self.level,
            )
        )(event_model.pgh_tracked_model)


class _Inserted(_RecordedRow, pghistory.InsertEvent):
    # Of changes old and new have to be told apart, row by row; what is new is recorded together.
    level = pgtrigger.Statement


class _Updated(_RecordedRow, pghistory.UpdateEvent):
    pass


class _Deleted(_RecordedRow, pghistory.DeleteEvent):
    """A tracker of removals, which keeps the one removal that no row's trigger sees from happening."""

    def add_event_trigger(self, event_model: Any) -> None:
        """Register the trigger on the tracked model, and the guard against emptying its table at one stroke."""
        super().add_event_trigger(event_model)
        pgtrigger.register(_no_truncate("a table whose history is kept cannot be emptied"))(
            event_model.pgh_tracked_model
        )


def _refusal(sentence: str) -> str:
    """Return the body of a trigger that refuses with `sentence`."""
    return f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation';"


def _no_truncate(sentence: str) -> pgtrigger.Trigger:
    return Rule(
        name="no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=_refusal(sentence),
    )


def _append_only() -> list[pgtrigger.Trigger]:
    # A recording trigger inserts at depth 1, a forger at depth 0.
    return [
        Rule(
            name="no_forgery",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            condition=pgtrigger.Condition("pg_trigger_depth() < 1"),
            func=_refusal("history is written by the database alone"),
        ),
        Rule(
            name="append_only",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=_refusal("history cannot be changed"),
        ),
        _no_truncate("history cannot be emptied"),
    ]


def tracked(*, exclude: list[str] | None = None, asked_by: tuple[str, ...] = ()) -> Callable[[type[M]], type[M]]:
    """Decorate a model so that the database records every insert, change and removal of its rows (R6).

    A row's history is asked for by the row, and by the columns `asked_by`: what it is a part of. Its other keys have no
    index there, which each write would have to keep.
    """
    track = pghistory.track(
        _Inserted(),
        _Updated(),
        _Deleted(),
        exclude=exclude,
        context_field=pghistory.ContextJSONField(),
        append_only=False,
        meta={"triggers": _append_only()},
    )

    def decorate(model: type[M]) -> type[M]:
        tracked_model = track(model)
        for column in cast("Any", tracked_model).pgh_event_model._meta.local_fields:
            if column.is_relation:
                column.db_index = column.name in {"pgh_obj", *asked_by}
        return tracked_model

    return decorate
