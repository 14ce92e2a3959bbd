"""My work: what waits for me at all my desks."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from relations.reports.my_work import my_work
from relations.views.responses import respond


@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """Show what waits for me, what came back, what is past its review, and what I left as a draft."""
    return respond(request, "relations/me/work.html", {"work": my_work(request.user)})
