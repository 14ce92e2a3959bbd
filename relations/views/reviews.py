"""The review queue, and the way through it: one item beside its passage after another."""

import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Desk, Verb
from relations.actions.claims import claim, release
from relations.actions.refusal import Refused, Stale
from relations.actions.reviews import approve, return_
from relations.filters.lists import QUEUE
from relations.filters.reviews import ReviewFilter
from relations.forms.reviews import DecisionForm, field_comments
from relations.models import Relationship, Review, ReviewClaim
from relations.models.moments import NOW, AnyMoment, Moments
from relations.reports.review_queue import LIMIT, Place, place_of, waiting
from relations.reports.review_queue import queue as queue_of
from relations.reports.reviews import moved_since, reading
from relations.views.listing import listing
from relations.views.responses import desk_context, respond, show_refusal, with_revision

ALL = "all"  # in an item's address: its reader came from the queue of all her desks


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what waits for review at all of the user's desks."""
    at = access.moments(request.user)
    return _queue(request, None, _filter(request, None, at), {}, at)


@require_safe
def queue(request: HttpRequest, desk: str) -> HttpResponse:
    """List what waits for review at this desk."""
    here = access.enter(request.user, desk, Verb.READ_WORK)
    shown = listing(request, here, QUEUE)
    if shown.instead:
        return redirect(shown.instead)
    context = {**desk_context(here), "listing": shown}
    return _queue(request, here, _filter(request, here.relationship, here.at), context, here.at)


def _filter(request: HttpRequest, relationship: Relationship | None, at: AnyMoment = NOW) -> ReviewFilter:
    rows = waiting(request.user, relationship, at)
    return ReviewFilter(request.GET, queryset=rows, one_desk=relationship is not None, now=_ends(at))


def _ends(at: AnyMoment) -> datetime.datetime:
    """Return the moment that waiting is counted to: the end of the day known, at the earliest of the desks; else now."""
    each = at.of_desk.values() if isinstance(at, Moments) else [at]
    return min((moment.known_until for moment in each if moment.known_until), default=timezone.now())


def _queue(
    request: HttpRequest,
    desk: Desk | None,
    review_filter: ReviewFilter,
    context: dict[str, Any],
    at: AnyMoment,
) -> HttpResponse:
    """List the queue, the longest waiting first, filtered as the address says; its links keep the filters."""
    asked = [(name, request.GET[name]) for name in review_filter.filters if request.GET.get(name)]
    context |= {
        "filter": review_filter,
        "queue": queue_of(request.user, review_filter.qs, desk, at),
        "is_past": at.is_past,
        "now": _ends(at),
        "query": urlencode(asked if desk else [*asked, (ALL, "1")]),
        "is_filtered": bool(asked),
        "shown": context["listing"].shown if desk else set(QUEUE.columns),
        "limit": LIMIT,
    }
    return respond(request, "relations/reviews/list.html", context, partial="results")


def detail(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Show one item with its source, take the decision on the revision that was read, and go on to the next."""
    here = access.enter(request.user, desk, Verb.WRITE)
    reviews = Review.objects.visible_to(request.user).at(here.relationship)
    review = get_object_or_404(
        reviews.select_related("submitted_by", "decided_by", "statement", "status_change"), ref=ref
    )
    subject = review.subject
    data = request.POST if request.method == "POST" else None
    form = DecisionForm(data, initial={"revision": subject.revision})
    comments = field_comments(data, subject)
    place = place_of(request.user, review, _filter(request, None if ALL in request.GET else here.relationship).qs)
    moved = None
    status = 200
    if data is not None:
        if "skip" in data or "leave" in data:
            release(actor=request.user, review=review)
            return _go_on(request, here, place if "skip" in data else None)
        status = 422
        if form.is_valid() and (not comments.is_bound or "return" not in data or comments.is_valid()):
            try:
                _decide(request, review, form, comments)
            except Stale as stale:
                moved = moved_since(stale.current, form.cleaned_data["revision"] or 0)
                form.add_error(None, _("The text moved since you opened it. Read what changed, then decide."))
                form.data = with_revision(request, stale.current.revision)
                status = 409
            except Refused as refused:
                show_refusal(form, refused)
            else:
                return _go_on(request, here, place)
        review.refresh_from_db()
    own = request.user.pk in access.contributors(subject)
    decides = here.may(Verb.REVIEW) and not own and not review.decision
    context = {
        **desk_context(here),
        "review": review,
        "reading": reading(request.user, review),
        "form": form,
        "comments": comments,
        "parts": [comments] if data is not None and "return" in data else [],
        "is_returning": data is not None and "return" in data,
        "moved": moved,
        "is_own": own,
        "decides": decides,
        "held": _held(request, review, decides=decides),
        "place": place,
        "queue_url": _queue_url(request, here),
    }
    return respond(request, "relations/reviews/detail.html", context, status=status)


def _held(request: HttpRequest, review: Review, *, decides: bool) -> ReviewClaim | None:
    """Claim the item for who may decide on it. Return the claim that holds, hers or another's."""
    if decides and request.method in ("GET", "POST"):
        try:
            return claim(actor=request.user, review=review)
        except Refused:  # decided this very moment
            return None
    return ReviewClaim.objects.filter(review=review).live().select_related("user").first()


def _decide(request: HttpRequest, review: Review, form: DecisionForm, comments: Any) -> None:
    """Approve or return, as the button says."""
    typed = form.cleaned_data
    args = {"actor": request.user, "review": review, "revision": typed["revision"] or 0, "token": typed["token"]}
    if "return" in request.POST:
        return_(**args, comment=typed["comment"], comments=comments.said())
        messages.success(request, _("Returned to its author."))
    else:
        approve(**args, comment=typed["comment"])
        messages.success(request, _("Approved and published."))


def _go_on(request: HttpRequest, here: Desk, place: Place | None) -> HttpResponse:
    """Go to the next item under the same filters; where none is left, or she leaves, to the queue."""
    if place is None or place.after is None:
        if place is not None:
            messages.info(request, _("That was the last of these."))
        return redirect(_queue_url(request, here))
    query = request.GET.urlencode()
    return redirect(reverse("review", args=place.after) + (f"?{query}" if query else ""))


def _queue_url(request: HttpRequest, here: Desk) -> str:
    query = request.GET.copy()
    everywhere = query.pop(ALL, None) is not None
    url = reverse("reviews") if everywhere else reverse("review_queue", args=[here.relationship.slug])
    return url + (f"?{query.urlencode()}" if query else "")
