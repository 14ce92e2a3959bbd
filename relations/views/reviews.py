"""The review queue, and the review of one item beside its passage."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from relations import access
from relations.access import Desk, Verb
from relations.actions.refusal import Refused, Stale
from relations.actions.reviews import approve, return_
from relations.forms.reviews import DecisionForm
from relations.models import Review
from relations.reports.reviews import queue as waiting_at
from relations.reports.reviews import reading, text_at
from relations.views.responses import desk_context, respond, show_refusal, with_revision


def queue(request: HttpRequest, desk: str) -> HttpResponse:
    """List what waits for review at this desk, the longest waiting first."""
    here = access.enter(request.user, desk, Verb.WRITE)
    context = {**desk_context(here), "queue": waiting_at(request.user, here.relationship)}
    return respond(request, "relations/reviews/list.html", context)


def detail(request: HttpRequest, desk: str, ref: str) -> HttpResponse:
    """Show one item with its source, and take the decision on the revision that was read."""
    here = access.enter(request.user, desk, Verb.WRITE)
    reviews = Review.objects.visible_to(request.user).at(here.relationship)
    review = get_object_or_404(
        reviews.select_related("submitted_by", "decided_by", "statement", "status_change"), ref=ref
    )
    subject = review.subject
    form = DecisionForm(request.POST or None, initial={"revision": subject.revision})
    moved_from = None
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                return _decide(request, here, review, form.cleaned_data)
            except Stale as stale:
                moved_from = text_at(stale.current, form.cleaned_data["revision"] or 0) or ""
                form.add_error(None, _("The text moved since you opened it. Read what changed, then decide."))
                form.data = with_revision(request, stale.current.revision)
                status = 409
            except Refused as refused:
                show_refusal(form, refused)
        status = 409 if status == 409 else 422
        review.refresh_from_db()
    own = request.user.pk in access.contributors(subject)
    context = {
        **desk_context(here),
        "review": review,
        "reading": reading(review),
        "form": form,
        "moved_from": moved_from,
        "is_own": own,
        "decides": here.may(Verb.REVIEW) and not own and not review.decision,
        "waiting": Review.objects.at(here.relationship).open_for(request.user).count(),
    }
    return respond(request, "relations/reviews/detail.html", context, status=status)


def _decide(request: HttpRequest, here: Desk, review: Review, typed: dict[str, Any]) -> HttpResponse:
    """Approve or return, as the button says, and go to the next item that waits."""
    decide: Any = return_ if "return" in request.POST else approve
    decide(
        actor=request.user,
        review=review,
        revision=typed["revision"] or 0,
        comment=typed["comment"],
        token=typed["token"],
    )
    messages.success(request, _("Returned to its author.") if decide is return_ else _("Approved and published."))
    following = Review.objects.at(here.relationship).open_for(request.user).first()
    if following is None:
        return redirect("review_queue", here.relationship.slug)
    return redirect("review", here.relationship.slug, following.ref)
