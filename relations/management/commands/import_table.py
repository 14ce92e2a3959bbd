"""Take in a CSV or XLSX file of rows."""

import gc
import getpass
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from relations.access import NotAllowed
from relations.actions.importing.outcomes import Fate, Outcome, State
from relations.actions.importing.running import import_table
from relations.actions.refusal import Refused
from relations.models import Relationship, User
from relations.tables.csvs import CHARSETS, DELIMITERS
from relations.tables.days import DAY_FIRST, MONTH_FIRST
from relations.tables.faults import CannotReadTable
from relations.tables.headers import TABLES, Table
from relations.tables.reading import layout_of, rows_of

_TOLD = 50  # refused rows


class Command(BaseCommand):
    """`import_table DESK NOUN FILE [--user NAME] [--dry-run]`"""

    help = "Takes in a CSV or XLSX file of rows, all or nothing; statements arrive as drafts of the account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the desk, what the rows are, the file, and whose work it is."""
        parser.add_argument("desk")
        parser.add_argument("noun", choices=list(TABLES))
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--user", metavar="NAME", help="an analyst of the desk; without it, the account named as you"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="HEADER=COLUMN",
            help="what a column of the file is; nothing after = leaves it out",
        )
        parser.add_argument("--charset", choices=CHARSETS, default="", help="of a CSV file; found out if not told")
        parser.add_argument("--delimiter", choices=list(DELIMITERS), default="", help="of a CSV file; likewise")
        order = parser.add_mutually_exclusive_group()
        order.add_argument("--day-first", dest="order", action="store_const", const=DAY_FIRST, default="")
        order.add_argument("--month-first", dest="order", action="store_const", const=MONTH_FIRST)

    def handle(self, *args: Any, **options: Any) -> None:
        """Store the rows, with a progress bar on a terminal."""
        gc.freeze()  # as in load_desk
        table = TABLES[options["noun"]]
        name = options["user"] or getpass.getuser()
        user = User.objects.filter(username=name).first()
        desk = Relationship.objects.filter(slug=options["desk"]).first()
        if user is None:
            raise CommandError(_("There is no account “%(name)s”.") % {"name": name})
        if desk is None:
            raise CommandError(_("There is no desk “%(name)s”.") % {"name": options["desk"]})
        try:
            with options["file"].open("rb") as file:
                rows = rows_of(file, layout_of(file, charset=options["charset"], delimiter=options["delimiter"]))
                header = next(rows).cells
                columns = self._columns(table, header, options["column"])
                outcome = import_table(
                    actor=user,
                    relationship=desk,
                    table=table,
                    lines=rows,
                    columns=columns,
                    order=options["order"],
                    is_trial=options["dry_run"],
                    progress=_bar,
                )
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be read (%(why)s).") % {"file": options["file"], "why": error.strerror}
            ) from None
        except (NotAllowed, Refused, CannotReadTable) as refused:
            raise CommandError(str(refused)) from None
        self._tell(table, outcome)

    def _columns(self, table: Table, header: list[str], told: list[str]) -> list[str]:
        columns = table.guessed(header)
        for each in told:
            name, _equals, column = each.rpartition("=")
            if name not in header or (column and column not in table.columns):
                raise CommandError(
                    _("“%(told)s” names no column of the file, or none of these: %(columns)s.")
                    % {"told": each, "columns": ", ".join(table.columns)}
                )
            columns = ["" if have == column else have for have in columns]
            columns[header.index(name)] = column
        columns = ["" if column in table.told else column for column in columns]
        if not any(columns):
            raise CommandError(_("No column of the file means anything here. Say what they are by --column."))
        for name, column in zip(header, columns, strict=True):
            told_as = table.label_of(column) if column else _("left out")
            self.stdout.write(_("%(header)s: %(column)s") % {"header": name, "column": told_as})
        return columns

    def _tell(self, table: Table, outcome: Outcome) -> None:
        refused = [fate for fate in outcome.fates if fate.state == State.REFUSED]
        for fate in refused[:_TOLD]:
            self.stderr.write(_in_a_line(table, fate))
        if refused[_TOLD:]:
            self.stderr.write(_("and %(number)s more") % {"number": len(refused) - _TOLD})
        for fate in outcome.fates:
            for column, note in fate.why:
                if fate.state != State.REFUSED and not column:
                    self.stdout.write(_("Row %(number)s: %(note)s") % {"number": fate.number, "note": note})
        counts = ", ".join(f"{state.label.lower()}: {outcome.counts[state]:,}" for state in State)
        if refused:
            raise CommandError(_("Nothing was stored. %(counts)s") % {"counts": counts})
        done = _("Stored.") if outcome.is_stored else _("Nothing was stored, as this was a trial.")
        self.stdout.write(f"{done} {counts}")


def _in_a_line(table: Table, fate: Fate) -> str:
    whys = "; ".join(f"{table.label_of(column)}: {why}" if column else why for column, why in fate.why)
    return _("Row %(number)s: %(why)s") % {"number": fate.number, "why": whys}


def _bar(rows: Iterable[Any]) -> Iterable[Any]:
    return tqdm(rows, unit=" rows", disable=None)
