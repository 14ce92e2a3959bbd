"""What a cell says of a statement's parts: the passages that it stands on, and on which issues it bears."""

from typing import Any

from django.utils.translation import gettext as _

from relations.actions.importing.lookups import Lookups
from relations.actions.importing.rows import wrong
from relations.actions.importing.together import Blanks
from relations.choices import Act, StatementKind
from relations.columns import bearing_in, parted
from relations.models import Bearing, Capture, Passage, Statement
from relations.tables.words import choice_in

_BEARINGS = Blanks(Bearing)


def passages_in(cell: str, copy: Capture | None) -> list[Passage]:
    """Return the unsaved passages that a cell cites of a document's newest copy. Raises `ValidationError`."""
    found = []
    for words in parted(cell):
        places = copy.places_of(words) if copy else {}
        if copy is None or not places:
            raise wrong(
                "passages",
                _("“%(words)s” does not stand in our copy of the document.") % {"words": words[:60]},
            )
        if len(places) > 1:
            raise wrong(
                "passages", _("“%(words)s” stands there more than once. Cite more of it.") % {"words": words[:60]}
            )
        found.append(Passage.anchored(copy, *next(iter(places.items()))))
    return found


def bearings_in(cell: str, statement: Statement, act: str | None, find: Lookups) -> list[Bearing]:
    """Return the unsaved bearings that a cell tells, of `act` where it tells none itself. Raises `ValidationError`."""
    found: dict[Any, Bearing] = {}
    for words in parted(cell):
        try:
            bearing = _bearing(statement, words, act, find)
        except ValueError as error:
            raise wrong("issues", str(error)) from None
        if (key := (bearing.issue_id, bearing.position_of_id)) in found:
            raise wrong("issues", _("This statement already tells this party’s position on this issue."))
        found[key] = bearing
    return list(found.values())


def _bearing(statement: Statement, words: str, act: str | None, find: Lookups) -> Bearing:
    told = bearing_in(words)
    if told is not None:
        bearing = _BEARINGS.row(
            issue_id=find.issue(told.issue).pk,
            act=choice_in(Act, told.act),
            mode=told.mode,
            intensity=told.intensity,
            position_of_id=find.party(told.position_of).pk if told.position_of else None,
            towards_id=find.party(told.towards).pk if told.towards else None,
            stated=told.stated,
        )
        if bearing.mode and Bearing.mode_misfits(bearing.act, bearing.mode):
            raise ValueError(_("This sort does not go with what they did."))
        if not -10 <= bearing.intensity <= 10:
            raise ValueError(_("Give a number from -10 to 10."))
    else:
        if act is None:
            raise ValueError(
                _("Say what they did on “%(issue)s”, as in “caatsa REJECT -2.0”, or in a column of its own.")
                % {"issue": words[:60]}
            )
        issue = find.issue(words.strip())
        bearing = _BEARINGS.row(issue_id=issue.pk, act=act, intensity=Bearing.usual_intensity(act))
    if bearing.position_of_id is None:
        bearing.position_of_id = statement.on_behalf_of_id
    if bearing.position_of_id is None and statement.kind != StatementKind.REPORTED:
        raise ValueError(_("Say whose position this is, as in “caatsa REJECT -2.0 of TR”."))
    return bearing
