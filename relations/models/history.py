"""History: every insert, change and removal, written by the database itself (R6).

pghistory makes an event table per model. As it comes, its triggers can be switched off by a session setting and its
tables take forged rows (POSTGRES.md), so here triggers are written without the switch and the event tables refuse
all but the triggers' own inserts.
"""

from collections.abc import Callable
from typing import Any, TypeVar

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
    pass


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


def _refusal(sentence: str, condition: str = "") -> str:
    """Return the body of a trigger that refuses with `sentence` (where `condition` holds, if one is given)."""
    refuse = f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation';"
    return f"IF {condition} THEN {refuse} END IF; RETURN NEW;" if condition else refuse


def _no_truncate(sentence: str) -> pgtrigger.Trigger:
    return Rule(
        name="no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=_refusal(sentence),
    )


def _append_only() -> list[pgtrigger.Trigger]:
    # A recording trigger inserts at depth 2 (its own statement's trigger, then this one); a forger at depth 1.
    return [
        Rule(
            name="no_forgery",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func=_refusal("history is written by the database alone", "pg_trigger_depth() < 2"),
        ),
        Rule(
            name="append_only",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=_refusal("history cannot be changed"),
        ),
        _no_truncate("history cannot be emptied"),
    ]


def tracked(*, exclude: list[str] | None = None) -> Callable[[type[M]], type[M]]:
    """Decorate a model so that the database records every insert, change and removal of its rows (R6)."""
    return pghistory.track(
        _Inserted(),
        _Updated(),
        _Deleted(),
        exclude=exclude,
        context_field=pghistory.ContextJSONField(),
        append_only=False,
        meta={"triggers": _append_only()},
    )
