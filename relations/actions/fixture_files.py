"""The files of fixtures, read."""

import json
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from relations.actions.fixture_rows import BadRow


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _value in pairs]
        twice = {key for key in keys if keys.count(key) > 1}
        raise ValueError(_("the key “%(key)s” stands twice in one object") % {"key": min(twice)})
    return values


def rows_of(path: Path, bad: list[BadRow]) -> list[Any]:
    """Return the rows of a file as it says them; none, and why in `bad`, where it is no list of rows in JSON."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_unique_keys)
    except OSError as error:
        bad.append(BadRow(path.name, "", "", _("cannot be read (%(why)s)") % {"why": error.strerror}))
    except json.JSONDecodeError as error:
        place = _("line %(line)s, column %(column)s") % {"line": error.lineno, "column": error.colno}
        bad.append(BadRow(path.name, place, "", _("is no JSON: %(why)s") % {"why": error.msg}))
    except RecursionError:
        bad.append(BadRow(path.name, "", "", _("is nested too deeply")))
    except ValueError as error:  # a key twice, or bytes that are no UTF-8
        bad.append(BadRow(path.name, "", "", str(error)))
    else:
        if isinstance(rows, list):
            return rows
        bad.append(BadRow(path.name, "", "", _("holds no list of rows")))
    return []
