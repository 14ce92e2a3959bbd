"""The database backend: Django's own for PostgreSQL, whose server is started at the first connection."""

from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.db.utils import OperationalError

from config.embedded_postgres.server import PORT, USER, Server


@cache
def server_at(var: Path) -> Server:
    """Return the one server of this process that keeps its data in `var`."""
    return Server(var)


class DatabaseWrapper(base.DatabaseWrapper):
    """Connects to the private server by its socket. `DATA_DIR` in the settings names the folder it keeps its data in."""

    def __init__(self, settings_dict: dict[str, Any], alias: str = "default") -> None:
        self.server = server_at(Path(settings_dict["DATA_DIR"]))
        settings_dict.update(HOST=str(self.server.socket_folder), PORT=PORT, USER=USER, PASSWORD="")
        super().__init__(settings_dict, alias)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection, starting the server where it does not run. Raises `PrivateServerError`."""
        if not self.server.socket_exists():
            self._bring_up()
        try:
            return super().get_new_connection(conn_params)
        except (OperationalError, psycopg.OperationalError):
            # A server that was killed leaves its socket behind, and one that is just starting refuses: another process
            # may have started it, so what counts is that it is up now, not who brought it up.
            self._bring_up()
            return super().get_new_connection(conn_params)

    def _bring_up(self) -> None:
        if self.server.ensure():
            self.close_pool()
