"""What differs between two versions of a row, field by field, as people read it."""

import datetime
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.core.exceptions import ObjectDoesNotExist
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from relations.models import Bearing, Evidence, Passage, User
from relations.models.reviewed import Reviewed
from relations.models.versions import Version, revision_of, version_at

_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Difference:
    """One field or part in which two versions differ, as people read it."""

    name: str
    label: str
    old: str
    new: str
    words: int  # how many were changed


def differences(before: Version | None, after: Version) -> list[Difference]:
    """Return the fields and parts in which `after` differs from `before`, the words of each as people read them."""
    if before is None:
        return []
    found = []
    for name, label in _labels(after.row).items():
        if _same(before.row, after.row, name):
            continue
        old, new = _shown(before, name), _shown(after, name)
        if old != new:
            found.append(Difference(name, label, old, new, words_changed(old, new)))
    return found


def last_saved(row: Any) -> tuple[str, datetime.datetime | None]:
    """Return who saved `row` last and when: as the row tells, or where it does not, as the history does."""
    if hasattr(row, "edited_by"):
        return str(row.edited_by), row.edited_at
    recorded = version_at(row, revision_of(row))
    user = User.objects.filter(pk=recorded.by).first() if recorded else None
    return str(user or _("the program itself")), recorded.at if recorded else None


def _same(before: Any, after: Any, name: str) -> bool:
    """Say whether a field's stored value is the same, so that nothing need be asked for its words."""
    if name == "earliest":  # stands for the whole span
        return False
    fields = {each.name: each.attname for each in after._meta.concrete_fields}
    return name in fields and getattr(before, fields[name]) == getattr(after, fields[name])


def _labels(row: Any) -> dict[str, str]:
    if isinstance(row, Reviewed):
        return row.read_fields()
    fields = [each for each in row._meta.concrete_fields if each.editable and not each.primary_key]
    return {each.name: capfirst(str(each.verbose_name)) for each in fields if each.name != "relationship"}


def words_changed(old: str, new: str) -> int:
    """Return how many words were changed from one text to the next: a word put in another's place counts once."""
    left, right = _WORD.findall(old), _WORD.findall(new)
    if len(left) + len(right) > 3000:
        return max(len(left), len(right))
    opcodes = difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return sum(max(j - i, m - k) for kind, i, j, k, m in opcodes if kind != "equal")


def _shown(version: Version, name: str) -> str:
    if name in version.parts:
        lines = [part_words(part) for part in version.parts[name]]
        return "\n".join(lines if name == "passages" else sorted(lines))
    return value_words(version.row, name)


def value_words(row: Any, name: str) -> str:
    """Return the value of one of a row's fields as people read it."""
    if name == "earliest" and hasattr(row, "when"):
        return row.when
    display = getattr(row, f"get_{name}_display", None)
    try:
        value = display() if display else getattr(row, name)
    except ObjectDoesNotExist:
        return _("since removed")
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return date_format(value, "j M Y") if hasattr(value, "isoformat") else str(value)


def part_words(part: Any) -> str:
    """Return a passage, bearing or piece of evidence in a line."""
    if isinstance(part, Passage):
        return part.exact
    if isinstance(part, Evidence):
        return part.statement.text
    return _bearing_words(cast("Bearing", part))


def _bearing_words(bearing: Bearing) -> str:
    said: Iterable[str] = (
        str(bearing.get_act_display()),
        str(bearing.get_mode_display()) if bearing.mode else "",
        _("position: %(party)s") % {"party": bearing.position_of.label} if bearing.position_of else "",
        _("towards %(party)s") % {"party": bearing.towards.label} if bearing.towards else "",
        "" if bearing.stated else _("our reading"),
    )
    return f"{bearing.issue}: {', '.join(each for each in said if each)} ({bearing.intensity.normalize():+f})"
