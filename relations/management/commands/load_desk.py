"""Load fixtures, all or nothing, naming every bad row."""

import gc
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from tqdm import tqdm

from relations.actions.fixtures import BadFixture, load_files


class Command(BaseCommand):
    """`load_desk FILE...`"""

    help = "Loads fixtures, all or nothing, with an error for every bad row."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the files."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load them, with a progress bar on a terminal."""
        gc.freeze()  # the program itself: rows that come by the thousand would have the collector go through it each time

        def progress(rows: Any, total: int) -> Any:
            return tqdm(rows, total=total, unit=" rows", disable=None)

        try:
            loaded = load_files(options["files"], progress)
        except BadFixture as bad:
            for row in bad.rows:
                self.stderr.write(str(row))
            number = len({(row.file, row.row) for row in bad.rows})
            raise CommandError(
                ngettext(
                    "Nothing was loaded: %(number)s row is wrong.",
                    "Nothing was loaded: %(number)s rows are wrong.",
                    number,
                )
                % {"number": number}
            ) from None
        for name in loaded.accounts:
            self.stdout.write(_("Made the account “%(name)s”, inactive and without a role.") % {"name": name})
        self.stdout.write(_("Loaded %(rows)s rows.") % {"rows": loaded.rows})
