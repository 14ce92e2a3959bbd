#!/usr/bin/env python
"""Django's command line for this installation."""

import os
import sys


def main() -> None:
    """Run a command; a private PostgreSQL that cannot run is told in one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config.embedded_postgres.errors import PrivateServerError

    try:
        execute_from_command_line(sys.argv)
    except PrivateServerError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
