"""How an action runs and how it says no.

The rules are the database's; an action's own checks exist for the message. Whatever the database refuses comes out as
`Refused`, with the sentence for people and the field it is about.
"""

import contextlib
import functools
import uuid
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar, cast

import pghistory
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from relations.models import IdempotencyKey

P = ParamSpec("P")
R = TypeVar("R")


class Refused(Exception):
    """A rule says no. `str()` is the sentence for people; `field` the field it is about, if any; `rule` its name."""

    def __init__(self, sentence: str, *, field: str = "", rule: str = "") -> None:
        super().__init__(sentence)
        self.field = field
        self.rule = rule


class Stale(Refused):
    """Someone saved a newer revision meanwhile (R5). `current` is what stands now."""

    def __init__(self, current: Any) -> None:
        super().__init__(_("Someone saved this before you. Compare both versions and save again."), rule="stale")
        self.current = current


@functools.cache
def _violation_messages() -> dict[str, Any]:
    return {
        constraint.name: constraint.violation_error_message
        for model in apps.get_app_config("relations").get_models()
        for constraint in model._meta.constraints
    }


def refusal(error: IntegrityError) -> Refused | None:
    """Return what the database's refusal means to people; None where it is no rule of ours but a fault."""
    diag = getattr(error.__cause__, "diag", None)
    if diag is None or not diag.constraint_name:
        return None
    rule = diag.constraint_name
    if diag.sqlstate == "23000":  # a trigger's own sentence
        return Refused(_(diag.message_primary), field=diag.column_name or "", rule=rule)
    if rule in _violation_messages():
        return Refused(str(_violation_messages()[rule]), rule=rule)
    return None


@contextlib.contextmanager
def recorded(actor: Any, name: str) -> Iterator[None]:
    """Run a write of rows without a `ref` as an action runs: in one transaction, its history naming the actor.

    What the database refuses comes out as `Refused`.
    """
    try:
        with transaction.atomic(), pghistory.context(user=actor.pk, action=name):
            yield
    except IntegrityError as error:
        refused = refusal(error)
        if refused is None:
            raise
        raise refused from error


def _claim(token: uuid.UUID, actor: Any, name: str, about: str) -> IdempotencyKey | None:
    """Use up a form's token. Return None where it is fresh, else the key that an earlier submit of the form left."""
    with connection.cursor() as cursor:
        # Waits for a first submit that is still on its way. Django's own ON CONFLICT does not say if it stored the row.
        cursor.execute(
            f"INSERT INTO {IdempotencyKey._meta.db_table} (key, user_id, action, about, result, created_at) "
            "VALUES (%s, %s, %s, %s, '', now()) ON CONFLICT DO NOTHING",
            [token, actor.pk, name, about],
        )
        if cursor.rowcount:
            return None
    used = IdempotencyKey.objects.get(key=token)
    if (used.user_id, used.action, used.about) != (actor.pk, name, about):
        raise Refused(_("This form was already used. Open it again."), rule="token")
    return used


def _rows(given: dict[str, Any]) -> list[models.Model]:
    return [row for name, row in given.items() if name != "actor" and isinstance(row, models.Model)]


def _about(given: dict[str, Any]) -> str:
    """Return what a form is about: the first row its action is given; of a new one where it is to stand."""
    for row in _rows(given):
        if not row._state.adding:
            return f"{row._meta.model_name} {row.pk}"
        for parent in ("document", "issue", "relationship"):
            if key := getattr(row, f"{parent}_id", None):
                return f"new {row._meta.model_name} of {parent} {key}"
    return ""


def _done_before(model: Any, used: IdempotencyKey, given: dict[str, Any]) -> Any:
    """Return the row that an earlier submit answered with; one that it threw away is the one it was given."""
    stored = model._default_manager.filter(ref=used.result).first()
    gone = (row for row in _rows(given) if isinstance(row, model) and getattr(row, "ref", "") == used.result)
    row = stored or next(gone, None)
    if row is None:
        raise Refused(_("This was thrown away meanwhile."), rule="gone")
    return row


def was_done(token: str, actor: Any, name: str, ref: str) -> bool:
    """Say whether `actor` did the action `name` on the row `ref` by the form of this token: a repeat finds it done."""
    with contextlib.suppress(ValueError):
        return IdempotencyKey.objects.filter(key=uuid.UUID(token), user=actor, action=name, result=ref).exists()
    return False


def stored_by(token: str, actor: Any, model: Any) -> Any:
    """Return the `model` row that `actor` stored by the form of this token before; None where it is still unused."""
    with contextlib.suppress(ValueError):
        used = IdempotencyKey.objects.filter(key=uuid.UUID(token), user=actor).exclude(result="").first()
        return model._default_manager.filter(ref=used.result).first() if used else None
    return None


def action(model: type) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function an action that answers with a `model` row.

    It runs in one transaction, its history names the actor, a form's `token` makes a second submit answer with what
    the first one did, deferred rules are checked before it ends, and a refusal comes out as `Refused`.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            token = cast("uuid.UUID | None", kwargs.pop("token", None))
            actor = cast("Any", kwargs["actor"])
            name = function.__name__
            try:
                with transaction.atomic(), pghistory.context(user=actor.pk, action=name):
                    used = _claim(token, actor, name, _about(kwargs)) if token else None
                    if used is not None:
                        return cast("R", _done_before(model, used, kwargs))
                    with connection.cursor() as cursor:
                        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
                        result = function(*args, **kwargs)
                        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    if token:
                        IdempotencyKey.objects.filter(key=token).update(result=cast("Any", result).ref)
                    return result
            except IntegrityError as error:
                refused = refusal(error)
                if refused is None:
                    raise
                raise refused from error

        return run

    return decorate
