"""`python -m config.embedded_postgres start|stop|status|where|delete`: the private PostgreSQL by hand."""

import sys
from pathlib import Path

from config.embedded_postgres.errors import PrivateServerError
from config.embedded_postgres.server import Server

VAR = Path(__file__).resolve().parents[2] / "var"


def main(arguments: list[str]) -> int:
    """Do what the one argument says. Return the exit code."""
    server = Server(VAR)
    match arguments:
        case ["start"]:
            print("Started." if server.ensure() else "It runs already.")
        case ["stop"]:
            print("Stopped." if server.stop() else "It does not run.")
        case ["status"]:
            runs = server.answers()
            print("It runs." if runs else "It does not run.")
            return 0 if runs else 3
        case ["where"]:
            print(server.root)
        case ["delete"]:
            print("Deleted." if server.delete() else "There was no data.")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except PrivateServerError as error:
        sys.exit(str(error))
