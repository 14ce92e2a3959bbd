"""The demo: the desk of the fixture with an account for each role, on the private PostgreSQL alone."""

import json
import secrets
from pathlib import Path

import pghistory
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


def make_demo_accounts(passwords_file: Path, password: str = "") -> dict[str, str]:
    """Make the demo accounts that are missing. Return each one's password, empty where it is not known.

    The passwords are kept in `passwords_file`, readable by its owner alone, so that later starts can tell them;
    `password` sets one for all. An account whose password was changed since keeps it.
    """
    known = _kept(passwords_file)
    with transaction.atomic(), pghistory.context(command="prepare_demo"):
        desk = Relationship.objects.get(slug=DESK)
        passwords = {name: _account(name, role, desk, password, known) for name, role in ACCOUNTS.items()}
    if passwords != known:
        _keep(passwords_file, passwords)
    return passwords


def _account(name: str, role: Role | None, desk: Relationship, password: str, known: dict[str, str]) -> str:
    """Make one account where it is missing, with its role at the desk. Return its password, empty if not known."""
    user = User.objects.filter(username=name).first()
    if user is None:
        password = password or secrets.token_urlsafe(9)
        staff = role is not None and role.at_least(Role.ANALYST)
        user = User(username=name, name=f"Demo {name}", is_superuser=name == "admin", is_staff=staff)
        user.set_password(password)
        user.save()
        if role is not None:
            DeskMembership.objects.create(user=user, relationship=desk, role=role)
    elif password and not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    elif not password:
        kept = known.get(name, "")
        password = kept if user.check_password(kept) else ""
    return password


def _kept(path: Path) -> dict[str, str]:
    try:
        kept = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return {name: str(word) for name, word in kept.items()} if isinstance(kept, dict) else {}


def _keep(path: Path, passwords: dict[str, str]) -> None:
    part = path.with_name(f"{path.name}.part")
    part.touch(mode=0o600)
    part.chmod(0o600)  # one left behind may be readable
    part.write_text(json.dumps(passwords, indent=1))
    part.replace(path)
