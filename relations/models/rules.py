"""The building stones of rules that the database holds: triggers that refuse with a sentence for people.

A refusal is an integrity error that carries the rule's name (`constraint_name`), the field it is about
(`column_name`) and the sentence (`message_primary`); `actions.refusal` hands those on.
"""

import pgtrigger

from relations.models.history import Rule

# Loading a fixture twice changes nothing. Not a WHEN clause: that may not look at generated columns before a write.
_UNCHANGED = "IF TG_OP = 'UPDATE' THEN IF OLD.* IS NOT DISTINCT FROM NEW.* THEN RETURN NEW; END IF; END IF;"


def refuse(sentence: str, *, rule: str, field: str = "") -> str:
    """Return the PL/pgSQL statement that refuses with `sentence`, under the rule's name, about `field`."""
    sentence = sentence.replace("'", "''")
    return (
        f"RAISE EXCEPTION USING MESSAGE = '{sentence}', ERRCODE = 'integrity_constraint_violation', "
        f"CONSTRAINT = '{rule}', COLUMN = '{field}';"
    )


def refuse_when(condition: str, sentence: str, *, rule: str, field: str = "") -> str:
    """Return the PL/pgSQL block that refuses where `condition` is true."""
    return f"IF {condition} THEN {refuse(sentence, rule=rule, field=field)} END IF;"


def before_write(name: str, *blocks: str, declare: list[tuple[str, str]] | None = None, only_where: str = "") -> Rule:
    """Return a rule checked before a row is inserted or really changed.

    It cannot be broken but where `only_where` holds, a condition of NEW alone that costs less than calling the rule.
    """
    return Rule(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Condition(only_where) if only_where else None,
        func=" ".join([_UNCHANGED, *blocks, "RETURN NEW;"]),
        declare=declare,
    )


def before_update(name: str, *blocks: str, declare: list[tuple[str, str]] | None = None) -> Rule:
    """Return a rule checked before a row is really changed."""
    return Rule(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=" ".join([_UNCHANGED, *blocks, "RETURN NEW;"]),
        declare=declare,
    )


def before_delete(name: str, *blocks: str) -> Rule:
    """Return a rule checked before a row is deleted."""
    return Rule(name=name, when=pgtrigger.Before, operation=pgtrigger.Delete, func=" ".join([*blocks, "RETURN OLD;"]))


def after_write(name: str, *blocks: str, declare: list[tuple[str, str]] | None = None, delete: bool = False) -> Rule:
    """Return a rule that acts after a row was inserted or changed (or deleted)."""
    operation = pgtrigger.Insert | pgtrigger.Update
    return Rule(
        name=name,
        when=pgtrigger.After,
        operation=operation | pgtrigger.Delete if delete else operation,
        func=" ".join([*blocks, "RETURN NULL;"]),
        declare=declare,
    )


def at_commit(
    name: str,
    *blocks: str,
    declare: list[tuple[str, str]] | None = None,
    operation: pgtrigger.Operation = pgtrigger.Insert | pgtrigger.Update,
) -> Rule:
    """Return a rule checked when the transaction ends (or at `SET CONSTRAINTS ALL IMMEDIATE`)."""
    return Rule(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        func=" ".join([*blocks, "RETURN NULL;"]),
        declare=declare,
    )


def immutable(*columns: str) -> Rule:
    """Return the rule that these columns keep the value they were inserted with."""
    return before_update(
        "immutable",
        *(
            refuse_when(
                f"NEW.{column} IS DISTINCT FROM OLD.{column}",
                "This was fixed when the row was made and cannot be changed.",
                rule="immutable",
                field=column.removesuffix("_id"),
            )
            for column in columns
        ),
    )


def unchangeable() -> Rule:
    """Return the rule that a row is never changed at all."""
    return before_update("unchangeable", refuse("This cannot be changed once it is stored.", rule="unchangeable"))


def same_desk(**parents: str) -> Rule:
    """Return the rule that a row's parents (`column="table"`) are of the row's own desk (R7)."""
    return before_write(
        "same_desk",
        *(
            f"IF NEW.{column} IS NOT NULL THEN "
            + refuse_when(
                f"NEW.relationship_id IS DISTINCT FROM (SELECT relationship_id FROM {table} WHERE id = NEW.{column})",
                "This belongs to another desk.",
                rule="same_desk",
                field=column.removesuffix("_id"),
            )
            + " END IF;"
            for column, table in parents.items()
        ),
    )


# Today at a row's desk, as SQL.
DESK_TODAY = "(SELECT (now() AT TIME ZONE time_zone)::date FROM relations_relationship WHERE id = NEW.relationship_id)"
# Whether a span ends in a day, month or year that has not begun at the desk, as SQL; one under way may run past today.
SPAN_LIES_AHEAD = (
    "date_trunc(CASE WHEN NEW.precision IN ('month', 'year') THEN NEW.precision ELSE 'day' END, NEW.latest)::date "
    f"> {DESK_TODAY}"
)
