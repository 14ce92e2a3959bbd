"""What a user has half typed, kept while she types (static/js/keep.js): her own rows and nobody else's."""

import json
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from relations.actions.drafts import forget_form, keep_form, kept_form
from relations.actions.refusal import Refused


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def drafts(request: HttpRequest) -> HttpResponse:
    """Answer with what is kept of the form at `address`; keep its posted `fields`, or forget them with `discard`."""
    if request.method != "POST":
        draft = kept_form(request.user, request.GET.get("address", ""))
        return JsonResponse({"fields": draft.fields}) if draft else HttpResponse(status=HTTPStatus.NO_CONTENT)
    address = request.POST.get("address", "")
    if "discard" in request.POST:
        forget_form(actor=request.user, address=address)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    fields = _fields(request.POST.get("fields", ""))
    if fields is None or "\x00" in address:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    try:
        keep_form(actor=request.user, address=address, fields=fields)
    except Refused as refused:
        return HttpResponse(str(refused), status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE, content_type="text/plain")
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _fields(text: str) -> dict[str, list[str]] | None:
    """Return the posted fields, each a list of texts; None where it is anything else."""
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict) or not all(
        isinstance(values, list) and all(isinstance(value, str) for value in values) for values in fields.values()
    ):
        return None
    # PostgreSQL keeps neither NUL nor half a surrogate pair in JSON.
    texts = [*fields, *(value for values in fields.values() for value in values)]
    return None if any("\x00" in each or _is_torn(each) for each in texts) else fields


def _is_torn(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
