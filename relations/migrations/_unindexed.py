"""One operation that drops the index of a foreign key, without saying anew all that the key is."""

from typing import Any

from django.db.migrations.operations import AlterField
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.state import ProjectState


class Unindexed(AlterField):
    """Leave a foreign key as it is, but without an index of its own."""

    def __init__(self, model_name: str, name: str) -> None:
        FieldOperation.__init__(self, model_name, name)
        self.preserve_default = True

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return what a squashed migration writes."""
        return (self.__class__.__qualname__, [], {"model_name": self.model_name, "name": self.name})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Set in the state that the key has no index."""
        model = self.model_name_lower
        key = state.models[app_label, model].fields[self.name].clone()
        key.db_index = False
        state.alter_field(app_label, model, self.name, key, preserve_default=True)
