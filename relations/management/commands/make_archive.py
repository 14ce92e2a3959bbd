"""Build a made-up archive to try and measure the program on."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from relations.archive.building import Unsuitable, build, require_suitable
from relations.archive.plan import Plan
from relations.archive.rules import Broken


class Command(BaseCommand):
    """`make_archive --statements N --desks N --seed N`"""

    help = (
        "Builds desks of made-up states with made-up statements, the same for the same numbers. "
        "Only in a database without real desks, and outside the private one only in the database that --into names."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the archive's numbers."""
        parser.add_argument("--statements", type=int, default=100_000)
        parser.add_argument("--desks", type=int, default=40)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument(
            "--into", default="", metavar="DATABASE", help="the database’s name, where it is not the private one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Build it, with a progress bar on a terminal; where it stands already, say so."""
        plan = Plan(options["statements"], options["desks"], options["seed"])
        began = time.monotonic()
        try:
            if not require_suitable(plan, options["into"]):
                self.stdout.write(_("It stands already: %(archive)s.") % {"archive": plan})
                return
            with tqdm(total=plan.statements, unit=" statements", disable=None) as bar:

                def tell(what: str) -> None:
                    bar.clear()
                    self.stdout.write(f"{time.monotonic() - began:7.1f} s  {what}")
                    bar.refresh()

                asked = build(plan, tell, bar.update)
        except Unsuitable as unsuitable:
            raise CommandError(str(unsuitable)) from None
        except Broken as broken:
            raise CommandError(
                _("Nothing was stored, for these rules do not hold: %(rules)s") % {"rules": broken}
            ) from None
        took = time.monotonic() - began
        self.stdout.write(
            _("Built %(archive)s in %(seconds).1f s, %(rate)s a second; %(asked)s queries found every rule kept.")
            % {"archive": plan, "seconds": took, "rate": f"{plan.statements / took:,.0f}", "asked": asked}
        )
