"""How accounts come in: no public sign-up, and one lock-out count for a name however it is written."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class DeskAccountAdapter(DefaultAccountAdapter):
    """allauth, with its sign-up closed: accounts are made by the administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no."""
        return False


def axes_username(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str:
    """Return the name a failed attempt counts for: `Ana` and `ana` are one."""
    name = (credentials or {}).get("username") or (request.POST.get("login", "") if request else "")
    return str(name).strip().lower()
