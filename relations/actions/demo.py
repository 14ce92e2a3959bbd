"""The demo: the desk of the fixture with an account for each role, on the private PostgreSQL alone."""

import json
import secrets
from pathlib import Path

from django.db import transaction

from relations.actions.fixtures import load_files
from relations.choices import Role
from relations.models import DeskMembership, Relationship, User

DESK = "us-turkiye"
ACCOUNTS: dict[str, Role | None] = {
    "reader": Role.READER,
    "analyst": Role.ANALYST,
    "reviewer": Role.REVIEWER,
    "lead": Role.LEAD,
    "admin": Role.LEAD,
    "outsider": None,
}


def load_demo_desk(fixtures: Path) -> bool:
    """Load the reference data and the demo desk, unless the desk is there. Return whether it was loaded."""
    if Relationship.objects.filter(slug=DESK).exists():
        return False
    load_files([fixtures / "reference.json", fixtures / "us_turkiye.json"])
    return True


@transaction.atomic
def make_demo_accounts(passwords_file: Path, password: str = "") -> dict[str, str]:
    """Make the demo accounts that are missing. Return each one's password.

    The passwords are kept in `passwords_file`, readable by its owner alone, so that later starts can tell them;
    `password` sets one for all. An account whose password was changed since keeps it.
    """
    known = _kept(passwords_file)
    desk = Relationship.objects.get(slug=DESK)
    for name, role in ACCOUNTS.items():
        user = User.objects.filter(username=name).first()
        if user is None:
            user = User(username=name, name=f"Demo {name}", is_superuser=name == "admin")
            known.pop(name, None)
        if password or name not in known:
            known[name] = password or secrets.token_urlsafe(9)
        if user.pk is None:
            user.is_staff = role is not None and role.at_least(Role.ANALYST)
        if user.pk is None or (password and not user.check_password(password)):
            user.set_password(known[name])
            user.save()
        if role is not None:
            DeskMembership.objects.get_or_create(user=user, relationship=desk, defaults={"role": role})
    _keep(passwords_file, known)
    return known


def _kept(path: Path) -> dict[str, str]:
    try:
        kept = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _keep(path: Path, passwords: dict[str, str]) -> None:
    path.touch(mode=0o600)
    path.write_text(json.dumps(passwords, indent=1))
