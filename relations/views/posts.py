"""Posts: who held them and when, and what was said in that office at the reader's own desks (R7)."""

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.forms.reference import PostForm
from relations.models import Mandate, Post
from relations.reports.paging import key_page
from relations.views.reference import allowed, answer_form, held, searched
from relations.views.responses import respond


def index(request: HttpRequest) -> HttpResponse:
    """List posts by title, with who held each last."""
    words = searched(request)
    mandates = Mandate.objects.select_related("person").order_by("-covers_until", "-pk")
    posts = Post.objects.matching(words).select_related("party", "organisation")
    page = key_page(posts.prefetch_related(Prefetch("mandates", mandates)), "sort_key", request.GET.get("page", ""))
    context = {"may_add": access.may(request.user, Verb.ADD_REFERENCE), "page": page, "words": words}
    return respond(request, "relations/posts/list.html", context, partial="results")


def detail(request: HttpRequest, ref: str) -> HttpResponse:
    """Show who held a post, and the statements made or passed on in it that the reader's desks hold."""
    post = get_object_or_404(Post.objects.select_related("party", "organisation"), ref=ref)
    context = {
        **allowed(request),
        "post": post,
        "mandates": post.mandates.select_related("person"),
        "page": held(request, Q(mandate__post=post) | Q(relayer_mandate__post=post)),
    }
    return respond(request, "relations/posts/detail.html", context)


def new(request: HttpRequest) -> HttpResponse:
    """Add a post."""
    access.admit(request.user, Verb.ADD_REFERENCE)
    return answer_form(request, PostForm, Post(), heading=_("New post"), back=reverse("posts"))


def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Mend a post."""
    access.admit(request.user, Verb.MEND_REFERENCE)
    post = get_object_or_404(Post, ref=ref)
    heading = _("Edit “%(row)s”") % {"row": post}
    return answer_form(request, PostForm, post, heading=heading, back=post.get_absolute_url())
