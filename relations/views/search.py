"""The search: one box over all that a user's desks hold."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from relations import access
from relations.forms.search import SearchForm
from relations.reports.search import RANKED, Results, SearchOrder, search
from relations.reports.search_language import LENGTH_LIMIT, Unreadable
from relations.views.responses import respond


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show what fits, by noun or of one noun page by page; why a search cannot be read stands at the box."""
    form = SearchForm(request.GET)
    at = access.moments(request.user)
    results = Results([])
    if form.is_valid() and form.asked:
        cleaned = form.cleaned_data
        try:
            results = search(
                request.user,
                cleaned["q"],
                form.asked,
                order=cleaned["order"],
                kind=cleaned["kind"],
                cursor=request.GET.get("page", ""),
                at=at,
            )
        except Unreadable as unreadable:
            form.add_error("q", str(unreadable))
    kept = request.GET.copy()
    kept["q"] = request.GET.get("q", "")[:LENGTH_LIMIT]
    for name in ("page", "order", "kind"):
        kept.pop(name, None)
    context = {
        "form": form,
        "typed": request.GET.get("q", ""),
        "asked": form.asked,
        "results": results,
        "order": form.cleaned_data["order"],
        "orders": SearchOrder,
        "kind": form.cleaned_data["kind"],
        "query": kept.urlencode(),
        "ranked": RANKED,
    }
    return respond(request, "relations/search.html", context, partial="results")
