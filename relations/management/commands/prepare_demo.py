"""Prepare the demo desk and its accounts for `make run`."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from relations.actions.demo import ACCOUNTS, DESK, load_demo_desk, make_demo_accounts


class Command(BaseCommand):
    """`prepare_demo`"""

    help = "Loads the demo desk once and makes the demo accounts; on the private PostgreSQL alone."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, make and print; a second run changes nothing."""
        if not settings.IS_PRIVATE:
            self.stdout.write(_("DATABASE_URL is set, so no demo desk and no demo account is made."))
            return
        if load_demo_desk(Path(settings.BASE_DIR) / "fixtures"):
            self.stdout.write(_("The demo desk is loaded."))
        passwords = make_demo_accounts(
            Path(settings.VAR_DIR) / "demo-accounts.json", os.environ.get("DEMO_PASSWORD", "")
        )
        self.stdout.write(_("Demo accounts, with their role at %(desk)s:") % {"desk": DESK})
        for name, role in ACCOUNTS.items():
            where = role.label if role else _("at no desk")
            password = passwords[name] or _("changed since; DEMO_PASSWORD sets one anew")
            self.stdout.write(f"  {name:<10} {password:<20} {where}")
