"""Publishers: their documents at the reader's own desks, and how far each of those desks trusts them (R7)."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Verb
from relations.actions.reference import rate_publisher
from relations.forms.reference import PublisherForm, RatingForm
from relations.models import Document, Publisher, ReliabilityRating
from relations.reports.paging import key_page
from relations.reports.publishers import trust
from relations.views.reference import Listed, allowed, answer_form, answer_list, searched
from relations.views.responses import respond

LISTED = Listed(
    url_name="publishers",
    export_name="publishers_export",
    new_url_name="publisher_new",
    cells="relations/publishers/cells.html",
    title=gettext_lazy("Publishers"),
    heads=(gettext_lazy("Name"), gettext_lazy("Country"), gettext_lazy("Trust this publisher?")),
    new=gettext_lazy("New publisher"),
    add=gettext_lazy("Add a publisher"),
    none_yet=gettext_lazy("No publisher yet."),
    none_found=gettext_lazy("No publisher of this name."),
    show_all=gettext_lazy("Show all publishers"),
    searched=gettext_lazy("Name"),
)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List publishers by name, with how far the reader's desks trust them."""
    words = searched(request)
    ratings = ReliabilityRating.objects.visible_to(request.user).select_related(
        "relationship__first_party", "relationship__second_party"
    )
    publishers = (
        Publisher.objects.matching(words).select_related("party").prefetch_related(Prefetch("ratings", ratings))
    )
    return answer_list(request, LISTED, publishers, words)


@require_safe
def detail(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a publisher's documents that the reader may see, and each of her desks' judgement."""
    publisher = get_object_or_404(Publisher.objects.select_related("party"), ref=ref)
    documents = (
        Document.objects.visible_to(request.user, access.moments(request.user))
        .filter(publisher=publisher)
        .select_related("relationship__first_party", "relationship__second_party")
    )
    context = {
        **allowed(request),
        "publisher": publisher,
        "trust": trust(request.user, publisher),
        "page": key_page(documents, "-date_published", request.GET.get("page", "")),
    }
    return respond(request, "relations/publishers/detail.html", context)


def new(request: HttpRequest) -> HttpResponse:
    """Add a publisher."""
    access.admit(request.user, Verb.ADD_REFERENCE)
    return answer_form(request, PublisherForm, Publisher(), heading=_("New publisher"), back=reverse("publishers"))


def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Mend a publisher."""
    access.admit(request.user, Verb.MEND_REFERENCE)
    publisher = get_object_or_404(Publisher, ref=ref)
    heading = _("Edit “%(row)s”") % {"row": publisher}
    return answer_form(request, PublisherForm, publisher, heading=heading, back=publisher.get_absolute_url())


def rate(request: HttpRequest, ref: str, desk: str) -> HttpResponse:
    """Say how far a desk trusts a publisher."""
    here = access.enter(request.user, desk, Verb.RATE)
    publisher = get_object_or_404(Publisher, ref=ref)
    rating = ReliabilityRating.objects.at(here.relationship).filter(publisher=publisher).first()
    rating = rating or ReliabilityRating(relationship=here.relationship, publisher=publisher)
    heading = _("%(publisher)s, for %(desk)s") % {"publisher": publisher, "desk": here.relationship.title}
    return answer_form(
        request, RatingForm, rating, heading=heading, back=publisher.get_absolute_url(), save=rate_publisher
    )
