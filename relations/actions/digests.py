"""Send digests: to each user in a transaction of her own, so that a mail that fails concerns nobody else."""

import datetime
from collections.abc import Callable, Iterator, Sequence

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from relations.choices import Digest
from relations.models import DigestSetting, Notification, User

# A little less than the day or the week, so that a run that starts earlier than the last one still sends.
_SLACK = datetime.timedelta(hours=4)
_PERIODS = {Digest.DAILY: datetime.timedelta(days=1), Digest.WEEKLY: datetime.timedelta(days=7)}

# Writes the message to a user about the notifications with these keys; None where there is nothing to say.
Writer = Callable[[User, Sequence[int]], EmailMessage | None]


def _due() -> QuerySet[DigestSetting]:
    """Return the settings whose digest is due, of users to whom one can be sent."""
    now = timezone.now()
    due = Q(pk__in=[])
    for every, period in _PERIODS.items():
        due |= Q(every=every) & (Q(sent_at__isnull=True) | Q(sent_at__lte=now - period + _SLACK))
    return DigestSetting.objects.filter(due, user__is_active=True).exclude(user__email="")


def due_digests() -> Iterator[int]:
    """Yield the keys of the settings whose digest is due now."""
    yield from list(_due().order_by("pk").values_list("pk", flat=True))


def send_digest(*, setting: int, write: Writer) -> bool:
    """Send the digest of the setting with this key, if it is still due. Return whether one was sent.

    The setting stays locked until all is stored; another run that comes by meanwhile passes it over, and one that comes
    later finds it sent. The mail goes last: where it fails, its error is raised and nothing is marked as sent, so that
    the next run sends it. Between the mail's leaving and the commit nothing is left that could fail but the server.
    """
    with transaction.atomic():
        locked = _due().select_for_update(skip_locked=True, of=("self",)).select_related("user").filter(pk=setting)
        due = locked.first()
        if due is None:
            return False
        # By key: what comes in meanwhile is neither in the message nor marked.
        waiting = list(Notification.objects.filter(user=due.user, sent_at__isnull=True).values_list("pk", flat=True))
        message = write(due.user, waiting)
        now = timezone.now()
        # What she has read in the program, or may see no more, is not sent later either.
        Notification.objects.filter(pk__in=waiting).update(sent_at=now)
        if message is None:
            return False
        due.sent_at = now
        due.save(update_fields=["sent_at"])
        message.send()
    return True
