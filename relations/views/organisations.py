"""Organisations: their posts, and what they said for themselves at the reader's own desks (R7)."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Verb
from relations.forms.reference import OrganisationForm
from relations.models import Organisation
from relations.views.reference import Listed, allowed, answer_form, answer_list, held, searched
from relations.views.responses import respond

LISTED = Listed(
    url_name="organisations",
    export_name="organisations_export",
    new_url_name="organisation_new",
    cells="relations/organisations/cells.html",
    title=gettext_lazy("Organisations"),
    heads=(gettext_lazy("Name"), gettext_lazy("Party")),
    new=gettext_lazy("New organisation"),
    add=gettext_lazy("Add an organisation"),
    none_yet=gettext_lazy("No organisation yet."),
    none_found=gettext_lazy("No organisation of this name."),
    show_all=gettext_lazy("Show all organisations"),
    searched=gettext_lazy("Name"),
)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List organisations by name."""
    words = searched(request)
    organisations = Organisation.objects.matching(words).select_related("party")
    return answer_list(request, LISTED, organisations, words)


@require_safe
def detail(request: HttpRequest, ref: str) -> HttpResponse:
    """Show an organisation's posts, and the statements of its own that the reader's desks hold."""
    organisation = get_object_or_404(Organisation.objects.select_related("party"), ref=ref)
    context = {
        **allowed(request),
        "organisation": organisation,
        "posts": organisation.posts.select_related("party"),
        "page": held(request, Q(speaker_organisation=organisation) | Q(relayer_organisation=organisation)),
    }
    return respond(request, "relations/organisations/detail.html", context)


def new(request: HttpRequest) -> HttpResponse:
    """Add an organisation."""
    access.admit(request.user, Verb.ADD_REFERENCE)
    return answer_form(
        request, OrganisationForm, Organisation(), heading=_("New organisation"), back=reverse("organisations")
    )


def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Mend an organisation."""
    access.admit(request.user, Verb.MEND_REFERENCE)
    organisation = get_object_or_404(Organisation, ref=ref)
    heading = _("Edit “%(row)s”") % {"row": organisation}
    return answer_form(request, OrganisationForm, organisation, heading=heading, back=organisation.get_absolute_url())
