"""A brief as a web page that needs nothing besides itself."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from relations.briefs import plan
from relations.briefs.content import Content

_STYLES = Path(settings.BASE_DIR) / "static" / "css"
_FONT_FACES = re.compile(r"@font-face \{.*?\n\}\n", re.S)


def shown(content: Content) -> dict[str, Any]:
    """Return what the template of a brief's body is shown with."""
    return {
        "brief": content,
        "marking_class": content.marking.lower().replace("+", "-"),
        "heads": plan.headings(),
        "legend": plan.legend(),
        "nothing": plan.nothing(),
        "no_slips": plan.no_slips(content),
        "reach": plan.reach(content),
        "room": plan.room(content),
        "scales": plan.scales(),
        "shaken": plan.shaken(),
        "first_picture": next((section.picture for section in content.sections if section.picture), None),
    }


@cache
def styles(*, with_fonts: bool) -> str:
    """Return the style sheet of a brief that leaves the desk; without fonts where it cannot find ours."""
    text = "".join((_STYLES / name).read_text() for name in ("brief-document.css", "briefs.css"))
    return text if with_fonts else _FONT_FACES.sub("", text)


def html(content: Content, *, with_fonts: bool = False) -> str:
    """Return the brief as a web page of its own."""
    # Our own style sheet: nothing in it closes the element that it stands in.
    context = {**shown(content), "styles": mark_safe(styles(with_fonts=with_fonts))}
    return render_to_string("relations/briefs/document.html", context)
