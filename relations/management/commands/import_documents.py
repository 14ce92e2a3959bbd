"""Take in many documents from a JSON-lines file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from tqdm import tqdm

from relations.access import NotAllowed
from relations.actions.imports import BadLines, Plan, import_documents
from relations.actions.refusal import Refused
from relations.choices import Marking
from relations.models import Publisher, Relationship, User


class Command(BaseCommand):
    """`import_documents DESK FILE --author USERNAME [--publisher NAME] [--marking MARKING]`"""

    help = 'Takes in a JSON-lines file of {"doc_id", "date", "url", "text"}, all or nothing; a second run adds nothing.'

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the desk, the file and whose work it is."""
        parser.add_argument("desk")
        parser.add_argument("file", type=Path)
        parser.add_argument("--author", required=True, metavar="USERNAME", help="an analyst of the desk")
        parser.add_argument(
            "--publisher",
            metavar="NAME",
            help="who published them all; without it, the publisher whose address has a document's host, "
            "else a new one named after the host",
        )
        parser.add_argument("--marking", choices=Marking.values, default=Marking.CLEAR)

    def handle(self, *args: Any, **options: Any) -> None:
        """Store them, with a progress bar on a terminal."""
        try:
            with options["file"].open("rb") as lines:
                plan = import_documents(
                    actor=_found(User, _("There is no account “%(name)s”."), username=options["author"]),
                    relationship=_found(Relationship, _("There is no desk “%(name)s”."), slug=options["desk"]),
                    lines=lines,
                    publisher=_publisher(options["publisher"]),
                    marking=options["marking"],
                    progress=lambda rows, total: tqdm(rows, total=total, unit=" documents", disable=None),
                )
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be read (%(why)s).") % {"file": options["file"], "why": error.strerror}
            ) from None
        except (NotAllowed, Refused) as refused:
            raise CommandError(str(refused)) from None
        except BadLines as bad:
            for line in bad.lines:
                self.stderr.write(str(line))
            number = len(bad.lines)
            raise CommandError(
                ngettext(
                    "Nothing was stored: %(number)s line is wrong.",
                    "Nothing was stored: %(number)s lines are wrong.",
                    number,
                )
                % {"number": number}
            ) from None
        self._tell(plan)

    def _tell(self, plan: Plan) -> None:
        for publisher in plan.new_publishers:
            self.stdout.write(_("Added the publisher “%(name)s”.") % {"name": publisher.name})
        for same in plan.same:
            where = f"“{same.document}”" if same.document else _("line %(number)s") % {"number": same.line}
            self.stdout.write(
                _("Line %(number)s holds the same text as %(where)s.") % {"number": same.row.number, "where": where}
            )
        self.stdout.write(
            _("Stored %(rows)s documents; the desk held %(held)s already.")
            % {"rows": len(plan.rows), "held": plan.held}
        )


def _found(model: Any, said: str, **key: str) -> Any:
    row = model.objects.filter(**key).first()
    if row is None:
        raise CommandError(said % {"name": next(iter(key.values()))})
    return row


def _publisher(name: str | None) -> Publisher | None:
    if name is None:
        return None
    if not name.strip() or len(name) > 160:
        raise CommandError(_("A publisher’s name has 1 to 160 characters."))
    held = Publisher.objects.filter(ref=name).first() or Publisher.objects.named(name).first()
    return held or Publisher(name=name.strip())
