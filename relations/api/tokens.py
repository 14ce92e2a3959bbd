"""Who asks: a token says, and nothing else; a session of the pages opens no API. And how often one may."""

import math
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest
from ninja.security import HttpBearer
from ninja.throttling import SimpleRateThrottle

from relations import access
from relations.access import Desk, Verb
from relations.actions.tokens import PREFIX, note_token_use, token_hash
from relations.models import ApiToken


class Token(HttpBearer):
    """A personal token. With a cookie instead, every page of another site could have a browser ask in its user's name."""

    openapi_description = "A personal access token, made on the page “Access tokens”."

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Return the live token of this secret; one query, none for what is no token at all."""
        if not token.startswith(PREFIX):
            return None
        live = ApiToken.objects.live().with_desks().select_related("user")
        found = live.filter(sha256=token_hash(token)).first()
        if found is not None:
            note_token_use(token=found)
        return found


def enter(request: Any, slug: str, verb: Verb) -> Desk:
    """Return the desk `slug` as the token's owner meets it. Raises Http404 where the token or she may not `verb` there."""
    if slug not in request.auth.desks:
        raise Http404
    return access.enter(request.auth.user, slug, verb)


class TokenThrottle(SimpleRateThrottle):
    """So many requests of one token in each stretch of time, `API_RATE`, counted in the cache.

    Not ninja's own counting, which keeps the request at hand in the throttle that all threads share, and the moment of
    every request in the cache.
    """

    def __init__(self) -> None:
        super().__init__(settings.API_RATE)

    def get_rate_now(self) -> tuple[int, int]:
        """Return how many requests in how many seconds."""
        number, seconds = self.parse_rate(settings.API_RATE)
        return number or 0, seconds or 1

    def allow_request(self, request: Any) -> bool:
        """Count the request; say whether it is one too many."""
        number, seconds = self.get_rate_now()
        key = f"api-requests:{request.auth.pk}:{int(time.time() // seconds)}"
        cache.add(key, 0, seconds)
        try:
            return cache.incr(key) <= number
        except ValueError:  # dropped from the cache meanwhile
            return True

    def wait(self) -> float:
        """Return the seconds to the end of this stretch."""
        _number, seconds = self.get_rate_now()
        return math.ceil(seconds - time.time() % seconds)
