"""People: found without diacritics; a person's offices, and what the reader's own desks hold of them (R7)."""

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from relations.models import Mandate, Meeting, Person, Statement, Watch
from relations.reports.paging import key_page
from relations.views.responses import respond


def index(request: HttpRequest) -> HttpResponse:
    """List people by name, with their latest office."""
    words = request.GET.get("q", "")[:200]
    mandates = Mandate.objects.select_related("post__party").order_by("-covers_until", "-pk")
    people = Person.objects.filter(merged_into=None).matching(words).prefetch_related(Prefetch("mandates", mandates))
    page = key_page(people, "sort_key", request.GET.get("page", ""))
    return respond(request, "relations/people/list.html", {"page": page, "words": words}, partial="results")


def detail(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a person's offices, and the statements and meetings of theirs that the reader's desks hold."""
    people = Person.objects.annotate(followed=Watch.followed_by(request.user, "person"))
    person = get_object_or_404(people.select_related("merged_into"), ref=ref)
    theirs = Q(speaker_person=person) | Q(relayer_person=person)
    statements = Statement.objects.visible_to(request.user).filter(theirs).with_people().with_review_state()
    context = {
        "person": person,
        "mandates": person.mandates.select_related("post__party", "post__organisation"),
        "page": key_page(statements.with_passage_flag(), "-latest", request.GET.get("page", "")),
        "meetings": Meeting.objects.visible_to(request.user)
        .filter(participants__person=person)
        .select_related("relationship__first_party", "relationship__second_party")
        .distinct()[:50],
    }
    return respond(request, "relations/people/detail.html", context)
