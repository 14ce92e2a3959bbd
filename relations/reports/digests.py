"""The e-mail that tells a user what she was told: plain text and HTML, with no word that is to stay in the program.

E-mail leaves the desk, so a digest quotes only what stands published and is marked for anyone or our community; of notes,
drafts and what is marked more strictly (from "us and partners" on, TLP 2.0 AMBER) it tells the kind and the address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relations.models import User
from relations.reports.feeds import absolute
from relations.reports.notifications import Told, notifications_of, told

MOST = 100  # lines of one digest


@dataclass(frozen=True)
class DigestLine:
    """One line of a digest."""

    told: Told
    url: str

    @property
    def words(self) -> str:
        """What may be quoted of it; its kind where nothing may."""
        return self.told.kind if self.told.guarded else f"{self.told.kind}: {self.told.words}"


def write_digest(user: User, notifications: Sequence[int]) -> EmailMessage | None:
    """Write to `user` which of these notifications (keys) she has not read and may still see; None where none."""
    waiting = notifications_of(user).unread().filter(pk__in=notifications).order_by("-at", "-pk")
    found = list(waiting[: MOST + 1])
    if not found:
        return None
    lines = [DigestLine(line, absolute(line.url)) for line in told(found[:MOST])]
    context: dict[str, Any] = {
        "user": user,
        "lines": lines,
        "has_more": len(found) > MOST,
        "page": absolute(reverse("notifications")),
        "settings": absolute(reverse("notification_settings")),
    }
    subject = ngettext("%(number)s notification", "%(number)s notifications", len(lines)) % {"number": len(lines)}
    message = EmailMultiAlternatives(
        subject=_("Relations desk: %(what)s") % {"what": subject},
        body=render_to_string("relations/notifications/digest.txt", context),
        to=[user.email],
    )
    message.attach_alternative(render_to_string("relations/notifications/digest.html", context), "text/html")
    return message
