"""Keep the files that documents come as: beside their text for good, or set aside while their user looks at it."""

import contextlib
import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.core import signing
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from relations.actions.refusal import Refused
from relations.extraction.kinds import media_type_of
from relations.extraction.results import CannotRead, Fault
from relations.models import Capture, Original, Relationship
from relations.models.originals import ORIGINAL_LIMIT

_FOLDER = "set-aside"
_KEPT_FOR = timedelta(days=1)
_KEPT_AT_MOST = 10  # files of one user


def keep_original(*, capture: Capture, file: File) -> Original:
    """Store the file that `capture` was taken out of. Part of an action, and its last write.

    Its kind is told by its content. Raises `Refused` where it is none that we take, empty or too large, or cannot be
    written; then, and where the row is refused, no file is left.
    """
    file.seek(0)
    content = file.read()
    try:
        if len(content) > ORIGINAL_LIMIT:
            raise CannotRead(Fault.TOO_LARGE)
        kind = media_type_of(content)
    except CannotRead as cannot:
        raise Refused(str(cannot), field="file", rule="original_kind") from None
    original = Original(
        relationship=capture.relationship,
        capture=capture,
        name=file_name(file.name or ""),
        media_type=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        file=ContentFile(content, "original"),
    )
    stored: Any = original.file
    try:
        original.save()
    except OSError as error:
        raise Refused(
            _("The file could not be stored. Try again later, or store the text alone."), field="file"
        ) from error
    except BaseException:
        if stored._committed:
            stored.storage.delete(stored.name)
        raise
    return original


def file_name(name: str) -> str:
    """Return what a user called a file: without folders and control characters, the end kept where it is too long."""
    name = "".join(each for each in name.replace("\\", "/").rpartition("/")[2] if each.isprintable()).strip()
    return name[-200:] or str(_("file"))


def set_aside(*, actor: Any, relationship: Relationship, file: File) -> str:
    """Keep a file until its user has looked at what was read from it. Return the handle that finds it again.

    It is no content yet: no row tells of it, nobody else's handle finds it, and a day later it is gone.
    """
    _sweep(default_storage, actor)
    key = secrets.token_hex(16)
    file.seek(0)
    default_storage.save(f"{_FOLDER}/{actor.pk}/{key}", file)
    return signing.dumps([key, file_name(file.name or "")], salt=_salt(actor, relationship))


def taken_up(*, actor: Any, relationship: Relationship, handle: str) -> File | None:
    """Return the file that `handle` was given for; None where it is not this user's at this desk, or gone."""
    try:
        key, name = signing.loads(handle, salt=_salt(actor, relationship), max_age=_KEPT_FOR)
        with default_storage.open(f"{_FOLDER}/{actor.pk}/{key}") as file:
            return ContentFile(file.read(), name)
    except (signing.BadSignature, OSError):
        return None


def drop(*, actor: Any, relationship: Relationship, handle: str) -> None:
    """Throw away the file that was set aside, once it is stored or left out."""
    with contextlib.suppress(signing.BadSignature):
        key, _name = signing.loads(handle, salt=_salt(actor, relationship))
        default_storage.delete(f"{_FOLDER}/{actor.pk}/{key}")


def _salt(actor: Any, relationship: Relationship) -> str:
    return f"{_FOLDER}:{actor.pk}:{relationship.pk}"


def _sweep(storage: Storage, actor: Any) -> None:
    """Throw away what anyone set aside more than a day ago, and the oldest of this user's where there are too many."""
    now, own = timezone.now(), []
    for user in _listed(storage, _FOLDER)[0]:
        for name in _listed(storage, f"{_FOLDER}/{user}")[1]:
            path = f"{_FOLDER}/{user}/{name}"
            with contextlib.suppress(OSError):  # another process sweeps too
                kept_since = storage.get_modified_time(path)
                if now - kept_since > _KEPT_FOR:
                    storage.delete(path)
                elif user == str(actor.pk):
                    own.append((kept_since, path))
    for _since, path in sorted(own)[: max(0, len(own) - _KEPT_AT_MOST + 1)]:
        storage.delete(path)


def _listed(storage: Storage, folder: str) -> tuple[list[str], list[str]]:
    try:
        return storage.listdir(folder)
    except OSError:
        return [], []
