"""The command palette: a page that lists where one can go, and the partial that its dialog shows."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from relations import access
from relations.reports.palette import WORDS_LIMIT, destinations
from relations.views.responses import respond


@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """Show where the user can go whose name holds what was typed."""
    words = request.GET.get("q", "")[:WORDS_LIMIT]
    found = destinations(request.user, words, access.moments(request.user))
    context = {
        "words": words,
        "found": found,
        "announce": ngettext("%(number)s place to go", "%(number)s places to go", len(found)) % {"number": len(found)},
    }
    return respond(request, "relations/palette.html", context, partial="results")
