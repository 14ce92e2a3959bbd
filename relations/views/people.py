"""People: found without diacritics; a person's offices, and what the reader's own desks hold of them (R7)."""

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from relations import access
from relations.access import Verb
from relations.forms.reference import MandateForm, PersonForm
from relations.models import Mandate, Meeting, Person, Watch
from relations.views.reference import Listed, allowed, answer_form, answer_list, held, searched
from relations.views.responses import respond

LISTED = Listed(
    url_name="people",
    export_name="people_export",
    new_url_name="person_new",
    cells="relations/people/cells.html",
    title=gettext_lazy("People"),
    heads=(gettext_lazy("Name"), gettext_lazy("Office, latest known")),
    new=gettext_lazy("New person"),
    add=gettext_lazy("Add a person"),
    none_yet=gettext_lazy("Nobody yet."),
    none_found=gettext_lazy("Nobody of this name or office yet."),
    show_all=gettext_lazy("Show everyone"),
    searched=gettext_lazy("Name or office"),
)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List people by name, with their latest office; found by any name or office they had."""
    words = searched(request)
    mandates = Mandate.objects.select_related("post__party").order_by("-covers_until", "-pk")
    people = Person.objects.filter(merged_into=None).found_by(words).prefetch_related(Prefetch("mandates", mandates))
    return answer_list(request, LISTED, people, words)


@require_safe
def detail(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a person's offices, and the statements and meetings of theirs that the reader's desks hold.

    Entries that were joined are one person: each shows what is held of all.
    """
    people = Person.objects.annotate(followed=Watch.followed_by(request.user, "person"))
    person = get_object_or_404(people.select_related("merged_into"), ref=ref)
    same = person.identities()
    context = {
        **allowed(request),
        "person": person,
        "others": Person.objects.filter(pk__in=same - {person.pk, person.merged_into_id}).by_name(),
        "mandates": Mandate.objects.filter(person__in=same).select_related("person", "post__party"),
        "page": held(request, Q(speaker_person__in=same) | Q(relayer_person__in=same)),
        "meetings": Meeting.objects.visible_to(request.user, access.moments(request.user))
        .filter(participants__person__in=same)
        .select_related("relationship__first_party", "relationship__second_party")
        .distinct()[:50],
    }
    return respond(request, "relations/people/detail.html", context)


def new(request: HttpRequest) -> HttpResponse:
    """Add a person."""
    access.admit(request.user, Verb.ADD_REFERENCE)
    return answer_form(request, PersonForm, Person(), heading=_("New person"), back=reverse("people"))


def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Mend a person's entry, or join it to the one to keep."""
    access.admit(request.user, Verb.MEND_REFERENCE)
    person = get_object_or_404(Person, ref=ref)
    heading = _("Edit “%(row)s”") % {"row": person}
    return answer_form(request, PersonForm, person, heading=heading, back=person.get_absolute_url())


def new_mandate(request: HttpRequest, ref: str) -> HttpResponse:
    """Add an office that a person held."""
    access.admit(request.user, Verb.ADD_REFERENCE)
    person = get_object_or_404(Person, ref=ref)
    heading = _("New office of %(person)s") % {"person": person}
    return answer_form(request, MandateForm, Mandate(person=person), heading=heading, back=person.get_absolute_url())


def edit_mandate(request: HttpRequest, ref: str, mandate: str) -> HttpResponse:
    """Mend an office that a person held."""
    access.admit(request.user, Verb.MEND_REFERENCE)
    row = get_object_or_404(Mandate.objects.select_related("person"), person__ref=ref, ref=mandate)
    heading = _("Edit an office of %(person)s") % {"person": row.person}
    return answer_form(request, MandateForm, row, heading=heading, back=row.get_absolute_url())
