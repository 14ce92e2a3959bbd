"""Whatever goes wrong under `/api/` is told as a problem document (RFC 9457), in words for who wrote the program."""

import json
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import defaults
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, Throttled
from pydantic import BaseModel

PROBLEM = "application/problem+json"
PREFIX = "/api/"

TITLES: dict[int, str | Promise] = {
    400: gettext_lazy("This cannot be read"),
    401: gettext_lazy("A token is wanted"),
    404: gettext_lazy("Not here"),
    405: gettext_lazy("Only reading"),
    422: gettext_lazy("This cannot be asked for"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("Something broke"),
}


class FieldProblem(BaseModel):
    """What is wrong with one parameter of the address."""

    field: str
    message: str


class Problem(BaseModel):
    """What went wrong, and how to mend it (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


class Unreadable(Exception):
    """What is asked for cannot be read; says of each parameter why."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        super().__init__(errors)
        self.errors = [FieldProblem(field=field, message=message) for field, message in errors]


def problem(
    status: int, detail: str, *, errors: list[FieldProblem] | None = None, headers: dict[str, str] | None = None
) -> HttpResponse:
    """Answer with a problem document."""
    told = Problem(title=str(TITLES[status]), status=status, detail=detail, errors=errors or [])
    body = told.model_dump(exclude_defaults=True)
    return HttpResponse(
        json.dumps({"type": told.type, **body}, ensure_ascii=False),
        status=status,
        content_type=PROBLEM,
        headers=headers,
    )


def not_here() -> HttpResponse:
    """Say that there is nothing, which is the same whether there is nothing or the token may not see it."""
    return problem(404, _("There is no such thing here, or this token may not read it."))


def no_token(request: HttpRequest, _error: Any = None) -> HttpResponse:
    """Say how to send a token, and where to get one."""
    where = f"{settings.SITE_URL}{reverse('tokens')}"
    challenge = 'Bearer realm="relations-desk"'
    if "Authorization" in request.headers:
        challenge += ', error="invalid_token"'
        detail = _(
            "This token opens nothing: it is not one of ours, was revoked or has expired. Make one at %(where)s."
        )
    else:
        detail = _("Send “Authorization: Bearer” and your token. Make one at %(where)s.")
    return problem(401, detail % {"where": where}, headers={"WWW-Authenticate": challenge})


def only_reading() -> HttpResponse:
    """Say that nothing is written here."""
    return problem(
        405,
        _("The API is for reading: GET and HEAD. What is written is written on the pages."),
        headers={"Allow": "GET, HEAD"},
    )


def add_handlers(api: NinjaAPI) -> None:
    """Have `api` tell every refusal as a problem document."""
    api.add_exception_handler(Http404, lambda _request, _error: not_here())
    api.add_exception_handler(PermissionDenied, lambda _request, _error: not_here())
    api.add_exception_handler(AuthenticationError, no_token)
    api.add_exception_handler(
        Throttled,
        lambda _request, _error: problem(429, _("Wait as long as “Retry-After” says, in seconds, and ask again.")),
    )
    api.add_exception_handler(Unreadable, _not_readable)


def _not_readable(_request: HttpRequest, error: Any) -> HttpResponse:
    return problem(422, _("Mend what “errors” names and ask again."), errors=error.errors)


# The installation's error handlers: problem documents under `/api/`, pages elsewhere.


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what cannot be read at all."""
    if request.path.startswith(PREFIX):
        return problem(400, _("The address or a header holds what cannot be read."))
    return defaults.bad_request(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return not_here() if request.path.startswith(PREFIX) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what broke, telling nothing of it."""
    if request.path.startswith(PREFIX):
        return problem(
            HTTPStatus.INTERNAL_SERVER_ERROR, _("The fault is ours. Try again; tell the administrator if it stays.")
        )
    return defaults.server_error(request)
