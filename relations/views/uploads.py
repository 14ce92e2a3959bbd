"""A file that comes with a form, over the form's two steps: looked at and shown first, stored with the form then."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.base import File
from django.http import HttpRequest
from django.utils.translation import gettext as _

from relations.access import Desk
from relations.actions import originals
from relations.extraction.kinds import media_type_of
from relations.extraction.results import FILE_LIMIT, CannotRead, Extracted, Fault
from relations.extraction.sandbox import extract
from relations.forms.choosing import Words

Look = Callable[[bytes], Extracted | None]


@dataclass(frozen=True)
class Upload:
    """What a form knows of its file."""

    file: File | None = None
    handle: str = ""  # finds the file again at the next step
    extracted: Extracted | None = None  # what was read from a file that came just now
    fault: str = ""  # why there is no file
    is_left_out: bool = False

    @property
    def is_step(self) -> bool:
        """Say whether the form is to be shown again before it is checked and stored."""
        return bool(self.extracted or self.fault or self.is_left_out)


def upload_of(request: HttpRequest, here: Desk, look: Look) -> Upload:
    """Return the file of a posted form: a new one, looked at, or the one that was set aside at the step before."""
    keeping: dict[str, Any] = {"actor": request.user, "relationship": here.relationship}
    file, handle = request.FILES.get("file"), request.POST.get("upload", "")
    if file is not None:
        try:
            extracted = look(_content(file))
        except CannotRead as cannot:
            return Upload(fault=str(cannot))
        return Upload(file, originals.set_aside(**keeping, file=file), extracted)
    if not handle:
        return Upload()
    if "without_file" in request.POST:
        originals.drop(**keeping, handle=handle)
        return Upload(is_left_out=True)
    kept = originals.taken_up(**keeping, handle=handle)
    if kept is None:
        return Upload(fault=_("The file was not kept so long. Choose it once more, or go on without it."))
    return Upload(kept, handle)


def stored(request: HttpRequest, here: Desk, upload: Upload) -> None:
    """Throw away the file that was set aside, now that it is stored."""
    if upload.handle:
        originals.drop(actor=request.user, relationship=here.relationship, handle=upload.handle)


def _content(file: File) -> bytes:
    if file.size > FILE_LIMIT:
        raise CannotRead(Fault.TOO_LARGE)
    content = file.read()
    if not content:
        raise CannotRead(Fault.EMPTY)
    return content


def text_beside(typed: str) -> Look:
    """Return the look that reads a file's text; where text was `typed` already, the file is only checked and kept."""

    def look(content: bytes) -> Extracted | None:
        if not typed.strip():
            return extract(content)
        media_type_of(content)
        return None

    return look


def filled(request: HttpRequest, proposed: dict[str, Any]) -> dict[str, Any]:
    """Return what a form starts from at its next step: what was typed, and where nothing was, what is proposed."""
    typed: dict[str, Any] = {name: value for name, value in request.POST.items() if str(value).strip()}
    for name in [name for name in typed if name.endswith("-words")]:  # typed in a type-ahead, and not chosen yet
        typed.setdefault(name.removesuffix("-words"), Words(typed[name].strip()))
    one_of = {"publisher", "new_publisher"}
    if one_of & typed.keys():
        proposed = {name: value for name, value in proposed.items() if name not in one_of}
    return {"token": uuid.uuid4(), **proposed, **typed}
