"""Write a desk to a fixture."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from relations.actions.dumps import dump_desk
from relations.models import Relationship


class Command(BaseCommand):
    """`dump_desk SLUG [-o FILE]`"""

    help = "Writes a desk's content, and the reference rows it cites, to a fixture that loads elsewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the desk and where to write it."""
        parser.add_argument("slug")
        parser.add_argument("-o", "--output", type=Path, help="a file; without it, standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it; a file is replaced whole or not at all."""
        relationship = Relationship.objects.filter(slug=options["slug"]).first()
        if relationship is None:
            raise CommandError(_("There is no desk “%(slug)s”.") % {"slug": options["slug"]})
        lines = (f"{line}\n" for line in dump_desk(relationship))
        output: Path | None = options["output"]
        if output is None:
            for line in lines:
                self.stdout.write(line, ending="")
            return
        part = output.with_name(f"{output.name}.part")
        try:
            with part.open("w", encoding="utf-8") as file:
                file.writelines(lines)
            part.replace(output)
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be written (%(why)s).") % {"file": output, "why": error.strerror}
            ) from None
