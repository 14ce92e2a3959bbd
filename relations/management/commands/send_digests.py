"""Send the digests that are due."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relations.actions.digests import due_digests, send_digest
from relations.reports.digests import write_digest


class Command(BaseCommand):
    """`send_digests`"""

    help = "Sends each user what she was told by e-mail, daily or weekly as she chose. Run it once a day; twice is no harm."

    def handle(self, *args: Any, **options: Any) -> None:
        """Send them one by one; those that fail are named at the end and sent by the next run."""
        sent = 0
        failed: list[str] = []
        for setting in due_digests():
            try:
                sent += send_digest(setting=setting, write=write_digest)
            except (OSError, ValueError) as error:  # of the mail server or on the way to it; of an address that is none
                failed.append(str(error))
        self.stdout.write(ngettext("Sent %(number)s digest.", "Sent %(number)s digests.", sent) % {"number": sent})
        if failed:
            raise CommandError(
                _("%(number)s could not be sent, and will be by the next run: %(why)s")
                % {"number": len(failed), "why": "; ".join(sorted(set(failed)))}
            )
